"""An item's dates from the first to now, and all that happened to it: roadmap/published/date_history.py."""

import pytest

from roadmap.content.choices import Noun
from roadmap.models import Item
from roadmap.published import store
from roadmap.published.date_history import stories, told_of_item
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db


def history_at(slug, day):
    published = store.newest(slug, at=make.at(day, "23:00"))
    return store.history_of(published)


def sentences(slug, day, item):
    return [one.sentence for one in stories(history_at(slug, day), str(item.uid)) if one.sentence]


def test_a_date_tells_what_was_planned_first_how_often_it_moved_and_what_it_is_now():
    story.tell()
    story.unread()
    item = Item.objects.get(title=story.CORRECTED)
    assert sentences(story.SLUG, "2026-01-20", item) == []
    assert sentences(story.SLUG, "2026-02-03", item) == ["Sandbox: planned February 2026, moved once, now March 2026"]
    assert sentences(story.SLUG, "2026-02-17", item) == ["Sandbox: planned February 2026, moved twice, now April 2026"]
    assert sentences(story.SLUG, "2026-03-24", item) == [
        "Sandbox: planned February 2026, moved twice, deployed April 2026"
    ]


def test_each_promise_has_its_edition_and_its_reason():
    story.tell()
    item = Item.objects.get(title=story.CORRECTED)
    (sandbox, live) = stories(history_at(story.SLUG, "2026-03-24"), str(item.uid))
    assert [(one.edition.number, one.text, one.is_deployed, one.reason) for one in sandbox.promises] == [
        (2, "February 2026", False, ""),
        (3, "March 2026", False, story.REASONS[0]),
        (4, "April 2026", False, story.REASONS[1]),
        (5, "April 2026", True, ""),
    ]
    assert [one.text for one in live.promises] == ["July to September 2026"]


def test_a_release_that_moves_moves_its_items_while_they_are_in_it():
    roadmap = make.roadmap(slug="one")
    summer = make.release(roadmap, title="Summer", when="June 2026")
    autumn = make.release(roadmap, title="Autumn", when="October 2026")
    item = make.item(roadmap, release=summer)
    make.edition(roadmap, at=make.at("2026-01-05"))
    summer.when = "July 2026"
    summer.save()
    make.edition(roadmap, at=make.at("2026-01-06"))
    item.release = autumn
    item.save()
    make.edition(roadmap, at=make.at("2026-01-07"))
    summer.when = "August 2026"  # not the item's any more
    summer.save()
    make.edition(roadmap, at=make.at("2026-01-08"))
    autumn.is_deployed = True
    autumn.save()
    make.edition(roadmap, at=make.at("2026-01-09"))

    history = history_at("one", "2026-01-09")
    (live,) = stories(history, str(item.uid))
    assert live.sentence == "Live: planned June 2026, moved twice, deployed October 2026"
    told = [(one.edition.number, one.thing.noun is Noun.RELEASE) for one in told_of_item(history, str(item.uid))]
    assert told == [(5, True), (3, False), (2, True), (1, False)]


def test_a_date_that_becomes_known_has_not_moved():
    roadmap = make.roadmap(slug="one")
    item = make.item(roadmap, live="TBC")
    make.edition(roadmap, at=make.at("2026-01-05"))
    item.milestones.update(when="June 2026")
    make.edition(roadmap, at=make.at("2026-01-06"))
    assert sentences("one", "2026-01-06", item) == []
    item.milestones.update(when="TBC")
    make.edition(roadmap, at=make.at("2026-01-07"))
    assert sentences("one", "2026-01-07", item) == ["Live: planned June 2026, moved once, now to be confirmed"]


def test_what_was_there_and_is_not_is_no_date_that_moved():
    roadmap = make.roadmap(slug="one")
    item = make.item(roadmap, test="May 2026")
    make.edition(roadmap, at=make.at("2026-01-05"))
    item.milestones.update(when="5 January 2026", is_deployed=True)
    make.edition(roadmap, at=make.at("2026-01-06"))
    item.milestones.update(when="June 2026", is_deployed=False)
    make.edition(roadmap, at=make.at("2026-01-07"))
    (sandbox,) = stories(history_at("one", "2026-01-07"), str(item.uid))
    assert sandbox.sentence == "Sandbox: planned May 2026, deployed and rolled back, now June 2026"
    assert sandbox.before.words == "deployed 5 January 2026"
    item.milestones.update(when="July 2026")
    make.edition(roadmap, at=make.at("2026-01-08"))
    (sandbox,) = stories(history_at("one", "2026-01-08"), str(item.uid))
    assert sandbox.sentence == "Sandbox: planned May 2026, moved once, deployed and rolled back, now July 2026"
    assert sandbox.before.words == "June 2026"


def test_an_older_history_is_extended_and_says_the_same_as_one_read_whole(empty_shelf):
    story.tell()
    for day in story.DAYS:
        grown = history_at(story.SLUG, day)
    empty_shelf()
    whole = history_at(story.SLUG, story.DAYS[-1])
    assert [edition.number for edition in grown.editions] == [1, 2, 3, 4, 5, 6, 7]
    assert grown.contents == whole.contents
    for ours, theirs in zip(grown.editions, whole.editions, strict=True):
        assert [one.told for one in ours.told] == [one.told for one in theirs.told]
