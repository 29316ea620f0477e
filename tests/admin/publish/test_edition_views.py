"""The page of a roadmap's Editions: what waits, to be moved or taken back; what was published, to go back to."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Edition, Save
from roadmap.previews.links import addresses_for_staff
from roadmap.publishing import Choices, cancel, pending
from roadmap.working_copies.to_content import preview
from tests import make
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (make.at(f"2026-03-{day}") for day in range(23, 29))


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", title="VAT")
    make.item(made, title="Agents", description="One", live="June 2026")
    make.page(made, title="About", body="About")
    make.edition(made, at=MONDAY, note="The beginning", by=make.user(username="sam"))
    return made


@pytest.fixture
def waiting(roadmap):
    """An Edition that appears on Friday and moves the item's date."""
    item = roadmap.items.get()
    item.milestones.update(when="July 2026")
    reasons = Choices(reasons={(str(item.uid), "milestone.live"): "More testing"})
    return make.edition(roadmap, at=FRIDAY, now=TUESDAY, note="Dates", choices=reasons)


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def url(name, roadmap, *edition):
    return reverse(f"admin:roadmap_roadmap_{name}", args=[roadmap.pk, *(one.pk for one in edition)])


def plain(response):
    return " ".join(response.content.decode().split())


def shown(client, roadmap, **query):
    return plain(client.get(url("editions", roadmap), query))


def act(client, name, roadmap, edition, **typed):
    """Opens the screen, fills it in, and presses its button."""
    page = client.get(url(name, roadmap, edition))
    return client.post(url(name, roadmap, edition), filled(page, **typed), follow=True)


# The list


def test_what_waits_comes_first_with_what_it_changes_and_why(publisher, roadmap, waiting):
    text = shown(publisher, roadmap)
    assert text.index("Edition 2: 27 March 2026 at 9:30am, London time") < text.index("Edition 1: 23 March 2026")
    assert "Live moved from June 2026 to July 2026 (reason: More testing)" in text
    assert "Published by a command: Dates" in text
    assert "By sam: The beginning" in text
    assert f'href="{addresses_for_staff(roadmap.pk, waiting.pk).home}"' in text
    assert f"/admin/preview/{roadmap.pk}/edition/{waiting.pk}/" in text


def test_an_edition_that_has_appeared_is_among_the_published(publisher, roadmap, waiting, clock):
    clock(FRIDAY)
    text = shown(publisher, roadmap)
    assert "No edition is scheduled." in text
    assert url("edition_restore", roadmap, waiting) in text
    assert url("edition_cancel", roadmap, waiting) not in text


def test_minor_changes_are_named_as_such(publisher, roadmap):
    page = roadmap.pages.get()
    edit(page, body="Typo")
    make.edition(roadmap, at=TUESDAY, choices=Choices(minor=frozenset([str(page.uid)])))
    assert '<strong>About</strong>: Text reworded <span class="quiet">(minor, not announced)</span>' in shown(
        publisher, roadmap
    )


def test_long_editions_are_folded_and_long_lists_paged(publisher):
    roadmap = make.roadmap(title="VAT")
    for number in range(50):
        make.page(roadmap, title=f"Page {number:02}")
    make.edition(roadmap, at=MONDAY)
    for number in range(11):
        edit(roadmap, description=f"Description {number}")
        make.edition(roadmap, at=make.at("2026-03-23", f"10:{number:02}"))
    text = shown(publisher, roadmap)
    assert "Edition 12:" in text
    assert "Edition 2:" not in text
    assert "Page 1 of 2" in text
    text = shown(publisher, roadmap, page="2")
    assert "And 45 more" in text
    assert "And 11 more that are not listed here." in text
    for odd in ("0", "x", "999", "-1"):
        assert publisher.get(url("editions", roadmap), {"page": odd}).status_code == 200


def test_the_list_costs_the_same_queries_whatever_its_length(publisher, roadmap):
    cost = []
    for number in range(9):
        edit(roadmap.pages.get(), body=f"Text {number}")
        make.edition(roadmap, at=make.at("2026-03-23", f"10:{number:02}"))
        if number in (0, 8):
            with CaptureQueriesContext(connection) as queries:
                shown(publisher, roadmap)
            cost.append(len(queries))
    assert cost[0] == cost[1]


def test_it_is_reached_from_where_staff_are(publisher, roadmap, waiting):
    edit(roadmap.pages.get(), body="Corrected")
    make.edition(roadmap, at=TUESDAY)
    editions = url("editions", roadmap)
    assert editions in plain(publisher.get(url("publish", roadmap)))
    assert editions in plain(publisher.get(url("change", roadmap)))
    text = plain(publisher.get(reverse("admin:index")))
    assert "Edition 3 is scheduled for 27 March 2026 at 9:30am: Dates." in text
    assert editions in text
    assert "Edition 2 was published on 24 March 2026" in text


# Another time


def test_a_scheduled_edition_is_moved(publisher, roadmap, waiting):
    page = publisher.get(url("edition_time", roadmap, waiting))
    assert (filled(page)["day"], filled(page)["time"]) == (["2026-03-27"], ["09:30"])
    response = act(publisher, "edition_time", roadmap, waiting, day="2026-03-30", time="17:00")
    assert "Readers will see it from 30 March 2026 at 5pm, London time." in plain(response)
    waiting.refresh_from_db()
    assert waiting.published_at == make.at("2026-03-30", "17:00")


@each_case(
    ("day", "time", "told"),
    [
        ("2026-03-23", "09:30", "This time has passed."),
        ("2026-03-29", "01:30", "does not exist: the clocks go forward"),
        ("9999-12-31", "23:59", "within the next two years"),
        ("", "", "Enter the date."),
        ("nonsense", "\x00", "Enter a date, for example"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_kept(publisher, roadmap, waiting, day, time, told):
    response = act(publisher, "edition_time", roadmap, waiting, day=day, time=time)
    assert told in plain(response)
    assert filled(response)["day"] == [day]
    waiting.refresh_from_db()
    assert waiting.published_at == FRIDAY


def test_an_edition_is_not_moved_past_another_that_changes_the_same(publisher, roadmap, waiting):
    edit(roadmap.items.get(), description="Two")
    make.edition(roadmap, at=SATURDAY, now=TUESDAY)
    response = act(publisher, "edition_time", roadmap, waiting, day="2026-03-31", time="09:30")
    assert "Another scheduled edition changes “Agents” too" in plain(response)


# Taken back


def test_a_scheduled_edition_is_cancelled_once_that_is_confirmed(publisher, roadmap, waiting):
    page = publisher.get(url("edition_cancel", roadmap, waiting))
    assert "Live moved from June 2026 to July 2026" in plain(page)
    assert Edition.objects.filter(pk=waiting.pk).exists()
    response = act(publisher, "edition_cancel", roadmap, waiting)
    assert "Cancelled. What was in that edition is pending again." in plain(response)
    assert "Live moved from June 2026 to July 2026" in plain(response)
    assert not Edition.objects.filter(pk=waiting.pk).exists()
    assert [one.title for one in pending(roadmap)] == ["Agents"]


@pytest.mark.parametrize("name", ["edition_cancel", "edition_time"])
def test_what_has_appeared_meanwhile_is_left_alone_in_words(publisher, roadmap, waiting, clock, name):
    page = publisher.get(url(name, roadmap, waiting))
    clock(FRIDAY)
    sent = filled(page, day="2026-03-31")
    response = publisher.post(url(name, roadmap, waiting), sent, follow=True)
    assert "Readers see edition 2 already, so it cannot be changed." in plain(response)
    assert Edition.objects.get(pk=waiting.pk).published_at == FRIDAY
    response = publisher.get(url(name, roadmap, waiting), follow=True)
    assert "Readers see edition 2 already, so it cannot be changed." in plain(response)


@pytest.mark.parametrize("name", ["edition_cancel", "edition_time"])
def test_what_is_gone_meanwhile_is_said_to_be(publisher, roadmap, waiting, name):
    sent = filled(publisher.get(url(name, roadmap, waiting)), day="2026-03-31")
    cancel(waiting, now=TUESDAY)
    response = publisher.post(url(name, roadmap, waiting), sent, follow=True)
    assert "This edition was cancelled before you got here" in plain(response)


@pytest.mark.parametrize("name", ["edition_time", "edition_cancel"])
def test_what_was_seen_by_a_faster_clock_is_published_by_this_one(publisher, roadmap, waiting, clock, name):
    for moment in (FRIDAY, FRIDAY - datetime.timedelta(seconds=40)):
        clock(moment)
        assert url("edition_restore", roadmap, waiting) in shown(publisher, roadmap)
    told = "Readers see edition 2 already, so it cannot be changed."
    assert told in plain(publisher.get(url(name, roadmap, waiting), follow=True))
    edit(roadmap.items.get(), description="Two")
    assert "Readers see edition 2, published on 27 March 2026" in plain(publisher.get(url("publish", roadmap)))
    assert make.edition(roadmap).number == 3


def test_an_edition_that_a_later_one_needs_is_not_cancelled_or_moved_past_it(publisher, roadmap):
    release = make.release(roadmap, title="Summer")
    first = make.edition(roadmap, at=FRIDAY, now=TUESDAY)
    edit(roadmap.items.get(), release=release)
    make.edition(roadmap, at=SATURDAY, now=TUESDAY)
    response = act(publisher, "edition_cancel", roadmap, first)
    assert "The edition scheduled for 28 March 2026 would not be whole" in plain(response)
    response = act(publisher, "edition_time", roadmap, first, day="2026-03-31", time="09:30")
    assert "would not be whole" in plain(response)
    assert filled(response)["day"] == ["2026-03-31"]
    first.refresh_from_db()
    assert (first.number, first.published_at) == (2, FRIDAY)


@pytest.mark.parametrize("name", ["edition_cancel", "edition_time"])
def test_an_edition_is_left_alone_in_the_moments_before_it_appears(publisher, roadmap, waiting, clock, name):
    clock(make.at("2026-03-27", "09:29:55"))
    response = act(publisher, name, roadmap, waiting, day="2026-03-31", time="09:30")
    assert "about to appear" in plain(response)
    assert Edition.objects.get(pk=waiting.pk).published_at == FRIDAY


# Gone back to


def test_an_earlier_edition_is_restored_into_the_drafts_once_that_is_confirmed(publisher, roadmap):
    first = Edition.objects.get()
    edit(roadmap.items.get(), description="Two")
    make.page(roadmap, title="Later")
    make.edition(roadmap, at=TUESDAY)
    edit(roadmap.pages.get(title="About"), body="A draft that nobody has published")
    page = publisher.get(url("edition_restore", roadmap, first))
    text = plain(page)
    assert "Readers see no difference until you review and publish" in text
    assert "1 unpublished change would be overwritten" in text
    assert "<li>About</li>" in text
    assert roadmap.items.get().description == "Two"

    response = act(publisher, "edition_restore", roadmap, first)
    assert "The drafts are as they were in edition 1. Readers see no difference until you publish." in plain(response)
    snapshot = preview(roadmap)
    assert [one.content.description for one in snapshot.items] == ["One"]
    assert [(one.title, one.body) for one in snapshot.pages] == [("About", "About")]
    assert Edition.objects.count() == 2
    assert "Description reworded" in plain(response)
    assert "To be withdrawn" in plain(response)


def test_what_restoring_overwrites_is_in_the_history_and_so_is_who_did_it(publisher, roadmap):
    page = roadmap.pages.get()
    edit(page, body="A draft that nobody has published")
    act(publisher, "edition_restore", roadmap, Edition.objects.get())
    newest, before = Save.objects.of_thing(str(page.uid))[:2]
    assert (newest.action, newest.saved_by.username) == ("Restored from edition 1", "pat")
    assert newest.as_content().body == "About"
    assert before.as_content().body == "A draft that nobody has published"
    assert before.saved_by is None


def test_what_cannot_be_restored_is_said_and_nothing_changes(publisher, roadmap, monkeypatch):
    first = Edition.objects.get()
    page = roadmap.pages.get()
    page.delete()
    edit(roadmap.items.get(), description="Two")
    other = make.page(roadmap, title="Another", slug=page.slug)

    def with_another_page_in_the_way(*args):
        """Put there by somebody between the two steps of restoring."""

    monkeypatch.setattr("roadmap.publishing.restore._delete_others", with_another_page_in_the_way)
    response = act(publisher, "edition_restore", roadmap, first)
    assert "Nothing has been restored. “About” was at the address" in plain(response)
    assert roadmap.items.get().description == "Two"
    assert roadmap.pages.get() == other
    assert not Save.objects.filter(action__startswith="Restored").exists()


def test_an_edition_that_waits_or_is_another_roadmaps_is_not_restored(publisher, roadmap, waiting):
    other = make.roadmap()
    foreign = make.edition(other, at=MONDAY)
    for edition in (waiting, foreign):
        assert publisher.get(url("edition_restore", roadmap, edition)).status_code == 404
        assert publisher.post(url("edition_restore", roadmap, edition)).status_code == 404
    text = plain(publisher.post(url("edition_cancel", roadmap, foreign), follow=True))
    assert "This edition was cancelled before you got here" in text
    assert Edition.objects.filter(pk=foreign.pk).exists()


# Who may


def test_it_is_for_those_who_may_publish_this_roadmap(client, publisher, roadmap, waiting):
    def answers():
        yield client.get(url("editions", roadmap)).status_code
        for name in ("edition_time", "edition_cancel", "edition_restore", "edition_undo"):
            edition = Edition.objects.get(number=1) if name in ("edition_restore", "edition_undo") else waiting
            yield client.get(url(name, roadmap, edition)).status_code
            yield client.post(url(name, roadmap, edition), {"day": "2026-04-01", "time": "09:30"}).status_code

    editor = make.user(is_superuser=False)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["view_roadmap", "change_roadmap"]))
    outsider = make.user(is_superuser=False)
    outsider.user_permissions.set(
        Permission.objects.filter(codename__in=["view_roadmap", "change_roadmap", "publish_roadmap"])
    )
    roadmap.team.add(editor)
    for user in (editor, outsider):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert {*answers()} == {403}
        told = plain(client.get(reverse("admin:index")))
        assert ("is scheduled for 27 March 2026" in told) == (user == editor)  # who edits knows of it
        assert "See what it changes" not in told
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    then = re.search(r'href="([^"]+)">See the roadmap as it will be then', plain(client.get(reverse("admin:index"))))[1]
    assert client.get(then).status_code == 200
    waiting.refresh_from_db()
    assert waiting.published_at == FRIDAY


def test_a_column_that_is_gone_is_told_by_the_name_that_it_had(publisher, roadmap):
    """In the list of Editions, on the publish page before it, and in the item's own history."""
    column = make.field(roadmap, name="Can be used in year", key="usable-in-year")
    item = roadmap.items.get()
    make.FieldValue.objects.create(item=item, field=column, value="Yes")
    make.edition(roadmap, at=TUESDAY)
    column.delete()
    told = "‘Can be used in year’ removed (was Yes)"
    assert told in plain(publisher.get(url("publish", roadmap)))
    make.edition(roadmap, at=WEDNESDAY)
    history = reverse("admin:roadmap_item_history", args=[item.pk])
    for page in (shown(publisher, roadmap), plain(publisher.get(history))):
        assert told in page
        assert "usable-in-year removed" not in page
