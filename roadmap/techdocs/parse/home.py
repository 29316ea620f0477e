"""What is said once for a whole roadmap: which document is its home, its title and description, whom to ask, what its
environments and its columns are called. Pure.

Sections that state only facts, as an export writes them, are no pages: they are taken from the text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Blocks, DocumentHeading, Span, plain
from roadmap.techdocs.parse.cell_text import cut
from roadmap.techdocs.parse.columns import KnownNames, heading_key
from roadmap.techdocs.parse.contact import ParsedContact
from roadmap.techdocs.parse.environment_phrases import read_phrase
from roadmap.techdocs.parse.result import ParsedField
from roadmap.techdocs.parse.section_items import Gathered
from roadmap.techdocs.sources import Doubt, ImportRefused
from roadmap.techdocs.texts import (
    COLUMNS,
    CONTACT,
    CONTACT_FACTS,
    ENVIRONMENT_FACTS,
    ENVIRONMENTS,
    facts_read,
    stripped,
)

MAX_TITLE_LENGTH = 200  # as in the working copies
MAX_DESCRIPTION_LENGTH = 1000

_HOME = re.compile(r"(.*/)?index(\.html)?\.(md|markdown)(\.erb)?", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_\[\]<>&!]")
_TYPED_UPDATE = re.compile(r"last updated\b", re.IGNORECASE)
_LINK = re.compile(r"\[(.*)\]\([^()]*\)")
_QUOTED = re.compile(r"[‘'“\"*]([\w -]{3,30})[’'”\"*]")
_USUAL_NAMES = {"prod": "Production", "testing": "Test"}


@dataclass
class Stated:
    """What a source states of itself."""

    contact: ParsedContact | None = None
    labels: dict[Environment, str] = field(default_factory=dict)
    columns: dict[str, ParsedField] = field(default_factory=dict)
    """By the key of their column."""
    kept: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)

    @property
    def names(self) -> KnownNames:
        by_label = {heading_key(label): environment for environment, label in self.labels.items()}
        return KnownNames(by_label, frozenset(self.columns))


def in_order(documents: Sequence[Blocks]) -> list[Blocks]:
    """The home page first, then the others by weight, those without one last, by name."""
    others = sorted(documents, key=lambda document: (document.weight, document.path))
    # In the outermost folder that has one: others are the homes of folders within.
    homes = sorted(
        (document for document in others if _HOME.fullmatch(document.path)),
        key=lambda document: document.path.count("/"),
    )
    home = next(iter(homes), None)
    if home is None:
        home = others[0]
        if len(others) > 1:
            home.doubts.append(Doubt(home.path, 0, "There is no index.md, so this was taken for the home page."))
    others.remove(home)
    return [home, *others]


def title_of(document: Blocks, heading: DocumentHeading | None, site_title: str = "") -> str:
    if heading is None:
        if document.title is None and site_title:
            document.doubt(0, f"There is no title here, so the site's was used: “{cut(site_title)}”.")
            return cut(site_title)
        if document.title is None:
            raise ImportRefused(
                f"{document.path} has no title, so it is not a roadmap's Markdown. "
                "Begin it with a line such as “# VAT”."
            )
        return document.title
    if document.title and document.title != heading.title:
        text = f"The front matter's title “{document.title[:100]}” was not used: the heading is the title."
        document.doubt(0, text)
    return heading.title


def is_title(document: Blocks, heading: DocumentHeading) -> bool:
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


def doubt_other_titles(document: Blocks, title: DocumentHeading, headings: Sequence[DocumentHeading]) -> None:
    for other in headings:
        if other.level == 1 and other is not title:
            document.doubt(other.span.first, "There is a title already, so this heading was kept in the text as it is.")


def take_description(home: Blocks, span: Span, heading: DocumentHeading | None) -> tuple[str | None, str]:
    """The first paragraph, if plain text can hold it, and that as it stood."""
    first = next((token for token in home.top(span) if not (heading and token.map[0] in heading.span)), None)  # type: ignore[index]
    if first is None or first.type != "paragraph_open" or not first.map:
        return None, ""
    inline = home.tokens[home.tokens.index(first) + 1]
    text, is_whole = plain(inline)
    if _TYPED_UPDATE.match(text):
        home.doubt(first.map[0], "This date was typed. The site shows its own, from the edition: remove this one.")
    elif text and is_whole and len(text) <= MAX_DESCRIPTION_LENGTH:
        home.take(Span(*first.map))
        return text, inline.content
    return None, ""


def take_stated(home: Blocks, sections: Mapping[DocumentHeading, Span], others: Sequence[Blocks]) -> Stated:
    """What the sections of the home page and the page about columns state, taken from their text."""
    stated = Stated()
    for heading, span in sections.items():
        below = Span(heading.span.last, span.last)
        if heading.title == CONTACT and (facts := _only_facts(home, below, CONTACT_FACTS)) is not None:
            email = facts.get("Email", "")
            link = _LINK.fullmatch(email)
            stated.contact = ParsedContact(
                plain_read(link[1] if link else email),
                plain_read(facts.get("Subject", "")),
                plain_read(facts.get("Team", "")),
                *home.where(heading.span.first),
                is_all=True,
            )
        elif (
            heading.title == ENVIRONMENTS and (facts := _only_facts(home, below, tuple(ENVIRONMENT_FACTS))) is not None
        ):
            stated.labels |= {ENVIRONMENT_FACTS[name]: plain_read(value) for name, value in facts.items() if value}
        else:
            continue
        stated.kept.append(home.text(span))
        home.take(span)
    for document in others:
        headings = [*document.headings()]
        if headings and headings[0].level == 1 and headings[0].title == COLUMNS:
            _take_columns(document, headings, stated)
    return stated


def _only_facts(document: Blocks, span: Span, names: tuple[str, ...]) -> dict[str, str] | None:
    tokens = [*document.within(span)]
    blocks = [token for token in tokens if not token.level and token.nesting >= 0]
    if [block.type for block in blocks] != ["paragraph_open"]:
        return None
    return facts_read(next(token.content for token in tokens if token.type == "inline"), names)


def _take_columns(document: Blocks, headings: Sequence[DocumentHeading], stated: Stated) -> None:
    title, *rest = headings
    starts = [heading for heading in rest if heading.level == 2 and heading.title]
    bounds = [*(heading.span.first for heading in starts), len(document.lines)]
    for heading, (_, end) in zip(starts, pairwise(bounds), strict=True):
        text = document.text(Span(heading.span.last, end))
        found = ParsedField(heading.title, stripped(text), *document.where(heading.span.first))
        stated.columns.setdefault(heading_key(heading.title), found)
        stated.kept += [heading.source, text]
        document.take(Span(heading.span.first, end))
    document.take(title.span)
    stated.structure.append(title.source)


def with_links(footer: str | None, links: Sequence[tuple[str, str]]) -> str | None:
    """The footer, and the links that stood in the header of every page. Those within the old site lead nowhere here."""
    outwards = [(name, target) for name, target in links if target.lower().startswith(("https://", "http://"))]
    if not outwards:
        return footer
    names = [_MARKUP.sub(r"\\\g<0>", name) for name, _ in outwards]
    targets = [target.replace("<", "%3C").replace(">", "%3E") for _, target in outwards]
    listed = "\n".join(f"- [{name}](<{target}>)" for name, target in zip(names, targets, strict=True))
    return f"{footer}\n\n{listed}" if footer else listed


def environment_labels(gathered: Gathered) -> dict[Environment, str]:
    """What the source calls each environment, where it is not the usual word."""
    found = {}
    for environment, names in gathered.labels.items():
        name = _USUAL_NAMES.get(names.most_common(1)[0][0].casefold(), names.most_common(1)[0][0])
        name = name[:1].upper() + name[1:]
        if name.replace("-", " ").casefold() != DEFAULT_ENVIRONMENT_LABELS[environment].replace("-", " ").casefold():
            found[environment] = name
    return found


def call_environments(documents: Iterable[Blocks], gathered: Gathered) -> None:
    """Where no heading and no column names an environment, a sentence may: "our ‘Live’ and ‘Test’ environments"."""
    found: dict[Environment, str] = {}
    for document in documents:
        for token in document.inlines():
            if "environment" not in token.content.casefold():
                continue
            for match in _QUOTED.finditer(token.content):
                phrase = read_phrase(match[1])
                if phrase and phrase.environments and phrase.label == match[1]:
                    found.setdefault(phrase.environments[0], phrase.label)
    for environment, label in found.items():
        if environment not in gathered.labels:
            gathered.calls(environment, label)
