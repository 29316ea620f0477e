"""Items: filtered as everywhere, a page at a time."""

import pytest

from roadmap.models import Release
from tests import make
from tests.cases import each_case
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db
ITEMS = "roadmaps/vat-mtd/items"


@pytest.fixture
def published(clock):
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    for number in range(5):
        make.item(roadmap, title=f"Later {number}", live="June 2026", deployed=("live",))
    make.edition(roadmap, at=make.at("2026-03-25"))
    clock(make.at("2026-03-26"))
    return roadmap


def titles(answer):
    return [one["title"].strip() for one in answer["items"]]


@each_case(
    ("query", "expected"),
    [
        ("stage=test", ["Tested"]),
        ("stage=test&stage=controlled-go-live", ["Tested", "Piloted"]),
        ("breaking=yes", ["Tested"]),
        ("release=near-term&stage=backlog", ["Planned"]),
        ("release=near-term&stage=test", []),
        ("kind=api&q=tested", ["Tested"]),
        ("audience=agents&stage=live", ["Used"]),
        ("api=vat-api&stage=live", ["Used"]),
        ("item=vat-1", ["Planned"]),
        ("changed_since=1&q=later+3", ["Later 3"]),
        ("changed_since=2026-03-25&q=later+3", ["Later 3"]),
        ("stage=&q=tested", ["Tested"]),  # as a form sends it
    ],
)
def test_a_filter_narrows_the_list(published, api, query, expected):
    answer = api(f"{ITEMS}?{query}")
    assert titles(answer) == expected
    assert answer["total"] == len(expected)


def test_pages_follow_each_other_to_the_end_and_back(published, api):
    everything = titles(api(ITEMS))
    assert len(everything) == 9
    found, back = [], []
    answer = api(f"{ITEMS}?page_size=2")
    while True:
        found += titles(answer)
        assert (answer["total"], answer["page_size"]) == (9, 2)
        if answer["next"] is None:
            break
        answer = api(answer["next"])
    assert found == everything
    assert answer["page"] == 5
    while answer["previous"]:
        answer = api(answer["previous"])
        back.append(answer["page"])
    assert back == [4, 3, 2, 1]


def test_the_next_page_asks_for_the_same(published, api):
    first = api(f"{ITEMS}?stage=live&q=later&page_size=3")
    assert first["next"] == ("http://testserver/api/v1/roadmaps/vat-mtd/items?stage=live&q=later&page=2&page_size=3")
    assert titles(api(first["next"])) == ["Later 3", "Later 4"]


def test_a_page_has_at_most_500(published, api):
    assert api(f"{ITEMS}?page_size=500")["page_size"] == 500
    problem = api(f"{ITEMS}?page_size=501", status=400)
    assert problem["errors"] == [{"parameter": "page_size", "detail": "“501” is not a whole number from 1 to 500."}]


@pytest.mark.parametrize("number", ["2", "1000000000", "9" * 400])
def test_a_page_after_the_last_is_not_found(published, api, number):
    assert api(f"{ITEMS}?page={number}", status=404)["detail"].endswith("the items fill 1 page of 100.")


def test_an_empty_list_has_its_first_page(published, api):
    answer = api(f"{ITEMS}?q=nothing+is+so+called")
    assert (answer["items"], answer["total"], answer["next"], answer["previous"]) == ([], 0, None, None)


@each_case("typed", ["0", "-1", "1.0", "+1", "1_0", "", "one", "%D9%A3"])
def test_a_page_that_is_no_number_from_1_is_refused(published, api, typed):
    (error,) = api(f"{ITEMS}?page={typed}", status=400)["errors"]
    assert error["parameter"] == "page"
    assert "is not a whole number from 1." in error["detail"]


def test_the_title_of_a_release_as_it_was_still_selects_it(published, api):
    Release.objects.update(title="Mid term")
    make.edition(published, at=make.at("2026-03-25", "10:30"))
    assert titles(api(f"{ITEMS}?release=near-term")) == titles(api(f"{ITEMS}?release=mid-term")) == ["Planned"]
