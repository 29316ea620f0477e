"""What an export of ours says, read back: the same roadmap, with what somebody has changed by hand since. Pure.

Whatever stands outside the marks was added by hand, and is read as any other source would be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from roadmap.content.choices import HORIZON_LABELS, Environment
from roadmap.techdocs import cells, marks
from roadmap.techdocs.parse import document as parsing
from roadmap.techdocs.parse.blocks import words
from roadmap.techdocs.parse.changelog_tables import ParsedEntry
from roadmap.techdocs.parse.contact import ParsedContact
from roadmap.techdocs.parse.counting import count_words
from roadmap.techdocs.parse.document import MAX_ENTRIES, MAX_PAGES
from roadmap.techdocs.parse.result import (
    Identity,
    ParsedField,
    ParsedItem,
    ParsedPage,
    ParsedRelease,
    ParsedRoadmap,
    RoadmapIdentity,
    WordCount,
)
from roadmap.techdocs.parse.returned_rows import ReturnedItem, read_table
from roadmap.techdocs.parse.returned_texts import Block, Lines, is_made_line, link_text, plain_value
from roadmap.techdocs.parse.section_items import MAX_FIELDS, MAX_ITEMS, MAX_RELEASES
from roadmap.techdocs.sources import Doubt, ImportRefused, Source
from roadmap.techdocs.words import CONTACT_FACTS, ENTRY_FACTS, RELEASE_FACTS


def parse(source: Source) -> ParsedRoadmap:
    """The roadmap that the documents of a source describe, whether or not an export of ours wrote them.

    Raises ImportRefused as `parsing.parse` does, and for an export that is not whole.
    """
    documents = [document for document in source.documents if "<!-- roadmap: {" in document.text]
    found = [mark for document in documents for mark in _marks(document.text)]
    homes = [mark for mark in found if isinstance(mark, marks.Roadmap)]
    if not found:
        return parsing.parse(source)
    if len(homes) != 1:
        path = documents[0].path
        raise ImportRefused(
            f"{path}: this is a part of an exported roadmap. Give the whole folder that the export wrote."
            if not homes
            else f"{path}: the source holds two exported roadmaps. Import them one by one."
        )
    if homes[0].form > marks.FORM:
        raise ImportRefused(
            f"{documents[0].path}: a newer version of this software exported it. Update this one first."
        )
    labels = {getattr(homes[0], f"{one.value}_label"): f"{cells.MILESTONE}{one.value}" for one in Environment}
    return _Returned(source, labels).parsed()


def _marks(text: str) -> list[marks.AnyMark]:
    found = []
    for line in text.split("\n"):
        try:
            mark = marks.on_line(line)
        except marks.NotAMark:
            continue  # somebody's own comment, unless this turns out to be an export
        if mark is not None:
            found.append(mark)
    return found


@dataclass
class _Returned:
    source: Source
    labels: Mapping[str, str]
    home: tuple[marks.Roadmap, str, str, str, int] | None = None
    """The mark, title and description, and where they stand."""
    contact: ParsedContact | None = None
    footer: tuple[str, str, int] | None = None
    pages: list[ParsedPage] = field(default_factory=list)
    entries: list[ParsedEntry] = field(default_factory=list)
    releases: list[ParsedRelease] = field(default_factory=list)
    fields: dict[str, ParsedField] = field(default_factory=dict)
    rows: list[ReturnedItem] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)
    uids: set[str] = field(default_factory=set)
    """Those that a part has already: a copy made by hand is another thing."""

    def parsed(self) -> ParsedRoadmap:
        every = [Lines.of(document) for document in self.source.documents]
        every.sort(key=lambda one: (one.weight, one.document.path))
        for lines in every:
            self._read(lines)
        if self.home is None:
            raise ImportRefused(f"{every[0].document.path}: the title of the roadmap is gone. Put its heading back.")
        mark, title, description, path, line = self.home
        places = {one.identity.uid: place for place, one in enumerate(self.releases) if one.identity}
        items = [self._item(row, places) for row in self.rows]
        count = count_words(
            [word for lines in every for word in words(lines.text_taken)],
            [text for lines in every for text in lines.kept],
            [text for lines in every for text in lines.structure],
        )
        made = ParsedRoadmap(
            title=title,
            path=path,
            line=line,
            description=description,
            footer=self.footer[0] if self.footer else None,
            footer_path=self.footer[1] if self.footer else path,
            footer_line=self.footer[2] if self.footer else 0,
            contact=self.contact,
            pages=tuple(self.pages),
            entries=tuple(self.entries),
            doubts=(
                *(
                    Doubt(name, 0, "This was not read: only the Markdown files of the folder are.")
                    for name in self.source.unread
                ),
                *self.source.doubts,
                *(doubt for lines in every for doubt in lines.doubts),
            ),
            word_count=count,
            paths=tuple(lines.document.path for lines in every),
            releases=tuple(self.releases),
            items=tuple(items),
            fields=tuple(self.fields.values()),
            environment_labels=tuple((one.value, getattr(mark, f"{one.value}_label")) for one in Environment),
            identity=RoadmapIdentity(
                uid=mark.uid,
                prefix=mark.prefix,
                last_item_number=mark.last_item_number,
                hides_date_history=mark.hides_date_history,
            ),
        )
        _check_sizes(made)
        return _with_rest(made, every)

    def _read(self, lines: Lines) -> None:
        at = lines.start
        while at < len(lines.lines):
            mark = lines.mark(at)
            if mark is None:
                at += 1
            elif isinstance(mark, marks.Table):
                rows, at = read_table(lines, at, mark, self.labels)
                self.rows += [self._own(row, lines) for row in rows]
            else:
                end = next((one for one in range(at + 1, len(lines.lines)) if lines.mark(one)), len(lines.lines))
                lines.take(at, at + 1)
                if not isinstance(mark, marks.End):
                    self._block(lines, mark, at, end)
                at = end

    def _block(self, lines: Lines, mark: marks.AnyMark, first: int, last: int) -> None:
        block = Block(lines, first, last, getattr(mark, "exact", None))
        if block.is_empty:
            return  # somebody deleted what it was about
        path, line = lines.where(first)
        match mark:
            case marks.Roadmap():
                title, text = block.title(), block.paragraph()
                self.home = (mark, title, block.plain("description", text), path, line)
            case marks.Contact():
                self._contact(block, path, line)
            case marks.Footer():
                block.lines.structure.append(block.title())
                self.footer = (block.body(mark.closing), path, line)
            case marks.Field():
                name = block.exact.get("name")
                block.exact |= {"title": name} if name is not None else {}
                self.fields[mark.key] = ParsedField(block.title(), block.body(mark.closing), path, line, mark.key)
            case marks.Page():
                is_on_home = not block.line.startswith("# ")
                title = block.title()
                page = ParsedPage(title, mark.slug, block.body(mark.closing), is_on_home, path, line)
                self.pages.append(replace(page, identity=self._identity(mark.uid, mark.position)))
            case marks.Release():
                self._release(block, mark, path, line)
            case marks.Entry():
                title = block.title()
                facts = block.facts(ENTRY_FACTS) if mark.has_facts is not False else {}
                when = block.plain("typed", facts.get("Date", ""))
                entry = ParsedEntry(title, when, block.body(mark.closing), path, line)
                self.entries.append(replace(entry, identity=self._identity(mark.uid, mark.position)))
            case marks.Description():
                if block.line.startswith("<a id="):
                    block.lines.structure.append(block.paragraph())
                block.lines.structure.append(block.title())
                self.descriptions.setdefault(mark.uid, block.body(mark.closing))
            case marks.Made():
                block.made(is_made_line)
            case _:
                raise lines.refused(first, "it does not belong on a line of its own")

    def _contact(self, block: Block, path: str, line: int) -> None:
        block.lines.structure.append(block.title())
        facts = block.facts(CONTACT_FACTS)
        email = facts.get("Email", "")
        block.lines.structure.append(email)  # the address is in its link once more, with the subject
        self.contact = ParsedContact(
            email=block.plain("email", link_text(email)),
            subject=block.plain("subject", facts.get("Subject", "")),
            name=block.plain("name", facts.get("Team", "")),
            path=path,
            line=line,
        )

    def _release(self, block: Block, mark: marks.Release, path: str, line: int) -> None:
        title = block.title()
        facts = block.facts(RELEASE_FACTS) if mark.has_facts is not False else {}
        term, deployed = plain_value(facts.get("Term", "")), plain_value(facts.get("Deployed", ""))
        block.lines.structure += [term, deployed]
        horizon = next((one for one, label in HORIZON_LABELS.items() if label.casefold() == term.casefold()), None)
        if term and horizon is None:
            raise ImportRefused(f"{path}:{line}: the term “{term[:50]}” should be one of {_terms()}.")
        release = ParsedRelease(
            title=title,
            when=block.plain("typed", facts.get("Date", "")),
            horizon=horizon,
            is_deployed=deployed.casefold() == "yes",
            introduction=block.body(mark.closing),
            path=path,
            line=line,
        )
        self.releases.append(replace(release, identity=self._identity(mark.uid, mark.position)))

    def _identity(self, uid: str, position: int, reference: str = "") -> Identity:
        if uid in self.uids:
            return Identity(position=position)
        self.uids.add(uid)
        return Identity(uid, position, reference)

    def _own(self, row: ReturnedItem, lines: Lines) -> ReturnedItem:
        known = row.item.identity
        if known is None or not known.uid:
            return row
        own = self._identity(known.uid, known.position, known.reference)
        if not own.uid:
            text = f"This row has the comment of {known.reference}, which stands above: it was taken for a new item."
            lines.doubts.append(Doubt(row.item.path, row.item.line, text))
        return replace(row, item=replace(row.item, identity=own))

    def _item(self, row: ReturnedItem, places: Mapping[str, int]) -> ParsedItem:
        item = row.item
        if row.below_uid:
            item = replace(item, description=_joined(self.descriptions.get(row.below_uid, ""), item.description))
        fields = tuple((self._name(key, item), value) for key, value in row.fields)
        return replace(item, fields=fields, release=places.get(row.release_uid) if row.release_uid else None)

    def _name(self, key: str, item: ParsedItem) -> str:
        """Of the column with that key. One that is not explained anywhere has the key for a name."""
        if key not in self.fields:
            self.fields[key] = ParsedField(cells.plain_read(key), "", item.path, item.line)
        return self.fields[key].name


def _joined(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if more else text


def _terms() -> str:
    return ", ".join(HORIZON_LABELS.values())


def _check_sizes(made: ParsedRoadmap) -> None:
    for what, count, limit in (
        ("items", len(made.items), MAX_ITEMS),
        ("releases", len(made.releases), MAX_RELEASES),
        ("columns", len(made.fields), MAX_FIELDS),
        ("pages", len(made.pages), MAX_PAGES),
        ("changelog entries", len(made.entries), MAX_ENTRIES),
    ):
        if count > limit:
            raise ImportRefused(f"{made.path}: the source has more than {limit:,} {what}. Import it in parts.")


def _with_rest(made: ParsedRoadmap, every: Sequence[Lines]) -> ParsedRoadmap:
    """With what somebody has added by hand outside the marks, read as any other source."""
    if all(lines.rest is None for lines in every):
        return made
    # The home page goes first, and is told by its place: with nothing left of it, by its title alone.
    left = [lines.home_rest if lines.document.path == made.path else lines.rest for lines in every]
    added = parsing.parse(Source(tuple(document for document in left if document)))
    if added.description:
        page = ParsedPage(parsing.INTRODUCTION, "introduction", added.description, True, added.path, added.line)
        added = replace(added, pages=(page, *added.pages))
    if added.footer and made.footer is not None:
        page = ParsedPage("Footer", "footer", added.footer, True, added.footer_path, added.footer_line)
        added = replace(added, pages=(*added.pages, page))
    slugs = {page.slug for page in made.pages}
    releases = len(made.releases)
    return replace(
        made,
        pages=made.pages + tuple(_with_free_slug(page, slugs) for page in added.pages),
        entries=made.entries + added.entries,
        releases=made.releases + added.releases,
        items=made.items
        + tuple(replace(one, release=None if one.release is None else one.release + releases) for one in added.items),
        fields=made.fields + added.fields,
        footer=made.footer if made.footer is not None else added.footer,
        contact=made.contact or added.contact,
        doubts=made.doubts + added.doubts,
        word_count=WordCount(
            made.word_count.read + added.word_count.read,
            made.word_count.kept + added.word_count.kept,
            made.word_count.structure + added.word_count.structure,
        ),
    )


def _with_free_slug(page: ParsedPage, taken: set[str]) -> ParsedPage:
    slug = next(
        one for one in (page.slug, *(f"{page.slug[:70]}-{number}" for number in range(2, 1000))) if one not in taken
    )
    taken.add(slug)
    return replace(page, slug=slug)
