"""The search as readers see it: what is found of everything that is published, and what is said where nothing is."""

import pytest
from django.db import connection
from django.db.utils import OperationalError

from roadmap.dates.clock import day_of
from roadmap.models import ChangelogEntry, Item, Roadmap
from roadmap.published import store
from roadmap.web.pages import search_page
from tests import make
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db


def hits(page):
    """What each is called, where it leads, and what is said of it."""
    items = page.all("li", class_="app-item")
    links = [link for link in page.all("a", class_="govuk-link") if any(link.text in item.text for item in items)]
    leading = {link.text: link.attributes["href"] for link in links}
    titles = [next(title for title in leading if item.text.startswith(title)) for item in items]
    return {
        title: (leading[title], item.text.removeprefix(title).strip())
        for title, item in zip(titles, items, strict=True)
    }


def marked(page):
    return [mark.text for mark in page.all("mark")]


def test_everything_that_is_published_is_found_and_leads_to_its_place(reads):
    make.edition(whole_roadmap("zebra"))
    entry = f"changelog-{str(ChangelogEntry.objects.get().uid)[:8]}"
    found = hits(reads("/search/?q=zebra"))
    assert {title: address for title, (address, _) in found.items()} == {
        "Planned zebra": "/vat-mtd/items/VAT-1/",
        "Tested zebra": "/vat-mtd/items/VAT-2/",
        "Piloted zebra": "/vat-mtd/items/VAT-3/",
        "Used zebra": "/vat-mtd/items/VAT-4/",
        "VAT API zebra": "/vat-mtd/apis/vat-api-zebra/",
        "Tax years zebra": "/vat-mtd/items/",
        "Near term zebra": "/vat-mtd/items/?release=near-term-zebra",
        "Guide zebra": "/vat-mtd/pages/guide/",
        "Who we are zebra": "/vat-mtd/pages/who/",
        "Guide renamed zebra": f"/vat-mtd/changelog/#{entry}",
        "VAT roadmap zebra": "/vat-mtd/",
    }
    assert found["Tested zebra"][1] == "In sandbox Item VAT-2 · VAT roadmap zebra What Description zebra"
    assert found["Tax years zebra"][1] == "Column · VAT roadmap zebra Which years Explained zebra"
    assert found["Guide renamed zebra"][1] == "Changelog entry · VAT roadmap zebra Points zebra"


@pytest.mark.parametrize(
    ("question", "says", "matches"),
    [
        ("26-27", "Tax years: 26-27", ["26-27"]),
        ("payments", "Journey: Payments", ["Payments"]),
        ("vat4", "Item VAT-4", ["VAT-4"]),
        ("used+agents", "Audience: Agents", ["Used", "Agents"]),
    ],
)
def test_the_match_is_shown_where_it_stands(reads, question, says, matches):
    make.edition(whole_roadmap())
    page = reads(f"/search/?q={question}")
    assert says in page.main
    assert [*dict.fromkeys(marked(page))] == matches


def test_of_a_long_text_the_part_is_shown_in_which_most_stands_together(reads):
    roadmap = make.roadmap(slug="vat-mtd")
    body = f"A profit. {'Words that say nothing. ' * 40} The transition of the profit is here. {'More words. ' * 40}"
    make.page(roadmap, title="Guide", body=body)
    make.edition(roadmap)
    page = reads("/search/?q=profit+transition")
    (said,) = [text for _, text in hits(page).values()]
    assert "… " in said
    assert "The transition of the profit is here." in said
    assert len(said) < 280
    assert marked(page) == ["transition", "profit"]


def test_what_is_typed_is_text_wherever_it_is_said_again(client):
    roadmap = make.roadmap(slug="vat-mtd")
    make.item(roadmap, title="An <b>item</b>", description="A & B <i>item</i>")
    make.edition(roadmap)
    html = client.get("/search/?q=<script>item").content.decode()
    assert "<script>item" not in html
    html = client.get("/search/?q=item").content.decode()
    assert "An &lt;b&gt;<mark>item</mark>&lt;/b&gt;" in html
    assert "A &amp; B <mark>item</mark>" in html


def test_what_was_withdrawn_is_found_and_marked_so(reads):
    roadmap = make.roadmap(slug="vat-mtd", title="VAT roadmap", reference_prefix="VAT")
    make.item(roadmap, title="Direct debits", description="Cancels a mandate.")
    make.item(roadmap, title="Another", description="It has a mandate too.")
    make.edition(roadmap)
    Item.objects.get(title="Direct debits").delete()
    make.edition(roadmap)
    found = hits(reads("/search/?q=mandate"))
    assert [*found] == ["Another", "Direct debits"]
    assert found["Direct debits"] == ("/vat-mtd/items/VAT-1/", "Withdrawn Item VAT-1 · VAT roadmap Cancels a mandate.")
    reads("/vat-mtd/items/VAT-1/", status=410)


# Of several roadmaps


@pytest.fixture
def two():
    for slug, title in (("vat-mtd", "VAT roadmap"), ("itsa", "Income Tax roadmap")):
        roadmap = make.roadmap(slug=slug, title=title)
        make.item(roadmap, title=f"Penalties of {slug}")
        make.edition(roadmap)


def test_all_are_searched_or_those_that_are_chosen(reads, two):
    page = reads("/search/?q=penalties")
    assert [*hits(page)] == ["Penalties of itsa", "Penalties of vat-mtd"]
    narrowed = reads(page.link("VAT roadmap"))
    assert [*hits(narrowed)] == ["Penalties of vat-mtd"]
    assert [*hits(reads(narrowed.link("Search all roadmaps")))] == [*hits(page)]
    assert [*hits(reads("/search/?q=penalties&roadmap=itsa&roadmap=vat-mtd"))] == [*hits(page)]
    wrong = reads("/search/?q=penalties&roadmap=paye", status=400)
    assert (
        "There is no roadmap called “paye”. Choose from vat-mtd (VAT roadmap), itsa (Income Tax roadmap)." in wrong.main
    )


def test_results_come_in_pages(reads, monkeypatch):
    roadmap = make.roadmap(slug="vat-mtd")
    for number in range(5):
        make.item(roadmap, title=f"Penalty {number}", position=number)
    make.item(roadmap, title="Penalto 5")
    make.edition(roadmap)
    monkeypatch.setattr(search_page, "ON_A_PAGE", 3)
    first = reads("/search/?q=penalty")
    second = reads(next(link.attributes["href"] for link in first.all("a", rel="next")))
    assert [*hits(first), *hits(second)] == [*(f"Penalty {number}" for number in range(5)), "Penalto 5"]
    assert [words for _, words in first.headings] == ["Search", "5 results", "Support links"]
    assert [words for _, words in second.headings][1:3] == ["5 results", "1 result with a similar spelling"]
    past = reads("/search/?q=penalty&page=3", status=404)
    assert "There is no page 3 of these results." in past.main
    assert past.link("Go to the first page") == "/search/?q=penalty"
    assert "“x” is not the number of a page." in reads("/search/?q=penalty&page=x", status=400).main


# Nothing to be found


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 200, "This finds items, pages, changelog entries, APIs and releases that have all the words you enter"),
        ("?q=", 200, "This finds items, pages"),
        ("?q=+%0A+", 200, "This finds items, pages"),
        ("?q=%21%3F+%E2%80%A6", 200, "There is no word in “!? …”. Enter one or more words."),
        (
            "?q=elephant",
            200,
            "No results Nothing was found for “elephant”. You could: check the spelling search for fewer",
        ),
        ("?q=penalties+elephant", 200, "search for penalties alone (2)"),
        ('?q="of+penalties"', 200, "search without quotation marks"),
        ("?q=elephant&roadmap=itsa", 200, "search all roadmaps for “elephant”"),
        (f"?q={'a' * 201}", 400, "Search for up to 200 characters: this is 201."),
        (f"?q={'a' * 100_000}", 400, "This web address asks for too much"),
        ("?q=a%00b", 400, "This request cannot be read"),
        ("?q=%ff%fe", 200, "There is no word in"),
        ("?q=penalties&q=itsa", 200, "1 result"),
        ("?q=penalties&page=99999999999999999", 404, "There is no page 99999999999999999 of these results."),
    ],
)
def test_whatever_is_asked_the_page_stands_and_says_what_it_means(reads, two, query, status, says):
    assert says in reads(f"/search/{query}", status=status).main


def test_words_that_turn_text_round_are_not_repeated(reads, two):
    assert "\u202e" not in reads("/search/?q=elephant%E2%80%AEx").main


def test_without_any_roadmap_there_is_nothing_to_find(reads):
    assert "No results" in reads("/search/?q=penalty").main


# What is published now


def test_what_is_found_is_what_is_published_at_this_second(reads, clock):
    roadmap = make.roadmap(slug="vat-mtd")
    item = make.item(roadmap, title="Penalty")
    make.edition(roadmap, at=make.at("2026-03-01"))
    Item.objects.filter(pk=item.pk).update(title="Interest")
    make.edition(roadmap, at=make.at("2026-03-24"), now=make.at("2026-03-02"))
    make.item(roadmap, title="A draft with interest")
    clock(make.at("2026-03-24", "09:29:59"))
    assert [*hits(reads("/search/?q=penalty"))] == ["Penalty"]
    assert "No results" in reads("/search/?q=interest").main
    clock(make.at("2026-03-24", "09:30"))
    assert [*hits(reads("/search/?q=interest"))] == ["Interest"]
    assert "No results" in reads("/search/?q=penalty").main


def test_an_answer_is_right_until_anything_is_published(client, two):
    etag = client.get("/search/?q=penalties")["ETag"]
    assert client.get("/search/?q=penalties", headers={"If-None-Match": etag}).status_code == 304
    Roadmap.objects.filter(slug="itsa").update(title="Another")
    make.edition(Roadmap.objects.get(slug="itsa"))
    assert client.get("/search/?q=penalties", headers={"If-None-Match": etag}).status_code == 200


def test_search_engines_are_to_find_what_it_finds_and_not_the_search(client):
    assert client.get("/search/")["X-Robots-Tag"] == "noindex"


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


def test_it_answers_while_the_database_is_away(reads, two):
    reads("/")  # which asks for no history
    with connection.execute_wrapper(unreachable):
        assert [*hits(reads("/search/?q=penalties"))] == ["Penalties of itsa", "Penalties of vat-mtd"]


def test_an_index_is_made_once(reads, two, monkeypatch):
    reads("/search/?q=penalties")
    monkeypatch.setattr("roadmap.published.search.found.Index", None)
    reads("/search/?q=other")


def test_it_can_be_searched_from_the_list_of_roadmaps_and_from_each(reads, two):
    box = reads("/").one("form", role="search")
    assert (box.attributes["action"], box.text) == ("/search/", "Search all roadmaps Search")
    home = reads("/itsa/")
    assert home.one("form", role="search").text == "Search this roadmap Search"
    assert home.one("input", type="hidden", name="roadmap").attributes["value"] == "itsa"


def test_of_a_draft_and_of_an_earlier_day_nothing_is_searched(reads, client, two):
    draft = f"/admin/preview/{Roadmap.objects.get(slug='itsa').pk}/"
    client.force_login(make.user())
    found = [reads(url).all("form", role="search") for url in ("/itsa/", f"/itsa/at/{day_of(store.now())}/", draft)]
    assert [len(forms) for forms in found] == [1, 0, 0]


def test_the_headings_of_results_go_down_one_at_a_time(reads, two):
    assert reads("/search/?q=penaltiez").headings[:2] == [(1, "Search"), (2, "2 results with a similar spelling")]


def test_versions_of_an_api_are_in_the_order_of_its_page(reads):
    roadmap, api = make.roadmap(slug="vat-mtd"), make.api(name="Losses")
    for version in ("4.0", "3.0", "5.0"):
        make.item(roadmap, title=f"For {version}", apis=((api, version),))
    make.edition(roadmap)
    assert "Versions: 3.0, 4.0, 5.0" in reads("/search/?q=losses+5.0").main
    assert "Versions 3.0, 4.0, 5.0" in reads("/vat-mtd/apis/losses/").main
