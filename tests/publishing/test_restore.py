import pytest

from roadmap.content.things import to_json
from roadmap.models import Api, Item, Page, Revision
from roadmap.publishing import CannotRestore, pending, restore_edition, restore_revision
from roadmap.working_copies.to_content import preview
from tests import make

pytestmark = pytest.mark.django_db


def whole(roadmap):
    snapshot = preview(roadmap)
    things = [snapshot.roadmap, *snapshot.pages, *snapshot.releases, *snapshot.changelog]
    return sorted(to_json(one) for one in [*things, *(item.content for item in snapshot.items)])


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="vat-mtd", reference_prefix="VAT", title="VAT")
    field = make.field(made, name="Tax years")
    make.item(
        made,
        title="Agents",
        description="First",
        release=make.release(made, title="June 2026", when="June 2026", horizon="near"),
        test="March 2026",
        deployed=("test",),
        live="June 2026",
        kind="api",
        audiences="Businesses, Agents",
        is_breaking=True,
        apis=((make.api(name="VAT API", url="https://example.com"), "v2.0"),),
        values={field: "26-27"},
    )
    make.page(made, title="About", slug="about", body="First", is_on_home=True)
    make.changelog_entry(made, title="Entry", body="First")
    return made


def test_an_edition_is_restored_whole_whatever_has_happened_since(roadmap):
    first = make.edition(roadmap)
    before = whole(roadmap)
    item = roadmap.items.get()
    item.title, item.description, item.release = "Renamed", "Second", None
    item.save()
    item.milestones.all().delete()
    roadmap.releases.all().delete()
    roadmap.fields.update(name="Years")
    roadmap.pages.all().delete()
    make.page(roadmap, title="Another", slug="about")
    make.item(roadmap, title="New", release=make.release(roadmap, title="New release"))
    roadmap.title = "Otherwise"
    roadmap.contact_email = "other@example.gov.uk"
    roadmap.save()
    make.edition(roadmap)

    restore_edition(first)
    roadmap.refresh_from_db()

    assert whole(roadmap) == before
    edition = make.edition(roadmap)
    assert edition.number == 3
    assert Revision.objects.as_of(edition).exclude(content="").count() == len(before)
    restore_edition(edition)
    assert pending(roadmap) == []


def test_one_things_earlier_revision_is_restored_and_the_rest_stays(roadmap):
    make.edition(roadmap)
    item = roadmap.items.get()
    item.description = "Second"
    item.save()
    item.milestones.filter(environment="live").update(when="July 2026")
    roadmap.pages.update(body="Second")
    make.edition(roadmap)
    restore_revision(Revision.objects.get(edition__number=1, noun="item"))
    item.refresh_from_db()
    assert item.description == "First"
    assert item.milestones.get(environment="live").when == "June 2026"
    assert roadmap.pages.get().body == "Second"
    assert [one.title for one in pending(roadmap)] == ["Agents"]


def test_a_date_that_the_grammar_refuses_by_now_is_restored_as_it_was_published(roadmap):
    item = roadmap.items.get()
    item.milestones.filter(environment="live").update(when="2026 to 2027")
    make.edition(roadmap)
    item.milestones.filter(environment="live").update(when="July 2026")
    make.edition(roadmap)
    restore_revision(Revision.objects.get(edition__number=1, noun="item"))
    assert item.milestones.get(environment="live").when == "2026 to 2027"


def test_a_withdrawn_item_comes_back_under_its_reference(roadmap):
    make.edition(roadmap)
    reference, uid = Item.objects.values_list("reference", "uid").get()
    Item.objects.all().delete()
    make.edition(roadmap)
    restore_revision(Revision.objects.get(edition__number=1, noun="item"))
    assert Item.objects.values_list("reference", "uid").get() == (reference, uid)
    assert [str(one) for one in Item.objects.get().item_apis.all()] == ["VAT API v2.0"]


def test_an_item_whose_release_is_gone_is_refused_and_nothing_changes(roadmap):
    make.edition(roadmap)
    item = roadmap.items.get()
    item.release, item.description = None, "Second"
    item.save()
    roadmap.releases.all().delete()
    with pytest.raises(CannotRestore, match="release that no longer exists"):
        restore_revision(Revision.objects.get(noun="item"))
    item.refresh_from_db()
    assert item.description == "Second"


def test_an_item_whose_column_is_gone_is_refused(roadmap):
    make.edition(roadmap)
    roadmap.fields.all().delete()
    with pytest.raises(CannotRestore, match="tax-years"):
        restore_revision(Revision.objects.get(noun="item"))


def test_a_page_whose_address_is_taken_is_refused(roadmap):
    make.edition(roadmap)
    roadmap.pages.all().delete()
    make.page(roadmap, title="Another", slug="about")
    with pytest.raises(CannotRestore, match="“Another” has now"):
        restore_revision(Revision.objects.get(noun="page"))
    assert Page.objects.get().title == "Another"


def test_a_removal_cannot_be_restored(roadmap):
    make.edition(roadmap)
    roadmap.pages.all().delete()
    edition = make.edition(roadmap)
    with pytest.raises(CannotRestore, match="was withdrawn"):
        restore_revision(edition.revisions.get())


def test_an_api_that_is_gone_is_made_again(roadmap):
    make.edition(roadmap)
    item = roadmap.items.get()
    item.item_apis.all().delete()
    Api.objects.all().delete()
    restore_revision(Revision.objects.get(noun="item"))
    assert Api.objects.get().url == "https://example.com"
