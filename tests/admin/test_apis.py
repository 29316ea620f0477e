"""An API belongs to every roadmap that names it: what changes on them is named, and is for publishers."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import Api
from tests import make
from tests.admin.press import filled

pytestmark = pytest.mark.django_db


def sign_in(client, group):
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def plain(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def api():
    """Of two roadmaps that everybody edits and of one of another team."""
    made = make.api(name="VAT API", url="https://example.gov.uk/old")
    for title in ("VAT", "Income Tax", "Secret"):
        make.item(make.roadmap(title=title), title=f"Of {title}", apis=((made, "1.0"),))
    made.items.get(title="Of Secret").roadmap.team.add(make.user())
    return made


def form_of(api):
    return reverse("admin:roadmap_api_change", args=[api.pk])


def test_a_publisher_is_told_which_roadmaps_it_touches_with_the_way_to_each_review(client, api):
    sign_in(client, "Publishers")
    page = plain(client.get(form_of(api)))
    assert "Shown on VAT" in page
    assert "1 roadmap of other teams" in page
    assert "Secret" not in page
    told = plain(
        client.post(form_of(api), filled(client.get(form_of(api)), url="https://example.gov.uk/new"), follow=True)
    )
    for item in api.items.exclude(title="Of Secret"):
        assert reverse("admin:roadmap_roadmap_publish", args=[item.roadmap.pk]) in told
    assert "1 roadmap of other teams" in told
    assert Api.objects.get().url == "https://example.gov.uk/new"


def test_an_editor_changes_neither_name_nor_address_of_what_roadmaps_show(client, api):
    sign_in(client, "Editors")
    page = plain(client.get(form_of(api)))
    assert "Only publishers change them: ask one." in page
    assert 'name="url"' not in page
    sent = filled(client.get(form_of(api))) | {"name": "Mine", "url": "https://example.org/"}
    client.post(form_of(api), sent)
    assert (Api.objects.get().name, Api.objects.get().url) == ("VAT API", "https://example.gov.uk/old")
    free = make.api(name="New")
    client.post(form_of(free), filled(client.get(form_of(free)), url="https://example.gov.uk/new"))
    free.refresh_from_db()
    assert free.url == "https://example.gov.uk/new"


def test_deleting_one_that_is_in_use_names_the_items_that_have_it(client, api):
    sign_in(client, "Publishers")
    page = plain(client.get(reverse("admin:roadmap_api_delete", args=[api.pk])))
    item = api.items.get(title="Of VAT")
    assert f'<a href="{reverse("admin:roadmap_item_change", args=[item.pk])}">{item.reference} Of VAT</a> (VAT)' in page
    assert "1 item of other teams" in page
    assert "Secret" not in page
    assert "is in use here, so it cannot be deleted" in page
    client.post(reverse("admin:roadmap_api_delete", args=[api.pk]), {"post": "yes"})
    assert Api.objects.exists()
