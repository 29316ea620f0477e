"""The parts of documents that may become pages: sections of the home page, and whole other documents.

Out of each, tables of items and entries of a changelog are taken; what nothing is left of is no page. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import urlsplit

from django.utils.text import slugify

from roadmap.techdocs.parse.blocks import Blocks, DocumentHeading, Span
from roadmap.techdocs.parse.changelog_notes import take_note_entries
from roadmap.techdocs.parse.changelog_tables import ParsedEntry, is_changelog, take_table_entries
from roadmap.techdocs.parse.columns import KnownNames
from roadmap.techdocs.parse.headings import heading_line
from roadmap.techdocs.parse.home import doubt_other_titles, is_title, title_of
from roadmap.techdocs.parse.result import ParsedPage
from roadmap.techdocs.parse.section_items import Gathered, place_groups
from roadmap.techdocs.parse.sections import Section, read_section
from roadmap.techdocs.sources import ImportRefused
from roadmap.techdocs.texts import FOOTER

MAX_SLUG_LENGTH = 80  # as in the working copies

# Far beyond any roadmap: what a hostile source may cost.
MAX_PAGES = 500
MAX_ENTRIES = 2000
MAX_CHANGELOGS = 50  # in one section or file; the text of any more stays where it is

INTRODUCTION = "Introduction"
PAGES_FOLDER = "pages"
"""Of an export: its files have the addresses of their pages for names."""


@dataclass
class Parts(Gathered):
    """What has been found so far, in the order of the source."""

    pages: list[ParsedPage] = field(default_factory=list)
    entries: list[ParsedEntry] = field(default_factory=list)
    slugs: set[str] = field(default_factory=set)
    footer: str | None = None

    def add_page(self, document: Blocks, title: str, body: str, line: int, *, is_on_home: bool) -> None:
        path, number = document.where(line)
        if len(self.pages) == MAX_PAGES:
            raise ImportRefused(f"{path}:{number}: the source has more than {MAX_PAGES} pages and sections.")
        self.pages.append(
            ParsedPage(title, self._free_slug(_address_of(document) or title), body, is_on_home, path, number)
        )

    def _free_slug(self, title: str) -> str:
        base = slugify(title)[:MAX_SLUG_LENGTH].strip("-_") or "page"
        endings = ("", *(f"-{number}" for number in range(2, MAX_PAGES + 2)))
        cut = (base[: MAX_SLUG_LENGTH - len(ending)] + ending for ending in endings)
        slug = next(slug for slug in cut if slug not in self.slugs)
        self.slugs.add(slug)
        return slug


@dataclass(frozen=True)
class DocumentPart:
    """Immutable: what may become a page: a section of the home page, or another document."""

    document: Blocks
    span: Span
    heading: DocumentHeading | None
    title: str
    is_on_home: bool
    section: Section
    changelogs: tuple[Span, ...]


def _address_of(document: Blocks) -> str:
    path = PurePath(document.path)
    return path.name.split(".")[0] if path.parent.name == PAGES_FOLDER else ""


def take_introduction(home: Blocks, part: DocumentPart, heading: DocumentHeading | None, parts: Parts) -> None:
    """What comes before the first section, and is no description, goes onto a page."""
    body = _body(home, part.span, heading, parts)
    if not body or home.is_only_definitions(body):
        return
    line = next(line for line in range(part.span.first, part.span.last) if _is_left(home, line, heading))
    home.doubt(line, f"What comes before the first section was kept as the page “{INTRODUCTION}”.")
    doubt_kept(home, part.span, INTRODUCTION)
    parts.add_page(home, INTRODUCTION, body, line, is_on_home=True)


def _is_left(document: Blocks, line: int, heading: DocumentHeading | None) -> bool:
    if heading and line in heading.span:
        return not heading.is_whole
    return line not in document.taken and bool(document.lines[line].strip())


def part_of(
    document: Blocks,
    span: Span,
    heading: DocumentHeading | None,
    title: str,
    headings: Mapping[int, DocumentHeading],
    *,
    known: KnownNames,
    is_on_home: bool,
    without: tuple[Span, ...] = (),
) -> DocumentPart:
    inside = [nested for line, nested in headings.items() if line in span and nested.title and nested is not heading]
    changelogs: list[Span] = []
    if heading and is_changelog(title):
        below = [nested for nested in inside if nested.span.first > heading.span.first]
        changelogs = [Span(heading.span.last, _end(below, heading.level, span))]
    elif not heading and is_changelog(title):
        changelogs = [span]
    for place, nested in enumerate(inside):
        if len(changelogs) == MAX_CHANGELOGS:
            break
        if is_changelog(nested.title) and not any(nested.span.first in other for other in changelogs):
            changelogs.append(Span(nested.span.first, _end(inside[place + 1 :], nested.level, span)))
    outer = None
    if heading is None and not is_on_home:
        outer = heading_line(1, title, "", Span(0, 0), is_whole=True)
    section = read_section(document, span, headings, without=without, changelogs=changelogs, outer=outer, known=known)
    return DocumentPart(document, span, heading, title, is_on_home, section, tuple(changelogs))


def _end(headings: Iterable[DocumentHeading], level: int, span: Span) -> int:
    """Where a section under a heading of this level ends, given those that follow it."""
    return next((found.span.first for found in headings if found.level <= level), span.last)


def document_part(document: Blocks, known: KnownNames) -> DocumentPart:
    headings = list(document.headings())
    heading = next((found for found in headings if found.level == 1 and is_title(document, found)), None)
    if heading:
        title = title_of(document, heading)
        doubt_other_titles(document, heading, headings)
    else:
        title = document.title or PurePath(document.path).name.split(".")[0].replace("-", " ").capitalize()
        if not document.title:
            document.doubt(0, f"This file has no title, so its page is called “{title}”.")
    span = Span(0, len(document.lines))
    by_line = {found.span.first: found for found in headings}
    return part_of(document, span, heading, title, by_line, known=known, is_on_home=False)


def take_items_and_entries(part: DocumentPart, parts: Parts, recurring: set[str]) -> bool:
    """Whether anything was taken out of the part."""
    has_given = bool(part.section.groups)
    for region in part.changelogs:
        if _take_changelog(part, region, parts):
            _take_heading_of_changelog(part, region, parts)
            has_given = True
    return place_groups(part.section, parts, recurring, part.title) or has_given


def _take_changelog(part: DocumentPart, region: Span, parts: Parts) -> bool:
    """Whether there were entries in a changelog's part of a document."""
    document = part.document
    notes = take_note_entries(document, region)
    tables = take_table_entries(document, region, without={group.table.head.line for group in part.section.groups})
    for found in (notes, tables):
        parts.kept += found.kept
        parts.structure += found.structure
    parts.entries += sorted([*notes.found, *tables.found], key=lambda entry: entry.line)
    if len(parts.entries) > MAX_ENTRIES:
        entry = parts.entries[MAX_ENTRIES]
        raise ImportRefused(f"{entry.path}:{entry.line}: the changelog has more than {MAX_ENTRIES:,} entries.")
    return bool(notes.found or tables.found)


def _take_heading_of_changelog(part: DocumentPart, region: Span, parts: Parts) -> None:
    """The heading of a changelog inside a section, where nothing is left below it."""
    document = part.document
    piece = next((piece for piece in part.section.pieces if piece.span.first == region.first), None)
    mark = piece.mark if piece else None
    if not (piece and mark and mark.is_heading and mark.is_whole) or mark.is_used:
        return
    if not document.text(Span(piece.span.last, region.last)):
        document.take(piece.span)
        parts.structure.append(mark.text)
        mark.is_used = True


def take_page(part: DocumentPart, parts: Parts, *, has_given: bool) -> None:
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
        parts.structure += [heading.source] if heading and not is_told else []
        return
    line = heading.span.first if heading else 0
    body = _body(document, part.span, None if is_told else heading, parts)
    said = [heading.source] if heading and heading.is_whole and not is_told else []
    if part.changelogs and is_changelog(title):
        document.doubt(line, f"What is not an entry of the changelog was kept as the page “{title}”.")
    doubt_kept(document, part.span, title)
    is_footer = part.is_on_home and title.casefold() == FOOTER.casefold()
    if is_footer and parts.footer is None and body and not has_given:
        parts.footer = body
        parts.structure += said
    else:
        parts.kept += said
        parts.add_page(document, title, body, line, is_on_home=part.is_on_home)


def _body(document: Blocks, span: Span, heading: DocumentHeading | None, parts: Parts) -> str:
    """The text that is left, after its heading's own Markdown where the title does not say all of it."""
    text = document.text(span)
    if heading and not heading.is_whole:
        text = f"{heading.source}\n\n{text}".rstrip()
        document.doubt(heading.span.first, "This heading holds more than words, so it was kept in the text too.")
    parts.kept.append(text)
    return document.with_definitions(text, span)


def doubt_kept(document: Blocks, span: Span, title: str) -> None:
    """What stays Markdown on a page although somebody may have meant more by it."""
    for token in document.within(span):
        line = token.map[0] if token.map else 0
        if line in document.taken:
            continue
        if token.type == "table_open":
            document.doubt(line, f"This table was kept as text on the page “{title}”.")
        elif token.type == "html_block":
            document.doubt(line, f"This HTML was kept as it is on the page “{title}”, which shows what is safe of it.")
        elif token.type == "inline":
            for child in token.children or ():
                target = child.attrGet("href") or child.attrGet("src")
                if target and _is_relative(str(target)):
                    where = document.line_of(str(target), token)
                    document.doubt(
                        where, f"This link leads to a file beside the source, {str(target)[:200]}: change it."
                    )


def _is_relative(target: str) -> bool:
    try:
        parts = urlsplit(target)
    except ValueError:  # such as an IPv6 address without its end
        return False
    return not parts.scheme and not parts.netloc and bool(parts.path) and not target.startswith("/")
