"""What importing would do to the working copies of one roadmap. Reads them; writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.merge import (
    Clash,
    Combined,
    columns_in_order,
    combine,
    differing,
    parts,
    plain,
    put_back,
)
from roadmap.content.things import Content, ItemContent, PageContent, RoadmapContent, to_json
from roadmap.dates import UnclearDate, parse
from roadmap.models.roadmap import Roadmap
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan.matching import recognise
from roadmap.techdocs.plan.new_roadmap import check_slug, default_subject, free_prefix
from roadmap.techdocs.plan.plan import Choice, Conflict, Plan, Recognised, Step
from roadmap.techdocs.plan.positions import Placed, places
from roadmap.techdocs.plan.returning import own_places, with_free_references
from roadmap.techdocs.plan.similarity import How
from roadmap.techdocs.plan.source_and_site import (
    Part,
    There,
    apis_of,
    column_keys,
    columns_of,
    roadmap_said,
    said,
    what_is_there,
)
from roadmap.techdocs.sources import ImportRefused

MAX_SLUG_LENGTH = 80

_NEW = Recognised(None)


def make_plan(parsed: ParsedRoadmap, *, slug: str, contact: str = "", choices: Mapping[str, str] | None = None) -> Plan:
    """The steps that make the working copies of the roadmap at `slug` say what the source says.

    What staff have changed since the last import stays, and what never came from an import is in no step. `contact` is
    an email address that goes before the source's. `choices` are a person's answers: by the key of a part of the
    source, the uid of the thing that it is, or "" for a new one; by the key of a conflict, a Choice.

    Raises ImportRefused for a slug that no roadmap may have, for a new roadmap without an email address, and for a
    choice of what is not there.
    """
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        check_slug(slug)
    return _Planning(parsed, roadmap, slug, contact, dict(choices or {})).plan()


@dataclass
class _Planning:
    """One plan being made: what has been found out so far."""

    parsed: ParsedRoadmap
    roadmap: Roadmap | None
    slug: str
    contact: str
    choices: dict[str, str]
    conflicts: list[Conflict] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def plan(self) -> Plan:
        there = what_is_there(self.roadmap)
        ours = next(iter(there[Noun.ROADMAP]), None)
        columns = columns_of(self.parsed)
        keys = column_keys(columns, ours)
        apis = apis_of(self.parsed)
        steps = [self._roadmap_step(roadmap_said(self.parsed, self.slug, self.contact, keys, ours), ours)]
        kept_columns = {column.key for column in _roadmap(steps[0]).fields}
        prefix = self._prefix()
        new = with_free_references(said(self.parsed, apis, keys), there[Noun.ITEM], self.parsed.identity, prefix)
        recognised, doubts = recognise(new, there, self.choices)
        self.doubts += doubts
        uids = {part.key: recognised[part.key].uid or part.key for some in new.values() for part in some}
        for noun in (Noun.PAGE, Noun.RELEASE, Noun.ITEM, Noun.CHANGELOG_ENTRY):
            by_uid = {one.uid: one for one in there[noun]}
            for part in new[noun]:
                found = recognised[part.key]
                content = _with_identity(part.content, by_uid.get(found.uid or ""), uids, kept_columns)
                steps.append(self._step(noun, part, content, by_uid.get(found.uid or ""), found))
            taken = {recognised[part.key].uid for part in new[noun]}
            gone = [one for one in there[noun] if one.uid not in taken and one.base is not None]
            says_nothing = noun is Noun.CHANGELOG_ENTRY and not self.parsed.has_changelog
            steps += self._left(noun, gone) if says_nothing else [self._gone(noun, one) for one in gone]
        untouched = [one.ours for some in there.values() for one in some if one.ours is not None and one.base is None]
        steps = _in_place(self._with_whole_releases(steps, untouched))
        steps = _with_free_addresses(steps, untouched)
        steps[0] = _with_used_columns(steps, untouched)
        return Plan(
            parsed=self.parsed,
            slug=self.slug,
            contact=self.contact,
            choices=self.choices,
            roadmap_pk=self.roadmap.pk if self.roadmap else None,
            prefix=prefix,
            steps=tuple(_with_addresses_of_apis(step, apis.named) for step in steps),
            apis=apis.to_write,
            conflicts=tuple(self.conflicts),
            doubts=(*self.parsed.doubts, *self.doubts),
        )

    def _prefix(self) -> str:
        if self.roadmap is not None:
            return self.roadmap.reference_prefix
        own = self.parsed.identity.prefix if self.parsed.identity else ""
        is_free = own and not Roadmap.objects.filter(reference_prefix=own).exists()
        return own if is_free else free_prefix(self.slug)

    # What becomes of one thing

    def _roadmap_step(self, theirs: RoadmapContent, there: There | None) -> Step:
        source = f"{self.parsed.path}:{self.parsed.line}"
        if there is None:
            if not theirs.contact.email:
                raise ImportRefused(
                    f"{self.parsed.path} names no email address, and a new roadmap needs one for its enquiry link. "
                    "Give it with --contact EMAIL."
                )
            contact = theirs.contact
            if self.parsed.identity is None:
                contact = msgspec.structs.replace(
                    contact, name=contact.name or contact.email, subject=contact.subject or default_subject()
                )
            after = msgspec.structs.replace(theirs, contact=contact, position=Roadmap.objects.count())
            return Step(Noun.ROADMAP, str(Noun.ROADMAP), source, None, after, None, theirs, _NEW)
        part = Part(str(Noun.ROADMAP), theirs, source)
        step = self._step(Noun.ROADMAP, part, theirs, there, Recognised(there.uid, How.SAME, 100.0))
        return step.but(after=_columns_in_order(_roadmap(step), theirs, there))

    def _step(self, noun: Noun, part: Part, theirs: Content, there: There | None, found: Recognised) -> Step:
        def step(after: Content | None, record: Content | None, clashes: tuple[Clash, ...] = ()) -> Step:
            conflicts = self._conflicts(noun, there, part, clashes)
            open_ones = [clash for clash, told in zip(clashes, conflicts, strict=True) if not told.choice]
            if there and open_ones:
                record = put_back(theirs, open_ones) if there.base is not None else None
            ours, base = (there.ours, there.base) if there else (None, None)
            said_by = there.source if there else ""
            return Step(
                noun, part.key, part.source, ours, after, base, record, found, said_by, conflicts, part.identity
            )

        if there is None:
            return step(theirs, theirs)
        if there.ours is None:
            return self._deleted(part, theirs, there, step)
        chosen = frozenset(
            name
            for name in {*parts(theirs), *parts(there.ours)}
            if self.choices.get(f"{there.uid}:{name}") == Choice.SOURCE
        )
        is_sure = found.how in (How.SAME, How.CHOSEN)
        says_all = part.identity is not None or (noun is Noun.ROADMAP and self.parsed.identity is not None)
        result: Combined = combine(
            there.base, theirs, there.ours, source_wins=is_sure, source_says_all=says_all, from_source=chosen
        )
        return step(result.content, theirs, result.clashes)

    def _deleted(self, part: Part, theirs: Content, there: There, step: Callable[..., Step]) -> Step:
        """Staff have deleted it since. If the source says it as before, it stays so; otherwise somebody must say."""
        if not differing(there.known, theirs):
            return step(None, theirs)
        if self.choices.get(f"{there.uid}:{EXISTENCE}") == Choice.SOURCE:
            return step(theirs, theirs)
        made = step(None, theirs, (Clash(EXISTENCE, _title(there.known), None, part.title),))
        return made if made.conflicts[0].choice else made.but(record=there.known)

    def _gone(self, noun: Noun, there: There) -> Step:
        """The source does not say it any more."""
        key = f"{there.uid}:{EXISTENCE}"
        choice = self.choices.get(key)
        if there.ours is None:
            return Step(noun, "", there.source, None, None, there.base, None, _NEW, there.source)
        edited = differing(there.known, there.ours)
        if not edited or choice == Choice.SOURCE:
            return Step(noun, "", there.source, there.ours, None, there.base, None, _NEW, there.source)
        part = Part("", there.ours, there.source)
        title = _title(there.ours)
        conflicts = self._conflicts(noun, there, part, (Clash(EXISTENCE, title, title, None),), tuple(edited))
        # Told to keep it, it is staff's own from now on.
        record = None if choice else there.base
        return Step(noun, "", there.source, there.ours, there.ours, there.base, record, _NEW, there.source, conflicts)

    def _left(self, noun: Noun, entries: Sequence[There]) -> list[Step]:
        """A source that has no changelog at all does not take back what one before it told readers."""
        if number := sum(one.ours is not None for one in entries):
            are = "1 changelog entry of an earlier import was" if number == 1 else f"{number:,} changelog entries were"
            text = f"There is no changelog in the source any more, so {are} kept. Delete what should go."
            self.doubts.append(Doubt(self.parsed.path, 0, text))
        return [Step(noun, "", one.source, one.ours, one.ours, one.base, one.base, _NEW, one.source) for one in entries]

    def _conflicts(
        self, noun: Noun, there: There | None, part: Part, clashes: tuple[Clash, ...], edited: tuple[str, ...] = ()
    ) -> tuple[Conflict, ...]:
        if there is None:
            return ()
        found = tuple(
            Conflict(
                key=f"{there.uid}:{clash.field}",
                noun=noun,
                uid=there.uid,
                title=_title(there.ours or there.known),
                source=part.source,
                field=clash.field,
                before=plain(clash.before),
                ours=plain(clash.ours),
                theirs=plain(clash.theirs),
                edited=edited,
                choice=self.choices.get(f"{there.uid}:{clash.field}", ""),
            )
            for clash in clashes
        )
        self.conflicts += found
        return found

    def _with_whole_releases(self, steps: list[Step], untouched: list[Content]) -> list[Step]:
        """No release goes while something is left in it, and one that staff deleted comes back for what is new."""
        left = [step.after for step in steps if step.after is not None] + untouched
        used = {one.release_uid: one for one in left if isinstance(one, ItemContent) and one.release_uid}
        result = []
        for step in steps:
            inside = used.get(step.uid) if step.noun is Noun.RELEASE and step.after is None else None
            if inside is not None:
                path, _, line = step.source.rpartition(":")
                if step.before is not None:
                    text = "is not in the source any more. It was kept"
                    step = step.but(after=step.before, record=step.base)
                else:
                    text = "was deleted by staff. It was made again"
                    step = step.but(after=step.record or step.base)
                self.doubts.append(
                    Doubt(path, int(line or 0), f"The release “{step.title}” {text}, for “{inside.title}” is in it.")
                )
            result.append(step)
        return result


def _roadmap(step: Step) -> RoadmapContent:
    return cast(RoadmapContent, step.after)  # the first step is the roadmap's own, and no import withdraws that


def _columns_in_order(after: RoadmapContent, theirs: RoadmapContent, there: There) -> RoadmapContent:
    """In the order of the source; in that of staff where the source's has not changed."""
    wanted, old, now = (
        [column.key for column in one.fields] if isinstance(one, RoadmapContent) else None
        for one in (theirs, there.base, there.ours)
    )
    is_as_it_was = old is not None and [key for key in wanted or () if key in old] == [
        key for key in old if key in (wanted or ())
    ]
    return columns_in_order(after, (now if is_as_it_was else wanted) or ())


def _title(content: Content | None) -> str:
    return str(getattr(content, "title", ""))


def _with_identity(content: Content, there: There | None, uids: Mapping[str, str], columns: set[str]) -> Content:
    """What the source says, as of the thing that it was recognised as: with its uid, its reference, and so on."""
    known = there.known if there else None
    values: dict[str, Any] = {"uid": uids[content.uid]}
    if isinstance(content, ItemContent):
        values |= {
            "release_uid": uids[content.release_uid] if content.release_uid else "",
            "reference": known.reference if isinstance(known, ItemContent) else content.reference,
            # A column that staff have deleted stays away.
            "fields": tuple(one for one in content.fields if one.key in columns),
        }
    if isinstance(content, PageContent) and there and there.base is None and isinstance(there.ours, PageContent):
        values["is_on_home"] = there.ours.is_on_home  # a page made by hand stays where it is shown
    return msgspec.structs.replace(content, **values)


# What depends on all of them


def _in_place(steps: list[Step]) -> list[Step]:
    """The same, in places that follow the source: see ordering. What is there already keeps its own where it can."""
    groups: dict[tuple[Noun, str], list[int]] = {}
    for index, step in enumerate(steps):
        if step.noun is not Noun.ROADMAP and step.key and step.after is not None:
            groups.setdefault((step.noun, _list_of(step.after)), []).append(index)
    result = list(steps)
    for (_, within), indexes in groups.items():
        mine = [index for index in indexes if not _is_elsewhere(steps[index])]
        if (own := own_places([steps[index] for index in mine])) is not None:
            for index, place in zip(mine, own, strict=True):
                after = cast(Content, steps[index].after)
                result[index] = steps[index].but(after=msgspec.structs.replace(after, position=place))
            continue
        placed = [
            Placed(
                steps[index].before.position if _was_in(steps[index].before, within) else None,  # type: ignore[union-attr]
                steps[index].base.position if _was_in(steps[index].base, within) else None,  # type: ignore[union-attr]
            )
            for index in mine
        ]
        for index, place in zip(mine, places(placed), strict=True):
            after = cast(Content, steps[index].after)  # as all in a list have one
            result[index] = steps[index].but(after=msgspec.structs.replace(after, position=place))
    return result


def _list_of(content: Content) -> str:
    """The list in which its place counts: an item's release, an entry's month, one for all others."""
    if isinstance(content, ItemContent):
        return content.release_uid
    try:
        return str(parse(content.typed).sort_key) if hasattr(content, "body") and hasattr(content, "typed") else ""
    except UnclearDate:
        return str(getattr(content, "typed", ""))


def _was_in(content: Content | None, within: str) -> bool:
    return content is not None and _list_of(content) == within


def _is_elsewhere(step: Step) -> bool:
    """Whether staff have put it into another release than the source: then its place there is theirs."""
    return (
        isinstance(step.after, ItemContent)
        and isinstance(step.record, ItemContent)
        and step.before is not None
        and step.after.release_uid != step.record.release_uid
    )


def _with_free_addresses(steps: list[Step], untouched: list[Content]) -> list[Step]:
    """A page keeps its address for good; a new one gets one that is free."""
    taken = {one.slug for one in untouched if isinstance(one, PageContent)}
    taken |= {step.before.slug for step in steps if isinstance(step.before, PageContent)}
    result = []
    for step in steps:
        if isinstance(step.after, PageContent) and step.before is None:
            slug = step.after.slug
            endings = ("", *(f"-{number}" for number in range(2, len(taken) + 3)))
            slug = next(
                one for one in (slug[: MAX_SLUG_LENGTH - len(end)] + end for end in endings) if one not in taken
            )
            taken.add(slug)
            step = step.but(after=msgspec.structs.replace(step.after, slug=slug))
        result.append(step)
    return result


def _with_used_columns(steps: list[Step], untouched: list[Content]) -> Step:
    """A column that is gone from the source stays as long as an item has something in it, and goes with the last."""
    step = steps[0]
    left = [step.after for step in steps if step.after is not None] + untouched
    used = {value.key for one in left if isinstance(one, ItemContent) for value in one.fields}
    after = _roadmap(step)
    kept = {column.key for column in after.fields}
    before = step.before.fields if isinstance(step.before, RoadmapContent) else ()
    missing = tuple(column for column in before if column.key in used and column.key not in kept)
    if not missing:
        return step
    after = msgspec.structs.replace(after, fields=after.fields + missing)
    if isinstance(step.record, RoadmapContent) and isinstance(step.base, RoadmapContent):
        # Still the import's, so that a later one takes it away.
        still = tuple(column for column in step.base.fields if column.key in {one.key for one in missing})
        return step.but(after=after, record=msgspec.structs.replace(step.record, fields=step.record.fields + still))
    return step.but(after=after)


def _with_addresses_of_apis(step: Step, named: Callable[[Any], Any]) -> Step:
    if isinstance(step.after, ItemContent) and step.after.apis:
        return step.but(after=msgspec.structs.replace(step.after, apis=tuple(named(one) for one in step.after.apis)))
    return step


def record_text(content: Content) -> str:
    """What an Origin keeps: without the addresses of APIs, which are nobody's change to an item."""
    if isinstance(content, ItemContent):
        bare = tuple(msgspec.structs.replace(one, url="") for one in content.apis)
        content = msgspec.structs.replace(content, apis=bare)
    return to_json(content)
