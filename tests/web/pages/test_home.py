import datetime

import pytest
from django.db import connection

from roadmap.models import Milestone
from tests import make
from tests.web.test_database_down import unreachable

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


def test_what_changed_names_the_thing_first_items_before_the_rest(vat, reads):
    moved = make.item(vat, title="Carry back of losses", test="May 2025", deployed=("test",), live="June 2026")
    gone = make.item(vat, title="Old things")
    make.edition(vat, at=make.at("2026-01-05"))
    vat.description = "Other words."
    vat.save()
    Milestone.objects.filter(item=moved, environment="live").update(when="September 2026")
    gone.delete()
    make.changelog_entry(vat, title="Guide renamed")
    make.edition(vat, at=make.at("2026-03-24"))

    page = reads("/vat-mtd/")

    assert between(page.main, "What changed on 24 March 2026", "Coming next") == (
        "Old things: withdrawn Withdrawn Carry back of losses: live moved from June 2026 to September 2026 In sandbox "
        "This roadmap: description reworded All changes in the last 90 days"
    )
    assert page.link("All changes in the last 90 days") == "/vat-mtd/changes/"
    assert page.link("Carry back of losses") == "/vat-mtd/items/VAT-1/"
    # The changelog, further down, tells of its own entries.
    assert page.main.count("Guide renamed") == 1
    assert page.link("Old things") == "/vat-mtd/items/VAT-2/"


def move(item, when, **options):
    item.milestones.update(when=when)
    return make.edition(item.roadmap, **options)


def test_the_note_of_the_first_edition_is_not_that_of_what_changed_the_same_day(reads):
    roadmap = make.roadmap(slug="new")
    item = make.item(roadmap, live="June 2026")
    make.edition(roadmap, at=make.at("2026-03-24", "09:00"), note="Here it is")
    assert "Here it is" in reads("/new/").main
    move(item, "July 2026", at=make.at("2026-03-24", "10:00"), note="The supplier is late")
    assert "The supplier is late" in reads("/new/").main
    assert "Here it is" not in reads("/new/").main


def test_the_whole_last_day_is_told_news_before_small_corrections(vat, reads):
    """London's day: its last edition came an hour before midnight there, which is a day later elsewhere."""
    item = make.item(vat, title="Losses", live="June 2026")
    page = make.page(vat, title="Guidance", slug="guidance", body="Teh words.")
    make.edition(vat, at=make.at("2026-01-05"))
    move(item, "July 2026", at=make.at("2026-03-23"), note="The day before")
    move(item, "September 2026", at=make.at("2026-03-24", "09:00"), note="The supplier is late")
    page.body = "The words."
    page.save()
    make.edition(vat, at=make.at("2026-03-24", "09:01"))
    home = reads("/vat-mtd/")
    assert between(home.main, "What changed on 24 March 2026", "All changes") == (
        "The supplier is late Losses: live moved from July 2026 to September 2026 Planned Guidance: text reworded"
    )


def test_the_day_that_is_told_is_the_last_one_with_news(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    page = make.page(vat, title="Guidance", slug="guidance", body="Some words.")
    make.edition(vat, at=make.at("2026-01-05"))
    move(item, "July 2026", at=make.at("2026-03-24"), note="The supplier is late")
    page.body = "Some **words**."
    page.save()
    make.edition(vat, at=make.at("2026-03-25"), note="Formatting")
    home = reads("/vat-mtd/").main
    assert "Last updated 25 March 2026" in home
    assert "What changed on 24 March 2026 The supplier is late Losses: live moved" in home
    assert "Formatting" not in home


def test_what_moved_and_moved_back_on_one_day_is_told_as_it_ended(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    back = make.item(vat, title="Agents", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    gone = make.item(vat, title="Mistake")
    back.milestones.update(when="July 2026")
    move(item, "July 2026", at=make.at("2026-03-24", "09:00"))
    gone.delete()
    back.milestones.update(when="June 2026")
    move(item, "August 2026", at=make.at("2026-03-24", "10:00"))
    told = between(reads("/vat-mtd/").main, "What changed on 24 March 2026", "All changes")
    assert told == "Losses: live moved from June 2026 to August 2026 Planned"


def test_a_thing_added_and_changed_on_one_day_is_added_as_it_is_now(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-03-24", "09:00"))
    item.title = "Losses carried back"
    item.save()
    move(item, "July 2026", at=make.at("2026-03-24", "10:00"))
    told = between(reads("/vat-mtd/").main, "What changed on 24 March 2026", "All changes")
    assert told == "Losses carried back: added Planned"


def test_news_on_the_day_of_the_first_edition_is_told_too(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-03-24", "09:00"))
    move(item, "July 2026", at=make.at("2026-03-24", "10:00"))
    assert (
        "What changed on 24 March 2026 Losses: live moved from June 2026 to July 2026 Planned "
        "This roadmap was first published on the same day."
    ) in reads("/vat-mtd/").main


def test_more_than_fits_of_several_editions_is_found_by_the_day(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    for number in range(12):
        make.item(vat, title=f"Thing {number}")
        make.edition(vat, at=make.at("2026-03-24", f"09:{number:02}"))
    assert reads("/vat-mtd/").link("And 9 more changes") == "/vat-mtd/changes/?since=2026-03-24"


def test_while_the_history_cannot_be_read_the_rest_is_shown_and_not_kept(vat, client, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    reads("/")  # which needs no history
    with connection.execute_wrapper(unreachable):
        answer = client.get("/vat-mtd/")
    assert "The latest changes cannot be shown at the moment. Try again later." in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_release_that_moves_names_its_items(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, title="Losses", release=release)
    make.item(vat, title="Agents", release=release)
    make.edition(vat, at=make.at("2026-01-05"))
    release.when = "August 2026"
    release.save()
    make.edition(vat, at=make.at("2026-03-24"))
    for url in ("", "changes/?since=1", "editions/2/"):
        assert (
            "Summer: date moved from June 2026 to August 2026. In it: Losses (VAT-1) and Agents (VAT-2)"
            in reads(f"/vat-mtd/{url}").main
        )
    assert "In it: Losses (VAT-1) See" in reads("/vat-mtd/editions/2/?item=VAT-1").main


def test_a_changed_release_leads_to_its_place_among_the_items(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, release=release)
    make.edition(vat, at=make.at("2026-01-05"))
    release.when = "August 2026"
    release.save()
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    assert "Summer: date moved from June 2026 to August 2026" in page.main
    address, anchor = page.link("Summer").split("#")
    assert anchor in {one.attributes.get("id") for one in reads(address).elements}


def test_many_changes_are_capped_and_the_rest_counted(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    for number in range(1, 13):
        make.item(vat, title=f"Thing {number:02}")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/")
    changed = between(page.main, "What changed on 24 March 2026", "All changes")
    assert changed.count("added") == 3
    assert changed.endswith("And 9 more changes")
    assert page.link("And 9 more changes") == "/vat-mtd/editions/2/"


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
