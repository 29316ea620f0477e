"""A filter asked of a history: values that were once right, and titles that moved to something else."""

import pytest

from roadmap.models import Item, Release
from roadmap.published import store
from tests import make
from tests.published.test_filters import filters, messages, published, selected, told

pytestmark = pytest.mark.django_db


def test_a_value_that_was_once_right_stays_right(vat):
    api = make.api(name="Gone")
    item = make.item(vat, title="Last of it", apis=((api, ""),), audiences="Testers")
    make.item(vat, title="Other")
    make.edition(vat, at=make.at("2026-01-05"))
    item.delete()
    make.edition(vat, at=make.at("2026-01-06"))
    for query in ("api=gone", "audience=testers", "item=VAT-1"):
        assert selected(query) == []
        assert told(query) == {1: ["Last of it"], 2: ["Last of it"]}
    assert messages("api=never") == [("api", "There is no API called “never”. No item has an API.")]
    withdrawn = filters("api=gone").withdrawn(store.history_of(published()))
    assert [one.title for one in withdrawn] == ["Last of it"]


def test_whoever_follows_what_is_in_test_is_told_that_something_left(vat):
    item = make.item(vat, title="Returns", test="January 2026", live="March 2026")
    make.item(vat, title="Other")
    make.edition(vat, at=make.at("2026-01-05"))
    item.milestones.filter(environment="test").update(is_deployed=True)
    make.edition(vat, at=make.at("2026-02-05"))
    item.milestones.filter(environment="live").update(is_deployed=True)
    make.edition(vat, at=make.at("2026-03-05"))
    Item.objects.filter(pk=item.pk).update(title="Returns, reworded")
    make.edition(vat, at=make.at("2026-03-06"))
    assert told("stage=test") == {2: ["Returns"], 3: ["Returns"]}
    assert told("stage=backlog") == {1: ["Returns", "Other"], 2: ["Returns"]}
    assert told("stage=live") == {3: ["Returns"], 4: ["Returns, reworded"]}


def test_a_release_that_is_deployed_is_told_to_whoever_follows_its_items(vat):
    release = make.release(vat, title="April")
    make.item(vat, title="Returns", release=release, kind="api")
    make.edition(vat, at=make.at("2026-01-05"))
    Release.objects.filter(pk=release.pk).update(is_deployed=True)
    make.edition(vat, at=make.at("2026-02-05"))
    assert told("kind=api")[2] == ["April"]
    assert told("stage=live") == {2: ["April"]}
    assert told("stage=backlog")[2] == ["April"]
    assert told("item=vat-1")[2] == ["April"]
    make.item(vat, title="Guide", kind="guide")
    make.edition(vat, at=make.at("2026-02-06"))
    assert 2 not in told("kind=guide")


def retitle(release, title, day):
    Release.objects.filter(pk=release.pk).update(title=title)
    return make.edition(release.roadmap, at=make.at(day))


def test_a_release_is_found_by_an_earlier_title_until_another_has_it(vat):
    first, second = make.release(vat, title="Near term"), make.release(vat, title="Mid term", position=1)
    make.item(vat, title="One", release=first)
    make.item(vat, title="Two", release=second)
    make.edition(vat, at=make.at("2026-01-05"))

    retitle(first, "June 2026", "2026-01-06")
    assert selected("release=near-term") == selected("release=june-2026") == ["VAT-1"]

    retitle(second, "Near term", "2026-01-07")
    assert selected("release=near-term") == selected("release=mid-term") == ["VAT-2"]
    assert selected("release=june-2026") == ["VAT-1"]


def test_what_was_told_of_a_release_stays_told_when_another_has_its_title(vat):
    first, second = make.release(vat, title="Near term"), make.release(vat, title="Mid term", position=1)
    make.item(vat, title="One", release=first)
    make.item(vat, title="Two", release=second)
    make.edition(vat, at=make.at("2026-01-05"))
    retitle(first, "June 2026", "2026-01-06")
    before = told("release=near-term", make.at("2026-01-06", "12:00"))
    assert before == {1: ["Near term", "One"], 2: ["June 2026"]}
    retitle(second, "Near term", "2026-01-07")
    after = told("release=near-term")
    assert {number: after[number] for number in before} == before
    assert after[3] == ["Near term"]
    assert told("release=june-2026") == {2: ["June 2026"]}


def test_two_releases_that_swap_their_titles_are_told_to_both(vat):
    first, second = make.release(vat, title="Near term"), make.release(vat, title="Mid term", position=1)
    make.item(vat, title="One", release=first)
    make.item(vat, title="Two", release=second)
    make.edition(vat, at=make.at("2026-01-05"))
    Release.objects.filter(pk=first.pk).update(title="Mid term")
    retitle(second, "Near term", "2026-01-06")
    assert selected("release=near-term") == ["VAT-2"]
    assert sorted(told("release=near-term")[2]) == ["Mid term", "Near term"]


def test_an_item_changes_with_the_dates_of_its_release_and_not_with_its_place(vat):
    release = make.release(vat, title="Summer", when="June 2026")
    moved = make.item(vat, title="In it", release=release)
    placed = make.item(vat, title="Put elsewhere")
    make.item(vat, title="Untouched")
    make.edition(vat, at=make.at("2026-01-05"))
    Release.objects.filter(pk=release.pk).update(when="July 2026")
    Item.objects.filter(pk=placed.pk).update(position=9)
    make.edition(vat, at=make.at("2026-01-06"))
    assert selected("changed_since=1") == ["VAT-1"]
    assert selected("changed_since=2026-01-06") == ["VAT-1"]
    Release.objects.filter(pk=release.pk).update(introduction="Only words.")
    make.edition(vat, at=make.at("2026-01-07"))
    assert selected("changed_since=2") == []
    Item.objects.filter(pk=moved.pk).update(release=None)
    make.edition(vat, at=make.at("2026-01-08"))
    Release.objects.filter(pk=release.pk).update(when="August 2026")  # not the item's any more
    make.edition(vat, at=make.at("2026-01-09"))
    assert selected("changed_since=3") == ["VAT-1"]
    assert selected("changed_since=4") == []


def test_changed_since_selects_of_what_was_withdrawn_and_of_editions_too(vat):
    early, late = make.item(vat, title="Early"), make.item(vat, title="Late")
    make.edition(vat, at=make.at("2026-01-05"))
    early.delete()
    make.edition(vat, at=make.at("2026-01-06"))
    late.delete()
    make.edition(vat, at=make.at("2026-01-07"))
    history = store.history_of(published())
    assert [one.title for one in filters("").withdrawn(history)] == ["Early", "Late"]
    assert [one.title for one in filters("changed_since=2").withdrawn(history)] == ["Late"]
    assert told("changed_since=2") == {3: ["Late"]}
    assert told("changed_since=2026-01-06") == {2: ["Early"], 3: ["Late"]}


def test_without_a_filter_everything_is_told(vat):
    make.page(vat, title="Guide")
    make.item(vat, title="Returns")
    make.edition(vat, at=make.at("2026-01-05"))
    assert sorted(told("")[1])[:2] == ["Guide", "Returns"]
    assert told("q=returns") == {1: ["Returns"]}
