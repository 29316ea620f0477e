"""The rows of an item's form: one line for each environment, one input for each of the roadmap's own columns."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from roadmap.models import FieldValue, Item
from tests import make
from tests.admin.press import filled

pytestmark = pytest.mark.django_db


def change_url(item):
    return reverse("admin:roadmap_item_change", args=[item.pk])


def post(staff, page, **typed):
    response = staff.post(page.request["PATH_INFO"], filled(page, **typed))
    assert response.status_code == 302, response.context["errors"]


def test_each_environment_has_its_line_and_asks_for_no_choice(staff):
    roadmap = make.roadmap(test_label="Sandbox", live_label="Production")
    item = make.item(roadmap, live="June 2026")
    page = staff.get(change_url(item))
    html = page.content.decode()
    assert not re.search(r'<select name="milestones-\d', html)
    assert "Add another Milestone" not in html
    post(staff, page, **{"milestones-1-when": "March 2026"})
    assert [(one.environment, one.when) for one in item.milestones.order_by("when")] == [
        ("live", "June 2026"),
        ("test", "March 2026"),
    ]


def test_somebody_who_may_only_look_sees_the_dates_and_no_inputs(client):
    item = make.item(make.roadmap(), live="June 2026")
    user = make.user(is_superuser=False)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="roadmap", codename__startswith="view_")
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(change_url(item)).content.decode()
    assert "June 2026" in html
    assert 'name="milestones-0-when"' not in html


def test_a_date_is_taken_away_by_a_tick(staff):
    item = make.item(make.roadmap(), live="June 2026")
    page = staff.get(change_url(item))
    assert re.search(r"Remove<span[^>]*> the Live date</span>", page.content.decode())
    post(staff, page, tick=(("milestones-0-DELETE", "on"),))
    assert not item.milestones.exists()


def test_help_speaks_of_remove_only_where_there_is_something_to_remove(staff):
    roadmap = make.roadmap()
    help_text, add = "Tick “Remove” to take a date away.", reverse("admin:roadmap_item_add")
    for url in (f"{add}?roadmap={roadmap.pk}", change_url(make.item(roadmap))):
        html = staff.get(url).content.decode()
        assert "Tick “Deployed” when it is there" in html
        assert help_text not in html
    assert help_text in staff.get(change_url(make.item(roadmap, live="June 2026"))).content.decode()


def test_a_value_of_an_own_column_is_added_changed_and_emptied_at_its_input(staff):
    roadmap = make.roadmap()
    years, owner = make.field(roadmap, name="Tax years"), make.field(roadmap, name="Owner")
    item = make.item(roadmap, values={owner: "Pat"})
    page = staff.get(change_url(item))
    html = page.content.decode()
    assert re.search(r'<label for="id_field_values-1-value">Tax years</label>', html)  # after what is there already
    assert html.index(">Tax years</label>") < html.index(">Owner</label>")  # as the roadmap has its columns
    post(staff, page, **{"field_values-1-value": "2027", "field_values-0-value": "Sam"})
    assert {(row.field, row.value) for row in FieldValue.objects.all()} == {(years, "2027"), (owner, "Sam")}
    page = staff.get(change_url(item))
    post(staff, page, **{f"field_values-{n}-value": "" for n in range(2)})
    assert not FieldValue.objects.exists()


def test_the_form_costs_the_same_queries_whatever_its_rows(staff, django_assert_max_num_queries):
    roadmap = make.roadmap()
    for _ in range(12):
        make.api()
    apis = tuple((make.api(), "") for _ in range(12))
    values = {make.field(roadmap): "x" for _ in range(12)}
    item = make.item(roadmap, live="June 2026", apis=apis, values=values, release=make.release(roadmap))
    with django_assert_max_num_queries(45):
        staff.get(change_url(item))


def test_a_release_lists_its_items_with_their_dates_and_takes_one_more(staff):
    roadmap = make.roadmap(live_label="Production")
    release, other = make.release(roadmap, title="June 2026"), make.release(roadmap)
    inside = make.item(roadmap, title="Inside", release=release, live="Q3 2026")
    make.item(roadmap, title="Elsewhere", release=other)
    html = staff.get(reverse("admin:roadmap_release_change", args=[release.pk])).content.decode()
    (table,) = re.findall(r'<section class="module" aria-labelledby="items-heading">.*?</section>', html, re.DOTALL)
    assert "1 item in this release" in table
    assert f'href="{change_url(inside)}"' in table
    assert "July to September 2026" in table
    assert "Production" in table
    assert "Elsewhere" not in table
    (add,) = re.findall(r'class="addlink" href="([^"]*)"', table)
    page = staff.get(add.replace("&amp;", "&"))
    staff.post(f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}", filled(page, title="One more"))
    added = Item.objects.get(title="One more")
    assert (added.roadmap, added.release) == (roadmap, release)


def test_what_is_wrong_is_named_at_the_top_with_the_way_to_it(staff):
    roadmap = make.roadmap(live_label="Production")
    item = make.item(roadmap, live="June 2026", apis=((make.api(name="VAT"), "1.0"),))
    page = staff.get(change_url(item))
    wrong = {"title": "", "milestones-0-when": "whenever", "item_apis-0-version": "x" * 51}
    html = staff.post(page.request["PATH_INFO"], filled(page, **wrong)).content.decode()
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', html)
    assert [(id_, label) for id_, label, _ in links] == [
        ("id_title", "Title"),
        ("id_milestones-0-when", "Production date"),
        ("id_item_apis-0-version", "Version"),
    ]
    told = [message for _, _, message in links]
    assert (told[0], told[2]) == ("Fill this in.", "This has 51 characters. Shorten it to 50 or fewer.")
    assert all(f'id="{id_}"' in html for id_, _, _ in links)
    assert "errors-to" not in page.content.decode()
