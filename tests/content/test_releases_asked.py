from hypothesis import given
from hypothesis import strategies as st

from roadmap.content.choices import Environment
from roadmap.content.comparison import compare, releases_asked
from roadmap.content.things import ItemContent, MilestoneContent, PageContent, ReleaseContent

DATES = st.sampled_from(["", "June 2026", "July 2026", "TBC"])
UIDS = ("a", "b", "c")


@st.composite
def items(draw):
    return ItemContent(
        uid="i",
        reference="VAT-1",
        title=draw(st.sampled_from(["A", "B"])),
        release_uid=draw(st.sampled_from(["", *UIDS])),
        milestones=tuple(
            MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed, meaning=meaning)
            for environment in Environment
            for typed, is_deployed, meaning in [draw(st.tuples(DATES, st.booleans(), st.sampled_from(["", "x"])))]
            if typed or is_deployed
        ),
    )


@st.composite
def releases(draw):
    return {
        uid: ReleaseContent(
            uid=uid, title=draw(st.sampled_from(["June 2026", uid])), typed=draw(DATES), is_deployed=draw(st.booleans())
        )
        for uid in UIDS
        if draw(st.booleans())
    }


def among(named, uids):
    return {uid: named[uid] for uid in named.keys() & uids}


@given(items(), items(), releases(), releases())
def test_a_comparison_says_the_same_without_the_releases_that_it_does_not_ask_for(before, after, public, then):
    titles = {uid: f"Release {uid}" for uid in UIDS}
    asked = releases_asked(before, after)
    assert asked <= {*UIDS}
    in_part = among(titles, asked), (among(public, asked), among(then, asked))
    assert compare(before, after, *in_part) == compare(before, after, titles, (public, then))


def test_a_date_in_a_test_environment_asks_for_no_release_and_one_that_is_live_for_its_own():
    test, live = (MilestoneContent(environment=there, typed="June 2026") for there in ("test", "live"))
    bare = ItemContent(uid="i", reference="VAT-1", title="A", release_uid="a")
    with_test, with_live = (
        ItemContent(uid="i", reference="VAT-1", title="A", release_uid="a", milestones=(one,)) for one in (test, live)
    )
    assert releases_asked(bare, with_test) == set()
    assert releases_asked(bare, with_live) == {"a"}
    assert releases_asked(bare, ItemContent(uid="i", reference="VAT-1", title="A", release_uid="b")) == {"a", "b"}
    assert releases_asked(None, bare) == releases_asked(bare, None) == set()
    page = PageContent(uid="p", slug="s", title="A")
    assert releases_asked(page, page) == set()
