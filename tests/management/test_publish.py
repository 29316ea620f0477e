import pytest

from roadmap.models import Change, Edition
from tests import make
from tests.management.run import refusal, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def roadmap():
    return make.roadmap(slug="parcel-tax", title="Parcel tax roadmap")


def test_it_publishes_what_is_pending_and_says_how_much(roadmap):
    make.edition(roadmap)
    make.page(roadmap, title="One")
    make.page(roadmap, title="Two")
    ended = run("publish", "parcel-tax", "--note", "Two pages")
    assert ended == (0, ["Published edition 2 of Parcel tax roadmap: 2 changes."], [])
    edition = roadmap.editions.get(number=2)
    assert (edition.note, edition.published_by) == ("Two pages", None)


def test_one_change_is_not_called_changes(roadmap):
    assert run("publish", "parcel-tax").out == ["Published edition 1 of Parcel tax roadmap: 1 change."]


def test_it_keeps_who_published(roadmap):
    user = make.user(username="kim")
    run("publish", "parcel-tax", "--by", "kim")
    assert roadmap.editions.get().published_by == user


def test_nothing_to_publish_is_refused(roadmap):
    make.edition(roadmap)
    assert "There is nothing to publish" in refusal("publish", "parcel-tax")
    assert roadmap.editions.count() == 1


def test_an_edition_goes_before_one_that_is_scheduled(roadmap):
    make.edition(roadmap)
    make.page(roadmap, title="Later")
    make.edition(roadmap, at=make.at("2099-01-01"), now=make.at("2098-01-01"))
    make.page(roadmap, title="Now")
    assert run("publish", "parcel-tax").out == ["Published edition 2 of Parcel tax roadmap: 1 change."]
    assert roadmap.editions.get(number=3).revisions.get().title == "Later"


def test_an_edition_of_a_time_to_come_is_said_to_be_scheduled(roadmap, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-03-24"))
    told = "Scheduled edition 1 of Parcel tax roadmap for 27 March 2026 at 5pm, London time: 1 change."
    assert run("publish", "parcel-tax", "--at", "2026-03-27T17:00").out == [told]
    assert roadmap.editions.get().published_at == make.at("2026-03-27", "17:00")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-03-01T09:30", "Edition 1 of this roadmap is dated 2 March 2026 at"),
        ("1900-01-01", "An edition cannot be dated before 2000"),
        ("0001-01-01T00:00+23:59", "An edition cannot be dated before 2000"),
        ("9999-12-31T23:59-23:59", "within the next two years"),
        ("2026-02-30", "“2026-02-30” is not a time"),
        ("2026-03-29T01:30", "the clocks go forward"),
    ],
)
def test_a_time_at_which_nothing_can_be_published_is_refused(roadmap, monkeypatch, at, told):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.at("2026-03-24"))
    make.edition(roadmap, at=make.at("2026-03-02"), now=make.at("2026-03-02"))
    make.page(roadmap)
    assert told in refusal("publish", "parcel-tax", "--at", at)
    assert roadmap.editions.count() == 1


def test_a_date_that_moves_later_needs_a_reason_which_readers_see():
    roadmap = make.roadmap(slug="parcel-tax", asks_reasons=True)
    item = make.item(roadmap, title="Scan a parcel", live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="September 2026")
    line = refusal("publish", "parcel-tax")
    assert "“Scan a parcel”" in line
    assert line.endswith("Give it with --reason TEXT.")
    assert run("publish", "parcel-tax", "--reason", "More tests were needed").code == 0
    assert Change.objects.get(revision__edition__number=2).reason == "More tests were needed"


def test_an_address_without_a_roadmap_is_refused_with_those_there_are(roadmap):
    line = refusal("publish", "vat")
    assert "There is no roadmap at /vat/. There are: parcel-tax." in line


def test_without_any_roadmap_it_says_so():
    assert "There are none yet." in refusal("publish", "vat")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--note", "x" * 501], "The note is too long"),
        (["--note", "a\nb"], "one line"),
        (["--reason", "x" * 501], "The reason is too long"),
        (["--by", "nobody"], "There is no user “nobody”."),
    ],
)
def test_bad_options_are_refused_and_nothing_is_published(roadmap, options, reason):
    assert reason in refusal("publish", "parcel-tax", *options)
    assert not Edition.objects.exists()


def test_a_note_at_its_longest_is_kept(roadmap):
    run("publish", "parcel-tax", "--note", "x" * 500)
    assert roadmap.editions.get().note == "x" * 500
