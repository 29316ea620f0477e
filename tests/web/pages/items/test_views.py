"""The three views of one selection: the links between them, what none of them is, and the pages of many items."""

import pytest

from roadmap.content.choices import Noun
from roadmap.content.things import anchor_of
from roadmap.models import Item
from roadmap.web.pages.items import views
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/items/"
EVERY_VIEW = ["list", "table", "timeline"]
each_view = each_case("view", EVERY_VIEW)


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-24", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


@pytest.fixture
def published(vat):
    make.item(vat, title="Returns", deployed=("test",), live="June 2026", is_breaking=True)
    make.item(vat, title="Losses", deployed=("test",))
    make.item(vat, title="Pay", live="May 2025", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))
    return vat


def titles(page):
    """In the order of the page."""
    links = [one for one in page.all("a") if one.attributes["href"].startswith(f"{URL}VAT-")]
    return [one.text for one in links]


@each_view
def test_each_view_has_the_same_items_and_leads_to_the_others_with_what_was_chosen(published, reads, view):
    page = reads(f"{URL}?stage=test&view={view}&sort=-title")
    assert page.headings[0] == (1, "2 of 3 items")
    assert sorted(titles(page)) == ["Losses", "Returns"]
    assert page.link("List") == f"{URL}?sort=-title&stage=test"
    assert page.link("Table") == f"{URL}?view=table&sort=-title&stage=test"
    assert page.link("Timeline") == f"{URL}?view=timeline&sort=-title&stage=test"
    assert [one.text for one in page.all("a") if "aria-current" in one.attributes][-1] == view.capitalize()


def test_the_form_and_the_chosen_filters_keep_the_view_and_its_order(published, reads):
    page = reads(f"{URL}?view=table&sort=-live&stage=test")
    hidden = [(one.attributes["name"], one.attributes["value"]) for one in page.all("input", type="hidden")]
    assert hidden == [("view", "table"), ("sort", "-live")]
    assert page.link("Remove filter Stage: In sandbox") == f"{URL}?view=table&sort=-live"
    assert set(page.links("Clear filters")) == {f"{URL}?view=table&sort=-live"}


@each_case(
    "query, told",
    [
        ("view=board", "There is no view “board”. Choose one of: list, table, timeline. This is the list."),
        (
            "sort=colour",
            "Items cannot be sorted by “colour”. Choose one of: title, stage, api, test, controlled_go_live, ",
        ),
        ("view=table&sort=--live", "Items cannot be sorted by “--live”."),
        ("view=timeline&lanes=team", "no lanes for each “team”. Choose one of: item, api."),
        ("lane=api", "There is no parameter called “lane”. Did you mean “lanes”?"),
        ("page=two", "“two” is not the number of a page. Enter a number from 1."),
        ("vieww=table", "There is no parameter called “vieww”. Did you mean “view”?"),
    ],
)
def test_what_is_not_understood_is_told_above_all_items(published, reads, query, told):
    status = 200 if query.startswith(("vieww", "lane=")) else 400
    page = reads(f"{URL}?{query}", status=status)
    assert told in page.one("div", class_="govuk-error-summary").text
    assert sorted(titles(page)) == ["Losses", "Pay", "Returns"]
    assert page.title.startswith("Error: Items")


def test_all_that_is_not_understood_is_told_at_once(published, reads):
    page = reads(f"{URL}?view=board&sort=colour&page=two", status=400)
    assert len([one for one in page.all("li") if "“" in one.text]) == 3


def test_a_view_is_asked_for_beside_a_wrong_filter_too(published, reads):
    page = reads(f"{URL}?stage=soon&view=table&page=9", status=400)
    assert "No items are shown" in page.main
    assert titles(page) == []
    assert page.link("see all items") == f"{URL}?view=table"


@each_view
def test_a_roadmap_without_items_says_so_in_every_view(vat, reads, view):
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(f"{URL}?view={view}")
    assert page.one("div", class_="app-filtered__found").text == "Nothing is listed on this roadmap yet."


@each_view
def test_a_selection_of_nothing_says_so_in_every_view(published, reads, view):
    page = reads(f"{URL}?view={view}&q=zebra")
    assert "No items match what you chose." in page.main
    assert page.all("table") == []


def test_the_query_of_a_view_selects_the_same_for_programs(published, client):
    for outlet in ("items.csv", "items.ics", "changes.atom", "changes.json"):
        whole = client.get(f"/vat-mtd/{outlet}?stage=test")
        assert whole.status_code == 200
        assert client.get(f"/vat-mtd/{outlet}?view=table&sort=-live&lanes=api&stage=test").content == whole.content, (
            outlet
        )
    of_api = "/api/v1/roadmaps/vat-mtd/items?stage=test"
    assert client.get(f"{of_api}&lanes=api").json()["items"] == client.get(of_api).json()["items"]
    assert client.get("/vat-mtd/items.csv?vieww=table").status_code == 400


# Pages


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(views, "ITEMS_ON_A_PAGE", 3)


@pytest.fixture
def many(vat, few):
    """Five planned items in two releases, two in sandbox, of which one in the first, two withdrawn: three to a page."""
    near = make.release(vat, title="Near term", when="June 2026", introduction="Comes *soon*.")
    far = make.release(vat, title="Far away", when="June 2027", introduction="Comes *late*.")
    for number in range(4):
        make.item(vat, title=f"Near {number}", release=near)
    make.item(vat, title="Far", release=far)
    for number in range(2):
        make.item(vat, title=f"Tested {number}", deployed=("test",), live="July 2026", release=None if number else near)
    gone = [make.item(vat, title=f"Gone {number}") for number in range(2)]
    make.edition(vat, at=make.at("2026-03-23"))
    Item.objects.filter(pk__in=[item.pk for item in gone]).delete()
    make.edition(vat, at=make.at("2026-03-24"))
    return {"near": anchor_of(Noun.RELEASE, str(near.uid)), "far": anchor_of(Noun.RELEASE, str(far.uid))}


def turned(page):
    """Where the links to the pages before and after lead."""
    return {one.attributes["rel"]: one.attributes["href"] for one in page.all("a") if "rel" in one.attributes}


@each_view
def test_every_item_is_on_one_page_and_the_withdrawn_come_last(many, reads, view):
    query = "" if view == "list" else f"view={view}&"
    pages = [reads(f"{URL}?{query}page={number}") for number in (1, 2, 3)]
    assert [titles(page) for page in pages] == [
        ["Near 0", "Near 1", "Near 2"],
        ["Near 3", "Far", "Tested 0"],
        ["Tested 1", "Gone 0", "Gone 1"],
    ]
    first = f"{URL}?{query}".rstrip("?&")
    assert [turned(page) for page in pages] == [
        {"next": f"{URL}?{query}page=2"},
        {"prev": first, "next": f"{URL}?{query}page=3"},
        {"prev": f"{URL}?{query}page=2"},
    ]
    assert [page.headings[0] for page in pages] == [(1, "7 items")] * 3
    assert pages[1].title == "Items (page 2 of 3) - VAT roadmap - HMRC Developer Hub"


def test_the_pages_of_a_selection_are_of_that_selection(many, reads):
    page = reads(f"{URL}?stage=backlog&page=2")
    assert titles(page) == ["Near 3", "Far"]
    assert turned(page) == {"prev": f"{URL}?stage=backlog"}


def test_stages_and_releases_that_go_on_say_so_and_introduce_themselves_once(many, reads):
    first, second, third = (reads(f"{URL}?page={number}") for number in (1, 2, 3))
    assert "Planned (5) Near term June 2026 Comes soon. Near 0" in first.main
    assert (
        "Planned (5), continued Near term, continued June 2026 Near 3 Far away June 2027 Comes late. Far" in second.main
    )
    assert "In sandbox (2), continued Not in a release Tested 1 Live: July 2026 Controlled go-live (0)" in third.main


def test_stages_lead_to_the_page_that_they_begin_on(many, reads):
    first, third = reads(URL), reads(f"{URL}?page=3")
    assert first.link("Planned (5)") == "#backlog"
    assert first.link("In sandbox (2)") == f"{URL}?page=2#test"
    assert first.link("Withdrawn (2)") == f"{URL}?page=3#withdrawn"
    assert third.link("Planned (5)") == f"{URL}#backlog"
    assert third.link("Withdrawn (2)") == "#withdrawn"


def test_a_link_to_a_release_lands_on_every_page_and_leads_on_to_it(many, reads):
    """Whoever wrote the link, long ago perhaps, knew of no page."""
    for number in (1, 2, 3):
        page = reads(f"{URL}?page={number}")
        ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
        assert [ids.count(many[name]) for name in ("near", "far")] == [1, 1]
    assert reads(URL).links("Far away") == [f"{URL}?page=2#{many['far']}"]
    near = reads("/vat-mtd/items/VAT-1/").link("Near term")
    assert near == f"{URL}#{many['near']}"


@each_case(
    "query, there_are, first",
    [
        ("page=4", "There are 3 pages.", URL),
        ("stage=test&view=table&page=2", "There is one page only.", f"{URL}?view=table&stage=test"),
    ],
)
def test_after_the_last_page_it_says_how_many_there_are(many, reads, query, there_are, first):
    page = reads(f"{URL}?{query}", status=404)
    assert there_are in page.main
    assert page.link("Go to the first") == first


def test_an_earlier_day_has_views_and_pages_of_its_own(many, reads):
    page = reads("/vat-mtd/at/2026-03-23/items/?view=table&page=3")
    assert titles(page) == []
    assert page.link("Gone 1") == "/vat-mtd/at/2026-03-23/items/VAT-9/"
    assert "/vat-mtd/items/?view=table&page=3" in {one.attributes["href"] for one in page.all("a")}
