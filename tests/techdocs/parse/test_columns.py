"""What the columns of a table are of, as different teams would head them: written down as a person reads them."""

from typing import Any

from roadmap.content.choices import Environment
from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said

UNDER_A_RELEASE = "# Parcels\n\nAll about parcels.\n\n## Later\n\n### June 2026\n\n"
NAMES = ["Weigh parcels", "Post letters", "Sort stamps", "Count vans"]
DATES, YES_NO, STATES = ["July 2026", "TBC", "3 March 2027"], ["Yes", "No", "Yes"], ["Live", "In sandbox", "Planned"]
APIS = ["Parcel API v1.0", "[Van API](https://example.gov.uk/v)", "Parcel (MTD) API"]
TEXTS = ["Software can weigh a parcel on scales.", "Letters are posted at once, day and night.", "By colour."]


def read(table: str, around: str = UNDER_A_RELEASE) -> ParsedRoadmap:
    return parse(source(around + table))


def _table(headings: list[str], rows: Any) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def role_of(item: Any, cell: str) -> set[str]:
    """Every place in an item where the words of a cell stand."""
    bare = cell.split("](")[0].strip("[")
    found = {
        "title": item.title == bare,
        "text": bare in item.description,
        "who": bare in item.audiences,
        "api": any(api.name in bare for api in item.apis),
        "journey": item.journey == bare,
        "kind": item.kind is not None and bare in ("API", "UI", "Guide"),
        "breaking": item.is_breaking is not None and bare in YES_NO,
        "own": bare in dict(item.fields).values(),
    }
    for milestone in item.milestones:
        if milestone.typed == bare or (not milestone.typed and bare in ("Yes", *STATES)):
            found[milestone.environment.value] = True
    return {role for role, is_there in found.items() if is_there}


SANDBOX, BETA, LIVE = (
    environment.value for environment in (Environment.TEST, Environment.CONTROLLED_GO_LIVE, Environment.LIVE)
)


@each_case(
    ("heading", "cells", "role"),
    [
        # APIs
        ("API(s)", APIS, "api"),
        ("API (s)", APIS, "api"),
        ("APIs impacted by change", APIS, "api"),
        ("API(s) impacted by the change", APIS, "api"),
        ("**Affected API(s):**", APIS, "api"),
        ("API name(s)", APIS, "api"),
        ("[HMRC Developer Hub API(s)](#apis)", APIS, "api"),
        ("APIs/versions", APIS, "api"),
        ("Interface", APIS, "api"),
        ("Where", APIS, "api"),
        ("API impacted?", YES_NO, "own"),
        # Going live
        ("**Expected Delivery**", DATES, LIVE),
        ("Target Release Date", DATES, LIVE),
        ("ETA", DATES, LIVE),
        ("E.T.A.", DATES, LIVE),
        ("Go-live", DATES, LIVE),
        ("Go Live Date", DATES, LIVE),
        ("Prod date", DATES, LIVE),
        ("Production (target)", DATES, LIVE),
        ("Available from", DATES, LIVE),
        ("*When?*", DATES, LIVE),
        ("Delivery", DATES, LIVE),
        ("Planned for", DATES, LIVE),
        ("Quarter", ["Q3 2026", "Q4 2026", "Q1 2027"], LIVE),
        ("Forecast", DATES, LIVE),
        ("Slot", DATES, LIVE),
        # Other environments
        ("Sandbox availability", DATES, SANDBOX),
        ("ETA sandbox", DATES, SANDBOX),
        ("Sandbox ETA (subject to change)", DATES, SANDBOX),
        ("Available in Sandbox (Y/N)", YES_NO, SANDBOX),
        ("Private beta slot", DATES, BETA),
        # Dates of something else
        ("Last updated", DATES, "own"),
        ("Date raised", DATES, "own"),
        ("Tax year", ["2026", "2027", "2028"], "own"),
        ("Tax year(s)", ["2026-27", "2027-28", "2028-29"], "own"),
        ("Mandated from", DATES, "own"),
        ("Legislation date", DATES, "own"),
        ("Applies from", DATES, "own"),
        ("Old version retires", DATES, "own"),
        # Yes and no
        ("Breaking change (Y/N)", YES_NO, "breaking"),
        ("Breaking?", YES_NO, "breaking"),
        ("Is this change breaking?", YES_NO, "breaking"),
        ("Breaking change – yes/no", YES_NO, "breaking"),
        ("[Usable in year?](#def_uiy)", YES_NO, "own"),
        ("Backwards compatible?", YES_NO, "own"),
        ("Non-breaking?", YES_NO, "own"),
        ("Users", YES_NO, "own"),
        # States
        ("Status", ["Live", "In sandbox", "Live"], LIVE),
        ("Current state", ["Live", "Planned", "Live"], LIVE),
        ("Progress", ["Live", "Planned", "In sandbox"], LIVE),
        ("Status", ["Delayed", "On hold", "Stuck"], "own"),
        # What it is called, and what it does
        ("Detail(s)", TEXTS, "text"),
        ("Description of change(s)", TEXTS, "text"),
        ("What’s changing", TEXTS, "text"),
        # For whom, of what kind
        ("Who is affected", ["Agents", "Vendors", "Agents"], "who"),
        ("User group(s)", ["Agents", "Vendors", "Agents"], "who"),
        ("Impacted users", ["Agents", "Vendors", "Agents"], "who"),
        ("Type", ["API", "UI", "Guide"], "kind"),
        ("Type", ["API", "UI", "Other"], "kind"),
        ("Change type", ["API", "UI", "Guide"], "kind"),
        ("Type", ["New", "API", "Changed"], "own"),
        # The roadmap's own
        ("Ref", ["PT-1", "PT-2", "PT-3"], "own"),
        ("ID", ["17", "18", "19"], "own"),
        ("#", ["1", "2", "3"], "own"),
        ("Jira", ["PAR-12", "PAR-13", "PAR-14"], "own"),
        ("Owner", ["Jo Field", "Sam Post", "Jo Field"], "own"),
        ("Priority", ["High", "Low", "High"], "own"),
        ("Version", ["v1.0", "v2.0", "v1.1"], "own"),
        ("Domain", ["Payments", "Returns", "Payments"], "own"),
        ("Service", ["Payments", "Returns", "Payments"], "own"),
        ("Impact", ["Minor", "Major", "Minor"], "own"),
        ("Notes", ["Ask Jo.", "None yet", "Ask Sam."], "own"),
        ("Data standard", ["Parcels", "Letters", "Parcels"], "own"),
        ("Link", ["[the guide](https://a.uk/g)", "[a page](https://a.uk/p)", "[more](https://a.uk)"], "text"),
        ("", DATES, LIVE),
        ("", APIS, "api"),
        ("", ["aside", "beside", "aside"], "text"),
    ],
)  # fmt: skip
def test_what_a_column_is_of_and_its_words_stand_in_that_place_alone(heading, cells, role):
    # Beside a name, in each of three places.
    for place in range(3):
        others = {"Change": NAMES[:3], "Colour": ["red", "green", "blue"]}
        columns = [*others.items()]
        columns.insert(place, (heading, cells))
        found = said(read(_table([name for name, _ in columns], zip(*(cells for _, cells in columns), strict=True))))
        assert [item.title for item in found] == NAMES[:3], place
        assert role_of(found[0], cells[0]) == {role}, place
        beside = [[value for name, value in item.fields if name == "Colour"] for item in found]
        assert beside == [[colour] for colour in others["Colour"]], place


def _shown(item: Any) -> dict[str, Any]:
    return {
        "title": item.title,
        "text": item.description,
        "apis": [str(api) for api in item.apis],
        "breaking": item.is_breaking,
        "dates": {milestone.environment.value: milestone.typed for milestone in item.milestones},
        "fields": dict(item.fields),
    }


def test_columns_in_an_order_that_nobody_expects():
    found = said(
        read(
            "| ETA sandbox | Breaking change (Y/N) | Notes | Prod date | API(s) | Ref | Feature | Date raised |\n"
            "|-|-|-|-|-|-|-|-|\n"
            "| May 2026 | Y | Ask Jo. | July 2026 | Parcel API v1.0, | PT-1 | Weigh | March 2026 |\n"
            "| TBC | N | | | Van API | PT-2 | Post | April 2026 |\n"
        )
    )
    assert _shown(found[0]) == {
        "title": "Weigh",
        "text": "",
        "apis": ["Parcel API v1.0"],
        "breaking": True,
        "dates": {SANDBOX: "May 2026", LIVE: "July 2026"},
        "fields": {"Notes": "Ask Jo.", "Ref": "PT-1", "Date raised": "March 2026"},
    }


def test_of_two_dates_the_one_whose_heading_says_where_has_the_environment():
    found = said(read("ETA | Live | Change\n-|-|-\nMay 2026 | July 2026 | Weigh\n"))
    assert (_shown(found[0])["dates"], found[0].fields) == ({LIVE: "July 2026"}, (("ETA", "May 2026"),))


@each_case(
    ("headings", "row", "title", "text"),
    [
        ("Feature | Change", "Weighing | Parcels are weighed on scales at night.", "Weighing", True),
        ("Change | Feature", "Parcels are weighed on scales at night. | Weighing", "Weighing", True),
        ("Epic | User story", "Weighing | As a driver I want to weigh parcels. | Yes", "Weighing", True),
        ("Service | Change", "Payments | Weigh parcels", "Weigh parcels", False),
        ("Change | Feature", "Weigh | Weighing", "Weigh", False),
    ],
)
def test_of_two_names_the_shorter_is_the_name_and_one_that_is_far_longer_describes_it(headings, row, title, text):
    [found] = said(read(f"{headings}\n-|-\n{row}\n"))
    assert (found.title, bool(found.description)) == (title, text)
    assert bool(found.fields) is not text


def test_a_name_that_comes_again_after_one_that_tells_rows_apart_is_no_name():
    found = said(read("Function | Change(s) | Details\n-|-|-\nWeigh | New API | A.\nPost | New API | B.\n"))
    assert [item.title for item in found] == ["Weigh", "Post"]
    assert [item.fields for item in found] == [(("Change(s)", "New API"),)] * 2


def test_where_no_heading_names_a_thing_the_first_column_of_different_names_does():
    found = said(read("Ref | Data standard | Status\n-|-|-\nA1 | Parcels | Live\nA2 | Letters | Planned\n"))
    assert [item.title for item in found] == ["Parcels", "Letters"]
    assert [len(item.milestones) for item in found] == [1, 0]
    assert said(read("Term | Meaning\n-|-\nDepot | A house.\nVan | A car.\n")) == []


def test_tables_of_two_shapes_in_one_section_are_each_read_by_their_own_headings():
    found = said(read("Change | ETA\n-|-\nWeigh | May 2026\n\nDue | Breaking? | Item\n-|-|-\nJuly 2026 | No | Post\n"))
    assert [(item.title, item.is_breaking, _shown(item)["dates"]) for item in found] == [
        ("Weigh", None, {LIVE: "May 2026"}),
        ("Post", False, {LIVE: "July 2026"}),
    ]


def test_a_cell_that_nothing_holds_whole_stands_in_the_description_alone():
    found = read(
        "Change | API | Jira | Journey\n-|-|-|-\n"
        "Weigh | Parcel API (see [notes](https://a.uk)) | [X-1](https://j.uk/1) | [Sending](https://a.uk/s)\n"
    )
    [item] = said(found)
    assert (item.apis, item.fields, item.journey) == ((), (), "")
    assert found.fields == ()
    assert item.description == (
        "API: Parcel API (see [notes](https://a.uk))\n\nJira: [X-1](https://j.uk/1)\n\nJourney: [Sending](https://a.uk/s)"
    )
    assert len(found.doubts) == 3


def test_what_an_api_cell_says_besides_stands_in_the_description_without_the_api():
    [item] = said(read("Change | API\n-|-\nWeigh | [Parcel API](https://a.uk) v2.0 – new endpoint only\n"))
    assert [str(api) for api in item.apis] == ["Parcel API v2.0"]
    assert item.description == "API: new endpoint only"


WITH_HEADINGS = "| Change | API | ETA |\n|-|-|-|\n| Sort | Depot API | May 2026 |\n\n"


@each_case(
    "headings",
    [
        "| | | |\n|-|-|-|\n| Weigh | Parcel API | July 2026 |\n",
        "|-|-|-|\n| Weigh | Parcel API | July 2026 |\n",
        "| Weigh | Parcel API | July 2026 |\n|-|-|-|\n",
    ],
)
def test_a_table_without_headings_is_read_as_the_one_above_it_or_by_its_cells(headings):
    for above in ("", WITH_HEADINGS):
        parsed = read(f"{above}{headings}| Post | Van API | June 2026 |\n")
        found = [item for item in said(parsed) if item.title != "Sort"]
        assert [(item.title, *map(str, item.apis), _shown(item)["dates"]) for item in found] == [
            ("Weigh", "Parcel API", {LIVE: "July 2026"}),
            ("Post", "Van API", {LIVE: "June 2026"}),
        ]
        [doubt] = parsed.doubts
        assert ("the table above it" in doubt.text) == bool(above)


@each_case(
    "between", ["<!-- | Old | x | May 2025 | -->\n", "<!--\nolder\n-->\n", "\nMore to come.\n\n", "More soon.\n"]
)
def test_what_stands_between_two_rows_ends_no_table(between):
    parsed = read(f"| Change | API | ETA |\n|-|-|-|\n| Weigh | Parcel API | May 2026 |\n{between}| Post | | TBC |\n")
    assert [item.title for item in said(parsed)] == ["Weigh", "Post"]
    assert parsed.releases[0].introduction == f"Later\n\n{between.strip()}"


def test_rows_under_another_heading_are_of_no_table_above_it():
    parsed = read(f"{WITH_HEADINGS}### July 2026\n\n| Post | | TBC |\n")
    assert [item.title for item in said(parsed)] == ["Sort"]


@each_case(
    ("table", "is_items"),
    [
        ("Term | API\n-|-\nDepot | Parcel API\n", False),
        ("Error | Fixed\n-|-\nE is lost | May 2026\n", False),
        ("Data standard | Status\n-|-\nParcels | Live\n", False),
        ("Change | Status\n-|-\nWeigh | Live\n", True),
        ("Change | Expected delivery\n-|-\nWeigh | May 2026\n", True),
    ],
)
def test_outside_of_releases_cells_alone_make_no_table_of_items(table, is_items):
    assert bool(said(read(table, "# A\n\n## Words we use\n\n"))) is is_items


def test_a_table_without_outer_pipes_under_dashes_that_look_like_a_list():
    found = said(read("Change | API (s) | Go live\n- | - | -\nWeigh | Parcel API |\nPost \\| send | | Q3 2026\n"))
    assert [(item.title, *map(str, item.apis), _shown(item)["dates"]) for item in found] == [
        ("Weigh", "Parcel API", {}),
        ("Post | send", "Parcel API", {LIVE: "Q3 2026"}),
    ]
