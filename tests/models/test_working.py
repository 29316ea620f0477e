import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from roadmap.content.choices import Stage
from roadmap.dates import UnclearDate
from roadmap.models.item import FieldValue, Item, Milestone
from roadmap.models.roadmap import Page, Release, Roadmap
from roadmap.working_copies.to_content import preview
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def refused(make_it):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_it()


def test_references_count_up_and_are_never_used_again():
    roadmap = make.roadmap(reference_prefix="VAT")
    first, second = make.item(roadmap), make.item(roadmap)
    assert (first.reference, second.reference) == ("VAT-1", "VAT-2")
    second.delete()
    assert make.item(roadmap).reference == "VAT-3"


def test_a_reference_survives_a_new_prefix_and_a_new_title():
    roadmap = make.roadmap(reference_prefix="VAT")
    item = make.item(roadmap)
    Roadmap.objects.update(reference_prefix="MTD")
    item.title = "Otherwise"
    item.save()
    item.refresh_from_db()
    assert item.reference == "VAT-1"
    roadmap.refresh_from_db()
    assert make.item(roadmap).reference == "MTD-2"


def test_the_database_holds_what_must_always_hold():
    roadmap = make.roadmap()
    item = make.item(roadmap, live="June 2026")
    page = make.page(roadmap)
    refused(lambda: make.milestone(item, "live", "July 2026"))
    refused(lambda: Milestone.objects.create(item=item, environment="test", when="", is_deployed=False))
    refused(lambda: make.page(roadmap, slug=page.slug))
    refused(lambda: make.page(roadmap, slug=""))
    refused(lambda: make.page(roadmap, title=""))
    refused(lambda: make.item(roadmap, title=""))
    refused(lambda: Item.objects.bulk_create([Item(roadmap=roadmap, title="x", reference="")]))
    refused(lambda: Item.objects.bulk_create([Item(roadmap=roadmap, title="x", reference=item.reference)]))
    refused(lambda: make.release(roadmap, title=""))
    refused(lambda: make.roadmap(slug=roadmap.slug))
    refused(lambda: make.roadmap(contact_email=""))
    refused(lambda: make.api(name=""))
    refused(lambda: make.changelog_entry(roadmap, when=""))


def test_a_date_that_nobody_understands_is_never_stored():
    roadmap = make.roadmap()
    item = make.item(roadmap)
    for write in (
        lambda: make.milestone(item, "live", "when ready"),
        lambda: make.release(roadmap, when="when ready"),
        lambda: Release.objects.update(when="when ready"),
    ):
        make.release(roadmap)
        with pytest.raises(UnclearDate), transaction.atomic():
            write()


def test_a_release_with_items_is_not_deleted_under_them_but_goes_with_its_roadmap():
    roadmap = make.roadmap()
    release = make.release(roadmap)
    make.item(roadmap, release=release)
    with pytest.raises(RestrictedError):
        release.delete()
    roadmap.delete()
    assert not Release.objects.exists()


def test_an_item_and_its_release_are_of_one_roadmap():
    item = make.item(make.roadmap())
    item.release = make.release(make.roadmap())
    with pytest.raises(ValidationError, match="another roadmap"):
        item.full_clean()


def test_an_item_and_its_fields_are_of_one_roadmap():
    value = FieldValue(item=make.item(make.roadmap()), field=make.field(make.roadmap()), value="x")
    with pytest.raises(ValidationError, match="another roadmap"):
        value.full_clean()


def test_a_date_that_says_deployed_ticks_the_box():
    milestone = Milestone(item=make.item(make.roadmap()), environment="test", when="March 2026 (deployed)")
    milestone.full_clean()
    assert milestone.is_deployed


def test_a_page_without_an_address_takes_it_from_its_title():
    page = Page(roadmap=make.roadmap(), title="What this roadmap tells you")
    page.full_clean()
    assert page.slug == "what-this-roadmap-tells-you"
    with pytest.raises(ValidationError, match="Give an address"):
        Page(roadmap=page.roadmap, title="…").full_clean()


def test_fields_named_alike_get_keys_of_their_own():
    roadmap = make.roadmap()
    keys = [make.field(roadmap, name=name).key for name in ("Tax years", "Tax years?", "?!")]
    assert keys == ["tax-years", "tax-years-2", "field"]


@each_case(
    ("deployed", "release"),
    [(deployed, release) for deployed in ((), ("test",), ("test", "controlled_go_live"), ("live",)) for release in
     (None, False, True)],
)  # fmt: skip
def test_the_stage_in_sql_is_the_stage_that_readers_see(deployed, release):
    roadmap = make.roadmap()
    made = None if release is None else make.release(roadmap, is_deployed=release)
    make.item(roadmap, test="March 2026", live="June 2026", deployed=deployed, release=made)
    seen = preview(roadmap).items[0].stage
    assert Item.objects.with_stage().get().stage == seen
    assert seen in Stage


def test_the_address_of_a_published_roadmap_stays_whoever_writes_it():
    roadmap = make.roadmap(slug="old")
    roadmap.slug = "draft"
    roadmap.save()
    make.edition(roadmap)
    roadmap.slug = "new"
    with pytest.raises(ValueError, match="its address stays"):
        roadmap.save()
