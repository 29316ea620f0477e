"""Adding a thing to one of several roadmaps: which one is known or asked for, and nothing that was typed is lost."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import Field, FieldValue, Item, Page, Release
from tests import make
from tests.admin.press import filled
from tests.admin.test_forms import errors, inline, item_form
from tests.cases import each_case

pytestmark = pytest.mark.django_db

ITEM = "/admin/roadmap/item/add/"
NOUNS = ["item", "release", "page", "changelogentry", "field"]


@pytest.fixture
def staff(client):
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mine():
    return make.roadmap(title="Parcels", slug="parcels")


@pytest.fixture
def other():
    """Of the same title."""
    return make.roadmap(title="Parcels", slug="parcels-2027")


def options(response, name):
    """The choices of a select, and the one that is chosen."""
    found = re.search(rf'<select name="{name}".*?</select>', response.content.decode(), re.DOTALL)
    assert found, f"no choice of {name}"
    every = re.findall(r'<option value="([^"]*)"( selected)?[^>]*>([^<]*)</option>', found[0])
    return {value: label for value, _, label in every}, [value for value, selected, _ in every if selected]


def told(response):
    return " ".join(errors(response))


def values():
    return [*FieldValue.objects.order_by("field__name").values_list("field__name", "value")]


@each_case("noun", NOUNS)
def test_from_a_roadmaps_list_its_roadmap_is_chosen(staff, mine, other, noun):
    listed = staff.get(reverse(f"admin:roadmap_{noun}_changelist"), {"roadmap__id__exact": other.pk})
    (address,) = re.findall(r'href="([^"]*)" class="addlink">', listed.content.decode())
    labels, chosen = options(staff.get(address.replace("&amp;", "&")), "roadmap")
    assert chosen == [str(other.pk)]
    assert labels == {str(mine.pk): "Parcels (/parcels/)", str(other.pk): "Parcels (/parcels-2027/)"}


def test_the_roadmaps_own_page_and_the_admins_home_lead_to_its_lists(staff, mine, other):
    for address in (f"/admin/roadmap/roadmap/{other.pk}/change/", "/admin/"):
        text = staff.get(address).content.decode()
        for noun in NOUNS:
            assert f'href="/admin/roadmap/{noun}/?roadmap__id__exact={other.pk}"' in text


@each_case("query", ["roadmap={}", "roadmap__id__exact={}", "_changelist_filters=roadmap__id__exact%3D{}%26kind%3Dapi"])
def test_an_address_says_which_roadmap(staff, mine, other, query):
    for roadmap in (mine, other):
        assert options(staff.get(f"{ITEM}?{query.format(roadmap.pk)}"), "roadmap")[1] == [str(roadmap.pk)]


def test_from_the_list_of_a_release_its_items_are_added_to_it(staff, mine, other):
    release = make.release(other)
    page = staff.get(f"{ITEM}?_changelist_filters=release__id__exact%3D{release.pk}")
    assert options(page, "roadmap")[1] == [str(other.pk)]
    assert options(page, "release")[1] == [str(release.pk)]


def test_where_there_is_one_roadmap_it_is_chosen(staff, mine):
    assert options(staff.get(ITEM), "roadmap") == ({str(mine.pk): "Parcels (/parcels/)"}, [str(mine.pk)])


@each_case("noun", NOUNS)
def test_otherwise_the_roadmap_is_asked_for_first(staff, mine, other, noun):
    asked = staff.get(reverse(f"admin:roadmap_{noun}_add"), {"_popup": "1"})
    assert "Which roadmap is the new" in asked.content.decode()
    labels, _ = options(asked, "roadmap")
    assert [*labels.values()] == ["Choose a roadmap", "Parcels (/parcels/)", "Parcels (/parcels-2027/)"]
    form = staff.get(asked.request["PATH_INFO"], filled(asked, roadmap=str(other.pk)))
    assert options(form, "roadmap")[1] == [str(other.pk)]
    assert 'name="_popup" value="1"' in form.content.decode()


@each_case("chosen", ["", "999999", "\u0663", "abc"])
def test_no_roadmap_or_one_that_is_not_there_is_asked_for_again(staff, mine, other, chosen):
    page = staff.get(ITEM, {"roadmap": chosen})
    text = page.content.decode()
    assert "<title>Error: Which roadmap" in text
    assert "errorlist" in text


def test_somebody_elses_roadmap_is_not_offered_and_not_taken(client, mine, other):
    mine.team.add(make.user())
    third = make.roadmap(title="Third")
    editor = make.user(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert {*options(client.get(ITEM), "roadmap")[0]} == {"", str(other.pk), str(third.pk)}
    assert "<title>Error" in client.get(ITEM, {"roadmap": mine.pk}).content.decode()


def test_where_there_is_no_roadmap_at_all_the_page_leads_to_adding_one(staff):
    assert reverse("admin:roadmap_roadmap_add") in staff.get(ITEM).content.decode()


def test_an_item_is_added_to_a_roadmap_with_a_column_of_its_own(staff, mine, other):
    make.field(other, name="Tax years")
    page = staff.get(ITEM, {"_changelist_filters": f"roadmap__id__exact={other.pk}"})
    typed = filled(page, **{"title": "Colour picker", "roadmap": str(other.pk), "field_values-0-value": "2027"})
    assert staff.post(page.request["PATH_INFO"], typed).status_code == 302
    assert Item.objects.get().roadmap == other
    assert values() == [("Tax years", "2027")]


def test_a_form_whose_roadmap_comes_with_it_is_shown_again_with_what_was_typed(staff, mine, other):
    field = make.field(other, name="Tax years")
    form = item_form(other, {"environment": "live", "when": "June 2026"}, title="Colour picker", description="Blue")
    page = staff.post(ITEM, form)
    assert page.status_code == 200
    text = page.content.decode()
    assert "ManagementForm" not in text
    assert "Please correct" not in text
    assert re.search(r'role="alert">Nothing has been saved yet', text)
    assert "<title>Error:" in text
    assert "Nothing has been saved yet. The form is for Parcels (/parcels-2027/) now" in told(page)
    assert not Item.objects.exists()
    again = filled(page, **{"field_values-0-value": "2027"})
    assert again["field_values-0-field"] == [str(field.pk)]
    assert (again["title"], again["description"]) == (["Colour picker"], ["Blue"])
    assert again["milestones-0-when"] == [""]  # in the order of the environments
    assert again["milestones-2-when"] == ["June 2026"]
    assert staff.post(ITEM, again | {"roadmap": other.pk, "is_breaking": "unknown"}).status_code == 302
    item = Item.objects.get()
    assert (item.roadmap, item.title, item.milestones.get().when) == (other, "Colour picker", "June 2026")
    assert values() == [("Tax years", "2027")]


def test_what_was_typed_for_a_column_goes_to_the_column_of_that_name(staff, mine, other):
    foreign, only_theirs = make.field(mine, name="Tax years"), make.field(mine, name="Owner")
    first, own = make.field(other, name="First"), make.field(other, name="Tax years")
    rows = inline("field_values", {"field": only_theirs.pk, "value": "Pat"}, {"field": foreign.pk, "value": "2027"})
    page = staff.post(f"{ITEM}?roadmap={mine.pk}", item_form(other) | rows)
    assert page.status_code == 200
    again = filled(page)
    assert [again[f"field_values-{n}-field"] for n in range(2)] == [[str(first.pk)], [str(own.pk)]]
    assert options(page, "field_values-2-field")[1] == []  # it is asked which column that is for
    assert [again[f"field_values-{n}-value"] for n in range(3)] == [[""], ["2027"], ["Pat"]]
    assert "It has no column “Owner”, for which you typed “Pat”" in told(page)
    assert not Item.objects.exists()


def test_what_was_typed_for_a_column_is_told_where_the_roadmap_has_none(staff, mine, other):
    column = make.field(mine, name="Owner")
    row = inline("field_values", {"field": column.pk, "value": "Pat"})
    page = staff.post(f"{ITEM}?roadmap={mine.pk}", item_form(other) | row)
    assert "It has no column “Owner”, for which you typed “Pat”" in told(page)
    assert not Item.objects.exists()
    # What is shown is for the roadmap that was chosen, so it can be saved now.
    staff.post(f"{ITEM}?roadmap={mine.pk}", item_form(other))
    assert Item.objects.get().roadmap == other


def test_a_release_of_another_roadmap_is_neither_offered_nor_taken(staff, mine, other):
    own, foreign = make.release(mine, title="Own"), make.release(other, title="Foreign")
    page = staff.get(f"{ITEM}?roadmap={mine.pk}")
    assert {*options(page, "release")[0]} == {"", str(own.pk)}
    # A release that is added beside the choice is added to that roadmap.
    assert f"/admin/roadmap/release/add/?_to_field=id&amp;_popup=1&amp;roadmap={mine.pk}" in page.content.decode()
    refused = staff.post(ITEM, item_form(mine, release=foreign.pk))
    assert "not among the choices" in told(refused)
    listed = staff.get("/admin/roadmap/item/", {"roadmap__id__exact": mine.pk}).content.decode()
    assert "Own" in listed
    assert "Foreign" not in listed


def test_add_another_is_for_the_same_roadmap(staff, mine, other):
    page = {"roadmap": other.pk, "title": "Who we are", "body": "", "slug": "", "position": "", "_addanother": "1"}
    added = staff.post(f"/admin/roadmap/page/add/?roadmap={mine.pk}", page)
    assert options(staff.get(added["Location"]), "roadmap")[1] == [str(other.pk)]


@each_case(
    ("model", "typed"),
    [
        (Item, {"is_breaking": "unknown", **inline("milestones"), **inline("item_apis")}),
        (Release, {}),
        (Page, {"slug": "new"}),
        (Field, {"name": "New"}),
    ],
)
def test_what_is_new_comes_last_unless_its_place_is_typed(staff, model, typed):
    roadmap = make.roadmap()
    add = reverse(f"admin:roadmap_{model._meta.model_name}_add")
    assert filled(staff.get(add, {"roadmap": roadmap.pk}))["position"] == [""]
    for number, place in enumerate([{"position": 4}, {"position": ""}, {}]):
        names = {"name": f"New {number}", "slug": f"new-{number}"}
        fields = {"title": "New", **typed, **{name: names[name] for name in names if name in typed}, **place}
        assert staff.post(add, {"roadmap": roadmap.pk, **fields}).status_code == 302
    assert [*model.objects.filter(roadmap=roadmap).order_by("pk").values_list("position", flat=True)] == [4, 5, 6]


def test_an_api_that_is_added_to_an_item_comes_after_those_it_has(staff):
    roadmap, old, new = make.roadmap(), make.api(), make.api()
    page = staff.post(ITEM, item_form(roadmap, apis=[{"api": old.pk, "position": 3}, {"api": new.pk, "position": ""}]))
    assert page.status_code == 302
    assert [(row.api, row.position) for row in Item.objects.get().item_apis.all()] == [(old, 3), (new, 4)]


@each_case("noun", ["release", "page", "changelogentry", "field"])
def test_lists_and_the_admins_home_tell_two_roadmaps_of_one_title_apart(staff, mine, other, noun):
    for roadmap in (mine, other):
        {"release": make.release, "page": make.page, "changelogentry": make.changelog_entry, "field": make.field}[noun](
            roadmap
        )
    for address in (f"/admin/roadmap/{noun}/", "/admin/roadmap/item/", "/admin/"):
        text = staff.get(address).content.decode()
        assert "Parcels (/parcels/)" in text
        assert "Parcels (/parcels-2027/)" in text
    cells = re.findall(r'class="field-of_roadmap[^"]*">([^<]*)<', staff.get(f"/admin/roadmap/{noun}/").content.decode())
    assert {*cells} == {"Parcels (/parcels/)", "Parcels (/parcels-2027/)"}


def test_nothing_stands_between_the_choice_of_a_roadmap_and_the_title(staff, mine, other):
    html = staff.get(ITEM, {"roadmap": mine.pk}).content.decode()
    between = html[html.index('<select name="roadmap"') : html.index('name="title"')]
    assert "<a " not in between
