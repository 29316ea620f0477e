"""When an Edition appears: now, or at a time in London; and what that does to others that wait."""

import pytest
from django.urls import reverse

from roadmap.admin.publish.review import Review
from roadmap.models import Edition
from roadmap.publishing import pending
from tests import make
from tests.admin.press import filled, press
from tests.cases import each_case

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (make.at(f"2026-03-{day}") for day in range(23, 28))
DAY = {"timing": "later", "day": "2026-03-27"}
FRIDAY_MORNING = {**DAY, "time": "09:30"}


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", title="VAT")
    make.item(made, title="Agents", description="Teh text", live="June 2026")
    make.page(made, title="About", body="About")
    make.edition(made, at=MONDAY)
    return made


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def opened(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def plain(response):
    return " ".join(response.content.decode().split())


def test_an_edition_is_scheduled_for_a_time_in_london(publisher, roadmap):
    edit(roadmap.pages.get(), body="Corrected")
    response = press(publisher, opened(publisher, roadmap), "Publish", **FRIDAY_MORNING)
    assert "Edition 2 of VAT is scheduled for 27 March 2026 at 9:30am, London time." in plain(response)
    assert "There is nothing to publish" in plain(response)
    edition = Edition.objects.latest("number")
    assert (edition.published_at, edition.published_by.username) == (FRIDAY, "pat")
    assert "Readers see edition 1," in plain(response)
    assert "Edition 2 is scheduled for 27 March 2026 at 9:30am." in plain(response)


def test_summer_time_is_londons(publisher, roadmap):
    edit(roadmap.pages.get(), body="Corrected")
    press(publisher, opened(publisher, roadmap), "Publish", timing="later", day="2026-07-01", time="09:30")
    assert Edition.objects.latest("number").published_at.isoformat().startswith("2026-07-01T08:30")


def test_the_draft_is_dated_when_it_appears(publisher, roadmap):
    edit(roadmap.pages.get(), body="Corrected")
    page = press(publisher, opened(publisher, roadmap), "Update the draft", **FRIDAY_MORNING)
    assert filled(page)["entry_when"] == ["27 March 2026"]
    assert (filled(page)["day"], filled(page)["time"]) == (["2026-03-27"], ["09:30"])


@each_case(
    ("day", "time", "field", "told"),
    [
        ("2026-03-24", "09:29", "time", "This time has passed."),
        ("2026-03-23", "12:00", "day", "This time has passed."),
        ("2026-03-29", "01:30", "time", "1:30am on 29 March 2026 does not exist: the clocks go forward that night."),
        ("2026-10-25", "01:30", "time", "1:30am on 25 October 2026 happens twice: the clocks go back that night."),
        ("2028-04-01", "09:30", "day", "Choose a time within the next two years."),
        ("9999-12-31", "23:59", "day", "Choose a time within the next two years."),
        ("0001-01-01", "00:00", "day", "This time has passed."),
        ("10000-01-01", "09:30", "day", "Enter a date, for example 27 March 2026."),
        ("2026-02-30", "09:30", "day", "Enter a date, for example 27 March 2026."),
        ("", "09:30", "day", "Enter the date."),
        ("2026-03-27", "", "time", "Enter the time."),
        ("2026-03-27", "25:00", "time", "Enter a time, for example 9:30am or 17:00."),
    ],
)
def test_a_time_that_cannot_be_is_said_at_the_field_and_nothing_is_lost(publisher, roadmap, day, time, field, told):
    edit(roadmap.pages.get(), body="Corrected")
    typed = {"timing": "later", "day": day, "time": time, "note": "My note", "entry_body": "- My words"}
    response = press(publisher, opened(publisher, roadmap), "Publish", **typed)
    assert Edition.objects.count() == 1
    assert told in str(response.context["form"][field].errors)
    assert (f"id_{field}", True) in [(one.place, told in one.text) for one in response.context["review"].refusals]
    sent = filled(response)
    assert {name: sent[name] for name in typed} == {name: [value] for name, value in typed.items()}


def test_a_time_written_in_words_is_understood(publisher, roadmap):
    edit(roadmap.pages.get(), body="Corrected")
    page = press(
        publisher, opened(publisher, roadmap), "Update this page", timing="later", day="27 March 2026", time="9:30am"
    )
    press(publisher, page, "Publish")
    assert Edition.objects.latest("number").published_at == FRIDAY


def test_a_time_that_is_not_used_is_not_complained_of(publisher, roadmap):
    edit(roadmap.pages.get(), body="Corrected")
    press(publisher, opened(publisher, roadmap), "Publish", timing="now", day="x", time="25:00")
    assert Edition.objects.count() == 2


# With another Edition waiting


@pytest.fixture
def waiting(roadmap):
    """An Edition that appears on Friday and moves the item's date."""
    roadmap.items.get().milestones.update(when="July 2026")
    return make.edition(roadmap, at=FRIDAY, now=TUESDAY)


def test_a_fix_is_published_while_another_edition_waits(publisher, roadmap, waiting):
    edit(roadmap.pages.get(), body="Corrected")
    response = press(publisher, opened(publisher, roadmap), "Publish")
    assert "Published edition 2 of VAT. Readers see it within a minute" in plain(response)
    waiting.refresh_from_db()
    assert waiting.number == 3


def test_what_publishing_does_to_a_waiting_edition_is_said_before_it_happens(publisher, roadmap, waiting):
    edit(roadmap.items.get(), description="The text")
    text = plain(opened(publisher, roadmap))
    assert "Edition 2, scheduled for 27 March 2026 at 9:30am, changes this too." in text
    assert "readers see what that edition holds of it at once: Live moved from June 2026 to July 2026." in text
    assert "Nothing of this is then left for that edition to change. An edition with nothing left at all" in text
    text = plain(press(publisher, opened(publisher, roadmap), "Publish"))
    assert "Nothing was left for the edition scheduled for 27 March 2026 at 9:30am to change." in text
    assert not Edition.objects.filter(pk=waiting.pk).exists()  # as it was said


def test_what_a_waiting_edition_will_still_change_is_said(publisher, roadmap, waiting):
    edit(roadmap.items.get(), description="The text")
    roadmap.items.get().milestones.update(when="June 2026")  # as readers have it
    text = plain(opened(publisher, roadmap))
    assert "When that edition appears, it still changes: Live moved from June 2026 to July 2026." in text
    assert "at once" not in text
    press(publisher, opened(publisher, roadmap), "Publish")
    (told,) = waiting.revisions.get().changes.all()
    assert told.as_field_change().for_programs()[1] == {"when": "July 2026"}  # as it was said


def test_a_withdrawal_that_a_waiting_edition_does_not_undo_is_said(publisher, roadmap, waiting):
    roadmap.items.get().delete()
    assert "that edition does not bring it back" in plain(opened(publisher, roadmap))


def test_a_withdrawal_that_waits_is_said(publisher, roadmap):
    page = roadmap.pages.get()
    title, slug, uid = page.title, page.slug, page.uid
    page.delete()
    make.edition(roadmap, at=FRIDAY, now=TUESDAY)
    make.page(roadmap, title=title, slug=slug, uid=uid, body="Back again")
    assert "That edition withdraws it when it appears." in plain(opened(publisher, roadmap))


def test_a_later_time_is_reviewed_again_where_readers_will_have_something_else_by_then(publisher, roadmap, waiting):
    edit(roadmap.items.get(), description="The text")
    page = opened(publisher, roadmap)
    assert "Live moved from June 2026 to July 2026" in plain(page)
    after = {**DAY, "time": "12:00"}
    response = press(publisher, page, "Publish", note="My note", **after)
    assert Edition.objects.count() == 2
    text = plain(response)
    assert "What this edition changes depends on when it appears" in text
    assert "Different at the time you chose" in text
    assert "Live moved" not in text
    assert "as things will be on 27 March 2026 at midday" in text
    assert filled(response)["note"] == ["My note"]
    press(publisher, response, "Publish")
    assert Edition.objects.latest("number").published_at == make.at("2026-03-27", "12:00")
    # and back to now: the list is another one again
    assert pending(roadmap, THURSDAY) == []


def test_a_later_time_that_changes_nothing_is_not_reviewed_again(publisher, roadmap, waiting):
    edit(roadmap.pages.get(), body="Corrected")
    page = press(publisher, opened(publisher, roadmap), "Update the draft", **DAY, time="12:00")
    press(publisher, page, "Publish")
    assert Edition.objects.latest("number").published_at == make.at("2026-03-27", "12:00")


def test_nothing_is_published_in_the_moments_before_another_appears(publisher, roadmap, clock, waiting):
    edit(roadmap.pages.get(), body="Corrected")
    clock(make.at("2026-03-27", "09:29:55"))
    response = press(publisher, opened(publisher, roadmap), "Publish", note="My note")
    assert "A scheduled edition is about to appear. Wait ten seconds" in plain(response)
    assert filled(response)["note"] == ["My note"]
    clock(make.at("2026-03-27", "09:30:05"))
    assert "Published edition 3" in plain(press(publisher, response, "Publish"))


def test_an_item_whose_release_waits_is_refused_with_the_date_of_the_release(publisher, roadmap):
    release = make.release(roadmap, title="June 2026")
    make.edition(roadmap, at=FRIDAY, now=TUESDAY)
    edit(roadmap.items.get(), release=release)
    response = press(publisher, opened(publisher, roadmap), "Publish")
    assert Edition.objects.count() == 2
    assert "It appears with edition 2 on 27 March 2026 at 9:30am: choose a time after that" in plain(response)


def test_what_would_leave_a_waiting_edition_without_its_release_is_refused(publisher, roadmap):
    release = make.release(roadmap, title="June 2026")
    make.edition(roadmap, at=TUESDAY)
    edit(roadmap.items.get(), release=release)
    make.edition(roadmap, at=FRIDAY, now=TUESDAY)
    edit(roadmap.items.get(), release=None)
    release.delete()
    response = press(publisher, opened(publisher, roadmap), "Publish", note="My note")
    told = "scheduled for 27 March 2026 would not be whole: “Agents” is still in a release"
    assert told in plain(response)
    assert filled(response)["note"] == ["My note"]
    assert Edition.objects.count() == 3


def test_a_page_does_not_appear_before_the_roadmap_that_waits(publisher):
    roadmap = make.roadmap()
    make.edition(roadmap, at=FRIDAY, now=TUESDAY)
    make.page(roadmap)
    response = press(publisher, opened(publisher, roadmap), "Publish")
    assert "The roadmap itself has not been published" in plain(response)
    assert "It appears with edition 1 on 27 March 2026 at 9:30am: choose a time after that" in plain(response)


def test_what_changes_in_the_very_moment_of_publishing_is_refused_and_shown(publisher, roadmap, monkeypatch):
    page = roadmap.pages.get()
    edit(page, body="Corrected")

    def check_and_somebody_saves(review):
        check(review)
        edit(page, body="Corrected again")

    check = Review.check
    monkeypatch.setattr(Review, "check", check_and_somebody_saves)
    response = press(publisher, opened(publisher, roadmap), "Publish", note="My note")
    assert "What is pending has changed since you opened this page" in plain(response)
    assert filled(response)["note"] == ["My note"]
    assert "> [added: </span>Corrected again<" in response.content.decode()
    assert Edition.objects.count() == 1
