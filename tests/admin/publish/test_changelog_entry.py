"""The changelog entry on the page for publishing: drafted, rewritten, kept or dropped, and never lost."""

import pytest
from django.urls import reverse

from roadmap.models import ChangelogEntry, Edition, Save
from tests import make
from tests.admin.press import filled, press
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def roadmap():
    """Two items have changed: one is now in sandbox, the other has a new title."""
    made = make.roadmap()
    agents = make.item(made, title="Agents", test="March 2026")
    losses = make.item(made, title="Losses")
    make.edition(made, at=make.at("2026-03-23"))
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


ONLY_AGENTS = ["- ‘Agents’: now in sandbox"]
BOTH = ["Now in sandbox:", "", "- ‘Agents’", "", "Other changes:", "", "- ‘Losses’: journey added: Payments"]


def test_it_is_drafted_from_what_changes(publisher, roadmap):
    page = opened(publisher, roadmap)
    assert body(page) == BOTH
    assert filled(page)["announce"] == ["on"]


def test_for_a_first_edition_it_is_said_that_none_is_needed(publisher, roadmap):
    """Where nothing has changed, there is nothing to have been drafted from, and nothing ticked to untick."""
    assert "Drafted from what you publish" in opened(publisher, roadmap).content.decode()
    first = make.roadmap()
    make.item(first, title="Agents")
    page = opened(publisher, first)
    assert "announce" not in filled(page)
    assert "Not needed now: this is the first edition, so nothing in it has changed." in page.content.decode()
    assert "Drafted from" not in page.content.decode()


def test_kept_as_it_is_it_goes_out_with_the_edition(publisher, roadmap):
    press(publisher, opened(publisher, roadmap), "Publish")
    entry = ChangelogEntry.objects.get()
    assert entry.body.split("\n") == BOTH
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
    assert body(page) == ONLY_AGENTS
    assert notice(page) == "Drafted again from your choices."
    agents = ("minor", str(item(roadmap, "Agents").uid))
    page = press(publisher, page, "Update the draft", tick=(agents,))
    assert body(page) == [""]
    assert "announce" not in filled(page)
    page = press(publisher, page, "Update the draft", untick=(agents,))
    assert body(page) == ONLY_AGENTS
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
    assert body(page) == ONLY_AGENTS


def test_the_words_of_an_editor_survive_any_other_button(publisher, roadmap):
    page = opened(publisher, roadmap)
    for button in ("Untick all", "Tick all", "Update this page", "Update the draft"):
        page = press(publisher, page, button, entry_title="My title", entry_body="- My *words*\r\n\r\n- and more")
        sent = filled(page)
        assert (sent["entry_title"], sent["entry_body"]) == (["My title"], ["- My *words*\r\n\r\n- and more"])


def test_an_entry_that_nobody_touched_follows_the_choices_when_they_are_published(publisher, roadmap):
    losses = ("publish", str(item(roadmap, "Losses").uid))
    press(publisher, opened(publisher, roadmap), "Publish", untick=(losses,))
    assert ChangelogEntry.objects.get().body == ONLY_AGENTS[0]
    assert Edition.objects.count() == 2


def test_an_entry_that_nobody_touched_gives_the_reasons_typed_beside_the_changes(publisher, roadmap):
    agents = item(roadmap, "Agents")
    agents.milestones.update(is_deployed=False, when="April 2026")
    reasons = {f"reason:{agents.uid}:milestone.test": "A fault.", "reason_for_all": "Not this."}
    press(publisher, opened(publisher, roadmap), "Publish", **reasons)
    assert "from March 2026 to April 2026. Reason: A fault." in ChangelogEntry.objects.get().body


def test_where_nothing_is_left_to_announce_it_is_published_without_an_entry(publisher, roadmap):
    minor = tuple(("minor", str(item(roadmap, title).uid)) for title in ("Agents", "Losses"))
    response = press(publisher, opened(publisher, roadmap), "Publish", tick=minor)
    assert "Published edition 2" in response.content.decode()
    assert not ChangelogEntry.objects.exists()
    assert roadmap.editions.get(number=2).announcement is None


def test_what_there_is_to_announce_again_is_announced(publisher, roadmap):
    minor = tuple(("minor", str(item(roadmap, title).uid)) for title in ("Agents", "Losses"))
    page = press(publisher, opened(publisher, roadmap), "Update this page", tick=minor)
    press(publisher, page, "Publish", untick=minor[:1])
    assert ChangelogEntry.objects.get().body == ONLY_AGENTS[0]


def test_an_entry_that_somebody_rewrote_is_published_as_they_wrote_it_whatever_the_choices(publisher, roadmap):
    minor = tuple(("minor", str(item(roadmap, title).uid)) for title in ("Agents", "Losses"))
    press(publisher, opened(publisher, roadmap), "Publish", tick=minor, entry_body="- Losses and agents")
    assert ChangelogEntry.objects.get().body == "- Losses and agents"


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


# One that waits with its Edition, when what it announces is published before


@pytest.fixture
def schedule(publisher, roadmap):
    """Schedules what is pending for Friday, with its entry as it was drafted or as it is typed here."""

    def press_publish(**typed):
        page = opened(publisher, roadmap)
        press(publisher, page, "Publish", timing="later", day="2026-03-27", time="09:30", **typed)
        assert roadmap.editions.filter(published_at=make.at("2026-03-27")).exists()

    return press_publish


def publish_agents_now(publisher, roadmap):
    agents = item(roadmap, "Agents")
    agents.journey = "Bridging"
    agents.save()
    press(publisher, opened(publisher, roadmap), "Publish", untick=(("announce", "on"),))


def test_one_that_nobody_rewrote_is_drafted_again(publisher, roadmap, schedule):
    schedule()
    publish_agents_now(publisher, roadmap)
    (entry,) = ChangelogEntry.objects.all()
    assert (entry.title, entry.body) == ("‘Losses’ changed", "- ‘Losses’: journey added: Payments")
    assert "Check what it says" not in opened(publisher, roadmap).content.decode()


def test_one_that_somebody_rewrote_is_asked_about_with_a_link(publisher, roadmap, schedule):
    schedule(entry_title="Agents can test")
    publish_agents_now(publisher, roadmap)
    (entry,) = ChangelogEntry.objects.all()
    for name in ("publish", "editions"):
        html = publisher.get(reverse(f"admin:roadmap_roadmap_{name}", args=[roadmap.pk])).content.decode()
        assert "The changelog entry “Agents can test” was to appear with edition 3 on" in " ".join(html.split())
        assert f'<a href="{reverse("admin:roadmap_changelogentry_change", args=[entry.pk])}">Check what it says' in html
