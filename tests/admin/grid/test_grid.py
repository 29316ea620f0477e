"""Many items edited as a table: what is shown, what is saved, what comes back and why."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.admin.grid import views
from roadmap.models import Field, Item, Save
from roadmap.publishing import pending
from tests import make
from tests.admin.grid.grid_form import cell, change, editor, errors, fields, grid_url, messages, post, typed, words
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(views, "today", lambda: datetime.date(2026, 3, 24))


def dates(item):
    rows = item.milestones.order_by("environment").values_list("environment", "when", "is_deployed")
    return {environment: (when, is_deployed) for environment, when, is_deployed in rows}


def test_every_column_can_be_changed_in_one_save():
    roadmap = make.roadmap(reference_prefix="VAT", live_label="Production")
    june = make.release(roadmap, title="June 2026")
    years = make.field(roadmap, name="Tax years")
    make.api(name="VAT (MTD)", url="https://example.org/vat")
    item = make.item(roadmap, title="Carry back", live="TBC", test="May 2025", deployed=("test",))
    other = make.item(roadmap, title="Untouched", release=june, live="2027")
    make.edition(roadmap)
    client = editor()

    page = client.get(grid_url(roadmap))
    assert "Production date" in words(page)
    assert fields(page)[cell(item, "date.live")] == "TBC"
    saved = post(
        client,
        grid_url(roadmap),
        typed(
            fields(page),
            {
                (item, "title"): "Carry back losses",
                (item, "release"): "june 2026",
                (item, "date.live"): "June 2026",
                (item, "date.test"): "3 May 2025",
                (item, "deployed.controlled_go_live"): "Yes",
                (item, "apis"): "vat (mtd) 1.0",
                (item, "breaking"): "Yes",
                (item, "kind"): "Guide",
                (item, "audiences"): "Agents; Businesses",
                (item, f"field.{years.key}"): "2026 to 2027",
            },
        ),
    )

    assert "Saved 1 item." in messages(saved)[0]
    item.refresh_from_db()
    assert (item.title, item.release, item.is_breaking) == ("Carry back losses", june, True)
    assert (item.kind, item.audiences) == ("guide", "Agents, Businesses")
    assert dates(item) == {
        "controlled_go_live": ("", True),
        "live": ("June 2026", False),
        "test": ("3 May 2025", True),
    }
    assert [str(api) for api in item.item_apis.all()] == ["VAT (MTD) 1.0"]
    assert [str(value) for value in item.field_values.all()] == ["Tax years: 2026 to 2027"]
    assert {one.title for one in pending(roadmap)} == {"Carry back losses"}
    save = Save.objects.of_thing(str(item.uid)).first()
    assert (save.saved_by, save.action) == (client.user, "Edited as a table")
    assert not Save.objects.filter(uid=other.uid, saved_by=client.user).exists()


def test_a_cell_can_be_emptied_and_a_tick_taken_away():
    roadmap = make.roadmap()
    years = make.field(roadmap)
    item = make.item(
        roadmap,
        release=make.release(roadmap),
        live="2027",
        test="May 2025",
        deployed=("test",),
        is_breaking=False,
        kind="api",
        values={years: "2026"},
        apis=((make.api(), "1.0"),),
    )
    columns = ["release", "date.live", "date.test", "apis", "breaking", "kind", f"field.{years.key}"]
    change(editor(), roadmap, {**{(item, name): "" for name in columns}, (item, "deployed.test"): None})
    item.refresh_from_db()
    assert (item.release, item.is_breaking, item.kind, dates(item)) == (None, None, "", {})
    assert not item.item_apis.exists()
    assert not item.field_values.exists()


def test_what_is_wrong_stands_at_its_cell_and_the_other_rows_are_saved():
    roadmap = make.roadmap(live_label="Production")
    make.release(roadmap, title="June 2026")
    make.api(name="Business Details")
    wrong, right = make.item(roadmap, title="Wrong", live="TBC"), make.item(roadmap, title="Right", live="TBC")
    page = change(
        editor(),
        roadmap,
        {
            (right, "date.live"): "June 2026",
            (wrong, "date.live"): "3/4",
            (wrong, "title"): "",
            (wrong, "release"): "Jun 2026",
            (wrong, "apis"): "Busines Details 2.0",
            (wrong, "breaking"): "Maybe",
            (wrong, "audiences"): "Agents",
        },
    )
    said = errors(page)
    assert said[cell(wrong, "title")] == "Give a title."
    assert "“3/4”" in said[cell(wrong, "date.live")]
    assert "Did you mean “June 2026”?" in said[cell(wrong, "release")]
    assert "Did you mean “Business Details”?" in said[cell(wrong, "apis")]
    assert "neither Yes nor No" in said[cell(wrong, "breaking")]
    assert cell(wrong, "audiences") not in said
    assert "Saved 1 item." in messages(page)[0]
    assert "1 row is not saved" in words(page)
    assert dates(right) == {"live": ("June 2026", False)}
    wrong.refresh_from_db()
    assert (wrong.title, wrong.audiences, dates(wrong)) == ("Wrong", "", {"live": ("TBC", False)})
    text = page.content.decode()
    assert f'aria-describedby="error.{cell(wrong, "date.live")}"' in text
    sent = fields(page)  # all of it is in the form again
    assert (sent[cell(wrong, "date.live")], sent[cell(wrong, "audiences")]) == ("3/4", "Agents")
    assert sent[cell(wrong, "breaking")] == "Maybe"


DATES = [
    ("2026 to 2027", "", "tax year"),  # both readings are said
    ("June 2027", "Yes", "cannot be deployed in the future"),
    ("TBC", "Yes", "cannot be both to be confirmed and deployed"),
]


@each_case("date, deployed, said", DATES)
def test_dates_are_refused_as_a_form_refuses_them(date, deployed, said):
    roadmap = make.roadmap()
    item = make.item(roadmap)
    page = change(editor(), roadmap, {(item, "date.live"): date, (item, "deployed.live"): deployed or None})
    assert said in errors(page)[cell(item, "date.live")]
    assert dates(item) == {}


def test_two_people_in_one_table_lose_nothing():
    roadmap = make.roadmap(live_label="Production")
    both = make.item(roadmap, title="Both", live="TBC", test="TBC")
    first_only, second_only = (
        make.item(roadmap, title="First", live="TBC"),
        make.item(roadmap, title="Second", live="TBC"),
    )
    first, second = editor(), editor()
    url = grid_url(roadmap)
    opened_first, opened_second = fields(first.get(url)), fields(second.get(url))

    post(first, url, typed(opened_first, {(both, "date.live"): "June 2026", (first_only, "date.live"): "May 2026"}))
    page = post(
        second,
        url,
        typed(
            opened_second,
            {
                (both, "date.live"): "July 2026",
                (both, "title"): "Both of us",
                (second_only, "date.live"): "August 2026",
            },
        ),
    )

    assert page.status_code == 409
    assert "Saved 1 item." in messages(page)[0]
    assert f"{first.user.username} saved this on" in words(page)
    assert "Saved now: June 2026" in words(page)  # and, in the cell above it, what was typed
    assert fields(page)[cell(both, "date.live")] == "July 2026"
    assert dates(both)["live"] == ("June 2026", False)
    assert dates(second_only)["live"] == ("August 2026", False)
    assert dates(first_only)["live"] == ("May 2026", False)  # posted by the second as it was, and not undone

    saved = post(second, url, fields(page))  # to save again is to decide
    both.refresh_from_db()
    assert (both.title, dates(both)["live"]) == ("Both of us", ("July 2026", False))
    assert "Saved 1 item." in messages(saved)[0]


def test_an_item_that_was_deleted_meanwhile_is_said_with_what_was_typed():
    roadmap, client = make.roadmap(), editor()
    item, url = make.item(roadmap, live="TBC"), grid_url(roadmap)
    opened = fields(client.get(url))
    Item.objects.filter(pk=item.pk).delete()
    page = post(client, url, typed(opened, {(item, "date.live"): "June 2026"}))
    assert page.status_code == 409
    assert "deleted while you were editing" in words(page)
    assert "Live date: June 2026" in words(page)


def test_a_column_that_was_deleted_meanwhile_takes_nothing_with_it():
    roadmap, client = make.roadmap(), editor()
    years = make.field(roadmap, name="Tax years")
    item, other = make.item(roadmap), make.item(roadmap, title="Other", values={years: "2024"})
    opened = fields(client.get(grid_url(roadmap)))
    years.delete()
    cells = {(item, f"field.{years.key}"): "2026", (other, "title"): "Another"}
    page = post(client, grid_url(roadmap), typed(opened, cells))
    assert "You had typed in it: “2026”" in words(page)
    other.refresh_from_db()
    assert other.title == "Another"


def test_new_rows_are_new_items():
    roadmap = make.roadmap(reference_prefix="VAT")
    june = make.release(roadmap, title="June 2026")
    make.item(roadmap, release=june)
    client = editor()
    cells = {("new0", "title"): "First", ("new0", "release"): "June 2026", ("new1", "title"): "Second"}
    page = change(client, roadmap, {**cells, ("new2", "date.live"): "June 2026"})
    assert "Added 2 items." in messages(page)[0]
    assert errors(page) == {"new2.title": "Give a title."}
    made = Item.objects.filter(title__in=["First", "Second"]).order_by("reference")
    assert [(item.reference, item.title, item.release, item.position) for item in made] == [
        ("VAT-2", "First", june, 1),
        ("VAT-3", "Second", None, 0),
    ]
    assert Save.objects.of_thing(str(made[0].uid)).first().saved_by == client.user


def test_a_new_column_and_its_values_are_one_save():
    roadmap, client = make.roadmap(), editor()
    items = [make.item(roadmap, live="TBC") for _ in range(3)]
    page = change(client, roadmap, {(items[0], "date.live"): "June 2026"}, action="column", new_column="Tax years")
    assert "“Tax years” is the last column now. Fill it in, then save." in words(page)
    assert page.content.decode().count("autofocus") == 1  # in its first cell, which may be far to the right
    assert not Field.objects.exists()
    sent = fields(page)
    assert sent[cell(items[0], "date.live")] == "June 2026"  # what was typed before is there
    page = post(client, grid_url(roadmap), typed(sent, {(item, "new"): "2026" for item in items}))
    assert "Saved 3 items. Added the column “Tax years”." in messages(page)[0]
    assert [str(value) for item in items for value in item.field_values.all()] == ["Tax years: 2026"] * 3
    assert dates(items[0]) == {"live": ("June 2026", False)}
    again = change(client, roadmap, {(items[0], "date.live"): "July 2026"}, action="column", new_column="tax years")
    assert "Another column of this roadmap has this name." in words(again)
    assert fields(again)[cell(items[0], "date.live")] == "July 2026"


def test_a_new_column_without_a_name_of_its_own_keeps_what_was_typed_into_it():
    roadmap, client = make.roadmap(), editor()
    make.field(roadmap, name="Tax years")
    item, url = make.item(roadmap), grid_url(roadmap)
    page = change(client, roadmap, {}, action="column", new_column="Colour")
    sent = fields(page) | {cell(item, "new"): "red"}
    for name, action, said in (
        ("", "save", "Give the column a name."),
        ("", "column", "Give the column a name."),
        ("tax years", "save", "Another column of this roadmap has this name."),
        ("tax years", "column", "Another column of this roadmap has this name."),
    ):
        page = post(client, url, {**sent, "new_column": name}, action)
        assert said in words(page).split(" Search ")[0]  # above the table, however long it is
        assert (fields(page)[cell(item, "new")], fields(page)["new_column"]) == ("red", name)
    assert not item.field_values.exists()
    assert "Give the column a name." in words(change(client, roadmap, {}, action="column"))


def test_it_is_filtered_as_the_list_is():
    roadmap, client = make.roadmap(), editor()
    other = make.item(make.roadmap(), title="Of another roadmap")
    june = make.release(roadmap, title="June 2026")
    live = make.item(roadmap, title="Alpha", live="2024", deployed=("live",), is_breaking=True)
    planned, grouped = make.item(roadmap, title="Beta"), make.item(roadmap, title="Gamma", release=june)
    for query, shown in (
        ("", [planned, live, grouped]),
        ("?stage=live", [live]),
        (f"?release__id__exact={june.pk}", [grouped]),
        ("?q=beta", [planned]),
        ("?is_breaking__exact=1", [live]),
        ("?standing=public", []),
        ("?release__id__exact=x", [planned, live, grouped]),
    ):
        page = client.get(grid_url(roadmap, query))
        there = [item for item in (planned, live, grouped, other) if cell(item, "title") in fields(page)]
        assert there == shown, query
    assert "This filter names something that is not there" in words(page)
    listed = client.get(f"/admin/roadmap/item/?roadmap__id__exact={roadmap.pk}&stage=live&q=alpha").content.decode()
    assert f'href="{grid_url(roadmap)}?stage=live&amp;q=alpha"' in listed


def test_an_item_that_the_filter_leaves_once_it_is_saved_is_saved():
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap, title="Beta")
    page = change(client, roadmap, {(item, "title"): ""}, query="?q=beta")
    assert cell(item, "title") in errors(page)
    page = change(client, roadmap, {(item, "title"): "Gamma"}, query="?q=beta")
    assert "Saved 1 item." in messages(page)[0]
    assert "0 items" in words(page)


def test_who_may_not_edit_the_roadmap_has_no_table():
    roadmap = make.roadmap()
    roadmap.team.add(make.user())
    assert editor().get(grid_url(roadmap)).status_code == 403
    reader = editor()
    reader.user.groups.clear()
    assert reader.get(grid_url(make.roadmap())).status_code == 403


def test_a_form_that_is_not_whole_saves_nothing_and_says_so():
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap, live="TBC")
    page = post(client, grid_url(roadmap), {cell(item, "date.live"): "June 2026"})
    assert page.status_code == 400
    assert "nothing was saved" in words(page)
    sent = {"_opened": f"@1 0{item.pk}:00000000", "columns": "title", f"0{item.pk}.title": "Typed"}
    assert post(client, grid_url(roadmap), sent).status_code == 400
    assert "Nothing was changed" in messages(change(client, roadmap, {}))[0]
    assert not Save.objects.exclude(saved_by=None).exists()


def test_what_is_to_be_checked_is_said():
    roadmap = make.roadmap()
    item = make.item(roadmap)
    told = messages(change(editor(), roadmap, {(item, "date.live"): "January 2026"}))
    assert "this date has passed" in told[1]


def test_texts_are_shown_and_never_run():
    roadmap = make.roadmap(live_label='<b>"Live"</b>')
    item = make.item(roadmap, title='<script>alert("1")</script>', audiences='"><i>')
    page = editor().get(grid_url(roadmap))
    assert fields(page)[cell(item, "title")] == '<script>alert("1")</script>'
    assert fields(page)[cell(item, "audiences")] == '"><i>'
    assert "<script>alert" not in page.content.decode()


def test_queries_do_not_depend_on_the_number_of_rows():
    roadmap, client = make.roadmap(), editor()
    years, api = make.field(roadmap), make.api(name="VAT")
    numbers = []
    for count in (3, 40):
        for _ in range(count):
            make.item(roadmap, live="TBC", test="TBC", values={years: "2024"}, apis=((api, "1.0"),))
        items = [*roadmap.items.all()]
        url = grid_url(roadmap)
        with CaptureQueriesContext(connection) as opening:
            page = client.get(url)
        cells = {(item, "date.live"): "June 2026" for item in items}
        cells |= {(item, "apis"): "VAT 2.0" for item in items} | {(item, "title"): "Another" for item in items}
        sent = typed(fields(page), cells)
        with CaptureQueriesContext(connection) as saving:
            client.post(url, {**sent, "action": "save"})
        numbers.append((len(opening), len(saving)))
        roadmap.items.all().delete()
    assert numbers[0] == numbers[1]
