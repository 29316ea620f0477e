"""The list of APIs, and the page of one: past and coming, and how to follow it."""

from urllib.parse import urlencode

import pytest

from roadmap.models import Api, Item
from roadmap.previews.links import staff_preview_url
from tests import make
from tests.web.read import read

pytestmark = pytest.mark.django_db

PAGE = "/vat-mtd/apis/vat-returns-api/"


@pytest.fixture
def roadmap():
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")
    returns = make.api(name="VAT (Returns) API", url="https://example.org/returns")
    other = make.api(name="Payments API")
    make.item(roadmap, title="Sent by agents", live="June 2026", apis=((returns, "1.0"),), is_breaking=True)
    make.item(
        roadmap, title="Tested already", test="March 2026", deployed=("test",), apis=((returns, "2.0"), (other, ""))
    )
    make.item(roadmap, title="Paid at once", live="May 2025", deployed=("live",), apis=((other, ""),))
    make.item(roadmap, title="Of no API")
    make.item(roadmap, title="Given up", live="July 2026", apis=((returns, ""),))
    make.edition(roadmap, at=make.at("2026-03-24"))
    Item.objects.get(title="Given up").delete()
    make.edition(roadmap, at=make.at("2026-04-01"))
    return roadmap


@pytest.fixture(autouse=True)
def _then(clock):
    clock(make.at("2026-04-02"))


def test_the_list_says_what_there_is_of_each(roadmap, reads):
    page = reads("/vat-mtd/apis/")
    assert [text for level, text in page.headings if level == 2][:2] == ["Payments API", "VAT (Returns) API"]
    assert "2 items: 1 in sandbox and 1 live." in page.main
    assert "2 items: 1 planned and 1 in sandbox. 1 of them may break software that uses it." in page.main
    assert "Next: Live: June 2026" in page.main
    assert page.link("VAT (Returns) API") == PAGE


def test_what_is_all_in_one_stage_is_said_so(roadmap, reads):
    Item.objects.get(title="Tested already").delete()
    make.edition(roadmap, at=make.at("2026-04-01", "12:00"))
    page = reads("/vat-mtd/apis/")
    assert "Payments API 1 item, live." in page.main
    assert "VAT (Returns) API 1 item, planned. 1 of them" not in page.main
    assert "VAT (Returns) API 1 item, planned. It may break software that uses it." in page.main


def test_its_page_has_all_that_concerns_it_by_stage(roadmap, reads):
    page = reads(PAGE)
    assert page.headings[0] == (1, "VAT (Returns) API")
    assert [text for level, text in page.headings if level == 2][:4] == [
        "Planned (1)",
        "In sandbox (1)",
        "Withdrawn (1)",
        "What has changed",
    ]
    assert page.link("Sent by agents") == "/vat-mtd/items/VAT-1/"
    assert page.links("Paid at once") == page.links("Of no API") == []
    assert page.link("https://example.org/returns") == "https://example.org/returns"
    assert "Versions 1.0, 2.0" in page.main


def test_its_lines_do_not_say_its_name_again(roadmap, reads):
    lines = [one.text for one in reads(PAGE).all("li", class_="app-item")]
    assert "Sent by agents Version 1.0 Live: June 2026" in lines
    assert "Tested already Version 2.0, also concerns Payments API" in lines
    assert "Tested already VAT (Returns) API 2.0 and Payments API" in [
        one.text for one in reads("/vat-mtd/items/").all("li", class_="app-item")
    ]


def test_its_version_is_said_without_the_letter_that_stands_for_it(roadmap, reads):
    make.item(roadmap, title="Third", apis=((make.api(name="Third API"), "v3.0"),))
    make.edition(roadmap, at=make.at("2026-04-01", "12:00"))
    page = reads("/vat-mtd/apis/third-api/")
    assert "Version 3.0" in page.main
    assert [one.text for one in page.all("li", class_="app-item")] == ["Third Version 3.0"]


def test_what_concerned_it_once_is_told_too(roadmap, reads):
    page = reads(PAGE)
    assert page.link("Given up") == "/vat-mtd/items/VAT-5/"
    assert "Given up: withdrawn" in page.main


def test_it_can_be_followed_and_asked_about(roadmap, reads):
    page = reads(PAGE)
    assert page.link("Follow this API") == "/vat-mtd/follow/?api=vat-returns-api"
    feeds = {one.attributes["href"] for one in page.all("link", rel="alternate")}
    assert {f"/vat-mtd/{name}?api=vat-returns-api" for name in ("changes.atom", "items.ics", "items.csv")} <= feeds
    (ask,) = {url for one in page.all("a") if "VAT%20%28Returns" in (url := one.attributes["href"])}
    assert ask.startswith("mailto:")


def test_of_many_editions_the_newest_are_told_and_all_are_a_link_away(roadmap, reads):
    for day in range(2, 8):
        Item.objects.filter(title__startswith="Sent").update(title=f"Sent by agents {day}")
        make.edition(roadmap, at=make.at(f"2026-04-0{day}"))
    page = reads(PAGE)
    assert len(page.all("section", class_="app-edition")) == 5
    assert page.link("All changes to this API") == "/vat-mtd/changes/?since=0&api=vat-returns-api"


def test_of_very_many_items_the_first_of_each_stage_are_there_and_all_are_a_link_away(roadmap, reads):
    returns = Api.objects.get(name="VAT (Returns) API")
    for number in range(60):
        make.item(roadmap, title=f"One of many {number}", live=f"July {2027 + number}", apis=((returns, ""),))
    make.edition(roadmap, at=make.at("2026-04-01", "12:00"))
    page = reads(PAGE)
    assert len(page.one("section", id="backlog").text.split("One of many")) == 50  # with the one that is before them
    all_planned = page.link("All 61 planned")
    assert all_planned == "/vat-mtd/items/?stage=backlog&api=vat-returns-api"
    assert reads(all_planned).headings[0] == (1, "61 of 64 items")
    assert not page.links("All 1 in sandbox")


def test_an_api_without_items_now_keeps_its_page(roadmap, reads):
    Item.objects.filter(title__in=("Sent by agents", "Tested already")).delete()
    make.edition(roadmap, at=make.at("2026-04-01", "12:00"))
    page = reads(PAGE)
    assert "Nothing on this roadmap concerns it at the moment." in page.main
    assert "VAT (Returns) API" not in reads("/vat-mtd/apis/").main


def test_other_ways_of_writing_its_name_lead_to_it(roadmap, client):
    answer = client.get("/vat-mtd/apis/VAT (Returns) API/")
    assert (answer.status_code, answer["Location"]) == (301, PAGE)


def test_one_that_has_another_name_now_is_there_with_all_that_was_told_of_it_before(roadmap, reads, client):
    for day, name in ((1, "VAT returns"), (2, "VAT (MTD) returns")):
        Api.objects.filter(url="https://example.org/returns").update(name=name)
        make.edition(roadmap, at=make.at(f"2026-04-0{day}", "08:00" if day == 2 else "20:00"))
    for old in (PAGE, "/vat-mtd/apis/vat-returns/"):
        last = client.get(old, follow=True).redirect_chain[-1]
        assert last == ("/vat-mtd/apis/vat-mtd-returns/", 301)
    page = reads("/vat-mtd/apis/vat-mtd-returns/")
    assert page.headings[0] == (1, "VAT (MTD) returns")
    assert "Given up: withdrawn" in page.main
    assert page.link("Given up") == "/vat-mtd/items/VAT-5/"
    # Of a day on which it was called so, it is there by that.
    assert reads(f"/vat-mtd/at/2026-03-24{PAGE.removeprefix('/vat-mtd')}").headings[0] == (1, "VAT (Returns) API")


def test_one_that_became_two_keeps_its_page(roadmap, reads):
    first, second = make.api(name="Returns one"), make.api(name="Returns two")
    for title, api in (("Sent by agents", first), ("Tested already", second)):
        item = Item.objects.get(title=title)
        item.apis.clear()
        item.apis.add(api)
    make.edition(roadmap, at=make.at("2026-04-01", "20:00"))
    assert reads(PAGE).headings[0] == (1, "VAT (Returns) API")


def test_one_that_never_was_is_not_found(roadmap, reads):
    assert "has no API at this address" in reads("/vat-mtd/apis/income-tax/", 404).main


def test_on_a_day_before_it_came_it_is_said_that_it_is_there_today(roadmap, reads):
    make.item(roadmap, title="New", apis=((make.api(name="Newest API"), ""),))
    make.edition(roadmap, at=make.at("2026-04-01", "12:00"))
    page = reads("/vat-mtd/at/2026-03-24/apis/newest-api/", 404)
    assert page.link("see this page as it is today") == "/vat-mtd/apis/newest-api/"


def test_where_no_item_says_its_api_there_is_no_such_part(reads):
    bare = make.roadmap(title="Bare", slug="bare", reference_prefix="B")
    make.item(bare, title="One")
    make.edition(bare, at=make.at("2026-04-01"))
    assert reads("/bare/").links("APIs") == []
    assert "No item on this roadmap says which API it concerns." in reads("/bare/apis/").main


def test_it_is_there_on_an_earlier_day_and_in_a_draft(roadmap, reads, admin_client):
    page = reads("/vat-mtd/at/2026-03-24/apis/vat-returns-api/")
    assert "Given up" in page.main
    assert page.links("Follow this API") == []
    draft = read(admin_client, f"{staff_preview_url(roadmap.pk)}apis/vat-returns-api/")
    assert "Sent by agents" in draft.main


@pytest.mark.parametrize("name", ["/", "...", "..", ".", "!/?", "🚀", "a/b", "index.md", "%2F"])
def test_whatever_its_name_is_made_of_it_has_a_page(reads, client, name):
    odd = make.roadmap(slug="odd", reference_prefix="ODD")
    make.item(odd, title="Concerned", apis=((make.api(name=name), ""),))
    make.edition(odd, at=make.at("2026-04-01"))
    (url,) = {url for url in reads("/odd/apis/").links(name) if url.startswith("/odd/apis/")}
    assert url.removeprefix("/odd/apis/").strip("/.")  # which no browser shortens
    assert url.count("/") == 4
    assert reads(url).headings[0] == (1, name)
    assert url in {one.attributes["href"] for one in reads("/odd/items/ODD-1/").all("a")}
    assert f"http://testserver{url}</loc>" in client.get("/sitemap.xml").content.decode()
    assert "Concerned" in reads(f"/odd/items/?{urlencode({'api': name})}").main
