"""Every answer is what the document says, and says what was published."""

import pytest

from roadmap.models import Item, Milestone, Roadmap
from roadmap.web.api import examples
from tests import make
from tests.cases import each_case
from tests.web.api.strict import check, model_of
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db

VAT = "roadmaps/vat-mtd"
ODD = 'Tab\t, bell \x07, ]]>, </script>, 👩‍💻, \u202eright to left\u202c, =1+1, \\, " and \u2028'

ADDRESSES = {
    "list_roadmaps": "roadmaps",
    "get_roadmap": VAT,
    "list_items": f"{VAT}/items?page_size=2&page=2",
    "get_item": f"{VAT}/items/VAT-1",
    "list_pages": f"{VAT}/pages",
    "get_page": f"{VAT}/pages/guide",
    "get_changelog": f"{VAT}/changelog",
    "list_editions": f"{VAT}/editions",
    "get_edition": f"{VAT}/editions/2",
    "get_changes": f"{VAT}/changes?limit=500",
}


def published(word="here"):
    roadmap = whole_roadmap(word)
    make.edition(roadmap, at=make.at("2026-03-24"), note="At first")
    Milestone.objects.filter(item__reference="VAT-1").update(when="by July 2026 (TBC)")
    Item.objects.get(reference="VAT-3").delete()
    make.item(roadmap, title="Undated", live="TBC", test="N/A", controlled_go_live="from April 2027")
    make.edition(roadmap, at=make.at("2026-04-24"), note="Then")
    return roadmap


@each_case("operation_id", ADDRESSES)
def test_an_answer_is_as_documented(api, operation_id):
    published()
    check(model_of(operation_id), api(ADDRESSES[operation_id]))


@each_case("operation_id", ADDRESSES)
def test_odd_text_comes_out_as_it_was_written(api, operation_id):
    published(ODD.replace("\t", " ").replace("\x07", " ").replace("\u2028", " "))
    answer = api(ADDRESSES[operation_id])
    check(model_of(operation_id), answer)


def test_control_characters_in_markdown_are_kept(api):
    roadmap = make.roadmap(slug="vat-mtd")
    make.page(roadmap, slug="guide", body=ODD)
    make.edition(roadmap, at=make.at("2026-03-24"))
    page = api(f"{VAT}/pages/guide")
    assert page["body"] == ODD
    assert "<script" not in page["body_html"]
    assert "\x07" not in page["body_html"]


def test_every_operation_is_tried_here():
    assert set(ADDRESSES) == set(examples.answers())


def test_what_is_empty_is_as_documented_too(api):
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap)
    make.release(roadmap, title="Some day")
    make.edition(roadmap, at=make.at("2026-03-24"))
    whole = api(VAT)
    check("WholeRoadmap", whole)
    (item,) = whole["items"]
    assert (item["kind"], item["breaking"], item["release"], item["milestones"]) == (None, None, None, [])
    assert (item["description"], item["journey"]) == ("", "")
    assert whole["releases"][0]["when"] is None


def test_a_roadmap_says_what_it_is(api):
    published()
    (listed,) = api("roadmaps")["roadmaps"]
    assert listed["title"] == "VAT roadmap here"
    assert listed["contact"] == {"name": "Support here", "email": "team@example.gov.uk", "subject": "Roadmap enquiry"}
    assert listed["edition"] == {"number": 2, "published_at": "2026-04-24T08:30:00Z"}
    assert [one["label"] for one in listed["environments"]] == ["Sandbox", "Controlled go-live", "Live"]
    assert listed.pop("edition") == api(VAT)["edition"]
    assert listed == api(VAT)["roadmap"]


def test_roadmaps_come_in_their_order(api):
    for position, title in ((2, "Second"), (1, "First")):
        make.edition(make.roadmap(title=title, position=position), at=make.at("2026-03-24"))
    make.roadmap(title="Not published")
    assert [one["title"] for one in api("roadmaps")["roadmaps"]] == ["First", "Second"]


def test_there_may_be_no_roadmap_yet(api):
    assert api("roadmaps") == {"roadmaps": []}


def test_an_item_says_all_that_its_page_says(api):
    published()
    item = next(one for one in api(VAT)["items"] if one["reference"] == "VAT-1")
    assert item["url"] == "http://testserver/vat-mtd/items/VAT-1/"
    assert item["api_url"] == "http://testserver/api/v1/roadmaps/vat-mtd/items/VAT-1"
    assert (item["title"], item["journey"], item["kind"]) == ("Planned here", "Payments here", "api")
    assert item["audiences"] == ["Agents"]
    assert item["apis"] == [{"name": "VAT API here", "version": "1.0", "url": "https://example.org/vat"}]
    (field,) = item["fields"]
    assert (field["name"], field["value"]) == ("Tax years here", "26-27 here")
    assert item["release"]["title"] == "Near term here"
    assert (item["stage"], item["stage_label"]) == ("backlog", "Planned")
    assert item["enquiry_url"] == "mailto:team@example.gov.uk?subject=Roadmap%20enquiry%3A%20VAT-1%20Planned%20here"
    assert item["milestones"] == [
        {
            "environment": "live",
            "label": "Live",
            "when": {
                "text": "by July 2026 (TBC)",
                "display": "By July 2026 (to be confirmed)",
                "start": "2026-07-01",
                "end": "2026-07-31",
                "is_to_be_confirmed": False,
                "is_provisional": True,
                "is_not_applicable": False,
                "is_deadline": True,
            },
            "is_deployed": False,
            "is_of_release": False,
        }
    ]


def test_dates_without_a_day_say_so(api):
    published()
    undated = next(one for one in api(VAT)["items"] if one["title"] == "Undated")
    test, pilot, live = (one["when"] for one in undated["milestones"])
    assert (test["start"], test["is_not_applicable"]) == (None, True)
    assert (pilot["start"], pilot["end"]) == ("2027-04-01", None)
    assert (live["start"], live["is_to_be_confirmed"]) == (None, True)


def test_an_item_without_a_date_of_its_own_has_that_of_its_release(api):
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap, release=make.release(roadmap, title="June 2026", is_deployed=True))
    make.edition(roadmap, at=make.at("2026-03-24"))
    (item,) = api(VAT)["items"]
    (live,) = item["milestones"]
    assert (live["when"]["start"], live["is_deployed"], live["is_of_release"]) == ("2026-06-01", True, True)
    assert item["stage"] == "live"


def test_the_address_of_an_api_is_never_script(api):
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap, apis=((make.api(url="javascript:alert(1)"), "1"),))
    make.edition(roadmap, at=make.at("2026-03-24"))
    assert api(VAT)["items"][0]["apis"][0]["url"] is None


def without_today(item):
    """As a copy has it, which cannot know whether a date has passed by now."""
    milestones = [{name: value for name, value in one.items() if name != "has_passed"} for one in item["milestones"]]
    return {**item, "milestones": milestones}


def test_whether_a_date_has_passed_is_told_of_each_item_and_not_for_a_copy(api, clock):
    roadmap = make.roadmap(slug="vat-mtd", reference_prefix="VAT")
    make.item(roadmap, test="by March 2026", controlled_go_live="April 2026", live="from March 2026")
    make.item(roadmap, test="March 2026", deployed=("test",), live="TBC")
    make.edition(roadmap, at=make.at("2026-03-24"))

    def told(items):
        return [[one.get("has_passed") for one in item["milestones"]] for item in items]

    clock(make.at("2026-03-31", "23:59"))
    assert told(api(f"{VAT}/items")["items"]) == [[False, False, False], [False, False]]
    clock(make.at("2026-04-01", "00:01"))
    assert told(api(f"{VAT}/items")["items"]) == [[True, False, False], [False, False]]
    assert told([api(f"{VAT}/items/VAT-1")]) == [[True, False, False]]
    assert told(api(VAT)["items"]) == [[None, None, None], [None, None]]
    values = [one["value"] for one in api(f"{VAT}/changes")["things"] if one["noun"] == "item"]
    assert sorted(told(values), key=len) == [[None, None], [None, None, None]]


def test_a_thing_is_the_same_everywhere(api):
    published()
    whole = api(VAT)
    listed = api(f"{VAT}/items?page_size=500")["items"]
    assert [without_today(one) for one in listed] == whole["items"]
    assert api(f"{VAT}/pages")["pages"] == whole["pages"]
    assert api(f"{VAT}/changelog")["changelog"] == whole["changelog"]
    alone = without_today(api(f"{VAT}/items/VAT-1"))
    assert {**alone, **next(one for one in whole["items"] if one["reference"] == "VAT-1")} == alone
    page = api(f"{VAT}/pages/who")
    assert {**page, **next(one for one in whole["pages"] if one["slug"] == "who")} == page


def test_an_edition_tells_what_it_changed_and_never_who(api):
    roadmap = make.roadmap(slug="vat-mtd", contact_name="First team")
    item = make.item(roadmap, title="Payments", live="June 2026")
    person = make.user(username="jane", first_name="Jane", last_name="Doe")
    make.edition(roadmap, at=make.at("2026-03-24"), by=person)
    Milestone.objects.filter(item=item).update(when="July 2026")
    Roadmap.objects.filter(pk=roadmap.pk).update(contact_name="Second team", live_label="Production")
    make.edition(roadmap, at=make.at("2026-04-24"), by=person, note="A date moves")
    newest, first = api(f"{VAT}/editions")["editions"]
    assert (newest["publisher"], first["publisher"]) == ("Second team", "First team")
    assert (newest["note"], newest["things_changed"]) == ("A date moves", 2)
    edition = api(f"{VAT}/editions/2")
    moved = next(one for one in edition["things"] if one["noun"] == "item")
    assert moved["changes"] == [
        {
            "field": "milestone.live",
            "act": "moved",
            "sentence": "Production moved from June 2026 to July 2026",
            "reason": "",
            "is_minor": False,
            "before": {"when": "June 2026"},
            "after": {"when": "July 2026"},
        }
    ]
    for address in ("roadmaps", VAT, f"{VAT}/editions", f"{VAT}/editions/1", f"{VAT}/changes"):
        assert "jane" not in str(api(address)).lower()
