"""Two days against each other: /<roadmap>/changes/?since=…&until=…."""

import pytest

from roadmap.models import Item, Release, Roadmap
from tests import make
from tests.cases import each_case
from tests.web import story

pytestmark = pytest.mark.django_db
URL = f"/{story.SLUG}/changes/"


def test_each_thing_is_told_once_by_what_it_was_and_what_it_came_to_be(told, reads):
    page = reads(f"{URL}?since=2026-01-20&until=2026-02-17")
    assert page.one("h1").text == "20 January 2026 compared with 17 February 2026"
    assert page.title.startswith("20 January 2026 compared with 17 February 2026 - ")
    sentence = (
        "Submit a corection: sandbox moved from February 2026 to April 2026. Reason: The supplier is late. Planned"
    )
    assert [one.text for one in page.all("ul", class_="app-changes")] == [sentence]
    assert [row.text for row in page.all("tr")] == [
        "What 20 January 2026 17 February 2026",
        "Submit a corection",
        "Sandbox February 2026 April 2026",
    ]
    assert "In short: 1 item moved later." in page.main
    assert page.link("at the end of 20 January 2026 (edition 2)") == "/vat-mtd/at/2026-01-20/"


def test_what_came_and_what_went_is_there_by_name(told, reads):
    page = reads(f"{URL}?since=1&until=6")
    assert page.one("h1").text == "Edition 1 (5 January 2026) compared with edition 6 (17 March 2026)"
    assert [row.text for row in page.all("tr")][1:] == [
        "Set up, view and cancel a Direct Debit",
        "Withdrawn",
        "Submit a corection",
        "Added",
    ]
    assert "In short: 1 item withdrawn and 1 added." in page.main


def test_what_is_minor_is_different_too_but_no_news(told, reads):
    page = reads(f"{URL}?since=6&view=compare")
    assert page.one("ul", class_="app-corrections__list").text == (
        "Submit a correction: title changed from Submit a corection In sandbox"
    )
    assert "Title Submit a corection Submit a correction" in [row.text for row in page.all("tr")]


@each_case(
    ("query", "heading"),
    [
        ("view=compare", "Edition 1 (5 January 2026) compared with edition 7 (24 March 2026)"),  # all in 90 days
        ("since=2026-03-01&until=2026-03-24", "1 March 2026 compared with today"),
        ("since=2026-03-01&view=compare", "1 March 2026 compared with edition 7 (24 March 2026)"),
        ("until=3", "Edition 1 (5 January 2026) compared with edition 3 (3 February 2026)"),
        ("since=3&until=2026-03-05", "Edition 3 (3 February 2026) compared with 5 March 2026"),
        ("since=5&until=5", "Edition 5 (3 March 2026) compared with edition 5 (3 March 2026)"),
    ],
)
def test_what_is_compared_stands_above_it(told, reads, query, heading):
    assert reads(f"{URL}?{query}").one("h1").text == heading


def test_without_the_second_day_every_step_is_listed_and_says_so(told, reads):
    page = reads(f"{URL}?since=3")
    assert page.one("h1").text == "What changed since edition 3 (3 February 2026)"
    assert "Every step is listed here, edition by edition." in page.main
    there = reads(page.link("compare two days"))
    assert there.one("h1").text == "Edition 3 (3 February 2026) compared with edition 7 (24 March 2026)"
    assert there.link("every step, edition by edition") == f"{URL}?since=3"


@each_case(
    ("query", "field", "message"),
    [
        (
            "since=2026-03-01&until=2026-02-01",
            "until",
            "1 February 2026 is before 1 March 2026. Enter a later day or edition, or swap the two.",
        ),
        (
            "since=5&until=2",
            "until",
            "Edition\xa02 (20 January 2026) is before edition\xa05 (3 March 2026). Enter a later",
        ),
        ("since=2026-03-20&until=2026-03-19", "until", "19 March 2026 is before 20 March 2026."),
        (
            "since=2025-12-31&until=7",
            "since",
            "This roadmap was first published on 5 January 2026. Enter that day, or a later day.",
        ),
        ("since=0&until=7", "since", "There is no edition 0. Enter a number from 1, or a date."),
        ("since=1&until=8", "until", "There is no edition 8 yet: the newest is 7."),
        ("since=1&until=2026-03-25", "until", "25 March 2026 has not come yet. Enter a date up to today"),
        ("since=1&until=soon", "until", "“soon” is not a date or the number of an edition."),
        ("since=1&until=2&until=3", "until", "Give one date, or the number of one edition."),
        ("since=1&since=2&view=compare", "since", "Give one date, or the number of one edition."),
        ("since=1&until=" + "x" * 1500, "until", f"“{'x' * 59}…” is not a date"),
    ],
)
def test_what_cannot_be_compared_is_said_at_the_field(told, reads, query, field, message):
    page = reads(f"{URL}?{query}", 400)
    error = page.one("p", class_="govuk-error-message")
    assert error.attributes["id"] == f"{field}-error"
    assert error.text.removeprefix("Error: ").startswith(" ".join(message.split()))
    assert [row.text for row in page.all("tr")] == []
    assert f'href="#{field}"' in page.html


def test_both_fields_can_be_wrong_at_once(told, reads):
    page = reads(f"{URL}?since=nie&until=soon", 400)
    assert [one.attributes["id"] for one in page.all("p", class_="govuk-error-message")] == [
        "since-error",
        "until-error",
    ]


def test_what_moved_and_moved_back_is_no_difference(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026", description="One")
    make.edition(vat, at=make.at("2026-01-05"))
    for month, when in (("02", "July 2026"), ("03", "June 2026")):
        item.milestones.update(when=when)
        make.edition(vat, at=make.at(f"2026-{month}-05"))
    page = reads(f"{URL}?since=1&until=3")
    assert "Nothing is different." in page.main
    assert page.all("table") == []


def test_a_date_that_came_by_way_of_two_releases_is_told_from_the_first_to_the_last(vat, reads):
    """Neither of the changes on the way says it."""
    near = make.release(vat, title="Near", when="June 2026")
    far = make.release(vat, title="Far", when="December 2026")
    item = make.item(vat, title="Losses", release=near)
    make.edition(vat, at=make.at("2026-01-05"))
    Release.objects.filter(pk=near.pk).update(when="September 2026")
    make.edition(vat, at=make.at("2026-02-05"))
    Item.objects.filter(pk=item.pk).update(release=far)
    make.edition(vat, at=make.at("2026-03-05"))
    rows = [row.text for row in reads(f"{URL}?since=1&until=3").all("tr")]
    assert "Live June 2026 December 2026" in rows
    assert "Release Near Far" in rows
    assert "Date June 2026 September 2026" in rows  # of the release itself


def test_every_kind_of_field_stands_in_the_table(vat, reads):
    api = make.api(name="VAT API")
    column = make.field(vat, name="Tax years")
    item = make.item(
        vat,
        title="Losses",
        description="One",
        test="May 2026",
        live="TBC",
        kind="api",
        audiences="Agents",
        values={column: "25-26"},
    )
    make.edition(vat, at=make.at("2026-01-05"))
    item.milestones.filter(environment="test").update(is_deployed=True)
    item.milestones.filter(environment="live").update(when="Q3 2026")
    item.field_values.update(value="26-27")
    Item.objects.filter(pk=item.pk).update(
        title="All losses", description="Two", is_breaking=True, audiences="", kind="guide", journey="Payments"
    )
    item.item_apis.create(api=api, version="1.0")
    make.edition(vat, at=make.at("2026-02-05"))
    rows = [row.text for row in reads(f"{URL}?since=1&until=2").all("tr")]
    assert rows[1] == "All losses"
    assert sorted(rows[2:]) == [
        "APIs Not given VAT API 1.0",
        "Audience Agents Not given",
        "Breaking Not known Yes",
        "Description reworded",
        "Journey Not given Payments",
        "Kind API Guide",
        "Live To be confirmed July to September 2026",
        "Sandbox May 2026 Deployed, May 2026",
        "Tax years 25-26 26-27",
        "Title Losses All losses",
    ]


def test_filters_select_of_what_is_different(vat, reads):
    api = make.item(vat, title="Losses", kind="api", live="June 2026")
    guide = make.item(vat, title="Guide", kind="guide", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    for item in (api, guide):
        item.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-02-05"))
    page = reads(f"{URL}?since=1&until=2&kind=api")
    assert [row.text for row in page.all("tr")][1:] == ["Losses", "Live June 2026 July 2026"]
    assert page.links("Remove filter Kind: API") == [f"{URL}?view=compare&since=1&until=2"]


def test_many_differences_come_a_page_at_a_time(vat, reads, monkeypatch):
    monkeypatch.setattr("roadmap.web.pagination.EDITIONS_ON_A_PAGE", 2)
    make.edition(vat, at=make.at("2026-01-05"))
    for number in range(3):
        make.item(vat, title=f"Item {number}")
    make.edition(vat, at=make.at("2026-02-05"))
    page = reads(f"{URL}?since=1&until=2")
    assert len(page.all("th", scope="rowgroup")) == 2
    second = reads(page.link("Next page : Page 2 of 2"))
    assert len(second.all("th", scope="rowgroup")) == 1
    assert "3 added" in second.main.replace("3 items added", "3 added")
    reads(f"{URL}?since=1&until=2&page=3", 404)


def test_where_earlier_dates_are_kept_back_it_is_not_told_whether_two_are_the_same(vat, reads):
    item = make.item(vat, title="Losses", live="March 2019")
    make.edition(vat, at=make.at("2026-01-05"))
    for month, when in (("02", "April 2019"), ("03", "March 2019")):
        item.milestones.update(when=when)
        make.edition(vat, at=make.at(f"2026-{month}-05"))
    Roadmap.objects.filter(pk=vat.pk).update(hides_date_history=True)
    item.milestones.update(when="May 2030")
    vat.refresh_from_db()
    make.edition(vat, at=make.at("2026-04-05"))
    page = reads(f"{URL}?since=1&until=3")
    assert "Losses: live date changed" in page.main
    assert "2019" not in page.html
    page = reads(f"{URL}?since=1&until=4")
    assert "Losses: live date now May 2030" in page.main
    assert "2019" not in page.html
    assert page.link("with edition 1 (5 January 2026)") == "/vat-mtd/editions/1/"


def test_a_day_that_is_past_compares_what_was_there_then(told, reads):
    page = reads("/vat-mtd/at/2026-02-10/changes/?since=2&view=compare")
    assert page.one("h1").text == "Edition 2 (20 January 2026) compared with edition 3 (3 February 2026)"
    page = reads("/vat-mtd/at/2026-02-10/changes/?since=2&until=4", 400)
    assert "There is no edition 4 yet" in page.main
