"""What is said once for a whole roadmap: which document is its home, its title and description, whom to ask, what its
environments and its columns are called. Pure.

Sections that state only facts, as an export writes them, are no pages: they are taken from the text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import cut
from roadmap.techdocs.parse.columns import KnownNames, heading_key
from roadmap.techdocs.parse.environment_phrases import read_phrase
from roadmap.techdocs.parse.headings import HeadingLine, headings_in
from roadmap.techdocs.parse.result import ParsedContact, ParsedField, Parts
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


def in_order(documents: Sequence[Blocks]) -> list[Blocks]:
    """The home page first, then the others by weight, those without one last, by name."""
    others = sorted(documents, key=lambda document: (document.weight, document.path))
    # In the outermost folder that has one: others are the homes of folders within.
    homes = [document for document in others if _HOME.fullmatch(document.path)]
    home = min(homes or others[:1], key=lambda document: document.path.count("/"))
    if not homes and len(others) > 1:
        home.doubts.append(Doubt(home.path, 0, "There is no index.md, so this was taken for the home page."))
    others.remove(home)
    return [home, *others]


def title_of(document: Blocks, heading: HeadingLine | None, site_title: str = "") -> str:
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
    if document.title and document.title != heading.text:
        text = f"The front matter's title “{document.title[:100]}” was not used: the heading is the title."
        document.doubt(0, text)
    return heading.text


def is_title(document: Blocks, heading: HeadingLine) -> bool:
    """Whether a section can be called by its heading; where not, it goes on in the part before."""
    start, length = heading.span.start, len(heading.text)
    if not length:
        document.doubt(start, "This heading has no words, so it begins no page.")
    elif length > MAX_TITLE_LENGTH:
        document.doubt(start, f"This heading is longer than {MAX_TITLE_LENGTH} characters, so it begins no page.")
    return 0 < length <= MAX_TITLE_LENGTH


def doubt_other_titles(document: Blocks, title: HeadingLine, headings: Sequence[HeadingLine]) -> None:
    for other in headings:
        if other.level == 1 and other is not title:
            document.doubt(other.span.start, "There is a title already, so this heading was kept in the text as it is.")


def take_description(home: Blocks, span: range, parts: Parts) -> str | None:
    """The first paragraph, if plain text can hold it."""
    first = next((block for block in home.top(span) if block.span.start not in home.taken), None)
    if first is None or first.type != "paragraph_open" or not first.inline:
        return None
    text, is_whole = plain(first.inline)
    if _TYPED_UPDATE.match(text):
        text = "This date was typed. The site shows its own, from the edition: remove this one."
        home.doubt(first.span.start, text)
    elif text and is_whole and len(text) <= MAX_DESCRIPTION_LENGTH:
        home.take(first.span)
        parts.kept.append(first.inline.content)
        return text
    return None


def take_stated(
    home: Blocks, sections: Mapping[HeadingLine, range], others: Sequence[Blocks], parts: Parts
) -> KnownNames:
    """What the sections of the home page and the page about columns state, taken from their text."""
    known = KnownNames()
    for heading, span in sections.items():
        below = range(heading.span.stop, span.stop)
        if heading.text == CONTACT and (facts := _only_facts(home, below, CONTACT_FACTS)) is not None:
            team, email, subject = (facts.get(name, "") for name in CONTACT_FACTS)
            link, where = _LINK.fullmatch(email), home.where(heading.span.start)
            email = plain_read(link[1] if link else email)
            parts.contact = ParsedContact(email, plain_read(subject), plain_read(team), *where, is_all=True)
        elif heading.text == ENVIRONMENTS and (facts := _only_facts(home, below, (*ENVIRONMENT_FACTS,))) is not None:
            known.labels |= {ENVIRONMENT_FACTS[name]: plain_read(value) for name, value in facts.items() if value}
        else:
            continue
        parts.kept.append(home.text(span))
        home.take(span)
    for document in others:
        headings = headings_in(document)
        if headings and headings[0].level == 1 and headings[0].text == COLUMNS:
            _take_columns(document, headings, parts)
    known.own = {*parts.fields}
    return known


def _only_facts(document: Blocks, span: range, names: tuple[str, ...]) -> dict[str, str] | None:
    blocks = document.top(span)
    if len(blocks) != 1 or blocks[0].type != "paragraph_open" or not blocks[0].inline:
        return None
    return facts_read(blocks[0].inline.content, names)


def _take_columns(document: Blocks, headings: Sequence[HeadingLine], parts: Parts) -> None:
    title, *rest = headings
    starts = [heading for heading in rest if heading.level == 2 and heading.text]
    ends = [*(heading.span.start for heading in starts[1:]), len(document.lines)]
    for heading, end in zip(starts, ends, strict=False):
        span = range(heading.span.start, end)
        text = document.text(range(heading.span.stop, span.stop))
        found = ParsedField(heading.text, stripped(text), *document.where(span.start))
        parts.fields.setdefault(heading_key(heading.text), found)
        parts.kept += [heading.source, text]
        document.take(span)
    document.take(title.span)
    parts.structure.append(title.source)


def with_links(footer: str | None, links: Sequence[tuple[str, str]]) -> str | None:
    """The footer, and the links that stood in the header of every page. Those within the old site lead nowhere here."""
    outwards = [(name, target) for name, target in links if target.lower().startswith(("https://", "http://"))]
    if not outwards:
        return footer
    names = [_MARKUP.sub(r"\\\g<0>", name) for name, _ in outwards]
    targets = [target.replace("<", "%3C").replace(">", "%3E") for _, target in outwards]
    listed = "\n".join(f"- [{name}](<{target}>)" for name, target in zip(names, targets, strict=True))
    return f"{footer}\n\n{listed}" if footer else listed


def environment_labels(documents: Iterable[Blocks], parts: Parts) -> dict[Environment, str]:
    """What the source calls each environment, where it is not the usual word.

    Where no heading and no column names one, a sentence may: "our ‘Live’ and ‘Test’ environments".
    """
    called = {environment: names.most_common(1)[0][0] for environment, names in parts.labels.items()}
    for document in documents:
        for token in document.inlines(document.all_lines):
            if "environment" not in token.content.casefold():
                continue
            for match in _QUOTED.finditer(token.content):
                phrase = read_phrase(match[1])
                if phrase and phrase.environments and phrase.label == match[1]:
                    called.setdefault(phrase.environments[0], phrase.label)
    names = {environment: _USUAL_NAMES.get(name.casefold(), name) for environment, name in called.items()}
    return {
        environment: name[:1].upper() + name[1:]
        for environment, name in names.items()
        if _key(name) != _key(DEFAULT_ENVIRONMENT_LABELS[environment])
    }


def _key(name: str) -> str:
    return name.replace("-", " ").casefold()
