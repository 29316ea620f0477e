"""What changed last, as a roadmap's home page tells it."""

import pytest
from django.db import connection

from roadmap.models import Milestone
from tests import make
from tests.web.pages.test_home import between
from tests.web.test_database_down import unreachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(vat):
    vat.description = "For VAT."
    vat.save()
    return vat


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
