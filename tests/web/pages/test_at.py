"""The roadmap as it was at the end of an earlier day: /<roadmap>/at/<day>/…."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Item, Roadmap
from roadmap.publishing import Choices
from tests import make
from tests.cases import each_case
from tests.web import story

pytestmark = pytest.mark.django_db
URL = f"/{story.SLUG}/at/2026-02-03/"
PATHS = [
    "",
    "items/",
    "items/VAT-1/",
    "pages/who-we-are/",
    "changelog/",
    "changes/?since=1",
    "editions/",
    "editions/3/",
]
every_page = pytest.mark.parametrize("path", PATHS)
each_page = each_case("path", PATHS)


def banner(page):
    return page.one("section", class_="app-day").text


@each_page
def test_every_page_says_which_day_it_is_of_and_leads_to_today(told, reads, path):
    page = reads(URL + path)
    assert banner(page).startswith("This is the roadmap as it was at the end of 3 February 2026 (edition 3).")
    assert page.title.startswith("3 February 2026: ")
    if path != "items/VAT-1/":
        link = page.link("See this page as it is today")
        assert link == f"/{story.SLUG}/{path}"
        assert "app-day" not in reads(link).html
    assert "Edition 3, last updated 3 February 2026: the roadmap as it was at the end of 3 February 2026" in page.text
    assert page.link("Edition 3") == f"{URL}editions/3/"


def test_a_day_that_is_not_over_is_said_to_stand_now_and_not_kept_for_the_next(told, client, clock, reads):
    url = f"/{story.SLUG}/at/2026-03-24/"
    page = reads(url)
    assert banner(page).startswith("This is the roadmap as it stands now, on 24 March 2026 (edition ")
    assert page.link("See this page at its usual address") == f"/{story.SLUG}/"
    assert page.text.count("as it stands now") == 2  # at the top, and at the end
    assert "at the end of 24 March" not in page.text
    etag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    clock(make.at("2026-03-25"))
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200
    assert banner(reads(url)).startswith("This is the roadmap as it was at the end of 24 March 2026 (edition ")


@each_page
def test_no_page_is_for_search_engines(told, client, reads, path):
    assert client.get(URL + path)["X-Robots-Tag"] == "noindex"
    assert reads(URL + path).one("meta", name="robots").attributes["content"] == "noindex"
    assert reads(f"/{story.SLUG}/{path}", status=410 if "VAT-1" in path else 200).all("meta", name="robots") == []


@each_page
def test_links_stay_within_the_day(told, reads, client, path):
    page = reads(URL + path)
    assert page.links("Roadmaps") == []  # the breadcrumb: who follows it would leave the day without noticing
    addresses = {one.attributes["href"].split("#")[0] for one in page.all("a")}
    of_the_site = {one for one in addresses if one.startswith("/")}
    away = {one for one in of_the_site if not one.startswith(URL)}
    # The site's name and all roadmaps, what it says of itself; the same page today.
    assert away == {"/", "/accessibility/", "/privacy/", f"/{story.SLUG}/{path}"}
    for address in sorted(of_the_site - away):
        assert client.get(address).status_code == 200, address


# What a page says of now, and of a day that is over.
NOW_AND_THEN = {
    "Coming next: planned (7)": "Planned then (7)",
    "You can test now:": "Could be tested then:",
    "in the last 90 days": "in the 90 days until then",
    "Next time, see only what is new since edition 3: bookmark that link. Or see all editions.": (
        "See all editions until then."
    ),
}


def words(page):
    """Of a page, without what says which day it is of: a day that is past can be neither followed nor searched."""
    main = page.main
    of_today = [*page.all("p", class_="app-follow"), *page.all("form", role="search")]
    for one in [*page.all("section", class_="app-day"), *of_today]:
        main = main.replace(one.text, "")
    return " ".join(main.split())


@every_page
def test_it_is_what_readers_saw_on_that_day(told, reads, clock, path):
    story.unread()
    clock(make.at("2026-02-03", "23:59"))
    then = words(reads(f"/{story.SLUG}/{path}"))
    for now, on_that_day in NOW_AND_THEN.items():
        then = then.replace(now, on_that_day)
    clock(make.at("2026-03-24", "17:00"))
    assert words(reads(URL + path)) == then
    assert (
        words(reads(f"/{story.SLUG}/{path}", status=410 if "VAT-1" in path else 200)) != then or "who" in path
    )  # which nobody changed


def test_a_day_ends_at_midnight_in_london(clock, reads):
    clock(make.at("2026-07-10"))
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd")
    for day, time in (("2026-07-01", "23:59"), ("2026-07-02", "00:00"), ("2026-07-02", "23:59")):
        roadmap.description = f"As of {day} {time}"
        roadmap.save()
        make.edition(roadmap, at=make.at(day, time))
    assert "As of 2026-07-01 23:59" in reads("/vat-mtd/at/2026-07-01/").main
    assert "As of 2026-07-02 23:59" in reads("/vat-mtd/at/2026-07-02/").main
    assert "As of 2026-07-02 23:59" in reads("/vat-mtd/at/2026-07-09/").main  # a day without one has the last before


def test_today_has_an_end_that_has_not_come(clock, reads):
    clock(make.at("2026-07-10", "12:00"))
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", description="Now.")
    make.edition(roadmap, at=make.at("2026-07-10", "09:00"))
    roadmap.description = "This afternoon."
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-07-10", "15:00"), now=make.at("2026-07-10", "12:00"))
    assert "Now." in reads("/vat-mtd/at/2026-07-10/").main


def test_the_changes_of_a_day_are_those_up_to_it(told, reads):
    page = reads(f"{URL}changes/")
    assert page.one("h1").text == "What changed in the 90 days until then"
    assert "Changes from edition 1 (5 January 2026) to edition 3 (3 February 2026)" in page.main
    assert page.link("all editions until then") == f"{URL}editions/"
    assert "Next time" not in page.main  # of a day that is over there is nothing new
    reads(f"{URL}changes/?since=4", status=400)
    item = reads(f"{URL}items/{Item.objects.get(title=story.CORRECTED).reference}/")
    assert item.one("h1").text == story.ADDED
    assert "edition 3" in item.main
    assert "edition 4" not in item.main


def test_the_query_goes_with_the_link_to_today(told, reads):
    page = reads(f"{URL}changes/?since=1&stage=live")
    assert page.link("See this page as it is today") == f"/{story.SLUG}/changes/?since=1&stage=live"


# What was not there, and what is not any more


def test_an_item_that_has_been_withdrawn_since_says_so(told, reads):
    page = reads(f"{URL}items/VAT-1/")
    assert banner(page).endswith("This item has been withdrawn since. See what is said of it today")
    gone = reads(page.link("See what is said of it today"), status=410)
    assert gone.one("h1").text == "Set up, view and cancel a Direct Debit has been withdrawn"


def test_an_item_that_came_later_is_not_found_and_leads_to_today(told, reads):
    reference = Item.objects.get(title=story.CORRECTED).reference
    page = reads(f"/{story.SLUG}/at/2026-01-05/items/{reference}/", status=404)
    assert "VAT (MTD) roadmap had no item at this address at the end of 5 January 2026." in page.main
    assert page.link(f"see {reference} as it is today") == f"/{story.SLUG}/items/{reference}/"


def test_an_item_that_came_later_and_went_says_so(told, reads):
    Item.objects.get(title=story.CORRECTED).delete()
    choices = Choices(reason_for_all="Nobody asked for it.")
    make.edition(Roadmap.objects.get(), at=make.at("2026-03-24", "12:00"), choices=choices)
    page = reads(f"/{story.SLUG}/at/2026-01-05/items/VAT-19/", status=404)
    assert "It was added later and has been withdrawn: see what is said of it today." in page.main
    reads(page.link("see what is said of it today"), status=410)


def test_what_never_was_is_not_found_on_any_day(told, reads):
    page = reads(f"{URL}items/VAT-99/", status=404)
    assert "There is none today either." in page.main
    assert page.link("See the roadmap as it is today") == f"/{story.SLUG}/"


def test_an_item_withdrawn_by_then_is_gone_on_that_day_too(told, reads):
    page = reads(f"/{story.SLUG}/at/2026-03-20/items/VAT-1/", status=410)
    assert "was withdrawn from VAT (MTD) roadmap on 17 March 2026, in edition 6." in page.main
    assert "since" not in banner(page)


def test_an_edition_that_came_later_leads_to_it_as_it_is_today(told, reads):
    page = reads(f"{URL}editions/5/", status=404)
    assert page.one("h1").text == "There is no edition 5 on that day"
    assert "Edition 5 was published later, on 3 March 2026." in page.main
    assert page.link("See edition 5 as it is today") == f"/{story.SLUG}/editions/5/"


# Days that there are not


def test_before_the_first_edition_it_says_when_that_was(told, reads, client):
    page = reads(f"/{story.SLUG}/at/2026-01-04/items/", status=404)
    assert "On 4 January 2026 there was no VAT (MTD) roadmap yet." in page.main
    assert "It was first published on 5 January 2026." in page.main
    assert page.link("5 January 2026") == f"/{story.SLUG}/at/2026-01-05/"
    reads(page.link("5 January 2026"))
    assert client.get(f"/{story.SLUG}/at/2026-01-04/")["X-Robots-Tag"] == "noindex"


def test_a_day_to_come_says_so(told, reads):
    page = reads(f"/{story.SLUG}/at/2026-03-25/", status=404)
    assert "25 March 2026 has not come yet." in page.main
    assert page.link("See VAT (MTD) roadmap as it is today") == f"/{story.SLUG}/"


@each_case("day", ["2026-02-30", "20260203", "2026-W06-2", "yesterday", "0000-00-00", "9" * 300])
def test_what_is_no_day_says_so_and_how_to_write_one(told, reads, day):
    page = reads(f"/{story.SLUG}/at/{day}/", status=404)
    shown = day if len(day) <= 60 else day[:59] + "…"
    assert f"“{shown}” is not a date. Write the day in the web address as year, month and day, like 2026-" in page.main


def test_a_roadmap_that_hides_its_date_history_shows_no_earlier_day(told, reads):
    Roadmap.objects.update(hides_date_history=True)
    make.edition(Roadmap.objects.get(), at=make.at("2026-03-24", "12:00"))
    for path in PATHS:
        page = reads(URL + path, status=404)
        assert "VAT (MTD) roadmap does not show what it was on earlier days." in page.main
        assert story.ADDED not in page.text
        assert "/at/" not in page.html


def test_no_roadmap_at_all_is_not_found(client, db):
    assert client.get("/nope/at/2026-02-03/").status_code == 404


# Cost


@every_page
def test_a_page_of_a_day_costs_three_queries_and_one_once_it_is_in_memory(told, client, empty_shelf, path):
    empty_shelf()
    for most in (3, 1):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL + path).status_code == 200
        assert len(queries) <= most


@each_page
def test_who_has_a_page_of_a_day_is_told_so(told, client, path):
    etag = client.get(URL + path)["ETag"]
    assert client.get(URL + path, headers={"If-None-Match": etag}).status_code == 304
