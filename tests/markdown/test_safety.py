"""Where links and images may lead, and what becomes of HTML that is dangerous, unbalanced or not a reader's."""

import re

from roadmap.markdown import plain_text, render
from tests.cases import each_case
from tests.markdown.test_markdown import Page, assert_safe, shown

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
