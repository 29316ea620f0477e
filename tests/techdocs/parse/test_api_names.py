"""Which APIs an item concerns, out of what a cell of its row says."""

from typing import Any

from roadmap.content.things import ApiVersion
from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from tests.cases import each_case
from tests.techdocs.example_sources import source
from tests.techdocs.rows import said


def read(table: str) -> ParsedRoadmap:
    return parse(source(f"# Parcels\n\nAll about parcels.\n\n## June 2026\n\n{table}"))


def items(table: str) -> list[Any]:
    return list(said(read(table)))


def apis(*named: tuple[str, str, str]) -> tuple[ApiVersion, ...]:
    return tuple(ApiVersion(name=name, version=version, url=url) for name, version, url in named)


@each_case(
    ("text", "expected"),
    [
        ("Parcel (MTD) API v2.0", [("Parcel (MTD) API", "v2.0", "")]),
        ("Parcel (MTD) version 3", [("Parcel (MTD)", "version 3", "")]),
        ("Parcel API (V7 & V8)", [("Parcel API", "V7", ""), ("Parcel API", "V8", "")]),
        ("Parcel API versions 7 and 8", [("Parcel API", "versions 7 and 8", "")]),
        (
            "[Parcel API](https://a.gov.uk) (V7 & V8), [Depot API v1.0](https://b.gov.uk)",
            [
                ("Parcel API", "V7", "https://a.gov.uk"),
                ("Parcel API", "V8", "https://a.gov.uk"),
                ("Depot API", "v1.0", "https://b.gov.uk"),
            ],
        ),
        (
            '<a href="https://a.gov.uk">Parcel API</a><br/>Depot API',
            [("Parcel API", "", "https://a.gov.uk"), ("Depot API", "", "")],
        ),
        ("Parcel API v1.0 and Depot API v2.0", [("Parcel API", "v1.0", ""), ("Depot API", "v2.0", "")]),
        ("Tax and Depot API v1.0, Van API", [("Tax and Depot API", "v1.0", ""), ("Van API", "", "")]),
        (
            "- [Parcel API](https://a.gov.uk)<br>- Depot API",
            [("Parcel API", "", "https://a.gov.uk"), ("Depot API", "", "")],
        ),
        ("Various APIs", [("Various APIs", "", "")]),
        ("N/A", []),
    ],
)
def test_apis_in_a_cell(text, expected):
    [found] = items(f"Name | APIs\n-|-\nWeigh | {text}\n")
    assert found.apis == apis(*expected)
    assert found.description == ""


def test_an_empty_api_cell_means_as_above():
    rows = "Parcel API v1.0 | Weigh\n | Post\nas above | Sort\nv2.0 | Send\nN/A | Rest\n | Sleep\n"
    found = items(f"API | Detail\n-|-\n{rows}")
    first = apis(("Parcel API", "v1.0", ""))
    assert [one.apis for one in found] == [first, first, first, apis(("Parcel API", "v2.0", "")), (), ()]


def test_one_api_has_one_name():
    found = items("API | Detail\n-|-\nParcel v1.0 | Weigh\nParcel API v2.0 | Post\nparcel API | Sort\n")
    assert {api.name for one in found for api in one.apis} == {"Parcel API"}


@each_case(
    ("text", "expected", "rest"),
    [
        (
            "[Parcel API](https://a.gov.uk) v2.0 – new endpoint only",
            [("Parcel API", "v2.0", "https://a.gov.uk")],
            "new",
        ),
        ("Parcel API v2.0 – new endpoint", [("Parcel API", "v2.0", "")], "new endpoint"),
        ("Parcel API (new endpoints only)", [("Parcel API", "", "")], "(new endpoints only)"),
        ("Parcel API: see below", [("Parcel API", "", "")], "see below"),
        ("Parcel API v1.0,<br/>Depot API v2.0,", [("Parcel API", "v1.0", ""), ("Depot API", "v2.0", "")], ""),
        ("Parcel Weights, Van Routes", [("Parcel Weights", "", ""), ("Van Routes", "", "")], ""),
        ("Parcels, vans and depots", [("Parcels, vans and depots", "", "")], ""),
        ("Parcel API (MTD)", [("Parcel API (MTD)", "", "")], ""),
        ("Parcel API (v7 & v8)", [("Parcel API", "v7", ""), ("Parcel API", "v8", "")], ""),
    ],
)
def test_what_is_said_of_an_api_is_not_its_name(text, expected, rest):
    [found] = items(f"Name | APIs\n-|-\nWeigh | {text}\n")
    assert found.apis == apis(*expected)
    assert found.description.startswith(f"APIs: {rest}" if rest else "")
    assert bool(found.description) == bool(rest)


@each_case(
    "text",
    [
        "Parcel API (see [notes](https://a.gov.uk)) TBC",
        "[Parcel API](parcels.html)",
        "No API is touched",
        "[Parcel](https://a.gov.uk 'said so')",
        "v2.0",
        "word " * 50,
    ],
)
def test_what_is_no_list_of_apis_goes_to_the_description(text):
    parsed = read(f"Name | API\n-|-\nWeigh | {text}\n")
    assert said(parsed)[0].description == f"API: {text.strip()}"
    assert str(parsed.doubts[0]).startswith("index.md:9: “")


@each_case("text", ["TBC", "tbd", "To be confirmed."])
def test_that_the_api_is_still_open_is_understood(text):
    parsed = read(f"Name | API\n-|-\nWeigh | {text}\n")
    assert said(parsed)[0].description == f"API: {text}"
    assert parsed.doubts == ()


@each_case("text", ["As above", "“as above”", '"as above"', "(see above)", "Same as above.", '"', "″"])
def test_a_cell_that_points_at_the_row_above_has_its_apis(text):
    parsed = read(f"API | Description\n-|-\nParcel API v1.0 | Weigh\n{text} | Post\n")
    assert [[str(api) for api in item.apis] for item in said(parsed)] == [["Parcel API v1.0"]] * 2
    assert parsed.doubts == ()
