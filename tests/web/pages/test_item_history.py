"""The history on an item's page: all that happened to it, and its dates from the first to now."""

import pytest
from django.db import connection
from django.db.utils import OperationalError

from roadmap.models import Item
from roadmap.publishing import pending
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat(clock):
    clock(make.at("2026-06-01"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def history(page):
    return [one.text for one in page.all("li", class_="app-history__edition")]


def stories(page):
    return [one.text for one in page.all("p", class_="app-story")]


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def test_every_change_is_told_newest_first_with_day_edition_and_reason(clock, reads):
    story.tell()
    clock(make.at("2026-03-24", "17:00"))
    reference = Item.objects.get(title=story.CORRECTED).reference
    page = reads(f"/{story.SLUG}/items/{reference}/")
    assert history(page) == [
        "24 March 2026, edition 7 Title changed from Submit a corection to Submit a correction",  # minor
        "3 March 2026, edition 5 Now in sandbox",
        "17 February 2026, edition 4 Sandbox moved from March 2026 to April 2026. Reason: The supplier is late.",
        "3 February 2026, edition 3 Sandbox moved from February 2026 to March 2026. Reason: Testing takes longer.",
        "20 January 2026, edition 2 Added",
    ]
    assert page.link("edition 5") == f"/{story.SLUG}/editions/5/"


def test_its_dates_are_told_at_a_glance_and_each_move_once(clock, reads):
    story.tell()
    clock(make.at("2026-03-24", "17:00"))
    reference = Item.objects.get(title=story.CORRECTED).reference
    page = reads(f"/{story.SLUG}/items/{reference}/")
    assert stories(page) == ["Sandbox: planned February 2026, moved twice, deployed April 2026"]
    assert page.main.count("The supplier is late.") == 1
    assert page.main.index("moved twice") < page.main.index("24 March 2026, edition 7")


def test_a_date_that_never_moved_has_no_story(vat, reads):
    item = make.item(vat, title="Losses", test="May 2026", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    assert stories(reads("/vat-mtd/items/VAT-1/")) == []
    item.milestones.filter(environment="live").update(when="TBC")
    make.edition(vat, at=make.at("2026-05-02"))
    assert stories(reads("/vat-mtd/items/VAT-1/")) == ["Live: planned June 2026, moved once, now to be confirmed"]


def test_the_dates_of_its_release_are_its_own_news_and_say_which_release(vat, reads):
    release = make.release(vat, title="June 2026", when="")
    make.item(vat, title="Losses", release=release)
    make.edition(vat, at=make.at("2026-05-01"))
    edit(release, when="July 2026", introduction="Not the item's news.")
    make.edition(vat, at=make.at("2026-05-02"))
    edit(release, title="Release 7")
    make.edition(vat, at=make.at("2026-05-03"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert history(page) == [
        "3 May 2026, edition 3 Release 7: title changed from June 2026 to Release 7",
        "2 May 2026, edition 2 Release June 2026: date moved from June 2026 to July 2026",
        "1 May 2026, edition 1 Added",
    ]
    assert stories(page) == ["Live: planned June 2026, moved once, now July 2026"]


def test_what_one_edition_changed_is_told_together(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026")
    item = make.item(vat, title="Losses", release=release)
    make.edition(vat, at=make.at("2026-05-01"))
    edit(item, title="Carry back", description="Words.")
    edit(release, when="July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    (newest, _) = history(reads("/vat-mtd/items/VAT-1/"))
    assert newest == (
        "2 May 2026, edition 2 Title changed from Losses to Carry back Description added "
        "Release Summer: date moved from June 2026 to July 2026"
    )


def test_what_no_reader_can_see_is_no_part_of_its_history(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.update(when="Jun 2026")
    assert [change.field for thing in pending(vat) for change in thing.changes] == ["unseen"]
    make.edition(vat, at=make.at("2026-05-02"))
    assert history(reads("/vat-mtd/items/VAT-1/")) == ["1 May 2026, edition 1 Added"]


def test_an_item_of_another_name_at_a_later_time_has_its_own_history(vat, reads):
    """What is shown is the thing's, by its uid, and not whatever had the words."""
    make.item(vat, title="Losses")
    other = make.item(vat, title="Agents")
    make.edition(vat, at=make.at("2026-05-01"))
    edit(other, title="Losses too")
    make.edition(vat, at=make.at("2026-05-02"))
    assert history(reads("/vat-mtd/items/VAT-1/")) == ["1 May 2026, edition 1 Added"]


# A roadmap that keeps its earlier dates to itself


def test_a_roadmap_that_hides_its_date_history_shows_no_story_and_no_old_date(vat, reads):
    item = make.item(vat, title="Losses", test="January 2027", live="February 2027")
    make.edition(vat, at=make.at("2026-05-01"))
    for number, month in enumerate(("March", "April", "May"), start=2):
        item.milestones.filter(environment="live").update(when=f"{month} 2027")
        make.edition(vat, at=make.at(f"2026-05-0{number}"))
    assert stories(reads("/vat-mtd/items/VAT-1/")) != []
    edit(vat, hides_date_history=True)
    item.milestones.filter(environment="test").update(is_deployed=True, when="December 2026")
    make.edition(vat, at=make.at("2026-05-20"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert stories(page) == []
    assert history(page) == [
        "20 May 2026, edition 5 Now in sandbox",
        "4 May 2026, edition 4 Live date now May 2027",
        "3 May 2026, edition 3 Live date changed",
        "2 May 2026, edition 2 Live date changed",
        "1 May 2026, edition 1 Added",
    ]
    for old in ("January 2027", "February 2027", "March 2027", "April 2027", "was "):
        assert old not in page.text


def test_moves_to_another_release_are_told_without_its_name_once_it_is_past(vat, reads):
    first, second, third = (make.release(vat, title=f"{month} 2027") for month in ("March", "April", "May"))
    item = make.item(vat, title="Losses", release=first)
    edit(vat, hides_date_history=True)
    make.edition(vat, at=make.at("2026-05-01"))
    edit(item, release=second)
    make.edition(vat, at=make.at("2026-05-02"))
    edit(item, release=third)
    make.edition(vat, at=make.at("2026-05-03"))
    edit(third, title="June 2027")
    make.edition(vat, at=make.at("2026-05-04"))
    assert history(reads("/vat-mtd/items/VAT-1/")) == [
        "4 May 2026, edition 4 Release June 2027: date now June 2027",
        "3 May 2026, edition 3 Live date changed Moved to another release",
        "2 May 2026, edition 2 Live date changed Moved to another release",
        "1 May 2026, edition 1 Added",
    ]


def test_the_dates_come_back_where_the_roadmap_shows_them_again(vat, reads):
    item = make.item(vat, title="Losses", live="February 2027")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.update(when="March 2027")
    edit(vat, hides_date_history=True)
    make.edition(vat, at=make.at("2026-05-02"))
    edit(vat, hides_date_history=False)
    make.edition(vat, at=make.at("2026-05-03"))
    page = reads("/vat-mtd/items/VAT-1/")
    assert stories(page) == ["Live: planned February 2027, moved once, now March 2027"]
    # The sentence is that of its Edition, which told it so.
    assert history(page)[0] == "2 May 2026, edition 2 Live date now March 2027"


# While the database is away


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


def test_without_database_or_history_the_page_is_shown_but_not_kept(vat, client, reads, caplog):
    make.item(vat, title="Losses", description="Carries **back**.")
    make.edition(vat, at=make.at("2026-05-01"))
    reads("/")  # which needs no history
    with connection.execute_wrapper(unreachable):
        page = reads("/vat-mtd/items/VAT-1/")
        assert "Carries back." in page.main
        assert "History The history cannot be shown at the moment. Try again later." in page.main
        answer = client.get("/vat-mtd/items/VAT-1/")
    # Kept under the edition's name it would be shown long after.
    assert answer["Cache-Control"] == "no-store"
    assert "ETag" not in answer
    assert "the history of vat-mtd is not shown" in caplog.text
    assert history(reads("/vat-mtd/items/VAT-1/")) == ["1 May 2026, edition 1 Added"]


def test_with_an_older_history_it_says_that_the_newest_is_missing(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    reads("/vat-mtd/items/VAT-1/")
    item.milestones.update(when="July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    reads("/")  # which needs no history
    with connection.execute_wrapper(unreachable):
        page = reads("/vat-mtd/items/VAT-1/")
    assert "The latest changes cannot be shown at the moment." in page.main
    assert history(page) == ["1 May 2026, edition 1 Added"]
    assert "Expected July 2026" in page.main
    assert len(history(reads("/vat-mtd/items/VAT-1/"))) == 2
