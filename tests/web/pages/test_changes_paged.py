"""What changed, of many editions and of very many changes: pages of it, and what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.web import pagination
from tests import make
from tests.cases import each_case
from tests.web.pages.test_changes import sections

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(vat, clock, monkeypatch):
    """Seven editions, three to a page: the first, and a date that moves back and forth."""
    monkeypatch.setattr(pagination, "EDITIONS_ON_A_PAGE", 3)
    move_back_and_forth(vat, 7)
    return vat


def move_back_and_forth(roadmap, editions):
    item = make.item(roadmap, title="Losses", live="June 2026")
    for number in range(editions):
        item.milestones.update(when=f"{['June', 'July'][number % 2]} 2026")
        make.edition(roadmap, at=make.at("2026-05-01", f"09:{number:02}"))


def test_a_page_shows_some_editions_and_leads_to_the_rest(many, reads):
    page = reads("/vat-mtd/changes/?since=0")
    assert [*sections(page)] == [7, 6, 5]
    counted = "1 item moved later and 1 brought forward."
    assert f"Changes from edition 1 (1 May 2026) to edition 7 (1 May 2026): {counted}" in page.main
    older = page.link("Older editions : Page 2 of 3")
    assert older == "/vat-mtd/changes/?since=0&page=2"
    second = reads(older)
    assert [*sections(second)] == [4, 3, 2]
    assert second.link("Newer editions : Page 1 of 3") == "/vat-mtd/changes/?since=0"
    third = reads(second.link("Older editions : Page 3 of 3"))
    assert sections(third) == {1: "First published: 1 item. See all that was first published"}
    assert [one.text for one in third.all("a", rel="next")] == []


def test_fifty_are_on_a_page(vat, reads):
    move_back_and_forth(vat, 51)
    assert [*sections(reads("/vat-mtd/changes/?since=0"))] == [*range(51, 1, -1)]
    assert [*sections(reads("/vat-mtd/changes/?since=0&page=2"))] == [1]


def test_the_filters_go_with_it_to_the_next_page(many, reads):
    assert reads("/vat-mtd/changes/?since=0&item=vat-1").link("Older editions : Page 2 of 3") == (
        "/vat-mtd/changes/?since=0&item=VAT-1&page=2"
    )


@pytest.mark.parametrize("address", ["changes/?since=0&page=", "editions/?page="])
@pytest.mark.parametrize("number", ["4", "1000000000"])
def test_a_page_that_there_is_not_is_not_found_and_says_how_many_there_are(many, reads, address, number):
    page = reads(f"/vat-mtd/{address}{number}", status=404)
    assert "There are 3 pages." in page.main
    assert page.link("Go to the first") == f"/vat-mtd/{address.split('?')[0]}"


@each_case("address", ["changes/?since=0&page=", "editions/?page="])
@each_case("number", ["0", "-1", "x", "1.5", "²", "9" * 1900])
def test_a_page_that_is_no_number_is_refused_in_words(many, reads, address, number):
    page = reads(f"/vat-mtd/{address}{number}", status=400)
    assert "is not the number of a page. Enter a number from 1." in page.main


def test_what_would_turn_the_words_about_it_round_is_not_repeated(many, reads):
    assert "“abc” is not the number of a page." in reads("/vat-mtd/editions/?page=%E2%80%AEabc%07", status=400).main


def test_an_edition_with_very_many_changes_is_cut_and_leads_to_all_of_them(vat, reads):
    make.edition(vat, at=make.at("2026-05-01"))
    for number in range(60):
        make.item(vat, title=f"Thing {number}")
    make.edition(vat, at=make.at("2026-05-02"))
    page = reads("/vat-mtd/changes/?since=1")
    assert sections(page)[2].count(": added") == 50
    whole = reads(page.link("And 10 more changes in edition 2"))
    assert whole.main.count(": added") == 60
    filtered = reads("/vat-mtd/changes/?since=1&stage=backlog")
    assert filtered.link("And 10 more changes in edition 2") == "/vat-mtd/editions/2/?stage=backlog"


def test_it_costs_two_queries_cold_and_one_warm_with_many_editions(many, client, empty_shelf):
    empty_shelf()
    for most in (2, 1):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/vat-mtd/changes/?since=0&page=2").status_code == 200
        assert len(queries) <= most
