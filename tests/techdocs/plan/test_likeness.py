"""Which of two rows are one: what a table did to them between two imports, and what it must come to."""

from dataclasses import replace
from typing import Any

import pytest

from roadmap.content.choices import Environment
from roadmap.content.things import ApiVersion, FieldValueContent, ItemContent, MilestoneContent
from roadmap.techdocs.plan.likeness import Traits
from roadmap.techdocs.plan.matching import traits_of
from roadmap.techdocs.plan.similarity import match


def row(title: str, text: str = "", *, api: str = "", when: str = "", place: str = "", **said: Any) -> Traits:
    content = ItemContent(
        uid="",
        reference="",
        title=title,
        description=text,
        apis=(ApiVersion(name=api, version="1.0"),) if api else (),
        milestones=(MilestoneContent(environment=Environment.TEST, typed=when),) if when else (),
        release_uid=place,
        fields=tuple(FieldValueContent(key=key, value=value) for key, value in said.items()),
    )
    return traits_of(content, {place: place})


def gone(thing: Traits) -> Traits:
    return replace(thing, is_gone=True)


WIDGET = "A change so that a widget shows each colour that the printer of the label has left"
STAMP = row("Buy a stamp", "Receivers pay for a stamp with the voucher that the depot has sent", api="Stamps")
VAN = row("Vans by night", "A van may be followed on the map while it drives through the night", api="Routes")
TWIN = "Submit the yearly count of parcels to the depot before the gates close"
BOILERPLATE = "Software that sends returns must be ready for this before the gates of each depot close for good"
TBC = "Depot Hub API documentation: TBC"

SAME: dict[str, tuple[list[Traits], list[Traits], dict[int, int]]] = {
    "cut at the dash or not": (
        [row(f"Colour picker – {WIDGET[0].lower()}{WIDGET[1:]}"), STAMP],
        [row("Colour picker", f"**Colour picker –**<br>{WIDGET}")],
        {0: 0},
    ),
    "the title is the first sentence of the text": (
        [row("Weighing", "Scales send grams to software. The label says so too.", api="Scales"), STAMP, VAN],
        [row("Scales send grams to software", "The label says so too.", api="Scales")],
        {0: 0},
    ),
    "the API moved from the title to its column": (
        [row("Parcel Weights v.2", "New version, since the depot number becomes mandatory"), STAMP],
        [row("New version, since the depot number becomes mandatory", api="Parcel Weights API")],
        {0: 0},
    ),
    "twins that only an API tells apart": (
        [row("New version", "A number becomes mandatory", api=api) for api in ("Weights", "Routes")],
        [row("Number mandatory", "A number becomes mandatory", api=api) for api in ("Routes", "Weights")],
        {0: 1, 1: 0},
    ),
    "a notation": ([row("Rates for 25/26+"), row("Rates for 27/28+")], [row("Rates for 2025-26+")], {0: 0}),
    "another release, other dates, no APIs": (
        [STAMP, row("Colour picker", WIDGET, api="Labels", when="June 2026", place="June 2026")],
        [row("Colour picker", WIDGET, when="May 2027", place="May 2027")],
        {0: 1},
    ),
    "a title of its own over another text": (
        [row("Colour picker", WIDGET, place="June 2026"), STAMP],
        [row("Colour picker", "Choose among all of the shades, one for every day of a week", place="June 2026")],
        {0: 0},
    ),
    "what was withdrawn comes back, reworded a little": (
        [STAMP, gone(row("Colour picker", WIDGET, place="June 2026"))],
        [row("Colour picker", WIDGET.replace("has left", "still has"), place="May 2028")],
        {0: 1},
    ),
    "what is there goes before what was withdrawn": (
        [gone(row("Colour picker", f"{WIDGET} then")), row("Colour picker", f"{WIDGET} today, soon and once more")],
        [row("Colour picker", f"{WIDGET} by now")],
        {0: 1},
    ),
    "leftovers that two share": (
        [row("Buy a stamp", TBC), row("Vans by night", TBC), row("Locker", TBC)],
        [row("Receipts", TBC), row("Signature", TBC), row("Locker of glass", TBC)],
        {2: 2},
    ),
    "one leftover, and nobody else has it": ([row("Receipts", TBC)], [row("Signature", TBC)], {}),
    "a line that many have": (
        [row(title, BOILERPLATE) for title in ("Stamps", "Vans", "Lockers", "Scales")],
        [row(title, BOILERPLATE) for title in ("Receipts", "Vans", "Lockers")],
        {1: 1, 2: 2},
    ),
    "other forms of the same words": (
        [row("Weighing", "Reports on the errors of parcels"), STAMP],
        [row("Weighed", "Reporting an error on a parcel")],
        {0: 0},
    ),
    "of two that say the same, the one below goes": (
        [STAMP, row("Counts", TWIN), row("Counts", TWIN), VAN],
        [STAMP, VAN, row("Counts", f"{TWIN}, or after"), row("Lockers"), row("Receipts")],
        {0: 0, 1: 3, 2: 1},
    ),
    "a cell that was pasted under both": (
        [
            row("Receipts", "Individual Parcels v2.0, Depot Details v1.0<br>Sep 2027"),
            row("Lockers", api="Depot Details"),
        ],
        [
            row("Signature", "Individual Parcels v2.0, Depot Details v1.0<br>Sep 2027"),
            row("Lockers", api="Individual Parcels"),
        ],
        {1: 1},
    ),
    "another on the same subject, by the same API in the same place": (
        [row("Parcel errors", "The 404 answer tells reasons apart", api="Parcels", place="June 2026"), STAMP],
        [row("Parcel refunds", "Money goes back to whoever paid for it", api="Parcels", place="June 2026"), STAMP],
        {1: 1},
    ),
    "a title of some years ago over another text": (
        [gone(row("Gains", "This lets a customer report what was gained on a sale, to the sandbox in August")), STAMP],
        [row("Gains", "Print a summary")],
        {},
    ),
    "a few words that stood elsewhere some years ago": (
        [gone(row("Gains", "This lets a customer report a gain", place="August 2026")), STAMP],
        [row("Gains", "Report gains", place="Later")],
        {},
    ),
    "a few words that come back where they stood": (
        [gone(row("Gains", place="Later")), STAMP],
        [row("Gains", place="Later")],
        {0: 0},
    ),
    "a long title that comes back elsewhere": (
        [gone(row("High parcel child discount", place="August 2026")), STAMP],
        [row("High parcel child discount", "Claim it.", place="Later")],
        {0: 0},
    ),
    "one row for each year": (
        [row("Yearly count", TWIN, place=f"April {year}") for year in (2026, 2027)],
        [row("Yearly count", TWIN, place=f"April {year}") for year in (2027, 2028)],
        {0: 1},
    ),
    "one row for each year, which moves": (
        [row("Yearly count", TWIN, place=place) for place in ("April 2026", "April 2027")],
        [row("Yearly count", TWIN, place=place) for place in ("June 2026", "April 2027")],
        {0: 0, 1: 1},
    ),
    "a year in the title": (
        [row("Yearly count 2026 to 2027", TWIN)],
        [row("Yearly count 2027 to 2028", TWIN)],
        {},
    ),
    "a version in the title": ([row("Parcel Weights v2", TWIN)], [row("Parcel Weights v3", TWIN)], {}),
    "a day in the title": ([row("Goes live 7 June 2026", TWIN)], [row("Goes live 14 June 2026", TWIN)], {0: 0}),
    "best sum, not best first": (
        [row("Label printer", WIDGET, api="Labels"), row("Label printers", WIDGET)],
        [row("Label printer", WIDGET), row("Label printer", WIDGET, api="Labels")],
        {0: 1, 1: 0},
    ),
    "own columns tell apart": (
        [row("New version", TWIN, area="Vans"), row("New version", TWIN, area="Depots")],
        [row("New edition", TWIN, area="Depots"), row("New edition", TWIN, area="Vans")],
        {0: 1, 1: 0},
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_which_rows_are_one(what):
    old, new, expected = SAME[what]
    found = {place: one.old for place, one in match(new, old).by_new.items()}
    assert found == expected
    assert {place: one.old for place, one in match(new, [*old, VAN]).by_new.items()} == expected or VAN in new


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("**Weigh** a Parcel!", "weigh a parcel"),
        ("Weigh<br/>a&nbsp;parcel", "weigh, a parcel"),
        ("[Weigh](https://example.gov.uk/weigh) a parcel", "Weigh a parcel"),
        ("a parcel: weigh", "Weigh a parcel"),
        ("2025/26+", "25-26+"),
    ],
)
def test_markup_punctuation_case_order_and_notation_are_no_difference(text, other):
    [one] = match([row("Scales", text)], [row("Scales", other)]).by_new.values()
    assert (one.score, one.is_doubtful) == (100.0, False)


def test_a_weak_match_is_a_new_thing_with_a_doubt():
    found = match(
        [row("Yearly end", "The last word on parcels is said once all are in"), STAMP],
        [row("Crystal count", "The ability to crystallise, and with it to end the count of parcels"), STAMP, VAN],
    )
    assert [*found.by_new] == [1]
    assert [old for old, _ in found.left[0]] == [0]
