import pytest

from tests import make

pytestmark = pytest.mark.django_db


def test_roadmaps_are_listed_by_position_with_description_and_last_update(reads):
    second = make.roadmap(title="Income Tax roadmap", slug="mtd-itsa", position=2, description="For Income Tax.")
    first = make.roadmap(title="VAT roadmap", slug="vat-mtd", position=1, description="For VAT.")
    make.edition(second, at=make.at("2026-01-05"))
    make.edition(first, at=make.at("2026-03-24"))

    page = reads("/")

    assert page.main == (
        "Roadmaps Search all roadmaps Search "
        "Items of all roadmaps: what is planned, in test and live for your APIs, on any roadmap "
        "Follow all roadmaps: its dates in your calendar, its changes in a feed reader, a spreadsheet, the API, "
        "or get emails "
        "VAT roadmap For VAT. Last updated 24 March 2026 "
        "Income Tax roadmap For Income Tax. Last updated 5 January 2026"
    )
    assert page.link("VAT roadmap") == "/vat-mtd/"
    assert page.title == "Roadmaps - HMRC Developer Hub"


def test_two_of_one_title_are_told_apart_wherever_both_stand(reads, client):
    for title, slug in (("VAT roadmap", "vat-2018"), ("VAT  Roadmap", "vat-2027"), ("Other roadmap", "other")):
        roadmap = make.roadmap(title=title, slug=slug, reference_prefix=slug.upper())
        make.item(roadmap, title="Returns")
        make.edition(roadmap, at=make.at("2026-01-05"))

    assert [text for level, text in reads("/").headings if level == 2][:3] == [
        "VAT roadmap (/vat-2018/)",
        "VAT Roadmap (/vat-2027/)",
        "Other roadmap",
    ]
    found = reads("/search/?q=returns")
    assert found.link("VAT roadmap (/vat-2018/)") == "/search/?q=returns&roadmap=vat-2018"
    assert "Item VAT-2027-1 · VAT Roadmap (/vat-2027/)" in found.main
    assert "Item OTHER-1 · Other roadmap" in found.main
    assert "Search VAT roadmap (/vat-2018/)" in reads("/search/?q=returns&roadmap=vat-2018").main
    assert "## VAT roadmap (/vat-2018/)" in client.get("/llms.txt").content.decode()


def test_without_a_published_roadmap_it_says_so(reads):
    make.roadmap(title="A draft")
    assert reads("/").main == "Roadmaps No roadmap has been published yet."


def test_an_edition_in_the_future_is_not_shown(reads):
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd")
    make.edition(roadmap, at=make.at("2999-01-01"), now=make.at("2998-01-01"))

    assert "VAT roadmap" not in reads("/").text
    reads("/vat-mtd/", status=404)


def test_a_scheduled_edition_leaves_the_one_before_it_shown(reads):
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", description="Old words.")
    make.edition(roadmap, at=make.at("2026-01-05"))
    roadmap.description = "New words."
    roadmap.save()
    make.edition(roadmap, at=make.at("2999-01-01"), now=make.at("2998-01-01"))

    page = reads("/vat-mtd/")

    assert "Old words." in page.main
    assert "New words." not in page.main
    assert "Last updated 5 January 2026" in page.main


def test_the_header_leads_where_the_setting_says(reads, settings):
    settings.SITE_NAME = "Developer pages"
    settings.SITE_URL = "https://example.org/developers"
    page = reads("/")
    assert page.link("Developer pages") == "https://example.org/developers"
    assert page.title == "Roadmaps - Developer pages"


def test_the_crown_and_its_words_are_shown_only_where_they_may_be(reads, settings):
    assert "GOV.UK" not in reads("/").text
    assert "Crown" not in reads("/").text
    settings.GOVUK_BRAND = True
    page = reads("/")
    assert "GOV.UK" in page.text
    assert "© Crown copyright" in page.text
