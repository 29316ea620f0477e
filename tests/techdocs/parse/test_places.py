"""Headings mean what a person reads: of which release, when and where the items below them are, and what about."""

from collections import Counter

from roadmap.content.choices import Environment
from roadmap.content.things import ReleaseContent
from roadmap.techdocs import parse
from roadmap.techdocs.parse.places import reads_as
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.texts import shown
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said
from tests.techdocs.texts import placed_words, texts, words_of


def table(title: str = "A") -> str:
    return f"Name | Description | End user\n--- | --- | ---\n{title} | Scales. | Agents\n"


def document(text: str) -> str:
    """`A`, `B` stand for a table with an item of that title."""
    lines = [table(line) if line in ("A", "B") else line for line in text.split("\n")]
    return "# Parcels\n\nAll about parcels.\n\n" + "\n\n".join(lines)


def read(text: str) -> ParsedRoadmap:
    return parse(source(document(text)))


def seen(parsed: ParsedRoadmap) -> list[str]:
    """Of each item what readers see: "April 2026 | April 2026 | live"."""
    found = []
    for item in said(parsed):
        release = parsed.releases[item.release] if item.release is not None else None
        due = ReleaseContent(uid="", title=release.title, typed=release.when).due if release else None
        dates = {date.environment: f"{date.typed}{'✓' * date.is_deployed}" for date in item.milestones}
        is_live = (release and release.is_deployed) or "✓" in dates.get(Environment.LIVE, "")
        stage = ["live" if is_live else "planned"] if release or is_live else []
        places = [f"{environment}: {date}" for environment, date in dates.items()]
        about = [f"about {item.journey}"] if item.journey else []
        found.append(" | ".join([*([release.title, str(due or "")] if release else []), *stage, *places, *about]))
    return found


@each_case(
    ("text", "expected"),
    [
        # A heading that only says that it is planned, below one with a date
        (
            "## Release 4.0 (April 2026)\n### Scheduled to be deployed to Production\nA",
            ["Release 4.0 (April 2026) | April 2026 | planned"],
        ),
        (
            "## April 2027\n### Deployed\nA\n### Planned\nB",
            ["April 2027 | April 2027 | live | live: April 2027✓", "April 2027 | April 2027 | planned"],
        ),
        ("## April 2027\n### Deployed\nA", ["April 2027 | April 2027 | live"]),
        ("## Near term\n### Planned\nA", ["Near term |  | planned"]),
        # The year above, the month below
        ("## 2026\n### April\nA\n### May\nB", ["April 2026 | April 2026 | planned", "May 2026 | May 2026 | planned"]),
        ("## Delivered\n### 2026\n#### March\nA", ["March 2026 | March 2026 | live"]),
        (
            "## 2026\n### Deployed in March\nA\n### Expected in May (TBC)\nB",
            ["March 2026 | March 2026 | live", "May 2026 | May 2026 (to be confirmed) | planned"],
        ),
        (
            "## 2026/27\n### Q1\nA\n### January\nB",
            ["Q1 2026 to 2027 | April to June 2026 | planned", "January 2027 | January 2027 | planned"],
        ),
        ("## Tax year 2026 to 2027\n### April\nA", ["April 2026 | April 2026 | planned"]),
        ("## April 2027\n### 14 April 2027\nA", ["14 April 2027 | 14 April 2027 | planned"]),
        ("## 2027\n### Q1 (January to March)\nA", ["January to March 2027 | January to March 2027 | planned"]),
        ("## Autumn 2026\n### Payments (October 2026)\nA", ["Payments (October 2026) | October 2026 | planned"]),
        # A date that does not hold the one below it is no year of that: it is told
        ("## 2026\n### April 2027\nA", ["April 2027 | April 2027 | planned"]),
        # Where it is, and when
        ("## In Test\nA", ["test: ✓"]),
        ("## Live\nA", ["live | live: ✓"]),
        ("## Currently live\n### March 2026\nA", ["March 2026 | March 2026 | live"]),
        ("## Sandbox\n### June 2026\nA", ["test: June 2026✓"]),
        ("## June 2026\n### Sandbox\nA\n### Production\nB", ["test: June 2026", "June 2026 | June 2026 | planned"]),
        ("## Sandbox – June 2026\nA", ["test: June 2026"]),
        ("## Live – March 2026\nA", ["March 2026 | March 2026 | live"]),
        ("## Live since March 2026\nA", ["since March 2026 | From March 2026 | live"]),
        ("## Deployed to production in March 2026\nA", ["March 2026 | March 2026 | live"]),
        ("## Deployed in March 2026\nA", ["March 2026 | March 2026 | live"]),
        ("## Deployed to Sandbox and Production April 2023\nA", ["April 2023 | April 2023 | live | test: April 2023✓"]),
        (
            "## Production by End of April 2026 (all features now live)\nA",
            ["by End of April 2026 | By end of April 2026 | live"],
        ),
        ("## Production by End of April 2026\nA", ["by End of April 2026 | By end of April 2026 | planned"]),
        ("## Will be deployed by April 2026\nA", ["by April 2026 | By April 2026 | planned"]),
        # Names of releases
        (
            "## Release 4.0\n### April 2026\nA\n### May 2026\nB",
            ["Release 4.0: April 2026 | April 2026 | planned", "Release 4.0: May 2026 | May 2026 | planned"],
        ),
        ("## April 2026\n### Release 4.0\nA", ["Release 4.0 | April 2026 | planned"]),
        ("## Release 4.0 – deployed March 2026\nA", ["Release 4.0 – deployed March 2026 | March 2026 | live"]),
        ("## Release 5 (TBC)\nA", ["Release 5 (TBC) | To be confirmed | planned"]),
        ("## Release 4.0 (April 2026)\n### Sandbox\nA", ["test: April 2026 | about Release 4.0 (April 2026)"]),
        ("## Quarter 1 (April to June) 2026\nA", ["Quarter 1 (April to June) 2026 | April to June 2026 | planned"]),
        ("## Q1 2026 (April to June)\nA", ["Q1 2026 (April to June) | April to June 2026 | planned"]),
        ("## Delivery dates to be confirmed\nA", ["Delivery dates to be confirmed | To be confirmed | planned"]),
        ("## Future changes: April 2027\nA", ["Future changes: April 2027 | April 2027 | planned"]),
        ("## Delayed to May 2028\nA", ["Delayed to May 2028 | May 2028 | planned"]),
        ("## April 2027 (was March 2027)\nA", ["April 2027 (was March 2027) | April 2027 | planned"]),
        ("## Done\nA", ["live | live: ✓"]),
        ("## Coming soon\nA", ["Coming soon |  | planned"]),
        # Names of what they are about
        (
            "## Registration\n### April 2027\nA\n## Payments\n### April 2027\nB",
            ["Registration: April 2027 | April 2027 | planned", "Payments: April 2027 | April 2027 | planned"],
        ),
        (
            "## Payments\n### Cards\n#### April 2027\nA\n### Cheques\n#### April 2027\nB",
            [
                "Payments: Cards: April 2027 | April 2027 | planned",
                "Payments: Cheques: April 2027 | April 2027 | planned",
            ],
        ),
        ("## Parcel API\nPlanned:\nA", ["Parcel API: Planned |  | planned"]),
        (
            "**Parcel API**\nPlanned:\nA\n**Depot API**\nPlanned:\nB",
            ["Parcel API: Planned |  | planned", "Depot API: Planned |  | planned"],
        ),
        (
            "## Roadmap\n**Payments**\n**April 2027**\nA\n**Refunds**\n**April 2027**\nB",
            ["Payments: April 2027 | April 2027 | planned", "Refunds: April 2027 | April 2027 | planned"],
        ),
        ("## Payments\n### In sandbox\nA", ["test: ✓ | about Payments"]),
        ("## June 2027\n### Payments\n#### Cards\nA", ["June 2027 | June 2027 | planned | about Payments: Cards"]),
        # However a heading is written
        ("April 2026\n-", []),
        ("##Backlog\nA", [""]),
        ("#April 2027\nA", ["April 2027 | April 2027 | planned"]),
        ("## Plans\n<h3>April 2027</h3>\nA", ["April 2027 | April 2027 | planned"]),
        ('## Plans\n<h3 id="april">April 2027</h3>\nA', ["April 2027 | April 2027 | planned"]),
        ("## Plans\n<h3>Payments</h3>\n<h4>April 2027</h4>\nA", ["April 2027 | April 2027 | planned"]),
        ("## April 2027 {#april}\nA", ["April 2027 | April 2027 | planned"]),
        ("## April 2027 ##\nA", ["April 2027 | April 2027 | planned"]),
        ("## [April 2027](https://example.gov.uk/a)\nA", ["April 2027 | April 2027 | planned"]),
        ("## 🚀 April 2027\nA", ["April 2027 | April 2027 | planned"]),
        ("## ✅ March 2026\nA", ["March 2026 | March 2026 | live"]),
        ("## ~~June 2027~~ August 2027\nA", ["August 2027 | August 2027 | planned"]),
        ("## Vans\n##### April 2027\nA", ["April 2027 | April 2027 | planned"]),
    ],
)
def test_what_readers_see_of_the_items_below(text, expected):
    assert seen(read(text)) == expected


@each_case(
    ("text", "expected"),
    [
        ("## April 2026 deliveries\nA", ["April 2026 | April 2026 | planned"]),
        ("## March 2026: deployed to Production\nA", ["March 2026 | March 2026 | live"]),
        ("## Q1 2026 – planned\nA", ["Q1 2026 | January to March 2026 | planned"]),
        ("## April 2026 Sandbox\nA", ["test: April 2026"]),
        ("## FY 2024/25 planned deliveries\nA", ["FY 2024/25 | April 2024 to March 2025 | planned"]),
        ("## April 2026 payments\nA", ["April 2026 payments |  | planned"]),
    ],
)
def test_a_date_may_stand_before_what_is_said_of_it(text, expected):
    assert seen(read(text)) == expected


@each_case(
    ("text", "expected"),
    [
        ("Planned future deliveries **2024/25**\nA", ["Planned future deliveries 2024/25 |  | planned"]),
        *(
            (f"## Future deliveries {years}\nA", [f"Future deliveries {years} |  | planned"])
            for years in ("2024-25", "2024–25", "2024 to 2025", "2024/2025", "24/25", "(2024/25)", "2024/25 onwards")
        ),
        ("## Planned 2024/25 to 2026/27 (TBC)\nA", ["Planned 2024/25 to 2026/27 (TBC) |  | planned"]),
        ("## Delivered in 2023/24\nA", ["Delivered in 2023/24 |  | live"]),
        ("## 2023/24: deployed to Production\nA", ["2023/24: deployed to Production |  | live"]),
        ("## 2024/25 planned deliveries\nA", ["2024/25 planned deliveries |  | planned"]),
        ("## 2024/25\nA", ["2024/25 |  | planned"]),
        ("## 2024/25\n### Planned\nA\n### Delivered\nB", ["2024/25 |  | planned", "2024/25 |  | live | live: ✓"]),
        ("## Planned\n### 2024/25\nA\n### 2025/26\nB", ["2024/25 |  | planned", "2025/26 |  | planned"]),
        ("## Near term 2024/25\nA", ["Near term 2024/25 |  | planned"]),
        # The month below has its year of the label
        ("## Planned 2024/25\n### January\nA", ["January 2025 | January 2025 | planned"]),
        ("## 2024/25\n### May 2025\nA", ["May 2025 | May 2025 | planned"]),
        # It is no date of the sandbox either
        ("## 2024/25\n### Sandbox\nA", ["2024/25 |  | planned | test: TBC"]),
        ("## Deployed to Sandbox 2023/24\nA", ["Deployed to Sandbox 2023/24 |  | planned | test: ✓"]),
        (
            "## Cards\n### Planned 2024/25\nA\n## Cheques\n### Planned 2024/25\nB",
            ["Cards: Planned 2024/25 |  | planned", "Cheques: Planned 2024/25 |  | planned"],
        ),
    ],
)
def test_a_label_of_two_years_is_no_date_but_the_name_of_what_is_planned_or_done(text, expected):
    parsed = read(text)
    assert seen(parsed) == expected
    assert Counter(words_of(document(text))) - placed_words(parsed) == Counter()


def test_of_two_years_a_doubt_says_what_readers_see():
    [doubt] = read("## Planned deliveries 2024/25\nA").doubts
    assert doubt.line == 5
    assert doubt.text == (
        "“2024/25” could be a tax year, a financial year or two years, so this release has no date: readers see these "
        "words in its title."
    )


@each_case("years", ["2024/26", "2024/25/26", "1.2024/25", "v24/25"])
def test_what_is_no_label_of_two_years_is_none(years):
    assert read(f"Words.\n\nPlanned deliveries {years}\nA").releases == ()


@each_case(
    ("text", "names"),
    [
        ("## Registration\n### April 2027\nA", ["Registration"]),
        ("## Registration\n### Agents\n#### April 2027\nA\n#### May 2027\nB", ["Registration", "Agents"]),
        ("## Parcel API\n### Planned\nA", ["Parcel API"]),
        ("## Registration\n### Backlog\nA", ["Registration"]),
        ("## Registration\nWords.\n### April 2027\nA", ["Registration"]),
        ("## Registration\n### Agents\nWords.\n#### April 2027\nA", ["Registration", "Agents"]),
        ("**Registration**\n**April 2027**\nA", ["Registration"]),
        ("## 2026\n### April 2027\nA", ["2026"]),
        ("## Registration\n### Agents\nA", ["Registration", "Agents"]),
    ],
)
def test_a_name_above_them_stands_where_readers_find_it(text, names):
    parsed = read(text)
    found = " ".join(texts(parsed))
    assert [name for name in names if name not in found] == []
    assert [name for name in names if name in parsed.word_count.structure] == []


def test_a_name_that_has_text_of_its_own_stays_on_its_page():
    parsed = read("## Registration\nWords.\n### April 2027\nA")
    assert [(page.title, page.body) for page in parsed.pages] == [("Registration", "Words.")]
    assert parsed.releases[0].introduction == ""


def test_no_name_has_a_place_below_it_where_each_row_has_its_own_journey():
    rows = "Name | Journey\n--- | ---\nA | Cards\n"
    parsed = parse(source(f"# Parcels\n\nAll.\n\n## June 2027\n\n### Payments\n\n{rows}\n## In sandbox\n\n{rows}"))
    assert [item.journey for item in said(parsed)] == ["Cards", "Cards"]
    assert parsed.releases[0].introduction == "### Payments"


def test_a_heading_in_html_and_one_without_a_space_lose_no_word():
    text = '# Parcels\n\nAll.\n\n## Plans\n\n<h3 class="x">April 2027</h3>\n\n' + table() + "\n##More\n\nWords.\n"
    parsed = parse(source(text))
    assert not [word for word in words_of(text) if word not in placed_words(parsed)]
    assert [(page.title, page.body) for page in parsed.pages] == [("More", "Words.")]


@each_case(
    ("text", "body"),
    [
        ("Before.\n###Then\nAfter.", "Before.\n### Then\nAfter."),
        ("```\n##code\n```", "```\n##code\n```"),
        ("    ##code", "    ##code"),
        ("<style>\n#id {}\n</style>", "<style>\n#id {}\n</style>"),
        ("- #tag", "- #tag"),
    ],
)
def test_only_what_a_page_showed_as_a_heading_is_one(text, body):
    parsed = parse(source(f"# Parcels\n\nAll.\n\n## About\n\nFirst.\n\n{text}\n"))
    assert [page.body for page in parsed.pages] == [f"First.\n\n{body}"]


@each_case(("cell", "title"), [("# Alpha", "Alpha"), ("#Alpha", "Alpha"), ("#12", "#12"), ("C# library", "C# library")])
def test_a_mark_at_the_start_of_a_cell_makes_it_the_heading_of_its_row(cell, title):
    rows = f"| Name | Description | End user |\n| --- | --- | --- |\n| {cell} | Scales. | Agents |\n"
    parsed = parse(source(f"# Parcels\n\nAll.\n\n## June 2026\n\n{rows}"))
    assert [item.title for item in said(parsed)] == [title]


def test_a_heading_of_its_own_reads_as_it_does_in_a_source():
    assert reads_as("Payments: April 2027", "") == ("Payments: April 2027", "April 2027", None, False)
    assert reads_as("April 2027 (deployed)", "") == ("April 2027", "", None, True)
    assert reads_as("April 2027", "In sandbox") is None
    assert reads_as("In sandbox", "") is None


@each_case(
    "text",
    [
        "#### Cards\n### Near term: June 2026\n####Cards\n##### Sandbox\nA",
        "##### Footer\n**Release 4.0**\nA\n**Roadmap**\nB",
        "# April 2027\n#### Roadmap\nA",
        "April 2027 {#x}\nA",
        "### June 2026\n<h4>Cards</h4>\nA",
        "<h2>Delivery dates</h2>\nWords.",
        "## 2026\n### Deployed in March\nA",
    ],
)
def test_each_word_of_a_heading_has_one_place(text):
    assert Counter(words_of(document(text))) - placed_words(read(text)) == Counter()


def test_an_export_says_that_a_line_is_no_heading():
    text = "#tag and words\n\n```\n#code\n```"
    assert shown(text) == f"\\{text}"
    assert shown(shown(text)) == shown(text)
