"""The changelog entry that goes with an Edition, drafted from what it changes as a person would write it. Pure."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from roadmap.content import fields
from roadmap.content.changed_dates import has_arrived, when_of
from roadmap.content.changes import Act, FieldChange, is_of_date
from roadmap.content.choices import Environment, Noun
from roadmap.content.things import Content, ItemContent, ReleaseContent, RoadmapContent, counted_nouns, lower_first
from roadmap.dates.clock import uk_date
from roadmap.dates.moves import Move, move
from roadmap.publishing.pending import Pending

# What readers of a changelog are told of, in this order. A changelog entry does not announce another.
ANNOUNCED = [Noun.RELEASE, Noun.ITEM, Noun.PAGE]
MOST_OF_A_NAME = 80  # characters of a title, within another
MOST_OF_A_TITLE = 200  # as its field can keep

Reasons = Mapping[tuple[str, str], str]  # by uid and field of the change
Known = Callable[[], Mapping[str, Content]]  # all that readers have with the Edition, by uid


@dataclass(frozen=True)
class Announcement:
    """The changelog entry that goes with an Edition."""

    title: str
    when: str
    body: str

    @property
    def words(self) -> tuple[str, str]:
        """Of its title and its text, however a browser breaks their lines."""
        return " ".join(self.title.split()), self.body.replace("\r", "").strip()


class _Happening(NamedTuple):
    """What can happen to a thing, in the order in which it is told."""

    order: int
    heading: str
    of_release: str = ""  # said of a release to which it happened; nothing where releases do not matter
    of_thing: str = ""  # said of any one thing, where that is not the heading


_ARRIVALS = [Environment.LIVE, Environment.CONTROLLED_GO_LIVE, Environment.TEST]
_NO_LONGER = len(_ARRIVALS)
_LATER = _Happening(4, "Moved later", "has moved later")
_UNSURE = _Happening(5, "Less certain dates", "has a less certain date", "given a less certain date")
_EARLIER = _Happening(6, "Brought forward", "has been brought forward")
_DATED = _Happening(7, "Dates given", "has a date", "given a date")
_FIRMER = _Happening(8, "More certain dates", "has a more certain date", "given a more certain date")
_DATES = _Happening(9, "Dates changed", "has other dates", "given another date")
_RELEASES = _Happening(10, "Moved to another release")
_ADDED = _Happening(11, "Added", "has been added")
_ADDED_AGAIN = _Happening(12, "Added again", "has been added again")
_WITHDRAWN = _Happening(13, "Withdrawn")
_REWORDED = _Happening(14, "Reworded")
_OTHERWISE = _Happening(15, "Other changes", of_thing="changed")
_OF_DATES = (
    _LATER,
    _UNSURE,
    _EARLIER,
    _DATED,
    _FIRMER,
    _DATES,
)  # where a release's own sentence says more than that it happened
_BY_MOVE = {
    Move.EARLIER: _EARLIER,
    Move.DATED: _DATED,
    **dict.fromkeys((Move.CONFIRMED, Move.MORE_EXACT), _FIRMER),
    **dict.fromkeys((Move.TO_BE_CONFIRMED, Move.PROVISIONAL, Move.LESS_EXACT), _UNSURE),
}
# What happens to the items of a release with it, where they have no date of their own.
_SHARED = (_LATER.order, _UNSURE.order, _EARLIER.order, _ARRIVALS.index(Environment.LIVE), _NO_LONGER)


class _Line(NamedTuple):
    """One thing in one group of the entry."""

    uid: str
    noun: Noun
    title: str
    sentences: Sequence[str] = ()
    reason: str = ""

    @property
    def words(self) -> str:
        return "; ".join(lower_first(sentence) for sentence in self.sentences)

    def line(self, heading: str = "", *, gives_reason: bool = True) -> str:
        """What the heading says already is left out."""
        told, said = self.words, lower_first(heading)
        rest = told.removeprefix(said) if said and told.startswith(said) else f": {told}" if told else ""
        rest = f": {rest[2:]}" if rest.startswith("; ") else rest
        reason = f". Reason: {self.reason}" if gives_reason and self.reason else ""
        return f"- ‘{_escaped(self.title)}’{_escaped(rest + reason)}"


class _Group(NamedTuple):
    """What happened alike to the things of one release, or to things of none that matters."""

    happening: _Happening
    release: str  # its title
    is_whole: bool  # it happened to the release itself, or to all that is in it
    told: Sequence[_Line]

    @property
    def lead(self) -> str:
        if self.is_whole:
            return f"{self.release} {self.happening.of_release}"
        return f"{self.happening.heading}{self.within}"

    @property
    def within(self) -> str:
        """A title such as "March 2027" must not be taken for the day on which it happened."""
        return f" (release ‘{self.release}’)" if self.release else ""

    @property
    def things(self) -> Sequence[_Line]:
        """Without the release, of which the first line tells."""
        return [told for told in self.told if not (self.is_whole and told.noun is Noun.RELEASE)]

    @property
    def text(self) -> str:
        whole = next((told for told in self.told if self.is_whole and told.noun is Noun.RELEASE), None)
        reasons = [told.reason for told in self.told if told.sentences]
        is_shared = len({*reasons}) == 1 and len(self.told) > 1
        reason = reasons[0] if is_shared else whole.reason if whole else ""
        lines = [told.line(self.happening.heading, gives_reason=not is_shared) for told in self.things]
        first = f"{self.release}: {whole.words}" if whole and self.happening in _OF_DATES else self.lead
        end = f". Reason: {reason}" if reason else ":" if lines else "."
        return "\n".join([_escaped(first + end), *([""] if lines else []), *lines])


def draft_announcement(
    found: Sequence[Pending],
    roadmap: RoadmapContent,
    at: datetime.datetime,
    *,
    known: Known,
    minor: frozenset[str] = frozenset(),
    reasons: Reasons | None = None,
) -> Announcement | None:
    """A draft for the editor to rewrite, keep or drop; None where there is nothing to announce."""
    of_roadmap = (thing for thing in found if thing.noun is Noun.ROADMAP)
    lost = frozenset(field for thing in of_roadmap for field in fields.columns_lost(thing.before, thing.after))
    announced = [thing for noun in ANNOUNCED for thing in found if thing.noun is noun and thing.uid not in minor]
    groups = _groups(announced, roadmap, known, reasons or {}, lost)
    all_told = [told for group in groups for told in group.told]
    if not all_told:
        return None
    if len({told.uid for told in all_told}) == 1:
        sentences = [sentence for told in all_told for sentence in told.sentences]
        reason = next((told.reason for told in all_told if told.reason), "")
        happening = groups[0].happening
        words = happening.of_thing or lower_first(happening.heading)
        title = groups[0].lead if groups[0].is_whole else f"‘{_shortened(all_told[0].title)}’ {words}"
        body = all_told[0]._replace(sentences=sentences, reason=reason).line()
    else:
        title, body = _title(groups), "\n\n".join(group.text for group in groups)
    return Announcement(title=title, when=uk_date(at), body=body)


def _groups(
    announced: Sequence[Pending], roadmap: RoadmapContent, known: Known, reasons: Reasons, lost: frozenset[str]
) -> list[_Group]:
    found: dict[tuple[_Happening, str], dict[str, _Line]] = defaultdict(dict)
    contents = known() if any(thing.is_new and getattr(thing.after, "release_uid", "") for thing in announced) else {}
    releases = (content for content in contents.values() if isinstance(content, ReleaseContent))
    deployed = frozenset(release.uid for release in releases if release.is_deployed)
    for thing in announced:
        for happening, changes in _happenings(thing, roadmap, lost, deployed).items():
            found[happening, _release_of(thing) if happening.of_release else ""][thing.uid] = _Line(
                thing.uid,
                thing.noun,
                thing.title,
                [change.beside_title(roadmap, tells_old_dates=not roadmap.hides_date_history) for change in changes],
                next((reason for change in changes if (reason := reasons.get((thing.uid, change.field), ""))), ""),
            )
    contents = contents or (known() if any(release for _, release in found) else {})
    before = {thing.uid: thing.before for thing in announced}
    return [
        _group(happening, release, told, contents, before.get(release))
        for (happening, release), told in sorted(found.items(), key=lambda group: group[0][0].order)
    ]


def _group(
    happening: _Happening, release: str, told: dict[str, _Line], contents: Mapping[str, Content], before: Content | None
) -> _Group:
    items = [item for item in contents.values() if isinstance(item, ItemContent) and item.release_uid == release]
    is_whole = release in told or (happening.order == 0 and bool(release) and all(map(_is_live, items)))
    is_known_as = happening in (_LATER, _UNSURE, _EARLIER)  # by the title that it had
    named = before if is_known_as and before else contents.get(release)
    if release in told and happening.order in _SHARED:
        for item in sorted(items, key=lambda item: (item.position, item.reference)):
            live = item.milestone(Environment.LIVE)
            if not live or not (live.typed or live.is_deployed):
                told.setdefault(item.uid, _Line(item.uid, Noun.ITEM, item.title))
    return _Group(happening, _shortened(getattr(named or before, "title", "")), is_whole, [*told.values()])


def _is_live(item: ItemContent) -> bool:
    live = item.milestone(Environment.LIVE)
    return bool(live and live.is_deployed)


def _release_of(thing: Pending) -> str:
    """The uid of the release that it is, or is in."""
    whole = thing.after or thing.before
    return thing.uid if thing.noun is Noun.RELEASE else getattr(whole, "release_uid", "")


def _happenings(
    thing: Pending, roadmap: RoadmapContent, lost: frozenset[str], deployed: frozenset[str]
) -> dict[_Happening, list[FieldChange]]:
    """What of its changes goes into which group. That it is in another release goes with its date, where that moves.

    `deployed` are the uids of the releases that are: what is new in one of them is live, wherever else it was before.
    """
    found: dict[_Happening, list[FieldChange]] = defaultdict(list)
    left_out = {"position", *lost}
    news = [change for change in thing.changes if change.is_news and change.field not in left_out]
    if news and thing.is_new and isinstance(thing.after, ItemContent):
        dates = (
            FieldChange(thing.noun, name, None, value) for name, value in fields.told(thing.after, [fields.MILESTONES])
        )
        is_live = thing.after.release_uid in deployed or _is_live(thing.after)
        told = (change for change in dates if not is_live or change.field == f"milestone.{Environment.LIVE}")
        told_already = {change.field for change in news}  # of what comes back
        news += [change for change in told if _says_when(change.after) and change.field not in told_already]
    for change in sorted(news, key=lambda change: change.field == "release"):
        moved = next((happening for happening in found if happening in _OF_DATES), _RELEASES)
        found[moved if change.field == "release" else _happening(thing, change, roadmap)].append(change)
    return found


def _says_when(milestone: Any) -> bool:
    """Whether it tells of a time, or that it is there: to be confirmed is what every date is that is not given."""
    when = when_of(milestone)
    return has_arrived(milestone) or bool(when and when.start)


def _happening(thing: Pending, change: FieldChange, roadmap: RoadmapContent) -> _Happening:
    if change.field == fields.EXISTENCE:
        return _WITHDRAWN if thing.is_removal else _ADDED_AGAIN if change.withdrawn_on else _ADDED
    if thing.is_new:
        return _ADDED_AGAIN if any(told.withdrawn_on for told in thing.changes) else _ADDED
    if change.act is Act.REWORDED:
        return _REWORDED
    if not is_of_date(change):
        return _OTHERWISE
    is_milestone = change.field.startswith("milestone.")
    environment = Environment(change.field.partition(".")[2]) if is_milestone else Environment.LIVE
    place = roadmap.labels.place(environment)
    if change.act is Act.DEPLOYED:
        return _Happening(_ARRIVALS.index(environment), f"Now {place}", f"is {place}")
    if change.field in thing.slipped and (change.field == "is_deployed" or has_arrived(change.before)):
        return _Happening(_NO_LONGER, f"No longer {place}", f"is no longer {place}")
    if roadmap.hides_date_history:
        return _DATES
    before, after = when_of(change.before), when_of(change.after)
    found = before and after and move(before, after)
    if change.field in thing.slipped:
        return _LATER if found is Move.LATER else _UNSURE
    if found:
        return _BY_MOVE.get(found, _DATES)
    return _DATED if after and after.start and not before else _DATES


def _title(groups: Sequence[_Group]) -> str:
    """What happened first of all, and what else."""
    alike: dict[_Happening, list[_Group]] = defaultdict(list)
    for group in groups:
        alike[group.happening].append(group)
    first, *others = (_phrase(happening, among) for happening, among in alike.items())
    more = ", and more" if others[1:] else ""
    return _shortened(". ".join([first, *others[:1]]) + more, MOST_OF_A_TITLE)


def _phrase(happening: _Happening, groups: Sequence[_Group]) -> str:
    told = {told.uid: told for group in groups for told in group.things}
    if len(groups) == 1 and groups[0].is_whole:
        return f"{groups[0].lead}: {_number(told)}" if told else groups[0].lead
    if len(told) == 1:
        return f"{happening.heading}: ‘{_shortened(next(iter(told.values())).title)}’"
    number = _number(told or {told.uid: told for group in groups for told in group.told})
    return f"{happening.heading}: {number}{groups[0].within if len(groups) == 1 else ''}"


def _number(told: Mapping[str, _Line]) -> str:
    return counted_nouns(Counter(line.noun for line in told.values()))


def _shortened(text: str, most: int = MOST_OF_A_NAME) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _escaped(text: str) -> str:
    """As plain words in Markdown: a title with an asterisk or a bracket is no formatting."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>|" else character for character in text)
