import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.content.choices import Environment
from roadmap.content.merge import merge
from roadmap.content.things import FieldValueContent, ItemContent, MilestoneContent, PageContent

words = st.sampled_from(["", "a", "b", "c"])


@st.composite
def items(draw):
    return ItemContent(
        uid="i",
        reference="VAT-1",
        title=draw(words),
        description=draw(words),
        milestones=tuple(
            MilestoneContent(environment=one, typed=typed) for one in Environment if (typed := draw(words))
        ),
        fields=tuple(FieldValueContent(key=key, value=value) for key in "xy" if (value := draw(words))),
    )


def live(typed):
    return MilestoneContent(environment=Environment.LIVE, typed=typed)


def test_what_the_waiting_one_did_not_touch_stays_as_it_was_corrected():
    base = ItemContent(uid="i", reference="VAT-1", title="Mutliple agents", milestones=(live("June 2026"),))
    waiting = ItemContent(uid="i", reference="VAT-1", title="Mutliple agents", milestones=(live("July 2026"),))
    corrected = ItemContent(uid="i", reference="VAT-1", title="Multiple agents", milestones=(live("June 2026"),))
    merged = merge(base, waiting, corrected)
    assert merged.title == "Multiple agents"
    assert merged.milestones == (live("July 2026"),)


def test_where_both_changed_the_same_field_the_second_argument_wins_and_it_is_said():
    base = PageContent(uid="p", slug="s", title="A")
    theirs = PageContent(uid="p", slug="s", title="B")
    ours = PageContent(uid="p", slug="s", title="C", body="new")
    assert merge(base, theirs, ours) == PageContent(uid="p", slug="s", title="B", body="new")


def test_two_things_cannot_be_merged():
    page = PageContent(uid="p", slug="s", title="A")
    with pytest.raises(ValueError, match="same thing"):
        merge(page, page, PageContent(uid="q", slug="s", title="A"))


@given(items(), items())
def test_a_side_that_changed_nothing_gives_way(base, changed):
    assert merge(base, changed, base) == changed
    assert merge(base, base, changed) == changed


@given(items(), items(), items())
def test_each_field_comes_from_whoever_changed_it(base, theirs, ours):
    merged = merge(base, theirs, ours)
    for name in ("title", "description"):
        old, their, our = (getattr(one, name) for one in (base, theirs, ours))
        assert getattr(merged, name) == (their if their != old else our)
    for environment in Environment:
        old, their, our = (one.milestone(environment) for one in (base, theirs, ours))
        assert merged.milestone(environment) == (their if their != old else our)
