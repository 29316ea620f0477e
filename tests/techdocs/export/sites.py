"""Roadmaps that nobody has written yet, and the way of one out to a folder and back."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from hypothesis import strategies as st
from msgspec import structs

from roadmap.content.choices import Environment, Horizon, Kind
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    Content,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.markdown.typed import settled
from roadmap.models import Api, Roadmap
from roadmap.techdocs import ParsedRoadmap, Plan, apply, make_plan, parse, read
from roadmap.techdocs.export import write_folder
from roadmap.working_copies.from_content import write

PREFIX = "DEPOT"

ODD_WORDS = st.sampled_from(
    [
        "a | b",
        "x\\|y",
        "**bold**",
        "*",
        "_under_",
        "snake_case",
        "`code`",
        "`a|b`",
        "[link](https://example.gov.uk/a_b)",
        "<b>HTML</b>",
        "<br>",
        "a<br/>b",
        "&amp;",
        "&",
        "<",
        "R&D",
        "# hash",
        "#",
        "- ",
        "1. one",
        "> quote",
        "+",
        "~~~",
        '\u200fמע"מ',
        "ضريبة القيمة المضافة",
        "Caffè",
        "😀",
        "“quoted”",
        "“",
        "\\",
        "\\*",
        "\xa0",
        "  ",
        "—",
        "$1",
        "^",
        "<!-- a comment -->",
        "<!--",
        "-->",
        "<script>alert(1)</script>",
        "<%= 1 %>",
        "[x](javascript:alert(1))",
        "https://example.gov.uk/?a=1&b=2",
        "(deployed)",
        "Deployed",
        "| --- | --- |",
        "---",
        "**Date:** June 2026",
        "<https://example.gov.uk>",
        '<a onclick="x()">',
        "yes",
        "[See below](#depot-1)",
        "=",
    ]
)
PLAIN_WORDS = st.sampled_from(
    ["parcel", "depot", "VAT", "return", "café", "2026", "v1.0", "it's", "API", "submit", "a", "to", "of"]
)
ONE_LINE = (
    st.lists(PLAIN_WORDS | ODD_WORDS, min_size=1, max_size=5).map(" ".join)
    | st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\u202d\u202e"), min_size=1)
).map(lambda text: settled(text[:50]).strip())
ONE_LINE = ONE_LINE.filter(bool)  # as it is kept
PARAGRAPH = st.lists(PLAIN_WORDS | ODD_WORDS, min_size=1, max_size=8).map(" ".join)
BLOCK = st.sampled_from(
    [
        "- one\n- two\n  - nested",
        "1. first\n2. second",
        "# Title",
        "## Section",
        "Setext\n=====",
        "> quoted",
        "    code",
        "```\ncode | pipe\n```",
        "```\nnever closed",
        "~~~~ruby\nputs 1\n~~~~",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
        "<table><tr><td>\n\ncell\n</td></tr></table>",
        "***",
        "---",
        "[ref]: https://example.gov.uk",
        "a  \nb",
        "a\\\nb",
        "<div>\n<script>\nalert(1)\n</script>",
        "line one\nline two",
        "a\r\nb",
        "<!--",
        "**Date:** March 2026<br>**Deployed:** Yes",
        "[a]: javascript:alert(1)",
        "<details open>\n",
        "<pre>\nopen",
        "| lonely",
        "\ttab",
    ]
)
MARKDOWN = st.one_of(
    st.just(""),
    PARAGRAPH,
    st.lists(PARAGRAPH | BLOCK, max_size=4).map("\n\n".join),
    st.lists(PARAGRAPH | BLOCK, max_size=4).map("\n".join),
    st.lists(PARAGRAPH | BLOCK, max_size=3).map("\r\n\r\n".join),
    PARAGRAPH.map(lambda text: f"\n  {text} \n\n"),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
)
DATES = st.sampled_from(
    [
        "June 2026",
        "3 March 2021",
        "Q3 2026",
        "by April 2027",
        "TBC",
        "March 2026 (deployed)",
        "2019",
        "early 2027",
        "December 2023 (to be confirmed)",
        "18 October 2018 to February 2019",
        "  June   2026",
        "Spring 2026",
    ]
)
PLACES = st.integers(0, 40)
API_NAMES = ["Depot API", "Parcel (MTD) API", "VAT [test] API", "Depot | Parcel", "API v2", "A_b *c*"]
NAMES = st.sampled_from(API_NAMES)
AUDIENCES = st.sampled_from(["Businesses", "Agents", "Sole traders & agents", "R|D", "*All*", "<none>"])
LABELS = st.sampled_from([("Sandbox", "Controlled go-live", "Live"), ("Early access", "Private beta", "Production")])
KEYS = ("tax-years", "usable", "field_3")


def uid(number: int) -> str:
    return str(UUID(int=number + (1 << 100)))


@st.composite
def roadmaps(draw: st.DrawFn) -> list[Content]:
    """All Contents of one roadmap, as its working copies give them."""
    numbers = iter(range(10_000))
    fields = tuple(
        FieldDefinition(key=key, name=name, explanation=draw(MARKDOWN))
        for key, name in zip(
            draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3)),
            draw(st.permutations(["Tax years", "Usable | in year?", "Name"])),
            strict=False,
        )
    )
    urls = {
        name: draw(st.sampled_from(["", "https://example.gov.uk/a_b", "https://example.gov.uk/(x)?a=1&b=|"]))
        for name in API_NAMES
    }
    labels = draw(LABELS | st.just(("Early | access", "A|b", "*x*")))
    made: list[Content] = [
        RoadmapContent(
            uid=uid(next(numbers)),
            slug="depot",
            title=draw(ONE_LINE),
            description=draw(st.just("") | ONE_LINE | MARKDOWN),
            contact=Contact(
                name=draw(ONE_LINE),
                email=draw(st.sampled_from(["a@example.gov.uk", "o'b_c+d@example.gov.uk"])),
                subject=draw(st.just("") | ONE_LINE),
            ),
            labels=EnvironmentLabels(test=labels[0], controlled_go_live=labels[1], live=labels[2]),
            fields=fields,
            footer=draw(MARKDOWN),
            hides_date_history=draw(st.booleans()),
        )
    ]
    for number in range(draw(st.integers(0, 3))):
        made.append(
            PageContent(
                uid=uid(next(numbers)),
                slug=draw(st.sampled_from(["page", "_page", "index", "Backlog", "PAGE"]))
                + (f"-{number}" if number else ""),
                title=draw(ONE_LINE),
                body=draw(MARKDOWN),
                is_on_home=draw(st.booleans()),
                position=draw(PLACES),
            )
        )
    releases = [
        ReleaseContent(
            uid=uid(next(numbers)),
            title=draw(ONE_LINE | st.sampled_from(["June 2026", "Near term"])),
            typed=draw(st.just("") | DATES),
            horizon=draw(st.none() | st.sampled_from(Horizon)),
            is_deployed=draw(st.booleans()),
            introduction=draw(MARKDOWN),
            position=draw(PLACES),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    made += releases
    for number in range(draw(st.integers(0, 6))):
        made.append(draw(_items(uid(next(numbers)), number + 1, releases, fields, urls)))
    for _ in range(draw(st.integers(0, 3))):
        made.append(
            ChangelogEntryContent(
                uid=uid(next(numbers)),
                title=draw(ONE_LINE),
                typed=draw(DATES),
                body=draw(MARKDOWN),
                position=draw(PLACES),
            )
        )
    return made


@st.composite
def _items(draw, own, number, releases, fields, urls):  # type: ignore[no-untyped-def]
    milestones = []
    for environment in draw(st.sets(st.sampled_from(Environment))):
        typed = draw(st.just("") | DATES)
        milestones.append(
            MilestoneContent(environment=environment, typed=typed, is_deployed=not typed or draw(st.booleans()))
        )
    named = draw(
        st.lists(st.tuples(NAMES, st.sampled_from(["", "v2.0", "(V7 & V8)", "1 | 2"])), unique=True, max_size=3)
    )
    filled = draw(st.sets(st.sampled_from([one.key for one in fields]))) if fields else set()
    return ItemContent(
        uid=own,
        reference=f"{PREFIX}-{number}",
        title=draw(ONE_LINE),
        description=draw(MARKDOWN),
        journey=draw(st.just("") | ONE_LINE),
        kind=draw(st.none() | st.sampled_from(Kind)),
        audiences=tuple(draw(st.lists(AUDIENCES, unique=True, max_size=3))),
        apis=tuple(ApiVersion(name=name, url=urls[name], version=version) for name, version in named),
        is_breaking=draw(st.none() | st.booleans()),
        fields=tuple(FieldValueContent(key=key, value=draw(ONE_LINE)) for key in sorted(filled)),
        milestones=tuple(sorted(milestones, key=lambda one: [*Environment].index(one.environment))),
        release_uid=draw(st.sampled_from([one.uid for one in releases])) if releases and draw(st.booleans()) else "",
        position=draw(PLACES),
    )


# What a person writes who means nothing but what they say: Markdown can carry all of it.
SENTENCES = st.sampled_from(
    [
        "Send a parcel",
        "See where it is, at any hour",
        "Agents can do it for their clients; businesses too",
        "Costs less than £5 & comes back",
        "Is it **urgent**?",
        "See [the guide](https://example.gov.uk/guide_1)",
        "Use `GET /parcels` for it",
        "Café—déjà vu",
        "50% < 60% of them",
        "Two * three",
    ]
)
TITLES = st.builds(
    lambda text, number: f"{text} {number}",
    st.sampled_from(["Parcel", "Depot", "Route_map", "A | B"]),
    st.integers(1, 99),
)
TEXTS = st.lists(
    SENTENCES
    | st.sampled_from(
        [
            "- one\n- two\n- three",
            "1. first\n2. second",
            "Before:\n\n- one\n  - nested\n- two",
            "line one\nline two",
            "```\ncode | pipe\n\n<vrn>1</vrn>\n```",
            "### A heading",
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
            "> quoted",
            "line  \nbroken",
        ]
    ),
    max_size=4,
).map("\n\n".join)


@st.composite
def ordinary_roadmaps(draw: st.DrawFn) -> list[Content]:
    """Roadmaps as people write them."""
    made = draw(roadmaps())
    plain = {
        RoadmapContent: {"title": TITLES, "description": st.just("") | SENTENCES.filter(lambda text: "*" not in text)},
        PageContent: {"title": TITLES, "body": TEXTS},
        ReleaseContent: {"title": TITLES | st.sampled_from(["June 2026", "Near term"]), "introduction": TEXTS},
        ItemContent: {"title": TITLES, "description": TEXTS, "journey": st.just("") | TITLES},
        ChangelogEntryContent: {"title": TITLES, "body": TEXTS},
    }
    found: list[Content] = []
    for content in made:
        values = {name: draw(values) for name, values in plain[type(content)].items()}
        if isinstance(content, RoadmapContent):
            values |= {
                "contact": Contact(name="Depot Team", email="a@example.gov.uk", subject=draw(st.just("") | TITLES)),
                "labels": EnvironmentLabels(
                    **dict(zip(("test", "controlled_go_live", "live"), draw(LABELS), strict=True))
                ),
                "footer": draw(TEXTS),
                "fields": tuple(
                    structs.replace(field, name=name, explanation=draw(TEXTS))
                    for field, name in zip(content.fields, ["Tax years", "Usable in year?", "Status"], strict=False)
                ),
                "hides_date_history": False,
            }
        if isinstance(content, PageContent):
            values |= {"title": f"Page {len(found)}", "slug": f"page-{len(found)}"}
        if isinstance(content, ItemContent):
            names = draw(st.lists(st.sampled_from(["Depot API", "Parcel (MTD) API"]), unique=True, max_size=2))
            versions = st.sampled_from(["", "v2.0", "version 3"])
            values |= {
                "audiences": tuple(draw(st.lists(st.sampled_from(["Businesses", "Trusts and estates"]), unique=True))),
                "apis": tuple(
                    ApiVersion(name=name, url=f"https://example.gov.uk/{len(name)}", version=draw(versions))
                    for name in names
                ),
                "fields": tuple(structs.replace(value, value=draw(TITLES)) for value in content.fields),
                "milestones": tuple(
                    structs.replace(
                        one, typed=" ".join(one.typed.split()), is_deployed=one.is_deployed or "(deployed)" in one.typed
                    )
                    for one in content.milestones
                ),
            }
        if isinstance(content, ReleaseContent | ChangelogEntryContent):
            values["typed"] = " ".join(content.typed.split())
        found.append(structs.replace(content, **values))
    return found


def brought(contents: list[Content]) -> Roadmap:
    """The working copies of a roadmap that say this, without an import."""
    (own,) = [content for content in contents if isinstance(content, RoadmapContent)]
    number = sum(isinstance(content, ItemContent) for content in contents)
    roadmap = Roadmap(uid=own.uid, reference_prefix=PREFIX, last_item_number=number)
    write(roadmap, contents)
    return roadmap


@contextmanager
def folder_of(made: dict[str, bytes]) -> Iterator[Path]:
    """A folder with these files, as somebody has them who walked away."""
    place = Path(tempfile.mkdtemp())
    try:
        write_folder(place / "out", made)
        yield place / "out"
    finally:
        shutil.rmtree(place)


def parsed(made: dict[str, bytes]) -> ParsedRoadmap:
    with folder_of(made) as folder:
        return parse(read(folder))


def imported(made: dict[str, bytes], slug: str = "depot") -> tuple[Plan, Roadmap]:
    plan = make_plan(parsed(made), slug=slug)
    return plan, apply(plan=plan)


def nothing_is_there() -> None:
    """Examples share one database: each begins with none of the roadmaps of the one before."""
    for one in Roadmap.objects.all():
        one.items.all().delete()
        one.delete()
    Api.objects.all().delete()
