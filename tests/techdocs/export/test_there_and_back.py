"""Whatever a roadmap says, importing its export gives the same roadmap: on another site, and on its own."""

import pytest
from django.db import transaction
from hypothesis import given, settings

from roadmap.content.things import to_json
from roadmap.models import Roadmap
from roadmap.techdocs import Verb, make_plan
from roadmap.working_copies.to_content import contents
from tests.techdocs.export import sites

pytestmark = pytest.mark.django_db


def texts(some):
    return sorted(to_json(one) for one in some)


@settings(max_examples=30)
@given(sites.roadmaps())
def test_importing_an_export_gives_the_same_roadmap(roadmap):
    with transaction.atomic():
        made = sites.exported(roadmap)
        plan, copy = sites.imported(made)
        assert texts(contents(copy)) == texts(roadmap)
        assert (copy.reference_prefix, copy.last_item_number) == (sites.PREFIX, sites.LAST_NUMBER)
        assert list(plan.doubts) == []
        # There already, whether an import has said so or not, nothing changes.
        for forget in (False, True):
            if forget:
                copy.origins.all().delete()
            again = make_plan(plan.parsed, slug="depot")
            assert [step.title for step in again.steps if step.verb is not Verb.KEEP] == []
            assert not again.changes_something
            assert again.conflicts == ()
        # A second export is the same, byte for byte.
        assert sites.exported(list(contents(Roadmap.objects.get(slug="depot")))) == made
        transaction.set_rollback(True)
