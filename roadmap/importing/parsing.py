"""What the documents of a source say, as the parts of a roadmap. Pure: it reads no file and no database.

The first document is the roadmap's home: its title, its introduction, and a page for every section under a second-level
heading, but for a changelog and a footer. Every other document is one further page. Whatever is not understood stays
Markdown on the page where it stood, with a Doubt at its line; every word of the source is accounted for in `WordCount`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from urllib.parse import urlsplit

from django.utils.text import slugify

from roadmap.importing.blocks import Blocks, Doubt, Heading, Span, blocks, plain, words
from roadmap.importing.changelog import ParsedEntry, take_entries
from roadmap.importing.contact import find_contact
from roadmap.importing.parsed import ParsedPage, ParsedRoadmap, WordCount
from roadmap.importing.reading import ImportRefused, Source

MAX_TITLE_LENGTH = 200  # as in the working copies
MAX_DESCRIPTION_LENGTH = 1000
MAX_SLUG_LENGTH = 80

# Far beyond any roadmap: what a hostile source may cost.
MAX_PAGES = 500
MAX_ENTRIES = 2000

CHANGELOG_HEADINGS = {"changelog", "change log"}
FOOTER_HEADINGS = {"footer"}
INTRODUCTION = "Introduction"

_HOME = re.compile(r"index(\.html)?\.(md|markdown)", re.IGNORECASE)
_TYPED_UPDATE = re.compile(r"last updated\b", re.IGNORECASE)


@dataclass
class _Parts:
    """What has been found so far, in the order of the source."""

    pages: list[ParsedPage]
    entries: list[ParsedEntry]
    structure: list[str]
    slugs: set[str]
    footer: tuple[str, str, int] | None = None

    def add_page(self, document: Blocks, title: str, body: str, line: int, *, is_on_home: bool) -> None:
        if len(self.pages) == MAX_PAGES:
            raise ImportRefused(f"{document.path}:{line + 1}: the source has more than {MAX_PAGES} pages and sections.")
        self.pages.append(ParsedPage(title, self._free_slug(title), body, is_on_home, document.path, line + 1))

    def _free_slug(self, title: str) -> str:
        base = slugify(title)[:MAX_SLUG_LENGTH].strip("-_") or "page"
        endings = ("", *(f"-{number}" for number in range(2, MAX_PAGES + 2)))
        cut = (base[: MAX_SLUG_LENGTH - len(ending)] + ending for ending in endings)
        slug = next(one for one in cut if one not in self.slugs)
        self.slugs.add(slug)
        return slug


def parse(source: Source) -> ParsedRoadmap:
    """The roadmap that the documents of a source describe.

    Raises ImportRefused where a document's front matter cannot be read, there is no title, or there is far too much.
    """
    home, *others = _in_order([blocks(document) for document in source.documents])
    documents = [home, *others]
    before = [word for document in documents for word in words("\n".join(document.lines))]
    sections = [[Span(0, len(document.lines))] for document in others]
    parts = _Parts([], [], [], set())

    headings = list(home.headings())
    heading = next((one for one in headings if one.level == 1 and one.title), None)
    title = _title(home, heading)
    starts = [one for one in headings if one.level == 2 and _is_title(home, one)]
    bounds = [0, *(one.span.first for one in starts), len(home.lines)]
    introduction, *section_spans = [Span(first, last) for first, last in pairwise(bounds)]
    # Before any line is taken: the enquiry link may stand in what becomes a description or an entry.
    contact = find_contact(documents, [[introduction, *section_spans], *sections])
    if heading:
        _doubt_other_titles(home, heading, headings)
        home.take(heading.span)
    description = _introduction(home, introduction, heading, parts)
    for start, span in zip(starts, section_spans, strict=True):
        _section(home, start, span, parts)
    for document in others:
        _further_page(document, parts)

    doubts = [Doubt(name, 0, "This was not read: only the Markdown files of the folder are.") for name in source.unread]
    doubts += [one for document in documents for one in sorted(document.doubts, key=lambda one: one.line)]
    footer, footer_path, footer_line = parts.footer or (None, home.path, 0)
    kept = [title, description or "", footer or ""]
    kept += [text for page in parts.pages for text in (page.title, page.body)]
    kept += [text for entry in parts.entries for text in (entry.title, entry.when, entry.body)]
    return ParsedRoadmap(
        title=title,
        path=home.path,
        line=heading.span.first + 1 if heading else 1,
        description=description,
        footer=footer,
        footer_path=footer_path,
        footer_line=footer_line,
        contact=contact,
        pages=tuple(parts.pages),
        entries=tuple(parts.entries),
        doubts=tuple(doubts),
        word_count=_count(before, kept, parts.structure),
        paths=tuple(document.path for document in documents),
    )


def _in_order(documents: list[Blocks]) -> list[Blocks]:
    """The home page first, then the others by weight, those without one last, by name."""
    others = sorted(documents, key=lambda one: (one.weight, one.path))
    home = next((one for one in others if _HOME.fullmatch(one.path)), None)
    if home is None:
        home = others[0]
        if len(others) > 1:
            home.doubts.append(Doubt(home.path, 0, "There is no index.md, so this was taken for the home page."))
    others.remove(home)
    return [home, *others]


def _title(home: Blocks, heading: Heading | None) -> str:
    if heading is None:
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


def _introduction(home: Blocks, span: Span, heading: Heading | None, parts: _Parts) -> str | None:
    """The description. What else comes before the first section goes onto a page."""
    first = next((token for token in home.top(span) if not (heading and token.map[0] in heading.span)), None)  # type: ignore[index]
    description = None
    if first is not None and first.type == "paragraph_open" and first.map:
        text, is_whole = plain(home.tokens[home.tokens.index(first) + 1])
        if _TYPED_UPDATE.match(text):
            home.doubt(first.map[0], "This date was typed. The site shows its own, from the edition: remove this one.")
        elif text and is_whole and len(text) <= MAX_DESCRIPTION_LENGTH:
            description = text
            home.take(Span(*first.map))
    rest = _body(home, span, heading)
    if rest:
        line = next(line for line in range(span.first, span.last) if _is_left(home, line, heading))
        home.doubt(line, f"What comes before the first section was kept as the page “{INTRODUCTION}”.")
        _doubt_kept(home, span, INTRODUCTION)
        parts.add_page(home, INTRODUCTION, rest, line, is_on_home=True)
    return description


def _is_left(document: Blocks, line: int, heading: Heading | None) -> bool:
    if heading and line in heading.span:
        return not heading.is_whole
    return line not in document.taken and bool(document.lines[line].strip())


def _section(home: Blocks, heading: Heading, span: Span, parts: _Parts) -> None:
    home.take(heading.span)
    name = heading.title.lower()
    if name in CHANGELOG_HEADINGS:
        entries, columns = take_entries(home, span)
        parts.entries += entries
        if len(parts.entries) > MAX_ENTRIES:
            line = parts.entries[MAX_ENTRIES].line
            raise ImportRefused(f"{home.path}:{line}: the changelog has more than {MAX_ENTRIES:,} entries.")
        body = _body(home, span, heading)
        if entries and not body:
            parts.structure += [heading.title, *columns]
            return
        parts.structure += columns
        home.doubt(heading.span.first, f"What is not an entry of the changelog was kept as the page “{heading.title}”.")
    elif name in FOOTER_HEADINGS and parts.footer is None and (footer := _body(home, span, heading)):
        parts.footer = (footer, home.path, heading.span.first + 1)
        parts.structure.append(heading.title)
        _doubt_kept(home, span, heading.title)
        return
    _doubt_kept(home, span, heading.title)
    parts.add_page(home, heading.title, _body(home, span, heading), heading.span.first, is_on_home=True)


def _further_page(document: Blocks, parts: _Parts) -> None:
    headings = list(document.headings())
    heading = next((one for one in headings if one.level == 1 and _is_title(document, one)), None)
    span = Span(0, len(document.lines))
    if heading:
        title = _title(document, heading)
        _doubt_other_titles(document, heading, headings)
        document.take(heading.span)
    else:
        title = document.title or PurePath(document.path).name.split(".")[0].replace("-", " ").capitalize()
        if not document.title:
            document.doubt(0, f"This file has no title, so its page is called “{title}”.")
    _doubt_kept(document, span, title)
    line = heading.span.first if heading else 0
    parts.add_page(document, title, _body(document, span, heading), line, is_on_home=False)


def _body(document: Blocks, span: Span, heading: Heading | None) -> str:
    """The text that is left, after its heading's own Markdown where the title does not say all of it."""
    text = document.text(span)
    if heading and not heading.is_whole:
        text = f"{heading.source}\n\n{text}".rstrip()
        document.doubt(heading.span.first, "This heading holds more than words, so it was kept in the text too.")
    return document.with_definitions(text, span)


def _doubt_kept(document: Blocks, span: Span, title: str) -> None:
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


def _count(before: list[str], kept: list[str], structure: list[str]) -> WordCount:
    """Raises ImportRefused where a word has no place: a fault of ours, which must not cost anybody a sentence."""
    headings = [word for text in structure for word in words(text)]
    lost = Counter(before) - Counter(word for text in kept for word in words(text)) - Counter(headings)
    if lost:
        raise ImportRefused(
            f"{lost.total()} words of the source would be lost, the first is “{next(iter(lost))[:50]}”. "
            "This is a fault in the import: please report it."
        )
    return WordCount(len(before), len(before) - len(headings), tuple(structure))
