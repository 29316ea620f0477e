"""What an import withdrew, and another brings back."""

import pytest

from roadmap.models import Origin
from roadmap.techdocs import Verb
from roadmap.techdocs.plan.similarity import How
from tests import make
from tests.techdocs import rows
from tests.techdocs.parcels import FIRST, JUNE, LABEL, LATER, ROUTE, WEIGH, bring, but, plan, references

pytestmark = pytest.mark.django_db

WITHOUT = {"releases": [(JUNE, [ROUTE]), (LATER, [LABEL])]}
REWORDED = but(WEIGH, description="Software weighs a parcel on the depot's scales and sends us its weight in grams.")


@pytest.mark.parametrize("row", [WEIGH, REWORDED], ids=["as it was", "reworded"])
def test_what_was_withdrawn_comes_back_as_the_same_with_its_reference(row):
    roadmap = bring(**FIRST)
    uid = roadmap.items.get(title="Weigh a parcel").uid
    bring(**WITHOUT)
    bring(**WITHOUT)
    assert "Weigh a parcel" not in references(roadmap)
    back = {"releases": [(JUNE, [ROUTE]), (LATER, [LABEL, row])]}
    [step] = [step for step in plan(**back).steps if step.uid == str(uid)]
    assert (step.verb, step.reference, step.recognised.is_doubtful) == (Verb.CREATE, "PARCEL-1", False)
    bring(**back)
    item = roadmap.items.get(title="Weigh a parcel")
    assert (item.uid, item.reference, item.release.title) == (uid, "PARCEL-1", "Later")
    assert item.description == row.description
    assert not plan(**back).changes_something
    assert not Origin.objects.filter(uid=uid, source="").exists()


def test_a_release_and_a_page_come_back_as_the_same():
    page = rows.page("Who we are", "who-we-are", "We are the team of the depot.")
    roadmap = bring(**FIRST, pages=(page,))
    before = {roadmap.releases.get(title="Later").uid, roadmap.pages.get().uid}
    bring(releases=[(JUNE, [WEIGH])])
    assert not roadmap.pages.exists()
    bring(**FIRST, pages=(page,))
    assert {roadmap.releases.get(title="Later").uid, roadmap.pages.get().uid} == before
    assert not plan(**FIRST, pages=(page,)).changes_something


def test_another_that_reads_a_little_like_what_was_withdrawn_is_new():
    roadmap = bring(**FIRST)
    bring(**WITHOUT)
    other = rows.item("Weigh a van", "Vans are weighed at the gate, and whoever is too heavy goes home.")
    bring(releases=[(JUNE, [ROUTE, other]), (LATER, [LABEL])])
    assert references(roadmap)["Weigh a van"] == "PARCEL-4"


def test_what_staff_have_brought_back_is_theirs_until_the_source_has_it_again():
    roadmap = bring(**FIRST)
    item = roadmap.items.get(title="Weigh a parcel")
    kept = {"uid": item.uid, "title": item.title, "reference": item.reference, "description": item.description}
    bring(**WITHOUT)
    make.item(roadmap, **kept)
    bring(**WITHOUT)
    assert references(roadmap)["Weigh a parcel"] == "PARCEL-1"
    bring(**FIRST)
    assert references(roadmap) == {
        "Weigh a parcel": "PARCEL-1",
        "Choose a route": "PARCEL-2",
        "Print a label": "PARCEL-3",
    }
    bring(**WITHOUT)
    assert "Weigh a parcel" not in references(roadmap)


def test_a_person_may_say_that_what_comes_back_is_new_or_is_another():
    roadmap = bring(**FIRST)
    gone = str(roadmap.items.get(title="Weigh a parcel").uid)
    bring(**WITHOUT)
    other = rows.item("Scales", "Kilograms")
    changed = {"releases": [(JUNE, [ROUTE, other]), (LATER, [LABEL])]}
    chosen = next(step for step in plan({"item:1": gone}, **changed).steps if step.key == "item:1")
    assert (chosen.reference, chosen.recognised.how) == ("PARCEL-1", How.CHOSEN)
    bring({"item:0": ""}, **FIRST)
    assert references(roadmap)["Weigh a parcel"] == "PARCEL-4"
