"""One item: all that happened to it, unless its roadmap keeps its earlier dates to itself."""

import json

import pytest

from roadmap.models import Item, Milestone, Release, Roadmap
from tests import make
from tests.web import story
from tests.web.api.strict import check

pytestmark = pytest.mark.django_db
ITEM = "roadmaps/vat-mtd/items"


def the_added_one(api):
    (item,) = [one for one in api("roadmaps/vat-mtd")["items"] if one["title"] == story.CORRECTED]
    return api(f"{ITEM}/{item['reference']}")


def sentences(item):
    return [(one["edition"]["number"], change["sentence"]) for one in item["history"] for change in one["changes"]]


def test_its_history_is_told_newest_first_with_reasons(told, api):
    item = the_added_one(api)
    assert sentences(item) == [
        (7, f"Title changed from {story.ADDED} to {story.CORRECTED}"),
        (5, "Now in sandbox"),
        (4, "Sandbox moved from March 2026 to April 2026"),
        (3, "Sandbox moved from February 2026 to March 2026"),
        (2, "Added"),
    ]
    assert [one["changes"][0]["reason"] for one in item["history"]] == ["", "", *reversed(story.REASONS), ""]
    assert [one["changes"][0]["is_minor"] for one in item["history"]] == [True, False, False, False, False]
    assert [one["changes"][0]["act"] for one in item["history"]] == ["reworded", "deployed", "moved", "moved", "added"]


def test_its_dates_are_told_from_the_first_to_now(told, api):
    test, live = the_added_one(api)["dates"]
    assert test["sentence"] == "Sandbox: planned February 2026, moved twice, deployed April 2026"
    assert [one["when"]["text"] for one in test["promises"]] == ["February 2026", *story.SLIPS, "April 2026"]
    assert [one["edition"]["number"] for one in test["promises"]] == [2, 3, 4, 5]
    assert [one["is_deployed"] for one in test["promises"]] == [False, False, False, True]
    assert (live["sentence"], len(live["promises"])) == ("", 1)


def test_its_description_is_html_too(told, api):
    assert the_added_one(api)["description_html"] == "<p>One return at a time.</p>"


def test_what_was_withdrawn_is_gone_and_says_since_when(told, api):
    problem = api(f"{ITEM}/VAT-1", status=410)
    assert problem["detail"].endswith("(VAT-1) was withdrawn on 17 March 2026, in edition 6.")
    assert problem["title"] == "Gone"
    assert api(f"{ITEM}/vat-1", status=410) == problem


def test_a_page_that_was_withdrawn_is_gone_too(told, api):
    roadmap = Roadmap.objects.get(slug="vat-mtd")
    page = roadmap.pages.first()
    address = f"roadmaps/vat-mtd/pages/{page.slug}"
    api(address)
    page.delete()
    make.edition(roadmap, at=make.at("2026-03-24", "10:30"))
    assert "was withdrawn on 24 March 2026, in edition 8." in api(address, status=410)["detail"]


def test_a_reference_may_be_in_small_letters(told, api):
    assert api(f"{ITEM}/vat-2") == api(f"{ITEM}/VAT-2")


def test_what_happened_to_its_release_is_told(api):
    roadmap = make.roadmap(slug="vat-mtd", reference_prefix="VAT")
    release = make.release(roadmap, title="First", when="June 2026")
    make.item(roadmap, release=release)
    make.edition(roadmap, at=make.at("2026-03-24"))
    Release.objects.update(when="July 2026", introduction="Reworded")
    make.edition(roadmap, at=make.at("2026-03-25"))
    item = api(f"{ITEM}/VAT-1")
    newest = item["history"][0]
    assert (newest["noun"], newest["title"]) == ("release", "First")
    assert [one["sentence"] for one in newest["changes"]] == ["Date moved from June 2026 to July 2026"]
    assert item["dates"][0]["sentence"] == "Live: planned June 2026, moved once, now July 2026"
    check("ItemWithHistory", item)


@pytest.fixture
def discreet(clock):
    """A roadmap whose dates moved, and which then decided to keep that to itself."""
    roadmap = make.roadmap(slug="vat-mtd", reference_prefix="VAT")
    release = make.release(roadmap, title="January 2031")
    item = make.item(roadmap, title="Payments", test="February 2031", release=release)
    make.edition(roadmap, at=make.at("2026-03-24"))
    Milestone.objects.filter(item=item).update(when="March 2031")
    Release.objects.update(title="April 2031")
    make.edition(roadmap, at=make.at("2026-03-25"))
    Milestone.objects.filter(item=item).update(when="May 2031")
    Release.objects.update(title="June 2031")
    Item.objects.update(title="Payments and refunds")
    Roadmap.objects.update(hides_date_history=True)
    make.edition(roadmap, at=make.at("2026-03-26"))
    clock(make.at("2026-03-27"))
    return roadmap


def test_earlier_dates_are_nowhere_where_the_roadmap_keeps_them_to_itself(discreet, api):
    addresses = ["roadmaps", "roadmaps/vat-mtd", ITEM, f"{ITEM}/VAT-1"]
    addresses += [
        f"roadmaps/vat-mtd/{rest}" for rest in ("editions", "editions/1", "editions/2", "editions/3", "changes")
    ]
    for address in addresses:
        answer = api(address)
        for month in ("January", "February", "March", "April"):
            assert f"{month} 2031" not in json.dumps(answer), f"{month} in {address}"
        assert "was expected" not in json.dumps(answer)
    item = api(f"{ITEM}/VAT-1")
    assert item["dates"] == []
    assert [one["when"]["text"] for one in item["milestones"]] == ["May 2031", "June 2031"]
    check("ItemWithHistory", item)


def test_the_rest_of_the_history_is_told_all_the_same(discreet, api):
    item = api(f"{ITEM}/VAT-1")
    title = next(one for one in item["history"][0]["changes"] if one["field"] == "title")
    assert (title["before"], title["after"]) == ("Payments", "Payments and refunds")
    assert [one["sentence"] for one in item["history"][-1]["changes"]] == ["Added"]


def test_earlier_dates_are_told_again_where_the_roadmap_changes_its_mind(discreet, api):
    Roadmap.objects.update(hides_date_history=False)
    make.edition(discreet, at=make.at("2026-03-26", "10:30"))
    assert "February 2031" in json.dumps(api(f"{ITEM}/VAT-1"))
