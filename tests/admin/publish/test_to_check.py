"""What is odd in the changes that are reviewed: listed with the way to its form, and never in the way."""

import html

import pytest
from django.urls import reverse

from roadmap.models import Edition
from tests import make
from tests.admin.press import press
from tests.admin.publish.test_views import opened

pytestmark = pytest.mark.django_db


def form_of(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_change", args=[thing.pk])


def said(response):
    return [(found.title, found.sentence.partition(":")[0], found.url) for found in response.context["to_check"]]


def test_what_the_changes_contradict_is_listed_and_prevents_nothing(publisher):
    roadmap = make.roadmap(test_label="Test")
    make.item(roadmap, title="Public and odd", test="July 2027", live="June 2027")
    make.edition(roadmap, at=make.at("2026-01-05"))
    make.page(roadmap)
    item = make.item(roadmap, title="Carry back", test="July 2027", live="June 2027")
    screen = opened(publisher, roadmap)
    assert said(screen) == [("Carry back", "Test comes after Live", form_of(item))]
    text = html.unescape(screen.content.decode())
    assert "To check before you publish" in text
    assert f'<a href="{form_of(item)}">Carry back</a>: Test comes after Live: July 2027 and June 2027.' in text
    press(publisher, screen, "Publish")
    assert Edition.objects.count() == 2


def test_the_first_are_listed_and_the_rest_counted_with_the_way_to_them(publisher):
    roadmap = make.roadmap()
    for _ in range(23):
        make.item(roadmap, test="July 2027", live="June 2027")
    screen = opened(publisher, roadmap)
    assert len(said(screen)) == 20
    link = reverse("admin:roadmap_roadmap_to_check", args=[roadmap.pk])
    assert f'And 3 more: <a href="{link}">all there is to check</a>' in screen.content.decode()


def test_a_release_is_listed_where_an_item_that_changes_contradicts_it(publisher):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Spring", is_deployed=True)
    make.edition(roadmap, at=make.at("2026-01-05"))
    assert "To check before" not in opened(publisher, roadmap).content.decode()
    make.item(roadmap, release=release, live="June 2026")
    assert said(opened(publisher, roadmap)) == [
        ("Spring", "This release is marked as deployed, but 1 item in it says otherwise", form_of(release))
    ]


def test_a_release_is_not_said_to_be_whole_for_the_items_that_change(publisher):
    roadmap = make.roadmap()
    release = make.release(roadmap, title="Spring")
    left = make.item(roadmap, release=release, live="June 2026")
    make.edition(roadmap, at=make.at("2026-01-05"))
    make.item(roadmap, release=release, deployed=("live",))
    assert said(opened(publisher, roadmap)) == []
    left.milestones.update(when="March 2026", is_deployed=True)
    [(title, sentence, _)] = said(opened(publisher, roadmap))
    assert (title, sentence) == (
        "Spring",
        "All 2 items of this release are deployed, and the release is not. Mark it as deployed too.",
    )


def test_the_day_is_the_one_on_which_the_edition_appears(publisher):
    roadmap = make.roadmap()
    make.item(roadmap, title="Carry back", live="March 2026")
    screen = opened(publisher, roadmap)
    assert said(screen) == []
    later = press(publisher, screen, "Update this page", timing="later", day="2026-04-01", time="09:30")
    assert [title for title, _, _ in said(later)] == ["Carry back"]


def moved_for_two_reasons(publisher):
    roadmap = make.roadmap(asks_reasons=True)
    release = make.release(roadmap, title="Spring", when="April 2027")
    item = make.item(roadmap, title="Carry back", release=release, live="April 2027")
    make.edition(roadmap, at=make.at("2026-01-05"))
    item.milestones.update(when="June 2027")
    release.when = "June 2027"
    release.save()
    screen = opened(publisher, roadmap)
    own = f"reason:{item.uid}:milestone.live"
    return screen, {own: "Testing found faults", "reason_for_all": "Legislation"}, own


def test_two_reasons_for_one_move_are_shown_before_they_are_published(publisher):
    screen, typed, _ = moved_for_two_reasons(publisher)
    asked = press(publisher, screen, "Publish", **typed)
    assert Edition.objects.count() == 1
    text = html.unescape(asked.content.decode())
    assert "“Carry back”: Live moves with its release “Spring”, and the two give different reasons." in text
    assert 'href="#to-check"' in text
    assert 'id="to-check"' in text
    assert said(asked)[0][:2] == (
        "Carry back",
        "Live moves with its release “Spring”, and the two give different reasons. "
        "Give one reason for both, or check that both are so.",
    )
    press(publisher, asked, "Publish")
    assert Edition.objects.count() == 2


def test_one_reason_for_one_move_is_published(publisher):
    screen, typed, own = moved_for_two_reasons(publisher)
    press(publisher, screen, "Publish", **{**typed, own: "legislation"})
    assert Edition.objects.count() == 2
