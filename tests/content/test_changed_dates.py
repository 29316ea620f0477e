"""What readers are told of a date that changes: as they saw it, their release's where it has none of its own."""

from roadmap.content.changes import Act, is_slip
from roadmap.content.comparison import compare
from roadmap.content.things import ItemContent, MilestoneContent, ReleaseContent
from tests.cases import each_case
from tests.content.test_changes import ROADMAP, item
from tests.content.test_changes import TITLES as TITLES_KNOWN


def live(typed: str, *, deployed: bool = False, release_uid: str = "") -> ItemContent:
    milestones = (MilestoneContent(environment="live", typed=typed, is_deployed=deployed),)
    return item(milestones=milestones, release_uid=release_uid)


NEAR, MID = (ReleaseContent(uid=uid, title=title) for uid, title in (("near", "June 2027"), ("mid", "September 2027")))
SOME = ReleaseContent(uid="some", title="Some day")
RELEASES = ({"near": NEAR, "mid": MID}, {"near": NEAR, "mid": MID, "some": SOME})
TITLES = {**TITLES_KNOWN, "some": "Some day"}


@each_case(
    ("before", "after", "sentences"),
    [
        # It gives up its own date for that of its release, or the other way round.
        (
            live("July 2027", release_uid="near"),
            item(release_uid="near"),
            ["Live brought forward from July 2027 to June 2027"],
        ),
        (live("May 2027", release_uid="near"), item(release_uid="near"), ["Live moved from May 2027 to June 2027"]),
        (item(release_uid="near"), live("July 2027", release_uid="near"), ["Live moved from June 2027 to July 2027"]),
        (live("June 2027", release_uid="near"), item(release_uid="near"), ["Nothing that readers can see"]),
        (
            live("June 2027"),
            item(release_uid="near"),
            ["Added to Near term"],
        ),
        (
            item(release_uid="near"),
            item(release_uid="mid"),
            ["Moved from Near term to Mid term", "Live moved from June 2027 to September 2027"],
        ),
        (
            live("June 2027", release_uid="near"),
            item(),
            ["Removed from Near term", "Live no longer planned (was June 2027)"],
        ),
        (
            item(release_uid="near"),
            item(),
            ["Removed from Near term", "Live date no longer given (was June 2027)"],
        ),
        (
            item(release_uid="near"),
            item(release_uid="some"),
            ["Moved from Near term to Some day", "Live date no longer given (was June 2027)"],
        ),
    ],
)
def test_a_live_date_that_comes_from_a_release_is_a_live_date(before, after, sentences):
    assert [change.sentence(ROADMAP) for change in compare(before, after, TITLES, RELEASES)] == sentences


def test_a_release_named_after_its_date_moves_when_it_is_renamed():
    def release(title: str, when: str = "") -> ReleaseContent:
        return ReleaseContent(uid="r", title=title, typed=when)

    (change,) = compare(release("July 2023"), release("March 2027"), {})
    assert (change.sentence(ROADMAP), change.act) == ("Date moved from July 2023 to March 2027", Act.MOVED)
    assert is_slip(change)
    named = compare(release("July 2023"), release("Spring release", "March 2027"), {})
    assert [told.sentence(ROADMAP) for told in named] == [
        "Title changed from July 2023 to Spring release",
        "Date moved from July 2023 to March 2027",
    ]


@each_case(
    ("before", "after", "is_owed"),
    [
        (live("June 2026", deployed=True), live("June 2026"), True),
        (live("June 2026", deployed=True), item(), True),
        (live("June 2026"), live("July 2026", deployed=True), False),
        (ReleaseContent(uid="n", title="R", is_deployed=True), ReleaseContent(uid="n", title="R"), True),
        (live("by June 2027"), live("by 2027"), True),
        (live("2027"), live("Q2 2027"), False),
        (live("June 2027"), live("N/A"), True),
        (live("from June 2027"), item(), True),
        (live("TBC"), live("N/A"), False),
        (live("N/A"), live("TBC"), False),
        (live("TBC"), item(), False),
        (live("N/A"), item(), False),
    ],
)
def test_readers_are_owed_a_reason_for_what_is_later_or_taken_back(before, after, is_owed):
    (change,) = compare(before, after, TITLES)
    assert is_slip(change) is is_owed
