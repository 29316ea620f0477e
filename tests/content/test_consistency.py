"""What contradicts the calendar or itself: each kind, in words that say what to do, and what contradicts nothing."""

import datetime

from roadmap.content.choices import Environment
from roadmap.content.consistency import Severity, find, of_date, two_reasons
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import (
    Contact,
    EnvironmentLabels,
    ItemContent,
    MilestoneContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.dates import parse, unclear
from tests.cases import each_case

TODAY = datetime.date(2026, 4, 15)
ROADMAP = RoadmapContent(
    uid="r",
    slug="vat-mtd",
    title="VAT roadmap",
    contact=Contact(),
    labels=EnvironmentLabels(test="Test", controlled_go_live="Private beta", live="Production"),
)
GIVE = "Give the date on which it was deployed, or do not mark it as deployed."
DEPLOYED = True


def item(uid="i", release="", **arrivals):
    """Each arrival is a date, or a date and whether it is deployed."""
    said = {name: arrival if isinstance(arrival, tuple) else (arrival, False) for name, arrival in arrivals.items()}
    return ItemContent(
        uid=uid,
        reference="VAT-1",
        title=f"Item {uid}",
        release_uid=release,
        milestones=tuple(
            MilestoneContent(environment=Environment(name), typed=typed, is_deployed=is_deployed)
            for name, (typed, is_deployed) in said.items()
        ),
    )


def release(typed="", *, title="Spring", is_deployed=False):
    return ReleaseContent(uid="spring", title=title, typed=typed, is_deployed=is_deployed)


def found(*contents):
    return [(finding.severity.value, finding.sentence) for finding in find(Snapshot([ROADMAP, *contents]), TODAY)]


@each_case(
    ("arrivals", "severity", "sentence"),
    [
        (
            {"live": ("June 2027", DEPLOYED)},
            "impossible",
            f"Production cannot be deployed in the future (June 2027). {GIVE}",
        ),
        (
            {"test": ("from 16 April 2026 (deployed)", False)},
            "impossible",
            f"Test cannot be deployed in the future (from 16 April 2026). {GIVE}",
        ),
        ({"live": ("N/A", DEPLOYED)}, "impossible", f"Production cannot be both not applicable and deployed. {GIVE}"),
        ({"live": ("TBC", DEPLOYED)}, "impossible", f"Production cannot be both to be confirmed and deployed. {GIVE}"),
        (
            {"live": ("March 2026 (TBC)", DEPLOYED)},
            "impossible",
            f"Production cannot be both to be confirmed and deployed. {GIVE}",
        ),
        (
            {"live": ("March 2026 (deployed)", False)},
            "odd",
            "Production has a date that says “deployed”, and is not marked as deployed. "
            "Tick “deployed”, or take the word out of the date.",
        ),
        (
            {"test": ("April 2026 (deployed)", False), "live": ("", DEPLOYED)},
            "odd",
            "Test has a date that says “deployed”, and is not marked as deployed. "
            "Tick “deployed”, or take the word out of the date.",
        ),
        (
            {"test": "July 2027", "live": "by June 2027"},
            "odd",
            "Test comes after Production: July 2027 and by June 2027. Correct the date that is wrong.",
        ),
        (
            {"test": "July 2027", "controlled_go_live": "June 2027"},
            "odd",
            "Test comes after Private beta: July 2027 and June 2027. Correct the date that is wrong.",
        ),
        (
            {"controlled_go_live": "from July 2027", "live": "June 2027"},
            "odd",
            "Private beta comes after Production: from July 2027 and June 2027. Correct the date that is wrong.",
        ),
        (
            {"test": ("March 2026", DEPLOYED), "live": ("February 2026", DEPLOYED)},
            "odd",
            "Test comes after Production: March 2026 and February 2026. Correct the date that is wrong.",
        ),
        (
            {"test": "TBC", "controlled_go_live": ("March 2026", DEPLOYED)},
            "odd",
            "Test is to be confirmed, but Private beta is deployed. "
            "Mark Test as deployed too, or write “N/A” if it will never be there.",
        ),
        (
            {"test": "April 2026", "live": ("", DEPLOYED)},
            "odd",
            "Test is still to come (April 2026), but Production is deployed. Correct what is wrong.",
        ),
        (
            {"live": "by March 2026"},
            "passed",
            "Production was expected by March 2026: this date has passed. Give a new date, or mark it as deployed.",
        ),
        (
            {"test": "March 2026 (TBC)", "live": ("1 April 2026", DEPLOYED)},
            "passed",
            "Test was expected March 2026 (to be confirmed): this date has passed. "
            "Give a new date, or mark it as deployed.",
        ),
    ],
)
def test_what_an_item_contradicts_is_said_in_its_roadmaps_words(arrivals, severity, sentence):
    assert found(item(**arrivals)) == [(severity, sentence)]


@each_case(
    "arrivals",
    [
        {"test": ("March 2026", DEPLOYED), "controlled_go_live": "April 2026", "live": "by 2026"},
        {"test": "July 2027", "live": "June to September 2027"},
        {"test": "June 2027", "live": "June 2027"},
        {"test": "July 2027", "live": "from June 2027"},
        {"test": "N/A", "controlled_go_live": "N/A", "live": ("", DEPLOYED)},
        {"test": "TBC", "live": "June 2027"},
        {"test": "June 2027", "live": "TBC"},
        {"live": ("2026", DEPLOYED)},
        {"live": ("15 April 2026", DEPLOYED)},
        {"live": ("June 2020 to TBC", DEPLOYED)},
        {"live": "whenever"},
        {"live": ("whenever", DEPLOYED)},
        {},
    ],
)
def test_what_may_well_be_so_is_not_mentioned(arrivals):
    assert found(item(**arrivals)) == []


def test_the_day_is_the_one_that_is_given():
    said = [of_date("Live", parse("15 April 2026"), is_deployed, day) for is_deployed, day in [
        (True, TODAY), (True, TODAY - datetime.timedelta(1)), (False, TODAY), (False, TODAY + datetime.timedelta(1))
    ]]  # fmt: skip
    assert [one and one[0] for one in said] == [None, Severity.IMPOSSIBLE, None, Severity.PASSED]
    assert of_date("Live", unclear("soon"), True, TODAY) is None
    assert of_date("Live", None, True, TODAY) is None


@each_case(
    ("spring", "items", "severity", "sentence"),
    [
        (
            release("June 2027", is_deployed=True),
            (),
            "impossible",
            f"This release cannot be deployed in the future (June 2027). {GIVE}",
        ),
        (
            release(title="March 2027", is_deployed=True),
            (),
            "impossible",
            f"This release cannot be deployed in the future (March 2027). {GIVE}",
        ),
        (
            release("TBC", is_deployed=True),
            (),
            "impossible",
            f"This release cannot be both to be confirmed and deployed. {GIVE}",
        ),
        (
            release("March 2026"),
            (item(release="spring"),),
            "passed",
            "This release was expected March 2026: this date has passed. Give a new date, or mark it as deployed.",
        ),
        (
            release("March 2026"),
            (item(release="spring", live=("2 March 2026", DEPLOYED)),),
            "odd",
            "The only item of this release is deployed, and the release is not. Mark it as deployed too.",
        ),
        (
            release(),
            (item(release="spring", live=("", DEPLOYED)), item("j", release="spring", live=("", DEPLOYED))),
            "odd",
            "All 2 items of this release are deployed, and the release is not. Mark it as deployed too.",
        ),
        (
            release("March 2026", is_deployed=True),
            (item(release="spring", live="March 2026"), item("j", release="spring"), item("k", live="June 2026")),
            "odd",
            "This release is marked as deployed, but 1 item in it says otherwise: “Item i”. "
            "Mark as deployed what is there, and move the rest to another release.",
        ),
        (
            release(is_deployed=True),
            tuple(item(uid, release="spring", live="TBC") for uid in "abcde"),
            "odd",
            "This release is marked as deployed, but 5 items in it say otherwise: “Item a”, “Item b” and 3 more. "
            "Mark as deployed what is there, and move the rest to another release.",
        ),
        (
            release("June 2027"),
            (item(release="spring", test="July 2027"),),
            "odd",
            "Test comes after Production: July 2027 and June 2027, the date of its release. "
            "Correct the date that is wrong.",
        ),
    ],
)
def test_what_a_release_contradicts_with_its_items_is_said(spring, items, severity, sentence):
    assert found(spring, *items) == [(severity, sentence)]


@each_case(
    ("spring", "items"),
    [
        (release("March 2026", is_deployed=True), (item(release="spring", live=("", DEPLOYED)),)),
        (release("March 2026", is_deployed=True), (item(release="spring", test=("2 March 2026", DEPLOYED)),)),
        (release("April 2026"), (item(release="spring"), item("j", release="spring", live=("", DEPLOYED)))),
        (release(), ()),
        (release(), (item(live=("", DEPLOYED)),)),
    ],
)
def test_a_release_that_agrees_with_its_items_is_not_mentioned(spring, items):
    assert found(spring, *items) == []


def test_the_worst_comes_first_and_each_finding_names_the_items_it_is_about():
    findings = find(
        Snapshot(
            [
                ROADMAP,
                release("March 2026"),
                item("own", release="spring", live="June 2026"),
                item("its", release="spring"),
                item("odd", test="July 2027", live="June 2027"),
                item("bad", live=("N/A", DEPLOYED)),
            ]
        ),
        TODAY,
    )
    assert [(finding.title, finding.severity) for finding in findings] == [
        ("Item bad", Severity.IMPOSSIBLE),
        ("Item odd", Severity.ODD),
        ("Spring", Severity.PASSED),
    ]
    assert findings[2].uids == {"spring", "its"}


@each_case(
    ("reasons", "is_told"),
    [
        ({("i", "milestone.live"): "Testing", ("spring", "when"): "Legislation"}, True),
        ({("i", "milestone.live"): "Testing", ("spring", "title"): "Legislation"}, True),
        ({("i", "milestone.live"): "Testing", ("spring", "when"): "testing"}, False),
        ({("i", "milestone.live"): "Testing"}, False),
        ({("i", "milestone.test"): "Testing", ("spring", "when"): "Legislation"}, False),
        ({("spring", "when"): "Legislation"}, False),
    ],
)
def test_one_move_has_one_reason(reasons, is_told):
    snapshot = Snapshot([ROADMAP, release("June 2027"), item(release="spring", live="June 2027")])
    said = [finding.sentence for finding in two_reasons(snapshot, reasons)]
    assert said == is_told * [
        "Production moves with its release “Spring”, and the two give different reasons. "
        "Give one reason for both, or check that both are so."
    ]
