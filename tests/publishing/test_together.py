"""Several people at the same instant, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from roadmap.models import Edition, Item, Revision, Roadmap
from roadmap.publishing import NothingToPublish, pending, publish
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Runs the acts at the same moment, each in a thread; returns what each gave or raised, in their order."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=20)
            return act()
        except NothingToPublish as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [*threads.map(run, acts)]


def test_two_publishers_make_one_edition_and_one_clear_refusal():
    roadmap = make.roadmap()
    for _ in range(20):
        make.item(roadmap, live="June 2026")

    results = at_once(*[lambda: publish(roadmap=roadmap, by=None)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["Edition", "NothingToPublish"]
    assert [edition.number for edition in Edition.objects.all()] == [1]
    assert Revision.objects.count() == 21


def test_publishers_and_editors_at_once_leave_no_torn_edition():
    roadmap = make.roadmap()
    items = [make.item(roadmap, title="old", description="old") for _ in range(4)]
    make.edition(roadmap)

    def edit(item, text):
        """Two writes that belong together, as a form and its inlines do."""
        with transaction.atomic():
            Roadmap.objects.lock(roadmap.pk)
            Item.objects.filter(pk=item.pk).update(title=text)
            Item.objects.filter(pk=item.pk).update(description=text)

    acts = []
    for n, item in enumerate(items):
        acts += [lambda item=item, n=n: edit(item, f"new {n}"), lambda: publish(roadmap=roadmap, by=None)]
    at_once(*acts)
    if pending(roadmap):
        publish(roadmap=roadmap, by=None)

    for revision in Revision.objects.filter(noun="item"):
        content = revision.as_content()
        assert content.title == content.description
    numbers = [*Edition.objects.order_by("number").values_list("number", flat=True)]
    assert numbers == [*range(1, len(numbers) + 1)]
    newest = Revision.objects.as_of(Edition.objects.get(number=len(numbers))).filter(noun="item")
    assert sorted(one.title for one in newest) == [f"new {n}" for n in range(4)]


def test_items_made_at_once_get_references_of_their_own():
    roadmap = make.roadmap(reference_prefix="VAT")
    at_once(*[lambda: make.item(roadmap)] * 4)
    assert sorted(Item.objects.values_list("reference", flat=True)) == ["VAT-1", "VAT-2", "VAT-3", "VAT-4"]
