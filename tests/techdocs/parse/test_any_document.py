"""Documents that nobody has written yet: whatever is in them, each of their words is in the roadmap afterwards."""

import re
from collections import Counter

from hypothesis import given, note, settings
from hypothesis import strategies as st

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS
from roadmap.dates import parse as parse_when
from roadmap.models import Api, Item, Release
from roadmap.techdocs import parse
from roadmap.techdocs.parse import document as parsing
from roadmap.techdocs.parse.blocks import words
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.sources import Source
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said
from tests.techdocs.texts import placed_words, words_of

WORD = st.sampled_from(
    [
        "depot",
        "van",
        "“route”",
        "café",
        "2018",
        "v1.0",
        "R&D",
        "x_y",
        "it's",
        "3,000",
        "TBC",
        "parcel",
        "API",
        "yes",
        "no",
        "and",
        "or",
        "to",
        "live",
        "sandbox",
        "Test",
    ]
)
PHRASE = st.lists(WORD, min_size=1, max_size=7).map(" ".join)
DATE = st.sampled_from(
    [
        "June 2026",
        "3 March 2021",
        "Q3 2026",
        "by April 2027",
        "TBC",
        "N/A",
        "March 2026 (deployed)",
        "Dec 2022",
        "soon",
        "December 2023 (to be confirmed)",
        "Nov 2022/Jan 2023",
        "2019",
    ]
)
INLINE = st.builds(
    lambda form, text: form.replace("{}", text),
    st.sampled_from(
        [
            "{}",
            "{}",
            "**{}**",
            "**{}** – then {}",
            "**{}**<br/> {}",
            "*{}*",
            "`{}`",
            "`a | {}`",
            "a \\| {}",
            "[{}](https://example.gov.uk/a?b=c)",
            "[{}](b.html 'said')",
            "[{}][ref]",
            "<b>{}</b>",
            "{}<br>{}",
            "\\*{}",
            "<sup>1</sup> {}",
            "{}&nbsp;&amp; more",
            "{}. Then more.",
            "1. {}",
            "# {}",
            "- {}",
            "[x]: {}",
            "<a href='/x'>{}",
        ]
    ),
    PHRASE,
)
API = st.sampled_from(
    [
        "Parcel (MTD) API v1.0",
        "[Parcel API](https://example.gov.uk/p) (V7 & V8)",
        "Depot version 3",
        "Various APIs",
        "Parcel API v1.0 and Depot API v2.0",
        "as above",
        "v2.0",
        "(V9)",
        "TBC",
        "N/A",
        "",
        "",
        "[A](https://a.uk), [B](b)",
        "Parcel API versions 7 and 8<br>Depot API",
        "[Tax and Depot API v1.0](https://example.gov.uk/t), Parcel api",
    ]
)
HEADINGS = {
    "Name": INLINE,
    "Function": INLINE,
    "Description": INLINE,
    "Details": INLINE,
    "End user": st.sampled_from(
        ["Businesses and agents", "Agent", "Individuals, businesses & agents", "", "agents or *all*"]
    ),
    "API": API,
    "HMRC Developer Hub API": API,
    "Breaking change?": st.sampled_from(
        ["Yes", "No", "N/A", "yes – see [this](https://example.gov.uk)", "perhaps", ""]
    ),
    "Deployed to Sandbox": DATE | INLINE,
    "Target date for sandbox": DATE,
    "Production date": DATE,
    "Status": st.sampled_from(["Live", "In sandbox", "Planned", "Delayed", "Dec 2022", "Released March 2026", ""]),
    "Type": st.sampled_from(["API", "UI", "Guides", "New"]),
    "Journey": PHRASE,
    "Tax years": PHRASE | st.just("word " * 120),
    "[Usable in year?](https://example.gov.uk/why)": st.sampled_from(["Yes", "No", "TBC", ""]),
    "[Description](https://example.gov.uk/help)": INLINE,
    "": st.sampled_from(["", "", "aside"]),
    "Date": DATE,
}


@st.composite
def tables(draw, names=tuple(HEADINGS)):
    heads = draw(st.lists(st.sampled_from(names), min_size=1, max_size=6))
    edge = draw(st.sampled_from(["|", ""]))
    join = draw(st.sampled_from([" | ", "|", "   |\t", " " * 120 + "|"]))
    rows = []
    for _ in range(draw(st.integers(0, 5))):
        cells = [draw(HEADINGS[head]) for head in heads]
        change = draw(st.sampled_from(["", "", "", "fewer", "more", "twice", "bare"]))
        if change == "fewer":
            cells = cells[: draw(st.integers(1, len(cells)))]
        elif change == "more":
            cells += draw(st.lists(PHRASE | st.just(""), min_size=1, max_size=4))
        elif change == "twice":
            cells += [*draw(st.sampled_from([[], [""]])), *(draw(HEADINGS[head]) for head in heads)]
        elif change == "bare":
            cells = ["", *cells[1:]]
        indent = draw(st.sampled_from(["", "", "", "", "\t", " " * 50]))
        rows.append(indent + edge + join.join(cells) + draw(st.sampled_from([edge, "", edge + "  "])))
    dashes = draw(st.sampled_from(["---", ":-:", "-"]))
    lines = [edge + join.join(heads) + edge, edge + "|".join([dashes] * len(heads)) + edge, *rows]
    if draw(st.integers(0, 9)) == 0:
        lines.insert(min(len(lines), 3), "")
    return "\n".join(lines)


MARKING = st.one_of(
    st.sampled_from(
        [
            "Near term",
            "Long term: March to April 2019",
            "June 2026",
            "March 2026 (deployed)",
            "Backlog",
            "In sandbox",
            "Released",
            "Deployed to Production **April 2023**",
            "Planned future deliveries",
            "Planned future deliveries **2024/25**",
            "2024/25",
            "Near term 2023 to 2024",
            "2023-24: deployed to Sandbox",
            "March 2026: deployed to Production",
            "Currently live",
            "Scheduled to be deployed to Production **December 2023** (to be confirmed)",
            "Release 4 (June 2026)",
            "What we're working on now",
            "Endpoint functionality",
            "Guides",
            "[June 2026](https://example.gov.uk/j)",
            "Scheduled to be deployed to Sandbox **July 2023**",
            "Version 1.1",
            "Version 1.2 – 3 March 2021",
            "Live",
        ]
    ),
    DATE,
    PHRASE,
)
HEADING = st.builds(
    "{} {}".format,
    st.sampled_from(["#", "##", "##", "###", "####"]),
    MARKING | INLINE | st.sampled_from(["Changelog", "Release notes", "Footer", "Who we are", "Tax years", ""]),
)
BLOCK = st.one_of(
    HEADING,
    HEADING,
    MARKING,
    MARKING.map("**{}**".format),
    tables(),
    tables(),
    tables(("Name", "Description", "End user", "Status")),
    tables(("Description", "Date")),
    INLINE,
    st.builds("- **{}**: {}\n  - {}\n- {}".format, DATE, PHRASE, PHRASE, DATE),
    st.builds("- {}\n  - {}\n\n    {}".format, INLINE, INLINE, PHRASE),
    st.builds("**Tax years** – {}".format, PHRASE),
    st.builds("> {}\n> ## {}".format, PHRASE, PHRASE),
    st.builds("```\n## {}\n| a | b |\n```".format, PHRASE),
    st.builds("<div>\n{}".format, PHRASE),
    st.builds("<table><tr><td>{}</td></tr></table>".format, PHRASE),
    st.builds("{}\n----".format, PHRASE),
    st.just("[ref]: https://example.gov.uk/ref 'a title'"),
    st.just("***"),
    st.builds("    {}".format, PHRASE),
)
DOCUMENT = st.builds(
    lambda front, heading, between, blocks: f"{front}{heading}" + between.join(blocks),
    st.sampled_from(["", "---\nweight: 2\n---\n", "---\ntitle: In sandbox\n---\n"]),
    st.sampled_from(["# Parcel roadmap\n\n", "# Released\n\n", "# Changelog\n\n", "# Backlog\n", ""]),
    st.sampled_from(["\n", "\n\n", "\n\n"]),
    st.lists(BLOCK, max_size=12),
)
SOURCES = st.lists(DOCUMENT, min_size=1, max_size=3).map(
    lambda texts: source(
        *("# Parcels\n\n" * (place == 0) + text for place, text in enumerate(texts)),
        paths=("index.md", "released.html.md", "more.md")[: len(texts)],
    )
)


def _shown(found: Source) -> None:
    note("\n=====\n".join(document.text for document in found.documents))


def _read_words(found: Source) -> Counter[str]:
    return Counter(
        word
        for document in found.documents
        for word in words_of(_without_entities(re.sub(r"\A---\n.*?\n---\n", "", document.text, flags=re.DOTALL)))
    )


def _without_entities(text: str) -> str:
    return text.replace("&nbsp;", " ").replace("&amp;", "&")


@settings(max_examples=150)
@given(SOURCES)
def test_every_word_of_any_source_has_a_place(found):
    _shown(found)
    assert _read_words(found) - placed_words(parse(found)) == Counter()


@given(SOURCES)
def test_the_count_of_words_is_no_copy_of_a_word_too_high(found):
    """A copy, such as a title made out of a description, would hide the loss of another word."""
    _shown(found)
    counted = []

    def counting_too(before, kept, structure):
        counted.append((before, list(kept), list(structure)))
        return original(before, counted[0][1], counted[0][2])

    original, parsing.count_words = parsing.count_words, counting_too
    try:
        parse(found)
    finally:
        parsing.count_words = original
    [(before, kept, structure)] = counted
    placed = Counter(word.casefold() for text in (*kept, *structure) for word in words(text))
    assert placed - Counter(word.casefold() for word in before) == Counter()


@settings(max_examples=100)
@given(SOURCES)
def test_whatever_is_found_can_be_saved(found):
    _shown(found)
    _check_limits(parse(found))


def _check_limits(parsed: ParsedRoadmap) -> None:
    for release in parsed.releases:
        assert release.title
        assert len(release.title) <= _longest(Release, "title")
        assert not release.when or parse_when(release.when)
    for item in said(parsed):
        assert re.search(r"\w", item.title)
        for name in ("title", "journey"):
            assert len(getattr(item, name)) <= _longest(Item, name)
            assert "\n" not in getattr(item, name)
        assert len(", ".join(item.audiences)) <= _longest(Item, "audiences")
        assert item.release is None or 0 <= item.release < len(parsed.releases)
        assert len({name for name, _ in item.fields}) == len(item.fields)
        assert {name for name, _ in item.fields} <= {field.name for field in parsed.fields}
        assert all(0 < len(value) <= 500 for _, value in item.fields)
        assert len({one.environment for one in item.milestones}) == len(item.milestones)
        for milestone in item.milestones:
            assert milestone.typed or milestone.is_deployed
            assert not milestone.typed or parse_when(milestone.typed)
        named = [(api.name.casefold(), api.version) for api in item.apis]
        assert len(set(named)) == len(named)
        for api in item.apis:
            assert 0 < len(api.name) <= _longest(Api, "name")
            assert len(api.version) <= 50
            assert not api.url or re.match(r"https?://", api.url)
    assert len({field.name.casefold() for field in parsed.fields}) == len(parsed.fields)
    assert {name for name, _ in parsed.environment_labels} <= set(DEFAULT_ENVIRONMENT_LABELS)
    for doubt in parsed.doubts:
        assert "\n" not in doubt.text


def _longest(model, field: str) -> int:
    return model._meta.get_field(field).max_length
