"""What of a thing is in its history for staff: every save that changed it, of what is in it too."""

import pytest
from django.urls import reverse

from roadmap.models import ChangelogEntry, Field, Item, Page, Release, Roadmap
from tests import make
from tests.admin.editing.test_conflicts import change_url
from tests.admin.editing.test_history_view import history_url, rows
from tests.admin.opened import save
from tests.admin.test_forms import roadmap_form
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def test_a_roadmaps_columns_and_apis_are_recorded_with_the_things_they_are_in(ann):
    roadmap = make.roadmap()
    years, api = make.field(roadmap, name="Tax years"), make.api(name="VAT API")
    item = make.item(roadmap, values={years: "25-26"}, apis=((api, "v1"),))
    save(ann, change_url(api), {"name": "VAT (MTD) API", "url": ""})
    save(ann, change_url(years), {"name": "Years", "explanation": "", "position": 0})
    ann.post(reverse("admin:roadmap_field_delete", args=[years.pk]), {"post": "yes"})
    names = [name for name, _, _ in rows(ann.get(history_url(item)))]
    assert names == ["Column “Years” deleted", "API “VAT (MTD) API” saved", "Before this history began"]
    names = [name for name, _, _ in rows(ann.get(history_url(roadmap)))]
    assert names == ["Column “Years” deleted", "Column “Years” saved", "Before this history began"]


def test_a_save_that_changes_nothing_is_not_a_row(ann):
    roadmap = make.roadmap()
    save(ann, change_url(roadmap), roadmap_form(title="Changed"))
    save(ann, change_url(roadmap), roadmap_form(title="Changed"))
    assert [name for name, _, _ in rows(ann.get(history_url(roadmap)))] == ["Saved", "Before this history began"]


@each_case("noun", [ChangelogEntry, Item, Page, Release, Roadmap])
def test_every_noun_has_this_history(ann, noun):
    roadmap = make.roadmap()
    make.item(roadmap, release=make.release(roadmap))
    make.page(roadmap)
    make.changelog_entry(roadmap)
    make.edition(roadmap)
    assert [row[0] for row in rows(ann.get(history_url(noun.objects.get())))] == ["Published in edition 1"]


def test_a_field_keeps_djangos_own_history(ann):
    field = make.field(make.roadmap())
    save(ann, change_url(field), {"name": "Years", "explanation": "", "position": 0})
    assert ann.get(reverse("admin:roadmap_field_history", args=[field.pk])).status_code == 200
    assert Field.objects.get().name == "Years"
