"""Release day: marks items as deployed, or moves them to another release, all of them or none.

What it writes are working copies: pending changes like any other, until somebody publishes. References, addresses and
places in lists stay as they are.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from roadmap.content.choices import Environment
from roadmap.dates import UnclearDate, When, parse
from roadmap.dates.clock import uk_date
from roadmap.models.item import Item, Milestone
from roadmap.models.roadmap import Release, Roadmap
from roadmap.working_copies.many_items import ItemsChanged, ItemsGone, ManyItemsRefused

NO_DATE = "no date"


class NotADeploymentDate(ManyItemsRefused):
    """The text is no date on which something can have been deployed."""


class ReleaseGone(ManyItemsRefused):
    """The release is not in the roadmap, or not any more."""

    def __init__(self) -> None:
        super().__init__("This release is not in the roadmap any more. Nothing was changed: choose another.")


@dataclass(frozen=True)
class Marking:
    """What marking one item as deployed in one environment does, or would do."""

    item: Item
    milestone: Milestone | None  # as it was
    after: When

    @property
    def was(self) -> str:
        """In words: "June 2026", "3 March 2026, deployed", "no date"."""
        return self.milestone.in_words if self.milestone else NO_DATE

    @property
    def becomes(self) -> str:
        return f"{self.after}, deployed"

    @property
    def is_so_already(self) -> bool:
        return self.was == self.becomes

    @property
    def was_deployed_on(self) -> bool:
        """Whether it has a date of its own on which it was deployed, which this would overwrite."""
        return self.milestone is not None and self.milestone.is_deployed and bool(self.milestone.when)


@dataclass(frozen=True)
class Marked:
    changed: tuple[Marking, ...]
    unchanged: tuple[Marking, ...]  # so already
    deployed: tuple[Release, ...]  # releases that this marked as deployed
    waiting: tuple[Release, ...]  # releases that are not, as something in them is not live


@dataclass(frozen=True)
class Moved:
    release: Release | None
    changed: tuple[Item, ...]  # each with the release that it was in
    unchanged: tuple[Item, ...]  # in it already


def deployment_date(on_text: str, today: datetime.date) -> When:
    """The date on which something was deployed: a day, or a month or so where the day is not known.

    Raises NotADeploymentDate.
    """
    example = f"for example {uk_date(today)}"
    try:
        when = parse(on_text)
    except UnclearDate as error:
        raise NotADeploymentDate(str(error)) from error
    if when.start is None or when.end is None or when.is_provisional or when.is_deadline:
        raise NotADeploymentDate(f"“{when.text}” is not the date on which it was deployed. Enter that, {example}.")
    if when.start > today:
        raise NotADeploymentDate(
            f"{when} is in the future. Mark it as deployed on the day, or enter the date on which it was, {example}."
        )
    return when


def plan(
    *, roadmap: Roadmap, items: Collection[int], environment: Environment, on_text: str, today: datetime.date
) -> list[Marking]:
    """What `mark_deployed` would do, in the order of the roadmap; items that are gone are left out.

    Raises NotADeploymentDate.
    """
    after = deployment_date(on_text, today)
    there = Milestone.objects.filter(item__roadmap=roadmap, item__in=items, environment=environment)
    milestones = {milestone.item_id: milestone for milestone in there}
    found = Item.objects.filter(roadmap=roadmap, pk__in=items).select_related("release")
    return [Marking(item, milestones.get(item.pk), after) for item in found]


def mark_deployed(
    *,
    roadmap: Roadmap,
    items: Collection[int],
    environment: Environment,
    on_text: str,
    today: datetime.date,
    releases: Collection[int] = (),
    seen: Mapping[int, str] | None = None,
) -> Marked:
    """Gives every item, by primary key, a milestone in that environment that was deployed on that date.

    `releases` are those that are being deployed: where the environment is live and nothing in a release is left to go
    live, the release itself is marked too. `seen` is what the person saw that each item was (`Marking.was`), and
    `today` London's. Constant queries.

    Raises ManyItemsRefused: NotADeploymentDate, ItemsGone, ItemsChanged. Then nothing has changed.
    """
    with transaction.atomic():
        roadmap = Roadmap.objects.lock(roadmap.pk)
        found = plan(roadmap=roadmap, items=items, environment=environment, on_text=on_text, today=today)
        if gone := len({*items}) - len(found):
            raise ItemsGone(gone)
        if seen is not None and (
            others := [marking.item.title for marking in found if seen.get(marking.item.pk) != marking.was]
        ):
            raise ItemsChanged(others)
        changed = tuple(marking for marking in found if not marking.is_so_already)
        said = {"when": parse(on_text).text, "is_deployed": True}
        there = [marking.milestone.pk for marking in changed if marking.milestone]
        Milestone.objects.filter(pk__in=there).update(**said)
        new = [marking.item for marking in changed if not marking.milestone]
        Milestone.objects.bulk_create(Milestone(item=item, environment=environment, **said) for item in new)
        deployed, waiting = _mark_releases(roadmap, releases) if environment is Environment.LIVE else ([], [])
        unchanged = tuple(marking for marking in found if marking.is_so_already)
        return Marked(changed, unchanged, tuple(deployed), tuple(waiting))


def _mark_releases(roadmap: Roadmap, releases: Collection[int]) -> tuple[list[Release], list[Release]]:
    """Marks those that have gone live whole. Returns those that it marked, and those in which something is left."""
    undeployed = [*Release.objects.filter(roadmap=roadmap, pk__in=releases, is_deployed=False)]
    live = Milestone.objects.filter(environment=Environment.LIVE, is_deployed=True)
    left = {*Item.objects.filter(release__in=undeployed).exclude(milestones__in=live).values_list("release", flat=True)}
    whole = [release for release in undeployed if release.pk not in left]
    Release.objects.filter(pk__in=[release.pk for release in whole]).update(is_deployed=True)
    return whole, [release for release in undeployed if release.pk in left]


def move_to_release(*, roadmap: Roadmap, items: Collection[int], release: int | None) -> Moved:
    """Puts every item, by primary key, into that release of the roadmap, or into none. Constant queries.

    Raises ManyItemsRefused: ReleaseGone, ItemsGone. Then nothing has changed.
    """
    with transaction.atomic():
        roadmap = Roadmap.objects.lock(roadmap.pk)
        target = None if release is None else Release.objects.filter(roadmap=roadmap, pk=release).first()
        if release is not None and target is None:
            raise ReleaseGone
        found = [*Item.objects.filter(roadmap=roadmap, pk__in=items).select_related("release")]
        if gone := len({*items}) - len(found):
            raise ItemsGone(gone)
        changed = tuple(item for item in found if item.release_id != release)
        Item.objects.filter(pk__in=[item.pk for item in changed]).update(release=target)
        return Moved(target, changed, tuple(item for item in found if item.release_id == release))
