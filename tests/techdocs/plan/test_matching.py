import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.content.things import ItemContent
from roadmap.techdocs.plan.likeness import Scales, Traits, folded
from roadmap.techdocs.plan.matching import traits_of
from roadmap.techdocs.plan.similarity import FLOOR, SURE, How, match
from roadmap.techdocs.plan.source_and_site import There
from tests.techdocs.example_sources import real_source


def thing(title: str, text: str = "", *, place: str = "", **said: Any) -> Traits:
    whole = folded(f"{title} {text}")
    return Traits(title, text, (f"{whole}|{place}", whole), place=place, **said)


WEIGH = "Software can weigh a parcel on the depot's scales and send the weight to us in grams"
ROUTE = "Customers choose between three routes on a map and are told the price of each of them"
LABEL = "A label with the name of the receiver can be printed from any browser in the shop"


def likeness(one: Traits, other: Traits) -> float:
    return Scales([one], [other]).likeness(one, other)


def pairs(found) -> dict[int, int]:
    return {place: one.old for place, one in found.by_new.items()}


def test_what_a_row_is_recognised_by_is_found_once_wherever_it_stands():
    row = ItemContent(uid="item:1", reference="", title="Weigh", description=WEIGH, release_uid="release:1")
    moved = msgspec.structs.replace(row, uid="item:2", reference="P-2", release_uid="release:0", position=7)
    titles = {"release:0": "June", "release:1": "June", "release:2": "July"}
    traits = traits_of(row, titles)
    assert traits_of(moved, titles) is traits
    gone = traits_of(row, titles, There(None, row, is_gone=True))
    others = (
        (traits.place, traits_of(msgspec.structs.replace(row, release_uid="release:2"), titles).place, "July"),
        (traits.text, traits_of(msgspec.structs.replace(row, description=ROUTE), titles).text, ROUTE),
        (traits.is_gone, gone.is_gone, True),
        (traits.is_known, traits_of(row, titles, There(row, None)).is_known, False),
    )
    for known, found, wanted in others:
        assert known != found == wanted


def test_things_that_say_the_same_are_the_same_wherever_they_stand():
    old = [thing("Weigh", WEIGH), thing("Route", ROUTE), thing("Label", LABEL)]
    found = match([old[2], old[0], old[1]], old)
    assert pairs(found) == {0: 2, 1: 0, 2: 1}
    assert {one.how for one in found.by_new.values()} == {How.SAME}


def test_twins_are_told_apart_by_their_place_and_then_by_their_order():
    old = [thing("Get", place="June"), thing("Get", place="July"), thing("Get", place="July")]
    assert pairs(match([thing("Get", place="July"), thing("Get", place="June")], old)) == {0: 1, 1: 0}
    assert pairs(match([thing("Get", place="July"), thing("Get", place="July")], old)) == {0: 1, 1: 2}


def test_a_new_title_over_the_same_text_is_the_same_thing():
    assert pairs(match([thing("Scales", WEIGH)], [thing("Weigh", WEIGH), thing("Route", ROUTE)])) == {0: 0}


def test_a_new_text_under_the_same_title_is_the_same_thing():
    assert pairs(match([thing("Weigh", LABEL)], [thing("Weigh", WEIGH), thing("Route", ROUTE)])) == {0: 0}


def test_a_title_that_two_share_decides_nothing():
    found = match([thing("Weigh", LABEL)], [thing("Weigh", WEIGH), thing("Weigh", ROUTE)])
    assert all(one.how is How.ALIKE and one.is_doubtful for one in found.by_new.values())


def test_where_the_title_says_one_thing_and_the_text_another_it_is_doubtful():
    found = match([thing("Weigh", ROUTE)], [thing("Weigh", WEIGH), thing("Route", ROUTE)])
    [one] = found.by_new.values()
    assert one.is_doubtful
    assert [place for place, _ in one.rivals] == [1 - one.old]


def test_a_reworded_thing_is_found_among_others():
    new = [thing("Weigh a parcel", WEIGH.replace("grams", "kilograms").replace("depot's scales", "scales"))]
    found = match(new, [thing("Route", ROUTE), thing("Weighing a parcel", WEIGH), thing("Label", LABEL)])
    [one] = found.by_new.values()
    assert (one.old, one.is_doubtful) == (1, False)
    assert one.score >= SURE


def test_unlike_things_are_not_matched_and_not_even_doubted():
    found = match([thing("Weigh", WEIGH)], [thing("Route", ROUTE), thing("Label", LABEL)])
    assert pairs(found) == {}
    assert found.left == {}


def test_two_that_are_nearly_equally_like_are_doubted_with_the_other_named():
    old = [thing("Direct A", f"{WEIGH} before noon"), thing("Direct B", f"{WEIGH} at midnight")]
    [one] = match([thing("Direct C", f"{WEIGH} at noon")], old).by_new.values()
    assert one.is_doubtful
    assert [place for place, _ in one.rivals] == [1 - one.old]


def test_the_best_goes_first_whatever_the_order():
    best, other = thing("Weigh parcels now", WEIGH + " and pounds"), thing("Scales", WEIGH[:60])
    old = [thing("Weigh parcels", WEIGH)]
    assert pairs(match([best, other], old)) == {0: 0}
    assert pairs(match([other, best], old)) == {1: 0}


def test_what_staff_made_is_matched_only_without_doubt():
    doubtful = [thing("Weigh by hand", f"{WEIGH[:40]} or by hand at home")]
    made_by_hand = match(doubtful, [thing("Weigh", WEIGH, is_known=False)])
    assert pairs(made_by_hand) == {}
    assert [place for place, _ in made_by_hand.left[0]] == [0]
    [known] = match(doubtful, [thing("Weigh", WEIGH)]).by_new.values()
    assert known.is_doubtful
    assert FLOOR <= known.score < SURE


def test_what_the_last_import_knew_goes_before_a_copy_that_staff_made():
    old = [thing("Weigh", WEIGH, is_known=False), thing("Weigh", WEIGH)]
    assert pairs(match([thing("Weigh", WEIGH)], old)) == {0: 1}


def test_a_persons_choice_goes_before_all():
    old = [thing("Weigh", WEIGH), thing("Route", ROUTE)]
    found = match([thing("Weigh", WEIGH), thing("Route", ROUTE)], old, {0: 1, 1: None})
    assert pairs(found) == {0: 1}
    assert found.by_new[0].how is How.CHOSEN


def test_case_punctuation_and_markup_are_no_difference():
    assert likeness(thing("**Weigh** a Parcel!"), thing("weigh a parcel")) == 100.0
    assert likeness(thing(""), thing("")) == 0.0


WORDS = st.sampled_from(["parcel", "weigh", "route", "label", "print", "depot", "scale", "price", "map", "shop"])
THINGS = st.lists(
    st.builds(
        lambda title, text, is_known: thing(" ".join(title), " ".join(text), is_known=is_known),
        st.lists(WORDS, min_size=1, max_size=3),
        st.lists(WORDS, max_size=8),
        st.booleans(),
    ),
    max_size=8,
)


@given(THINGS, THINGS)
def test_matching_is_one_to_one_and_the_same_again(new, old):
    found = match(new, old)
    assert len({*pairs(found).values()}) == len(found.by_new)
    assert match(new, old) == found
    assert not {*found.left} & {*found.by_new}
    for place, one in found.by_new.items():
        assert one.new == place
        assert one.old not in [rival for rival, _ in one.rivals]


@given(THINGS)
def test_everything_is_found_again_in_itself(things):
    assert len(match(things, things).by_new) == len(things)
    assert all(things[old].same[1] == one.same[1] for old, one in _with_things(things))


def _with_things(things):
    found = match(things, things)
    return [(one.old, things[place]) for place, one in found.by_new.items()]


def test_two_thousand_reworded_things_are_each_found_among_two_thousand():
    def text(number: int) -> str:
        # Ten words of a vocabulary in which each word is in about a hundredth of the texts.
        return " ".join(f"w{(number * 7 + step * step * 131 + step * number) % 1009}" for step in range(30))

    old = [thing(f"Title {number} {text(number)[:20]}", text(number)) for number in range(2000)]
    new = [thing(f"New {number} {text(number)[:20]}", text(number) + " and so on") for number in range(2000)]
    began = time.process_time()
    found = match(new, old)
    assert pairs(found) == {number: number for number in range(2000)}
    assert time.process_time() - began < 20  # all pairs would take minutes


def test_two_thousand_things_of_the_same_words_do_not_take_for_ever():
    old = [thing("The API", f"alpha beta gamma {number} old") for number in range(2000)]
    new = [thing("The API", f"alpha beta gamma {number} new") for number in range(2000)]
    began = time.process_time()
    match(new, old)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("change", ["title", "words", "shortened"])
def test_rows_of_the_real_november_roadmap_are_found_however_reworded(change):
    rows = []
    for name in ("backlog", "in-test", "released"):
        for line in (real_source("vat-2018-11") / f"{name}.html.md").read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) == 3 and cells[0] != "Name" and "---" not in cells[0]:
                rows.append((cells[1].split("**")[1] if "**" in cells[1] else cells[1][:60], cells[1]))
    assert len(rows) > 15

    def changed(title: str, text: str) -> Traits:
        words = text.split()
        match change:
            case "title":
                return thing("Something wholly other", text)
            case "words":
                return thing(title, " ".join(word if place % 5 else "new" for place, word in enumerate(words)))
            case _:
                return thing(title, " ".join(words[: max(3, len(words) * 2 // 3)]))

    old = [thing(title, text) for title, text in rows]
    found = match([changed(title, text) for title, text in rows], old)
    wrong = [one for place, one in found.by_new.items() if one.old != place and not one.is_doubtful]
    assert wrong == []
    right = [one for place, one in found.by_new.items() if one.old == place]
    assert len(right) >= len(rows) - 1
