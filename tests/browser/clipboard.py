"""What programs put onto the clipboard as HTML when somebody copies: written for the tests, in the ways of each.

By name, the HTML, and the Markdown that it is pasted as.
"""

# ruff: noqa: E501 - their lines are as long as these programs make them

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- @list l0:level1 {mso-level-number-format:bullet;} p.MsoNormal {margin:0cm; font-size:11.0pt;} --></style>
</head>
<body lang=EN-GB link="#0563C1" style='tab-interval:36.0pt'>
<!--StartFragment-->
<h1>Parcel tax<o:p></o:p></h1>
<p class=MsoNormal>Declare a parcel <b>before it leaves</b><b><span style='mso-spacerun:yes'>&nbsp;</span></b>the <i>country</i>,
see <a href="https://example.org/parcels_and_more">the guide</a>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Weigh
it<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:"Courier New";mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>in
grams<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>Label
it<o:p></o:p></p>
<p class=MsoNormal>Then:<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Send it<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Wait<o:p></o:p></p>
<p class=MsoNormal><!--[if gte vml 1]><v:shape id="p"></v:shape><![endif]--><![if !vml]><img width=120 height=80
src="file:///C:/Users/kim/AppData/Local/Temp/msohtmlclip1/01/clip_image002.png" v:shapes="p"><![endif]><o:p></o:p></p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
 <tr style='mso-yfti-irow:0;mso-yfti-firstrow:yes'>
  <td width=301 valign=top><p class=MsoNormal><b>Test | live<o:p></o:p></b></p></td>
  <td width=301 valign=top><p class=MsoNormal><b>When<o:p></o:p></b></p></td>
 </tr>
 <tr style='mso-yfti-irow:1;mso-yfti-lastrow:yes'>
  <td width=301 valign=top><p class=MsoNormal>Sandbox<o:p></o:p></p><p class=MsoNormal>for agents<o:p></o:p></p></td>
  <td width=301 valign=top><p class=MsoNormal>May 2026<o:p></o:p></p></td>
 </tr>
</table>
<p class=MsoNormal><span style='font-size:9.0pt'>&lt;not a tag&gt; and snake_case and #1<o:p></o:p></span></p>
<!--EndFragment-->
</body></html>"""

OF_WORD = r"""# Parcel tax

Declare a parcel **before it leaves** the *country*, see [the guide](https://example.org/parcels_and_more).

- Weigh it
  - in grams
- Label it

Then:

1. Send it
2. Wait

| **Test \| live** | **When** |
| --- | --- |
| Sandbox<br>for agents | May 2026 |

\<not a tag> and snake\_case and #1"""

WORD_ON_THE_WEB = """<html><body><!--StartFragment--><div class="OutlineElement Ltr SCXW1"><h2 class="Paragraph SCXW1"
role="heading" aria-level="2"><span class="TextRun SCXW1"><span class="NormalTextRun SCXW1">Steps</span></span><span
class="EOP SCXW1">&nbsp;</span></h2></div><div class="ListContainerWrapper SCXW1"><ul class="BulletListStyle1 SCXW1" role="list"><li
data-leveltext="●" data-aria-posinset="1" data-aria-level="1" role="listitem" class="OutlineElement Ltr SCXW1"><p
class="Paragraph SCXW1"><span class="TextRun SCXW1" style="font-weight: bold;"><span class="NormalTextRun SCXW1">One</span></span><span
class="EOP SCXW1">&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper SCXW1"><ul class="BulletListStyle2 SCXW1"
role="list"><li data-leveltext="○" data-aria-posinset="1" data-aria-level="2" role="listitem" class="OutlineElement Ltr SCXW1"><p
class="Paragraph SCXW1"><span class="TextRun SCXW1">Within</span><span class="EOP SCXW1">&nbsp;</span></p></li></ul></div><div
class="ListContainerWrapper SCXW1"><ul class="BulletListStyle1 SCXW1" role="list"><li data-aria-posinset="2" data-aria-level="1"
role="listitem" class="OutlineElement Ltr SCXW1"><p class="Paragraph SCXW1"><span class="TextRun SCXW1">Two</span></p></li></ul></div>
<!--EndFragment--></body></html>"""

OF_WORD_ON_THE_WEB = """## Steps

- **One**
  - Within
- Two"""

EXCEL = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"
xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=ProgId content=Excel.Sheet>
<style><!--table {mso-displayed-decimal-separator:"\\."; } .xl65 {font-weight:700;} --></style></head>
<body link="#0563C1" vlink="#954F72">
<table border=0 cellpadding=0 cellspacing=0 width=192 style='border-collapse:collapse;width:144pt'>
<!--StartFragment-->
 <col width=64 span=3 style='width:48pt'>
 <tr height=20 style='height:15.0pt'>
  <td height=20 class=xl65 width=64 style='height:15.0pt;width:48pt'>API</td>
  <td class=xl65 width=64 style='width:48pt'>Version</td>
  <td class=xl65 width=64 style='width:48pt'>Live</td>
 </tr>
 <tr height=20 style='display:none'><td height=20>Hidden</td><td>0</td><td>never</td></tr>
 <tr height=20 style='height:15.0pt'>
  <td rowspan=2 height=40 style='height:30.0pt'>Parcels</td>
  <td align=right>1</td>
  <td>a|b</td>
 </tr>
 <tr height=20 style='height:15.0pt'>
  <td height=20 align=right style='height:15.0pt'>2</td>
  <td>June<br>
    2026</td>
 </tr>
 <tr height=20 style='height:15.0pt'>
  <td colspan=2 height=20 style='height:15.0pt'>Letters</td>
  <td><a href="https://example.org/letters"><span style='color:blue'>letters</span></a></td>
 </tr>
<!--EndFragment-->
</table>
</body></html>"""

OF_EXCEL = r"""| API | Version | Live |
| --- | --- | --- |
| Parcels | 1 | a\|b |
| Parcels | 2 | June<br>2026 |
| Letters |  | [letters](https://example.org/letters) |"""

WRITER = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN"><html><head>
<meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title>
<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">p { line-height: 115% }</style></head>
<body lang="en-GB" dir="ltr"><h2 class="western">Letters</h2>
<p style="line-height: 100%; margin-bottom: 0cm">A <b>letter</b> of <span style="font-style: italic">two</span>
pages.</p>
<p style="line-height: 100%; margin-bottom: 0cm"><br/>

</p>
<ol>
	<li><p style="line-height: 100%; margin-bottom: 0cm">Write</p>
	<ul>
		<li><p style="line-height: 100%; margin-bottom: 0cm">by hand</p></li>
	</ul></li>
	<li><p style="line-height: 100%; margin-bottom: 0cm">Post</p></li>
</ol>
</body></html>"""

OF_WRITER = """## Letters

A **letter** of *two* pages.

1. Write
   - by hand
2. Post"""

CALC = """<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/>
<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/></head><body>
<table cellspacing="0" border="0"><colgroup width="85"></colgroup><colgroup width="85"></colgroup>
<tr><td height="17" align="left"><b><font face="Liberation Sans">Name</font></b></td><td align="left"><b>Date</b></td></tr>
<tr><td height="17" align="left">Declare</td><td align="right" sdval="46143" sdnum="2057;2057;MMM YYYY">May 2026</td></tr>
</table></body></html>"""

OF_CALC = """| **Name** | **Date** |
| --- | --- |
| Declare | May 2026 |"""

GOOGLE_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h3 dir="ltr"><span
style="font-size:14pt;font-weight:400;">Who</span></h3><p dir="ltr"><span style="font-weight:400;">We are </span><span
style="font-weight:700;">the team</span><span style="font-weight:400;">.</span></p><br /><ul><li dir="ltr" aria-level="1"><p
dir="ltr" role="presentation"><span style="font-weight:400;">one</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr"
role="presentation"><span style="font-weight:400;">below</span></p></li></ul></ul></b>"""

OF_GOOGLE_DOCS = """### Who

We are **the team**.

- one
  - below"""

WEB_PAGE = """<meta charset='utf-8'><div style="box-sizing: border-box;"><nav><button>Menu</button></nav>
<h2 id="how" style="font-weight: 700;">How it works <a href="javascript:void(0)">link</a></h2>
<p style="font-size: 19px;">Send <code style="color: red;">POST /parcels</code> to <a href="https://example.org/api/"
target="_blank">https://example.org/api/</a>, or ask <a href="mailto:team@example.org">the team</a>.<br>It answers <strong
style="font-weight: 700;">at once</strong>.</p>
<a href="https://example.org/card"><h3>A card</h3><p>to press</p></a>
<img src="https://example.org/logo.png" alt="Logo"><script>document.title = "run"</script><p onclick="document.title='run'">Done</p>
<blockquote><p>Quoted.</p></blockquote><pre><span class="k">let</span> x = "a*b";
run(x)</pre>
<table><caption>Rates</caption><thead><tr><th>Weight</th><th>Rate</th></tr></thead>
<tbody><tr><td>1 kg</td><td><ul><li>low</li><li>high</li></ul></td></tr></tbody></table></div>"""

OF_WEB_PAGE = """## How it works link

Send `POST /parcels` to https://example.org/api/, or ask [the team](mailto:team@example.org).<br>
It answers **at once**.

### [A card](https://example.org/card)

[to press](https://example.org/card)

Done

> Quoted.

```
let x = "a*b";
run(x)
```

Rates

| Weight | Rate |
| --- | --- |
| 1 kg | • low<br>• high |"""

LAYOUT = """<table role="presentation"><tr><td><h2>Left</h2><p>words</p></td><td><table><tr><th>A</th><th>B</th></tr>
<tr><td>1</td><td>2</td></tr></table></td></tr></table>"""

OF_LAYOUT = """## Left

words

| A | B |
| --- | --- |
| 1 | 2 |"""

PASTED = {
    "Word": (WORD, OF_WORD),
    "Word on the web": (WORD_ON_THE_WEB, OF_WORD_ON_THE_WEB),
    "Excel": (EXCEL, OF_EXCEL),
    "LibreOffice Writer": (WRITER, OF_WRITER),
    "LibreOffice Calc": (CALC, OF_CALC),
    "Google Docs": (GOOGLE_DOCS, OF_GOOGLE_DOCS),
    "a web page": (WEB_PAGE, OF_WEB_PAGE),
    "a page laid out by tables": (LAYOUT, OF_LAYOUT),
}

# What says no more than its words do: the browser pastes those.
AS_WORDS = {
    "one cell": "<table><tr><td>Parcels</td></tr></table>",
    "words of a page": '<meta charset="utf-8"><span style="color: red; font-weight: 400;">## typed, *typed*</span>',
    "an editor of code": "<meta charset='utf-8'><pre style='color:#000'>let x = <b>1</b>;\n</pre>",
    "nothing": "",
}
