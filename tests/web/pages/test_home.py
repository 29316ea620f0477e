import datetime

import pytest

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-25", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", description="For VAT.")


def between(text, start, end):
    return text.split(start, 1)[1].split(end, 1)[0].strip()


def test_it_begins_with_what_it_is_and_when_it_was_updated(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert page.main.startswith("VAT roadmap For VAT. Last updated 24 March 2026")
    assert page.title == "VAT roadmap - HMRC Developer Hub"
    assert page.one("meta", name="description").attributes["content"] == "For VAT."


def test_without_a_description_search_engines_are_told_what_it_is_all_the_same(vat, reads):
    vat.description = ""
    vat.save()
    make.page(vat, title="About", slug="about", body="")
    make.edition(vat)
    said = [
        reads(url).one("meta", name="description").attributes["content"]
        for url in ("/vat-mtd/", "/vat-mtd/pages/about/")
    ]
    assert said == ["What is planned, in test and live on VAT roadmap.", "About: VAT roadmap"]


def test_of_very_many_apis_of_an_item_it_names_the_first(vat, reads):
    apis = [make.api(name=f"API {number}") for number in range(60)]
    make.item(vat, title="Of many", apis=tuple((api, "1.0") for api in apis), live="May 2027")
    make.item(vat, title="Of four", apis=tuple((api, "") for api in apis[:4]), live="May 2028")
    make.edition(vat)
    main = reads("/vat-mtd/").main
    assert "Of many API 0 1.0, API 1 1.0, API 2 1.0 and 57 more APIs · Live: May 2027" in main
    assert "Of four API 0, API 1, API 2 and API 3 · Live: May 2028" in main


@pytest.mark.parametrize(
    ("published", "day"), [("2025-07-01T23:30+00:00", "2 July 2025"), ("2025-12-01T23:30+00:00", "1 December 2025")]
)
def test_the_day_of_the_last_update_is_londons(vat, reads, published, day):
    """Half an hour before midnight UTC is the next day in summer, and not in winter."""
    make.edition(vat, at=datetime.datetime.fromisoformat(published))
    assert f"Last updated {day}" in reads("/vat-mtd/").main


def test_saving_does_not_move_the_last_update(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    vat.description = "Changed."
    vat.save()
    page = reads("/vat-mtd/")
    assert "Last updated 5 January 2026" in page.main
    assert "Changed." not in page.text


def test_the_first_edition_is_said_plainly(vat, reads):
    for _ in range(3):
        make.item(vat)
    make.release(vat)
    make.changelog_entry(vat)
    make.edition(vat, at=make.at("2026-03-24"))
    main = reads("/vat-mtd/").main
    assert "First published on 24 March 2026 Everything here is new: 3 items, 1 release and 1 changelog entry." in main
    assert "added" not in main


def test_one_stage_after_another_with_counts_and_dates(vat, reads):
    near = make.release(vat, title="Near term", when="June to July 2026", horizon="near")
    make.item(vat, title="Direct Debits", release=near, live="June 2026")
    make.item(vat, title="Liabilities", test="May 2025", deployed=("test",), live="TBC")
    make.item(vat, title="Agents", deployed=("controlled_go_live",))
    make.item(vat, title="Sign up", deployed=("live",), live="May 2025")
    make.edition(vat, at=make.at("2026-03-24"))

    main = reads("/vat-mtd/").main

    assert (
        between(main, "Coming next: planned (1)", "You can test")
        == "Near term June to July 2026 Direct Debits Live: June 2026"
    )
    assert (
        between(main, "You can test now: in sandbox (1)", "Controlled go-live (1)")
        == "Liabilities Live: to be confirmed"
    )
    assert between(main, "Controlled go-live (1)", "Live (1)") == "Agents"
    assert between(main, "Live (1)", "Ask about this roadmap") == "Sign up Live: May 2025"


def test_an_item_says_its_apis_and_its_dates_in_a_line_and_a_few_are_all_there_are(vat, reads):
    apis = [(make.api(name="VAT (MTD) API"), "1.0"), (make.api(name="Payments API"), "")]
    make.item(vat, title="Liabilities", apis=apis, test="May 2026", live="June 2026")
    make.item(vat, title="Agents", apis=apis[:1])
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert between(page.main, "Coming next: planned (2)", "You can test") == (
        "Liabilities VAT (MTD) API 1.0 and Payments API · Sandbox: May 2026 Agents VAT (MTD) API 1.0"
    )


def test_whom_to_ask_is_a_link_away_from_the_first_line(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert page.link("Ask about this roadmap") == "#ask"
    assert "Ask about this roadmap" in [text for _, text in page.headings]


def test_empty_stages_are_said_plainly_and_no_controlled_go_live_is_left_out(vat, reads):
    make.item(vat, title="Sign up", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))
    main = reads("/vat-mtd/").main
    assert "Coming next: planned Nothing is planned at the moment." in main
    assert "You can test now: in sandbox Nothing is in sandbox at the moment." in main
    assert "Controlled go-live" not in main


@pytest.mark.parametrize(
    ("dates", "heading"),
    [
        (("March 2026", "May 2026"), "Coming next: planned (2)"),
        (("March 2026", "April 2026"), "Coming next: planned (2)"),  # not over yet
        (("March 2026", "To be confirmed"), "Planned (2): dates have passed"),
        (("To be confirmed", "To be confirmed"), "Coming next: planned (2)"),  # no date that could have passed
    ],
)
def test_nothing_comes_next_whose_date_has_passed(vat, reads, clock, dates, heading):
    clock(make.at("2026-04-30"))
    for date in dates:
        make.item(vat, title="Planned thing", live=date)
    make.edition(vat, at=make.at("2026-01-05"))
    page = reads("/vat-mtd/")
    assert heading in [text for _, text in page.headings]


def test_all_changes_lead_to_where_there_are_some_on_a_roadmap_that_has_stopped_too(vat, reads, clock):
    make.item(vat, title="Sign up")
    make.edition(vat, at=make.at("2026-01-05"))
    vat.items.update(title="Sign up early")
    make.edition(vat, at=make.at("2026-03-24"))
    clock(make.at("2026-06-22"))  # the ninetieth day after
    assert reads("/vat-mtd/").link("All changes in the last 90 days") == "/vat-mtd/changes/"
    clock(make.at("2026-06-23"))
    home = reads("/vat-mtd/")
    address = home.link("All changes since 24 December 2025")
    assert "All changes in the last" not in home.main
    assert "Sign up early" in reads(address).main
    usual = reads("/vat-mtd/changes/")
    assert "Nothing has changed in the last 90 days. The last change was on 24 March 2026, in edition 2." in usual.main
    assert usual.link("All changes since 24 December 2025") == address


def test_a_day_that_is_over_says_what_was_then(vat, reads):
    make.item(vat, title="Planned thing", live="May 2026")
    make.item(vat, title="In test", test="January 2026", deployed=("test",))
    make.edition(vat, at=make.at("2026-02-01"))
    vat.items.filter(title="In test").update(title="In test for all")
    make.edition(vat, at=make.at("2026-02-02"))
    page = reads("/vat-mtd/at/2026-02-03/")
    assert [text for level, text in page.headings if level == 2][1:4] == [
        "Planned then (1)",
        "Could be tested then: in sandbox (1)",
        "Live",
    ]
    assert "Nothing was live then." in page.main
    assert page.link("All changes in the 90 days until then") == "/vat-mtd/at/2026-02-03/changes/"
    for words in ("Coming next", "You can test now", "at the moment"):
        assert words not in page.main


def test_a_day_before_there_was_anything_says_so_of_that_day(vat, reads):
    make.edition(vat, at=make.at("2026-02-02"))
    assert "Nothing was listed on this roadmap then." in reads("/vat-mtd/at/2026-02-03/").main


def test_a_release_that_is_called_after_its_date_says_it_once(vat, reads):
    make.item(vat, title="A", release=make.release(vat, title="May 2026", when="May 2026 (to be confirmed)"))
    make.item(vat, title="B", release=make.release(vat, title="Near term", when="June 2026"))
    make.item(vat, title="C", release=make.release(vat, title="Dates to be confirmed", when="To be confirmed"))
    make.edition(vat, at=make.at("2026-03-24"))
    headings = [text for level, text in reads("/vat-mtd/").headings if level == 3]
    assert headings == ["May 2026 to be confirmed", "Near term June 2026", "Dates to be confirmed"]


def test_a_roadmap_without_items_says_so(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    assert "Nothing is listed on this roadmap at the moment." in reads("/vat-mtd/").main


def test_a_long_stage_is_capped_and_leads_to_the_rest(vat, reads):
    near, mid = make.release(vat, title="Near", position=0), make.release(vat, title="Mid", position=1)
    for number in range(8):
        make.item(vat, title=f"Near {number}", release=near)
        make.item(vat, title=f"Mid {number}", release=mid)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert "Coming next: planned (16)" in page.main
    assert "Near 7" in page.main
    assert "Mid 1" in page.main
    assert "Mid 2" not in page.main
    assert page.link("All 16 planned") == "/vat-mtd/items/#backlog"
    assert "backlog" in {one.attributes.get("id") for one in reads("/vat-mtd/items/").elements}


def test_a_date_that_moved_says_what_it_was(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    item.milestones.update(when="September 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert "Losses Live: September 2026 (was June 2026)" in reads("/vat-mtd/").main
    assert "Losses Live: September 2026 (was June 2026)" in reads("/vat-mtd/items/").main


def test_guidance_is_on_the_page_with_a_contents_list_and_other_pages_are_linked(vat, reads):
    make.page(vat, title="Who we are", slug="who", body="We are two teams.", position=2)
    make.page(vat, title="What is it", slug="what", body="## In short\n\nA roadmap.", is_on_home=True, position=1)
    make.edition(vat, at=make.at("2026-03-24"))

    page = reads("/vat-mtd/")

    assert "What is it In short A roadmap." in page.main
    assert "two teams" not in page.main
    assert page.link("What is it") == "#page-what"
    assert page.all("section", id="page-what")
    assert (2, "What is it") in page.headings
    assert (3, "In short") in page.headings
    assert page.link("Who we are") == "/vat-mtd/pages/who/"


def test_two_texts_with_the_same_heading_keep_their_anchors_apart(vat, reads):
    for slug in ("one", "two"):
        make.page(vat, slug=slug, body="## Dates\n\nSee [dates](#dates).", is_on_home=True)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert len(set(page.links("dates"))) == 2
    assert {address.removeprefix("#") for address in page.links("dates")} <= set(ids)


def test_the_latest_five_changelog_entries_are_in_full(vat, reads):
    for month in range(1, 8):
        make.changelog_entry(vat, title=f"Note {month}", when=f"2025-0{month}-01", body=f"- point {month}")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    log = page.main.split("All 7 changelog entries")[0]
    assert "Note 7 1 July 2025 point 7 Note 6 1 June 2025 point 6" in log
    assert "Note 3" in log
    assert "Note 2" not in page.main
    assert page.link("All 7 changelog entries") == "/vat-mtd/changelog/"


def test_the_footer_is_the_roadmaps_own_on_every_page(vat, reads):
    vat.footer = "Before release we **test**."
    vat.save()
    make.page(vat, slug="who")
    make.item(vat)
    make.edition(vat, at=make.at("2026-03-24"))
    for url in ("/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/items/VAT-1/", "/vat-mtd/pages/who/"):
        footer = reads(url).one("footer").text
        assert footer.startswith("Before release we test.")
        assert footer.endswith("Edition 1, last updated 24 March 2026")


def test_navigation_leads_only_to_what_there_is(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert page.link("Items") == "/vat-mtd/items/"
    assert page.links("Changelog") == page.links("About") == []
    make.changelog_entry(vat)
    make.page(vat, slug="first", position=1)
    make.edition(vat, at=make.at("2026-03-25"))
    page = reads("/vat-mtd/")
    assert "/vat-mtd/changelog/" in page.links("Changelog")
    assert page.link("About") == "/vat-mtd/pages/first/"
