"""*Preview* on a form: the draft as it is typed, in its page. Nothing is saved by it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from roadmap.admin.editing.typed_preview import PREVIEW
from roadmap.models import ChangelogEntry, FieldValue, Item, Milestone, Page, Release, Roadmap, Save
from tests import make
from tests.admin.press import filled
from tests.cases import each_case
from tests.previews.conftest import banner
from tests.web import read
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db

PREVIEWED = {PREVIEW: "1"}
BUTTON = f'name="{PREVIEW}"'


def made():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-01-05"))
    return roadmap


@pytest.fixture(scope="module")
def kept(keep):
    return keep(made)


@pytest.fixture
def vat(kept):
    return kept()


def change_url(thing):
    return reverse(f"admin:roadmap_{thing._meta.model_name}_change", args=[thing.pk])


def add_url(model):
    return reverse(f"admin:roadmap_{model._meta.model_name}_add")


def shown(client, url, **typed):
    """The page that the button opens, of the form at that address with this typed into it."""
    response = client.post(url, {**filled(client.get(url)), **typed, **PREVIEWED})
    assert response.status_code == 200, response
    return response, read.Page(response.content.decode())


def stored():
    """All that saving would write."""
    models = (Roadmap, Item, Milestone, FieldValue, Page, Release, ChangelogEntry, Save)
    return [[*model._default_manager.order_by("pk").values()] for model in models]


THINGS = {
    "item": (lambda roadmap: roadmap.items.get(reference="VAT-1"), "title"),
    "page": (lambda roadmap: roadmap.pages.get(slug="who"), "title"),
    "release": (lambda roadmap: roadmap.releases.get(), "introduction"),
    "changelog entry": (lambda roadmap: roadmap.changelog_entries.get(), "body"),
    "roadmap": (lambda roadmap: roadmap, "description"),
}


@each_case("noun", [*THINGS])
def test_every_form_shows_what_is_typed_in_its_page_and_saves_nothing(vat, staff, noun):
    find, field = THINGS[noun]
    before = stored()
    response, page = shown(staff, change_url(find(vat)), **{field: "Canary, as typed"})
    assert "Canary, as typed" in page.main
    assert "as you typed it. It is not saved." in banner(page)
    assert "Close this tab to go back to your form." in banner(page)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    assert stored() == before
    assert "Canary" not in read.read(staff, f"/admin/preview/{vat.pk}/items/VAT-1/").text
    follow_up = staff.get(change_url(find(vat))).content.decode()
    assert "Canary" not in follow_up
    assert "successfully" not in follow_up  # no message waits for the next page


def test_the_rows_of_an_item_are_shown_as_typed(vat, staff):
    item = vat.items.get(reference="VAT-1")
    sent = filled(staff.get(change_url(item)))
    row = next(
        name.removesuffix("-environment")
        for name, value in sent.items()
        if name.startswith("milestones-") and name.endswith("-environment") and value == ["test"]
    )
    response = staff.post(change_url(item), {**sent, f"{row}-when": "April 2027", **PREVIEWED})
    page = read.Page(response.content.decode())
    assert "April 2027" in page.main
    assert "April 2027" in banner(page)  # what differs from what readers have
    assert not item.milestones.filter(environment="test").exists()


def test_a_new_item_is_shown_with_the_reference_that_it_would_have(vat, staff):
    before = stored()
    _, page = shown(
        staff, f"{add_url(Item)}?roadmap={vat.pk}", title="Declare a parcel", description="What is *inside*."
    )
    assert page.one("h1").text == "Declare a parcel"
    assert "VAT-5" in page.main
    assert "This item is new: readers do not see it yet." in banner(page)
    assert stored() == before
    save_url = add_url(Item)
    sent = {**filled(staff.get(f"{save_url}?roadmap={vat.pk}")), "title": "Declare a parcel"}
    assert staff.post(save_url, sent).status_code == 302
    assert Item.objects.get(title="Declare a parcel").reference == "VAT-5"


@each_case(
    ("model", "typed"),
    [
        (Page, {"title": "New page", "body": "Canary", "slug": "new-page"}),
        (Release, {"title": "Canary", "when": "June 2027"}),
        (ChangelogEntry, {"title": "Canary", "when": "June 2026", "body": "words"}),
    ],
)
def test_a_new_thing_is_shown_before_it_is_ever_saved(vat, staff, model, typed):
    before = stored()
    _, page = shown(staff, f"{add_url(model)}?roadmap={vat.pk}", **typed)
    assert "It is not saved." in banner(page)
    if model is not Release:  # it shows with its first item
        assert "Canary" in page.main
    assert stored() == before


def test_a_new_roadmap_is_shown_before_it_is_ever_saved(vat, staff):
    typed = {"title": "Parcel tax", "slug": "parcel-tax", "reference_prefix": "PAR", "description": "Canary"}
    typed |= {"contact_name": "Team", "contact_email": "team@example.org"}
    _, page = shown(staff, add_url(Roadmap), **typed)
    assert page.one("h1").text == "Parcel tax"
    assert "It is not saved." in banner(page)
    assert "it has never been published" in banner(page)
    assert not Roadmap.objects.filter(slug="parcel-tax").exists()


def test_what_is_wrong_in_the_form_is_said_in_the_form_with_all_that_was_typed(vat, staff):
    page = vat.pages.get(slug="who")
    before = stored()
    sent = {**filled(staff.get(change_url(page))), "title": "", "body": "![](/x.png) Canary", **PREVIEWED}
    response = staff.post(change_url(page), sent)
    words = response.content.decode()
    assert "Fill this in" in words
    assert "Describe what the image shows" in words
    assert "Canary" in words
    assert stored() == before


def test_a_preview_does_not_make_the_form_out_of_date(vat, staff):
    page = vat.pages.get(slug="who")
    sent = {**filled(staff.get(change_url(page))), "title": "Typed"}
    assert staff.post(change_url(page), {**sent, **PREVIEWED}).status_code == 200
    assert staff.post(change_url(page), sent).status_code == 302
    page.refresh_from_db()
    assert page.title == "Typed"


def test_what_somebody_saved_meanwhile_is_said_and_not_overwritten(vat, staff):
    page = vat.pages.get(slug="who")
    sent = {**filled(staff.get(change_url(page))), "title": "Typed"}
    Page.objects.filter(pk=page.pk).update(title="Somebody's")
    response = staff.post(change_url(page), {**sent, **PREVIEWED})
    assert response.status_code == 409
    page.refresh_from_db()
    assert page.title == "Somebody's"


def test_the_draft_of_one_roadmap_shows_nothing_of_another(vat, staff):
    other = make.roadmap(title="Other", slug="other", reference_prefix="OT")
    column = make.field(other, name="Usable in year?")
    item = make.item(other, title="Other's item", values={column: "Yes"})
    _, page = shown(staff, change_url(item), title="Typed in the other")
    assert page.one("h1").text == "Typed in the other"
    assert "Usable in year?" in page.main
    assert "VAT" not in page.main
    addresses = [one.attributes["href"] for one in page.all("a")]
    assert not [address for address in addresses if address.startswith(f"/admin/preview/{vat.pk}/")]


# Who may


def sign_in(client, *codenames):
    somebody = make.user(is_superuser=False)
    somebody.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_editor_may_preview(vat, client):
    sign_in(client, "view_roadmap", "change_roadmap", "view_page", "change_page")
    _, page = shown(client, change_url(vat.pages.get(slug="who")), title="Canary")
    assert "Canary" in page.main


def test_somebody_who_may_not_see_drafts_is_offered_no_preview_and_gets_none(vat, client):
    page = vat.pages.get(slug="who")
    sign_in(client, "view_page", "change_page")
    response = client.get(change_url(page))
    assert BUTTON not in response.content.decode()
    sent = {**filled(response), "title": "Canary"}
    refused = client.post(change_url(page), {**sent, **PREVIEWED})
    assert refused.status_code == 403
    page.refresh_from_db()
    assert page.title != "Canary"


def test_somebody_who_may_only_look_or_is_of_another_team_gets_none(vat, client):
    page = vat.pages.get(slug="who")
    sign_in(client, "view_roadmap", "change_roadmap", "view_page")
    assert BUTTON not in client.get(change_url(page)).content.decode()
    assert client.post(change_url(page), {"title": "Canary", **PREVIEWED}).status_code == 403
    vat.team.add(make.user())
    sign_in(client, "view_roadmap", "change_roadmap", "view_page", "change_page")
    assert client.post(change_url(page), {"title": "Canary", **PREVIEWED}).status_code in {302, 403, 404}
    page.refresh_from_db()
    assert page.title != "Canary"


def test_a_form_that_adds_to_a_choice_in_a_window_of_its_own_has_none(vat, staff):
    assert BUTTON not in staff.get(f"{add_url(Release)}?roadmap={vat.pk}&_popup=1").content.decode()


def test_it_asks_no_more_questions_for_more_items(vat, staff, django_assert_max_num_queries):
    page = vat.pages.get(slug="who")
    sent = {**filled(staff.get(change_url(page))), **PREVIEWED}
    with django_assert_max_num_queries(200) as few:
        staff.post(change_url(page), sent)
    for number in range(20):
        make.item(vat, title=f"Item {number}", live="June 2027")
    with django_assert_max_num_queries(len(few.captured_queries)):
        staff.post(change_url(page), sent)
