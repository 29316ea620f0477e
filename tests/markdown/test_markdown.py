import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest

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
