"""What a publisher typed and chose stays: over a reload, a session, another person's edit, a cancelled edition."""

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.models import Edition, ReviewDraft
from roadmap.publishing.audit_trail import record_save
from roadmap.publishing.minor_marks import mark_minor
from tests import make
from tests.admin.press import filled, press

pytestmark = pytest.mark.django_db

FRIDAY_MORNING = {"timing": "later", "day": "2026-03-27", "time": "09:30"}


@pytest.fixture
def roadmap():
    """One date has moved later, and there is a new page."""
    made = make.roadmap(title="VAT", asks_reasons=True)
    item = make.item(made, title="Agents", live="June 2026")
    make.edition(made, at=make.at("2026-03-23"))
    item.milestones.update(when="September 2026")
    make.page(made, title="About")
    return made


def opened(client, roadmap):
    return client.get(reverse("admin:roadmap_roadmap_publish", args=[roadmap.pk]))


def plain(response):
    return " ".join(response.content.decode().split())


def reason(roadmap):
    return f"reason:{roadmap.items.get().uid}:milestone.live"


def fill_in(client, roadmap, button="Keep for later", **typed):
    about = str(roadmap.pages.get().uid)
    return press(
        client,
        opened(client, roadmap),
        button,
        untick=(("publish", about),),
        tick=(("minor", about),),
        **{"note": "My note", "entry_body": "- My words", reason(roadmap): "A fault.", **FRIDAY_MORNING, **typed},
    )


def has_it_all(page, roadmap):
    sent, about = filled(page), str(roadmap.pages.get().uid)
    assert sent["note"] == ["My note"]
    assert sent["entry_body"] == ["- My words"]
    assert sent[reason(roadmap)] == ["A fault."]
    assert about not in sent["publish"]
    assert sent["minor"] == [about]
    assert (sent["timing"], sent["day"], sent["time"]) == (["later"], ["2026-03-27"], ["09:30"])
    return True


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_keep_for_later_keeps_it_and_leads_to_the_first_screen(publisher, roadmap):
    response = fill_in(publisher, roadmap)
    assert response.request["PATH_INFO"] == reverse("admin:index")
    assert "Your review of VAT" in plain(response)
    assert "Nothing has been published." in plain(response)
    publisher.logout()
    again = make.user(username="sam")
    assert "This is your review" not in plain(opened(signed_in(again), roadmap))
    own = ReviewDraft.objects.get().reviewer
    page = opened(signed_in(own), roadmap)
    assert "This is your review as you left it on 24 March 2026 at 9:30am." in plain(page)
    assert has_it_all(page, roadmap)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("button", ["Update this page", "Update the draft", "Publish"])
def test_every_button_keeps_it(publisher, roadmap, button):
    typed = {"time": "25:99"} if button == "Publish" else {}
    fill_in(publisher, roadmap, button, **typed)
    page = opened(publisher, roadmap)
    assert has_it_all(page, roadmap) if not typed else filled(page)["time"] == ["25:99"]


def test_it_is_kept_by_script_as_the_page_is_left(publisher, roadmap):
    page = opened(publisher, roadmap)
    sent = filled(page, note="My note") | {"action": "keep-quietly"}
    response = publisher.post(page.request["PATH_INFO"], sent)
    assert (response.status_code, response.content) == (204, b"")
    assert filled(opened(publisher, roadmap))["note"] == ["My note"]


def test_what_another_changed_meanwhile_is_marked_and_what_is_gone_is_named(publisher, roadmap):
    fill_in(publisher, roadmap)
    item = roadmap.items.get()
    name = reason(roadmap)
    item.milestones.update(when="May 2026")
    make.page(roadmap, title="Late")
    about = roadmap.pages.get(title="About")
    record_save(about, by=None)
    about.delete()
    page = opened(publisher, roadmap)
    text = plain(page)
    assert "Not pending any more, because somebody has published it or put it back: “About”." in text
    assert "You had typed a reason for “Agents”, which needs none any more: “A fault.”" in text
    since = {thing.pending.title: thing.since for thing in page.context["things"]}
    assert since == {"Agents": "Changed since you opened this page", "Late": "New since you opened this page"}
    sent = filled(page)
    assert sent["note"] == ["My note"]
    assert sent["entry_body"] == ["- My words"]
    assert name not in sent


def test_it_is_thrown_away_when_it_is_published(publisher, roadmap):
    fill_in(publisher, roadmap)
    press(publisher, opened(publisher, roadmap), "Publish", timing="now")
    assert Edition.objects.latest("number").note == "My note"
    page = opened(publisher, roadmap)
    assert filled(page)["note"] == [""]
    assert not ReviewDraft.objects.exists()


def test_a_page_from_before_one_published_brings_nothing_back(publisher, roadmap):
    page = opened(publisher, roadmap)
    sent = filled(page, note="My note", **{reason(roadmap): "A fault."})
    make.page(roadmap, title="Late")
    publisher.post(page.request["PATH_INFO"], sent | {"action": "publish"})
    assert Edition.objects.count() == 2
    for action in ("publish", "update", "keep-quietly"):
        publisher.post(page.request["PATH_INFO"], sent | {"action": action})
    assert not ReviewDraft.objects.exists()
    assert filled(opened(publisher, roadmap))["note"] == [""]


def test_start_again_forgets_it(publisher, roadmap):
    fill_in(publisher, roadmap)
    page = press(publisher, opened(publisher, roadmap), "Start again")
    assert "is forgotten" in plain(page)
    assert filled(page)["note"] == [""]
    assert len(filled(page)["publish"]) == 2


def test_two_publishers_have_each_their_own_and_know_of_the_other(publisher, roadmap):
    fill_in(publisher, roadmap)
    sam = signed_in(make.user(username="sam", first_name="Sam", last_name="Green"))
    page = opened(sam, roadmap)
    assert "pat began a review of this on 24 March 2026 at 9:30am." in plain(page)
    assert filled(page)["note"] == [""]
    press(sam, page, "Keep for later", note="Sam's note")
    page = opened(publisher, roadmap)
    assert "Sam Green began a review of this on" in plain(page)
    assert has_it_all(page, roadmap)
    other = make.roadmap(title="Other")
    assert "began a review" not in plain(opened(publisher, other))


def test_what_was_written_is_there_when_another_has_published_all_of_it(publisher, roadmap):
    fill_in(publisher, roadmap)
    roadmap.asks_reasons = False
    roadmap.save()
    make.edition(roadmap)
    page = opened(publisher, roadmap)
    assert "There is nothing to publish" in plain(page)
    assert "My note" in plain(page)
    assert "- My words" in plain(page)
    assert "My note" not in plain(press(publisher, page, "Forget what I had written"))


def cancelled(client, roadmap):
    edition = roadmap.editions.latest("number")
    url = reverse("admin:roadmap_roadmap_edition_cancel", args=[roadmap.pk, edition.pk])
    return client.post(url, follow=True)


def test_a_cancelled_edition_gives_back_what_was_typed_for_it(publisher, roadmap):
    about = str(roadmap.pages.get().uid)
    page = press(publisher, opened(publisher, roadmap), "Update this page", tick=(("minor", about),), **FRIDAY_MORNING)
    typed = {"note": "My note", "entry_title": "My title", "entry_body": "- My words", reason(roadmap): "A fault."}
    press(publisher, page, "Publish", **typed)
    assert roadmap.editions.count() == 2
    page = cancelled(publisher, roadmap)
    sent = filled(page)
    assert (sent["note"], sent["entry_title"], sent["entry_body"]) == (["My note"], ["My title"], ["- My words"])
    assert sent[reason(roadmap)] == ["A fault."]
    assert sent["minor"] == [about]
    assert sent["announce"] == ["on"]
    assert len(sent["publish"]) == 2
    press(publisher, page, "Publish")
    assert Edition.objects.latest("number").note == "My note"


def test_an_entry_that_nobody_rewrote_follows_the_choices_after_cancelling(publisher, roadmap):
    press(publisher, opened(publisher, roadmap), "Publish", **{reason(roadmap): "A fault.", **FRIDAY_MORNING})
    make.page(roadmap, title="Late")
    page = cancelled(publisher, roadmap)
    assert "‘Late’" in filled(page)["entry_body"][0]
    assert "You have rewritten" not in plain(page)


def test_a_cancelled_edition_leaves_what_is_typed_for_the_next_one(publisher, roadmap):
    typed = {"note": "Theirs", "entry_body": "- Their words", reason(roadmap): "A fault."}
    press(publisher, opened(publisher, roadmap), "Publish", **typed, **FRIDAY_MORNING)
    make.page(roadmap, title="Late")
    press(publisher, opened(publisher, roadmap), "Keep for later", note="Mine", entry_body="- My words")
    page = cancelled(publisher, roadmap)
    assert "That of the edition was: “Theirs”." in plain(page)
    sent = filled(page)
    assert sent["note"] == ["Mine"]
    assert sent["entry_body"] == ["- My words\r\n\r\n- Their words"]


# What an editor called minor


def test_what_an_editor_called_minor_is_ticked_for_as_long_as_it_is_that_change(publisher, roadmap):
    about = roadmap.pages.get()
    marked = mark_minor(roadmap, [str(about.uid)], by=make.user(username="ed"))
    assert [thing.title for thing in marked] == ["About"]
    page = opened(publisher, roadmap)
    assert filled(page)["minor"] == [str(about.uid)]
    assert "ed called it minor" in plain(page)
    about.body = "Much more."
    about.save()
    assert "minor" not in filled(opened(publisher, roadmap))


def test_a_publisher_who_unticks_it_is_not_asked_again(publisher, roadmap):
    about = str(roadmap.pages.get().uid)
    mark_minor(roadmap, [about], by=None)
    page = press(publisher, opened(publisher, roadmap), "Update this page", untick=(("minor", about),))
    assert "minor" not in filled(page)
    assert "minor" not in filled(opened(publisher, roadmap))


def test_what_is_called_minor_after_the_review_was_kept_is_ticked_when_it_is_gone_on_with(publisher, roadmap, clock):
    about = str(roadmap.pages.get().uid)
    press(publisher, opened(publisher, roadmap), "Keep for later")
    clock(make.at("2026-03-25"))
    mark_minor(roadmap, [about], by=None)
    assert filled(opened(publisher, roadmap))["minor"] == [about]


def test_what_is_called_minor_can_be_called_news_again_and_goes_with_its_edition(publisher, roadmap):
    about = str(roadmap.pages.get().uid)
    mark_minor(roadmap, [about], by=None)
    mark_minor(roadmap, [about], by=None, is_minor=False)
    assert "minor" not in filled(opened(publisher, roadmap))
    mark_minor(roadmap, [about], by=None)
    press(publisher, opened(publisher, roadmap), "Publish", **{reason(roadmap): "A fault."})
    assert not roadmap.minor_marks.exists()
