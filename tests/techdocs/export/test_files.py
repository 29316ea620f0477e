"""What readers of the exported pages see, and what a folder may be."""

import re
from html.parser import HTMLParser

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from roadmap.content.choices import Environment, Kind
from roadmap.content.things import (
    ApiVersion,
    Contact,
    EnvironmentLabels,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.techdocs import cells, marks, parse, texts
from roadmap.techdocs.export import ExportRefused, too_large, write_folder
from roadmap.techdocs.sources import read_files
from tests.cases import each_case
from tests.techdocs.export import sites

ROADMAP = RoadmapContent(
    uid=sites.uid(1),
    slug="depot",
    title="Depot",
    contact=Contact(name="Team", email="a@example.gov.uk", subject="Enquiry"),
    labels=EnvironmentLabels(test="Sandbox", controlled_go_live="Controlled go-live", live="Live"),
)
ITEM = ItemContent(uid=sites.uid(2), reference="DEPOT-1", title="Send")


def without_marks(made):
    return {path: re.sub(r"<!-- roadmap: \{.*?\} -->", "", content.decode()).encode() for path, content in made.items()}


def test_each_stage_has_its_page_and_each_release_its_heading_once_with_what_it_says():
    june = ReleaseContent(uid=sites.uid(3), title="June 2026", introduction="Soon.", typed="9 June 2026")
    items = [
        ITEM,
        ItemContent(
            uid=sites.uid(4),
            reference="DEPOT-2",
            title="Find",
            release_uid=june.uid,
            milestones=(MilestoneContent(environment=Environment.TEST, typed="May 2026", is_deployed=True),),
        ),
        ItemContent(uid=sites.uid(5), reference="DEPOT-3", title="Lose", release_uid=june.uid),
        ItemContent(
            uid=sites.uid(6),
            reference="DEPOT-4",
            title="Old",
            milestones=(MilestoneContent(environment=Environment.LIVE, is_deployed=True),),
        ),
    ]
    made = {path: text.decode() for path, text in without_marks(sites.exported([ROADMAP, june, *items])).items()}
    assert set(made) == {
        "config/tech-docs.yml",
        *(f"source/{name}.html.md" for name in ("index", "backlog", "in-test", "released")),
    }
    assert "## June 2026\n\n**Date:** 9 June 2026\n\nSoon." in made["source/backlog.html.md"]
    assert "## June 2026" in made["source/in-test.html.md"]
    assert "Soon." not in made["source/in-test.html.md"]
    assert "| DEPOT-2 | Find |  | May 2026 (deployed) |" in made["source/in-test.html.md"]
    assert "| DEPOT-4 | Old |  | Deployed |" in made["source/released.html.md"]
    assert "- [In sandbox](in-test.html)" in made["source/index.html.md"]


def test_the_settings_are_those_of_the_template():
    import yaml

    found = yaml.safe_load(sites.exported([ROADMAP])["config/tech-docs.yml"])
    assert found["service_name"] == "Depot"
    assert found["header_links"]["Roadmap"] == "/"
    assert found["multipage_nav"] is True


def test_without_its_marks_an_export_is_a_source_as_any_other():
    """Whoever strips the comments, or never had them, still has a roadmap that an import understands."""
    release = ReleaseContent(uid=sites.uid(3), title="June 2027", introduction="Two things.")
    item = ItemContent(
        uid=sites.uid(2),
        reference="DEPOT-1",
        title="Send a parcel",
        description="Sends it.",
        kind=Kind.API,
        audiences=("Agents",),
        apis=(ApiVersion(name="Depot API", url="https://example.gov.uk/d", version="v2.0"),),
        release_uid=release.uid,
        milestones=(MilestoneContent(environment=Environment.TEST, typed="May 2027"),),
    )
    made = without_marks(sites.exported([ROADMAP, release, item]))
    found = parse(read_files(made, place="The folder"))
    assert [one.title for one in found.releases] == ["June 2027"]
    (read,) = found.items
    assert (read.title, read.description, read.kind, read.audiences) == (
        "Send a parcel",
        "Sends it.",
        Kind.API,
        ("Agents",),
    )
    assert read.apis == item.apis
    assert read.milestones == item.milestones
    assert (found.title, found.contact.email, found.contact.subject) == ("Depot", "a@example.gov.uk", "Enquiry")


_MARK = "<!-- roadmap: {"


class Tags(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes, self.links = set(), set(), []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src") and value]


@settings(max_examples=30)
@given(sites.roadmaps())
def test_nothing_in_an_export_runs_in_a_browser_or_is_left_open(roadmap):
    for path, content in sites.exported(roadmap).items():
        if path.endswith(".md"):
            text = content.decode()
            loose = MarkdownIt("commonmark", {"html": True}).enable("table")
            loose.validateLink = lambda url: True
            page = Tags(loose.render(text.split("\n---\n", 1)[1]))
            assert not page.names & {"script", "iframe", "style", "object"}
            assert not [name for name in page.attributes if name.startswith("on")]
            assert not [url for url in page.links if "javascript" in url.partition(":")[0].lower()]
            # The last mark is a comment of the page itself, not code in a block that was never closed.
            tokens = MarkdownIt("commonmark").enable("table").parse(text)
            assert all(token.type != "fence" or _MARK not in token.content for token in tokens)
            assert not [one for one in tokens if "<pre" in one.content and _MARK in one.content.split("<pre", 1)[1]]


@given(sites.MARKDOWN)
def test_a_shown_text_stays_as_it_is(text):
    shown = texts.shown(text)
    assert texts.shown(shown) == shown
    assert marks.without_lookalikes(shown) == shown
    assert not any(_is_mark(line) for line in shown.split("\n"))


@settings(max_examples=150)
@given(sites.MARKDOWN)
def test_no_text_swallows_what_follows_it(text):
    shown = texts.shown(text)
    closing = texts.closing_of(shown)
    page = "\n".join([shown, closing, "", "<!-- a mark -->", "", "What follows."])
    last = MarkdownIt("commonmark").enable("table").parse(page)[-3:]
    assert [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
    assert last[1].content == "What follows."


@each_case(
    ("text", "closing"),
    [
        ("```\nopen", "```"),
        ("~~~~", "~~~~"),
        ("```\nclosed\n```", ""),
        ("<pre>\nopen", "</pre>"),
        ("- ```\n  in a list", ""),
    ],
)
def test_what_was_never_closed_is_closed(text, closing):
    assert texts.closing_of(text) == closing


def _is_mark(line):
    try:
        return marks.on_line(line) is not None
    except marks.NotAMark:
        return True


@given(sites.ONE_LINE)
def test_plain_text_looks_in_a_cell_as_it_was(text):
    """What a reader sees of the Markdown is the text, for every renderer that follows CommonMark."""
    shown = cells.plain_shown(text)
    assert "|" not in shown
    html = MarkdownIt("commonmark").renderInline(shown)
    assert not re.search(r"<(?!br)", html)
    assert cells.plain_read(shown) == " ".join(text.split())


@given(st.dictionaries(st.text(), st.text(), max_size=3))
def test_a_mark_is_one_comment_on_one_line_that_reads_back(values):
    values = {key: value for key, value in values.items() if "\0" not in key + value}
    try:
        mark = marks.Contact(exact=values)
        text = marks.written(mark)
    except UnicodeEncodeError:
        return  # half a surrogate, which no database holds
    assert text.isascii()
    assert "\n" not in text
    assert text.count("-->") == 1
    assert "--" not in text[4:-3]
    assert marks.on_line(text) == mark
    assert marks.at_start(f"{text} after") == (mark, " after")


# The folder


def test_a_folder_with_something_in_it_is_never_written_to(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ExportRefused, match="not empty"):
        write_folder(tmp_path, {"a.md": b"a"})
    with pytest.raises(ExportRefused, match="not empty"):
        write_folder(tmp_path / "mine.txt", {"a.md": b"a"})
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_something(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ExportRefused, match="not empty"):
        write_folder(tmp_path / "link", {"a.md": b"a"})


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out", {"a/b.md": b"a"})
    assert (tmp_path / "out/a/b.md").read_bytes() == b"a"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_export_that_is_cut_short_leaves_nothing(tmp_path):
    with pytest.raises(ExportRefused, match="cannot be written"):
        write_folder(tmp_path / "out", {"a.md": b"a", "a.md/b.md": b"b"})
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_folder_for_it_nothing_is_made(tmp_path):
    with pytest.raises(ExportRefused, match="Make that first"):
        write_folder(tmp_path / "a/b", {"a.md": b"a"})


# Sizes


@pytest.mark.django_db
def test_a_large_roadmap_is_split_into_pages_that_an_import_takes():
    releases = [ReleaseContent(uid=sites.uid(100 + n), title=f"Release {n}", position=n) for n in range(8)]
    items = [
        ItemContent(
            uid=sites.uid(1000 + n),
            reference=f"DEPOT-{n + 1}",
            title=f"Item {n}",
            description="word " * 200 + "end",
            release_uid=releases[n % 8].uid,
            position=n,
        )
        for n in range(800)
    ]
    made = sites.exported([ROADMAP, *releases, *items])
    assert "source/backlog-2.html.md" in made
    assert too_large(made) == []
    with transaction.atomic():
        _, copy = sites.imported(made)
        assert copy.items.count() == 800
        assert list(copy.releases.order_by("position").values_list("title", flat=True)) == [
            one.title for one in releases
        ]


@pytest.mark.django_db
def test_a_table_that_is_too_long_for_a_file_is_several_tables_of_one_release():
    release = ReleaseContent(uid=sites.uid(100), title="June 2026")
    items = [
        ItemContent(
            uid=sites.uid(1000 + n),
            reference=f"DEPOT-{n + 1}",
            title=f"Item {n}",
            description="word " * 300 + "\n\n- point",
            release_uid=release.uid,
            position=n,
        )
        for n in range(400)
    ]
    made = sites.exported([ROADMAP, release, *items])
    assert too_large(made) == []
    second = made["source/backlog-2.html.md"].decode()
    assert second.count("## June 2026") == 1
    # A link to a description leads to its own page.
    assert set(re.findall(r"\(#(depot-\d+)\)", second)) == set(re.findall(r'id="(depot-\d+)"', second))
    with transaction.atomic():
        _, copy = sites.imported(made)
        assert copy.releases.get().items.count() == 400


def test_what_an_import_would_not_take_is_said():
    pages = [PageContent(uid=sites.uid(100 + n), slug=f"p-{n}", title="P", body="word " * 2500) for n in range(210)]
    pages.append(PageContent(uid=sites.uid(99), slug="long", title="P", body="word " * 110_000))
    assert [re.sub(r"[\d,]+", "N", one) for one in too_large(sites.exported([ROADMAP, *pages]))] == [
        "source/pages/long.html.md has N bytesN and an import takes files of N at most.",
        "The files have more than N bytes togetherN which is all that an import takes.",
        "There are N pagesN and an import takes N files at most.",
    ]


def test_columns_that_could_not_be_told_apart_are_refused():
    import msgspec

    from roadmap.content.things import FieldDefinition

    two = (FieldDefinition(key="a", name="Tax years"), FieldDefinition(key="b", name="tax  YEARS"))
    with pytest.raises(ExportRefused, match="Rename one of them"):
        sites.exported([msgspec.structs.replace(ROADMAP, fields=two)])
