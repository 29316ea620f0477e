"""What of one roadmap a search can find: each thing, with its title and all else that it says, in readers' order."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import chain

from roadmap.content.choices import Noun
from roadmap.content.fields import ITEM_FIELDS, REFERENCE, TITLE
from roadmap.content.shapes import OwnValues, Prose
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import anchor_of
from roadmap.published.filter_values import slug_of
from roadmap.published.history import History
from roadmap.published.roadmap import PublishedRoadmap

# What Markdown and HTML write that is no word of the text: where links and pictures lead, marks, tags.
_GAP = re.compile(r"[^\S\n]{5,}")
_LINKED = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+[^()]*)?\)|\[[^\[\]]*\])")
_DEFINED = re.compile(r"^ {0,3}\[[^\]\n]+\]:.*$", re.MULTILINE)
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--(?:(?!<!--).)*?--)>", re.DOTALL)
_RULE = re.compile(r"^[\s|:=*_~`-]+$", re.MULTILINE)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*+>]\s+|\d+[.)]\s+|\|)", re.MULTILINE)
_MARK = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])|\s*\|\s*$", re.MULTILINE)
_BETWEEN_CELLS = re.compile(r"\s*\|\s*")


class Found(Enum):
    """What kind of thing is found, in the order in which those that match as well stand."""

    ITEM = "Item"
    API = "API"
    COLUMN = "Column"
    RELEASE = "Release"
    PAGE = "Page"
    ENTRY = "Changelog entry"
    ROADMAP = "Roadmap"


Texts = tuple[tuple[str, str], ...]  # each with what that is called, if anything


@dataclass(frozen=True, eq=False, slots=True)
class Document:
    """Something that is found, with what leads to its page."""

    kind: Found
    title: str
    own_texts: Texts = ()  # of what is no item
    address: str = ""  # the reference, the part of an address, the value of a filter, or the anchor by which it is seen
    item: PlacedItem | None = None
    is_withdrawn: bool = False

    @property
    def texts(self) -> Texts:
        """What else it says. Of an item made anew each time: of thousands, only those that are found are asked."""
        return _texts_of_item(self.item) if self.item else self.own_texts

    @property
    def heading(self) -> str:
        """What names it: words of this count for more than what it says."""
        return f"{self.address}\n{self.title}" if self.kind is Found.ITEM else self.title


@lru_cache(maxsize=2**10)
def plain(markdown: str) -> str:
    """The words of a text on one line. Not to the letter, as `roadmap.markdown` has them, but a hundred times quicker:
    thousands of texts are read at once.
    """
    text = _GAP.sub(" " * 4, markdown)  # else the patterns below would go back and forth in long ones
    text = _TAG.sub(" ", _DEFINED.sub("", _LINKED.sub(r"\1", text)))
    text = _MARK.sub("", _LINE_MARK.sub("", _RULE.sub("", text)))
    return " ".join(html.unescape(_BETWEEN_CELLS.sub(" | ", text)).split())


def documents_of(published: PublishedRoadmap, history: History | None) -> Iterator[Document]:
    """`history` tells what withdrawn items said; without it, they are found by their titles."""
    snapshot, roadmap = published.snapshot, published.snapshot.roadmap
    yield from map(_of_item, snapshot.items)
    for gone in published.withdrawn_items:
        happened = history.of(gone.uid) if history else []
        was = happened[-1].thing.item_before if happened else None
        yield Document(Found.ITEM, gone.title, address=gone.address, item=was, is_withdrawn=True)
    versions: dict[str, dict[str, None]] = {}
    for api in chain.from_iterable(item.content.apis for item in snapshot.items):
        versions.setdefault(api.name, {})[api.version] = None
    for name, found in versions.items():
        yield Document(Found.API, name, (("Versions", ", ".join(sorted(filter(None, found)))),), slug_of(name))
    for column in roadmap.fields:
        yield Document(Found.COLUMN, column.name, (("", plain(column.explanation)),))
    for release in snapshot.releases:
        texts = ("", plain(release.introduction)), ("Date", release.dates)
        yield Document(Found.RELEASE, release.title, texts, slug_of(release.title))
    for page in snapshot.pages:
        yield Document(Found.PAGE, page.title, (("", plain(page.body)),), page.slug)
    for entry in snapshot.changelog:
        texts = ("", plain(entry.body)), ("Date", str(entry.when or ""))
        yield Document(Found.ENTRY, entry.title, texts, anchor_of(Noun.CHANGELOG_ENTRY, entry.uid))
    yield Document(Found.ROADMAP, roadmap.title, (("", roadmap.description), ("", plain(roadmap.footer))))


def _of_item(placed: PlacedItem) -> Document:
    return Document(Found.ITEM, placed.content.title, address=placed.content.reference, item=placed)


def _texts_of_item(placed: PlacedItem) -> Texts:
    content, texts = placed.content, []
    for field in ITEM_FIELDS:
        if isinstance(field.shape, OwnValues):
            texts += [(column.name, value) for column, value in placed.fields]
        elif isinstance(field.shape, Prose):
            texts.insert(0, ("", plain(field.of(content))))
        elif field.is_searched and field not in (REFERENCE, TITLE):
            texts.append((field.label, field.shape.cell(field.of(content))))
    return tuple((name, text) for name, text in texts if text)
