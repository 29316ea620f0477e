"""The history of a thing for staff: who changed what and when, any two compared, any of them put back."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Item, Milestone, Page, Release, Roadmap, Save
from roadmap.publishing import Choices, pending
from roadmap.publishing.audit_trail import record_save
from tests import make
from tests.admin.editing.people import signed_in
from tests.admin.editing.test_conflicts import change_url, page_form, text
from tests.admin.opened import save
from tests.admin.test_forms import item_form
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    """Signed in: the one of the story, where it was told."""
    if (user := User.objects.filter(username="ann").first()) is None:
        return signed_in(username="ann", first_name="Ann", last_name="Archer")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def history_url(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_history", args=[thing.pk])


def by_uid(thing):
    return reverse("admin:roadmap_roadmap_history_of", args=[thing.roadmap_id, thing.uid])


def rows(response):
    """Newest first: what, who, and what it changed."""
    return [(row.name, row.who, row.sentences) for row in response.context["rows"]]


def keys(response):
    return {row.name: row.key for row in response.context["rows"]}


def tell():
    ann = signed_in(username="ann", first_name="Ann", last_name="Archer")
    roadmap = make.roadmap()
    ann.post(reverse("admin:roadmap_item_add"), item_form(roadmap, {"environment": "live", "when": "June 2026"}))
    item = Item.objects.get()
    make.edition(roadmap, by=make.user(username="bob"))
    row = {"id": item.milestones.get().pk, "item": item.pk, "environment": "live", "when": "September 2026"}
    form = item_form(roadmap, row, initial=1)
    save(ann, change_url(item), form)
    save(ann, change_url(item), {**form, "description": "Several agents for one client."})
    return item


@pytest.fixture(scope="module")
def told_once(keep):
    return keep(tell)


@pytest.fixture
def story(told_once):
    """An item: added by Ann, published, changed by her in two ways."""
    return told_once()


def test_every_save_and_every_edition_is_there_newest_first(ann, story):
    response = ann.get(history_url(story))
    assert rows(response) == [
        ("Saved", "Ann Archer", ["Description added"]),
        ("Saved", "Ann Archer", ["Live moved from June 2026 to September 2026"]),
        ("Published in edition 1", "bob", ["Added"]),
        ("Added", "Ann Archer", []),
    ]
    words = text(response)
    assert words.count("Readers see this") == 1
    assert [row.name for row in response.context["rows"] if row.is_live] == ["Published in edition 1"]


def test_it_says_what_is_public_and_what_is_not(ann, story):
    words = text(ann.get(history_url(story)))
    assert "Readers see it as in edition 1. What is saved now is not public yet" in words
    make.edition(story.roadmap)
    response = ann.get(history_url(story))
    assert "Readers see it as it is saved now, since edition 2." in text(response)
    assert [row.name for row in response.context["rows"] if row.is_live] == ["Published in edition 2"]
    draft = make.page(story.roadmap)
    assert "Readers have never seen this page." in text(ann.get(history_url(draft)))


def test_a_scheduled_edition_says_when(ann):
    roadmap = make.roadmap()
    page = make.page(roadmap, title="One")
    make.edition(roadmap, at=make.at("2020-01-01"))
    Page.objects.update(title="Two")
    make.edition(roadmap, at=make.at("2999-01-01", "17:30"), now=make.at("2998-12-01"))
    response = ann.get(history_url(page))
    assert [row.name for row in response.context["rows"]] == ["Scheduled in edition 2", "Published in edition 1"]
    assert "Scheduled in edition 2, for 1 January 2999 at 5:30pm." in text(response)
    assert [row.is_live for row in response.context["rows"]] == [False, True]


def test_the_reason_of_a_slip_is_there(ann, story):
    Roadmap.objects.update(asks_reasons=True)
    make.edition(story.roadmap, choices=Choices(reason_for_all="Testing found a fault"))
    (name, _, sentences), *_ = rows(ann.get(history_url(story)))
    assert name == "Published in edition 2"
    assert "Live moved from June 2026 to September 2026. Reason: Testing found a fault" in sentences


def test_any_two_are_compared_with_the_words_marked(ann):
    page = make.page(make.roadmap(), **page_form(body="We are the old team."))
    record_save(page, by=None, action="Imported")
    make.edition(page.roadmap)
    save(ann, change_url(page), page_form(body="We are the new team.", is_on_home="on"))
    key = keys(ann.get(history_url(page)))
    response = ann.get(history_url(page), {"from": key["Published in edition 1"], "to": key["Saved"]})
    assert response.context["sentences"] == ["Text reworded", "Now shown on the home page"]
    html = response.content.decode()
    assert re.search(r"<del>.*old.*</del>", html)
    assert re.search(r"<ins>.*new.*</ins>", html)
    other_way = ann.get(history_url(page), {"from": key["Saved"], "to": key["Published in edition 1"]})
    assert re.search(r"<del>.*new.*</del>", other_way.content.decode())
    now = ann.get(history_url(page), {"from": key["Published in edition 1"], "to": "now"})
    assert now.context["sentences"] == response.context["sentences"]
    assert "As it is saved now" in text(now)


def test_dates_columns_and_releases_are_compared_in_words(ann):
    roadmap = make.roadmap(live_label="Production")
    years, near = make.field(roadmap, name="Tax years"), make.release(roadmap, title="Near term")
    item = make.item(roadmap, live="June 2026", values={years: "25-26"})
    record_save(item, by=None)
    Milestone.objects.update(when="July 2026", is_deployed=True)
    item.field_values.update(value="26-27")
    Item.objects.update(release=near, kind="guide", is_breaking=True)
    response = ann.get(history_url(item), {"from": keys(ann.get(history_url(item)))["Saved"], "to": "now"})
    found = {
        one.label: ("".join(run.text for run in one.left), "".join(run.text for run in one.right))
        for one in response.context["differences"]
    }
    assert found == {
        "Production": ("June 2026", "July 2026, deployed"),
        "Tax years": ("25-26", "26-27"),
        "Release": ("", "Near term"),
        "Kind": ("", "Guide"),
        "Breaking": ("", "Yes"),
    }


@each_case(
    "asked",
    [
        {"from": "s1"},
        {"from": "now", "to": "now"},
        {"from": "s999999", "to": "now"},
        {"from": "x", "to": "r"},
        {"from": "r1' OR 1=1", "to": "s²"},
    ],
)
def test_a_comparison_that_cannot_be_is_refused_in_words(ann, story, asked):
    response = ann.get(history_url(story), asked)
    assert response.status_code == 200
    assert "Choose two different rows to compare" in text(response)


def test_rows_of_another_thing_are_not_compared(ann, story):
    other = make.page(make.roadmap(), body="Secret")
    foreign = record_save(other, by=None)
    response = ann.get(history_url(story), {"from": f"s{foreign.pk}", "to": "now"})
    assert "Choose two different rows" in text(response)
    assert "Secret" not in text(response)
    response = ann.post(history_url(story), {"restore": f"s{foreign.pk}"}, follow=True)
    assert "Nothing was restored" in text(response)


def test_an_edition_is_restored_and_that_is_in_the_history(ann, story):
    key = keys(ann.get(history_url(story)))["Published in edition 1"]
    response = ann.post(history_url(story), {"restore": key}, follow=True)
    story.refresh_from_db()
    assert (story.description, story.milestones.get().when) == ("", "June 2026")
    assert pending(story.roadmap) == []
    assert rows(response)[0] == (
        "Restored from edition 1",
        "Ann Archer",
        ["Description removed", "Live brought forward from September 2026 to June 2026"],
    )
    assert "is again as in edition 1. Readers do not see this yet." in text(response)


def test_a_draft_is_restored_too(ann, story):
    saved = [row.key for row in ann.get(history_url(story)).context["rows"] if row.name == "Saved"]
    ann.post(history_url(story), {"restore": saved[1]})
    story.refresh_from_db()
    assert (story.description, story.milestones.get().when) == ("", "September 2026")


def test_a_form_that_was_open_during_a_restore_is_refused(ann, story):
    mark = str(ann.get(change_url(story)).context["mark"])
    ann.post(history_url(story), {"restore": keys(ann.get(history_url(story)))["Published in edition 1"]})
    response = ann.post(change_url(story), {**item_form(story.roadmap, title="Late"), "_opened": mark})
    assert response.status_code == 409


def test_what_cannot_be_restored_says_why_and_changes_nothing(ann):
    roadmap = make.roadmap()
    item = make.item(roadmap, release=make.release(roadmap, title="Near term"), title="Then")
    make.edition(roadmap)
    Item.objects.update(release=None, title="Now")
    Release.objects.all().delete()
    key = keys(ann.get(history_url(item)))["Published in edition 1"]
    response = ann.post(history_url(item), {"restore": key}, follow=True)
    assert "was in a release that no longer exists" in text(response)
    item.refresh_from_db()
    assert item.title == "Now"
    assert not Save.objects.exists()


@pytest.mark.parametrize("key", ["", "r999999", "x", "now"])
def test_a_restore_of_nothing_says_so(ann, story, key):
    response = ann.post(history_url(story), {"restore": key}, follow=True)
    assert "Nothing was restored" in text(response)


# Deleted things


def test_what_was_deleted_keeps_its_history_and_is_restored_from_it(ann, story):
    roadmap = story.roadmap
    assert ann.get(by_uid(story)).url == history_url(story)
    ann.post(reverse("admin:roadmap_item_delete", args=[story.pk]), {"post": "yes"})
    page = text(ann.get(change_url(roadmap)))
    assert "Deleted things" in page
    listed = ann.get(reverse("admin:roadmap_roadmap_deleted", args=[roadmap.pk]))
    assert "Readers still see it, until you review and publish" in text(listed)
    assert f'href="{by_uid(story)}"' in listed.content.decode()

    response = ann.get(by_uid(story))
    assert rows(response)[0] == ("Deleted", "Ann Archer", [])
    assert "This item was deleted." in text(response)
    assert "Readers still see it as in edition 1" in text(response)
    response = ann.post(by_uid(story), {"restore": keys(response)["Published in edition 1"]}, follow=True)
    again = Item.objects.get(uid=story.uid)
    assert (again.reference, again.title) == (story.reference, "Multiple agents")
    assert rows(response)[0][0] == "Restored from edition 1"
    assert "Nothing of this roadmap was deleted." in text(
        ann.get(reverse("admin:roadmap_roadmap_deleted", args=[roadmap.pk]))
    )


def test_a_draft_that_readers_never_saw_is_found_again_too(ann):
    roadmap = make.roadmap()
    ann.post(reverse("admin:roadmap_page_add"), page_form(roadmap=roadmap.pk, body="A long draft"))
    page = Page.objects.get()
    ann.post(
        reverse("admin:roadmap_page_changelist"),
        {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"},
    )
    assert not Page.objects.exists()
    listed = ann.get(reverse("admin:roadmap_roadmap_deleted", args=[roadmap.pk]))
    assert "Readers never saw it" in text(listed)
    ann.post(by_uid(page), {"restore": keys(ann.get(by_uid(page)))["Added"]})
    assert Page.objects.get(uid=page.uid).body == "A long draft"


def test_withdrawn_things_say_in_which_edition(ann, story):
    ann.post(reverse("admin:roadmap_item_delete", args=[story.pk]), {"post": "yes"})
    make.edition(story.roadmap)
    listed = ann.get(reverse("admin:roadmap_roadmap_deleted", args=[story.roadmap_id]))
    assert "Withdrawn in edition 2" in text(listed)
    response = ann.get(by_uid(story))
    assert "Readers do not see this item: it was withdrawn in edition 2" in text(response)
    assert [row.name for row in response.context["rows"] if row.is_live] == []


def test_a_comparison_with_a_deletion_says_that_there_is_none(ann, story):
    ann.post(reverse("admin:roadmap_item_delete", args=[story.pk]), {"post": "yes"})
    key = keys(ann.get(by_uid(story)))
    response = ann.get(by_uid(story), {"from": key["Published in edition 1"], "to": key["Deleted"]})
    assert "there is no text to compare" in text(response)


def test_an_address_that_names_nothing_is_not_found(ann):
    roadmap = make.roadmap()
    other = make.page(make.roadmap())
    record_save(other, by=None)
    for uid in (other.uid, "00000000-0000-4000-8000-000000000000"):
        assert ann.get(reverse("admin:roadmap_roadmap_history_of", args=[roadmap.pk, uid])).status_code == 404
    assert ann.get(reverse("admin:roadmap_roadmap_deleted", args=[999_999])).status_code == 404


def test_titles_and_texts_are_escaped(ann):
    page = make.page(make.roadmap(), **page_form(title="<b>Old</b>"))
    record_save(page, by=None)
    save(ann, change_url(page), page_form(title="<script>alert(1)</script>"))
    first, second = (row.key for row in ann.get(history_url(page)).context["rows"])
    html = ann.get(history_url(page), {"from": second, "to": first}).content.decode()
    assert "<script>alert" not in html
    assert "<b>" not in html


# Who may


@pytest.fixture
def theirs(story):
    """The story's roadmap has a team now, of which nobody here is a member."""
    story.roadmap.team.add(make.user())
    return story


def test_outside_the_team_nothing_is_shown_or_restored(theirs):
    client = signed_in(username="carol", is_superuser=False)
    User.objects.get(username="carol").groups.add(Group.objects.get(name="Publishers"))
    key = Save.objects.of_thing(theirs.uid).first().pk
    assert client.get(by_uid(theirs)).status_code == 403
    assert client.post(by_uid(theirs), {"restore": f"s{key}"}).status_code == 403
    assert client.get(reverse("admin:roadmap_roadmap_deleted", args=[theirs.roadmap_id])).status_code == 403
    assert client.get(history_url(theirs)).status_code == 302  # as if it did not exist
    theirs.roadmap.team.clear()
    assert client.get(history_url(theirs)).status_code == 200


def test_who_may_only_look_is_not_offered_to_restore_and_is_refused(story):
    client = signed_in(username="carol", is_superuser=False)
    carol = User.objects.get(username="carol")
    for codename in ("view_item", "change_roadmap"):
        carol.user_permissions.add(Permission.objects.get(codename=codename))
    response = client.get(history_url(story))
    assert response.status_code == 200
    assert "Restore this" not in text(response)
    assert client.post(history_url(story), {"restore": response.context["rows"][0].key}).status_code == 403
    assert client.get(history_url(story.roadmap)).status_code == 200
    page = make.page(story.roadmap)
    assert client.get(by_uid(page), follow=True).status_code == 403


def test_who_may_edit_no_roadmap_sees_no_history(story):
    client = signed_in(username="carol", is_superuser=False)
    User.objects.get(username="carol").user_permissions.add(Permission.objects.get(codename="view_item"))
    assert client.get(change_url(story)).status_code == 200
    assert client.get(history_url(story)).status_code == 403


def test_nobody_signed_in_is_asked_to_sign_in(client, story):
    for url in (history_url(story), by_uid(story), reverse("admin:roadmap_roadmap_deleted", args=[story.roadmap_id])):
        assert client.get(url).url.startswith("/admin/login/")


def test_a_long_history_has_pages_and_asks_no_more_queries(ann):
    page = make.page(make.roadmap(), title="Title")

    def saved(count):
        for _ in range(count):
            n = Save.objects.count()
            Page.objects.update(title=f"Title {n}")
            record_save(page, by=None)
        with CaptureQueriesContext(connection) as queries:
            response = ann.get(history_url(page))
        return response, len(queries)

    ann.get(history_url(page))
    _, few = saved(5)
    response, many = saved(70)
    assert many == few
    assert (len(response.context["rows"]), response.context["page"].paginator.num_pages) == (50, 2)
    assert "Title changed from Title 24 to Title 25" in rows(response)[-1][2]
    last = ann.get(history_url(page), {"p": "2"})
    assert len(last.context["rows"]) == 25
    assert ann.get(history_url(page), {"p": "nonsense"}).status_code == 200
