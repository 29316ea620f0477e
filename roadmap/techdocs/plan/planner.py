"""What importing would do to the working copies of one roadmap. Reads them; writes nothing."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import msgspec
from django.core.exceptions import ValidationError

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.content.merge import Clash, Combined, columns_in_order, combine, differing, parts, plain, put_back
from roadmap.content.things import Content, ItemContent, PageContent, RoadmapContent, to_json
from roadmap.models import Item, Roadmap
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan import source_and_site
from roadmap.techdocs.plan.all_steps import in_place, with_free_addresses, with_used_columns, with_whole_releases
from roadmap.techdocs.plan.links import Links
from roadmap.techdocs.plan.matching import recognise, reference_of
from roadmap.techdocs.plan.plan import ConflictChoice, ImportConflict, Plan, PlanStep, Recognised, doubt_at, title_of
from roadmap.techdocs.plan.similarity import How
from roadmap.techdocs.plan.source_and_site import Part, There, as_known, free_name
from roadmap.techdocs.sources import ImportRefused


def make_plan(
    parsed: ParsedRoadmap,
    *,
    slug: str,
    contact: str = "",
    choices: Mapping[str, str] | None = None,
    today: datetime.date | None = None,
    copies: Iterable[Content] | None = None,
) -> Plan:
    """The steps that make the working copies of the roadmap at `slug` say what the source says.

    What staff have changed since the last import stays, and what never came from an import is in no step. `contact` is
    an email address that goes before the source's. `choices` are a person's answers: by the key of a part of the
    source, the uid of the thing that it is, or "" for a new one; by the key of a conflict, a ConflictChoice. Dates are
    held against `today` where it is given: see Plan.contradictions. `copies` are the roadmap's working copies, if they
    have been read.

    Raises ImportRefused for a slug that no roadmap may have, for a new roadmap without an email address, and for a
    choice of what is not there.
    """
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        check_slug(slug)
    choices = dict(choices or {})
    there = source_and_site.what_is_there(roadmap, copies)
    ours = next(iter(there[Noun.ROADMAP]), None)
    keys = source_and_site.column_keys(parsed, ours, [item for item in there[Noun.ITEM] if not item.is_gone])
    apis = source_and_site.known_apis(parsed, roadmap)
    roadmap_said = source_and_site.roadmap_said(parsed, slug, contact, keys, ours)
    new = source_and_site.said(parsed, apis.known, keys)
    recognised, unsure = recognise(new, there, choices)
    doubts = [*unsure]
    if roadmap is None and roadmap_said.description and not parsed.description:
        text = f"The source does not say what the roadmap is: “{roadmap_said.description}” is proposed, from a page."
        doubts.append(Doubt(parsed.path, 0, text))
    kept_prefix = "" if roadmap else _prefix_to_keep(parsed)
    references = _own_references(new[Noun.ITEM]) if kept_prefix else {}
    if roadmap is not None or references:
        doubts += _of_references((part for part in new[Noun.ITEM] if recognised[part.key].uid is None), references)
    elif any(item.reference for item in parsed.items):
        text = "The references here are not kept: another roadmap has them, or they do not all begin alike."
        doubts.append(Doubt(parsed.path, 0, text))
    uids = {part.key: recognised[part.key].uid or part.key for some in new.values() for part in some}
    contents = {thing.uid: thing.ours or thing.known for some in there.values() for thing in some}
    led = partial(Links(parsed, slug).led, known=lambda key: contents.get(uids[key]))
    steps = [_roadmap_step(parsed, led(roadmap_said, f"{parsed.path}:{parsed.line}", Noun.ROADMAP), ours, choices)]
    kept_columns = {column.key for column in getattr(steps[0].after, "fields", ())}
    for noun in (Noun.PAGE, Noun.RELEASE, Noun.ITEM, Noun.CHANGELOG_ENTRY):
        by_uid = {thing.uid: thing for thing in there[noun]}
        for part in new[noun]:
            thing = by_uid.pop(uids[part.key], None)
            content = _with_identity(part.content, thing, uids, kept_columns, references.get(part.key, ""))
            content = led(content, part.source, part.key)
            steps.append(_step(noun, part, content, thing, recognised[part.key], choices))
        gone = [thing for thing in by_uid.values() if thing.base is not None and not thing.is_gone]
        # A source that has no changelog at all does not take back what one before it told readers.
        is_kept = noun is Noun.CHANGELOG_ENTRY and not parsed.has_changelog
        steps += [_gone(noun, thing, choices, is_kept=is_kept) for thing in gone]
        if is_kept and (number := sum(thing.ours is not None for thing in gone)):
            are = "1 changelog entry of an earlier import was" if number == 1 else f"{number:,} changelog entries were"
            text = f"There is no changelog in the source any more, so {are} kept. Delete what should go."
            doubts.append(Doubt(parsed.path, 0, text))
    untouched = [
        thing.ours for some in there.values() for thing in some if thing.ours is not None and thing.base is None
    ]
    steps, doubts_of_releases = with_whole_releases(steps, untouched)
    steps = with_free_addresses(in_place(steps, there), untouched)
    steps[0] = with_used_columns(steps, untouched)
    return Plan(
        parsed=parsed,
        slug=slug,
        contact=contact,
        choices=choices,
        roadmap_pk=roadmap.pk if roadmap else None,
        prefix=roadmap.reference_prefix if roadmap else kept_prefix or _free_prefix(slug),
        steps=tuple(step.but(after=source_and_site.with_known_apis(step.after, apis.known)) for step in steps),
        apis=apis.to_write,
        doubts=(*parsed.doubts, *apis.doubts, *doubts, *doubts_of_releases),
        matching_doubts=tuple(unsure),
        others=tuple(untouched),
        today=today,
    )


def check_slug(slug: str) -> None:
    """Raises ImportRefused for an address that no roadmap may have."""
    try:
        Roadmap._meta.get_field("slug").clean(slug, None)
    except ValidationError as error:
        raise ImportRefused(f"“{slug[:100]}” cannot be a roadmap's address: {' '.join(error.messages)}") from error


# References


def _prefix_to_keep(parsed: ParsedRoadmap) -> str:
    """Of a new roadmap, whose items keep their references: the one that all references begin with, if nobody has it.

    Empty where there is none such: the items then get new references.
    """
    prefixes = {item.reference.rpartition("-")[0] for item in parsed.items if item.reference}
    if len(prefixes) != 1:
        return ""
    (prefix,) = prefixes
    is_taken = (
        Roadmap.objects.filter(reference_prefix=prefix).exists()
        or Item.objects.filter(reference__startswith=f"{prefix}-").exists()
    )
    return "" if is_taken else prefix


def _free_prefix(slug: str) -> str:
    """ "VAT", from "vat-mtd"; with a number where another roadmap has that."""
    first = re.sub(r"[^A-Z0-9]", "", re.split("[-_]", slug.strip("-_"))[0].upper())
    taken = Roadmap.objects.values_list("reference_prefix", flat=True)
    # A reference such as VAT-1 must not read like one of VAT1.
    return free_name((first if first[:1].isalpha() else f"R{first}")[:8], {*taken}, before_number="")


def _own_references(new: Sequence[Part]) -> dict[str, str]:
    """By key, the references of the parts that are the first with theirs."""
    first = {reference: part.key for part in reversed(new) if (reference := reference_of(part.content))}
    return {key: reference for reference, key in first.items()}


def _of_references(new: Iterable[Part], own: Mapping[str, str]) -> Iterable[Doubt]:
    """A doubt for each new item that does not get the reference which the source gives it."""
    for part in new:
        reference = reference_of(part.content)
        if reference and reference != own.get(part.key):
            text = f"“{part.title}” is a new item and gets the next reference: {reference} is not its own here."
            yield doubt_at(part.source, text)


def highest_number(prefix: str, references: Iterable[str]) -> int:
    """The number after which new references go on."""
    found = (reference.rpartition("-") for reference in references)
    return max((int(number) for start, _, number in found if start == prefix and number.isdecimal()), default=0)


# What becomes of one thing


def _roadmap_step(
    parsed: ParsedRoadmap, theirs: RoadmapContent, there: There | None, choices: Mapping[str, str]
) -> PlanStep:
    part = Part(str(Noun.ROADMAP), theirs, f"{parsed.path}:{parsed.line}")
    if there is not None:
        step = _step(Noun.ROADMAP, part, theirs, there, Recognised(there.uid, How.SAME, 100.0), choices)
        return step.but(after=_columns_in_order(cast(RoadmapContent, step.after), theirs, there))
    contact = theirs.contact
    if not contact.email:
        raise ImportRefused(
            f"{parsed.path} names no email address, and a new roadmap needs one for its enquiry link. "
            "Give it with --contact EMAIL."
        )
    if not (parsed.contact and parsed.contact.is_all):
        subject = contact.subject or str(Roadmap._meta.get_field("contact_subject").get_default())
        contact = msgspec.structs.replace(contact, subject=subject)
    after = msgspec.structs.replace(theirs, contact=contact, position=Roadmap.objects.count())
    return PlanStep(Noun.ROADMAP, part.key, part.source, after=after, record=theirs)


def _step(
    noun: Noun, part: Part, theirs: Content, there: There | None, found: Recognised, choices: Mapping[str, str]
) -> PlanStep:
    if there is None:
        return PlanStep(noun, part.key, part.source, after=theirs, record=theirs, recognised=found)
    if there.ours and there.base and parts(theirs) == parts(there.base) == parts(there.ours):
        return PlanStep(noun, part.key, part.source, there.ours, there.ours, there.base, theirs, found)  # most of all
    theirs = as_known(theirs, there.ours, there.base)
    step = PlanStep(noun, part.key, part.source, there.ours, None, there.base, theirs, found)
    if there.is_gone:
        return step.but(after=theirs)
    if there.ours is None:
        # Staff have deleted it since. If the source says it as before, it stays so; otherwise somebody must say.
        if not differing(there.known, theirs):
            return step
        conflict = _conflict(step, there, Clash(EXISTENCE, title_of(there.known), None, part.title), choices)
        if conflict.choice == ConflictChoice.SOURCE:
            return step.but(after=theirs)
        return step.but(record=theirs if conflict.choice else there.known, conflicts=(conflict,))
    chosen = frozenset(
        name
        for name in {*parts(theirs), *parts(there.ours)}
        if choices.get(f"{there.uid}:{name}") == ConflictChoice.SOURCE
    )
    is_sure = found.how in (How.SAME, How.CHOSEN)
    result: Combined = combine(there.base, theirs, there.ours, source_wins=is_sure, from_source=chosen)
    conflicts = tuple(_conflict(step, there, clash, choices) for clash in result.clashes)
    open_ones = [clash for clash, told in zip(result.clashes, conflicts, strict=True) if not told.choice]
    if open_ones:
        step = step.but(record=put_back(theirs, open_ones) if there.base is not None else None)
    return step.but(after=result.content, conflicts=conflicts)


def _gone(noun: Noun, there: There, choices: Mapping[str, str], *, is_kept: bool) -> PlanStep:
    """The source does not say it any more."""
    step = PlanStep(noun, "", there.source, there.ours, None, there.base)
    if is_kept:
        return step.but(after=there.ours, record=there.base)
    edited = differing(there.known, there.ours) if there.ours else []
    title = title_of(there.ours)
    conflict = _conflict(step, there, Clash(EXISTENCE, title, title, None), choices, tuple(edited))
    if not edited or conflict.choice == ConflictChoice.SOURCE:
        return step.but(record=there.base, is_gone=True)
    # Told to keep it, it is staff's own from now on.
    return step.but(after=there.ours, record=None if conflict.choice else there.base, conflicts=(conflict,))


def _conflict(
    step: PlanStep, there: There, clash: Clash, choices: Mapping[str, str], edited: tuple[str, ...] = ()
) -> ImportConflict:
    key = f"{there.uid}:{clash.field}"
    return ImportConflict(
        key=key,
        noun=step.noun,
        uid=there.uid,
        title=title_of(there.ours or there.known),
        source=step.source,
        field=clash.field,
        before=plain(clash.before),
        ours=plain(clash.ours),
        theirs=plain(clash.theirs),
        edited=edited,
        choice=choices.get(key, ""),
    )


def _columns_in_order(after: RoadmapContent, theirs: RoadmapContent, there: There) -> RoadmapContent:
    """In the order of the source; in that of staff where the source's has not changed."""
    wanted, old, now = (
        [column.key for column in getattr(content, "fields", ())] for content in (theirs, there.base, there.ours)
    )
    is_as_it_was = there.base and [key for key in wanted if key in old] == [key for key in old if key in wanted]
    return columns_in_order(after, now if is_as_it_was else wanted)


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
