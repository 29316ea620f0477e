"""What a source says, as the parts of a roadmap: the language between parsing and planning. Pure.

Which working copy a part is, planning finds out; all that a source may say of it is the reference of an item.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from itertools import chain
from typing import Any

import msgspec
from django.utils.text import slugify

from roadmap.content.choices import Environment, Horizon
from roadmap.content.fields import APIS, DESCRIPTION, REFERENCE, TITLE, ContentField
from roadmap.content.things import ApiVersion
from roadmap.markdown import settled
from roadmap.techdocs.parse.anchors import SourceLinks
from roadmap.techdocs.parse.blocks import Blocks, words
from roadmap.techdocs.parse.cell_text import missing
from roadmap.techdocs.parse.headings import HeadingLine
from roadmap.techdocs.sources import Doubt, ImportRefused

MAX_SLUG_LENGTH = 80  # as in the working copies

# Far beyond any roadmap: what a hostile source may cost.
MAX_PAGES = 500


@dataclass(frozen=True)
class ParsedContact:
    """Immutable: whom to ask. Empty where the source does not say."""

    email: str
    subject: str
    name: str
    path: str
    line: int
    is_all: bool = False
    """What is empty is so on purpose: the source states it."""


@dataclass(frozen=True)
class ParsedPage:
    """Immutable: one page, its text as it stood in the source."""

    title: str
    slug: str
    body: str
    is_on_home: bool
    path: str
    line: int


@dataclass(frozen=True)
class ParsedEntry:
    """Immutable: one changelog entry, its date as typed, its points as a Markdown list."""

    title: str
    when: str
    body: str
    path: str
    line: int


@dataclass(frozen=True)
class ParsedRelease:
    """Immutable: a heading or bold line with dates, and what stands between it and its items."""

    title: str
    when: str
    """As typed; empty where the title says it, or nothing does."""
    horizon: Horizon | None
    is_deployed: bool
    introduction: str
    path: str
    line: int


@dataclass(frozen=True)
class ParsedField:
    """Immutable: a column that nobody knows."""

    name: str
    explanation: str
    """Markdown; empty where the document does not explain it."""
    path: str
    line: int


@dataclass(frozen=True)
class ParsedItem:
    """Immutable: one row of a table."""

    values: Mapping[str, Any]
    """What it says, by the name of the field, as an ItemContent has it. What is not there is not said."""
    path: str
    line: int
    fields: tuple[tuple[str, str], ...] = ()
    """What it says in each of the roadmap's own columns, by the column's name."""
    release: int | None = None
    """Its place among the releases of the source."""

    def says(self, field: ContentField) -> Any:
        return self.values.get(field.name, field.shape.empty)

    @property
    def reference(self) -> str:
        """Where the source says it."""
        return str(self.says(REFERENCE))

    @property
    def title(self) -> str:
        return str(self.says(TITLE))

    @property
    def description(self) -> str:
        """Markdown, as it stood in its cell."""
        return str(self.says(DESCRIPTION))

    @property
    def apis(self) -> tuple[ApiVersion, ...]:
        return tuple(self.says(APIS))

    def but(self, field: ContentField, value: Any) -> "ParsedItem":
        return replace(self, values={**self.values, field.name: value})


@dataclass(frozen=True)
class WordCount:
    """Immutable: proof that nothing was dropped. Front matter does not count; copies made for the contact neither."""

    read: int
    kept: int
    """Those that are in a title, description, page, release, item, field, changelog entry or footer."""
    structure: tuple[str, ...]
    """Words that are no text any more, for the site says the same itself: "Changelog", "Footer", names of columns."""


@dataclass(frozen=True)
class ParsedRoadmap:
    """Immutable: what a source says. None where it does not say."""

    title: str
    path: str
    line: int
    description: str | None
    footer: str | None
    contact: ParsedContact | None
    pages: tuple[ParsedPage, ...]
    entries: tuple[ParsedEntry, ...]
    doubts: tuple[Doubt, ...]
    word_count: WordCount
    paths: tuple[str, ...]
    """Of all documents, in the order in which they were taken."""
    releases: tuple[ParsedRelease, ...] = ()
    items: tuple[ParsedItem, ...] = ()
    fields: tuple[ParsedField, ...] = ()
    environment_labels: tuple[tuple[str, str], ...] = ()
    """What the source calls an environment, by its name in content.Environment, where it is not the usual word."""
    has_changelog: bool = True
    """Without one, it says nothing of the entries of a source before."""
    links: SourceLinks = field(default_factory=SourceLinks)


@dataclass
class Parts:
    """What has been found so far, in the order of the source."""

    contact: ParsedContact | None = None
    items: list[ParsedItem] = field(default_factory=list)
    releases: list[ParsedRelease] = field(default_factory=list)
    names_above: dict[int, Sequence[HeadingLine]] = field(default_factory=dict)
    """By the place of a release, the marks that name what it stands below, the outer first."""
    pages: list[ParsedPage] = field(default_factory=list)
    entries: list[ParsedEntry] = field(default_factory=list)
    footer: str | None = None
    fields: dict[str, ParsedField] = field(default_factory=dict)
    """By the key of their column."""
    headings_kept: set[str] = field(default_factory=set)
    """Headings of columns that hold a link, and have found a place in some text."""
    labels: dict[Environment, Counter[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    """Every text that now holds words of the source, each word once: copies are not among them."""
    structure: list[str] = field(default_factory=list)
    """Texts that the site says itself."""

    def calls(self, environment: Environment | None, label: str) -> None:
        if environment and label:
            self.labels.setdefault(environment, Counter())[label] += 1

    def keep(self, mark: HeadingLine) -> None:
        """Its words are in some text. A page's name out of its file's is no word of the source."""
        if mark.source:
            self.kept.append(mark.said)
            self.structure += missing(mark.source, mark.said).elements()  # an address, the tags of HTML

    def add_page(self, document: Blocks, title: str, body: str, line: int, *, address: str, is_on_home: bool) -> None:
        """`address` is the one that it asks for. Raises ImportRefused where there are far too many."""
        path, number = document.where(line)
        if len(self.pages) == MAX_PAGES:
            raise ImportRefused(f"{path}:{number}: the source has more than {MAX_PAGES} pages and sections.")
        base = slugify(address)[:MAX_SLUG_LENGTH].strip("-_") or "page"
        endings = ("", *(f"-{number}" for number in range(2, MAX_PAGES + 2)))
        slugs = (base[: MAX_SLUG_LENGTH - len(ending)] + ending for ending in endings)
        slugs_taken = {page.slug for page in self.pages}
        slug = next(slug for slug in slugs if slug not in slugs_taken)
        self.pages.append(ParsedPage(title, slug, body, is_on_home, path, number))

    def add_entry(self, document: Blocks, title: str, when: str, body: str, line: int, section: range) -> None:
        """An entry of a changelog in the section."""
        body = document.with_definitions(body, section)
        self.entries.append(ParsedEntry(title, when, body, *document.where(line)))


def count_words(before: list[str], kept: Iterable[str], structure: Iterable[str]) -> WordCount:
    """Holds all words that were read against those that have a place, whatever their case.

    `kept` are the texts of the parts, each word of the source once: a copy would hide the loss of another word.

    Raises ImportRefused where a word has no place: a fault of ours, which must not cost anybody a sentence.
    """
    names = [text for text in structure if text]
    named = [*chain.from_iterable(map(words, names))]
    placed = Counter(map(str.casefold, chain(chain.from_iterable(map(words, kept)), named)))
    lost = Counter(map(str.casefold, before)) - placed
    if lost:
        raise ImportRefused(
            f"{lost.total()} words of the source would be lost, the first is “{next(iter(lost))[:50]}”. "
            "This is a fault in the import: please report it."
        )
    return WordCount(len(before), len(before) - len(named), tuple(names))


def as_kept(said: Any) -> Any:
    """The same, every text in it as the working copies will keep it: what is imported again has then not changed."""
    if type(said) is str:
        return settled(said)
    if said is None or isinstance(said, (str, int)):  # most of what is left: choices, places, answers
        return said
    if isinstance(said, tuple):
        return tuple(as_kept(part) for part in said)
    if isinstance(said, dict):
        return {name: as_kept(part) for name, part in said.items()}
    if isinstance(said, msgspec.Struct):
        other = _others_kept(said, said.__struct_fields__)
        return msgspec.structs.replace(said, **other) if other else said
    if is_dataclass(said) and not isinstance(said, type):
        other = _others_kept(said, said.__dataclass_fields__)
        return replace(said, **other) if other else said
    return said


def _others_kept(said: Any, names: Iterable[str]) -> dict[str, Any]:
    """Of these attributes, those that are kept otherwise than they are said."""
    found = ((name, value, as_kept(value)) for name in names for value in (getattr(said, name),))
    return {name: kept for name, value, kept in found if kept != value}
