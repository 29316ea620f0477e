"""What both feeds say: roadmap/web/feeds/entries.py. Atom is read by feedparser, JSON Feed as it is."""

import datetime
import uuid
from xml.etree import ElementTree

import pytest

from roadmap.models import Item, Roadmap
from roadmap.publishing import Choices
from tests import make
from tests.web.feeds import received
from tests.web.read import Page

pytestmark = pytest.mark.django_db
FEEDS = ["changes.atom", "changes.json"]


def first_entry(client, url="/one/changes.json"):
    return received.json_feed(client, url)["items"][0]


def test_an_entry_tells_all_with_links_reasons_and_the_note(client):
    roadmap = received.one_item(test="March 2026", description="What it is for.")
    Item.objects.get().milestones.update(when="April 2026")
    summer = make.release(roadmap, title="Summer", when="June 2026")
    make.item(roadmap, title="Another", description="Sends *one* return.", release=summer, test="May 2026")
    make.changelog_entry(roadmap, title="New guide", body="Read [who we are](pages/who/) or [ask](mailto:a@b.example).")
    edition = make.edition(
        roadmap, at=make.at("2026-02-03"), note="Spring is late", choices=Choices(reason_for_all="Testing.")
    )
    entry = first_entry(client)
    page = Page(entry["content_html"])
    text = " ".join("".join(one.text for one in page.elements if one.tag in ("p", "ul")).split())
    assert "Spring is late" in text
    assert page.link("Thing") == "http://testserver/one/items/ONE-1/"
    assert "Sandbox moved from March 2026 to April 2026. Reason: Testing." in text
    for said in (
        "Another",
        "(ONE-2)",
        "Added",
        "Added to the changelog",
        "Sandbox: May 2026",
        "Live: June 2026",
        "Sends one return.",
    ):
        assert said in text
    assert page.link("who we are") == "http://testserver/one/changelog/pages/who/"
    assert page.link("ask") == "mailto:a@b.example"
    assert page.link(f"Edition {edition.number}") == entry["url"] == "http://testserver/one/editions/2/"
    assert "published 3 February 2026 by Support Team" in text
    assert entry["title"] == "Moved later: Thing, and 2 more"  # not its entry too
    assert entry["summary"].startswith("Spring is late. Thing: sandbox moved from March 2026 to April 2026. Reason: T")
    assert entry["tags"] == ["added", "moved"]


def test_the_first_link_of_a_feed_and_of_an_entry_is_a_page_for_people(client):
    """Some readers look at no other, or at no rel that is left out: findings/atom-link-without-a-rel.sh."""
    received.one_item()
    root = ElementTree.fromstring(received.body(client, "/one/changes.atom"))
    found = [parent.find(f"{received.ATOM}link").attrib for parent in (root, root.find(f"{received.ATOM}entry"))]
    assert found == [
        {"href": "http://testserver/one/changes/", "rel": "alternate"},
        {"href": "http://testserver/one/editions/1/", "rel": "alternate"},
    ]


def test_a_feed_that_goes_on_with_the_days_stays_the_same_feed_with_the_same_entries(client, clock):
    roadmap = received.one_item(live="June 2026")  # published on 5 January 2026
    Item.objects.update(title="Reworded")
    make.edition(roadmap, at=make.at("2026-02-03"))
    found = {}
    for day in ("2026-02-03", "2026-03-03", "2026-07-03"):
        clock(make.at(day, "12:00"))
        feed = received.json_feed(client, "/one/changes.json?changed_since=last+month&from=today")
        assert feed["feed_url"] == "http://testserver/one/changes.json?from=today&changed_since=last+month"
        found[day] = [(entry["id"], entry["content_html"]) for entry in feed["items"]]
    first = found["2026-02-03"]
    assert len(first) == 2
    assert found == {"2026-02-03": first, "2026-03-03": first[:1], "2026-07-03": []}


def test_both_feeds_give_whole_seconds(client):
    roadmap = received.one_item(live="June 2026")
    make.item(roadmap)
    make.edition(roadmap, at=make.at("2026-01-06", "09:30:12.345678"))
    for entry in received.json_feed(client, "/one/changes.json")["items"]:
        assert entry["date_published"] == entry["date_modified"]
        assert len(entry["date_published"]) == len("2026-01-06T09:30:12+00:00")
    text = received.body(client, "/one/changes.atom").decode()
    assert "<updated>2026-01-06T09:30:12+00:00</updated>" in text
    assert ".345678" not in text


def test_what_leads_nowhere_from_a_feed_reader_is_made_whole(client):
    roadmap = received.one_item()
    make.changelog_entry(roadmap, title="New", body="![Chart](/media/a.png) [there](#top) [out](https://example.org/)")
    make.edition(roadmap, at=make.at("2026-02-03"))
    page = Page(first_entry(client)["content_html"])
    assert page.one("img").attributes["src"] == "http://testserver/media/a.png"
    assert page.link("there").startswith("http://testserver/one/changelog/#")
    assert page.link("out") == "https://example.org/"


def test_a_release_that_moves_says_which_items_it_is_about(client):
    roadmap = make.roadmap(slug="one", reference_prefix="ONE")
    summer = make.release(roadmap, title="Summer", when="June 2026")
    make.item(roadmap, title="For agents", release=summer, audiences="Agents")
    make.item(roadmap, title="For all", release=summer)
    make.edition(roadmap, at=make.at("2026-01-05"))
    summer.when = "July 2026"
    summer.save()
    make.edition(roadmap, at=make.at("2026-01-06"))
    entry = first_entry(client)
    assert entry["title"] == "Moved later: Summer"
    assert "In it: For agents (ONE-1) and For all (ONE-2)" in entry["content_html"]
    assert "In it: For agents (ONE-1)<" in first_entry(client, "/one/changes.json?audience=agents")["content_html"]


def test_a_release_that_is_called_by_another_date_is_called_by_both(client):
    roadmap = received.one_item()
    release = make.release(roadmap, title="July 2023")
    make.edition(roadmap, at=make.at("2026-01-05"))
    release.title = "March 2027"
    release.save()
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert first_entry(client)["title"] == "Moved later: July 2023, now March 2027"


def test_the_news_comes_first(client):
    roadmap = received.one_item(test="March 2026")
    moved = make.item(roadmap, title="Moves", test="March 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    Item.objects.filter(title="Thing").update(description="Reworded.")
    moved.milestones.update(is_deployed=True)
    make.edition(roadmap, at=make.at("2026-01-07"))
    assert first_entry(client)["title"] == "Now in sandbox: Moves, and 1 more"


def test_what_is_minor_or_only_in_another_order_is_no_news(client):
    roadmap = received.one_item()
    thing = Item.objects.get()
    make.item(roadmap, title="Other")
    make.edition(roadmap, at=make.at("2026-01-06"))
    Item.objects.filter(pk=thing.pk).update(position=5)
    make.edition(roadmap, at=make.at("2026-01-07"))
    Item.objects.filter(pk=thing.pk).update(description="A comma.")
    make.edition(roadmap, at=make.at("2026-01-08"), choices=Choices(minor=frozenset({str(thing.uid)})))
    feed = received.json_feed(client, "/one/changes.json")
    assert [one["url"][-2] for one in feed["items"]] == ["2", "1"]
    assert received.atom(client, "/one/changes.atom").feed.updated.startswith("2026-01-06")


def test_a_feed_says_what_it_is_of(client):
    roadmap = received.one_item(kind="api", audiences="Agents", test="March 2026", apis=((make.api(name="VAT"), ""),))
    query = "?api=vat&audience=agents&stage=backlog&stage=test&breaking=unknown&q=thing&release=none&changed_since=0"
    for url in (f"/one/changes.atom{query}", f"/one/changes.atom?{'&'.join(query[1:].split('&')[::-1])}"):
        feed = received.atom(client, url).feed
        assert feed.title == (
            "One: Planned or In sandbox; Agents; VAT; no release; not known whether breaking; “thing”; "
            "changed after edition 0"
        )
        links = {one.rel: one.href for one in feed.links}
        # However it was asked for, it has one address.
        assert links["self"].startswith("http://testserver/one/changes.atom?stage=backlog&stage=test&audience=agents")
        assert links["alternate"] == links["self"].replace("changes.atom", "changes/")
        assert feed.author == "Support Team"
        assert feed.language == "en-GB"
    Item.objects.all().delete()
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert received.atom(client, "/one/changes.atom?audience=agents").feed.title == "One: Agents"


def test_another_selection_has_ids_of_its_own_on_every_host(client, settings):
    received.one_item(kind="api")
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    of_all, of_apis = (received.atom(client, f"/one/changes.atom{query}") for query in ("", "?kind=api"))
    of_none = received.atom(client, "/one/changes.atom?breaking=unknown")
    assert len({one.feed.id for one in (of_all, of_apis, of_none)}) == 3
    assert len({one.entries[0].id for one in (of_all, of_apis, of_none)}) == 3
    for feed in (of_all, of_apis):
        for found in (feed.feed.id, feed.entries[0].id):
            assert uuid.UUID(found.removeprefix("urn:uuid:")).urn == found
    there = received.feedparser.parse(client.get("/one/changes.atom", headers={"host": "other.example"}).content)
    assert (there.feed.id, there.entries[0].id) == (of_all.feed.id, of_all.entries[0].id)
    assert there.entries[0].link == "http://other.example/one/editions/1/"


def test_a_selection_of_which_nothing_was_told_yet_is_an_empty_feed(client):
    received.one_item(kind="api")
    feed = received.atom(client, "/one/changes.atom?kind=guide")
    assert feed.entries == []
    assert feed.feed.updated.startswith("2026-01-05")  # since when there is nothing: not today
    assert received.json_feed(client, "/one/changes.json?kind=guide")["items"] == []


def test_the_publisher_is_the_team_as_it_was_then_and_never_a_person(client):
    roadmap = received.one_item()
    person = make.user(username="jo.bloggs", first_name="Jo", last_name="Bloggs", email="jo.bloggs@example.org")
    roadmap.contact_name = "Another Team"
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-01-06"), by=person)
    roadmap.contact_name = ""
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-01-07"), by=person)
    authors = [one.author for one in received.atom(client, "/one/changes.atom").entries]
    assert authors == ["One", "Another Team", "Support Team"]
    of_json = [one["authors"] for one in received.json_feed(client, "/one/changes.json")["items"]]
    assert of_json == [[{"name": name}] for name in authors]
    for outlet in received.OUTLETS:
        assert b"loggs" not in received.body(client, f"/one/{outlet}")


def test_an_entry_uses_the_names_of_its_time(client):
    roadmap = received.one_item(test="March 2026")
    Item.objects.get().milestones.update(when="April 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    roadmap.test_label = "Trial area"
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-01-07"))
    assert received.atom(client, "/one/changes.atom").entries[1].summary.startswith("Thing: sandbox moved")


def publish_often():
    roadmap = received.one_item("2025-01-01")
    for number in range(2, 102):
        Roadmap.objects.filter(pk=roadmap.pk).update(description=f"The {number}.")
        roadmap.refresh_from_db()
        make.edition(roadmap, at=make.at("2025-01-01") + datetime.timedelta(days=number))
    return roadmap


@pytest.fixture(scope="module")
def kept_editions(keep):
    return keep(publish_often)


@pytest.fixture
def many_editions(kept_editions):
    """A hundred and one, each of which says something."""
    return kept_editions()


def test_older_entries_are_on_further_pages(client, many_editions):
    url, found, pages = "http://testserver/one/changes.json", [], []
    while url:
        feed = received.json_feed(client, url)
        assert feed["feed_url"] == url
        of_atom = received.atom(client, url.replace("changes.json", "changes.atom"))
        assert [one.id for one in of_atom.entries] == [one["id"] for one in feed["items"]]
        links = {one.rel: one.href for one in of_atom.feed.links}
        assert links.get("next") == (feed["next_url"].replace("json", "atom") if "next_url" in feed else None)
        assert links["first"] == "http://testserver/one/changes.atom"
        assert links.get("previous") == (pages[-1].replace("json", "atom") if pages else None)
        found += [one["url"] for one in feed["items"]]
        pages.append(url)
        url = feed.get("next_url")
    assert [page.partition("?")[2] for page in pages] == ["", "page=2", "page=3"]
    assert found == [f"http://testserver/one/editions/{number}/" for number in range(101, 0, -1)]


@pytest.mark.parametrize("outlet", FEEDS)
def test_a_page_that_is_not_there_and_a_page_that_is_no_number(client, many_editions, outlet):
    for page in ("4", str(10**9), "9" * 18):
        assert client.get(f"/one/{outlet}?page={page}").status_code == 404
    for page in ("x", "0", "-1", "1.5", "²", "1e3", str(10**30)):
        answer = client.get(f"/one/{outlet}", {"page": page})
        assert answer.status_code == 400
        assert "not the number of a page" in answer.content.decode()
    assert client.get(f"/one/{outlet}?page=001").status_code == 200


def test_a_large_first_edition_is_counted_not_listed_to_the_end(client):
    roadmap = make.roadmap(slug="one")
    for _ in range(205):
        make.item(roadmap, title="Thing")
    make.edition(roadmap, at=make.at("2026-01-05"))
    entry = first_entry(client)
    assert entry["title"] == "First published: 205 items"
    assert entry["content_html"].count(">Thing</a>") == 200
    assert "<p>And 5 more.</p>" in entry["content_html"]
