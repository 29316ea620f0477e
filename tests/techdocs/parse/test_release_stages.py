"""Where the things of a release are, and of what kind: by a section, a line above a table, or a page."""

import pytest

from roadmap.content.choices import Horizon, Kind
from roadmap.techdocs import parse
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.parse.test_releases import TABLE, read, stages, table
from tests.techdocs.rows import said


@each_case(
    ("title", "milestones"),
    [
        ("Backlog", []),
        ("In sandbox", [("test", "", True)]),
        ("In test", [("test", "", True)]),
        ("In controlled go-live", [("controlled_go_live", "", True)]),
        ("Released", [("live", "", True)]),
        ("Currently live", [("live", "", True)]),
        ("In sandbox and production", [("test", "", True), ("live", "", True)]),
        ("Deployed to Sandbox March 2026", [("test", "March 2026", True)]),
        ("Scheduled to be deployed to Sandbox: July 2026", [("test", "July 2026", False)]),
    ],
)
def test_the_name_of_a_section_a_line_or_a_page_says_where_things_are(title, milestones):
    section = read(f"## {title}\n\nWords.\n\n{TABLE}")
    line = read(f"## Things\n\n{title}\n\n{TABLE}")
    page = parse(source("# Parcels", f"# {title}\n\nWords.\n\n{TABLE}", paths=("index.md", "more.md")))
    file = parse(
        source(
            "# Parcels", f"---\ntitle: {title}\n---\nWords.\n\n{TABLE}".replace(": J", " J"), paths=("index.md", "m.md")
        )
    )
    for parsed in (section, line, page, file):
        assert stages(parsed) == [milestones]
        assert (parsed.releases, said(parsed)[0].release) == ((), None)
    assert [(one.title, one.body) for one in section.pages] == [(title, "Words.")]
    assert line.pages == ()
    assert [(one.title, one.body) for one in page.pages] == [(title, "Words.")]


def test_a_page_of_the_backlog_has_its_terms():
    near = f"## Near term\n\n18 October 2018 to February 2019\n\n***\n\n{table('A')}"
    page = f"# Backlog\n\n{near}\n## Long term\n\n{table('B')}"
    parsed = parse(source("# Parcels", page, paths=("index.md", "backlog.html.md")))
    assert [(one.title, one.when, one.horizon, one.path) for one in parsed.releases] == [
        ("Near term", "18 October 2018 to February 2019", Horizon.NEAR, "backlog.html.md"),
        ("Long term", "", Horizon.LONG, "backlog.html.md"),
    ]
    assert parsed.pages == ()


def test_a_sandbox_date_in_a_deployed_release_has_come():
    columns = "API | Detail | Target date for sandbox\n-|-|-\nParcel API | Weigh | Feb 2023\nVan API | Post | TBC\n"
    parsed = read(
        f"Deployed to Production **April 2023**\n\n{columns}\nScheduled for production **June 2026**\n\n{columns}"
    )
    assert stages(parsed) == [
        [("test", "Feb 2023", True)],
        [("test", "TBC", False)],
        [("test", "Feb 2023", False)],
        [("test", "TBC", False)],
    ]


def test_a_date_of_the_sandbox_that_each_row_replaces_stays_in_the_text():
    columns = "API | Detail | Deployed to Sandbox\n-|-|-\nParcel API | Weigh | Feb 2023\n"
    parsed = read(f"## Things\n\nScheduled to be deployed to Sandbox **July 2026**\n\n{columns}")
    assert stages(parsed) == [[("test", "Feb 2023", True)]]
    assert [page.body for page in parsed.pages] == ["Scheduled to be deployed to Sandbox **July 2026**"]


@each_case(("cells", "is_of_line"), [(("July 2026", "July 2026"), False), (("July 2026", ""), True), (("", ""), True)])
def test_a_date_of_the_sandbox_is_counted_once_where_the_cells_say_it_too(cells, is_of_line):
    rows = "".join(f"Weigh | {cell}\n" for cell in cells)
    parsed = read(f"## In sandbox\n\nJuly 2026\n\nName | Target date for sandbox\n-|-\n{rows}")
    assert stages(parsed) == [[("test", "July 2026", True)]] * 2
    assert ("July 2026" in parsed.word_count.structure) is not is_of_line


@each_case(
    ("text", "labels"),
    [
        (f"Deployed to Production **April 2023**\n\n{TABLE}", {"live": "Production"}),
        (f"## In test\n\n{TABLE}", {"test": "Test"}),
        (f"## In sandbox\n\n{TABLE}", {}),
        (f"## In private beta\n\n{TABLE}", {"controlled_go_live": "Private beta"}),
        (f"Our ‘Test’ and 'Production' environments.\n\n## In sandbox\n\n{TABLE}", {"live": "Production"}),
    ],
)
def test_what_the_source_calls_an_environment(text, labels):
    assert dict(read(text).environment_labels) == labels


# Kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("**Endpoint functionality**", Kind.API),
        ("**User interface functionality**", Kind.USER_INTERFACE),
        ("### Guides", Kind.GUIDE),
        ("**Backend functionality:**", Kind.BACKEND),
    ],
)
def test_a_bold_line_or_heading_of_a_kind(text, kind):
    parsed = read(f"## June 2026\n\n{text}\n\n{TABLE}")
    assert [one.kind for one in said(parsed)] == [kind]
    assert parsed.releases[0].introduction == ""
    assert text.strip("*# ") in [name.strip("*") for name in parsed.word_count.structure]


def test_a_kind_goes_on_until_the_next_or_the_next_release():
    parsed = read(
        f"## June 2026\n\n**Endpoints**\n\n{table('A')}\n{table('B')}\n**Guides**\n\n{table('C')}\n"
        f"## July 2026\n\n{table('D')}"
    )
    assert [one.kind for one in said(parsed)] == [Kind.API, Kind.API, Kind.GUIDE, None]


def test_a_kind_above_no_table_is_text():
    parsed = read("## About\n\n**Guides**\n\nThey guide.")
    assert [page.body for page in parsed.pages] == ["**Guides**\n\nThey guide."]
