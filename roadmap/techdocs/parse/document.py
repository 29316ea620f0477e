"""What the documents of a source say, as the parts of a roadmap. Pure: it reads no file and no database.

The first document is the roadmap's home: its title, its introduction, and a page for every section under a second-level
heading, but for a changelog and a footer. Every other document is one further page, or the description of an item whose
reference begins its title. Out of each, tables of items are taken with what orders them (see `sections` and
`section_items`), and entries of a changelog; what nothing is left of is no page. Whatever is not understood stays
Markdown on the page where it stood, with a Doubt at its line; every word of the source is accounted for in `WordCount`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise

from roadmap.content.fields import DESCRIPTION
from roadmap.techdocs.cells import REFERENCE_FORM, link_to_description
from roadmap.techdocs.parse.blocks import Blocks, Span, blocks, words
from roadmap.techdocs.parse.column_explanations import explained
from roadmap.techdocs.parse.contact import find_contact
from roadmap.techdocs.parse.document_parts import (
    INTRODUCTION,
    Parts,
    document_part,
    part_of,
    take_introduction,
    take_items_and_entries,
    take_page,
)
from roadmap.techdocs.parse.home import (
    call_environments,
    doubt_other_titles,
    environment_labels,
    in_order,
    is_title,
    take_description,
    take_stated,
    title_of,
    with_links,
)
from roadmap.techdocs.parse.result import ParsedRoadmap, count_words
from roadmap.techdocs.parse.section_items import with_one_name_for_each_api
from roadmap.techdocs.parse.sections import recurring_names
from roadmap.techdocs.sources import Doubt, Source

_OF_AN_ITEM = re.compile(rf"{REFERENCE_FORM.pattern}(?=:? |\Z)")


def parse(source: Source) -> ParsedRoadmap:
    """The roadmap that the documents of a source describe.

    Raises ImportRefused where a document's front matter cannot be read, there is no title, or there is far too much.
    """
    home, *others = in_order([blocks(document) for document in source.documents])
    documents = [home, *others]
    before = [word for document in documents for word in words("\n".join(document.lines))]
    whole = [[Span(0, len(document.lines))] for document in others]
    parts = Parts()

    headings = list(home.headings())
    heading = next((found for found in headings if found.level == 1 and found.title), None)
    title = title_of(home, heading, source.site_title)
    starts = [found for found in headings if found.level == 2 and is_title(home, found)]
    bounds = [0, *(start.span.first for start in starts), len(home.lines)]
    introduction, *section_spans = [Span(first, last) for first, last in pairwise(bounds)]
    stated = take_stated(home, dict(zip(starts, section_spans, strict=True)), others)
    # Before any more is taken: the enquiry link may stand in what becomes a description or an entry.
    contact = stated.contact or find_contact(documents, [[introduction, *section_spans], *whole])
    if heading:
        doubt_other_titles(home, heading, headings)
        home.take(heading.span)
        parts.kept.append(heading.source if heading.is_whole else "")
    description, description_source = take_description(home, introduction, heading)
    parts.kept += [description_source, *stated.kept]
    parts.structure += stated.structure
    parts.fields |= stated.columns
    by_line = {found.span.first: found for found in headings}
    without = (heading.span,) if heading else ()
    of_home = partial(part_of, home, headings=by_line, known=stated.names, is_on_home=True, without=without)
    opening = of_home(span=introduction, heading=None, title=INTRODUCTION)
    all_parts = [opening]
    for start, span in zip(starts, section_spans, strict=True):
        if start.span.first not in home.taken:
            all_parts.append(of_home(span=span, heading=start, title=start.title))
    others = [document for document in others if not document.taken or document.text(Span(0, len(document.lines)))]
    of_items = {document: found[0] for document in others if (found := _OF_AN_ITEM.match(_title_in(document)))}
    of_pages = [document for document in others if document not in of_items]
    all_parts += [document_part(document, stated.names) for document in of_pages]

    recurring = recurring_names([group for part in all_parts for group in part.section.groups])
    for place, part in enumerate(all_parts):
        has_given = take_items_and_entries(part, parts, recurring)
        if place == 0:
            take_introduction(home, part, heading, parts)
        else:
            take_page(part, parts, has_given=has_given)
    for document in _with_descriptions(of_items, parts):
        part = document_part(document, stated.names)
        take_page(part, parts, has_given=take_items_and_entries(part, parts, recurring))
    call_environments(documents, parts)

    doubts = [Doubt(name, 0, "This was not read: only the Markdown files of the folder are.") for name in source.unread]
    doubts += source.doubts
    doubts += [doubt for document in documents for doubt in sorted(document.doubts, key=lambda doubt: doubt.line)]
    footer = parts.footer
    # Counted without them: they are no text of the documents.
    footer = with_links(footer, source.header_links)
    found_columns = [column for key, column in parts.fields.items() if key not in stated.columns]
    labels = environment_labels(parts) | stated.labels
    path, line = home.where(heading.span.first if heading else 0)
    return ParsedRoadmap(
        title=title,
        path=path,
        line=line,
        description=description,
        footer=footer,
        contact=contact,
        pages=tuple(parts.pages),
        entries=tuple(parts.entries),
        has_changelog=any(part.changelogs for part in all_parts),
        doubts=tuple(doubts),
        word_count=count_words(before, parts.kept, parts.structure),
        paths=tuple(document.path for document in documents),
        releases=tuple(parts.releases),
        items=tuple(with_one_name_for_each_api(parts.items)),
        fields=(*stated.columns.values(), *explained(documents, found_columns)),
        environment_labels=tuple((environment.value, label) for environment, label in labels.items()),
    )


def _title_in(document: Blocks) -> str:
    heading = next(document.headings(), None)
    return heading.title if heading else document.title or ""


def _with_descriptions(of_items: Mapping[Blocks, str], parts: Parts) -> Iterator[Blocks]:
    """Gives the documents that are the descriptions of items to these, and the others back."""
    places = {item.reference: place for place, item in enumerate(parts.items) if item.reference}
    for document, reference in of_items.items():
        place = places.pop(reference, None)
        if place is None:
            yield document
            continue
        heading = next(document.headings(), None)
        if heading:
            document.take(heading.span)
            parts.structure.append(heading.source)
        text = document.text(Span(0, len(document.lines)))
        parts.kept.append(text)
        item = parts.items[place]
        in_cell = "" if item.description == link_to_description(reference) else item.description
        parts.items[place] = item.but(DESCRIPTION, "\n\n".join(part for part in (in_cell, text) if part))
