"""An export, imported into a new roadmap, says the same to readers on every public page."""

import re

import pytest
from django.db import transaction
from django.test import Client

from roadmap.content.snapshot import Snapshot
from roadmap.models import Roadmap
from roadmap.published import store
from roadmap.publishing import publish
from roadmap.sample import load
from roadmap.techdocs import apply, make_plan, parse, read
from roadmap.techdocs.export import files
from roadmap.techdocs.left_behind import left_behind
from roadmap.working_copies.to_content import contents, preview
from tests import make
from tests.techdocs.example_sources import REAL_SOURCES, real_source
from tests.techdocs.export import sites

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")
# What no roadmap says, and no reader is told: uids, and the anchors that are made of them.
UIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:(?<=release-)|(?<=changelog-))[0-9a-f]{8}\b")


def addresses(snapshot: Snapshot) -> list[str]:
    slug = snapshot.roadmap.slug
    inside = ["", "items/", "items/?view=table", "items/?view=timeline", "changelog/", "items.csv", "items.ics"]
    inside += [f"items/{item.content.reference}/" for item in snapshot.items]
    inside += [f"pages/{page.slug}/" for page in snapshot.pages]
    return [f"/{slug}/{path}" for path in inside]


def public_pages(roadmap: Roadmap) -> dict[str, str]:
    snapshot = preview(roadmap)
    if not roadmap.editions.exists():
        publish(roadmap=roadmap, by=None, note="First edition", now=NOW, at=NOW)
    found = {}
    for address in addresses(snapshot):
        answer = Client().get(address)
        assert answer.status_code == 200, address
        found[address] = " ".join(UIDS.sub("uid", answer.content.decode()).split())
    return found


def first_roadmap(name: str) -> Roadmap:
    if name == "sample":
        load(at=NOW)
    else:
        apply(plan=make_plan(parse(read(real_source(name))), slug="vat-mtd", contact="team@example.gov.uk"))
    return Roadmap.objects.get()


@pytest.mark.parametrize("name", ["sample", *REAL_SOURCES])
def test_every_public_page_of_a_new_roadmap_says_the_same(name):
    with transaction.atomic():
        roadmap = first_roadmap(name)
        made = files(contents(roadmap))
        assert left_behind(contents(roadmap), made, last_item_number=roadmap.last_item_number) == []
        expected = public_pages(roadmap)
        transaction.set_rollback(True)
    # The copy's Edition has the number in the database that the first one's had.
    store.forget_all()
    _, copy = sites.imported(made, "vat-mtd")
    assert public_pages(copy) == expected
    assert (copy.reference_prefix, copy.last_item_number) == (roadmap.reference_prefix, roadmap.last_item_number)
