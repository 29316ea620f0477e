"""Releases, stages and kinds out of what stands around the tables."""

import pytest

from roadmap.content.choices import Environment, Horizon, Kind
from roadmap.techdocs import ImportRefused, parse
from roadmap.techdocs.parse.environment_phrases import plain_date, read_phrase
from roadmap.techdocs.parse.result import ParsedRelease, ParsedRoadmap
from roadmap.techdocs.parse.row_to_item import MAX_ITEMS
from roadmap.techdocs.parse.section_items import MAX_FIELDS, MAX_RELEASES
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said

TABLE = "Name | Description | End user\n--- | --- | ---\nWeigh | Scales. | Agents\n"


def table(title: str = "Weigh") -> str:
    return TABLE.replace("Weigh", title)


def read(text: str) -> ParsedRoadmap:
    return parse(source(f"# Parcels\n\nAll about parcels.\n\n{text}"))


def release(text: str) -> ParsedRelease:
    parsed = read(text)
    [found] = parsed.releases
    assert [one.release for one in said(parsed)] == [0] * len(said(parsed))
    return found


def outline(parsed: ParsedRoadmap) -> list[tuple[str, str, bool]]:
    return [(one.title, one.when, one.is_deployed) for one in parsed.releases]


def stages(parsed: ParsedRoadmap) -> list[list[tuple[str, str, bool]]]:
    return [[(mark.environment.value, mark.typed, mark.is_deployed) for mark in one.milestones] for one in said(parsed)]


def doubts(parsed: ParsedRoadmap) -> list[str]:
    return [str(doubt) for doubt in parsed.doubts]


# Headings and lines with dates


@each_case(
    ("line", "title", "when", "horizon", "is_deployed"),
    [
        ("## June 2026", "June 2026", "", None, False),
        ("## June 2026 (deployed)", "June 2026", "", None, True),
        ("## June 2026 (TBC)", "June 2026", "June 2026 (TBC)", None, False),
        ("## Near term: March to April 2019", "Near term", "March to April 2019", Horizon.NEAR, False),
        ("## Mid-term (March to April 2019)", "Mid-term", "March to April 2019", Horizon.MID, False),
        ("## Long term\n\nMay to October 2019\n\n***", "Long term", "May to October 2019", Horizon.LONG, False),
        ("## Long term\n\n**May to October 2019**", "Long term", "May to October 2019", Horizon.LONG, False),
        ("## Release 4.0 (June 2026)", "Release 4.0 (June 2026)", "June 2026", None, False),
        ("## Release 4.0\n\nJune 2026", "Release 4.0", "June 2026", None, False),
        ("## Released in March 2026", "March 2026", "", None, True),
        ("Deployed to Production **April 2023**", "April 2023", "", None, True),
        ("Scheduled to be deployed to Production **December 2023**", "December 2023", "", None, False),
        (
            "Scheduled to be deployed to Production **December 2023** (to be confirmed)",
            "December 2023",
            "December 2023 (to be confirmed)",
            None,
            False,
        ),
        ("**June 2026**", "June 2026", "", None, False),
        (
            "**Near term**\n18 October 2018 to February 2019",
            "Near term",
            "18 October 2018 to February 2019",
            Horizon.NEAR,
            False,
        ),
        ("**Near term**\n\nApril to June 2026\n\n***", "Near term", "April to June 2026", Horizon.NEAR, False),
        ("Short term\n\nApril to June 2026", "Short term", "April to June 2026", Horizon.NEAR, False),
        ("**Release 4.0**\n\nJune 2026", "Release 4.0", "June 2026", None, False),
        ("Planned future deliveries", "Planned future deliveries", "", None, False),
        ("## What we’re working on now", "What we’re working on now", "", None, False),
    ],
)
def test_a_release_out_of_a_heading_or_line(line, title, when, horizon, is_deployed):
    parsed = read(f"{line}\n\n{TABLE}")
    [found] = parsed.releases
    assert (found.title, found.when, found.horizon, found.is_deployed) == (title, when, horizon, is_deployed)
    assert found.line == 5
    assert found.introduction == ""
    assert said(parsed)[0].release == 0
    assert said(parsed)[0].milestones == ()
    assert (parsed.pages, parsed.doubts) == ((), ())


def test_months_under_what_is_going_on_and_what_is_released():
    parsed = read(
        f"## What we're working on now\n\n### June 2026\n\n{table('A')}\n### July 2026\n\n{table('B')}\n"
        f"## Planned future deliveries\n\n{table('C')}\n## Already released\n\n### March 2026\n\n{table('D')}"
    )
    assert outline(parsed) == [
        ("June 2026", "", False),
        ("July 2026", "", False),
        ("Planned future deliveries", "", False),
        ("March 2026", "", True),
    ]
    assert [(one.title, one.release) for one in said(parsed)] == [("A", 0), ("B", 1), ("C", 2), ("D", 3)]
    assert parsed.pages == ()
    assert parsed.doubts == ()


def test_bold_months_under_one_heading_are_releases_of_their_own():
    parsed = read(f"## What is next\n\n**June 2026**\n\n{table('A')}\n**July 2026**\n\n{table('B')}\n{table('C')}")
    assert outline(parsed) == [("June 2026", "", False), ("July 2026", "", False)]
    assert [one.release for one in said(parsed)] == [0, 1, 1]


def test_bold_terms_with_their_dates_below_them_under_one_heading_are_releases_of_their_own():
    parsed = read(
        f"## Planned future deliveries\n\n**Near term**\n\nApril to June 2026\n\n{table('A')}\n"
        f"**Long term**\n\nLate 2027\n\nThese may change.\n\n{table('B')}\n**Guides**\n\nMay 2026\n\n{table('C')}"
    )
    assert outline(parsed) == [
        ("Near term", "April to June 2026", False),
        ("Long term", "Late 2027", False),
        ("May 2026", "", False),
    ]
    assert [(one.title, one.release, one.kind) for one in said(parsed)] == [
        ("A", 0, None),
        ("B", 1, None),
        ("C", 2, Kind.GUIDE),
    ]
    assert parsed.releases[1].introduction == "These may change."
    assert (parsed.pages, parsed.doubts) == ((), ())


def test_text_between_a_heading_and_its_tables_is_the_introduction():
    parsed = read(
        f"## June 2026\n\nFirst *this*.\n\n- and that\n\n***\n\n{table('A')}\nLast this.\n\n## Who we are\n\nUs."
    )
    assert parsed.releases[0].introduction == "First *this*.\n\n- and that\n\nLast this."
    assert [(page.title, page.body) for page in parsed.pages] == [("Who we are", "Us.")]


def test_text_below_the_tables_of_a_line_stays_on_the_page():
    parsed = read(f"## Plans\n\nBefore.\n\n**June 2026**\n\nAbout June.\n\n{table('A')}\nAfter.\n")
    assert parsed.releases[0].introduction == "About June."
    assert [(page.title, page.body) for page in parsed.pages] == [("Plans", "Before.\n\nAfter.")]


def test_a_table_of_other_things_stays_in_the_introduction_and_is_doubted():
    parsed = read(
        f"## June 2026\n\n{TABLE}\nWord | Meaning\n-|-\nDepot | House\n\n<table><tr><td>1</td></tr></table>\n"
    )
    assert "Word | Meaning" in parsed.releases[0].introduction
    assert doubts(parsed) == [
        "index.md:11: This table was kept as text in the introduction of “June 2026”.",
        "index.md:15: This HTML was kept as it is in the introduction of “June 2026”, which shows what is safe of it.",
    ]


def test_a_heading_that_says_nothing_known_is_a_release_with_a_doubt():
    parsed = read(f"## Changes to parcels\n\n{TABLE}")
    assert outline(parsed) == [("Changes to parcels", "", False)]
    assert doubts(parsed) == ["index.md:5: “Changes to parcels” was taken for a release without a date: is it one?"]


def test_two_releases_of_one_name_are_told_apart_by_their_sections():
    parsed = read(f"## Vans\n\n### Planned\n\n{table('A')}\n## Ships\n\n### Planned\n\n{table('B')}")
    assert [one.title for one in parsed.releases] == ["Vans: Planned", "Ships: Planned"]


def test_a_heading_inside_a_release_is_the_journey_with_a_doubt():
    parsed = read(f"## June 2026\n\n### Payments\n\n{table('A')}\n### Returns\n\nAbout returns.\n\n{table('B')}")
    assert [(one.journey, one.release) for one in said(parsed)] == [("Payments", 0), ("Returns", 0)]
    assert parsed.releases[0].introduction == "About returns."
    assert doubts(parsed) == [
        "index.md:7: “Payments” was taken for the journey of the items below it.",
        "index.md:13: “Returns” was taken for the journey of the items below it.",
    ]


@each_case(
    "text",
    [
        "### Depot\n\n|End user|Name|\n|-|-|\n|Agents|\n|-|",
        "### Depot\n\nAbout it.\n\n|Name|Breaking|\n|-|-|\n||Yes|\n||No|",
        "### Depot\n\n### Payments\n\n|End user|Name|Description|\n|-|-|-|\n|Agents||–|",
        "**Depot**\n\n**Guides**\n\n|End user|Name|Tax years|\n|-|-|-|\n|Agents|-|2027|",
        "In sandbox **July 2027**\n\n|End user|API|\n|-|-|\n|Agents||",
    ],
)
def test_a_table_none_of_whose_rows_could_be_an_item_stays_text_below_what_stands_above(text):
    parsed = read(f"## June 2026\n\n{text}")
    assert (parsed.items, parsed.releases) == ((), ())
    assert [(page.title, page.body) for page in parsed.pages] == [("June 2026", text)]
    assert [doubt.text for doubt in parsed.doubts] == ["This table was kept as text on the page “June 2026”."]


def test_a_name_above_a_table_that_gives_no_item_stays_in_the_text():
    for rows in ("||\n", "|![](van.png)|\n"):
        assert "Depot" in release(f"## June 2026\n\n### Depot\n\n|Name|Breaking|\n|-|-|\n{rows}").introduction


def test_a_heading_that_is_longer_than_a_title_is_kept_whole_in_the_introduction():
    found = release(f"## Depot{' word' * 120}\n\n{TABLE}")
    assert (found.title[-1], found.introduction) == ("…", f"Depot{' word' * 120}")


def test_a_heading_with_a_link_names_the_release_and_keeps_its_link():
    found = release(f"## [June 2026](https://example.gov.uk/june)\n\n{TABLE}")
    assert (found.title, found.introduction) == ("June 2026", "[June 2026](https://example.gov.uk/june)")


def test_prose_that_only_mentions_dates_begins_nothing():
    text = "We deployed to production in April 2023.\n\n**What can it do?**\n\nIt works in June 2026 and later."
    parsed = read(f"## About\n\n{text}")
    assert parsed.releases == ()
    assert [page.body for page in parsed.pages] == [text]


# Phrases


@each_case(
    "text",
    ["Who we are", "In development", "Delayed", "What is controlled go-live?", "Release 4", "April", "", "a" * 5000],
)
def test_what_is_not_understood_to_its_last_word_is_no_phrase(text):
    phrase = read_phrase(text)
    assert phrase is None or not (phrase.when or phrase.says_deployed or phrase.says_planned)


@each_case(
    ("text", "is_there"),
    [
        ("Live April 2026", True),
        ("Production since April 2026", True),
        ("Live by June 2027", False),
        ("Deployed by April 2027", False),
        ("Complete before the end of 2026", False),
    ],
)
def test_what_has_a_deadline_is_not_there_yet(text, is_there):
    phrase = read_phrase(text)
    assert phrase
    assert (phrase.says_deployed, phrase.says_planned) == (is_there, not is_there)


def test_the_longest_date_is_read():
    phrase = read_phrase("Expected by April 2027 (TBC)")
    assert phrase
    assert (phrase.when, plain_date(phrase.when), phrase.environments) == ("by April 2027 (TBC)", "by April 2027", ())
    live = read_phrase("available in private beta from 3 March 2026")
    assert live
    assert (live.when, live.environments) == ("from 3 March 2026", (Environment.CONTROLLED_GO_LIVE,))


# Too much


def test_too_many_items_releases_or_columns_are_refused():
    rows = "".join(f"Thing {number} | It does {number}. | Agents\n" for number in range(MAX_ITEMS))
    head = "Name | Description | End user\n-|-|-\n"
    assert len(said(read(f"## June 2026\n\n{head}{rows}"))) == MAX_ITEMS
    with pytest.raises(
        ImportRefused, match=r"index\.md:5009: the source has more than 5,000 items\. Import it in parts"
    ):
        read(f"## June 2026\n\n{head}{rows}Once more | It does. | Agents\n")
    months = "".join(f"**June 2026**\n\n{TABLE}\n" for _ in range(MAX_RELEASES + 1))
    with pytest.raises(ImportRefused, match=r"more than 500 releases"):
        read(months)
    columns = "".join(f"Name | Description | Field {number}\n-|-|-\na | b | c\n\n" for number in range(MAX_FIELDS + 1))
    with pytest.raises(ImportRefused, match=r"more than 100 columns that are not known here"):
        read(f"## June 2026\n\n{columns}")


def test_a_link_in_the_line_of_dates_below_a_heading_stays_in_the_introduction():
    found = parse(
        source(
            "# Parcels\n\n## Near term\n\n[June 2026](https://example.gov.uk/june)\n\n"
            "| Name | Description |\n| --- | --- |\n| Weigh | Scales |\n"
        )
    )
    assert [(one.title, one.when, one.introduction) for one in found.releases] == [
        ("Near term", "June 2026", "[June 2026](https://example.gov.uk/june)")
    ]
