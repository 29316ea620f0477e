import pytest

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat():
    return make.roadmap(title="VAT roadmap", slug="vat-mtd")


def test_a_page_shows_its_text_with_contents_and_the_other_pages(vat, reads):
    make.page(vat, title="Who we are", slug="who", body="Us.\n\n## Support\n\nA\n\n### Hours\n\n## Relations\n\nB")
    make.page(vat, title="What it is", slug="what", position=1)
    make.edition(vat, at=make.at("2026-03-24"))

    page = reads("/vat-mtd/pages/who/")

    assert page.main == (
        "Who we are Contents Support Relations Us. Support A Hours Relations B About this roadmap Who we are What it is"
    )
    assert page.all("h2", id=page.link("Support").removeprefix("#"))
    assert page.link("What it is") == "/vat-mtd/pages/what/"
    assert [one.text for one in page.all("a", **{"aria-current": "page"})] == ["Who we are"]
    assert page.title == "Who we are - VAT roadmap - HMRC Developer Hub"


def test_one_heading_needs_no_contents_and_one_page_no_list_of_pages(vat, reads):
    make.page(vat, title="Who we are", slug="who", body="## Support\n\nA")
    make.edition(vat, at=make.at("2026-03-24"))
    assert reads("/vat-mtd/pages/who/").main == "Who we are Support A"


def test_a_table_has_scoped_headings(vat, reads):
    make.page(vat, slug="who", body="Name | For\n--- | ---\nOne | Agents")
    make.edition(vat, at=make.at("2026-03-24"))
    cells = reads("/vat-mtd/pages/who/").all("th")
    assert [(one.text, one.attributes["scope"]) for one in cells] == [("Name", "col"), ("For", "col")]


def test_a_withdrawn_page_is_gone_and_says_since_when(vat, reads):
    gone = make.page(vat, title="Old guide", slug="old")
    make.edition(vat, at=make.at("2026-01-05"))
    gone.delete()
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/pages/old/", status=410)
    assert "This page was withdrawn from VAT roadmap on 24 March 2026, in edition 2." in page.main


def test_a_page_that_never_was_is_not_found(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    assert "VAT roadmap has no page at this address." in reads("/vat-mtd/pages/nope/", status=404).main


def test_a_page_made_anew_at_a_withdrawn_address_is_shown(vat, reads):
    old = make.page(vat, title="Old guide", slug="guide")
    make.edition(vat, at=make.at("2026-01-05"))
    old.delete()
    make.edition(vat, at=make.at("2026-02-05"))
    make.page(vat, title="New guide", slug="guide")
    make.edition(vat, at=make.at("2026-03-24"))
    assert reads("/vat-mtd/pages/guide/").main == "New guide"
