"""Every model says which it is: a working copy, or immutable."""

import inspect

import pytest
from django.apps import apps
from django.db import models

from roadmap.models import Change, Edition, ImmutableError, Revision
from roadmap.models.published import Immutable, ImmutableQuerySet
from tests import make
from tests.cases import each_case

PUBLISHED = [Edition, Revision, Change]


@each_case("model", [*apps.get_app_config("roadmap").get_models()])
def test_every_model_declares_what_it_is(model):
    first_words = inspect.getdoc(model).split(".")[0].split(":")[0]
    if issubclass(model, Immutable):
        assert first_words == "Immutable"
        assert isinstance(model.objects.all(), ImmutableQuerySet)
    else:
        assert first_words.startswith("Working copy of ") or first_words in ("Revocable", "Replaceable")


@pytest.fixture
def published(db):
    roadmap = make.roadmap()
    make.item(roadmap, live="June 2026")
    return make.edition(roadmap)


@pytest.mark.parametrize("model", PUBLISHED)
class TestPublished:
    def test_it_cannot_be_saved_again(self, published, model):
        with pytest.raises(ImmutableError):
            model.objects.first().save()

    def test_it_cannot_be_deleted(self, published, model):
        with pytest.raises(ImmutableError):
            model.objects.first().delete()

    def test_its_rows_cannot_be_changed_or_removed_at_once(self, published, model):
        row = model.objects.first()
        field = next(one for one in model._meta.fields if isinstance(one, models.CharField | models.TextField)).name
        for attempt in (
            lambda: model.objects.update(**{field: "x"}),
            lambda: model.objects.all().delete(),
            lambda: model.objects.bulk_update([row], [field]),
            lambda: model.objects.bulk_create([row], ignore_conflicts=True),
            lambda: model.objects.bulk_create(
                [row], update_conflicts=True, update_fields=[field], unique_fields=["pk"]
            ),
            lambda: model.objects.update_or_create(defaults={field: "x"}, pk=row.pk),
        ):
            with pytest.raises(ImmutableError):
                attempt()
        row.refresh_from_db()
        assert getattr(row, field) != "x"


def test_a_revision_is_not_moved_into_another_edition(published):
    make.page(published.roadmap)
    other = make.edition(published.roadmap)
    with pytest.raises(ImmutableError):
        other.revisions.add(published.revisions.first())
    assert other.revisions.count() == 1


@pytest.mark.parametrize("model", PUBLISHED)
def test_djangos_own_manager_refuses_too(published, model):
    with pytest.raises(ImmutableError):
        model._base_manager.all().delete()


def test_the_roadmap_of_an_edition_cannot_be_deleted(published):
    with pytest.raises(models.ProtectedError):
        published.roadmap.delete()
