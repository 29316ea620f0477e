"""The page for publishing: what it lists, and that nobody publishes what they have not read."""

from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import conditional_escape, strip_tags

from roadmap.content.choices import Noun
from roadmap.models import ChangelogEntry, Edition
from roadmap.previews.links import staff_preview_url
from roadmap.publishing import Choices
from roadmap.publishing.audit_trail import record_before, record_deletion, record_save
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


def told(response):
    """What the page says at its top."""
    return [unescape(strip_tags(str(message))) for message in response.context["messages"]]


def save(copy, **fields):
    """As a form does: what was there is kept, and what comes."""
    record_before(copy)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    record_save(copy, by=None)


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


def test_what_was_saved_after_the_page_was_opened_stays_pending_and_is_named(publisher):
    roadmap = make.roadmap()
    about, gone = make.page(roadmap, title="About", body="second"), make.page(roadmap, title="Gone")
    make.edition(roadmap)
    for copy in (about, gone):
        save(copy, title=f"{copy.title} again")
    page = opened(publisher, roadmap)
    save(about, body="third")
    record_deletion(gone, by=None)
    gone.delete()
    late = make.page(roadmap, title="<b>Late</b>")
    response = press(publisher, page, "Publish", note="My note")
    assert Edition.objects.latest("number").note == "My note"
    assert told(response)[1:] == [
        "3 changes that were saved after you reviewed are still to be published: “About again”, “<b>Late</b>”, “Gone”.",
        "Not published, because it is not what you reviewed any more: “Gone”.",
    ]
    text = response.content.decode()
    for copy in (about, late):
        title = conditional_escape(copy.title)
        assert f'<a href="{reverse("admin:roadmap_page_change", args=[copy.pk])}">“{title}”</a>' in text
    assert "3 changes to publish" in text
    revision = Edition.objects.latest("number").revisions.get(noun=Noun.PAGE)
    assert (revision.title, revision.as_content().body) == ("About again", "second")


def test_what_somebody_else_published_is_said_and_the_rest_is_published(publisher):
    roadmap = make.roadmap()
    first, second = (make.page(roadmap, title=title) for title in ("First", "Second"))
    make.edition(roadmap)
    save(first, body="Edited")
    save(second, body="Edited")
    page = opened(publisher, roadmap)
    make.edition(roadmap, choices=Choices(leave_out=frozenset([str(second.uid)])))
    response = press(publisher, page, "Publish")
    assert told(response)[1:] == [
        "Not published by you, because somebody else had published it or put it back: “First”."
    ]
    pages = Edition.objects.latest("number").revisions.filter(noun=Noun.PAGE)
    assert [revision.title for revision in pages] == ["Second"]


def test_many_that_were_saved_since_are_counted(publisher):
    roadmap = make.roadmap()
    page = opened(publisher, roadmap)
    for number in range(7):
        make.page(roadmap, title=f"P{number}")
    assert told(press(publisher, page, "Publish"))[1:] == [
        "7 changes that were saved after you reviewed are still to be published: "
        "“P0”, “P1”, “P2”, “P3”, “P4” and 2 more."
    ]


def test_where_nothing_that_was_read_is_left_the_page_is_shown_again(publisher):
    roadmap = make.roadmap()
    about = make.page(roadmap, title="About")
    make.edition(roadmap)
    save(about, body="second")
    page = opened(publisher, roadmap)
    make.edition(roadmap)
    save(about, body="third")
    response = press(publisher, page, "Publish", note="My note")
    assert Edition.objects.count() == 2
    assert "What is pending has changed since you opened this page" in response.content.decode()
    assert 'value="My note"' in response.content.decode()
    press(publisher, response, "Publish")
    assert Edition.objects.count() == 3


def test_an_entry_as_somebody_rewrote_it_does_not_announce_what_is_not_published(publisher):
    roadmap = make.roadmap()
    items = [make.item(roadmap, title=title, test="March 2026") for title in ("Agents", "Losses")]
    make.edition(roadmap, at=make.at("2026-03-23"))
    for item in items:
        item.milestones.update(is_deployed=True)
        record_save(item, by=None)
    page = opened(publisher, roadmap)
    items[0].delete()
    response = press(publisher, page, "Publish", entry_body="- Agents and losses are in sandbox")
    assert "Some of what you reviewed has changed since you opened this page" in response.content.decode()
    assert Edition.objects.count() == 1
    untouched = press(publisher, page, "Publish")
    assert "Published edition 2" in untouched.content.decode()
    assert "Agents" not in ChangelogEntry.objects.get().body


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
    response = press(publisher, page, "Update this page")
    text = response.content.decode()
    assert Edition.objects.count() == 1
    since = {thing.pending.title: thing.since for thing in response.context["things"]}
    assert since == {
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
    assert cost[1] <= 24


def test_working_copies_are_read_once_to_publish_them_and_once_for_the_page_after(publisher):
    roadmap = make.roadmap()
    make.item(roadmap)
    page = opened(publisher, roadmap)
    with CaptureQueriesContext(connection) as queries:
        response = press(publisher, page, "Publish")
    assert "Published edition 1" in response.content.decode()
    assert sum('FROM "roadmap_changelogentry"' in query["sql"] for query in queries) == 2


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


def test_an_editor_reads_it_and_decides_nothing(client):
    roadmap = make.roadmap(asks_reasons=True)
    item = make.item(roadmap, title="Agents", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="July 2026")
    editor = make.user(is_superuser=False)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["view_roadmap", "change_roadmap"]))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    text = opened(client, roadmap).content.decode()
    assert "Live moved from June 2026 to July 2026" in text
    assert staff_preview_url(roadmap.pk, Noun.ITEM, item.reference) in text
    assert reverse("admin:roadmap_item_change", args=[item.pk]) in text
    assert Form(text).buttons == []
    assert not any(words in text for words in ("Why it moves later", "Discard", "Editions</a>", 'type="checkbox"'))
    assert client.post(url(roadmap), {"action": "publish"}).status_code == 403
    assert client.get(reverse("admin:roadmap_roadmap_discard", args=[roadmap.pk])).status_code == 403
    assert "Review and publish" not in client.get(reverse("admin:index")).content.decode()
    assert Edition.objects.count() == 1


def test_it_is_for_those_who_may_edit_or_publish(client):
    roadmap = make.roadmap()
    viewer = make.user(is_superuser=False)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_roadmap"))
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url(roadmap)).status_code == 403


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
