"""What the documents of a source say, as the parts of a roadmap. Pure: it reads no file and no database.

The first document is the roadmap's home: its title, its introduction, and a page for every section under a second-level
heading, but for a changelog and a footer. Every other document is one further page. Out of each, tables of items are
taken with what orders them (see `sections` and `placing`), and entries of a changelog; what nothing is left of is no
page. Whatever is not understood stays Markdown on the page where it stood, with a Doubt at its line; every word of the
source is accounted for in `WordCount`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath

from django.utils.text import slugify

from roadmap.content.links import is_fetchable
from roadmap.techdocs.parse.blocks import Blocks, Heading, Span, blocks, plain, words
from roadmap.techdocs.parse.cells import cut
from roadmap.techdocs.parse.changelog_notes import take_note_entries
from roadmap.techdocs.parse.changelog_tables import ParsedEntry, is_changelog, take_table_entries
from roadmap.techdocs.parse.column_explanations import explained
from roadmap.techdocs.parse.contact import find_contact
from roadmap.techdocs.parse.counting import count_words
from roadmap.techdocs.parse.headings import heading_mark
from roadmap.techdocs.parse.kept import doubt_kept
from roadmap.techdocs.parse.result import ParsedPage, ParsedRoadmap
from roadmap.techdocs.parse.section_items import (
    Gathered,
    call_environments,
    environment_labels,
    place_groups,
    with_one_name_for_each_api,
)
from roadmap.techdocs.parse.sections import Section, names_of_journeys, read_section
from roadmap.techdocs.sources import Doubt, ImportRefused, Source

MAX_TITLE_LENGTH = 200  # as in the working copies
MAX_DESCRIPTION_LENGTH = 1000
MAX_SLUG_LENGTH = 80

# Far beyond any roadmap: what a hostile source may cost.
MAX_PAGES = 500
MAX_ENTRIES = 2000
MAX_CHANGELOGS = 50  # in one section or file; the text of any more stays where it is

FOOTER_HEADINGS = {"footer"}
INTRODUCTION = "Introduction"

_HOME = re.compile(r"(.*/)?index(\.html)?\.(md|markdown)(\.erb)?", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_\[\]<>&!]")
_TYPED_UPDATE = re.compile(r"last updated\b", re.IGNORECASE)


@dataclass
class _Parts(Gathered):
    """What has been found so far, in the order of the source."""

    pages: list[ParsedPage] = field(default_factory=list)
    entries: list[ParsedEntry] = field(default_factory=list)
    slugs: set[str] = field(default_factory=set)
    footer: tuple[str, str, int] | None = None

    def add_page(self, document: Blocks, title: str, body: str, line: int, *, is_on_home: bool) -> None:
        path, number = document.where(line)
        if len(self.pages) == MAX_PAGES:
            raise ImportRefused(f"{path}:{number}: the source has more than {MAX_PAGES} pages and sections.")
        self.pages.append(ParsedPage(title, self._free_slug(title), body, is_on_home, path, number))

    def _free_slug(self, title: str) -> str:
        base = slugify(title)[:MAX_SLUG_LENGTH].strip("-_") or "page"
        endings = ("", *(f"-{number}" for number in range(2, MAX_PAGES + 2)))
        cut = (base[: MAX_SLUG_LENGTH - len(ending)] + ending for ending in endings)
        slug = next(one for one in cut if one not in self.slugs)
        self.slugs.add(slug)
        return slug


@dataclass(frozen=True)
class _Part:
    """Immutable: what may become a page: a section of the home page, or another document."""

    document: Blocks
    span: Span
    heading: Heading | None
    title: str
    is_on_home: bool
    section: Section
    changelogs: tuple[Span, ...]


def parse(source: Source) -> ParsedRoadmap:
    """The roadmap that the documents of a source describe.

    Raises ImportRefused where a document's front matter cannot be read, there is no title, or there is far too much.
    """
    home, *others = _in_order([blocks(document) for document in source.documents])
    documents = [home, *others]
    before = [word for document in documents for word in words("\n".join(document.lines))]
    whole = [[Span(0, len(document.lines))] for document in others]
    parts = _Parts()

    headings = list(home.headings())
    heading = next((one for one in headings if one.level == 1 and one.title), None)
    title = _title(home, heading, source.site_title)
    starts = [one for one in headings if one.level == 2 and _is_title(home, one)]
    bounds = [0, *(one.span.first for one in starts), len(home.lines)]
    introduction, *section_spans = [Span(first, last) for first, last in pairwise(bounds)]
    # Before any line is taken: the enquiry link may stand in what becomes a description or an entry.
    contact = find_contact(documents, [[introduction, *section_spans], *whole])
    if heading:
        _doubt_other_titles(home, heading, headings)
        home.take(heading.span)
        parts.kept.append(heading.title if heading.is_whole else "")
    description = _description(home, introduction, heading)
    parts.kept.append(description or "")
    by_line = {one.span.first: one for one in headings}
    without = (heading.span,) if heading else ()
    opening = _part(home, introduction, None, INTRODUCTION, by_line, is_on_home=True, without=without)
    all_parts = [opening]
    for start, span in zip(starts, section_spans, strict=True):
        all_parts.append(_part(home, span, start, start.title, by_line, is_on_home=True, without=without))
    all_parts += [_document_part(document) for document in others]

    journeys = names_of_journeys([group for part in all_parts for group in part.section.groups])
    for part in all_parts:
        has_given = bool(part.section.groups)
        for region in part.changelogs:
            if _take_changelog(part, region, parts):
                _take_heading_of_changelog(part, region, parts)
                has_given = True
        place_groups(part.section, parts, journeys, part.title)
        if part is opening:
            _introduction(home, part, heading, parts)
        else:
            _page(part, parts, has_given=has_given)
    call_environments(documents, parts)

    doubts = [Doubt(name, 0, "This was not read: only the Markdown files of the folder are.") for name in source.unread]
    doubts += source.doubts
    doubts += [one for document in documents for one in sorted(document.doubts, key=lambda one: one.line)]
    footer, footer_path, footer_line = parts.footer or (None, home.path, 0)
    # Counted without them: they are no text of the documents.
    footer = _with_links(footer, source.header_links)
    path, line = home.where(heading.span.first if heading else 0)
    return ParsedRoadmap(
        title=title,
        path=path,
        line=line,
        description=description,
        footer=footer,
        footer_path=footer_path,
        footer_line=footer_line,
        contact=contact,
        pages=tuple(parts.pages),
        entries=tuple(parts.entries),
        has_changelog=any(part.changelogs for part in all_parts),
        doubts=tuple(doubts),
        word_count=count_words(before, parts.kept, parts.structure),
        paths=tuple(document.path for document in documents),
        releases=tuple(parts.releases),
        items=tuple(with_one_name_for_each_api(parts.items)),
        fields=tuple(explained(documents, parts.fields.values())),
        environment_labels=tuple((environment.value, name) for environment, name in environment_labels(parts).items()),
    )


def _with_links(footer: str | None, links: Sequence[tuple[str, str]]) -> str | None:
    """The footer, and the links that stood in the header of every page. Those within the old site lead nowhere here."""
    outwards = [(name, target) for name, target in links if is_fetchable(target)]
    if not outwards:
        return footer
    names = [_MARKUP.sub(r"\\\g<0>", name) for name, _ in outwards]
    targets = [target.replace("<", "%3C").replace(">", "%3E") for _, target in outwards]
    listed = "\n".join(f"- [{name}](<{target}>)" for name, target in zip(names, targets, strict=True))
    return f"{footer}\n\n{listed}" if footer else listed


def _in_order(documents: list[Blocks]) -> list[Blocks]:
    """The home page first, then the others by weight, those without one last, by name."""
    others = sorted(documents, key=lambda one: (one.weight, one.path))
    # In the outermost folder that has one: others are the homes of folders within.
    homes = sorted((one for one in others if _HOME.fullmatch(one.path)), key=lambda one: one.path.count("/"))
    home = next(iter(homes), None)
    if home is None:
        home = others[0]
        if len(others) > 1:
            home.doubts.append(Doubt(home.path, 0, "There is no index.md, so this was taken for the home page."))
    others.remove(home)
    return [home, *others]


def _title(home: Blocks, heading: Heading | None, site_title: str = "") -> str:
    if heading is None:
        if home.title is None and site_title:
            home.doubt(0, f"There is no title here, so the site's was used: “{cut(site_title)}”.")
            return cut(site_title)
        if home.title is None:
            raise ImportRefused(
                f"{home.path} has no title, so it is not a roadmap's Markdown. Begin it with a line such as “# VAT”."
            )
        return home.title
    if home.title and home.title != heading.title:
        home.doubt(0, f"The front matter's title “{home.title[:100]}” was not used: the heading is the title.")
    return heading.title


def _is_title(document: Blocks, heading: Heading) -> bool:
    """Whether a section can be called by its heading; where not, it goes on in the part before."""
    if not heading.title:
        document.doubt(heading.span.first, "This heading has no words, so it begins no page.")
    elif len(heading.title) > MAX_TITLE_LENGTH:
        document.doubt(
            heading.span.first, f"This heading is longer than {MAX_TITLE_LENGTH} characters, so it begins no page."
        )
    else:
        return True
    return False


def _doubt_other_titles(document: Blocks, title: Heading, headings: Sequence[Heading]) -> None:
    for other in headings:
        if other.level == 1 and other is not title:
            document.doubt(other.span.first, "There is a title already, so this heading was kept in the text as it is.")


def _description(home: Blocks, span: Span, heading: Heading | None) -> str | None:
    """The first paragraph, if plain text can hold it."""
    first = next((token for token in home.top(span) if not (heading and token.map[0] in heading.span)), None)  # type: ignore[index]
    if first is None or first.type != "paragraph_open" or not first.map:
        return None
    text, is_whole = plain(home.tokens[home.tokens.index(first) + 1])
    if _TYPED_UPDATE.match(text):
        home.doubt(first.map[0], "This date was typed. The site shows its own, from the edition: remove this one.")
    elif text and is_whole and len(text) <= MAX_DESCRIPTION_LENGTH:
        home.take(Span(*first.map))
        return text
    return None


def _introduction(home: Blocks, part: _Part, heading: Heading | None, parts: _Parts) -> None:
    """What comes before the first section, and is no description, goes onto a page."""
    body = _body(home, part.span, heading, parts)
    if not body or home.is_only_definitions(body):
        return
    line = next(line for line in range(part.span.first, part.span.last) if _is_left(home, line, heading))
    home.doubt(line, f"What comes before the first section was kept as the page “{INTRODUCTION}”.")
    doubt_kept(home, part.span, INTRODUCTION)
    parts.add_page(home, INTRODUCTION, body, line, is_on_home=True)


def _is_left(document: Blocks, line: int, heading: Heading | None) -> bool:
    if heading and line in heading.span:
        return not heading.is_whole
    return line not in document.taken and bool(document.lines[line].strip())


def _part(
    document: Blocks,
    span: Span,
    heading: Heading | None,
    title: str,
    headings: Mapping[int, Heading],
    *,
    is_on_home: bool,
    without: tuple[Span, ...] = (),
) -> _Part:
    inside = [one for line, one in headings.items() if line in span and one.title and one is not heading]
    changelogs: list[Span] = []
    if heading and is_changelog(title):
        below = [one for one in inside if one.span.first > heading.span.first]
        changelogs = [Span(heading.span.last, _end(below, heading.level, span))]
    elif not heading and is_changelog(title):
        changelogs = [span]
    for place, one in enumerate(inside):
        if len(changelogs) == MAX_CHANGELOGS:
            break
        if is_changelog(one.title) and not any(one.span.first in other for other in changelogs):
            changelogs.append(Span(one.span.first, _end(inside[place + 1 :], one.level, span)))
    outer = None
    if heading is None and not is_on_home:
        outer = heading_mark(1, title, "", Span(0, 0), is_whole=True)
    section = read_section(document, span, headings, without=without, changelogs=changelogs, outer=outer)
    return _Part(document, span, heading, title, is_on_home, section, tuple(changelogs))


def _end(headings: Iterable[Heading], level: int, span: Span) -> int:
    """Where a section under a heading of this level ends, given those that follow it."""
    return next((one.span.first for one in headings if one.level <= level), span.last)


def _document_part(document: Blocks) -> _Part:
    headings = list(document.headings())
    heading = next((one for one in headings if one.level == 1 and _is_title(document, one)), None)
    if heading:
        title = _title(document, heading)
        _doubt_other_titles(document, heading, headings)
    else:
        title = document.title or PurePath(document.path).name.split(".")[0].replace("-", " ").capitalize()
        if not document.title:
            document.doubt(0, f"This file has no title, so its page is called “{title}”.")
    span = Span(0, len(document.lines))
    return _part(document, span, heading, title, {one.span.first: one for one in headings}, is_on_home=False)


def _take_changelog(part: _Part, region: Span, parts: _Parts) -> bool:
    """Whether there were entries in a changelog's part of a document."""
    document = part.document
    notes = take_note_entries(document, region)
    tables = take_table_entries(document, region, without={group.table.head.line for group in part.section.groups})
    for found in (notes, tables):
        parts.kept += found.kept
        parts.structure += found.structure
    parts.entries += sorted([*notes.found, *tables.found], key=lambda one: one.line)
    if len(parts.entries) > MAX_ENTRIES:
        entry = parts.entries[MAX_ENTRIES]
        raise ImportRefused(f"{entry.path}:{entry.line}: the changelog has more than {MAX_ENTRIES:,} entries.")
    return bool(notes.found or tables.found)


def _take_heading_of_changelog(part: _Part, region: Span, parts: _Parts) -> None:
    """The heading of a changelog inside a section, where nothing is left below it."""
    document = part.document
    piece = next((one for one in part.section.pieces if one.span.first == region.first), None)
    mark = piece.mark if piece else None
    if not (piece and mark and mark.is_heading and mark.is_whole) or mark.is_used:
        return
    if not document.text(Span(piece.span.last, region.last)):
        document.take(piece.span)
        parts.structure.append(mark.text)
        mark.is_used = True


def _page(part: _Part, parts: _Parts, *, has_given: bool) -> None:
    """What is left of a part, and so is a page; nothing where all of it has found another place.

    `has_given`: items or entries were taken out of it.
    """
    document, heading, title = part.document, part.heading, part.title
    marks = [piece.mark for piece in part.section.pieces if heading and piece.span.first == heading.span.first]
    is_told = any(mark.is_used for mark in marks if mark)
    if heading:
        document.take(heading.span)
    rest = document.text(part.span)
    is_gone = not rest or document.is_only_definitions(rest)
    if has_given and is_gone and (heading is None or heading.is_whole or is_told):
        parts.kept.append(rest)
        parts.structure += [heading.title] if heading and not is_told else []
        return
    line = heading.span.first if heading else 0
    body = _body(document, part.span, None if is_told else heading, parts)
    said = [heading.title] if heading and heading.is_whole and not is_told else []
    if part.changelogs and is_changelog(title):
        document.doubt(line, f"What is not an entry of the changelog was kept as the page “{title}”.")
    doubt_kept(document, part.span, title)
    is_footer = part.is_on_home and title.lower() in FOOTER_HEADINGS
    if is_footer and parts.footer is None and body and not has_given:
        parts.footer = (body, *document.where(line))
        parts.structure += said
    else:
        parts.kept += said
        parts.add_page(document, title, body, line, is_on_home=part.is_on_home)


def _body(document: Blocks, span: Span, heading: Heading | None, parts: _Parts) -> str:
    """The text that is left, after its heading's own Markdown where the title does not say all of it."""
    text = document.text(span)
    if heading and not heading.is_whole:
        text = f"{heading.source}\n\n{text}".rstrip()
        document.doubt(heading.span.first, "This heading holds more than words, so it was kept in the text too.")
    parts.kept.append(text)
    return document.with_definitions(text, span)
