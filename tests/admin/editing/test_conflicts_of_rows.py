"""The rows of an item in two forms at once: dates and APIs that one changed, added or removed, and another's."""

import pytest

from roadmap.models import Item, Milestone, Save
from tests import make
from tests.admin.editing.people import rows_of
from tests.admin.editing.test_conflicts import again, change_url, shown_fields, text
from tests.admin.opened import opened, save
from tests.admin.test_forms import inline, item_form

pytestmark = pytest.mark.django_db


def milestones(item):
    return {one.environment: one.when for one in item.milestones.all()}


def test_a_change_of_a_row_alone_is_a_conflict(ann, bob, item):
    bobs, form = opened(bob, change_url(item)), item_form(item.roadmap, *rows_of(item), initial=1)
    save(ann, change_url(item), {**form, "milestones-0-when": "July 2026"})
    response = bob.post(change_url(item), {**form, "milestones-0-when": "August 2026", **bobs})
    assert response.status_code == 409
    assert milestones(item) == {"live": "July 2026"}
    assert "Milestone: Live" in text(response)
    assert "July 2026" in text(response)
    assert bob.post(change_url(item), again(response)).status_code == 302
    assert milestones(item) == {"live": "August 2026"}


def test_a_row_that_somebody_added_is_shown_and_stays(ann, bob, item):
    blank = [{"environment": "test", "when": ""}, {"environment": "controlled_go_live", "when": ""}]
    form = item_form(item.roadmap, *rows_of(item), *blank, initial=1)
    bobs = opened(bob, change_url(item))
    save(ann, change_url(item), {**form, "milestones-1-when": "March 2026"})
    response = bob.post(change_url(item), {**form, "title": "Bob's title", **bobs})
    assert response.status_code == 409
    assert "Your form did not have this" in text(response)
    assert bob.post(change_url(item), again(response)).status_code == 302
    assert milestones(item) == {"live": "June 2026", "test": "March 2026"}


def test_a_row_that_both_added_keeps_ones_own_date(ann, bob, item):
    new = {"environment": "test", "when": "March 2026"}
    form = item_form(item.roadmap, *rows_of(item), new, initial=1)
    bobs = opened(bob, change_url(item))
    save(ann, change_url(item), form)
    response = bob.post(change_url(item), {**form, "milestones-1-when": "April 2026", **bobs})
    assert response.status_code == 409
    assert bob.post(change_url(item), again(response)).status_code == 302
    assert milestones(item) == {"live": "June 2026", "test": "April 2026"}


def test_a_row_that_somebody_removed_is_still_in_ones_own_form(ann, bob, item):
    form = item_form(item.roadmap, *rows_of(item), initial=1)
    bobs = opened(bob, change_url(item))
    save(ann, change_url(item), {**form, "milestones-0-DELETE": "on"})
    assert milestones(item) == {}
    response = bob.post(change_url(item), {**form, "milestones-0-when": "August 2026", **bobs})
    assert response.status_code == 409
    assert "saving again adds it" in text(response)
    assert bob.post(change_url(item), again(response)).status_code == 302
    assert milestones(item) == {"live": "August 2026"}


def test_rows_made_anew_by_a_restore_are_found_again(bob, item):
    form = item_form(item.roadmap, *rows_of(item), initial=1)
    bobs = opened(bob, change_url(item))
    Milestone.objects.all().delete()
    make.milestone(item, "test", "May 2026")
    make.milestone(item, "live", "July 2026")
    response = bob.post(change_url(item), {**form, "milestones-0-when": "August 2026", **bobs})
    assert response.status_code == 409
    assert bob.post(change_url(item), again(response)).status_code == 302
    assert milestones(item) == {"test": "May 2026", "live": "August 2026"}


def test_nothing_typed_is_gone(ann, bob):
    roadmap = make.roadmap()
    release, api, field = make.release(roadmap, title="Near term"), make.api(name="VAT API"), make.field(roadmap)
    item = make.item(roadmap, live="June 2026", values={field: "25-26"}, apis=((api, "v1"),))
    typed = {
        "title": "Typed title",
        "description": "Typed\r\n\r\n- description <b>",
        "journey": "Typed journey",
        "kind": "guide",
        "audiences": "Typed audience",
        "is_breaking": "true",
        "release": str(release.pk),
        "position": "7",
        **inline(
            "milestones",
            {"id": item.milestones.get().pk, "item": item.pk, "environment": "live", "when": "Typed date"},
            {"environment": "test", "when": "also typed", "is_deployed": "on"},
            initial=1,
        ),
        **inline(
            "item_apis",
            {"id": item.item_apis.get().pk, "item": item.pk, "api": api.pk, "version": "v-typed", "position": 3},
            {"api": api.pk, "version": "v-new", "position": 4},
            initial=1,
        ),
        **inline(
            "field_values",
            {"id": item.field_values.get().pk, "item": item.pk, "field": field.pk, "value": "Typed value"},
            initial=1,
        ),
    }
    bobs = opened(bob, change_url(item))
    save(ann, change_url(item), item_form(roadmap, *rows_of(item), initial=1, title="Ann's title"))
    assert Item.objects.get().title == "Ann's title"
    response = bob.post(change_url(item), {**typed, **bobs})
    assert response.status_code == 409
    shown = shown_fields(response)
    values = [str(value).replace("True", "true") for value in shown.values()]
    for name, value in typed.items():
        if not name.endswith(("FORMS", "-id", "-item", "is_deployed")):
            assert str(value) in values, name
    assert shown["milestones-1-when"] == "also typed"
    assert [value for name, value in shown.items() if name.endswith("is_deployed")].count(True) == 1
    html = response.content.decode()
    for word in (
        "Typed title",
        "- description &lt;b&gt;",
        "Typed date",
        "also typed",
        "v-typed",
        "v-new",
        "Typed value",
    ):
        assert word in html, word
    # In words, not keys
    assert "Near term" in ["".join(run.text for run in one.right) for one in response.context["differences"]]


def test_a_column_that_was_added_meanwhile_stops_nobody(bob, item):
    bobs, form = opened(bob, change_url(item)), item_form(item.roadmap, *rows_of(item), initial=1, title="Bob's title")
    make.field(item.roadmap, name="Tax years")
    response = bob.post(change_url(item), {**form, **bobs})
    assert response.status_code == 302
    assert Item.objects.get().title == "Bob's title"
    assert milestones(item) == {"live": "June 2026"}


def test_an_api_renamed_meanwhile_stops_nobody(ann, bob):
    api = make.api(name="VAT API")
    item = make.item(make.roadmap(), apis=((api, "v1"),))
    row = {"id": item.item_apis.get().pk, "item": item.pk, "api": api.pk, "version": "v1", "position": 0}
    bobs = opened(bob, change_url(item))
    save(ann, change_url(api), {"name": "VAT (MTD) API", "url": ""})
    form = item_form(item.roadmap, title="Bob's title") | inline("item_apis", row, initial=1)
    assert bob.post(change_url(item), {**form, **bobs}).status_code == 302
    assert [save.action for save in Save.objects.of_thing(item.uid)][:2] == ["Saved", "API “VAT (MTD) API” saved"]
