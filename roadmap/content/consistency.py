"""What contradicts the calendar or itself: an item with its release, a release with its items. Pure.

The day is given, London's. Each sentence says what to do, in the names that the roadmap gives its environments.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from roadmap.content.choices import Environment, Noun
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import ItemContent, ReleaseContent, counted, named
from roadmap.dates import When
from roadmap.dates.moves import has_passed


class Severity(StrEnum):
    """In the order in which they are listed."""

    IMPOSSIBLE = "impossible"  # refused where it is typed
    ODD = "odd"  # it may be so: somebody should look
    PASSED = "passed"  # a planned day is over, and nobody has said what came of it


@dataclass(frozen=True)
class Finding:
    content: ItemContent | ReleaseContent  # the item or the release that is put right
    severity: Severity
    sentence: str
    items: frozenset[str] = frozenset()  # by uid, the items of a release that it is about too

    @property
    def title(self) -> str:
        return self.content.title

    @property
    def uids(self) -> frozenset[str]:
        return self.items | {self.content.uid}


def find(snapshot: Snapshot, today: datetime.date) -> list[Finding]:
    """All that is to be checked in a roadmap, the worst first, otherwise in the order of the roadmap."""
    within: dict[str, list[PlacedItem]] = defaultdict(list)
    for item in snapshot.items:
        within[item.content.release_uid].append(item)
    found = [finding for release in snapshot.releases for finding in _of_release(release, within[release.uid], today)]
    found += (finding for item in snapshot.items for finding in _of_item(item, today))
    order = [*Severity]
    return sorted(found, key=lambda finding: order.index(finding.severity))


def of_date(name: str, when: When | None, is_deployed: bool, today: datetime.date) -> tuple[Severity, str] | None:
    """What is wrong with one date, and with what is said of its having come. `name` begins the sentence."""
    if when is None:
        return None
    if not (is_deployed or when.says_deployed):
        if not has_passed(when, today):
            return None
        advice = "this date has passed. Give a new date, or mark it as deployed."
        return Severity.PASSED, f"{name} was expected {when.in_sentence}: {advice}"
    why = ""
    if when.is_not_applicable:
        why = "both not applicable and deployed"
    elif when.is_to_be_confirmed or (when.is_provisional and when.end):
        why = "both to be confirmed and deployed"
    elif when.start and when.start > today:
        why = f"deployed in the future ({when.in_sentence})"
    if why:
        advice = "Give the date on which it was deployed, or do not mark it as deployed."
        return Severity.IMPOSSIBLE, f"{name} cannot be {why}. {advice}"
    if not is_deployed:
        advice = "Tick “deployed”, or take the word out of the date."
        return Severity.ODD, f"{name} has a date that says “deployed”, and is not marked as deployed. {advice}"
    return None


def says_otherwise(items: Sequence[PlacedItem]) -> list[PlacedItem]:
    """The items that are not live by what they say themselves, whatever their release says."""
    own = ((item, item.content.milestone(Environment.LIVE)) for item in items)
    return [item for item, milestone in own if milestone and not milestone.is_deployed]


def two_reasons(snapshot: Snapshot, reasons: Mapping[tuple[str, str], str]) -> list[Finding]:
    """Items whose live date moves with that of their release, each for a reason of its own.

    `reasons` are those of one publication, by uid and by the field of the change.
    """
    found = []
    for item in snapshot.items:
        own = reasons.get((item.content.uid, f"milestone.{Environment.LIVE}"), "")
        its = [reasons.get((item.content.release_uid, name), "") for name in ("when", "title")]
        if item.release and own and any(reason and reason.casefold() != own.casefold() for reason in its):
            found.append(
                Finding(
                    item.content,
                    Severity.ODD,
                    f"{item.roadmap.labels.live} moves with its release “{item.release.title}”, and the two give "
                    "different reasons. Give one reason for both, or check that both are so.",
                    frozenset({item.content.uid}),
                )
            )
    return found


def _of_item(item: PlacedItem, today: datetime.date) -> Iterator[Finding]:
    labels = item.roadmap.labels
    for milestone in item.content.milestones:
        environment = milestone.environment
        found = of_date(labels[environment], milestone.when, milestone.is_deployed, today)
        if found and not (found[0] is Severity.PASSED and item.is_deployed(environment)):
            yield Finding(item.content, *found)
    for earlier, later in combinations(Environment, 2):
        if sentence := _out_of_order(item, earlier, later, today):
            yield Finding(item.content, Severity.ODD, sentence)


def _out_of_order(item: PlacedItem, earlier: Environment, later: Environment, today: datetime.date) -> str:
    first, then = item.due(earlier), item.due(later)
    if first is None:
        return ""
    name, other = item.roadmap.labels[earlier], item.roadmap.labels[later]
    if item.is_deployed(later) and not item.is_deployed(earlier):
        if first.is_to_be_confirmed:
            advice = f"Mark {name} as deployed too, or write “N/A” if it will never be there."
            return f"{name} is to be confirmed, but {other} is deployed. {advice}"
        if first.start and not first.says_deployed and not has_passed(first, today):
            return f"{name} is still to come ({first.in_sentence}), but {other} is deployed. Correct what is wrong."
    elif first.start and then and then.end and first.start > then.end:
        whose = ", the date of its release" if later is Environment.LIVE and _has_date_of_release(item) else ""
        dates = f"{first.in_sentence} and {then.in_sentence}{whose}"
        return f"{name} comes after {other}: {dates}. Correct the date that is wrong."
    return ""


def _of_release(release: ReleaseContent, items: Sequence[PlacedItem], today: datetime.date) -> Iterator[Finding]:
    found = of_date("This release", release.due, release.is_deployed, today)
    live = [item.content.milestone(Environment.LIVE) for item in items]
    if live and not release.is_deployed and all(milestone and milestone.is_deployed for milestone in live):
        are = "The only item of this release is" if len(live) == 1 else f"All {len(live)} items of this release are"
        sentence = f"{are} deployed, and the release is not. Mark it as deployed too."
        yield Finding(release, Severity.ODD, sentence, frozenset(item.content.uid for item in items))
        found = None if found and found[0] is Severity.PASSED else found
    if found:
        dated = frozenset(item.content.uid for item in items if _has_date_of_release(item))
        yield Finding(release, *found, dated if found[0] is Severity.PASSED else frozenset())
    if release.is_deployed and (others := says_otherwise(items)):
        say = f"{counted(len(others), Noun.ITEM)} in it {'says' if len(others) == 1 else 'say'} otherwise"
        advice = "Mark as deployed what is there, and move the rest to another release."
        titles = named([item.content.title for item in others])
        sentence = f"This release is marked as deployed, but {say}: {titles}. {advice}"
        yield Finding(release, Severity.ODD, sentence, frozenset(item.content.uid for item in others))


def _has_date_of_release(item: PlacedItem) -> bool:
    """Whether its live date is that of its release: it gives none itself."""
    own = item.content.milestone(Environment.LIVE)
    return not (own and (own.typed or own.is_deployed))
