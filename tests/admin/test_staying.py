"""The pages of one roadmap stay in that roadmap, with its name at the top."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests import make
from tests.admin.opened import save
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db

NOUNS = ["item", "release", "page", "changelogentry", "field"]
MAKE = {
    "item": make.item,
    "release": make.release,
    "page": make.page,
    "changelogentry": make.changelog_entry,
    "field": make.field,
}


@pytest.fixture
def roadmap():
    """One of two."""
    make.roadmap(title="Parcels")
    return make.roadmap(title="Letters")


def bar(response):
    """The name at the top, and where its lists are."""
    found = re.search(r'<nav class="roadmap-bar".*?</nav>', response.content.decode(), re.DOTALL)
    return found[0] if found else ""


def trail(response):
    found = re.search(r'<div class="breadcrumbs">(.*?)</div>', response.content.decode(), re.DOTALL)
    assert found
    return found[1]


def asked_of(url):
    """The roadmap whose list an address is."""
    return parse_qs(urlsplit(url).query).get("roadmap__id__exact")


@each_case("noun", NOUNS)
def test_every_page_of_a_thing_names_its_roadmap_and_leads_back_to_its_list(staff, roadmap, noun):
    thing = MAKE[noun](roadmap)
    list_url = reverse(f"admin:roadmap_{noun}_changelist")
    within = f"{list_url}?roadmap__id__exact={roadmap.pk}"
    for page in ("change", "delete", "history"):
        response = staff.get(reverse(f"admin:roadmap_{noun}_{page}", args=[thing.pk]))
        if noun == "field" and page == "history":
            continue  # Django's own: a column has none of ours
        assert "Letters" in bar(response), page
        assert f'href="{within}"' in trail(response), page
    for response in (staff.get(within), staff.get(reverse(f"admin:roadmap_{noun}_add"), {"roadmap": roadmap.pk})):
        assert "Letters" in bar(response)
        assert f'href="{within}"' in bar(response)
    assert bar(staff.get(list_url)) == ""  # of all roadmaps


@each_case("noun", NOUNS)
def test_after_saving_and_deleting_one_is_in_the_list_of_the_roadmap(staff, roadmap, noun):
    thing = MAKE[noun](roadmap)
    change = reverse(f"admin:roadmap_{noun}_change", args=[thing.pk])
    assert asked_of(save(staff, change, filled(staff.get(change)))["Location"]) == [str(roadmap.pk)]
    delete = reverse(f"admin:roadmap_{noun}_delete", args=[thing.pk])
    assert asked_of(staff.post(delete, {"post": "yes"})["Location"]) == [str(roadmap.pk)]


def test_the_filters_that_one_came_with_are_kept(staff, roadmap):
    item = make.item(roadmap, kind="guide")
    came = f"kind__exact=guide&roadmap__id__exact={roadmap.pk}"
    change = f"{reverse('admin:roadmap_item_change', args=[item.pk])}?_changelist_filters={came.replace('&', '%26')}"
    assert "kind__exact=guide" in trail(staff.get(change))
    saved = save(staff, change, filled(staff.get(change)))["Location"]
    assert parse_qs(urlsplit(saved).query) == {"kind__exact": ["guide"], "roadmap__id__exact": [str(roadmap.pk)]}


def test_what_is_added_to_another_roadmap_than_that_of_the_list_is_shown_in_its_own(staff, roadmap):
    other = make.roadmap()
    add = f"{reverse('admin:roadmap_page_add')}?_changelist_filters=roadmap__id__exact%3D{roadmap.pk}"
    added = staff.post(add, filled(staff.get(add), title="Who we are", roadmap=str(other.pk)))
    assert asked_of(added["Location"]) == [str(other.pk)]
