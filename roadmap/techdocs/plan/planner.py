"""What importing would do to the working copies of one roadmap. Reads them; writes nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import msgspec
from django.core.exceptions import ValidationError

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
from roadmap.models.roadmap import Roadmap
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan import references
from roadmap.techdocs.plan.all_steps import in_place, with_addresses_of_apis, with_free_addresses, with_used_columns
from roadmap.techdocs.plan.matching import recognise
from roadmap.techdocs.plan.plan import ConflictChoice, ImportConflict, Plan, PlanStep, Recognised
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
from roadmap.techdocs.plan.unchanged import as_known
from roadmap.techdocs.sources import ImportRefused

_NEW = Recognised(None)


def make_plan(parsed: ParsedRoadmap, *, slug: str, contact: str = "", choices: Mapping[str, str] | None = None) -> Plan:
    """The steps that make the working copies of the roadmap at `slug` say what the source says.

    What staff have changed since the last import stays, and what never came from an import is in no step. `contact` is
    an email address that goes before the source's. `choices` are a person's answers: by the key of a part of the
    source, the uid of the thing that it is, or "" for a new one; by the key of a conflict, a ConflictChoice.

    Raises ImportRefused for a slug that no roadmap may have, for a new roadmap without an email address, and for a
    choice of what is not there.
    """
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        check_slug(slug)
    return _Planning(parsed, roadmap, slug, contact, dict(choices or {})).plan()


def check_slug(slug: str) -> None:
    """Raises ImportRefused for an address that no roadmap may have."""
    slug_field = Roadmap._meta.get_field("slug")
    try:
        slug_field.clean(slug, None)
    except ValidationError as error:
        raise ImportRefused(f"“{slug[:100]}” cannot be a roadmap's address: {' '.join(error.messages)}") from error


def _free_prefix(slug: str) -> str:
    """ "VAT", from "vat-mtd"; with a number where another roadmap has that."""
    first = re.sub(r"[^A-Z0-9]", "", re.split("[-_]", slug.strip("-_"))[0].upper())
    base = (first if first[:1].isalpha() else f"R{first}")[:8]
    taken = set(Roadmap.objects.values_list("reference_prefix", flat=True))
    # A reference such as VAT-1 must not read like one of VAT1.
    return next(prefix for prefix in (base, *(f"{base}{number}" for number in range(2, 100))) if prefix not in taken)


@dataclass
class _Planning:
    """One plan being made: what has been found out so far."""

    parsed: ParsedRoadmap
    roadmap: Roadmap | None
    slug: str
    contact: str
    choices: dict[str, str]
    conflicts: list[ImportConflict] = field(default_factory=list)
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
        new = said(self.parsed, apis, keys)
        recognised, doubts = recognise(new, there, self.choices)
        self.doubts += doubts
        uids = {part.key: recognised[part.key].uid or part.key for some in new.values() for part in some}
        own = references.kept(new[Noun.ITEM]) if self.roadmap is None and self._kept_prefix else {}
        if self.roadmap is not None or own:
            without = [part for part in new[Noun.ITEM] if recognised[part.key].uid is None]
            self.doubts += references.doubts((part, own.get(part.key, "")) for part in without)
        elif any(item.reference for item in self.parsed.items):
            text = "The references here are not kept: another roadmap has them, or they do not all begin alike."
            self.doubts.append(Doubt(self.parsed.path, 0, text))
        for noun in (Noun.PAGE, Noun.RELEASE, Noun.ITEM, Noun.CHANGELOG_ENTRY):
            by_uid = {thing.uid: thing for thing in there[noun]}
            for part in new[noun]:
                found = recognised[part.key]
                there_already = by_uid.get(found.uid or "")
                content = _with_identity(part.content, there_already, uids, kept_columns, own.get(part.key, ""))
                steps.append(self._step(noun, part, content, there_already, found))
            taken = {recognised[part.key].uid for part in new[noun]}
            gone = [thing for thing in there[noun] if thing.uid not in taken and thing.base is not None]
            says_nothing = noun is Noun.CHANGELOG_ENTRY and not self.parsed.has_changelog
            steps += self._left(noun, gone) if says_nothing else [self._gone(noun, thing) for thing in gone]
        untouched = [
            thing.ours for some in there.values() for thing in some if thing.ours is not None and thing.base is None
        ]
        steps = in_place(self._with_whole_releases(steps, untouched), there)
        steps = with_free_addresses(steps, untouched)
        steps[0] = with_used_columns(steps, untouched)
        return Plan(
            parsed=self.parsed,
            slug=self.slug,
            contact=self.contact,
            choices=self.choices,
            roadmap_pk=self.roadmap.pk if self.roadmap else None,
            prefix=prefix,
            steps=tuple(with_addresses_of_apis(step, apis.named) for step in steps),
            apis=apis.to_write,
            conflicts=tuple(self.conflicts),
            doubts=(*self.parsed.doubts, *self.doubts),
        )

    def _prefix(self) -> str:
        return self.roadmap.reference_prefix if self.roadmap else self._kept_prefix or _free_prefix(self.slug)

    @cached_property
    def _kept_prefix(self) -> str:
        return references.prefix_to_keep(self.parsed)

    # What becomes of one thing

    def _roadmap_step(self, theirs: RoadmapContent, there: There | None) -> PlanStep:
        source = f"{self.parsed.path}:{self.parsed.line}"
        if there is None:
            if not theirs.contact.email:
                raise ImportRefused(
                    f"{self.parsed.path} names no email address, and a new roadmap needs one for its enquiry link. "
                    "Give it with --contact EMAIL."
                )
            contact = theirs.contact
            if not (self.parsed.contact and self.parsed.contact.is_all):
                subject = contact.subject or str(Roadmap._meta.get_field("contact_subject").get_default())
                contact = msgspec.structs.replace(contact, name=contact.name or contact.email, subject=subject)
            after = msgspec.structs.replace(theirs, contact=contact, position=Roadmap.objects.count())
            return PlanStep(Noun.ROADMAP, str(Noun.ROADMAP), source, None, after, None, theirs, _NEW)
        part = Part(str(Noun.ROADMAP), theirs, source)
        step = self._step(Noun.ROADMAP, part, theirs, there, Recognised(there.uid, How.SAME, 100.0))
        return step.but(after=_columns_in_order(_roadmap(step), theirs, there))

    def _step(self, noun: Noun, part: Part, theirs: Content, there: There | None, found: Recognised) -> PlanStep:
        def step(after: Content | None, record: Content | None, clashes: tuple[Clash, ...] = ()) -> PlanStep:
            conflicts = self._conflicts(noun, there, part, clashes)
            open_ones = [clash for clash, told in zip(clashes, conflicts, strict=True) if not told.choice]
            if there and open_ones:
                record = put_back(theirs, open_ones) if there.base is not None else None
            ours, base = (there.ours, there.base) if there else (None, None)
            return PlanStep(noun, part.key, part.source, ours, after, base, record, found, conflicts)

        if there is None:
            return step(theirs, theirs)
        theirs = as_known(theirs, there.ours, there.base)
        if there.ours is None:
            return self._deleted(part, theirs, there, step)
        chosen = frozenset(
            name
            for name in {*parts(theirs), *parts(there.ours)}
            if self.choices.get(f"{there.uid}:{name}") == ConflictChoice.SOURCE
        )
        is_sure = found.how in (How.SAME, How.CHOSEN)
        result: Combined = combine(there.base, theirs, there.ours, source_wins=is_sure, from_source=chosen)
        return step(result.content, theirs, result.clashes)

    def _deleted(self, part: Part, theirs: Content, there: There, step: Callable[..., PlanStep]) -> PlanStep:
        """Staff have deleted it since. If the source says it as before, it stays so; otherwise somebody must say."""
        if not differing(there.known, theirs):
            return step(None, theirs)
        if self.choices.get(f"{there.uid}:{EXISTENCE}") == ConflictChoice.SOURCE:
            return step(theirs, theirs)
        made = step(None, theirs, (Clash(EXISTENCE, _title(there.known), None, part.title),))
        return made if made.conflicts[0].choice else made.but(record=there.known)

    def _gone(self, noun: Noun, there: There) -> PlanStep:
        """The source does not say it any more."""
        key = f"{there.uid}:{EXISTENCE}"
        choice = self.choices.get(key)
        if there.ours is None:
            return PlanStep(noun, "", there.source, None, None, there.base, None, _NEW)
        edited = differing(there.known, there.ours)
        if not edited or choice == ConflictChoice.SOURCE:
            return PlanStep(noun, "", there.source, there.ours, None, there.base, None, _NEW)
        part = Part("", there.ours, there.source)
        title = _title(there.ours)
        conflicts = self._conflicts(noun, there, part, (Clash(EXISTENCE, title, title, None),), tuple(edited))
        # Told to keep it, it is staff's own from now on.
        record = None if choice else there.base
        return PlanStep(noun, "", there.source, there.ours, there.ours, there.base, record, _NEW, conflicts)

    def _left(self, noun: Noun, entries: Sequence[There]) -> list[PlanStep]:
        """A source that has no changelog at all does not take back what one before it told readers."""
        if number := sum(thing.ours is not None for thing in entries):
            are = "1 changelog entry of an earlier import was" if number == 1 else f"{number:,} changelog entries were"
            text = f"There is no changelog in the source any more, so {are} kept. Delete what should go."
            self.doubts.append(Doubt(self.parsed.path, 0, text))
        return [
            PlanStep(noun, "", thing.source, thing.ours, thing.ours, thing.base, thing.base, _NEW) for thing in entries
        ]

    def _conflicts(
        self, noun: Noun, there: There | None, part: Part, clashes: tuple[Clash, ...], edited: tuple[str, ...] = ()
    ) -> tuple[ImportConflict, ...]:
        if there is None:
            return ()
        found = tuple(
            ImportConflict(
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

    def _with_whole_releases(self, steps: list[PlanStep], untouched: list[Content]) -> list[PlanStep]:
        """No release goes while something is left in it, and one that staff deleted comes back for what is new."""
        left = [step.after for step in steps if step.after is not None] + untouched
        used = {
            content.release_uid: content for content in left if isinstance(content, ItemContent) and content.release_uid
        }
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


def _roadmap(step: PlanStep) -> RoadmapContent:
    return cast(RoadmapContent, step.after)  # the first step is the roadmap's own, and no import withdraws that


def _columns_in_order(after: RoadmapContent, theirs: RoadmapContent, there: There) -> RoadmapContent:
    """In the order of the source; in that of staff where the source's has not changed."""
    wanted, old, now = (
        [column.key for column in content.fields] if isinstance(content, RoadmapContent) else None
        for content in (theirs, there.base, there.ours)
    )
    is_as_it_was = old is not None and [key for key in wanted or () if key in old] == [
        key for key in old if key in (wanted or ())
    ]
    return columns_in_order(after, (now if is_as_it_was else wanted) or ())


def _title(content: Content | None) -> str:
    return str(getattr(content, "title", ""))


def _with_identity(
    content: Content, there: There | None, uids: Mapping[str, str], columns: set[str], reference: str
) -> Content:
    """What the source says, as of the thing that it was recognised as: with its uid, its reference, and so on."""
    known = there.known if there else None
    values: dict[str, Any] = {"uid": uids[content.uid]}
    if isinstance(content, ItemContent):
        values |= {
            "release_uid": uids[content.release_uid] if content.release_uid else "",
            "reference": known.reference if isinstance(known, ItemContent) else reference,
            # A column that staff have deleted stays away.
            "fields": tuple(value for value in content.fields if value.key in columns),
        }
    if isinstance(content, PageContent) and there and there.base is None and isinstance(there.ours, PageContent):
        values["is_on_home"] = there.ours.is_on_home  # a page made by hand stays where it is shown
    return msgspec.structs.replace(content, **values)


def record_text(content: Content) -> str:
    """What an Origin keeps: without the addresses of APIs, which are nobody's change to an item."""
    if isinstance(content, ItemContent):
        bare = tuple(msgspec.structs.replace(api, url="") for api in content.apis)
        content = msgspec.structs.replace(content, apis=bare)
    return to_json(content)
