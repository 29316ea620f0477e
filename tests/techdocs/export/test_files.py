"""What readers of the exported pages see, and what a folder may be."""

import re
from html.parser import HTMLParser

import pytest
import yaml
from django.db import transaction
from hypothesis import given, settings
from markdown_it import MarkdownIt
from msgspec import structs

from roadmap.content.choices import Environment
from roadmap.content.things import (
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.techdocs import cells, texts
from roadmap.techdocs.export import ExportRefused, files, too_large, write_folder
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


def test_each_release_has_its_heading_once_with_what_it_says_and_its_items_in_a_table():
    june = ReleaseContent(uid=sites.uid(3), title="June 2026", introduction="Soon.", typed="9 June 2026")
    july = ReleaseContent(uid=sites.uid(7), title="July 2026", is_deployed=True, position=1)
    items = [
        ITEM,
        ItemContent(
            uid=sites.uid(4),
            reference="DEPOT-2",
            title="Find",
            description="For all.\n\n- one\n- two",
            release_uid=june.uid,
            milestones=(MilestoneContent(environment=Environment.TEST, typed="May 2026", is_deployed=True),),
        ),
        ItemContent(uid=sites.uid(5), reference="DEPOT-3", title="Lose", release_uid=july.uid),
        ItemContent(
            uid=sites.uid(6),
            reference="DEPOT-4",
            title="Old",
            milestones=(
                MilestoneContent(environment=Environment.TEST, typed="April 2026 (deployed)", is_deployed=True),
                MilestoneContent(environment=Environment.LIVE, is_deployed=True),
            ),
        ),
    ]
    made = {path: text.decode() for path, text in files([ROADMAP, june, july, *items]).items()}
    assert set(made) == {"config/tech-docs.yml", "source/index.html.md", "source/items.html.md"}
    assert (
        made["source/items.html.md"].partition("# Items\n\n")[2]
        == """\
## June 2026

**Date:** 9 June 2026

Soon.

| Reference | Name | Description | Sandbox |
| --- | --- | --- | --- |
| DEPOT-2 | Find | For all.<br><br>- one<br>- two | May 2026 (deployed) |

## July 2026 (deployed)

| Reference | Name | Description |
| --- | --- | --- |
| DEPOT-3 | Lose |  |

## Not in a release

| Reference | Name | Description | Sandbox | Live |
| --- | --- | --- | --- | --- |
| DEPOT-1 | Send |  |  |  |
| DEPOT-4 | Old |  | April 2026 (deployed) | Deployed |
"""
    )


@pytest.mark.parametrize(
    "description",
    ["```\ncode\n```", "| a | b |\n| --- | --- |\n| 1 | 2 |", "## Heading\n\nText", "> quoted", "    code", "`a|b`"],
)
def test_what_no_cell_can_hold_is_a_page_of_its_own(description):
    made = files([ROADMAP, structs.replace(ITEM, description=description)])
    assert "| DEPOT-1 | Send | See [DEPOT-1](items/depot-1.html) |" in made["source/items.html.md"].decode()
    assert made["source/items/depot-1.html.md"].decode().partition("# DEPOT-1: Send\n\n")[2] == f"{description}\n"


def test_links_at_the_end_of_the_footer_are_in_the_header_of_every_page():
    footer = (
        "Dates *may* change.\n\n- [Developer Hub](<https://example.gov.uk/hub>)\n- [A\\_b](<https://example.gov.uk/b>)"
    )
    roadmap = structs.replace(ROADMAP, footer=footer)
    made = files([roadmap])
    assert yaml.safe_load(made["config/tech-docs.yml"])["header_links"] == {
        "Roadmap": "/",
        "Items": "/items.html",
        "Developer Hub": "https://example.gov.uk/hub",
        "A_b": "https://example.gov.uk/b",
    }
    assert made["source/index.html.md"].decode().endswith("## Footer\n\nDates *may* change.\n")
    assert sites.parsed(made).footer == footer


def test_the_settings_are_those_of_the_template():
    found = yaml.safe_load(files([ROADMAP])["config/tech-docs.yml"])
    assert found["service_name"] == "Depot"
    assert found["header_links"]["Roadmap"] == "/"
    assert found["multipage_nav"] is True


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
    for path, content in files(roadmap).items():
        if path.endswith(".md"):
            text = content.decode()
            loose = MarkdownIt("commonmark", {"html": True}).enable("table")
            loose.validateLink = lambda url: True
            page = Tags(loose.render(text.split("\n---\n", 1)[1]))
            assert not page.names & {"script", "iframe", "style", "object"}
            assert not [name for name in page.attributes if name.startswith("on")]
            assert not [url for url in page.links if "javascript" in url.partition(":")[0].lower()]


@given(sites.MARKDOWN)
def test_a_shown_text_stays_as_it_is(text):
    shown = texts.shown(text)
    assert texts.shown(shown) == shown


@settings(max_examples=150)
@given(sites.MARKDOWN)
def test_no_text_swallows_what_follows_it(text):
    page = "\n".join([texts.shown(text), "", "## Next", "", "What follows."])
    last = MarkdownIt("commonmark").enable("table").parse(page)[-3:]
    assert [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
    assert last[1].content == "What follows."


@each_case(
    ("text", "shown"),
    [
        ("```\nopen", "```\nopen\n```"),
        ("~~~~", "~~~~\n~~~~"),
        ("```\nclosed\n```", "```\nclosed\n```"),
        ("<pre>\nopen", "<pre>\nopen\n</pre>"),
        ("- ```\n  in a list", "- ```\n  in a list"),
        ('<td class="a" onclick="x()">b</td>', '<td class="a">b</td>'),
        ("<style>\n.a {}\n</style>\nb", "b"),
        ("`<vrn>` and <vrn>", "`<vrn>` and &lt;vrn>"),
        ("`<script>`", "`&lt;script>`"),
    ],
)
def test_what_was_never_closed_is_closed_and_what_could_run_is_words(text, shown):
    assert texts.shown(text) == shown


@given(sites.ONE_LINE)
def test_plain_text_looks_in_a_cell_as_it_was(text):
    """What a reader sees of the Markdown is the text, for every renderer that follows CommonMark."""
    shown = cells.plain_shown(text)
    assert "|" not in shown
    html = MarkdownIt("commonmark").renderInline(shown)
    assert not re.search(r"<(?!br)", html)
    assert cells.plain_read(shown) == " ".join(text.split())


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
    made = files([ROADMAP, *releases, *items])
    assert "source/items-2.html.md" in made
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
    made = files([ROADMAP, release, *items])
    assert too_large(made) == []
    assert "## June 2026\n\n**Continued:** Yes" in made["source/items-2.html.md"].decode()
    with transaction.atomic():
        _, copy = sites.imported(made)
        assert copy.releases.get().items.count() == 400


def test_what_an_import_would_not_take_is_said():
    pages = [PageContent(uid=sites.uid(100 + n), slug=f"p-{n}", title="P", body="word " * 2500) for n in range(210)]
    pages.append(PageContent(uid=sites.uid(99), slug="long", title="P", body="word " * 110_000))
    assert [re.sub(r"[\d,]+", "N", one) for one in too_large(files([ROADMAP, *pages]))] == [
        "source/pages/long.html.md has N bytesN and an import takes files of N at most.",
        "The files have more than N bytes togetherN which is all that an import takes.",
        "There are N pagesN and an import takes N files at most.",
    ]


def test_columns_that_could_not_be_told_apart_are_refused():
    two = (FieldDefinition(key="a", name="Tax years"), FieldDefinition(key="b", name="tax  YEARS"))
    with pytest.raises(ExportRefused, match="Rename one of them"):
        files([structs.replace(ROADMAP, fields=two)])
