"""ERB without Ruby: what a tag writes where that can be read off it, and what becomes of all others."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.techdocs import ImportRefused, parse
from roadmap.techdocs.sources import SourceDocument
from tests.cases import each_case
from tests.techdocs.git.trees import from_memory, refusal

PAGE = "index.html.md.erb"


def read(page: str, **partials: str) -> SourceDocument:
    """The first page of a source, with partials beside it by their names without "_" and ".md"."""
    return from_memory({PAGE: page} | {f"_{name}.md": text for name, text in partials.items()}).documents[0]


def lines(document: SourceDocument) -> list[tuple[str, str, int]]:
    """Each line with words in it, and where it stands."""
    return [(text, *document.where(number)) for number, text in enumerate(document.text.split("\n")) if text.strip()]


# Following


@each_case(
    "tag",
    [
        "<%= partial :_terms %>",
        "<%= partial :terms %>",
        "<%=partial 'terms'%>",
        '<%= partial "terms" -%>',
        "<%== partial('_terms') %>",
        "<%= partial(:'terms') %>",
        "<%= partial '_terms.md' %>",
        "<%= partial\n  '/terms'\n%>",
    ],
)
def test_a_partial_is_put_in_its_place_however_it_is_called(tag):
    document = read(f"# Parcels\n\n{tag}\n\nThe end.\n", terms="A parcel\nis a box.\n")
    assert [text for text, _, _ in lines(document)] == ["# Parcels", "A parcel", "is a box.", "The end."]
    assert document.partials == ("_terms.md",)
    assert document.doubts == ()


def test_what_is_handed_to_a_partial_stands_where_it_is_named_and_is_doubted_where_it_is_computed():
    files = {
        PAGE: "<%= partial 'b', locals: { name: 'Box', size: 3 } %>\n<%= partial('b', :locals => {:name => a.b}) %>",
        "_b.md.erb": "A <%= name %> of <%= size %>",
    }
    document = from_memory(files).documents[0]
    assert [text for text, _, _ in lines(document)] == ["A Box of 3", "A <%= name %> of <%= size %>"]
    assert [(doubt.path, doubt.line) for doubt in document.doubts] == [(PAGE, 2), ("_b.md.erb", 1)]
    assert document.doubts[0].text == "What is handed to this partial (locals) was not used."


@each_case(
    "path",
    [
        "source/documentation/_terms.md",
        "source/documentation/_terms.html.md",
        "source/documentation/_terms.md.erb",
        "source/documentation/_terms.html.md.erb",
        "source/documentation/_terms.markdown",
        "source/documentation/_terms.erb",
        "source/documentation/terms.md",
    ],
)
def test_a_partial_is_found_under_any_of_its_names_from_source(path):
    files = {
        "config/tech-docs.yml": "",
        "source/deep/in/page.md.erb": "# A\n\n<%= partial 'documentation/terms' %>",
        path: "A parcel.",
    }
    [document] = [one for one in from_memory(files).documents if one.path.endswith("page.md.erb")]
    assert lines(document)[1] == ("A parcel.", path, 1)


def test_a_partial_beside_the_page_goes_before_one_in_source():
    files = {"source/sub/a.md.erb": "<%= partial 't' %>", "source/sub/_t.md": "near", "source/_t.md": "far"}
    [document] = from_memory({"config/tech-docs.yml": "", **files}).documents
    assert document.text.strip() == "near"


def test_partials_within_partials_are_looked_for_beside_the_page_and_beside_themselves():
    files = {
        PAGE: "# A\n<%= partial 'sub/one' %>",
        "sub/_one.md.erb": "<%= partial 'two' %>\n<%= partial '../three' %>",
        "sub/_two.md": "Two",
        "_three.md": "Three",
    }
    document = from_memory(files).documents[0]
    assert lines(document)[1:] == [("Two", "sub/_two.md", 1), ("Three", "_three.md", 1)]
    assert document.partials == ("_three.md", "sub/_one.md.erb", "sub/_two.md")


def test_a_partial_elsewhere_includes_what_lies_beside_the_page():
    files = {
        "pages/a.md.erb": "# A\n<%= partial '../shared/one' %>",
        "shared/_one.md.erb": "<%= partial 'two' %>",
        "pages/_two.md": "Two",
    }
    assert lines(from_memory(files).documents[0])[1:] == [("Two", "pages/_two.md", 1)]


def test_every_line_keeps_the_file_and_number_at_which_it_stands():
    document = read(
        "---\ntitle: A\n---\n# A\n<%= partial 'b' %>\nBetween\n\n<%= partial 'c' %>\nEnd <%= partial 'c' %> indeed",
        b="\n\nB3\nB4\n\n",
        c="C1",
    )
    assert lines(document) == [
        ("---", PAGE, 1),
        ("title: A", PAGE, 2),
        ("---", PAGE, 3),
        ("# A", PAGE, 4),
        ("B3", "_b.md", 3),
        ("B4", "_b.md", 4),
        ("Between", PAGE, 6),
        ("C1", "_c.md", 1),
        ("End C1 indeed", PAGE, 9),
    ]


def test_doubts_about_a_partial_name_its_own_line():
    parsed = parse(from_memory({PAGE: "# A\n\nText\n\n<%= partial 'b' %>", "_b.md": "## B\n\n[C](c.html)"}))
    assert [str(doubt) for doubt in parsed.doubts] == [
        "_b.md:3: This link leads to a file beside the source, c.html: change it."
    ]


def test_a_partial_on_a_line_of_its_own_is_a_block_of_its_own():
    assert read("One\n <%= partial 'b' %> \nThree", b="Two").text.strip() == "One\n\nTwo\n\nThree"
    parsed = parse(from_memory({PAGE: "# A\nIntroduction\n<%= partial 'b' %>\nAfter\n", "_b.md": "## B\nText"}))
    assert parsed.description == "Introduction"
    assert [(page.title, page.body) for page in parsed.pages] == [("B", "Text\n\nAfter")]


def test_front_matter_of_a_partial_is_left_out_and_doubted():
    document = read("# A\n<%= partial 'b' %>", b="---\ntitle: B\n---\nText")
    assert lines(document)[1:] == [("Text", "_b.md", 4)]
    assert [str(doubt) for doubt in document.doubts] == ["_b.md:1: The front matter of this partial was not used."]


@pytest.mark.parametrize("page", ["<%= partial 'b' %>", "<%# A %>\n<%= partial 'b' %>", "<%= partial 'b' %><%#%>"])
def test_what_a_partial_begins_with_never_becomes_front_matter(page):
    files = {PAGE: page, "_b.md": "---\n---\n---\ntitle: [\n---\n# A"}
    assert parse(from_memory(files)).title == "A"


def test_the_digest_is_of_the_partials_too():
    digests = {read("<%= partial 'b' %>", b=text).sha256 for text in ("One", "Two", "One")}
    assert len(digests) == 2


# Refusals


def test_a_partial_that_includes_itself_is_refused_at_its_line():
    message = refusal(lambda: from_memory({PAGE: "<%= partial 'b' %>", "_b.md.erb": "B\n\n<%= partial 'b' %>"}))
    assert message.startswith("_b.md.erb:3: this partial would include itself: _b.md.erb → _b.md.erb.")


def test_partials_that_include_each_other_are_refused_at_the_line():
    files = {
        PAGE: "<%= partial 'b' %>",
        "_b.md.erb": "<%= partial 'c' %>",
        "_c.md.erb": "C\n<%= partial 'b' %>",
    }
    message = refusal(lambda: from_memory(files))
    assert message.startswith("_c.md.erb:2: this partial would include itself: _b.md.erb → _c.md.erb → _b.md.erb.")
    assert "index" in refusal(lambda: from_memory({PAGE: "<%= partial 'index' %>"}))


def test_a_partial_that_is_not_there_is_refused_at_its_line():
    message = refusal(lambda: read("# A\n<%= partial 'documentation/b' %>"))
    assert message.startswith(f"{PAGE}:2: the partial “documentation/b” is not there.")
    assert "“_b.md”" in message


@pytest.mark.parametrize("name", ["../b", "../../etc/passwd", "a/../../b", ".."])
def test_a_partial_outside_the_source_is_refused(name):
    assert refusal(lambda: read(f"<%= partial '{name}' %>")).startswith(f"{PAGE}:1: the partial “{name}” leads outside")


def test_in_a_site_a_partial_that_cannot_be_used_costs_its_line():
    page = "# A\n\n<%= partial 'b' %>\n\n<%= partial '../../c' %>\n\n<%= partial 'd.svg' %>\n\n"
    page += "<%= partial 'layouts/feedback' %>\nEnd\n"
    files = {"config.rb": "", f"source/{PAGE}": page, "source/d.svg": "<?xml version='1.0'?><svg/>"}
    document = from_memory(files).documents[0]
    assert [text for text, _, _ in lines(document)][1:] == [*(line for line in page.split("\n")[2:8] if line), "End"]
    assert [doubt.text.split(",")[0] for doubt in document.doubts] == [
        *["This was kept as text"] * 3,
        "The partial “layouts/feedback” is not there",
    ]


def test_an_absolute_partial_is_one_of_the_source():
    assert "is not there" in refusal(lambda: read("<%= partial '/etc/passwd' %>"))


def test_a_partial_that_is_not_text_is_refused_by_its_own_name():
    assert refusal(lambda: from_memory({PAGE: "<%= partial 'b' %>", "_b.md": b"\xff"})).startswith(
        "_b.md:1: this is not"
    )
    assert refusal(lambda: from_memory({PAGE: "<%= partial 'b.png' %>", "b.png": b"\x89PNG"})).startswith(
        "b.png is not"
    )


def chain(length: int, each: str) -> dict[str, str]:
    """A page and partials, each of which includes the next one by `each`."""
    files = {f"_{number}.md.erb": each.format(number + 1) for number in range(1, length)}
    return {PAGE: each.format(1), **files, f"_{length}.md.erb": "The end"}


def test_partials_may_be_ten_deep_and_no_deeper():
    assert "The end" in from_memory(chain(10, "<%= partial '{}' %>")).documents[0].text
    assert "more than 10 deep" in refusal(lambda: from_memory(chain(11, "<%= partial '{}' %>")))


def test_partials_that_multiply_are_refused_soon():
    assert "more than 1,000 times" in refusal(lambda: from_memory(chain(9, "<%= partial '{0}' %>" * 100)))


def test_partials_that_grow_are_refused_soon():
    page = "<%= partial 'b' %>\n" * 100
    assert "more than 2,000,000 characters" in refusal(lambda: read(page, b="Words " * 10_000))
    # What adds nothing to the text costs its time all the same.
    files = {PAGE: page, "_b.md.erb": "<%# Words %>" * 5000}
    assert "more than 2,000,000 characters" in refusal(lambda: from_memory(files))


@each_case(
    "text",
    [
        "<%#%>" * 80_000,
        "<%%" * 150_000,
        "<%#a%>\n" * 60_000,
        " " * 240_000 + "<%#a%>" + " " * 240_000,
        "<%= partial" + " " * 480_000 + "%>",
        "<%= partial 'b'" + " " * 480_000 + "x%>",
        "<%= partial 'b', locals: {" + " " * 240_000 + "}" + " " * 240_000 + "x%>",
        "<% if a %>\n" * 40_000 + "x" + "<% end %>" * 10_000,
        "<%= '" + "\\'" * 200_000 + "%>",
        "<% a { do { do " * 30_000 + "%>",
        ("<%= '" + "\\'" * 900 + "%>") * 200,
        "<%= " + "analytic" * 50_000 + "%>",
        "<" + "%" * 400_000,
        "<% " * 150_000,
    ],
    ids=range(14),
)
def test_no_file_takes_the_square_of_its_length(text):
    before = time.process_time()
    with suppress(ImportRefused):
        read(f"# A\n{text}", b="B")
    # Of this process alone, on however slow a machine; the square takes minutes and more.
    assert time.process_time() - before < 20


# Properties

TAGS = ["<% if x %>", "<% a.each do |b| %>", "<% content_for :a do %>", "<% end %>", "<%= b %>"]
TAGS += ["<%= partial 'b' %>", "<%= partial 'c' %>", "<%# x %>", "<%#\n%>", "<%%", "<%= exit %>", "<%", "%>", "---"]
PIECES = st.lists(st.sampled_from([*TAGS, "word", " ", "\n", "\n\n", "# A", "|"]), max_size=12).map("".join)


@given(PIECES, PIECES, PIECES)
def test_any_text_is_read_or_refused_and_each_word_keeps_its_place(page, b, c):
    files = {PAGE: f"word\n{page}", "_b.md.erb": b, "_c.md": c}
    with suppress(ImportRefused):
        document = from_memory(files).documents[0]
        for text, path, number in lines(document):
            assert text.strip()[0] in files[path].split("\n")[number - 1] + "`", (text, path, number)
        if "<%" not in page:
            assert document.text == files[PAGE]


@given(st.lists(st.sampled_from(["b", "c", "d"]), max_size=6), st.lists(st.sampled_from(["b", "c"]), max_size=4))
def test_every_line_of_every_partial_is_there_once_for_each_time_it_is_included(first, second):
    files = {
        PAGE: "\n".join(["# A", *(f"<%= partial '{name}' %>" for name in first)]),
        "_b.md": "b one\n\nb two\n",
        "_c.md": "\nc one",
        "_d.md.erb": "\n".join(["d one", *(f"<%= partial '{name}' %>" for name in second)]),
    }
    expected = ["# A"]
    said = {"b": ["b one", "b two"], "c": ["c one"]}
    said["d"] = ["d one", *(line for name in second for line in said[name])]
    expected += [line for name in first for line in said[name]]
    document = from_memory(files).documents[0]
    assert [text for text, _, _ in lines(document)] == expected
    for text, path, number in lines(document):
        assert files[path].split("\n")[number - 1] == text
