import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadmap.markdown import MAX_MARKDOWN_LENGTH, Heading, MarkdownTooLong, plain_text, render
from roadmap.markdown.sanitise import BLOCKS, INLINE
from tests.cases import each_case

REAL = Path(os.environ.get("ROADMAP_REAL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SCHEMES = {"http", "https", "mailto", "tel"}
OURS = {  # what rendering itself writes, beside what an author may
    "*": {"lang", "dir", "id"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "td": {"colspan", "rowspan"},
    "th": {"scope", "colspan", "rowspan"},
    "time": {"datetime"},
}


def shown(markdown, **options):
    return str(render(markdown, **options).html)


class Page(HTMLParser):
    """The tags and words of a page, as an independent parser reads them."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.tables, self.is_in_cell = [], [], False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self.is_in_cell = True

    def handle_endtag(self, tag):
        self.is_in_cell = self.is_in_cell and tag not in {"td", "th"}

    def handle_data(self, text):
        if self.is_in_cell:
            self.tables[-1][-1][-1] += text


def cells(markdown):
    return Page(shown(markdown)).tables[0]


def assert_safe(markup):
    again = nh3.clean(
        markup, tags=set(INLINE | BLOCKS), attributes=OURS, url_schemes=SCHEMES, link_rel=None, clean_content_tags=set()
    )
    assert again == markup
    for tag, attributes in Page(markup).tags:
        assert tag in INLINE | BLOCKS - {"h1"}
        assert set(attributes) <= OURS.get(tag, set()) | OURS["*"]
        for name in {"href", "src"} & set(attributes):
            address = re.sub(r"[\x00-\x20]", "", html.unescape(attributes[name]))
            assert not re.match(r"[^/?#]*:", address) or address.partition(":")[0].lower() in SCHEMES
        if tag == "div" and attributes.get("class"):
            assert attributes["class"] == "app-table-scroll"


# Headings


def test_title_becomes_a_second_level_heading_with_an_anchor():
    rendered = render("# Who we are\n\nA team.")
    assert rendered.html == '<h2 id="who-we-are">Who we are</h2>\n<p>A team.</p>'
    assert rendered.headings == (Heading(2, "Who we are", "who-we-are"),)


@each_case(
    ("typed", "top_level", "levels"),
    [
        ([1, 2, 3], 2, [2, 3, 4]),
        ([2, 3, 2], 2, [2, 3, 2]),
        ([3, 4], 2, [2, 3]),
        ([1, 3, 1], 2, [2, 3, 2]),
        ([3, 1], 2, [3, 2]),
        ([1, 2], 3, [3, 4]),
        ([1, 2, 3, 4, 5, 6], 2, [2, 3, 4, 5, 6, 6]),
    ],
)
def test_heading_levels_keep_their_order_without_gaps(typed, top_level, levels):
    text = "\n\n".join("#" * level + f" Part {n}" for n, level in enumerate(typed))
    assert [heading.level for heading in render(text, top_level=top_level).headings] == levels


def test_anchors_are_those_of_the_tech_docs_template():
    text = "# VAT (MTD) – “Live”\n\n## It's 2026/27!\n\n# Notes\n\n## Notes\n\n## Notes\n\n# Notes\n\n# ‘’"
    assert [heading.anchor for heading in render(text).headings] == [
        "vat-mtd-live",
        "it-s-2026-27",
        "notes",
        "notes-notes",
        "notes-notes-2",
        "notes-2",
        "section",
    ]


def test_prefix_goes_before_anchors_and_the_texts_own_links_follow():
    text = "# Who we are\n\n[Who](#who-we-are), [elsewhere](#other)"
    rendered = render(text, anchor_prefix="about")
    assert '<h2 id="about-who-we-are">' in rendered.html
    assert '<a href="#about-who-we-are">Who</a>, <a href="#other">elsewhere</a>' in rendered.html


def test_what_has_an_id_or_a_name_is_found_by_it():
    text = (
        '<a name="depots"></a>\n\n## Parcels <a id="p1"></a>\n\n<h2 id="old">Vans</h2>\n\n'
        '<table><tr id="row"><td id="cell">a</td></tr></table>\n\nName | Text\n--|--\n<a id="x" name="y"></a>b | c\n\n'
        "[1](#depots) [2](#p1) [3](#old) [4](#row) [5](#cell) [6](#y) [7](#none)"
    )
    for prefix, before in (("", ""), ("about", "about-")):
        page = Page(shown(text, anchor_prefix=prefix))
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert ids == [f"{before}{name}" for name in ("depots", "parcels", "vans", "row", "cell", "x")]
        led_to = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
        names = ("depots", "parcels", "vans", "row", "cell", "x")
        assert led_to == [*(f"#{before}{name}" for name in names), "#none"]


def test_an_id_is_given_once_and_never_one_of_the_pages_own():
    text = '## Vans\n\n<p id="vans">a</p>\n\n<p id="b">b</p>\n\n<p id="b">c</p>\n\n<p id="main-content">d</p>\n\n'
    text += '<p id="&quot;x">e</p>'
    ids = [attributes["id"] for _, attributes in Page(shown(text)).tags if "id" in attributes]
    assert ids == ["vans", "b"]


def test_heading_never_takes_the_skip_links_target():
    assert render("# Main content").headings[0].anchor == "main-content-2"


def test_heading_text_is_plain_and_keeps_its_markup_on_the_page():
    rendered = render("## **R&D** `x < y` ![logo](a.png)")
    assert rendered.headings == (Heading(2, "R&D x < y logo", "r-d-x-y-logo"),)
    assert "<strong>R&amp;D</strong> <code>x &lt; y</code>" in rendered.html


@pytest.mark.parametrize("markdown", ["#", "## <b></b>", "<h2></h2>", "# ![](a.png)"])
def test_heading_without_words_is_no_heading(markdown):
    rendered = render(f"{markdown}\n\nAfter")
    assert rendered.headings == ()
    assert not re.search(r"<h\d", rendered.html)


def test_raw_html_headings_are_treated_like_any_other():
    rendered = render('<h1 id="x" class="y">Scope</h1>\n\n## Dates')
    assert rendered.headings == (Heading(2, "Scope", "scope"), Heading(3, "Dates", "dates"))
    assert '<h2 id="scope">Scope</h2>' in rendered.html


# Tables


def test_table_without_outer_pipes_right_after_a_paragraph():
    assert cells("These are next:\nName | Date\n--- | ---\nRefunds | May 2026\nObligations |") == [
        ["Name", "Date"],
        ["Refunds", "May 2026"],
        ["Obligations", ""],
    ]


def test_short_and_long_rows_lose_nothing():
    assert cells("| A | B |\n|---|---|\n| 1 |\n| 1 | 2 | 3 | 4 |") == [
        ["A", "B", "", ""],
        ["1", "", "", ""],
        ["1", "2", "3", "4"],
    ]


@pytest.mark.parametrize("dashes", ["|---|", "|---|---|---|---|"])
def test_header_and_dashes_may_differ_in_length(dashes):
    assert cells(f"| A | B |\n{dashes}\n| 1 | 2 |") == [["A", "B"], ["1", "2"]]


def test_underlined_line_with_a_pipe_stays_a_heading():
    assert render("Test | Live\n---").headings[0].text == "Test | Live"


def test_wide_aligned_table_keeps_markup_and_breaks():
    text = f"|{'API':^40}|{'Detail':^300}|\n|:{'-' * 38}:|:{'-' * 298}:|\n|{'VAT':^40}| **New**<br/>  a \\| b `c\\|d` |"
    assert cells(text)[1] == ["VAT", "New  a | b c|d"]
    assert "<strong>New</strong><br>" in shown(text)
    assert "style=" not in shown(text)


def test_raw_html_table_survives_in_its_cells_and_spans():
    head = '<table class="tg">\n<tr><th colspan="3">Stage</th></tr>'
    text = f'{head}\n<tr><td class="x">In year<br/>only</td><td>Yes</td></tr>\n</table>'
    markup = shown(text)
    assert cells(text) == [["Stage"], ["In yearonly", "Yes"]]
    assert '<th scope="col" colspan="3">' in markup
    assert "tg" not in markup


def test_cells_without_a_table_do_not_run_together():
    assert plain_text("<td>Refunds</td><td>May</td>") == "Refunds May"


@each_case(
    ("markdown", "scopes"),
    [
        ("A | B\n--- | ---\n1 | 2", ["col", "col"]),
        ("A | B\n--- | ---\n1 | 2 | 3", ["col", "col"]),
        ("<table><thead><tr><th>A<th>B</thead><tr><th>C<td>1</table>", ["col", "col", "row"]),
        ("<table><tr><th>A<th>B<tr><th>C<td>1</table>", ["col", "col", "row"]),
        ("<table><tr><td><th>A<tr><th>C<td>1</table>", ["col", "row"]),
        ("<table><tr><th>A<td>1<tr><th>B<td>2</table>", ["row", "row"]),
        ("<table><tr><th>A<th>B<tr><th>C<th>D</table>", ["col", "col", "col", "col"]),
    ],
)
def test_header_cells_say_what_they_head(markdown, scopes):
    assert [attributes["scope"] for tag, attributes in Page(shown(markdown)).tags if tag == "th"] == scopes


def test_header_cell_without_words_is_an_ordinary_cell():
    assert [tag for tag, _ in Page(shown("| | B |\n|---|---|\n| 1 | 2 |")).tags if tag in {"td", "th"}] == [
        "td",
        "th",
        "td",
        "td",
    ]


def test_each_table_scrolls_in_a_region_with_a_name_of_its_own():
    table = "A | B\n--- | ---\n1 | 2\n\n"
    raw = "<table><caption>Dates</caption><tr><td><table><tr><td>in</table></table>"
    text = f'{table}## Near "term"\n\n{table}{table}{raw}'
    regions = [attributes for tag, attributes in Page(shown(text)).tags if tag == "div"]
    assert [region["aria-label"] for region in regions] == [
        "Table",
        'Table: Near "term"',
        'Table: Near "term" (2)',
        "Table: Dates",
    ]
    assert all((one["class"], one["tabindex"], one["role"]) == ("app-table-scroll", "0", "region") for one in regions)


# Links and images


# fmt: off
WANTED_ADDRESSES = [
    "https://example.com/a?b=c#d", "http://example.com", "mailto:a@example.com?subject=Roadmap%20enquiry",
    "tel:+443001234567", "/vat-mtd/", "pages/x.html#y", "../a", "#who-we-are", "?since=3", "//example.com/a",
]
# fmt: on


@each_case("address", WANTED_ADDRESSES)
def test_wanted_link_works_from_markdown_and_from_html(address):
    assert f'<a href="{address}">x</a>' in shown(f"[x]({address})")
    assert f'<a href="{address}">x</a>' in shown(f'<a href="{address}" onclick="y()" target="z">x</a>')


# fmt: off
UNWANTED_ADDRESSES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<b>x", "data:image/svg+xml,x", "vbscript:x", "file:///etc/passwd", "blob:x", "x-y:z",
    "java%0Ascript:alert(1)", "feed:javascript:alert(1)", "view-source:x", "javascript://%0aalert(1)",
]
# fmt: on


@each_case("address", UNWANTED_ADDRESSES)
@each_case("form", ["[x]({})", "[x](<{}>)", "<a href='{}'>x</a>", '<img alt="x" src="{}">', "[x]\n\n[x]: {}"])
def test_unwanted_address_leads_nowhere(form, address):
    markup = shown(form.format(address))
    assert_safe(markup)
    assert "x" in plain_text(form.format(address))
    assert not [attributes for _, attributes in Page(markup).tags if attributes.get("href") or attributes.get("src")]


def test_link_with_an_unwanted_scheme_is_shown_as_it_was_typed():
    assert plain_text("[Pay](steam://run/1) now") == "[Pay](steam://run/1) now"


def test_bare_address_is_a_link_without_the_full_stop():
    markup = shown("See https://example.com/a_b?c=d. Or (http://example.com/), [not](/x) `https://code.example`.")
    assert '<a href="https://example.com/a_b?c=d">https://example.com/a_b?c=d</a>. Or' in markup
    assert '(<a href="http://example.com/">http://example.com/</a>),' in markup
    assert "<code>https://code.example</code>" in markup


def test_address_in_a_link_makes_no_link_in_it():
    assert shown('<a href="/x">https://example.com</a>') == '<p><a href="/x">https://example.com</a></p>'
    assert shown("[https://example.com](/x)") == '<p><a href="/x">https://example.com</a></p>'


def test_link_without_words_shows_its_address():
    assert shown("[](mailto:team@example.com)") == '<p><a href="mailto:team@example.com">team@example.com</a></p>'
    assert shown('a <a name="top"></a><a>b</a>') == "<p>a b</p>"


def test_image_keeps_its_description_and_always_has_one():
    assert shown("![A map](media/a.png)") == '<p><img src="media/a.png" alt="A map"></p>'
    assert shown('a <img src="a.png" onerror="x()">') == '<p>a <img alt="" src="a.png"></p>'


# Safety


@each_case("tag", ["script", "iframe", "textarea", "title", "plaintext", "xmp", "noscript", "svg", "math"])
@each_case("place", ["{}", "Before\n{}", "Before {} here", "- {}", "> {}", "a | b\n--- | ---\n{} | c"])
def test_unclosed_tag_shows_its_words_and_swallows_nothing(tag, place):
    markdown = place.format(f"<{tag}>alert(1)") + "\n\n## After\n\nStill **here**."
    rendered = render(markdown)
    assert_safe(rendered.html)
    assert f"&lt;{tag}&gt;alert(1)" in rendered.html
    assert [heading.text for heading in rendered.headings] == ["After"]
    assert "<p>Still <strong>here</strong>.</p>" in rendered.html


# fmt: off
UNBALANCED = [
    "<!-- note", "<style>", "<style>p{}", "<div", "<div>", "<table><tr>", "<table><tr><td>", "<b>",
    "<a href='/x'>", "<pre>", "<details>", "<ul><li>", "<h2>", "<p", '<p title="', "<?php", "<![CDATA[",
    "<!DOCTYPE", "</div>", "</p>", "</div></section></main></body></html>", "<td>", "</table>",
    "<div><div></div></div></div>",
]
# fmt: on


@each_case("opening", UNBALANCED)
def test_unbalanced_html_ends_with_its_own_block(opening):
    rendered = render(f"Before\n\n{opening} words\n\n## After\n\nStill **here**.")
    assert_safe(rendered.html)
    assert rendered.html.startswith("<p>Before</p>")
    assert rendered.html.endswith('<h2 id="after">After</h2>\n<p>Still <strong>here</strong>.</p>')
    assert "words" in plain_text(f"{opening} words")


# fmt: off
DANGEROUS = [
    "<script>alert(1)</script>", "<iframe src=/x>words</iframe>", "<textarea>words</textarea>",
    "<form><input name=y>words", "<svg onload=x()><title>words</title></svg>",
    "<meta http-equiv=refresh content='0;url=//x'>", "<base href=//x>",
    "<math><mi xlink:href=javascript:x()>words", "<object data=x>", "<link rel=stylesheet href=x>",
    "<template>words", '<p onclick="x()" style="color:red" id="y" class="z" name="w">words</p>',
    "<scr<script>ipt>x</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x()&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=x()>'>", "<a href='x' / onmouseover='y()'>words</a>",
    "<b title='\"><script>x</script>'>words</b>", "```<script>\n<script>x</script>\n```", "`<script>`",
    "[<script>](x)", '[x](/a "\\" onclick=\\"y()")', '![x" onerror="y()](a.png)',
    "<a\x00href='javascript:x()'>words</a>",
]
# fmt: on


@each_case("markdown", DANGEROUS)
def test_dangerous_html_is_harmless(markdown):
    assert_safe(shown(markdown))


def test_words_of_unwanted_tags_are_shown():
    assert plain_text("a <script>b</script> <vrn> <form>c</form>") == "a <script>b</script> <vrn> <form>c</form>"


def test_complete_styles_and_comments_are_dropped():
    assert plain_text("A\n\n<style>\n.a {}\n\n.b {}\n</style>\n\nB <style>.c {}</style> C") == "A B C"
    assert (
        plain_text("A\n\n<!-- one\n\ntwo -->\n\nB <!-- three --> C\n\n<div>D<!-- four --><style>e</style></div>")
        == "A B C D"
    )


def test_names_and_classes_of_an_author_are_left_out():
    markup = shown('<div id="main-content" class="govuk-button" name="forms">a</div>\n\n```danger\nb\n```')
    assert markup == '<div>a</div>\n\n<pre tabindex="0"><code>b\n</code></pre>'


def test_blocks_may_span_markdown_between_their_tags():
    markup = shown("<details>\n<summary>More</summary>\n\nSome **words**\n\n</details>\n\nAfter")
    assert re.sub(r"\s*\n\s*", "", markup) == (
        "<details><summary>More</summary><p>Some <strong>words</strong></p></details><p>After</p>"
    )


def test_tag_left_open_in_emphasis_ends_with_it():
    assert shown("*<b>one* two") == "<p><em><b>one</b></em> two</p>"


def test_block_in_a_paragraph_leaves_no_empty_paragraph():
    assert shown("One <div>two</div>") == "<p>One </p><div>two</div>"


def test_empty_lines_at_the_start_of_preformatted_text_change_nothing():
    assert shown("<pre>\n\n\n\n\n\none</pre>\n\n**two**") == (
        '<pre tabindex="0">one</pre>\n\n<p><strong>two</strong></p>'
    )


def test_landmarks_of_an_author_are_not_the_pages():
    assert shown("<main><nav>a</nav></main>") == "<div><div>a</div></div>"


def test_language_of_a_part_is_kept():
    assert shown('<span lang="cy">Cyllid a Thollau EF</span>') == '<p><span lang="cy">Cyllid a Thollau EF</span></p>'


@each_case("character", ["\x00", "\x08", "\x1f", "\ud800", "\uffff"])
def test_unprintable_characters_are_replaced(character):
    assert plain_text(f"a{character}b") == "a\ufffdb"


def test_control_characters_do_not_come_in_as_entities():
    assert "\x01" not in shown("<div>a&#1;b</div>")


# Limits


def test_longest_text_is_shown_and_a_longer_one_refused():
    assert render("a" * MAX_MARKDOWN_LENGTH)
    with pytest.raises(MarkdownTooLong, match=r"200,001 characters\. Shorten it to 200,000"):
        render("a" * (MAX_MARKDOWN_LENGTH + 1))
    with pytest.raises(ValueError, match="200,001"):
        plain_text("a" * (MAX_MARKDOWN_LENGTH + 1))


# fmt: off
REPEATED = [
    "> ", ">", "- ", "[", "![", "*", "_", "`", "<", "|", "<b>", "<div>", "<div>\n\n", "<!--", "<style>",
    "\n<!--\n", "<a ", "<a b='", "](", "&", "\\", "- <!--\n", "<table><tr><td>", "</div>", "[[a]: b\n",
    "<![CDATA[",
]
# fmt: on


@each_case("unit", REPEATED)
def test_repetition_neither_overflows_nor_swallows(unit):
    rendered = render(unit * (30_000 // len(unit)) + "\n\nAfter")
    assert "After" in rendered.html


@pytest.mark.parametrize(("marker", "depth"), [("> ", 60), ("- ", 30)])
def test_deep_nesting_loses_no_words(marker, depth):
    assert "words" in plain_text(marker * depth + "words")


def test_one_definition_cannot_multiply_into_gigabytes():
    text = f"[a]: /{'x' * 5_000}\n\n" + "[a] " * 5_000
    assert len(shown(text)) < 5_000_000


def test_short_rows_cannot_multiply_into_gigabytes():
    text = "|a" * 400 + "|\n" + "|-" * 400 + "|\n" + "b|\n" * 5_000
    assert len(shown(text)) < 500_000


# The words alone


def test_plain_text_is_the_words_on_one_line():
    text = "# A *title*\n\n- one\n- two & <b>three</b><br>four\n\nA | B\n--- | ---\n1 | 2\n\n![A map](a.png)"
    assert plain_text(text) == "A title one two & three four A B 1 2 A map"


# Properties

# fmt: off
SNIPPETS = st.sampled_from(
    [
        "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<div", "<div>", "</div>", "<table>",
        "<tr>", "<td>", "<th>", "</td>", "</table>", "<a href=", "javascript:", "'", '"', ">", "<b>", "</b>",
        "<p>", "</p>", "<pre>", "</pre>", "<svg>", "<math>", "<mtext>", "<select>", "<h2>", "</h2>", "# ", "- ",
        "> ", "1. ", "\n", "\n\n", "  ", "|", "---|---", "[", "](", ")", "![", "`", "```", "**", "_", "&#x6A;",
        "&lt;", "&", "\t", "    ", " onclick=x ", "<li>", "<ul>", "<details>", "<caption>", "<a>", "</a>",
        "<img src=x ", "http://a.b", "words", "\x00", "<i>", "</i>", "<center>",
        "<a id=I>", "<p id=J>", "<td name=I>", "<h2 id=J>",
    ]
)
# fmt: on
TYPED_IDS = {"p-I", "p-J"}
MARKDOWN = st.one_of(st.text(), st.lists(st.one_of(SNIPPETS, st.text(max_size=5)), max_size=40).map("".join))


@given(MARKDOWN)
@example("<pre>\n\nx</pre>")
@example("<H1><A><H1>0")
@example("<a href=x><table><td><a href=y>z")
def test_any_text_is_safe_and_reads_the_same_again(markdown):
    assert_safe(shown(markdown))


@given(MARKDOWN)
def test_anchors_are_unique_and_on_the_page(markdown):
    rendered = render(markdown, anchor_prefix="p")
    ids = [attributes["id"] for _, attributes in Page(rendered.html).tags if "id" in attributes]
    assert [heading.anchor for heading in rendered.headings] == [name for name in ids if name not in TYPED_IDS]
    assert len(set(ids)) == len(ids)
    assert all(heading.text and 2 <= heading.level <= 6 for heading in rendered.headings)


@given(MARKDOWN)
def test_what_follows_any_text_can_be_read(markdown):
    # A fence and a comment may be open, and are meant to reach on; nothing else may.
    if "```" not in markdown and "<!--" not in markdown and "~~~" not in markdown:
        assert "afterwards" in plain_text(f"{markdown}\n\nafterwards")


@given(st.lists(st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True), min_size=1))
def test_words_of_plain_paragraphs_survive(words):
    assert plain_text("\n\n".join(words)).split() == words


# Real documents, read where they lie


@pytest.fixture(scope="module")
def real_documents():
    found = sorted(REAL.glob("*/*.md"))
    if not found:
        pytest.skip(f"the real roadmaps are not at {REAL}: set ROADMAP_REAL_DATA to their folder")
    return [re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in found]


def test_real_documents_lose_no_word(real_documents):
    for markdown in real_documents:
        without_styles = re.sub(r"<style.*?</style>", "", markdown, flags=re.DOTALL)
        without_markup = re.sub(r"</?[a-z][^>]*>|\]\([^)]*\)", " ", without_styles)
        assert re.findall(r"\w+", plain_text(markdown)) == re.findall(r"\w+", without_markup)


def test_real_documents_keep_every_cell(real_documents):
    for markdown in real_documents:
        rows = [line for line in markdown.splitlines() if "|" in line and not re.fullmatch(r"[\s|:-]+", line)]
        expected = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in rows]
        page = Page(shown(markdown))
        found = [[re.sub(r"\W+", "", cell) for cell in row] for table in page.tables for row in table]
        for row in expected:
            words = [re.sub(r"\W+|<br/>", "", re.sub(r"<br/>|\]\([^)]*\)", "", cell)) for cell in row]
            assert any(shown_row[: len(words)] == words for shown_row in found), row


def test_real_documents_are_safe(real_documents):
    for markdown in real_documents:
        assert_safe(shown(markdown))


@pytest.mark.parametrize("mark", ["-", "1."])
def test_points_that_follow_each_other_are_one_list(mark):
    html = render(f"{mark} one\n{mark} two\n{mark} three").html
    tag = "ul" if mark == "-" else "ol"
    assert html.count(f"<{tag}>") == 1
    assert html.count("<li>") == 3


@each_case(
    ("markdown", "markup"),
    [
        ("##Leeds", '<h2 id="leeds">Leeds</h2>'),
        ("Text\n###Leeds ##", '<p>Text</p>\n<h2 id="leeds">Leeds</h2>'),
        ("#1 of all", "<p>#1 of all</p>"),
        ("[Vans](big vans.html)", '<p><a href="big%20vans.html">Vans</a></p>'),
        ('[*Vans*]( /a b/ "All" )', '<p><a href="/a%20b/" title="All"><em>Vans</em></a></p>'),
        ("[Vans](which are big)", "<p>[Vans](which are big)</p>"),
        ("[Vans](javascript:a b.c)", "<p>[Vans](javascript:a b.c)</p>"),
        ("<div>\n*a*\n\nb", "<div>\n<em>a</em></div>\n<p>b</p>"),
        ("<div>\n*a*\n</div>", "<div>\n*a*\n</div>"),
    ],
)
def test_what_redcarpet_reads_otherwise_than_commonmark_is_read_as_it_reads_it(markdown, markup):
    assert shown(markdown) == markup


def test_a_row_is_a_line_with_a_pipe_and_a_mark_at_its_start_heads_it():
    text = "a | b\n--|--\n# c | d\n- e | f\n<!-- g | h -->\n> i | j\nk # | # l\n\nm"
    assert cells(text) == [["a", "b"], ["c", "d"], ["- e", "f"], ["> i", "j"], ["k #", "# l"]]
    assert '<th scope="row">c</th>' in shown(text)
    assert shown("a | b\n--|--\nc | d\ne").endswith("<p>e</p>")
