"""The page for publishing: what it lists, and that nobody publishes what they have not read."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.models import Edition
from roadmap.previews.links import staff_preview_url
from tests import make
from tests.admin.press import Form, filled, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    user = make.user(username="pat")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(roadmap):
    return reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk])


def opened(client, roadmap):
    return client.get(url(roadmap))


def test_it_lists_what_is_pending_in_a_readers_words(publisher):
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Multiple agents", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="September 2026")
    make.page(roadmap, title="Who we are")
    text = publisher.get(url(roadmap)).content.decode()
    assert "2 changes to publish" in text
    assert "Live moved from June 2026 to September 2026" in text
    assert "Who we are" in text


def test_it_publishes_with_the_note_and_says_so(publisher):
    roadmap = make.roadmap(title="VAT roadmap")
    response = press(publisher, opened(publisher, roadmap), "Publish", note="First edition")
    edition = Edition.objects.get()
    assert (edition.note, edition.published_by.username) == ("First edition", "pat")
    text = response.content.decode()
    assert "Published edition 1 of VAT roadmap. Readers see it within a minute" in text
    assert "There is nothing to publish" in text


def test_it_does_not_publish_what_was_saved_after_the_page_was_opened(publisher):
    roadmap = make.roadmap()
    page = opened(publisher, roadmap)
    make.page(roadmap, title="Slipped in")
    response = press(publisher, page, "Publish", note="My note")
    assert not Edition.objects.exists()
    text = response.content.decode()
    assert "What is pending has changed since you opened this page" in text
    assert "Slipped in" in text
    assert 'value="My note"' in text
    press(publisher, response, "Publish")
    assert Edition.objects.count() == 1


def test_a_second_press_of_the_button_is_told_that_there_is_nothing(publisher):
    roadmap = make.roadmap()
    page = opened(publisher, roadmap)
    press(publisher, page, "Publish")
    response = press(publisher, page, "Publish")
    assert "There is nothing to publish" in response.content.decode()
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("note", ["x" * 501, "two\nlines", "null\x00byte"])
def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_published(publisher, note):
    roadmap = make.roadmap()
    response = press(publisher, opened(publisher, roadmap), "Publish", note=note)
    assert response.status_code == 200
    assert response.context["form"].errors["note"]
    assert not Edition.objects.exists()


def test_texts_are_side_by_side_with_the_words_marked_and_said(publisher):
    roadmap = make.roadmap()
    page = make.page(roadmap, title="Who we are", body="We are two teams.\n\nWrite to us.\n")
    make.edition(roadmap)
    page.body = "We are three teams.\n\nWrite to us.\n"
    page.save()
    text = opened(publisher, roadmap).content.decode()
    assert "Text reworded" in text
    assert (
        '<del><span class="visually-hidden"> [removed: </span>two<span class="visually-hidden">] </span></del>' in text
    )
    assert (
        '<ins><span class="visually-hidden"> [added: </span>three<span class="visually-hidden">] </span></ins>' in text
    )
    assert text.count("Write to us.") == 1


def test_what_a_new_thing_brings_is_told(publisher):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Near term")
    make.edition(roadmap)
    make.item(roadmap, title="Agents", live="June 2026", release=release, kind="api", description="New **text**.")
    text = opened(publisher, roadmap).content.decode()
    for words in ("Live expected June 2026", "Added to Near term", "Kind added: API", "New **text**."):
        assert words in text


def test_each_thing_leads_to_its_preview_and_to_its_form(publisher):
    roadmap = make.roadmap()
    item, page, gone = make.item(roadmap), make.page(roadmap, slug="who"), make.page(roadmap, title="Gone")
    make.edition(roadmap)
    for thing in (item, page):
        thing.title += " again"
        thing.save()
    pk = gone.pk
    gone.delete()
    text = opened(publisher, roadmap).content.decode()
    assert f'href="{staff_preview_url(roadmap.pk, Noun.ITEM, item.reference)}"' in text
    assert f'href="{staff_preview_url(roadmap.pk, Noun.PAGE, "who")}"' in text
    assert f'href="{reverse("admin:roadmap_item_change", args=[item.pk])}"' in text
    assert f'href="{reverse("admin:roadmap_page_change", args=[page.pk])}"' in text
    assert reverse("admin:roadmap_page_change", args=[pk]) not in text
    assert "To be withdrawn" in text


def test_what_is_new_since_the_page_was_opened_is_marked_and_what_is_gone_is_named(publisher):
    roadmap = make.roadmap()
    first, second, third = (make.page(roadmap, title=title) for title in ("First", "Second", "Third"))
    make.edition(roadmap)
    for page in (first, second, third):
        page.body = "Edited"
        page.save()
    page = opened(publisher, roadmap)
    first.body = "Edited once more"
    first.save()
    second.body = ""
    second.save()
    make.item(roadmap, title="Fourth")
    response = press(publisher, page, "Publish")
    text = response.content.decode()
    assert Edition.objects.count() == 1
    told = {thing.pending.title: thing.since for thing in response.context["things"]}
    assert told == {
        "First": "Changed since you opened this page",
        "Third": "",
        "Fourth": "New since you opened this page",
    }
    assert "Changed since you opened this page" in text
    assert "published it or put it back: “Second”." in " ".join(text.split())


def test_what_somebody_else_published_meanwhile_leaves_what_was_written_to_copy(publisher):
    roadmap = make.roadmap()
    page = make.page(roadmap)
    make.edition(roadmap)
    page.title = "Other"
    page.save()
    screen = opened(publisher, roadmap)
    make.edition(roadmap)
    response = press(publisher, screen, "Publish", note="My note", entry_body="My words, at length")
    text = response.content.decode()
    assert Edition.objects.count() == 2
    assert "There is nothing to publish" in text
    assert "My note" in text
    assert "My words, at length" in text


def test_the_enter_key_does_not_publish(publisher):
    """It presses the first button of the form."""
    roadmap = make.roadmap()
    screen = opened(publisher, roadmap)
    first, _ = Form(screen.content.decode()).buttons[0]
    publisher.post(url(roadmap), filled(screen) | {"action": first})
    publisher.post(url(roadmap), filled(screen))
    assert not Edition.objects.exists()


def test_it_costs_the_same_queries_whatever_the_number_of_changes(publisher):
    roadmap = make.roadmap(asks_reasons=True)
    things = [make.item(roadmap, live="June 2026", description="One text") for _ in range(30)]
    make.edition(roadmap)
    cost = []
    for count in (2, 30):
        for item in things[:count]:
            item.description = f"Another text {count}"
            item.save()
            item.milestones.update(when="July 2026")
        with CaptureQueriesContext(connection) as queries:
            assert f"{count} changes to publish" in opened(publisher, roadmap).content.decode()
        cost.append(len(queries))
    assert cost[0] == cost[1]
    assert cost[1] <= 20


@pytest.mark.parametrize(
    "nonsense",
    [
        {"publish": "x", "shown": "x x=y = ==", "reviewed_at": "tomorrow"},
        {"reviewed_at": "9999-12-31T23:59:59.999999", "minor": "\x00", "shown": "\x00=1"},
        {"action": "include:x", "drafted": "\x00"},
        {"timing": "sometime", "day": "\x00", "time": "\x00"},
    ],
)
def test_a_form_that_was_made_up_publishes_nothing_and_is_answered(publisher, nonsense):
    roadmap = make.roadmap()
    make.page(roadmap)
    sent = {"action": "publish", "reviewed": "made up", **nonsense}
    assert publisher.post(url(roadmap), sent).status_code == 200
    assert not Edition.objects.exists()


def test_it_is_for_those_who_may_publish(client):
    roadmap = make.roadmap()
    editor = make.user(is_superuser=False)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["view_roadmap", "change_roadmap"]))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url(roadmap)).status_code == 403
    assert client.post(url(roadmap), {"note": ""}).status_code == 403
    assert "Review and publish" not in client.get(reverse("admin:index")).content.decode()
    assert not Edition.objects.exists()


def test_it_asks_for_a_login_and_answers_404_for_no_roadmap(client, publisher):
    assert publisher.get(reverse("admin:roadmap_roadmap_publish", args=[999])).status_code == 404
    publisher.logout()
    assert client.get(reverse("admin:roadmap_roadmap_publish", args=[999])).status_code == 302


def test_titles_are_escaped(publisher):
    roadmap = make.roadmap(title="<script>alert(1)</script>")
    make.page(roadmap, title="<img src=x onerror=alert(1)>")
    text = publisher.get(url(roadmap)).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
