"""Many items edited at once: each as it is asked, or left with the reason, whatever becomes of the others."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from roadmap.content.things import ItemContent
from roadmap.models import Item
from roadmap.working_copies.many_items import ItemEdit, edit_items
from tests import make

pytestmark = pytest.mark.django_db


def titled(title):
    return ItemEdit(lambda content: replace(content, title=title))


def refuse(content):
    raise ValidationError("Not this one.")


def test_each_is_changed_left_or_refused_by_itself():
    roadmap = make.roadmap()
    changed, same, overtaken, refused = (make.item(roadmap, title=title, live="2027") for title in "ABCD")
    elsewhere = make.item(make.roadmap(), title="E")
    done = edit_items(
        roadmap=roadmap,
        edits={
            changed.pk: titled("Changed"),
            same.pk: titled("B"),
            overtaken.pk: ItemEdit(titled("X").change, lambda content: content.title == "As it was"),
            refused.pk: ItemEdit(refuse),
            elsewhere.pk: titled("Another roadmap's"),
            0: titled("Gone"),
        },
    )
    assert [(was.title, becomes.title) for was, becomes in done.changed.values()] == [("A", "Changed")]
    assert ([*done.unchanged], [*done.overtaken], [*done.refused]) == ([same.pk], [overtaken.pk], [refused.pk])
    assert done.gone == [elsewhere.pk, 0]
    assert done.overtaken[overtaken.pk].title == "C"
    assert [*Item.objects.order_by("pk").values_list("title", flat=True)] == ["Changed", "B", "C", "D", "E"]
    assert changed.milestones.get().when == "2027"


def test_new_items_come_last_in_their_release_with_the_next_references():
    roadmap = make.roadmap(reference_prefix="VAT")
    release = make.release(roadmap)
    make.item(roadmap, release=release)
    new = [ItemContent(uid=f"{n:032x}", reference="", title=f"New {n}", release_uid=str(release.uid)) for n in range(2)]
    done = edit_items(roadmap=roadmap, edits={}, new=new)
    assert [content.position for content in done.added] == [1, 2]
    rows = Item.objects.filter(release=release).values_list("reference", "title", "position")
    assert [*rows] == [("VAT-1", Item.objects.first().title, 0), ("VAT-2", "New 0", 1), ("VAT-3", "New 1", 2)]


def test_queries_do_not_depend_on_how_many_are_edited():
    roadmap, api = make.roadmap(), make.api()
    items = [make.item(roadmap, live="2027", apis=((api, "1.0"),)) for _ in range(30)]
    counts = []
    for some, title in ((items[:2], "One"), (items, "Two")):
        with CaptureQueriesContext(connection) as queries:
            edit_items(roadmap=roadmap, edits={item.pk: titled(title) for item in some})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert {*Item.objects.values_list("title", flat=True)} == {"Two"}
