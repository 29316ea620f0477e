"""Items, releases and fields out of one section, and what is then left of it for its page.

Only what stands around a table of items is ever taken from the text: a heading above no such table stays where it is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from roadmap.content.choices import Environment
from roadmap.content.fields import APIS, JOURNEY, MILESTONES, TITLE
from roadmap.content.things import ApiVersion, MilestoneContent, when_typed
from roadmap.techdocs.cells import plain_shown
from roadmap.techdocs.parse.blocks import Blocks
from roadmap.techdocs.parse.cell_text import as_point, cut, missing
from roadmap.techdocs.parse.column_cells import Role
from roadmap.techdocs.parse.columns import Column
from roadmap.techdocs.parse.environment_phrases import is_date, read_heading
from roadmap.techdocs.parse.headings import HeadingLine
from roadmap.techdocs.parse.places import TablePlace, named, place_of
from roadmap.techdocs.parse.result import ParsedField, ParsedItem, ParsedRelease, Parts
from roadmap.techdocs.parse.row_to_item import MAX_LINE_LENGTH, read_rows
from roadmap.techdocs.parse.sections import ItemTable, Section
from roadmap.techdocs.sources import ImportRefused

MAX_NAME_LENGTH = 200  # as in the working copies

# Far beyond any roadmap: what a hostile source may cost.
MAX_RELEASES = 500
MAX_FIELDS = 100


def place_groups(section: Section, parts: Parts, recurring: set[str]) -> bool:
    """Takes the tables of items out of a section, with the headings and lines that order them and the text between.

    A release that has the name of another has the section's before it. Returns whether there were any.

    Raises ImportRefused where there are far too many.
    """
    document = section.document
    _forget_marks_of_entries(section)
    # But for those in the text of a changelog entry.
    groups = [found for found in section.groups if found.table.span.start not in document.taken]
    for found in groups:
        names = (column.key for column in found.columns if column.role == TITLE.name)
        found.names_recur = not found.has_references and any(key in recurring for key in names)
        found.place = _place(found)
    _part_stages(groups)
    has_stated = False
    for piece in section.pieces:
        mark, group = piece.mark, piece.group
        if mark and mark.facts is not None and mark.span.start not in document.taken:
            _add_stated(document, mark, parts)
            has_stated = True
        if group is None or group not in groups:
            continue
        release = group.place.release
        if release and release.release is None:
            _add_release(document, release, group.place, parts)
        _read_group(document, group, parts)
    if section.groups or has_stated:
        # Before, so that they are in no introduction; and after, for those below which only introductions stood.
        _take_empty_headings(section, parts)
        _take_text_of_releases(section, parts)
        _take_empty_headings(section, parts)
    return has_stated or bool(section.groups)


def _forget_marks_of_entries(section: Section) -> None:
    """What a changelog has taken for the date of an entry says nothing of a table below it."""

    def is_there(mark: HeadingLine | None) -> bool:
        return mark is not None and (mark.span.start not in section.document.taken or not mark.source)

    for piece in section.pieces:
        piece.above = tuple(mark for mark in piece.above if is_there(mark))
        for mark in piece.above:
            mark.date_below = mark.date_below if is_there(mark.date_below) else None
        if piece.group:
            piece.group.marks = tuple(mark for mark in piece.group.marks if is_there(mark))


def _place(group: ItemTable) -> TablePlace:
    place = place_of(group.marks)
    if not place.release:
        # The others stay where they stand, with the text below them.
        place = replace(place, rest=[mark for mark in place.rest if not mark.has_text] or place.rest[-1:])
    inner = place.rest[-1] if place.rest else None
    about = ": ".join(mark.said for mark in place.rest)
    is_journey = (
        not group.names_recur
        and JOURNEY.name not in group.roles
        and len(about) <= MAX_LINE_LENGTH
        and all(mark.is_whole for mark in place.rest)
    )
    is_placed = any(mark.phrase or mark.beside for mark in group.marks)
    if inner and not place.release and not (is_placed and is_journey):
        # Better a release without a date than items that have lost the heading they stood under.
        return replace(place, release=inner, above=place.rest[:-1], rest=())
    return place if is_journey else replace(place, rest=())


def _part_stages(groups: Sequence[ItemTable]) -> None:
    """A release of which only some tables are deployed, by headings within it, is not: their items are, themselves."""
    within: dict[HeadingLine, list[ItemTable]] = defaultdict(list)
    for group in groups:
        if group.place.release and not group.place.release.is_stated:
            within[group.place.release].append(group)
    for some in within.values():
        if len({group.place.is_deployed for group in some}) == 1:
            continue
        for group in (group for group in some if group.place.is_deployed):
            when = when_typed(group.place.when)
            typed = group.place.when if when and when.start and not when.is_provisional else ""
            live = MilestoneContent(environment=Environment.LIVE, typed=typed, is_deployed=True)
            group.place = replace(group.place, is_deployed=False, milestones=(*group.place.milestones, live))


def _add_stated(document: Blocks, mark: HeadingLine, parts: Parts) -> None:
    """A release whose heading has its facts right below it. It may have no items, or go on from another page."""
    places = {release.title: place for place, release in enumerate(parts.releases)}
    if mark.facts and mark.facts.get("Continued") and mark.text in places:
        mark.release = places[mark.text]
        parts.structure += [mark.source, mark.facts_line]
    else:
        _add_release(document, mark, place_of([mark]), parts)
        parts.kept.append(mark.facts_line)
    _take(document, mark)


def _take(document: Blocks, mark: HeadingLine) -> None:
    """With the line that states its facts, and that of its date."""
    for span in (mark.span, mark.facts_span, mark.date_below.span if mark.date_below else range(0)):
        document.take(span)
    mark.is_used = True


def _add_release(document: Blocks, mark: HeadingLine, place: TablePlace, parts: Parts) -> None:
    path, line = document.where(mark.span.start)
    if len(parts.releases) == MAX_RELEASES:
        raise ImportRefused(f"{path}:{line}: the source has more than {MAX_RELEASES} releases. Import it in parts.")
    name, when, kept, structure = named(mark, place)
    if mark.facts is None and place.phrase is None and not when:
        document.doubt(mark.span.start, f"“{mark.text[:100]}” was taken for a release without a date: is it one?")
    if place.phrase and place.phrase.years and not when:
        told = (
            f"“{place.phrase.years}” could be a tax year, a financial year or two years, so this release has no date: "
        )
        document.doubt(mark.span.start, f"{told}readers see these words in its title.")
    mark.release = len(parts.releases)
    introduction = ""
    lines = [mark, mark.date_below] if mark.date_below else [mark]
    more = [line for line in lines if not line.is_whole or (line is mark and cut(name) != name)]
    if not more or mark.facts is not None:
        if mark.source and not mark.is_used:  # a page's name out of its file's is no word of the text
            said = " ".join([*kept, *structure])
            rest = missing(" ".join(line.source for line in lines), said)
            parts.kept += kept
            parts.structure += [text for text in (*structure, " ".join(rest.elements())) if text.strip()]
    else:
        introduction = "\n\n".join(document.with_definitions(line.source, line.span) for line in more)
        document.doubt(
            mark.span.start, "This holds more than a title says, so it was kept in the release's introduction too."
        )
        parts.kept += [line.source for line in lines]
    parts.names_above[mark.release] = above = [above for above in place.above if above.is_whole]
    for name_above in above:
        name_above.is_told = not name_above.has_text
    parts.releases.append(ParsedRelease(cut(name), when, place.horizon, place.is_deployed, introduction, path, line))


def _read_group(document: Blocks, group: ItemTable, parts: Parts) -> None:
    for column in group.columns:
        parts.calls(column.environment, column.label)
    there = {*parts.fields}
    # The roadmap's own have the name of their field.
    group.columns = [
        replace(column, name=_field(document, group, column, parts, is_told=group.is_continued))
        if column.role == Role.OWN
        else column
        for column in group.columns
    ]
    about = group.place.rest
    group.about = ": ".join(mark.said for mark in about)
    before = len(parts.items)
    read_rows(document, group, parts)
    items = parts.items[before:]
    said = {name for item in items for name, _ in item.fields}
    for column in group.columns:
        if column.role == Role.STATUS and column.name in said:
            _field(document, group, column, parts, is_told=True)
        is_new = column.role == Role.OWN and column.key in parts.fields.keys() - there
        if is_new and column.name not in said and any(f"{column.name}: " in item.description for item in items):
            # All that stands under it is in descriptions, with its heading.
            parts.fields = {key: field for key, field in parts.fields.items() if key != column.key or field.explanation}
    _keep_headings_with_links(document, group, parts)
    for mark in about if items else ():  # what no item says stays in the text
        if mark.is_used:
            continue
        text = f"“{mark.text[:100]}” was taken for the {JOURNEY.label.lower()} of the items below it."
        document.doubt(mark.span.start, text)
        parts.keep(mark)
        document.take(mark.span)
        mark.is_used = mark.is_told = True
    for mark in group.marks:
        _use(document, mark, parts, items, group.place)


def _field(document: Blocks, group: ItemTable, column: Column, parts: Parts, *, is_told: bool) -> str:
    """The name of the field that a column is of. `is_told`: the words of its heading have a place already."""
    there = parts.fields.get(column.key)
    if there is None:
        path, line = document.where(group.table.head.line)
        if len(parts.fields) == MAX_FIELDS:
            raise ImportRefused(
                f"{path}:{line}: the tables have more than {MAX_FIELDS} columns that are not known here. "
                "Import it in parts, or keep these tables out of it."
            )
        found = ParsedField(cut(column.name, MAX_NAME_LENGTH), "", path, line)
        is_said = column.is_whole and found.name == column.name
    else:
        found, is_said = there, column.is_whole or column.source in there.explanation
    if not is_told and is_said:
        (parts.structure if there else parts.kept).append(column.source)
    elif not is_told:
        found = replace(found, explanation=f"{found.explanation}\n\n{column.source}".strip())
        parts.kept.append(column.source)
    parts.fields[column.key] = found
    return found.name


def _keep_headings_with_links(document: Blocks, group: ItemTable, parts: Parts) -> None:
    """A link in a heading must not go with the table: the first time, it stays in the text where the table stood."""
    if group.is_continued:
        return
    asides: list[str] = []
    for column in group.columns:
        if column.role == Role.OWN:
            continue
        if column.is_whole or column.source in parts.headings_kept:
            parts.structure.append(column.source)
        else:
            asides.append(column.source)
            parts.headings_kept.add(column.source)
    if asides:
        first = group.table.head.line
        document.doubt(first, "The headings of this table hold links, which were kept in the text where it stood.")
        document.lines[first] = as_point(", ".join(asides))
        document.taken.discard(first)


def _use(document: Blocks, mark: HeadingLine, parts: Parts, items: Sequence[ParsedItem], place: TablePlace) -> None:
    """A mark that a table of items stands below is taken, if all that it says is now said by the items."""
    if mark.is_used:
        return
    if mark is place.release:
        _take(document, mark)
    elif mark.is_told and not mark.is_heading:
        parts.keep(mark)
        document.take(mark.span)
        mark.is_used = True
    elif not mark.is_heading and mark.is_known and mark.is_whole:
        when = mark.phrase.when if mark.phrase else ""
        said = [milestone for item in items for milestone in item.says(MILESTONES) if milestone.typed == when]
        if when and not said:
            return  # each item has a date of its own, so this one stays in the text
        document.take(mark.span)
        # Where the cells give all of them the same date, the line says it once more.
        kept = when if any(milestone is its for milestone in said for its in place.milestones) else ""
        parts.kept.append(kept)
        parts.structure.append(" ".join(missing(mark.source, kept).elements()) if kept else mark.source)
        mark.is_used = True
    if mark.phrase and mark.phrase.environments:
        parts.calls(mark.phrase.environments[-1], mark.phrase.label)


def _take_text_of_releases(section: Section, parts: Parts) -> None:
    """What stands between the heading of a release and its tables, and whatever else is under its heading."""
    document = section.document
    last_table = {mark: piece.span.start for piece in section.pieces if piece.group for mark in piece.group.marks}
    spans: dict[HeadingLine, list[range]] = {}
    for piece in section.pieces:
        releases = (mark for mark in reversed(piece.above) if mark.release is not None)
        owner = next(
            (mark for mark in releases if mark.is_heading or piece.span.start <= last_table.get(mark, -1)), None
        )
        if owner is None or owner.release is None:
            continue
        if document.text(piece.span) and (owner.facts is not None or not piece.is_rule):
            of_owner = spans.setdefault(owner, [])
            if owner.facts is not None and of_owner:
                # Its lines are as an export wrote them: what stands between two blocks is theirs too.
                of_owner[-1] = range(of_owner[-1].start, piece.span.stop)
            else:
                of_owner.append(piece.span)
            where = f"in the introduction of “{parts.releases[owner.release].title}”"
            if piece.block.type == "table_open" and piece.group is None:
                document.doubt(piece.span.start, f"This table was kept as text {where}.")
            elif piece.block.type == "html_block":
                document.doubt(
                    piece.span.start, f"This HTML was kept as it is {where}, which shows what is safe of it."
                )
        elif piece.is_rule:
            document.take(piece.span)
    for owner, of_owner in spans.items():
        texts = [document.text(span) for span in of_owner]
        release = parts.releases[owner.release or 0]
        linked = [document.with_definitions(text, span) for text, span in zip(texts, of_owner, strict=True)]
        introduction = "\n\n".join(text for text in (release.introduction, *linked) if text)
        parts.releases[owner.release or 0] = replace(release, introduction=introduction)
        parts.kept += texts
        for span in of_owner:
            document.take(span)


def _take_empty_headings(section: Section, parts: Parts) -> None:
    """Headings below which nothing is left, and the lines across beside what was taken."""
    document = section.document
    pieces = section.pieces
    for place, piece in enumerate(pieces):
        around = [pieces[at] for at in (place - 1, place + 1) if 0 <= at < len(pieces)]
        if piece.is_rule and any(not document.text(other.span) for other in around):
            document.take(piece.span)
    above = {mark for piece in pieces if piece.group for mark in piece.group.marks if mark.is_heading}
    left = section.span.stop  # the first line after which there is text again
    for place, piece in reversed([*enumerate(pieces)]):
        mark = piece.mark
        if mark is None or not mark.is_heading or mark.span.start in document.taken or mark not in above:
            if document.text(piece.span):
                left = piece.span.start
            continue
        later = (other for other in pieces[place + 1 :] if other.mark and 0 < other.mark.level <= mark.level)
        following = next((other.span.start for other in later), section.span.stop)
        if left >= following and mark.is_whole and (mark.is_told or not mark.is_name):
            document.take(mark.span)
            document.take(mark.facts_span)
            if mark.is_told:
                parts.keep(mark)
            else:
                parts.structure.append(mark.source)
            mark.is_used = True
        else:
            left = piece.span.start


def with_names_above(parts: Parts) -> list[ParsedRelease]:
    """The releases with the names that stand above them in the source: before the titles of those that are called the
    same, or only "Planned", or are of a named release; of others, in their introductions.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for place, release in enumerate(parts.releases):
        alike[release.title.casefold()].append(place)
    found = [*parts.releases]
    for places in alike.values():
        paths = [tuple(mark.said for mark in parts.names_above.get(place, ())) for place in places]
        # As few of the names as tell them all apart, the outer first.
        depths = range(max(map(len, paths)) + 1 if len({*paths}) > 1 else 1)
        depth = next((depth for depth in depths if len({path[:depth] for path in paths}) == len(paths)), depths[-1])
        for place in places:
            found[place] = _with_names(found[place], parts.names_above.get(place, ()), depth)
    return found


def _with_names(release: ParsedRelease, above: Sequence[HeadingLine], depth: int) -> ParsedRelease:
    is_mere_state = not (release.when or release.horizon or is_date(release.title)) and read_heading(release.title)
    depth = depth or bool(is_mere_state)
    before = [mark for place, mark in enumerate(above) if place < depth or mark.is_name_of_release or mark.beside]
    title = ": ".join([*(mark.said for mark in before), release.title])
    when = release.when or (release.title if before and is_date(release.title) else "")
    after = (mark for mark in above if mark not in before and not mark.has_text)
    lead = ": ".join(plain_shown(mark.said) for mark in after)
    introduction = "\n\n".join(text for text in (lead, release.introduction) if text)
    return replace(release, title=cut(title), when=when, introduction=introduction)


def with_one_name_for_each_api(items: Sequence[ParsedItem]) -> list[ParsedItem]:
    """The same, an API that is named with and without "API" at its end, or in another case, always named the same: the
    longest way, then the first. An item that has its reference names it as it is named.
    """
    names: dict[str, str] = {}
    for api in (api for item in items for api in item.apis):
        names[_bare(api)] = max(names.get(_bare(api), ""), api.name, key=len)
    return [
        item.but(APIS, tuple(msgspec.structs.replace(api, name=names[_bare(api)]) for api in item.apis))
        if item.apis and not item.reference
        else item
        for item in items
    ]


def _bare(api: ApiVersion) -> str:
    return api.name.casefold().removesuffix(" api")
