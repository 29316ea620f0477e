"""The changelog entry on the page for publishing: drafted, rewritten, kept or dropped, and never lost."""

import pytest
from django.urls import reverse

from roadmap.models import ChangelogEntry, Edition, Save
from tests import make
from tests.admin.press import filled, press
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    client.force_login(make.user(username="pat"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def roadmap():
    """Two items have changed: one is now in sandbox, the other has a new title."""
    made = make.roadmap()
    agents = make.item(made, title="Agents", test="March 2026")
    losses = make.item(made, title="Losses")
    make.edition(made)
    agents.milestones.update(is_deployed=True)
    losses.journey = "Payments"
    losses.save()
    return made


def item(roadmap, title):
    return roadmap.items.get(title=title)


def opened(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def body(response):
    return filled(response)["entry_body"][0].split("\r\n")


def notice(response):
    return response.context["entry_notice"]


BOTH = ["- ‘Agents’: now in sandbox", "- ‘Losses’: journey added: Payments"]


def test_it_is_drafted_from_what_changes(publisher, roadmap):
    page = opened(publisher, roadmap)
    assert body(page) == BOTH
    assert filled(page)["announce"] == ["on"]


def test_kept_as_it_is_it_goes_out_with_the_edition(publisher, roadmap):
    press(publisher, opened(publisher, roadmap), "Publish")
    entry = ChangelogEntry.objects.get()
    assert entry.body.split("\r\n") == BOTH
    assert set(Edition.objects.latest("number").revisions.values_list("title", flat=True)) == {
        "Agents",
        "Losses",
        entry.title,
    }
    (save,) = Save.objects.of_thing(str(entry.uid))
    assert (save.action, save.saved_by.username) == ("Written for edition 2", "pat")


def test_rewritten_it_goes_out_as_rewritten(publisher, roadmap):
    press(publisher, opened(publisher, roadmap), "Publish", entry_title="Agents can test", entry_body="- My words")
    entry = ChangelogEntry.objects.get()
    assert (entry.title, entry.body) == ("Agents can test", "- My words")


def test_dropped_it_does_not_go_out(publisher, roadmap):
    press(publisher, opened(publisher, roadmap), "Publish", untick=(("announce", "on"),))
    assert not ChangelogEntry.objects.exists()
    assert Edition.objects.count() == 2


def test_a_first_edition_is_not_announced_unless_asked(publisher):
    roadmap = make.roadmap()
    make.item(roadmap, title="Agents")
    page = opened(publisher, roadmap)
    assert "announce" not in filled(page)
    press(publisher, page, "Publish")
    assert not ChangelogEntry.objects.exists()


def test_update_the_draft_follows_the_choices_and_publishes_nothing(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    page = press(publisher, opened(publisher, roadmap), "Update the draft", untick=(losses,))
    assert body(page) == BOTH[:1]
    assert notice(page) == "Drafted again from your choices."
    agents = ("minor", str(item(roadmap, "Agents").uid))
    page = press(publisher, page, "Update the draft", tick=(agents,))
    assert body(page) == [""]
    assert "announce" not in filled(page)
    page = press(publisher, page, "Update the draft", untick=(agents,))
    assert body(page) == BOTH[:1]
    assert filled(page)["announce"] == ["on"]
    assert Edition.objects.count() == 1


def test_update_the_draft_keeps_what_was_rewritten_and_offers_the_new_one(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    page = press(
        publisher, opened(publisher, roadmap), "Update the draft", untick=(losses,), entry_body="- My own words"
    )
    assert body(page) == ["- My own words"]
    assert "kept as you wrote it. Your choices have changed since" in notice(page)
    assert "See the new draft" in page.content.decode()
    page = press(publisher, page, "Replace what I wrote with this draft")
    assert body(page) == BOTH[:1]


def test_the_words_of_an_editor_survive_any_other_button(publisher, roadmap):
    page = opened(publisher, roadmap)
    for button in ("Untick all", "Tick all", "Update this page", "Update the draft"):
        page = press(publisher, page, button, entry_title="My title", entry_body="- My *words*\r\n\r\n- and more")
        sent = filled(page)
        assert (sent["entry_title"], sent["entry_body"]) == (["My title"], ["- My *words*\r\n\r\n- and more"])


def test_nothing_is_announced_that_was_left_out_after_the_draft_was_made(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    page = press(publisher, opened(publisher, roadmap), "Publish", untick=(losses,))
    assert Edition.objects.count() == 1
    assert "The changelog entry has been drafted again from your choices." in page.content.decode()
    assert body(page) == BOTH[:1]
    press(publisher, page, "Publish")
    assert ChangelogEntry.objects.get().body == BOTH[0]


def test_a_rewritten_entry_is_checked_once_where_the_choices_changed(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    page = press(publisher, opened(publisher, roadmap), "Publish", untick=(losses,), entry_body="- Losses and agents")
    assert Edition.objects.count() == 1
    assert "Check that what you wrote still fits" in page.content.decode()
    press(publisher, page, "Publish", entry_body="- Agents")
    assert ChangelogEntry.objects.get().body == "- Agents"


def test_an_entry_dropped_asks_for_no_check(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    press(publisher, opened(publisher, roadmap), "Publish", untick=(losses, ("announce", "on")))
    assert Edition.objects.count() == 2


@each_case(
    ("field", "typed", "told"),
    [
        ("entry_title", "", "Give the changelog entry a title, or untick"),
        ("entry_title", "x" * 201, "This has 201 characters. Shorten it to 200 or fewer."),
        ("entry_when", "", "Enter a date."),
        ("entry_when", "someday", "someday"),
        ("entry_body", "x" * 200_001, "200,001"),
        ("entry_body", "![](/media/a.png)", "Describe what the image shows"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_at_its_field(publisher, roadmap, field, typed, told):
    response = press(publisher, opened(publisher, roadmap), "Publish", **{field: typed})
    assert Edition.objects.count() == 1
    assert not ChangelogEntry.objects.exists()
    assert told in str(response.context["form"][field].errors)
    assert [one.place for one in response.context["review"].refusals] == [f"id_{field}"]
    assert filled(response)[field][0].strip() == typed


def test_an_entry_that_is_dropped_is_not_complained_of(publisher, roadmap):
    press(
        publisher, opened(publisher, roadmap), "Publish", untick=(("announce", "on"),), entry_title="", entry_when="x"
    )
    assert Edition.objects.count() == 2
