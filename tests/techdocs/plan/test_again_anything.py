"""Importing one source after another, whatever they say and whatever staff do in between."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.models import Item, Milestone, Page, Release, Roadmap
from roadmap.models.import_origin import Origin
from roadmap.techdocs import apply, make_plan
from roadmap.working_copies.to_content import preview
from tests.techdocs import rows
from tests.techdocs.parcels import NOW, bring, plan

pytestmark = pytest.mark.django_db


SUBJECTS = ["weigh", "route", "label", "track", "return", "insure"]
PHRASES = [
    "software can do this in the sandbox from the first day on",
    "customers see every price before they decide about anything",
    "agents ask their client once and never again for leave",
]
ROWS = st.builds(
    lambda subject, phrase, live, column: rows.item(
        subject.capitalize(),
        f"{subject}: {PHRASES[phrase]}, {subject} included",
        milestones=(rows.live(live),) if live else (),
        fields=(("Year", column),) if column else (),
    ),
    st.sampled_from(SUBJECTS),
    st.integers(0, 2),
    st.sampled_from(["", "June 2026", "Q3 2026"]),
    st.sampled_from(["", "2026", "2027"]),
)
SOURCES = st.builds(
    lambda releases, loose, page: {
        "releases": [(rows.release(title), inside) for title, inside in releases],
        "items": loose,
        "pages": (rows.page("Page", "page", page),) if page else (),
    },
    st.lists(
        st.tuples(st.sampled_from(["June 2026", "July 2026", "Later", "Backlog"]), st.lists(ROWS, max_size=4)),
        max_size=3,
    ),
    st.lists(ROWS, max_size=2),
    st.sampled_from(["", "One text", "Another"]),
)


def said_by(roadmap: Roadmap) -> list[object]:
    """All that a reader finds, in order, without references, which tell of the past."""
    snapshot = preview(roadmap)
    return [
        [release.title for release in snapshot.releases],
        [
            (
                one.release and one.release.title,
                one.content.title,
                one.content.description,
                [(milestone.environment, milestone.typed) for milestone in one.content.milestones],
                [(field.name, value) for field, value in one.fields],
            )
            for one in snapshot.items
        ],
        [(page.title, page.body) for page in snapshot.pages],
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOURCES, SOURCES)
def test_one_source_after_another_reads_as_the_last_alone(first, second):
    for model in (Item, Release, Page, Origin):
        model.objects.all().delete()
    Roadmap.objects.all().delete()
    alone = apply(plan=make_plan(rows.parsed(**second), slug="alone"), now=NOW)
    bring(**first)
    before = {str(item.uid): item.reference for item in Item.objects.filter(roadmap__slug="parcel-tax")}
    roadmap = bring(**second)
    assert said_by(roadmap) == said_by(alone)
    assert not plan(**second).changes_something
    for item in roadmap.items.all():
        assert before.get(str(item.uid), item.reference) == item.reference
    assert Origin.objects.filter(roadmap=roadmap).exclude(source="").count() == (
        1 + roadmap.items.count() + roadmap.releases.count() + roadmap.pages.count()
    )
    assert not Milestone.objects.filter(when="", is_deployed=False).exists()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOURCES, SOURCES, st.integers(0, 5), st.sampled_from(["title", "description", "journey"]))
def test_nothing_that_staff_typed_is_ever_lost(first, second, which, field):
    Item.objects.all().delete()
    Roadmap.objects.all().delete()
    items = [*bring(**first).items.all()]
    if not items:
        return
    edited = items[which % len(items)]
    setattr(edited, field, "As staff wrote it")
    edited.save()
    bring(**second)
    bring(**first)
    edited.refresh_from_db()
    assert getattr(edited, field) == "As staff wrote it"
    assert not plan(**first).changes_something
