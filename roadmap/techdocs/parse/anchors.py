"""What can be linked to in a source, and the links that lead nowhere. Pure.

A fragment leads to what has an id or a name, or to a heading. What a heading is called follows from its words: as the
template has it, as Redcarpet alone has it, or as other renderers that documents were written for have it.
"""

import html
import posixpath
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from roadmap.content.choices import Stage
from roadmap.techdocs.parse.blocks import Block, Blocks
from roadmap.techdocs.parse.environment_phrases import read_phrase
from roadmap.techdocs.parse.headings import HeadingLine, headings_in
from roadmap.techdocs.sources import SourceDocument

_MARK = re.compile(r"""<[a-z][^<>]*?\s(?:id|name)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>=`]+))""", re.IGNORECASE)
_ENDING = re.compile(r"(?:\.html?)?(?:\.(?:md|markdown))?(?:\.erb)?$", re.IGNORECASE)
_FILE = re.compile(r"\w\.(?:html?|md|markdown)(?:\.md|\.markdown)?(?:\.erb)?$", re.IGNORECASE)
_TARGET = re.compile(r"<(?:a|img)\s[^<>]*?\b(?:href|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_OWN = re.compile(r"/(?:media/|[\w-]+/(?:items|pages|changelog|changes|editions)/)")
"""Addresses as this site has them."""
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_NO_NAME = re.compile(r"[^0-9a-z]+")
_TOP = {"", "top"}  # a browser goes to the top of the page
_MAX_TOLD = 200  # characters of an address


_NAMED = r"""<(?:a|span)\s+(?:id|name)\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[\w.:-]+)\s*(?:/>|>\s*</(?:a|span)>)"""
_ONLY_NAMES = re.compile(rf"\s*(?:{_NAMED}\s*)+")
_HEADING_OR_ROW = re.compile(r"\s{0,3}\#{1,6}[^#]|[^|]*\|")


@dataclass(frozen=True)
class Anchor:
    """Immutable: what a fragment may lead to."""

    path: str
    line: int
    """Where it stands, counted from 1; 0 for the whole document."""
    end: int
    """The line with which what it heads is over; the same line for what heads nothing."""
    name: str
    """Its id; the words of a heading."""
    is_heading: bool
    occurrence: int = 0
    """Of headings with the same words, which."""
    stage: str = ""
    """Of items, where the words say it."""


class LinkTarget(NamedTuple):
    """Where a link within a source leads."""

    document: str
    anchor: Anchor | None
    """None where the document has nothing of that name."""


@dataclass(frozen=True)
class LinkedDocument:
    """Immutable: one page of the source, as links know it."""

    path: str
    partials: tuple[str, ...]
    whole: Anchor
    anchors: tuple[Anchor, ...]
    names: tuple[tuple[str, int], ...]
    """What fragments may call an anchor, with its place among those: of two of a name, the first counts."""

    @cached_property
    def _by_name(self) -> dict[str, Anchor]:
        folded = [(name.casefold(), place) for name, place in self.names]
        return {name: self.anchors[place] for name, place in reversed([*self.names, *folded])}

    def find(self, fragment: str) -> Anchor | None:
        asked = (fragment, unquote(fragment), unquote(fragment).casefold())
        return next((self._by_name[name] for name in asked if name in self._by_name), None)


@dataclass(frozen=True)
class SourceLinks:
    """Immutable: the pages of a source, and which of them a link leads to."""

    documents: tuple[LinkedDocument, ...] = ()
    """The home page first."""
    site: str = ""
    """The address of the site that was built of the source; empty where nobody says."""

    @cached_property
    def _by_key(self) -> dict[str, LinkedDocument]:
        top = "source/" if all(document.path.startswith("source/") for document in self.documents) else ""
        return {_key(document.path.removeprefix(top)): document for document in reversed(self.documents)}

    @cached_property
    def by_path(self) -> dict[str, LinkedDocument]:
        """By the path of its file, and of each partial that it includes first."""
        pairs = [(path, document) for document in self.documents for path in (document.path, *document.partials)]
        return dict(reversed(pairs))

    def place(self, target: str, path: str) -> LinkTarget | None:
        """Where a link leads that stands in the file of that path; None where that is no page of the source."""
        document = self.by_path.get(path)
        address, _, fragment = target.partition("#")
        if document is None or (not address and fragment in _TOP):
            return None
        found = self._page(address, document) or self._moved(address, fragment) if address else document
        if found is None:
            return None
        return LinkTarget(found.path, found.whole if fragment in _TOP else found.find(fragment))

    def _page(self, address: str, document: LinkedDocument) -> LinkedDocument | None:
        if _is_on(self.site, address):
            address = f"/{address.removeprefix(self.site).lstrip('/')}"
        try:
            parts = urlsplit(address)
        except ValueError:  # such as an IPv6 address without its end
            return None
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        here = next(key for key, found in self._by_key.items() if found is document)
        folders = [""] if path.startswith("/") else [posixpath.dirname(here), here, ""]
        keys = (_key(posixpath.normpath(posixpath.join(folder, path.lstrip("/")))) for folder in folders)
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def _moved(self, address: str, fragment: str) -> LinkedDocument | None:
        """The one page with the name of the file that a link leads to, wherever it stands, if it has the fragment too:
        files are taken out of their folders more often than links are changed.
        """
        name = unquote(address).rpartition("/")[2]
        if _ELSEWHERE.match(address) or not _FILE.search(name):
            return None
        alike = [found for key, found in self._by_key.items() if key.rpartition("/")[2] == _key(name)]
        return alike[0] if len(alike) == 1 and (fragment in _TOP or alike[0].find(fragment)) else None


def _key(path: str) -> str:
    """A page by whatever a link may call it: "index.html", "guides/", "guides/index.html.md"."""
    name = _ENDING.sub("", path.strip("/")).casefold()
    folder, _, last = name.rpartition("/")
    return folder if last in ("index", ".") else name


def read_blocks(source: SourceDocument) -> Blocks:
    """A document without the lines that do nothing but name what is right below them, `<a name="june"></a>`: as text
    of their own they would stand in the way, and a link to them leads to what they name.
    """
    document = Blocks(source)
    named = {line: document.lines[line] for block in document.blocks for line in _only_names(document, block)}
    if not named:
        return document
    lines = source.text.split("\n")
    document = Blocks(replace(source, text="\n".join("" if at in named else line for at, line in enumerate(lines))))
    document.named = named
    return document


def _only_names(document: Blocks, block: Block) -> Iterator[int]:
    lines = document.lines
    for line in block.span if block.type in ("paragraph_open", "html_block") else ():
        if not _ONLY_NAMES.fullmatch(lines[line]):
            return
        below = next((other for other in lines[line + 1 : line + 4] if other.strip()), "")
        says_when = read_phrase(below.strip(" *_"))  # such as an entry of a changelog
        if says_when or _HEADING_OR_ROW.match(below) or _ONLY_NAMES.fullmatch(below):
            yield line


def links_of(documents: Sequence[Blocks], sources: Sequence[SourceDocument], site: str) -> SourceLinks:
    """Before anything is taken from the documents; nothing where no link stays on the site."""
    site = site.rstrip("/")
    if not any(target for document in documents for target, _ in _targets(document, site)):
        return SourceLinks()
    partials = {source.path: source.partials for source in sources}
    return SourceLinks(tuple(_linked(document, partials.get(document.path, ())) for document in documents), site)


def doubt_links(documents: Sequence[Blocks], links: SourceLinks) -> None:
    """Each link that leads to nothing, once for each address in a document."""
    for document in documents if links.documents else ():
        told: set[str] = set()
        for target, token in _targets(document, links.site):
            if target not in told and (text := _problem(target, links, document.path)):
                document.doubt(document.line_of(target, token), text)
            told.add(target)


def _problem(target: str, links: SourceLinks, path: str) -> str:
    """What is wrong with a link; empty where nothing is."""
    shown = target[:_MAX_TOLD]
    if place := links.place(target, path):
        return (
            "" if place.anchor else f"This link leads to {shown}, and nothing in the source has that name: change it."
        )
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    is_beside = parts.path and not parts.scheme and not parts.netloc and not _OWN.match(target)
    return f"This link leads to a file beside the source, {shown}: change it." if is_beside else ""


def _targets(document: Blocks, site: str) -> Iterator[tuple[str, Token]]:
    """Where links and pictures lead that stay on the site, and the block in which each stands."""
    for token in document.inlines(document.all_lines):
        for child in token.children or (token,):
            if child.type in ("html_block", "html_inline"):
                found = [html.unescape(first or second) for first, second in _TARGET.findall(child.content)]
            elif child.attrs:
                found = [str(child.attrGet("href") or child.attrGet("src") or "")]
            else:
                continue
            own = (target for target in found if target and (not _ELSEWHERE.match(target) or _is_on(site, target)))
            yield from ((target, token) for target in own)


def _is_on(site: str, target: str) -> bool:
    return bool(site) and target.startswith(site)


def _linked(document: Blocks, partials: tuple[str, ...]) -> LinkedDocument:
    headings = [heading for heading in headings_in(document) if heading.text]
    ends = _ends(headings, len(document.lines))
    anchors: list[Anchor] = []
    names: list[list[tuple[str, int]]] = [[], [], [], []]  # the surest first
    numbers = _Numbers()
    count: Counter[str] = Counter()
    by_line: dict[int, int] = {}
    for place, heading in enumerate(headings):
        line, words_of = heading.span.start, heading.text.strip().lower()
        # The template makes its of HTML, in which "&" is "&amp;".
        of_html, slug = (_NO_NAME.sub("-", text).strip("-") for text in (html.escape(words_of, quote=False), words_of))
        others = (re.sub(r"[^0-9a-z_]+", "-", words_of).strip("-"), re.sub(r"[^\w\- ]", "", words_of).replace(" ", "-"))
        nth = count[words_of]
        count[words_of] += 1
        names[1].append((numbers.unique(of_html, heading.level), place))
        names[2] += [(name, place) for name in (slug, *others)]
        names[3] += [(f"{name}-{number}", place) for name in (slug, *others) for number in (nth, nth + 1) if nth]
        path, number = document.where(line)
        end = number + ends[line] - line
        anchors.append(Anchor(path, number, end, heading.text, True, nth, _stage(heading)))
        by_line[line] = place
    for mark, line in _marks(document, by_line):
        names[0].append((mark, by_line.get(line, len(anchors))))
        if line not in by_line:
            path, number = document.where(line)
            anchors.append(Anchor(path, number, number, mark, is_heading=False))
    title = next((heading for heading in headings if heading.level == 1), None)
    called = title or HeadingLine(range(0), 1, document.title or "", True, "")
    whole = Anchor(document.path, 0, len(document.lines) + 1, called.text, is_heading=True, stage=_stage(called))
    return LinkedDocument(document.path, partials, whole, tuple(anchors), tuple(chain(*names)))


class _Numbers:
    """The names that the template gives to the headings of a page."""

    def __init__(self) -> None:
        self.given: set[str] = set()
        self.next: Counter[str] = Counter()
        self.above: list[tuple[int, str]] = []

    def unique(self, slug: str, level: int) -> str:
        """With its parent's before it where it is taken, then with a number."""
        while self.above and self.above[-1][0] >= level:
            self.above.pop()
        if slug in self.given and self.above:
            slug = f"{self.above[-1][1]}-{slug}"
        name = slug
        while name in self.given:
            self.next[slug] += 1
            name = f"{slug}-{self.next[slug] + 1}"
        self.given.add(name)
        self.above.append((level, name))
        return name


def _ends(headings: Sequence[HeadingLine], length: int) -> dict[int, int]:
    """By the line of each heading, the line on which what it heads is over."""
    ends: dict[int, int] = {}
    opened: list[HeadingLine] = []
    for heading in headings:
        while opened and opened[-1].level >= heading.level:
            ends[opened.pop().span.start] = heading.span.start
        opened.append(heading)
    return ends | {heading.span.start: length for heading in opened}


def _marks(document: Blocks, headings: Container[int]) -> Iterator[tuple[str, int]]:
    """What has an id or a name, with the line that it is of: in a heading, that of the heading."""
    rows = {block.span.start: block.span.start + 2 for block in document.blocks if block.type == "table_open"}
    for line, text in document.named.items():
        below = next((at for at in range(line, len(document.lines)) if document.lines[at].strip()), line)
        yield from ((name, rows.get(below, below)) for name in _names_in(text))
    for block in document.blocks:
        if block.type not in ("fence", "code_block"):
            start = block.span.start if block.span.start in headings else None
            for line in block.span:
                yield from ((name, line if start is None else start) for name in _names_in(document.lines[line]))


def _names_in(line: str) -> Iterator[str]:
    return ("".join(groups) for groups in _MARK.findall(line))


def _stage(heading: HeadingLine) -> str:
    phrase = heading.phrase
    if phrase is None:
        return ""
    if phrase.environments:
        return phrase.environments[-1].value
    if phrase.says_deployed:
        return Stage.LIVE
    return Stage.BACKLOG if phrase.is_backlog or phrase.horizon or phrase.says_planned else ""
