"""What the documents of a source say, as the parts of a roadmap. Pure: it reads no file and no database.

The first document is the roadmap's home: its title, its introduction, and a page for every section under a second-level
heading, but for a changelog and a footer. Every other document is one further page, or the description of an item whose
reference begins its title. Out of each, tables of items are taken with what orders them (see `sections` and
`section_items`), and entries of a changelog; what nothing is left of is no page. Whatever is not understood stays
Markdown on the page where it stood, with a Doubt at its line; every word of the source is accounted for in `WordCount`.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import PurePath
from typing import cast

from roadmap.content.fields import DESCRIPTION
from roadmap.techdocs.cells import REFERENCE_FORM, link_to_description
from roadmap.techdocs.parse.anchors import doubt_links, links_of, read_blocks
from roadmap.techdocs.parse.blocks import Blocks, words
from roadmap.techdocs.parse.changelog import is_changelog, take_note_entries, take_table_entries
from roadmap.techdocs.parse.columns import KnownNames, explained
from roadmap.techdocs.parse.headings import HeadingLine, headings_in
from roadmap.techdocs.parse.home import (
    doubt_other_titles,
    drop_typed_updates,
    environment_labels,
    find_contact,
    in_order,
    is_title,
    take_description,
    take_stated,
    title_without_heading,
    with_links,
)
from roadmap.techdocs.parse.result import ParsedRoadmap, Parts, as_kept, count_words
from roadmap.techdocs.parse.section_items import place_groups, with_names_above, with_one_name_for_each_api
from roadmap.techdocs.parse.sections import Section, read_section, recurring_names
from roadmap.techdocs.sources import Doubt, ImportRefused, Source
from roadmap.techdocs.texts import FOOTER

# Far beyond any roadmap: what a hostile source may cost.
MAX_ENTRIES = 2000

INTRODUCTION = "Introduction"
PAGES_FOLDER = "pages"
"""Of an export: its files have the addresses of their pages for names."""

_OF_AN_ITEM = re.compile(rf"{REFERENCE_FORM.pattern}(?=:? |\Z)")


def parse(source: Source) -> ParsedRoadmap:
    """The roadmap that the documents of a source describe.

    Raises ImportRefused where a document's front matter cannot be read, there is no title, or there is far too much.
    """
    documents = in_order([read_blocks(document) for document in source.documents])
    home, *others = documents
    before = [word for document in documents for word in words("\n".join(document.lines))]
    parts = Parts()
    for document in documents:
        drop_typed_updates(document, parts)
    links = links_of(documents, source.documents, source.site)

    headings = headings_in(home)
    heading = next((found for found in headings if found.level == 1 and found.text), None)
    title = heading.text if heading else title_without_heading(home, source.site_title)
    starts = [found for found in headings if found.level == 2 and is_title(home, found)]
    bounds = [0, *(start.span.start for start in starts), len(home.lines)]
    introduction, *section_spans = [range(first, last) for first, last in pairwise(bounds)]
    known = take_stated(home, dict(zip(starts, section_spans, strict=True)), others, parts)
    # Before any more is taken: the enquiry link may stand in what becomes a description or an entry.
    sections = [[introduction, *section_spans], *([document.all_lines] for document in others)]
    contact = parts.contact or find_contact(documents, sections)
    if heading:
        doubt_other_titles(home, heading, headings)
        home.take(heading.span)
        if heading.is_whole:
            parts.keep(heading)
    description = take_description(home, introduction, parts)
    called = HeadingLine(range(0), 1, INTRODUCTION, True, "")
    opening = read_section(home, introduction, called, headings, known, is_on_home=True)
    all_parts = [opening]
    for start, span in zip(starts, section_spans, strict=True):
        if span.start not in home.taken:
            all_parts.append(read_section(home, span, start, headings, known, is_on_home=True))
    others = [document for document in others if not document.taken or document.text(document.all_lines)]
    of_items = {document: found[0] for document in others if (found := _OF_AN_ITEM.match(_title_in(document)))}
    all_parts += [_whole(document, known) for document in others if document not in of_items]

    recurring = recurring_names([group for part in all_parts for group in part.groups])
    for part in all_parts:
        has_given = _take_items_and_entries(part, parts, recurring)
        if part is opening:
            _take_introduction(part, heading, parts)
        else:
            _take_page(part, parts, has_given=has_given)
    for document in _with_descriptions(of_items, parts):
        part = _whole(document, known)
        _take_page(part, parts, has_given=_take_items_and_entries(part, parts, recurring))

    doubt_links(documents, links)
    doubts = [Doubt(name, 0, "This was not read: only the Markdown files of the folder are.") for name in source.unread]
    doubts += source.doubts
    doubts += [doubt for document in documents for doubt in sorted(document.doubts, key=lambda doubt: doubt.line)]
    labels = environment_labels(documents, parts) | known.labels
    path, line = home.where(heading.span.start if heading else 0)
    roadmap = ParsedRoadmap(
        title=title,
        path=path,
        line=line,
        description=description,
        # Its links are not counted: they are no text of the documents.
        footer=with_links(parts.footer, source.header_links),
        contact=contact,
        pages=tuple(parts.pages),
        entries=tuple(parts.entries),
        has_changelog=any(part.changelogs for part in all_parts),
        links=links,
        doubts=tuple(doubts),
        word_count=count_words(before, parts.kept, parts.structure),
        paths=tuple(document.path for document in documents),
        releases=tuple(with_names_above(parts)),
        items=tuple(with_one_name_for_each_api(parts.items)),
        fields=tuple(explained(documents, parts.fields, known.own)),
        environment_labels=tuple((environment.value, label) for environment, label in labels.items()),
    )
    return cast(ParsedRoadmap, as_kept(roadmap))


def _title_in(document: Blocks) -> str:
    return next((heading.text for heading in headings_in(document)), document.title or "")


def _with_descriptions(of_items: Mapping[Blocks, str], parts: Parts) -> Iterator[Blocks]:
    """Gives the documents that are the descriptions of items to these, and the others back."""
    places = {item.reference: place for place, item in enumerate(parts.items) if item.reference}
    for document, reference in of_items.items():
        place = places.pop(reference, None)
        if place is None:
            yield document
            continue
        for heading in headings_in(document)[:1]:
            document.take(heading.span)
            parts.structure.append(heading.source)
        text = document.text(document.all_lines)
        parts.kept.append(text)
        item = parts.items[place]
        in_cell = "" if item.description == link_to_description(reference) else item.description
        parts.items[place] = item.but(DESCRIPTION, "\n\n".join(part for part in (in_cell, text) if part))


def _whole(document: Blocks, known: KnownNames) -> Section:
    headings = headings_in(document)
    heading = next((found for found in headings if found.level == 1 and is_title(document, found)), None)
    if heading:
        doubt_other_titles(document, heading, headings)
    else:
        name = PurePath(document.path).name.split(".")[0].replace("-", " ").capitalize()
        heading = HeadingLine(range(0), 1, document.title or name, True, "")
        if not document.title:
            document.doubt(0, f"This file has no title, so its page is called “{name}”.")
    return read_section(document, document.all_lines, heading, headings, known, is_on_home=False)


def _take_items_and_entries(part: Section, parts: Parts, recurring: set[str]) -> bool:
    """Whether anything was taken out of the part."""
    has_entries = [_take_changelog(part, region, parts) for region in part.changelogs]
    return place_groups(part, parts, recurring) or any(has_entries)


def _take_changelog(part: Section, region: range, parts: Parts) -> bool:
    """Whether there were entries in a changelog's part of a document. Its heading goes where nothing is left below."""
    document, before = part.document, len(parts.entries)
    take_note_entries(document, region, parts)
    take_table_entries(document, region, parts, without={group.table.head.line for group in part.groups})
    parts.entries[before:] = sorted(parts.entries[before:], key=lambda entry: entry.line)
    if len(parts.entries) > MAX_ENTRIES:
        entry = parts.entries[MAX_ENTRIES]
        raise ImportRefused(f"{entry.path}:{entry.line}: the changelog has more than {MAX_ENTRIES:,} entries.")
    if len(parts.entries) == before:
        return False
    # A heading inside a section: what the section is called by is no part of its region.
    piece = next((piece for piece in part.pieces if piece.span.start == region.start), None)
    mark = piece.mark if piece else None
    is_left = piece is None or document.text(range(piece.span.stop, region.stop))
    if mark and mark.is_heading and mark.is_whole and not mark.is_used and not is_left:
        document.take(mark.span)
        parts.structure.append(mark.text)
        mark.is_used = True
    return True


def _take_introduction(part: Section, heading: HeadingLine | None, parts: Parts) -> None:
    """What comes before the first section, and is no description, goes onto a page."""
    home, span = part.document, part.span
    body = _body(home, span, heading, parts)
    if not body or home.is_only_definitions(body):
        return
    left = [line for line in span if line not in home.taken and home.lines[line].strip()]
    line = min(left if heading is None or heading.is_whole else [*left, heading.span.start])
    home.doubt(line, f"What comes before the first section was kept as the page “{INTRODUCTION}”.")
    _doubt_kept(part)
    parts.add_page(home, INTRODUCTION, body, line, address=_address_of(part), is_on_home=True)


def _take_page(part: Section, parts: Parts, *, has_given: bool) -> None:
    """What is left of a part, and so is a page; nothing where all of it has found another place.

    `has_given`: items or entries were taken out of it.
    """
    document, heading, line = part.document, part.heading, part.heading.span.start
    document.take(heading.span)
    rest = document.text(part.span)
    is_gone = not rest or document.is_only_definitions(rest)
    is_said = heading.is_whole and not heading.is_used
    if has_given and is_gone and (heading.is_whole or heading.is_used):
        parts.kept.append(rest)
        if is_said and heading.is_told:
            parts.keep(heading)
        elif is_said:
            parts.structure.append(heading.source)
        return
    body = _body(document, part.span, None if heading.is_used else heading, parts)
    title = heading.text
    if part.changelogs and is_changelog(title):
        document.doubt(line, f"What is not an entry of the changelog was kept as the page “{title}”.")
    _doubt_kept(part)
    is_footer = part.is_on_home and title.casefold() == FOOTER.casefold()
    if is_footer and parts.footer is None and body and not has_given:
        parts.footer = body
        parts.structure += [heading.source] if is_said else []
    else:
        if is_said:
            parts.keep(heading)
        parts.add_page(document, title, body, line, address=_address_of(part), is_on_home=part.is_on_home)


def _address_of(part: Section) -> str:
    path = PurePath(part.document.path)
    return (path.name.split(".")[0] if path.parent.name == PAGES_FOLDER else "") or part.heading.text


def _body(document: Blocks, span: range, heading: HeadingLine | None, parts: Parts) -> str:
    """The text that is left, after its heading's own Markdown where the title does not say all of it."""
    text = document.text(span)
    if heading and not heading.is_whole:
        text = f"{heading.source}\n\n{text}".rstrip()
        document.doubt(heading.span.start, "This heading holds more than words, so it was kept in the text too.")
    parts.kept.append(text)
    return document.with_definitions(text, span)


def _doubt_kept(part: Section) -> None:
    """What stays Markdown on a page although somebody may have meant more by it."""
    document, title = part.document, part.heading.text
    read_as_items = {group.table.head.line for group in part.groups}
    for token in document.within(part.span):
        line = token.map[0] if token.map else 0
        if line in document.taken:
            continue
        if token.type == "table_open" and line not in read_as_items:
            document.doubt(line, f"This table was kept as text on the page “{title}”.")
        elif token.type == "html_block":
            document.doubt(line, f"This HTML was kept as it is on the page “{title}”, which shows what is safe of it.")
