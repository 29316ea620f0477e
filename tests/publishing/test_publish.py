import pytest

from roadmap.content.choices import Noun
from roadmap.content.meanings import without_meanings
from roadmap.content.things import ItemContent, MilestoneContent, RoadmapContent
from roadmap.models import Change, Edition, Revision
from roadmap.publishing import NothingToPublish, OutOfOrder, pending, publish
from tests import make

pytestmark = pytest.mark.django_db


def sentences(edition):
    content = Revision.objects.as_of(edition).get(noun=Noun.ROADMAP).as_content()
    return [
        (change.revision.title, change.as_field_change().sentence(content))
        for change in Change.objects.filter(revision__edition=edition)
    ]


def test_first_edition_holds_every_thing_whole():
    roadmap = make.roadmap(title="VAT roadmap", reference_prefix="VAT")
    release = make.release(roadmap, title="Near term", when="October 2018 to February 2019")
    make.page(roadmap, title="Who we are")
    make.changelog_entry(roadmap, title="Guide 1.0")
    item = make.item(
        roadmap,
        title="Multiple agents",
        release=release,
        test="March 2026 (deployed)",
        deployed=("test",),
        live="June 2026",
        audiences="Businesses, Agents",
        apis=((make.api(name="VAT API", url="https://example.com/vat"), "v2.0"),),
        values={make.field(roadmap, name="Tax years"): "26-27"},
    )
    edition = publish(roadmap=roadmap, by=None, note="First", at=make.at("2026-03-24"))

    assert (edition.number, edition.note, edition.published_at) == (1, "First", make.at("2026-03-24"))
    assert sorted(Revision.objects.filter(edition=edition).values_list("noun", flat=True)) == [
        "changelog_entry",
        "item",
        "page",
        "release",
        "roadmap",
    ]
    content = Revision.objects.get(noun=Noun.ITEM).as_content()
    assert isinstance(content, ItemContent)
    assert content.reference == "VAT-1"
    assert content.uid == str(item.uid)
    assert content.audiences == ("Businesses", "Agents")
    assert [str(api) for api in content.apis] == ["VAT API v2.0"]
    assert [(one.key, one.value) for one in content.fields] == [("tax-years", "26-27")]
    assert without_meanings(content).milestones == (
        MilestoneContent(environment="test", typed="March 2026 (deployed)", is_deployed=True),
        MilestoneContent(environment="live", typed="June 2026"),
    )
    assert content.release_uid == str(release.uid)
    assert {sentence for _, sentence in sentences(edition)} == {"Added", "Added to the changelog"}


def test_only_what_changed_gets_a_revision():
    roadmap = make.roadmap()
    moved = make.item(roadmap, title="Moved", live="June 2026")
    make.item(roadmap, title="Left alone", live="June 2026")
    make.edition(roadmap)
    moved.milestones.update(when="September 2026")

    edition = make.edition(roadmap)

    assert edition.number == 2
    assert [one.title for one in edition.revisions.all()] == ["Moved"]
    assert sentences(edition) == [("Moved", "Live moved from June 2026 to September 2026")]


def test_an_api_renamed_changes_every_item_that_names_it():
    roadmap = make.roadmap()
    api = make.api(name="VAT API")
    make.item(roadmap, title="A", apis=((api, ""),))
    make.edition(roadmap)
    api.name = "VAT (MTD) API"
    api.save()
    assert sentences(make.edition(roadmap)) == [("A", "APIs changed: added VAT (MTD) API, removed VAT API")]


def test_a_move_between_releases_is_told_by_their_names():
    roadmap = make.roadmap()
    near, mid = make.release(roadmap, title="Near term"), make.release(roadmap, title="Mid term")
    item = make.item(roadmap, title="Deregister", release=mid)
    make.edition(roadmap)
    item.release = near
    item.save()
    mid.delete()
    told = sentences(make.edition(roadmap))
    assert ("Deregister", "Moved from Mid term to Near term") in told
    assert ("Mid term", "Withdrawn") in told


def test_a_deleted_thing_is_published_as_withdrawn_and_its_revisions_stay():
    roadmap = make.roadmap()
    item = make.item(roadmap, title="Gone")
    first = make.edition(roadmap)
    item.delete()
    edition = make.edition(roadmap)
    revision = edition.revisions.get()
    assert (revision.title, revision.address, revision.is_removal) == ("Gone", item.reference, True)
    assert first.revisions.filter(title="Gone").exists()
    with pytest.raises(NothingToPublish):
        make.edition(roadmap)


def test_nothing_pending_is_refused_by_name():
    roadmap = make.roadmap(title="VAT roadmap")
    make.edition(roadmap)
    with pytest.raises(NothingToPublish, match="VAT roadmap"):
        publish(roadmap=roadmap, by=None)
    assert Edition.objects.count() == 1


def test_a_value_put_back_is_nothing_to_publish():
    roadmap = make.roadmap()
    page = make.page(roadmap, body="As it was")
    make.edition(roadmap)
    page.body = "Otherwise"
    page.save()
    page.body = "As it was"
    page.save()
    assert pending(roadmap) == []


def test_one_roadmap_is_published_without_the_other():
    one, other = make.roadmap(), make.roadmap()
    make.page(other)
    edition = make.edition(one)
    assert [revision.title for revision in edition.revisions.all()] == [one.title]
    assert make.edition(other).number == 1


def test_an_edition_before_the_newest_is_refused():
    roadmap = make.roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    make.page(roadmap)
    with pytest.raises(OutOfOrder, match="24 March 2026"):
        make.edition(roadmap, at=make.at("2026-03-23"), now=make.at("2026-03-25"))
    assert Edition.objects.count() == 1


def test_publishing_fails_whole(monkeypatch):
    roadmap = make.roadmap()
    make.item(roadmap)

    def break_off(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Change.objects, "bulk_create", break_off)
    with pytest.raises(RuntimeError):
        make.edition(roadmap)
    assert not Edition.objects.exists()
    assert not Revision.objects.exists()


@pytest.mark.parametrize("items", [2, 40])
def test_publishing_costs_the_same_queries_whatever_the_number_of_items(items, django_assert_num_queries):
    roadmap = make.roadmap()
    made = [make.item(roadmap, live="June 2026") for _ in range(items)]
    make.edition(roadmap)
    made[0].milestones.update(when="July 2026")
    with django_assert_num_queries(21):
        make.edition(roadmap)


def test_an_audience_is_named_once_however_it_is_written():
    roadmap = make.roadmap()
    make.item(roadmap, audiences=",,Businesses, ,businesses,Agents")
    make.edition(roadmap)
    assert Revision.objects.get(noun=Noun.ITEM).as_content().audiences == ("Businesses", "Agents")


def test_the_roadmap_content_names_its_fields_and_labels():
    roadmap = make.roadmap(test_label="Test", live_label="Production")
    make.field(roadmap, name="Tax years", explanation="Which years.")
    make.edition(roadmap)
    content = Revision.objects.get().as_content()
    assert isinstance(content, RoadmapContent)
    assert (content.labels.test, content.labels.live) == ("Test", "Production")
    assert [(field.key, field.name) for field in content.fields] == [("tax-years", "Tax years")]
