"""What importing would do to the working copies of one roadmap. Reads them; writes nothing."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError

from roadmap.content import Noun
from roadmap.importing.changelog import ParsedEntry
from roadmap.importing.parsed import ParsedRoadmap
from roadmap.importing.reading import ImportRefused
from roadmap.models.working import ChangelogEntry, Page, Roadmap
from roadmap.when import UnclearDate, parse

MAX_DOUBTS_SHOWN = 20

_NOUN_WORDS = {Noun.PAGE: "Pages", Noun.CHANGELOG_ENTRY: "Changelog entries"}


class Verb(StrEnum):
    CREATE = "created"
    UPDATE = "updated"
    KEEP = "unchanged"


@dataclass(frozen=True)
class Step:
    """Immutable: what happens to one thing."""

    noun: Noun
    title: str
    source: str
    """Where in the source it stands: "index.md:12"."""
    pk: int | None
    """Of the working copy; None where it is to be made."""
    values: Mapping[str, Any]
    """By field of the working copy: all that is said of a new thing, of another only what differs."""
    before: Mapping[str, Any]
    """What those fields say now, so that a plan which somebody's edit has overtaken is no longer equal to a new one."""

    @property
    def verb(self) -> Verb:
        if self.pk is None:
            return Verb.CREATE
        return Verb.UPDATE if self.values else Verb.KEEP


@dataclass(frozen=True)
class Plan:
    """Immutable: all steps, the roadmap's own first, then pages and entries in the order of the source."""

    parsed: ParsedRoadmap
    slug: str
    contact: str
    steps: tuple[Step, ...]

    @property
    def roadmap_pk(self) -> int | None:
        return self.steps[0].pk

    @property
    def changes_something(self) -> bool:
        return any(step.verb is not Verb.KEEP for step in self.steps)

    def report(self) -> list[str]:
        """What was read, made, kept and doubted, a line each, for the person who imports."""
        lines = [f"Read {_files(self.parsed.paths)}."]
        count = self.parsed.word_count
        words = f"Words: {count.read:,} read, {count.kept:,} kept."
        if count.structure:
            names = ", ".join(dict.fromkeys(count.structure))
            words += f" The other {count.read - count.kept} name parts that the site has itself: {names}."
        lines.append(words)
        if self.changes_something:
            roadmap = self.steps[0]
            lines.append(f"Roadmap “{roadmap.title}” at /{self.slug}/: {roadmap.verb}.")
            for noun, word in _NOUN_WORDS.items():
                verbs = Counter(step.verb for step in self.steps if step.noun is noun)
                if verbs:
                    lines.append(f"{word}: {', '.join(f'{verbs[verb]} {verb}' for verb in Verb if verbs[verb])}.")
        else:
            lines.append(f"Nothing to change: the roadmap at /{self.slug}/ says all of this already.")
        doubts = self.parsed.doubts
        if doubts:
            lines.append(f"To check ({len(doubts)}):")
            lines += [f"  {doubt}" for doubt in doubts[:MAX_DOUBTS_SHOWN]]
        if len(doubts) > MAX_DOUBTS_SHOWN:
            lines.append(f"  and {len(doubts) - MAX_DOUBTS_SHOWN} more")
        return lines


def make_plan(parsed: ParsedRoadmap, *, slug: str, contact: str = "") -> Plan:
    """The steps that make the working copies of the roadmap at `slug` say what the source says.

    Pages are matched by their slug, changelog entries by title and month. What the source does not mention is in no
    step. `contact` is an email address that goes before the source's.

    Raises ImportRefused for a slug that no roadmap may have, and for a new roadmap without an email address.
    """
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        _check_slug(slug)
    steps = [
        _roadmap_step(parsed, roadmap, slug, contact),
        *_page_steps(parsed, roadmap),
        *_entry_steps(parsed, roadmap),
    ]
    return Plan(parsed, slug, contact, tuple(steps))


def _check_slug(slug: str) -> None:
    field = Roadmap._meta.get_field("slug")
    try:
        field.clean(slug, None)
    except ValidationError as error:
        raise ImportRefused(f"“{slug[:100]}” cannot be a roadmap's address: {' '.join(error.messages)}") from error


def _roadmap_step(parsed: ParsedRoadmap, roadmap: Roadmap | None, slug: str, contact: str) -> Step:
    found = parsed.contact
    said = {
        "title": parsed.title,
        "description": parsed.description,
        "footer": parsed.footer,
        "contact_email": contact or (found.email if found else None),
        "contact_subject": found.subject or None if found else None,
        "contact_name": found.name or None if found else None,
    }
    wanted: dict[str, Any] = {field: value for field, value in said.items() if value is not None}
    if roadmap is None:
        if "contact_email" not in wanted:
            raise ImportRefused(
                f"{parsed.path} names no email address, and a new roadmap needs one for its enquiry link. "
                "Give it with --contact EMAIL."
            )
        wanted = {
            "slug": slug,
            "reference_prefix": _free_prefix(slug),
            "position": Roadmap.objects.count(),
            "contact_name": wanted["contact_email"],
            **wanted,
        }
    return _step(Noun.ROADMAP, parsed.title, f"{parsed.path}:{parsed.line}", roadmap, wanted)


def _free_prefix(slug: str) -> str:
    """ "VAT", from "vat-mtd"; with a number where another roadmap has that."""
    first = re.sub(r"[^A-Z0-9]", "", re.split("[-_]", slug.strip("-_"))[0].upper())
    base = (first if first[:1].isalpha() else f"R{first}")[:8]
    taken = set(Roadmap.objects.values_list("reference_prefix", flat=True))
    # A reference such as VAT-1 must not read like one of VAT1.
    return next(one for one in (base, *(f"{base}{number}" for number in range(2, 100))) if one not in taken)


def _page_steps(parsed: ParsedRoadmap, roadmap: Roadmap | None) -> Iterator[Step]:
    by_slug = {page.slug: page for page in Page.objects.filter(roadmap=roadmap)} if roadmap else {}
    for position, page in enumerate(parsed.pages):
        there = by_slug.get(page.slug)
        wanted: dict[str, Any] = {"title": page.title, "body": page.body, "position": position}
        if there is None:
            wanted |= {"slug": page.slug, "is_on_home": page.is_on_home}
        yield _step(Noun.PAGE, page.title, f"{page.path}:{page.line}", there, wanted)


def _entry_steps(parsed: ParsedRoadmap, roadmap: Roadmap | None) -> Iterator[Step]:
    by_key: dict[tuple[str, str], list[ChangelogEntry]] = defaultdict(list)
    there = ChangelogEntry.objects.filter(roadmap=roadmap).order_by("position", "pk") if roadmap else ()
    for entry in there:
        by_key[_entry_key(entry)].append(entry)
    for position, parsed_entry in enumerate(parsed.entries):
        same = by_key[_entry_key(parsed_entry)]
        wanted = {
            "title": parsed_entry.title,
            "when": parsed_entry.when,
            "body": parsed_entry.body,
            "position": position,
        }
        source = f"{parsed_entry.path}:{parsed_entry.line}"
        yield _step(Noun.CHANGELOG_ENTRY, parsed_entry.title, source, same.pop(0) if same else None, wanted)


def _entry_key(entry: ChangelogEntry | ParsedEntry) -> tuple[str, str]:
    """Title and month; "Oct 2018" and "October 2018" are one month."""
    try:
        return entry.title, parse(entry.when).display
    except UnclearDate:
        return entry.title, entry.when


def _step(
    noun: Noun, title: str, source: str, there: Roadmap | Page | ChangelogEntry | None, wanted: dict[str, Any]
) -> Step:
    if there is None:
        return Step(noun, title, source, None, wanted, {})
    now = {field: getattr(there, field) for field in wanted}
    differing = {field: value for field, value in wanted.items() if _plain(now[field]) != _plain(value)}
    return Step(noun, title, source, there.pk, differing, {field: now[field] for field in differing})


def _plain(value: Any) -> Any:
    """A browser sends a form's text with carriage returns: that alone is no change."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _files(paths: Iterable[str]) -> str:
    names = list(paths)
    return names[0] if len(names) == 1 else f"{len(names)} files: {', '.join(names)}"
