"""The order of a roadmap's things: a button moves one up or down, as a draft that is recorded like any other."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from roadmap.models import ChangelogEntry, Field, Item, Page, Release, Save
from roadmap.publishing import standings
from tests import make
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db

MAKE = {Item: make.item, Release: make.release, Page: make.page, ChangelogEntry: make.changelog_entry}


def order_url(model, roadmap):
    return reverse(f"admin:roadmap_{model._meta.model_name}_order", args=[roadmap.pk])


def shown(response):
    """The groups of the page, each with what stands in it."""
    sections = re.findall(r'<section class="module".*?</section>', response.content.decode(), re.DOTALL)
    return [re.findall(r'<span class="order__name">([^<]*)', section) for section in sections]


def press(staff, roadmap, thing, way):
    return staff.post(order_url(type(thing), roadmap), {"move": f"{thing.pk}:{way}"}, follow=True)


@each_case("model", [Item, Release, Page, ChangelogEntry, Field])
def test_a_press_moves_a_thing_past_its_neighbour(staff, model):
    roadmap = make.roadmap()
    if model is Field:
        things = [make.field(roadmap, name=name) for name in "ABC"]
    else:
        things = [MAKE[model](roadmap, title=name, position=n) for n, name in enumerate("ABC")]
    make.edition(roadmap)
    assert [[name.strip() for name in names] for names in shown(staff.get(order_url(model, roadmap)))] == [[*"ABC"]]
    page = press(staff, roadmap, things[2], "up")
    assert [[name.strip() for name in names] for names in shown(page)] == [[*"ACB"]]
    text = page.content.decode()
    assert "“C” now stands before “B”." in text
    assert "Readers do not see this yet." in text
    assert re.search(rf'value="{things[2].pk}:up"[^>]* autofocus', text)  # to be pressed again
    assert "Review and publish" in text
    moved = {str(things[n].uid) for n in (1, 2)} if model is not Field else {str(roadmap.uid)}
    assert {*standings(roadmap)} == moved  # a draft of the two, and of nothing else
    assert {save.action for save in Save.objects.filter(uid__in=moved, saved_by__isnull=False)} == {"Moved up"}


def type_places(staff, roadmap, model, **places):
    """By name, what is typed beside a thing, and Enter."""
    page = staff.get(order_url(model, roadmap))
    keys = {getattr(thing, "name", None) or thing.title: thing.pk for thing in model.objects.filter(roadmap=roadmap)}
    shown_at = {int(name.split(":")[1]): name for name in filled(page) if name.startswith("place:")}
    typed = {shown_at[keys[name]]: place for name, place in places.items()}
    return staff.post(order_url(model, roadmap), filled(page, **typed), follow=True)


def names_in(page):
    return [[name.strip() for name in names] for names in shown(page)]


def test_a_number_puts_a_thing_where_it_is_to_stand_in_one_save(staff):
    roadmap = make.roadmap()
    for number, title in enumerate("ABCDEF"):
        make.page(roadmap, title=title, position=number)
    page = type_places(staff, roadmap, Page, F="1")
    assert names_in(page) == [[*"FABCDE"]]
    assert "Moved “F”." in page.content.decode()
    assert re.search(rf'name="place:{Page.objects.get(title="F").pk}:1"[^>]* autofocus', page.content.decode())
    assert names_in(type_places(staff, roadmap, Page, A="5", E="1", F="99")) == [[*"EBCDAF"]]
    assert names_in(type_places(staff, roadmap, Page, D="2", C="2")) == [[*"ECDBAF"]]
    made = {save.action for save in Save.objects.filter(title="F", saved_by__isnull=False)}
    assert made == {"Moved"}
    assert "Nothing was moved: everything stands where it stood." in type_places(staff, roadmap, Page).content.decode()


def test_as_little_as_possible_is_to_be_published_of_a_move(staff):
    roadmap = make.roadmap()
    things = {title: make.page(roadmap, title=title, position=n) for n, title in enumerate("ABCDEF", 1)}
    make.edition(roadmap)

    def pending():
        return {title for title, page in things.items() if str(page.uid) in standings(roadmap)}

    assert names_in(type_places(staff, roadmap, Page, B="6")) == [[*"ACDEFB"]]
    assert pending() == {"B"}  # to the end
    assert names_in(type_places(staff, roadmap, Page, F="1")) == [[*"FACDEB"]]
    assert pending() == {"B", "F"}  # there is room before the first
    assert names_in(type_places(staff, roadmap, Page, E="3")) == [[*"FAECDB"]]
    assert pending() == {"B", "F", "E"}  # where B was


def test_a_place_is_one_of_the_release_and_others_stay(staff):
    roadmap = make.roadmap()
    june = make.release(roadmap, title="June")
    for title, release in (("A", june), ("B", june), ("C", None), ("D", None), ("E", None)):
        make.item(roadmap, title=title, release=release)
    assert names_in(type_places(staff, roadmap, Item, E="1", B="1")) == [["B", "A"], ["E", "C", "D"]]


@each_case("typed", ["", "0", "-1", "first", "1.5", "1" * 30, "\u0663"])
def test_what_is_no_place_moves_nothing_and_is_marked_with_all_that_was_typed(staff, typed):
    roadmap = make.roadmap()
    for number, title in enumerate("ABC"):
        make.page(roadmap, title=title, position=number)
    page = type_places(staff, roadmap, Page, A=typed, C="1")
    text = page.content.decode()
    assert "Nothing was moved. A place is a whole number, 1 for the first." in text
    assert text.count('aria-invalid="true"') == 1
    assert f'value="{typed}" size' in text
    assert re.search(r'name="place:\d+:3" value="1"', text)
    assert names_in(page) == [[*"ABC"]]
    assert not Save.objects.filter(action__startswith="Moved").exists()


def test_a_number_that_was_typed_is_not_lost_by_a_press_of_a_button(staff):
    roadmap = make.roadmap()
    pages = [make.page(roadmap, title=title, position=number) for number, title in enumerate("ABCD")]
    typed = {f"place:{pages[3].pk}:4": "1", "move": f"{pages[2].pk}:up"}
    page = staff.post(order_url(Page, roadmap), filled(staff.get(order_url(Page, roadmap)), **typed), follow=True)
    assert names_in(page) == [[*"DACB"]]


def test_what_somebody_else_moved_or_deleted_meanwhile_stays_so(staff):
    roadmap = make.roadmap()
    pages = [make.page(roadmap, title=title, position=number) for number, title in enumerate("ABCD")]
    opened = staff.get(order_url(Page, roadmap))
    press(staff, roadmap, pages[0], "down")
    pages[1].delete()
    sent = filled(opened, **{f"place:{pages[3].pk}:4": "1", f"place:{pages[1].pk}:2": "4"})
    assert names_in(staff.post(order_url(Page, roadmap), sent, follow=True)) == [[*"DAC"]]


def test_an_item_moves_within_its_release(staff):
    roadmap = make.roadmap()
    june = make.release(roadmap, title="June")
    for title, release in (("A", june), ("B", june), ("C", None), ("D", None)):
        make.item(roadmap, title=title, release=release)
    page = press(staff, roadmap, Item.objects.get(title="C"), "down")
    assert [[name.strip() for name in names] for names in shown(page)] == [["A", "B"], ["D", "C"]]
    assert "In no release" in page.content.decode()
    first = press(staff, roadmap, Item.objects.get(title="A"), "up")
    assert "Nothing was moved" in first.content.decode()
    assert not Save.objects.filter(title="A", action="Moved up").exists()


def test_things_in_one_place_are_told_apart_once_one_is_moved(staff):
    roadmap = make.roadmap()
    pages = [make.page(roadmap, title=title, position=0) for title in "ABC"]
    page = press(staff, roadmap, pages[1], "up")
    assert [[name.strip() for name in names] for names in shown(page)] == [["B", "A", "C"]]


def test_entries_have_an_order_among_those_of_one_date_that_came_together(staff):
    roadmap = make.roadmap()
    make.changelog_entry(roadmap, title="Early", when="May 2026")
    make.edition(roadmap)
    for title in "AB":
        make.changelog_entry(roadmap, title=title, when="May 2026")
    make.changelog_entry(roadmap, title="Alone", when="July 2026")
    page = staff.get(order_url(ChangelogEntry, roadmap))
    assert [sorted(name.strip() for name in names) for names in shown(page)] == [["A", "B"]]


@each_case("move", ["", "up", "x:up", "1:sideways", "999999:up", "\u0663:up", "1" * 30 + ":up", "\x00:up"])
def test_what_is_no_button_moves_nothing_and_says_so(staff, move):
    roadmap = make.roadmap()
    make.page(roadmap)
    page = staff.post(order_url(Page, roadmap), {"move": move}, follow=True)
    assert page.status_code == 200
    assert "Nothing was moved" in page.content.decode()
    assert not Save.objects.filter(action__startswith="Moved").exists()


def test_the_list_of_a_roadmap_leads_there_and_only_those_who_may_edit_it_get_in(client, staff):
    mine, theirs = make.roadmap(), make.roadmap()
    theirs.team.add(make.user())
    for roadmap in (mine, theirs):
        make.page(roadmap)
        make.page(roadmap)
    listed = staff.get(reverse("admin:roadmap_page_changelist"), {"roadmap__id__exact": mine.pk})
    assert f'href="{order_url(Page, mine)}"' in listed.content.decode()
    editor = make.user(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(order_url(Page, mine)).status_code == 200
    assert client.get(order_url(Page, theirs)).status_code == 403
    assert client.get(order_url(Page, mine).replace(f"/{mine.pk}/", "/999999/")).status_code == 404
    nobody = make.user(is_superuser=False)
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(order_url(Page, mine), {"move": "1:up"}).status_code == 403


def test_the_page_costs_the_same_queries_whatever_its_length(staff, django_assert_max_num_queries):
    roadmap = make.roadmap()
    for _ in range(30):
        make.item(roadmap, live="June 2026", release=make.release(roadmap))
    with django_assert_max_num_queries(25):
        staff.get(order_url(Item, roadmap))
