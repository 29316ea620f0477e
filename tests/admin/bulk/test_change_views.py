"""One change of many items, from their list: what to do, each before and after, and one button."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.admin.bulk import change_views, picked_items
from roadmap.models import Item, Save
from tests import make

pytestmark = pytest.mark.django_db

ITEMS = reverse("admin:roadmap_item_changelist")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(picked_items, "today", lambda: datetime.date(2026, 3, 24))


@pytest.fixture
def staff(client):
    user = make.user(is_superuser=False, username="kim")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def roadmap():
    made = make.roadmap(title="VAT", test_label="Sandbox")
    make.item(made, title="Agents", test="to be confirmed")
    make.item(made, title="Losses", test="May 2026")
    make.item(made, title="Penalties", test="January 2026", deployed=("test",))
    make.field(made, name="Tax years")
    return made


def url(what, *items):
    keys = ",".join(str(item.pk) for item in (items or Item.objects.order_by("pk")))
    return f"{reverse('admin:roadmap_item_bulk', args=[what])}?items={keys}"


def ticks(response):
    return [f"{step.item.pk} {step.mark}" for step, is_ticked in response.context["rows"] if is_ticked]


def both_steps(client, url, **typed):
    """As somebody does who changes no tick."""
    checked = client.post(url, {"step": "check", **typed})
    return client.post(url, {"step": "do", "item": ticks(checked), **typed}, follow=True)


def plain(response):
    return " ".join(response.content.decode().split())


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_five_dates_are_set_at_once_from_the_list(staff, roadmap):
    rows = [*Item.objects.filter(title__in=["Agents", "Losses"])]
    there = staff.post(ITEMS, {"action": "bulk_date", "_selected_action": [row.pk for row in rows]}, follow=True)
    assert there.context["title"] == "Set a date"
    address = url("date", *rows)
    checked = plain(staff.post(address, {"step": "check", "environment": "test", "when": "July 2026"}))
    assert "to be confirmed → July 2026" in checked.replace("To be confirmed", "to be confirmed")
    assert "May 2026 → July 2026" in checked
    done = both_steps(staff, address, environment="test", when="July 2026")
    assert "Sandbox: July 2026: done for 2 items." in messages(done)[0]
    assert [item.milestones.get().when for item in rows] == ["July 2026", "July 2026"]
    newest = Save.objects.of_thing(str(rows[0].uid)).first()
    assert (newest.action, newest.saved_by.username) == ("Sandbox: July 2026", "kim")


def test_a_date_is_taken_away_but_not_where_it_is_deployed(staff, roadmap):
    checked = plain(staff.post(url("date"), {"step": "check", "environment": "test", "when": ""}))
    assert "<strong>Penalties</strong> stays as it is: Sandbox is deployed, so its date stays." in checked
    both_steps(staff, url("date"), environment="test", when="")
    assert {item.title for item in Item.objects.filter(milestones=None)} == {"Agents", "Losses"}


def test_what_cannot_be_so_of_one_item_stays_and_says_why(staff, roadmap):
    checked = plain(staff.post(url("date"), {"step": "check", "environment": "test", "when": "July 2026"}))
    assert "stays as it is: Sandbox cannot be deployed in the future" in checked


@pytest.mark.parametrize(
    ("what", "typed", "told"),
    [
        ("date", {"environment": "test", "when": "Q3 2026 to 2028x"}, "errorlist"),
        ("date", {"when": "July 2026"}, "Choose which date to set."),
        ("field", {"value": "26-27"}, "Choose which one to set."),
        ("api", {"act": "add"}, "Choose an API."),
        ("audience", {"act": "add", "audience": "A, B"}, "Enter one audience at a time"),
        ("audience", {"act": "add", "audience": "A\nB"}, "Write this on one line"),
    ],
)
def test_what_was_typed_wrong_is_said_at_its_field(staff, roadmap, what, typed, told):
    answer = staff.post(url(what), {"step": "check", **typed})
    assert told in answer.content.decode()
    assert "Nothing was changed." in answer.content.decode()


def test_a_column_is_set_and_cleared(staff, roadmap):
    column = roadmap.fields.get()
    done = both_steps(staff, url("field"), column=column.pk, value="26-27")
    assert "Tax years: 26-27: done for 3 items." in messages(done)[0]
    assert [*column.values.values_list("value", flat=True)] == ["26-27"] * 3
    both_steps(staff, url("field"), column=column.pk, value="")
    assert not column.values.exists()


def test_an_api_is_added_to_many_and_removed_again_and_the_others_stay(staff, roadmap):
    other, api = make.api(name="Other"), make.api(name="VAT (MTD)")
    first = Item.objects.get(title="Agents")
    first.item_apis.create(api=other, version="1.0")
    both_steps(staff, url("api"), act="add", api=api.pk, version="2.0")
    assert [str(one) for one in first.item_apis.all()] == ["Other 1.0", "VAT (MTD) 2.0"]
    assert api.item_apis.count() == 3
    done = both_steps(staff, url("api"), act="remove", api=api.pk, version="")
    assert "Remove VAT (MTD): done for 3 items." in messages(done)[0]
    assert [str(one) for one in first.item_apis.all()] == ["Other 1.0"]


def test_an_audience_is_added_once_whatever_its_capitals(staff, roadmap):
    Item.objects.filter(title="Agents").update(audiences="agents, Businesses")
    checked = plain(staff.post(url("audience"), {"step": "check", "act": "add", "audience": "Agents"}))
    assert "1 more is so already" in checked
    both_steps(staff, url("audience"), act="add", audience="Agents")
    assert [item.audiences for item in Item.objects.order_by("title")] == ["agents, Businesses", "Agents", "Agents"]
    both_steps(staff, url("audience"), act="remove", audience="AGENTS")
    assert [item.audiences for item in Item.objects.order_by("title")] == ["Businesses", "", ""]


def test_what_somebody_else_has_saved_since_is_shown_again_and_nothing_is_changed(staff, roadmap):
    typed = {"environment": "test", "when": "July 2026"}
    checked = staff.post(url("date"), {"step": "check", **typed})
    Item.objects.filter(title="Agents").update(description="Meanwhile")
    answer = staff.post(url("date"), {"step": "do", "item": ticks(checked), **typed})
    assert "Somebody has changed “Agents” since you opened this page." in answer.content.decode()
    assert Item.objects.get(title="Losses").milestones.get().when == "May 2026"
    both_steps(staff, url("date"), **typed)
    assert Item.objects.get(title="Agents").description == "Meanwhile"
    assert Item.objects.get(title="Agents").milestones.get().when == "July 2026"


def test_only_what_is_ticked_is_changed_and_nothing_ticked_is_refused(staff, roadmap):
    typed = {"environment": "test", "when": "July 2026"}
    checked = staff.post(url("date"), {"step": "check", **typed})
    answer = staff.post(url("date"), {"step": "do", "item": [], **typed})
    assert "Tick at least one item." in answer.content.decode()
    staff.post(url("date"), {"step": "do", "item": ticks(checked)[:1], **typed})
    assert [item.milestones.get().when for item in Item.objects.order_by("pk")][:2] == ["July 2026", "May 2026"]


def test_another_roadmaps_items_and_columns_are_not_touched(staff, roadmap):
    other = make.roadmap()
    theirs, column = make.item(other), make.field(other)
    answer = staff.get(url("date", theirs, Item.objects.first()), follow=True)
    assert "Choose from one roadmap at a time." in answer.content.decode()
    mine = url("field", Item.objects.get(title="Agents"))
    assert "Choose one of this roadmap" in staff.post(mine, {"step": "check", "column": column.pk}).content.decode()
    other.team.add(make.user())
    answer = staff.get(url("date", theirs), follow=True)
    assert "not there any more" in answer.content.decode()
    assert staff.get(url("nothing", Item.objects.get(title="Agents"))).status_code == 404


def test_it_costs_the_same_queries_whatever_the_number_of_items(staff, roadmap):
    def queries(rows):
        typed = {"environment": "live", "when": "July 2026"}
        checked = staff.post(url("date", *rows), {"step": "check", **typed})
        with CaptureQueriesContext(connection) as caught:
            staff.post(url("date", *rows), {"step": "do", "item": ticks(checked), **typed})
        return len(caught)

    few = queries([*Item.objects.all()[:2]])
    for _ in range(12):
        make.item(roadmap)
    assert queries([*Item.objects.order_by("-pk")[:12]]) <= few


def test_a_field_that_somebody_deletes_just_before_is_said_and_nothing_is_changed(staff, roadmap, monkeypatch):
    recorded, field = change_views.recorded, roadmap.fields.get()

    def after_it_is_gone(*args, **kwargs):
        roadmap.fields.all().delete()
        return recorded(*args, **kwargs)

    monkeypatch.setattr(change_views, "recorded", after_it_is_gone)
    done = both_steps(staff, url("field"), column=str(field.pk), value="26-27")
    assert "What you chose has been deleted meanwhile, so nothing was changed." in plain(done)
    assert not Save.objects.filter(saved_by__username="kim").exists()


def test_it_goes_back_to_where_one_came_from_and_else_to_the_items_of_the_roadmap(staff, roadmap):
    make.item(make.roadmap(), title="Elsewhere")
    item = roadmap.items.get(title="Agents")
    back = both_steps(staff, url("date", item), environment="test", when="June 2026")
    assert back.redirect_chain == [(f"{ITEMS}?roadmap__id__exact={roadmap.pk}", 302)]
    filters = "_changelist_filters=stage%3Dbacklog"
    back = both_steps(staff, f"{url('date', item)}&{filters}", environment="test", when="July 2026")
    assert back.redirect_chain == [(f"{ITEMS}?stage=backlog", 302)]
    gone = staff.get(f"{reverse('admin:roadmap_item_bulk', args=['date'])}?items=999999&{filters}")
    assert gone.url == f"{ITEMS}?stage=backlog"
