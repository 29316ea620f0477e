"""The real roadmaps, out and back: they are read where they lie, and skipped where they do not."""

import pytest

from roadmap.content.things import to_json
from roadmap.techdocs import apply, make_plan, parse, read
from roadmap.techdocs.export import files
from roadmap.working_copies.to_content import contents
from tests.techdocs.example_sources import real_source
from tests.techdocs.export import sites

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["vat-2018-10", "vat-2018-11", "itsa-2023-06"])
def test_a_real_roadmap_comes_back_as_it_was(name):
    plan = make_plan(parse(read(real_source(name))), slug="depot", contact="team@example.gov.uk")
    first = apply(plan=plan)
    before = sorted(map(to_json, contents(first)))
    made = files(list(contents(first)), prefix=first.reference_prefix, last_item_number=first.last_item_number)
    again = make_plan(sites.parsed(made), slug="depot")
    assert (again.changes_something, again.doubts) == (False, ())
    sites.nothing_is_there()
    _, copy = sites.imported(made)
    assert sorted(map(to_json, contents(copy))) == before
