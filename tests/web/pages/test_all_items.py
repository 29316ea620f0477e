"""What is asked of all roadmaps together: "my APIs, wherever they stand"."""

import csv
import io
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.utils import OperationalError

from roadmap.models import Item, Roadmap
from roadmap.web.urls import OF_ALL
from tests import make
from tests.web.feeds import received

pytestmark = pytest.mark.django_db
THERE = "vat-mtd (VAT roadmap), itsa (Income Tax roadmap)"


@pytest.fixture
def two():
    """Both have an item of one API; the second has one of its own besides, and calls its sandbox otherwise."""
    vat, shared, own = make.api(name="VAT (MTD)"), make.api(name="Obligations"), make.api(name="Self Assessment")
    first = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", position=1)
    make.item(first, title="Submit a return", apis=((vat, "1.0"), (shared, "1.0")), test="March 2026", is_breaking=True)
    make.edition(first, at=make.at("2026-01-05"), note="First of VAT")
    second = make.roadmap(
        title="Income Tax roadmap", slug="itsa", reference_prefix="ITSA", position=2, test_label="External test"
    )
    column = make.field(second, name="Tax years")
    make.item(second, title="Retrieve a loss", apis=((own, "2.0"),), live="Q3 2026", values={column: "26-27"})
    make.item(second, title="See what is due", apis=((shared, "1.0"),), test="May 2026")
    make.edition(second, at=make.at("2026-01-06"))
    make.item(first, title="Pay", live="June 2026")
    make.edition(first, at=make.at("2026-01-07"))
    return first, second


def titles(page):
    return {item.text.split(" Planned")[0] for item in page.all("a", class_="govuk-link")} & {
        *Item.objects.values_list("title", flat=True)
    }


def test_items_of_all_are_listed_each_with_its_roadmap_and_its_own_page(reads, two):
    page = reads("/items/")
    assert page.headings[0] == (1, "4 items")
    assert "VAT roadmap · VAT (MTD) 1.0 and Obligations 1.0" in page.main, page.main
    assert "Income Tax roadmap · Self Assessment 2.0" in page.main
    assert page.link("Submit a return") == "/vat-mtd/items/VAT-1/"
    assert page.link("See what is due") == "/itsa/items/ITSA-2/"
    assert page.link("Roadmaps") == "/"


def test_every_address_of_all_answers(client, two):
    included = OF_ALL[-1].url_patterns
    for pattern in (*OF_ALL[:-1], *included):
        assert client.get(f"/{pattern.pattern}").status_code == 200, pattern


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?api=vat-mtd", {"Submit a return"}),  # which the other roadmap does not know
        ("?api=vat-mtd&api=self-assessment", {"Submit a return", "Retrieve a loss"}),
        ("?api=obligations", {"Submit a return", "See what is due"}),
        ("?api=obligations&roadmap=itsa", {"See what is due"}),
        ("?breaking=yes", {"Submit a return"}),
        ("?q=due", {"See what is due"}),
        ("?item=VAT-2", {"Pay"}),
        ("?changed_since=2026-01-07", {"Pay"}),
        ("?roadmap=vat-mtd", {"Submit a return", "Pay"}),
        ("?roadmap=vat-mtd&roadmap=itsa", {"Submit a return", "Pay", "Retrieve a loss", "See what is due"}),
    ],
)
def test_filters_ask_of_all(reads, two, query, found):
    assert titles(reads(f"/items/{query}")) == found


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?api=nothing", "There is no API called “nothing”. Choose from VAT (MTD), Obligations, Self Assessment."),
        ("?roadmap=paye", f"There is no roadmap called “paye”. Choose from {THERE}."),
        ("?roadmap=itsa&roadmap=paye&stage=sometime", f"There is no roadmap called “paye”. Choose from {THERE}."),
        ("?changed_since=1", "Give a date: each roadmap counts its own editions."),
    ],
)
def test_what_no_roadmap_knows_is_an_error(reads, client, two, query, says):
    assert says in reads(f"/items/{query}", status=400).main
    for outlet in ("changes.atom", "items.ics", "items.csv"):
        answer = client.get(f"/{outlet}{query}")
        assert answer.status_code == 400
        assert says in answer.content.decode()


def test_an_unknown_roadmap_is_put_right_in_the_form_with_all_else_that_is_wrong(reads, two):
    page = reads("/items/?roadmap=paye&roadmap=itsa&q=due&stage=sometime", status=400)
    problems = page.html.split("govuk-error-summary__list")[1].split("</ul>")[0]
    assert [place in problems for place in ('href="#roadmap"', 'href="#stage"')] == [True, True]
    assert page.one("p", id="roadmap-error").text.startswith("Error: There is no roadmap called “paye”.")
    assert ticked(page) == ["itsa"]
    assert page.one("input", id="q").attributes["value"] == "due"
    assert "There is no roadmap called “paye”" in reads("/follow/?roadmap=paye", status=400).main
    assert "There is no roadmap called “paye”" in reads("/search/?q=due&roadmap=paye", status=400).main


def test_what_is_chosen_stays_chosen(reads, two):
    page = reads("/items/?roadmap=itsa&api=obligations&view=table")
    assert ticked(page) == ["itsa", "obligations"]
    assert [one.attributes["name"] for one in page.all("input", type="hidden")] == ["view"]
    assert page.link("Remove filter Roadmap: Income Tax roadmap") == "/items/?view=table&api=obligations"
    assert page.link("Remove filter API: Obligations") == "/items/?roadmap=itsa&view=table"
    assert set(page.links("Clear filters")) == {"/items/?view=table"}
    assert page.link("List") == "/items/?roadmap=itsa&api=obligations"
    assert page.link("Follow this selection") == "/follow/?roadmap=itsa&api=obligations"


def ticked(page):
    return [one.attributes["value"] for one in page.all("input", type="checkbox") if "checked" in one.attributes]


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("", ["VAT roadmap (2)", "Income Tax roadmap (2)"]),
        ("?roadmap=itsa", ["VAT roadmap (2)", "Income Tax roadmap (2)"]),
        ("?api=obligations", ["VAT roadmap (1)", "Income Tax roadmap (1)"]),
        ("?api=vat-mtd&roadmap=itsa", ["VAT roadmap (1)", "Income Tax roadmap (0)"]),
    ],
)
def test_a_roadmap_is_chosen_in_the_form_which_says_how_many_items_each_would_show(reads, two, query, counts):
    page = reads(f"/items/{query}")
    found = [page.one("label", **{"for": one.attributes["id"]}).text for one in page.all("input", name="roadmap")]
    assert found == counts


def test_where_there_is_one_roadmap_there_is_none_to_choose(reads):
    make.item(make.roadmap(), title="Pay")
    make.edition(Roadmap.objects.get())
    page = reads("/items/")
    assert page.all("input", name="roadmap") == []
    assert page.headings[0] == (1, "1 item")


def test_what_only_another_roadmap_knows_finds_nothing_in_every_format(reads, client, two):
    """The form offers both, each with its own words, so that together they are no mistake."""
    near = make.release(two[0], title="Near term", when="May 2026")
    Item.objects.filter(title="Pay").update(release=near)
    make.edition(two[0], at=make.at("2026-01-08"))
    for query in ("?roadmap=itsa&api=vat-mtd", "?roadmap=itsa&release=near-term", "?roadmap=itsa&item=VAT-1"):
        assert reads(f"/items/{query}").headings[0] == (1, "0 of 2 items")
        assert client.get(f"/items.csv{query}").content.count(b"\n") == 1
        assert b"BEGIN:VEVENT" not in client.get(f"/items.ics{query}").content
        assert b"<entry>" not in client.get(f"/changes.atom{query}").content
    assert reads("/items/?roadmap=itsa&api=vat-mtd").link("Remove filter API: VAT (MTD)") == "/items/?roadmap=itsa"


def test_two_roadmaps_of_one_title_are_told_apart(reads, client, two):
    third = make.roadmap(title="VAT roadmap", slug="vat-old", reference_prefix="OLD", position=3, contact_name="")
    make.item(third, title="Of the old one", live="May 2026")
    make.edition(third, at=make.at("2026-01-08"))
    assert reads("/items/?roadmap=vat-old").link("Remove filter Roadmap: VAT roadmap (/vat-old/)") == "/items/"
    for view in ("list", "table", "timeline"):
        main = reads(f"/items/?view={view}").main
        assert "VAT roadmap (/vat-old/)" in main
        assert "VAT roadmap (/vat-mtd/)" in main
        assert "Income Tax roadmap (/" not in main
    names = ["VAT roadmap (/vat-mtd/)", "Income Tax roadmap", "VAT roadmap (/vat-old/)"]
    rows = [*csv.DictReader(io.StringIO(client.get("/items.csv").content.decode("utf-8-sig")))]
    assert [*dict.fromkeys(row["Roadmap"] for row in rows)] == names
    newest = received.atom(client, "/changes.atom?q=old").entries[0]
    assert (newest.source.title, newest.author) == ("VAT roadmap (/vat-old/): “old”", "VAT roadmap (/vat-old/)")
    assert received.atom(client, "/changes.atom?roadmap=vat-old").feed.title == "VAT roadmap (/vat-old/)"
    assert "X-WR-CALNAME:VAT roadmap (/vat-old/)" in client.get("/items.ics?roadmap=vat-old").content.decode()
    follow = reads("/follow/").main
    assert [f"What is on {name}: " in follow for name in names] == [True] * 3
    assert reads("/api/v1/").link("VAT roadmap (/vat-old/)") == "/api/v1/roadmaps/vat-old"
    assert "Only on VAT roadmap (/vat-old/) (1)" in reads("/search/?q=roadmap").main


@pytest.mark.parametrize("view", ["list", "table", "timeline"])
def test_what_is_withdrawn_is_listed_last_as_on_each_roadmap(reads, two, view):
    first, second = two
    for roadmap, title, day in ((first, "Pay", "2026-01-08"), (second, "Retrieve a loss", "2026-01-09")):
        Item.objects.get(title=title).delete()
        make.edition(roadmap, at=make.at(day))
    page = reads(f"/items/?view={view}")
    assert page.headings[0] == (1, "2 items")
    section = page.main[page.main.index("Items that are no longer on") :]
    assert section.index("Retrieve a loss Withdrawn") < section.index("Pay Withdrawn")
    assert page.link("Pay") == "/vat-mtd/items/VAT-2/"
    assert "Retrieve a loss" not in reads(f"/items/?view={view}&roadmap=vat-mtd").main
    assert "Items that are no longer on" not in reads(f"/items/?view={view}&api=obligations").main


# Following


def test_every_list_across_roadmaps_leads_once_to_the_page_that_says_how_to_follow(reads, two):
    for url in ("/", "/items/", "/search/", "/search/?q=submit"):
        assert reads(url).links("Follow all roadmaps") == ["/follow/"], url


def test_all_roadmaps_can_be_followed_whole(reads, two):
    page = reads("/follow/")
    assert page.headings[0] == (1, "Follow all roadmaps")
    for outlet in ("items.ics", "changes.atom", "changes.json", "items.csv", "items.ics?as=start"):
        assert f"http://testserver/{outlet}" in page.main
    for slug, title in (("vat-mtd", "VAT roadmap"), ("itsa", "Income Tax roadmap")):
        assert f"What is on {title}: http://testserver/api/v1/roadmaps/{slug}/items" in page.main


def test_what_is_chosen_of_all_roadmaps_is_followed_alone(reads, client, two):
    of_one = reads("/follow/?roadmap=vat-mtd")
    assert (3, "VAT roadmap: all dates") in of_one.headings
    assert "X-WR-CALNAME:VAT roadmap" in client.get("/items.ics?roadmap=vat-mtd").content.decode()
    page = reads("/follow/?roadmap=vat-mtd&roadmap=itsa&api=vat-mtd")
    assert "VAT roadmap or Income Tax roadmap; VAT (MTD)" in page.main
    query = "roadmap=vat-mtd&roadmap=itsa&api=vat-mtd"
    assert page.link("Atom feed") == f"http://testserver/changes.atom?{query}"
    assert page.link("Choose something else") == f"/items/?{query}"
    assert page.link("follow all roadmaps") == "/follow/"
    assert client.get(page.link("CSV")).content.decode().count("Submit a return") == 1
    # The other does not know that API, and its own says so.
    assert "http://testserver/api/v1/roadmaps/vat-mtd/items?api=vat-mtd" in page.main
    assert "/api/v1/roadmaps/itsa/" not in page.main
    assert "There is no API called “nothing”" in reads("/follow/?api=nothing", 400).main


def test_no_roadmap_may_be_at_the_address_of_that_page():
    with pytest.raises(ValidationError, match="The site itself uses the address “follow”"):
        Roadmap(title="x", slug="follow", reference_prefix="X", contact_email="x@example.org").full_clean()


# Outlets


def test_the_feed_of_all_has_the_entries_of_each(client, two):
    of_all = received.atom(client, "/changes.atom")
    vat, itsa = (received.atom(client, f"/{slug}/changes.atom") for slug in ("vat-mtd", "itsa"))
    keys = ("id", "title", "link", "summary", "content", "updated")
    assert [[entry[key] for key in keys] for entry in of_all.entries] == [
        [entry[key] for key in keys] for entry in (vat.entries[0], itsa.entries[0], vat.entries[1])
    ]
    assert [entry.source.title for entry in of_all.entries] == ["VAT roadmap", "Income Tax roadmap", "VAT roadmap"]
    assert [entry.source.id for entry in of_all.entries] == [vat.feed.id, itsa.feed.id, vat.feed.id]


def test_an_entry_of_all_says_what_is_its_own_before_where_it_comes_from(client, two):
    for entry in received.entries(client, "/changes.atom").values():
        names = [child.tag.removeprefix(received.ATOM) for child in ElementTree.fromstring(entry)]
        assert names[-1] == "source"
        assert {"title", "id", "link", "updated", "author"} <= set(names)


def test_the_table_of_all_has_every_column_of_each(client, two):
    rows = [*csv.DictReader(io.StringIO(client.get("/items.csv").content.decode("utf-8-sig")))]
    said = {row["Title"]: (row["Roadmap"], row["Tax years"], row["Address"]) for row in rows}
    assert said["Retrieve a loss"] == ("Income Tax roadmap", "26-27\t", "http://testserver/itsa/items/ITSA-1/")
    assert said["Pay"] == ("VAT roadmap", "", "http://testserver/vat-mtd/items/VAT-2/")
    assert len(rows) == 4


def test_the_calendar_of_all_has_the_events_of_each(client, two):
    def events(url):
        text = client.get(url).content.decode()
        return {part.split("END:VEVENT")[0] for part in text.split("BEGIN:VEVENT")[1:]}

    assert events("/items.ics") == events("/vat-mtd/items.ics") | events("/itsa/items.ics")
    assert len(events("/items.ics")) == 4
    assert len(events("/items.ics?api=vat-mtd")) == 1


def test_withdrawn_items_are_cancelled_in_the_calendar_of_all(client, two):
    Item.objects.get(title="Pay").delete()
    make.edition(two[0])
    assert "STATUS:CANCELLED" in client.get("/items.ics").content.decode()


# As long as it is right


@pytest.mark.parametrize("url", ["/items/", "/changes.atom", "/items.ics", "/items.csv"])
def test_an_answer_is_right_until_any_roadmap_is_published(client, two, url):
    etag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    make.item(two[1], title="Another", live="May 2027")
    make.edition(two[1])
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("url", ["/items/", "/items/?api=vat-mtd", "/changes.atom", "/items.ics", "/items.csv"])
def test_they_are_answered_while_the_database_is_away(client, two, url):
    before = client.get(url).content
    with connection.execute_wrapper(unreachable):
        assert client.get(url).content == before


def test_they_are_found_from_the_list_of_roadmaps(reads, two):
    page = reads("/")
    found = {link.attributes["type"]: link.attributes["href"] for link in page.all("link", rel="alternate")}
    assert found["application/atom+xml"] == "/changes.atom"
    assert found["text/calendar"] == "/items.ics"
    assert page.link("Items of all roadmaps") == "/items/"


@pytest.mark.parametrize("url", ["/items/", "/items/?api=nothing", "/search/?q=x"])
def test_without_any_roadmap_a_page_stands(client, url):
    assert client.get(url).status_code in (200, 400)


@pytest.mark.parametrize("url", ["/changes.atom", "/items.ics", "/items.csv"])
def test_without_any_roadmap_an_outlet_is_empty(client, url):
    assert client.get(url).status_code == 200


def test_a_roadmap_that_keeps_its_dates_to_itself_does_so_here(client):
    roadmap = make.roadmap(slug="vat-mtd", hides_date_history=True)
    item = make.item(roadmap, title="Moves", live="March 2019")
    make.edition(roadmap)
    item.milestones.update(when="June 2031")
    make.edition(roadmap)
    Roadmap.objects.create(title="x", slug="x", reference_prefix="X", contact_email="x@example.org")
    for url in ("/items/", "/changes.atom", "/items.ics", "/items.csv", "/search/?q=march+2019", "/search/?q=moves"):
        answer = client.get(url).content.decode()
        assert "2019" not in answer.replace("march 2019", ""), url


@pytest.mark.parametrize("view", ["list", "table", "timeline"])
def test_each_view_names_the_roadmap_of_each_item(reads, two, view):
    page = reads(f"/items/?view={view}&roadmap=itsa")
    (row,) = [
        found
        for found in (*page.all("tr"), *page.all("li", class_="app-item"))
        if found.text.startswith("Retrieve a loss")
    ]
    assert "Income Tax roadmap" in row.text
    assert page.link("Retrieve a loss") == "/itsa/items/ITSA-1/"
    assert page.link("Table" if view == "list" else "List").endswith("roadmap=itsa" if view != "list" else "view=table")


def test_what_two_roadmaps_call_the_same_is_one_column(reads, two):
    first, _ = two
    column = make.field(first, name="Tax years", key="years-of-tax")
    make.item(first, title="Appeal", values={column: "25-26"})
    make.edition(first, at=make.at("2026-01-08"))
    page = reads(reads("/items/?view=table").link("Tax years"))
    assert [heading.text for heading in page.all("th", scope="col")].count("Tax years") == 1
    assert [row.text.split()[-1] for row in page.all("tr")][1:3] == ["25-26", "26-27"]


def test_how_dates_have_held_is_told_of_each_roadmap_alone(client, two, clock):
    """Each counts its own Editions, and one may keep its earlier dates to itself."""
    clock(make.at("2027-01-01"))
    assert client.get("/itsa/dates.csv").status_code == 200
    assert client.get("/dates.csv").status_code == 404


def test_one_that_keeps_back_its_earlier_dates_is_found_by_its_releases(reads, two):
    """The title of a release may be its date, so its history is handed out without."""
    second = two[1]
    near = make.release(second, title="Near term", when="May 2026")
    Item.objects.filter(title="Retrieve a loss").update(release=near)
    Roadmap.objects.filter(pk=second.pk).update(hides_date_history=True)
    second.refresh_from_db()
    make.edition(second, at=make.at("2026-01-08"))
    for query in ("?release=near-term", "?release=near-term&roadmap=itsa"):
        assert titles(reads(f"/items/{query}")) == {"Retrieve a loss"}


def test_that_it_does_not_tell_what_has_moved_is_said_where_it_alone_is_asked(reads, two):
    Roadmap.objects.filter(pk=two[1].pk).update(hides_date_history=True)
    two[1].refresh_from_db()
    make.edition(two[1], at=make.at("2026-01-08"))
    assert "does not tell what its dates were" in reads("/items/?moved=later&roadmap=itsa", 400).main
    assert reads("/items/?moved=later").headings[0] == (1, "0 of 4 items")
