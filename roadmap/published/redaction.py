"""What happened in an Edition, as readers are told of it now: in the words of then.

A roadmap that keeps its earlier dates to itself keeps those too that its old Editions told of: what a date became then
is, by now, what it was. So of a date that is no longer so, only that it changed is told.
"""

from collections.abc import Mapping, Sequence

import msgspec

from roadmap.content.changes import Act, is_of_date
from roadmap.content.choices import Environment, Noun
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent
from roadmap.published.change_words import Say, after_colon, in_sentences, sentence
from roadmap.published.history import PastEdition, ThingTold, ToldChange

ANY_RELEASE = "A release"


class Retelling:
    """`contents` is what there is now, by uid; `hides_dates`, whether readers may know of a date only what it is."""

    def __init__(self, contents: Mapping[str, Content], *, hides_dates: bool):
        self._contents = contents
        self._hides_dates = hides_dates

    def sentences(self, thing: ThingTold, told: Sequence[ToldChange], edition: PastEdition) -> list[str]:
        """Of these changes of it, each with its reason."""
        return in_sentences(told, self._roadmap(edition), self._saying(thing))

    def after_colon(self, thing: ThingTold, told: Sequence[ToldChange], edition: PastEdition) -> str:
        """The same, to follow its title."""
        return after_colon(told, self._roadmap(edition), self._saying(thing))

    def title(self, thing: ThingTold) -> str:
        """As it was then; of a release, whose title may be its date, as it is now where dates are kept back."""
        if thing.noun is Noun.ROADMAP:
            return "This roadmap"
        if thing.noun is Noun.RELEASE and self._hides_dates:
            now = self._contents.get(thing.uid)
            return now.title if isinstance(now, ReleaseContent) else ANY_RELEASE
        return thing.title

    def _roadmap(self, edition: PastEdition) -> RoadmapContent:
        hides_dates = self._hides_dates or edition.roadmap.hides_date_history
        return msgspec.structs.replace(edition.roadmap, hides_date_history=hides_dates)

    def _saying(self, thing: ThingTold) -> Say:
        def say(told: ToldChange, roadmap: RoadmapContent) -> str:
            if self._hides_dates and is_of_date(told.change) and not self._is_so_still(thing, told):
                return _without_dates(told, roadmap)
            return sentence(told, roadmap)

        return say

    def _is_so_still(self, thing: ThingTold, told: ToldChange) -> bool:
        """Whether the date that it told of is the one that readers see now, or it told of none."""
        field, after, now = told.change.field, told.change.after, self._contents.get(thing.uid)
        if after is None or field == "is_deployed":
            return True
        if isinstance(now, ReleaseContent):
            return bool(after == (now.typed if field == "when" else now.title))
        if not isinstance(now, ItemContent):
            return False
        if field == "release":
            release = self._contents.get(now.release_uid)
            return isinstance(release, ReleaseContent) and release.title == after
        milestone = now.milestone(Environment(field.removeprefix("milestone.")))
        return bool(milestone and milestone.typed == after.get("when", ""))


def _without_dates(told: ToldChange, roadmap: RoadmapContent) -> str:
    change = told.change
    if change.field.startswith("milestone."):
        if change.act is Act.DEPLOYED:
            return sentence(told, roadmap)  # where it is now; when it was expected there is left out
        return f"{roadmap.labels[Environment(change.field.removeprefix('milestone.'))]} date changed"
    if change.field == "release":
        return "Added to a release" if change.before is None else "Moved to another release"
    return "Date changed" if change.field == "when" else "Title changed"
