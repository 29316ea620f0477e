"""Those outside a roadmap's team see and change nothing of it in the admin, whatever their role."""

import pytest
from django.contrib import admin
from django.urls import reverse

from roadmap.models import ChangelogEntry, Edition, Field, Item, Page, Release, Save
from tests import make
from tests.admin.test_permissions import NOUNS, Site, bulk_delete, member
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client):
    """Of two roadmaps, the one is ours and the other theirs: see Site."""
    return Site(client)


@each_case("who", ["editor", "publisher"])
@each_case("noun", NOUNS)
def test_outside_the_team_nothing_is_in_a_list_a_filter_or_a_form(site, noun, who):
    site.as_(who)
    for url in (
        reverse(f"admin:roadmap_{noun}_changelist"),
        reverse(f"admin:roadmap_{noun}_changelist") + f"?roadmap__id__exact={site.theirs.pk}",
        reverse(f"admin:roadmap_{noun}_add"),
        reverse(f"admin:roadmap_{noun}_add") + f"?roadmap={site.theirs.pk}",
        reverse(f"admin:roadmap_{noun}_change", args=[site.public[noun].pk]),
        reverse("admin:index"),
    ):
        text = site.client.get(url).content.decode()
        assert "Their" not in text, url


def every_url(things, noun):
    """Every address that the admin has for one thing, whoever added it, and those that name it in their query."""
    pk, edition = things[noun].pk, Edition.objects.get(roadmap=things["roadmap"])
    known = {"object_id": pk, "pk": pk, "number": edition.number, "uid": things["roadmap"].uid}
    for pattern in admin.site.get_model_admin(type(things[noun])).get_urls():
        names = [*pattern.pattern.converters]
        if names and pattern.name:
            yield reverse(f"admin:{pattern.name}", kwargs={name: known.get(name, 1) for name in names})


@each_case("who", ["editor", "publisher"])
@each_case("noun", NOUNS)
def test_outside_the_team_every_screen_of_a_thing_refuses(site, noun, who):
    site.as_(who)
    urls = {*site.urls(site.foreign, noun), *every_url(site.foreign, noun)}
    assert len(urls) >= 3
    elsewhere = {
        reverse(f"admin:{name}")
        for name in ("index", "roadmap_item_changelist", "roadmap_release_changelist", "roadmap_roadmap_import")
    }
    before = [*Save.objects.order_by("pk").values_list("pk"), *Edition.objects.order_by("pk").values()]
    for url in urls:
        for response in (site.client.get(url), site.client.post(url, {"post": "yes"}), site.client.post(url, {})):
            # Django sends who asks for what is not there to the first page; a POST may not be known there at all.
            assert response.status_code in (302, 403, 404, 405), url
            assert response.status_code != 302 or response.url in elsewhere, url
            assert "Their" not in response.content.decode()
    assert type(site.foreign[noun]).objects.filter(pk=site.foreign[noun].pk).exists()
    assert [*Save.objects.order_by("pk").values_list("pk"), *Edition.objects.order_by("pk").values()] == before


@each_case("noun", ["page", "release", "item", "changelogentry", "field"])
def test_outside_the_team_a_bulk_action_finds_nothing(site, noun):
    site.as_("publisher")
    bulk_delete(site, noun, site.foreign[noun], post="yes")
    assert type(site.foreign[noun]).objects.filter(pk=site.foreign[noun].pk).exists()


INLINES = ["milestones", "item_apis", "field_values"]
FORMS = {
    "page": (Page, {"title": "Slipped in", "position": 0}),
    "release": (Release, {"title": "Slipped in", "position": 0}),
    "item": (
        Item,
        {"title": "Slipped in", "position": 0, "is_breaking": "unknown"}
        | {f"{name}-{count}_FORMS": 0 for name in INLINES for count in ("TOTAL", "INITIAL")},
    ),
    "changelogentry": (ChangelogEntry, {"title": "Slipped in", "when": "June 2026", "position": 0}),
    "field": (Field, {"name": "Slipped in", "position": 0}),
}


@each_case("noun", FORMS)
def test_outside_the_team_nothing_is_added(site, noun):
    model, form = FORMS[noun]
    site.as_("publisher")
    before = model.objects.count()
    response = site.client.post(reverse(f"admin:roadmap_{noun}_add"), form | {"roadmap": site.theirs.pk})
    assert "not among the choices" in str(response.context["adminform"].form.errors["roadmap"])
    assert model.objects.count() == before
    site.client.post(reverse(f"admin:roadmap_{noun}_add"), form | {"roadmap": site.ours.pk})
    assert model.objects.count() == before + 1


def test_an_item_does_not_get_into_a_release_outside_the_team(site):
    site.as_("publisher")
    _, form = FORMS["item"]
    item = site.public["item"]
    foreign = {"release": site.foreign["release"].pk}
    for url in (reverse("admin:roadmap_item_add"), reverse("admin:roadmap_item_change", args=[item.pk])):
        response = site.save(url, form | foreign | {"roadmap": site.ours.pk})
        assert "not among the choices" in str(response.context["adminform"].form.errors["release"])
    item.refresh_from_db()
    assert item.release is None


def test_a_member_of_the_team_sees_it_and_its_things(site):
    user = site.as_("editor")
    site.theirs.team.add(user)
    text = site.client.get(reverse("admin:roadmap_item_changelist")).content.decode()
    assert "Their public item" in text
    assert site.client.get(reverse("admin:roadmap_item_change", args=[site.foreign["item"].pk])).status_code == 200


def test_somebody_in_no_team_where_every_roadmap_has_one_cannot_add(site):
    site.as_("editor")
    site.ours.team.add(member("Editors"))
    assert site.client.get(reverse("admin:roadmap_item_add")).status_code == 403
    text = site.client.get(reverse("admin:index")).content.decode()
    assert reverse("admin:roadmap_item_add") not in text


def test_the_rules_cost_a_list_no_query_for_each_row(site, django_assert_max_num_queries):
    site.as_("editor")
    for _ in range(20):
        make.item(site.ours)
    with django_assert_max_num_queries(30):
        site.client.get(reverse("admin:roadmap_item_changelist"))
    with django_assert_max_num_queries(48):
        site.client.get(reverse("admin:roadmap_item_change", args=[site.public["item"].pk]))
