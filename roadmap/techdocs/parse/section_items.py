"""Items, releases and fields out of one section, and what is then left of it for its page.

Only what stands around a table of items is ever taken from the text: a heading above no such table stays where it is.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from roadmap.content.choices import Environment
from roadmap.content.fields import APIS, JOURNEY, MILESTONES, REFERENCE, TITLE
from roadmap.techdocs.parse.api_names import one_name_for_each
from roadmap.techdocs.parse.blocks import Blocks, Span
from roadmap.techdocs.parse.cell_text import as_point, cut
from roadmap.techdocs.parse.columns import Column, Role
from roadmap.techdocs.parse.headings import HeadingLine, TablePlace, named, place_of
from roadmap.techdocs.parse.result import ParsedField, ParsedItem, ParsedRelease
from roadmap.techdocs.parse.row_to_item import MAX_LINE_LENGTH, Setting
from roadmap.techdocs.parse.sections import ItemTable, Piece, Section
from roadmap.techdocs.parse.table_rows import read_rows
from roadmap.techdocs.sources import ImportRefused

MAX_NAME_LENGTH = 200  # as in the working copies

# Far beyond any roadmap: what a hostile source may cost.
MAX_ITEMS = 5000
MAX_RELEASES = 500
MAX_FIELDS = 100


@dataclass
class Gathered:
    """What has been found so far, in the order of the source."""

    items: list[ParsedItem] = field(default_factory=list)
    releases: list[ParsedRelease] = field(default_factory=list)
    fields: dict[str, ParsedField] = field(default_factory=dict)
    """By the key of their column."""
    headings_kept: set[str] = field(default_factory=set)
    """Headings of columns that hold a link, and have found a place in some text."""
    labels: dict[Environment, Counter[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    """Every text that now holds words of the source, each word once: copies are not among them."""
    structure: list[str] = field(default_factory=list)

    def calls(self, environment: Environment | None, label: str) -> None:
        if environment and label:
            self.labels.setdefault(environment, Counter())[label] += 1


def place_groups(section: Section, gathered: Gathered, recurring: set[str], title: str) -> bool:
    """Takes the tables of items out of a section, with the headings and lines that order them and the text between.

    `title` is what the section is called, for a release that has the name of another. Returns whether there were any.

    Raises ImportRefused where there are far too many.
    """
    document = section.document
    _forget_marks_of_entries(section)
    names = {release.title.casefold() for release in gathered.releases}
    has_stated = False
    for piece in section.pieces:
        mark, group = piece.mark, piece.group
        if mark and mark.facts is not None and mark.span.first not in document.taken:
            _add_stated(document, mark, gathered)
            has_stated = True
        if group is None or group.table.span.first in document.taken:
            continue  # it is in the text of a changelog entry
        place = _place(document, group)
        if place.release and place.release.release is None:
            _add_release(document, place.release, place, gathered, title, names)
        _read_group(document, group, place, gathered, recurring)
    if section.groups or has_stated:
        # Before, so that they are in no introduction; and after, for those below which only introductions stood.
        _take_empty_headings(section, gathered)
        _take_text_of_releases(section, gathered)
        _take_empty_headings(section, gathered)
    return has_stated or bool(section.groups)


def _forget_marks_of_entries(section: Section) -> None:
    """What a changelog has taken for the date of an entry says nothing of a table below it."""

    def is_there(mark: HeadingLine | None) -> bool:
        return mark is not None and (mark.span.first not in section.document.taken or not mark.source)

    for piece in section.pieces:
        piece.above = tuple(mark for mark in piece.above if is_there(mark))
        for mark in piece.above:
            mark.date_below = mark.date_below if is_there(mark.date_below) else None
        if piece.group:
            piece.group.marks = tuple(mark for mark in piece.group.marks if is_there(mark))


def _place(document: Blocks, group: ItemTable) -> TablePlace:
    place = place_of(group.marks)
    if place.rest and not place.release and not any(mark.phrase for mark in group.marks):
        # Better a release without a date than items that have lost the heading they stood under.
        inner = place.rest[-1]
        if inner.release is None:
            text = f"“{inner.text[:100]}” was taken for a release without a date: is it one?"
            document.doubt(inner.span.first, text)
        return TablePlace(inner, None, False, False, place.kind, (), ())
    return place


def _add_stated(document: Blocks, mark: HeadingLine, gathered: Gathered) -> None:
    """A release whose heading has its facts right below it. It may have no items, or go on from another page."""
    what, titles = named(mark), [release.title for release in gathered.releases]
    if mark.facts and mark.facts.get("Continued") and what.title in titles:
        mark.release = len(titles) - 1 - titles[::-1].index(what.title)
        gathered.structure.append(mark.source)
        gathered.structure += [mark.facts_line]
    else:
        _add_release(document, mark, place_of([mark]), gathered, "", set())
        gathered.kept.append(mark.facts_line)
    document.take(mark.span)
    mark.is_used = True


def _add_release(
    document: Blocks, mark: HeadingLine, place: TablePlace, gathered: Gathered, title: str, names: set[str]
) -> None:
    path, line = document.where(mark.span.first)
    if len(gathered.releases) == MAX_RELEASES:
        raise ImportRefused(f"{path}:{line}: the source has more than {MAX_RELEASES} releases. Import it in parts.")
    what = named(mark)
    name = what.title
    if name.casefold() in names and title.casefold() != name.casefold():
        name = f"{title}: {name}"
    names.add(name.casefold())
    mark.release = len(gathered.releases)
    introduction = ""
    lines = [mark, mark.date_below] if mark.date_below else [mark]
    if all(line.is_whole for line in lines) or mark.facts is not None:
        gathered.kept += what.kept if mark.source else ()  # a page's name out of its file's is no word of the text
        gathered.structure += [text for text in what.structure if text.strip()]
    else:
        more = [line for line in lines if not line.is_whole]
        introduction = "\n\n".join(document.with_definitions(line.source, line.span) for line in more)
        document.doubt(mark.span.first, "This holds more than words, so it was kept in the release's introduction too.")
        gathered.kept += [line.source for line in lines]
    gathered.releases.append(
        ParsedRelease(cut(name), what.when, place.horizon, place.is_deployed, introduction, path, line)
    )


def _read_group(document: Blocks, group: ItemTable, place: TablePlace, gathered: Gathered, recurring: set[str]) -> None:
    columns = _columns(document, group, gathered)
    has_references = any(column.role == REFERENCE.name for column in columns)
    names_recur = not has_references and any(
        column.role == TITLE.name and column.key in recurring for column in columns
    )
    inner = place.rest[-1] if place.rest else None
    if inner and (
        names_recur
        or any(column.role == JOURNEY.name for column in columns)
        or len(inner.text) > MAX_LINE_LENGTH
        or not inner.is_whole
        or inner.level == 1
    ):
        inner = None
    rows = read_rows(
        document,
        group.table,
        Setting(
            columns=tuple(columns),
            names_recur=names_recur,
            release=place.release.release if place.release else None,
            is_live=place.is_live,
            kind=place.kind,
            about=inner.text if inner else "",
            milestones=place.milestones,
        ),
    )
    for column in rows.own_columns.values():
        _field(document, group, column, gathered, is_told=True)
    gathered.items += rows.items
    if len(gathered.items) > MAX_ITEMS:
        first = gathered.items[MAX_ITEMS]
        raise ImportRefused(
            f"{first.path}:{first.line}: the source has more than {MAX_ITEMS:,} items. Import it in parts."
        )
    gathered.kept += rows.kept
    gathered.structure += rows.structure
    document.take(group.table.span)
    document.taken.difference_update(rows.unread)
    _keep_headings_with_links(document, group, columns, gathered)
    if inner and not inner.is_used:
        document.doubt(
            inner.span.first, f"“{inner.text[:100]}” was taken for the {JOURNEY.label.lower()} of the items below it."
        )
        gathered.kept.append(inner.text)
        document.take(inner.span)
        inner.is_used = True
    for mark in group.marks:
        _use(document, mark, gathered, rows.items, names_items=mark in (place.release, inner))


def _columns(document: Blocks, group: ItemTable, gathered: Gathered) -> list[Column]:
    """The columns, those of the roadmap's own under the name of their field."""
    columns: list[Column] = []
    for column in group.columns:
        gathered.calls(column.environment, column.label)
        if column.role == Role.OWN:
            name = _field(document, group, column, gathered, is_told=group.is_continued)
            column = Column(column.source, name, column.is_whole, Role.OWN)
        columns.append(column)
    return columns


def _field(document: Blocks, group: ItemTable, column: Column, gathered: Gathered, *, is_told: bool = False) -> str:
    """The name of the field that a column is of. `is_told`: the words of its heading have a place already."""
    there = gathered.fields.get(column.key)
    if there is None:
        path, line = document.where(group.table.head.line)
        if len(gathered.fields) == MAX_FIELDS:
            raise ImportRefused(
                f"{path}:{line}: the tables have more than {MAX_FIELDS} columns that are not known here. "
                "Import it in parts, or keep these tables out of it."
            )
        there = ParsedField(cut(column.name, MAX_NAME_LENGTH), "", path, line)
        gathered.fields[column.key] = there
        if is_told:
            return there.name
        if column.is_whole and there.name == column.name:
            gathered.kept.append(there.name)
        else:
            gathered.fields[column.key] = replace(there, explanation=column.source)
            gathered.kept.append(column.source)
    elif not is_told:
        if column.is_whole or column.source in there.explanation:
            gathered.structure.append(column.source)
        else:
            text = f"{there.explanation}\n\n{column.source}".strip()
            gathered.fields[column.key] = replace(there, explanation=text)
            gathered.kept.append(column.source)
    return there.name


def _keep_headings_with_links(
    document: Blocks, group: ItemTable, columns: Sequence[Column], gathered: Gathered
) -> None:
    """A link in a heading must not go with the table: the first time, it stays in the text where the table stood."""
    known = [column.source for column in columns if column.role != Role.OWN]
    if group.is_continued:
        return
    asides = []
    for column in columns:
        if column.role == Role.OWN:
            continue
        if column.is_whole or column.source in gathered.headings_kept:
            continue
        gathered.headings_kept.add(column.source)
        asides.append(column.source)
    gathered.structure += [source for source in known if source not in asides]
    if asides:
        first = group.table.head.line
        document.doubt(first, "The headings of this table hold links, which were kept in the text where it stood.")
        document.lines[first] = as_point(", ".join(asides))
        document.taken.discard(first)


def _use(
    document: Blocks, mark: HeadingLine, gathered: Gathered, items: Sequence[ParsedItem], *, names_items: bool
) -> None:
    """A mark that a table of items stands below is taken, if all that it says is now said by the items."""
    if mark.is_used:
        return
    if mark.release is not None and names_items:
        document.take(mark.span)
        if mark.date_below:
            document.take(mark.date_below.span)
        mark.is_used = True
    elif not mark.is_heading and mark.is_known and mark.is_whole:
        when = mark.phrase.when if mark.phrase else ""
        if when and not any(milestone.typed == when for item in items for milestone in item.says(MILESTONES)):
            return  # each item has a date of its own, so this one stays in the text
        document.take(mark.span)
        gathered.kept.append(when)
        gathered.structure.append(mark.phrase.lead if mark.phrase and when else mark.source)
        mark.is_used = True
    if mark.phrase and mark.phrase.environments:
        gathered.calls(mark.phrase.environments[-1], mark.phrase.label)


def _take_text_of_releases(section: Section, gathered: Gathered) -> None:
    """What stands between the heading of a release and its tables, and whatever else is under its heading."""
    document = section.document
    last_table = {mark: piece.span.first for piece in section.pieces if piece.group for mark in piece.group.marks}
    spans: dict[HeadingLine, list[Span]] = {}
    for piece in section.pieces:
        owner = next(
            (
                mark
                for mark in reversed(piece.above)
                if mark.release is not None and (mark.is_heading or piece.span.first <= last_table.get(mark, -1))
            ),
            None,
        )
        if owner is None or owner.release is None:
            continue
        if document.text(piece.span) and (owner.facts is not None or not piece.is_rule):
            of_owner = spans.setdefault(owner, [])
            if owner.facts is not None and of_owner:
                # Its lines are as an export wrote them: what stands between two blocks is theirs too.
                of_owner[-1] = Span(of_owner[-1].first, piece.span.last)
            else:
                of_owner.append(piece.span)
            _doubt_table(document, piece, gathered.releases[owner.release].title)
        elif piece.is_rule:
            document.take(piece.span)
    texts: dict[int, list[str]] = {}
    for owner, of_owner in spans.items():
        for span in of_owner:
            text = document.text(span)
            texts.setdefault(owner.release or 0, []).append(document.with_definitions(text, span))
            gathered.kept.append(text)
            document.take(span)
    for index, parts in texts.items():
        release = gathered.releases[index]
        text = "\n\n".join(part for part in (release.introduction, *parts) if part)
        gathered.releases[index] = replace(release, introduction=text)


def _doubt_table(document: Blocks, piece: Piece, title: str) -> None:
    if piece.token.type == "table_open" and piece.group is None:
        document.doubt(piece.span.first, f"This table was kept as text in the introduction of “{title}”.")
    elif piece.token.type == "html_block":
        text = f"This HTML was kept as it is in the introduction of “{title}”, which shows what is safe of it."
        document.doubt(piece.span.first, text)


def _take_empty_headings(section: Section, gathered: Gathered) -> None:
    """Headings below which nothing is left, and the lines across beside what was taken."""
    document = section.document
    pieces = section.pieces
    for place, piece in enumerate(pieces):
        around = [pieces[at] for at in (place - 1, place + 1) if 0 <= at < len(pieces)]
        if piece.is_rule and any(not document.text(other.span) for other in around):
            document.take(piece.span)
    above = {mark for piece in pieces if piece.group for mark in piece.group.marks if mark.is_heading}
    ends: dict[HeadingLine, int] = {}
    left = section.span.last  # the first line after which there is text again
    for piece in reversed(pieces):
        mark = piece.mark
        is_taken = mark is not None and mark.span.first in document.taken
        if mark is None or not mark.is_heading or is_taken or mark not in above:
            if document.text(piece.span):
                left = piece.span.first
            continue
        ends[mark] = left
        following = next(
            (other.span.first for other in _after(pieces, piece) if other.mark and 0 < other.mark.level <= mark.level),
            section.span.last,
        )
        if left >= following and mark.is_whole:
            document.take(mark.span)
            gathered.structure.append(mark.source)
            mark.is_used = True
        else:
            left = piece.span.first


def _after(pieces: Sequence[Piece], piece: Piece) -> Sequence[Piece]:
    return pieces[bisect_right(pieces, piece.span.first, key=lambda following: following.span.first) :]


def with_one_name_for_each_api(items: Sequence[ParsedItem]) -> list[ParsedItem]:
    """The same, an API that is named with and without "API" at its end, or in another case, always named the same.

    An item that has its reference names it as it is named.
    """
    names = one_name_for_each([api.name for item in items for api in item.apis])
    return [
        item.but(APIS, tuple(msgspec.structs.replace(api, name=names[api.name]) for api in item.apis))
        if not item.reference and any(names[api.name] != api.name for api in item.apis)
        else item
        for item in items
    ]
