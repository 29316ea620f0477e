"""An API belongs to every roadmap that names it: what changes on them is named, and is for publishers."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import Api
from roadmap.publishing import pending
from tests import make
from tests.admin.grid import grid_form
from tests.admin.imports import uploading
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


def test_no_name_is_anothers_but_for_capitals(client, api):
    """Whoever typed it in a table, or imported it, could have got either, with its address."""
    sign_in(client, "Editors")
    add = reverse("admin:roadmap_api_add")
    answer = client.post(add, {"name": "vat api", "url": "https://example.org/evil"})
    assert "There is “VAT API” already. Use that, or choose another name." in plain(answer)
    assert Api.objects.count() == 1
    sign_in(client, "Publishers")
    sent = filled(client.get(form_of(api)), name="VAT api")
    client.post(form_of(api), sent)
    assert Api.objects.get().name == "VAT api"  # its own may be written otherwise


def test_each_roadmaps_review_shows_what_a_publisher_of_another_team_changed(client, api):
    for item in api.items.all():
        make.edition(item.roadmap)
    secret = api.items.get(title="Of Secret").roadmap
    sign_in(client, "Publishers")
    client.post(form_of(api), filled(client.get(form_of(api)), url="https://example.gov.uk/new"))
    for roadmap in [*{item.roadmap for item in api.items.all()}]:
        (thing,) = pending(roadmap)
        assert "https://example.gov.uk/new" in str(thing.changes)
    client.force_login(secret.team.get(), backend="django.contrib.auth.backends.ModelBackend")
    review = uploading.words(client.get(reverse("admin:roadmap_roadmap_publish", args=[secret.pk])))
    assert "“Of Secret”: API links changed" in review
    assert "To be published VAT API: https://example.gov.uk/new" in review


def test_no_other_way_leads_an_editor_to_the_address_of_an_api(client, api):
    """Of another team or of any: the table, a file of it, many items at once, an import, two made one, deleting."""
    theirs = api.items.get(title="Of Secret").roadmap
    ours = make.roadmap(title="Ours")
    item = make.item(ours, title="Of ours")
    writer = grid_form.editor()
    ours.team.add(writer.user)
    grid_form.change(writer, ours, {(item, "apis"): "VAT API 2.0; https://example.org/evil"})
    bulk = reverse("admin:roadmap_item_bulk", args=["api"])
    writer.post(bulk, {"items": str(item.pk), "act": "add", "api": api.pk, "url": "https://example.org/evil"})
    writer.post(reverse("admin:roadmap_api_changelist"), {"form-0-url": "https://example.org/evil", "_save": "Save"})
    page = "# Ours\n\n| Name | API |\n| --- | --- |\n| Of ours | [VAT API](https://example.org/evil) |\n"
    uploading.upload(writer, page, roadmap=ours)
    assert uploading.upload(writer, page, roadmap=theirs).status_code == 403
    merge = {"keep": make.api(name="Evil", url="https://example.org/evil").pk, "gone": api.pk}
    assert writer.post(reverse("admin:roadmap_api_alike"), merge).status_code == 403
    writer.post(reverse("admin:roadmap_api_delete", args=[api.pk]), {"post": "yes"})
    api.refresh_from_db()
    assert (api.name, api.url) == ("VAT API", "https://example.gov.uk/old")
    assert not pending_urls(theirs)


def pending_urls(roadmap):
    return [str(thing.changes) for thing in pending(roadmap) if "evil" in str(thing.changes)]
