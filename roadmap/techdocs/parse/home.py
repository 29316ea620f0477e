"""What is said once for a whole roadmap: which document is its home, its title and description, whom to ask, what its
environments and its columns are called. Pure.

Sections that state only facts, as an export writes them, are no pages: they are taken from the text. The enquiry link
that every roadmap has somewhere in its text stays there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from markdown_it.token import Token

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cell_text import cut, html_urls
from roadmap.techdocs.parse.columns import KnownNames, heading_key
from roadmap.techdocs.parse.environment_phrases import read_phrase
from roadmap.techdocs.parse.headings import HeadingLine, headings_in
from roadmap.techdocs.parse.result import ParsedContact, ParsedField, Parts
from roadmap.techdocs.sources import Doubt, ImportRefused
from roadmap.techdocs.texts import COLUMNS, CONTACT, CONTACT_FACTS, ENVIRONMENT_FACTS, ENVIRONMENTS, facts_read

MAX_TITLE_LENGTH = 200  # as in the working copies
MAX_SUBJECT_LENGTH = MAX_TEAM_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 1000

_HOME = re.compile(r"(.*/)?index(\.html)?\.(md|markdown)(\.erb)?", re.IGNORECASE)
_ABOUT = re.compile(r"(.*/)?readme\.(md|markdown)", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_\[\]<>&!]")
_DATE = r"""
    (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?
    (?: \d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9},?\s+\d{4} | [a-z]{3,9}\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4}
      | \d{1,4}[./-]\d{1,2}[./-]\d{1,4} )
    (?:,?\s+(?:at\s+)?\d{1,2}[:.]?\d{0,2}(?::\d\d)?\s*(?:[ap]m)?)?
"""
_TYPED_UPDATE = re.compile(
    rf"""
    (?:(?:this|the)\s+)? (?:(?:page|document|documentation|roadmap|site|content|information)\s+)? (?:was\s+)?
    (?:last\s+(?:updated|modified|amended)|updated) (?:\s+date)? \s*[:–—-]?\s* (?:(?:on|in)\s+)? {_DATE} \.?
    | last\s+(?:updated|modified|amended)\s*: [\w\s,./:()-]{{0,40}}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UPDATE = re.compile("updated|modified|amended", re.IGNORECASE)  # soon told, of most texts
_ANY_TEAM = re.compile(r"(?:(?:the|our|this|your)\s+)?team", re.IGNORECASE)
_LINK = re.compile(r"\[(.*)\]\([^()]*\)")
# The length of a local part is limited (RFC 5321, 4.5.3.1.1), which also keeps the search linear.
_BARE_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_QUOTED = re.compile(r"[‘'“\"*]([\w -]{3,30})[’'”\"*]")
_USUAL_NAMES = {"prod": "Production", "testing": "Test"}


def in_order(documents: Sequence[Blocks]) -> list[Blocks]:
    """The home page first, then the others by weight, those without one last, by name."""
    others = sorted(documents, key=lambda document: (document.weight, document.path))
    # In the outermost folder that has one: others are the homes of folders within. Where nobody wrote one for the site,
    # it is what a visitor to the repository reads first.
    homes = [document for document in others if _HOME.fullmatch(document.path)]
    homes = homes or [document for document in others if _ABOUT.fullmatch(document.path)]
    home = min(homes or others[:1], key=lambda document: document.path.count("/"))
    if not homes and len(others) > 1:
        home.doubts.append(Doubt(home.path, 0, "There is no index.md, so this was taken for the home page."))
    others.remove(home)
    return [home, *others]


def title_without_heading(document: Blocks, site_title: str) -> str:
    """Raises ImportRefused where neither the document nor its site says what it is called."""
    if document.title is not None:
        return document.title
    if not site_title:
        raise ImportRefused(
            f"{document.path} has no title, so it is not a roadmap's Markdown. Begin it with a line such as “# VAT”."
        )
    document.doubt(0, f"There is no title here, so the site's was used: “{cut(site_title)}”.")
    return cut(site_title)


def doubt_other_titles(document: Blocks, title: HeadingLine, headings: Sequence[HeadingLine]) -> None:
    if document.title and document.title != title.text:
        text = f"The front matter's title “{document.title[:100]}” was not used: the heading is the title."
        document.doubt(0, text)
    for other in headings:
        if other.level == 1 and other is not title:
            document.doubt(other.span.start, "There is a title already, so this heading was kept in the text as it is.")


def is_title(document: Blocks, heading: HeadingLine) -> bool:
    """Whether a section can be called by its heading; where not, it goes on in the part before."""
    start, length = heading.span.start, len(heading.text)
    if not length:
        document.doubt(start, "This heading has no words, so it begins no page.")
    elif length > MAX_TITLE_LENGTH:
        document.doubt(start, f"This heading is longer than {MAX_TITLE_LENGTH} characters, so it begins no page.")
    return 0 < length <= MAX_TITLE_LENGTH


def drop_typed_updates(document: Blocks, parts: Parts) -> None:
    """Leaves out the lines that say when the document was last updated, for the site says so itself."""
    for block in document.top(document.all_lines):
        if block.type != "paragraph_open" or not block.inline or not _UPDATE.search(block.inline.content):
            continue
        for line in block.span:
            text = document.lines[line]
            if _TYPED_UPDATE.fullmatch(plain(document.inline(text.strip()))[0]):
                parts.structure.append(text)
                said = "This date was typed, and the site shows its own, that of each edition: it was left out."
                document.doubt(line, said)
                document.take(range(line, line + 1))


def take_description(home: Blocks, span: range, parts: Parts) -> str | None:
    """The first paragraph, if plain text can hold it."""
    first = next((block for block in home.top(span) if not home.taken.issuperset(block.span)), None)
    if first is None or first.type != "paragraph_open" or not first.inline:
        return None
    left = [line for line in first.span if line not in home.taken]
    inline = first.inline if len(left) == len(first.span) else home.inline("\n".join(home.lines[line] for line in left))
    text, is_whole = plain(inline)
    if text and is_whole and len(text) <= MAX_DESCRIPTION_LENGTH:
        home.take(first.span)
        parts.kept.append(inline.content)
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
            # Earlier exports have the address for the name of a team that has none.
            name = plain_read(team) if plain_read(team) != email else ""
            parts.contact = ParsedContact(email, plain_read(subject), name, *where, is_all=True)
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
        found = ParsedField(heading.text, text, *document.where(span.start))
        parts.fields.setdefault(heading_key(heading.text), found)
        parts.kept += [heading.source, text]
        document.take(span)
    document.take(title.span)
    parts.structure.append(title.source)


class _Found(NamedTuple):
    document: Blocks
    line: int
    email: str
    subject: str


def find_contact(documents: Sequence[Blocks], sections: Sequence[Sequence[range]]) -> ParsedContact | None:
    """The first enquiry link of the documents, or else the first email address. Other addresses are doubted.

    `sections` are those of each document: the team's name is looked for in the link's own.
    """
    found = [link for document in documents for link in _links(document)]
    found = found or [address for document in documents for address in _bare_addresses(document)]
    if not found:
        return None
    document, line, email, subject = found[0]
    for key, other in {other.email.lower(): other for other in reversed(found)}.items():
        if key != email.lower():
            other.document.doubt(other.line, f"The enquiry link writes to {email}; {other.email} is another address.")
    section = next((span for span in sections[documents.index(document)] if line in span), document.all_lines)
    return ParsedContact(email, subject, _team(document, section), *document.where(line))


def _links(document: Blocks) -> Iterator[_Found]:
    for token in document.inlines(document.all_lines):
        for url in _urls(token):
            if not url.lower().startswith("mailto:"):
                continue
            addresses, _, query = url[len("mailto:") :].partition("?")
            first = unquote(addresses.split(",")[0]).strip()
            line = document.line_of(first, token)
            if not _is_address(first):
                document.doubt(line, "This link writes to nobody that is known: it was not used for the contact.")
                continue
            yield _Found(document, line, first, _subject(document, line, query))


def _subject(document: Blocks, line: int, query: str) -> str:
    # By RFC 6068 a plus sign is itself, so not as in a form.
    said = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    subject = next((" ".join(value.split()) for key, value in said if key.lower() == "subject"), "")
    if len(subject) > MAX_SUBJECT_LENGTH or not subject.isprintable():
        document.doubt(line, "The subject in this link is too long or is not text, so it was not used.")
        return ""
    return subject


def _bare_addresses(document: Blocks) -> Iterator[_Found]:
    for token in document.inlines(document.all_lines):
        for match in _BARE_ADDRESS.finditer(token.content):
            if _is_address(match.group()):
                yield _Found(document, document.line_of(match.group(), token), match.group(), "")


def _is_address(text: str) -> bool:
    with suppress(ValidationError):
        validate_email(text)
        return len(text) <= 254  # the longest address that can be delivered to: RFC 5321, erratum 1690
    return False


def _team(document: Blocks, section: range) -> str:
    """The first name of a team that is bold, or the words of an enquiry link: "Software Developer Support Team"."""
    for token in document.inlines(section):
        children = token.children or []
        for index, child in enumerate(children):
            is_enquiry = child.type == "link_open" and str(child.attrGet("href")).lower().startswith("mailto:")
            if child.type != "strong_open" and not is_enquiry:
                continue
            closing = child.type.replace("open", "close")
            closings = (at for at, other in enumerate(children) if other.type == closing and at > index)
            end = next(at for at in closings if children[at].level == child.level)
            name = plain(Token("inline", "", 0, children=children[index:end]))[0].strip(" .,:;")
            is_name = name.lower().endswith("team") and not _ANY_TEAM.fullmatch(name)
            if is_name and len(name) <= MAX_TEAM_LENGTH:
                return name
    return ""


def _urls(token: Token) -> Iterator[str]:
    """Where the links of a text lead, those written as HTML included."""
    if token.type == "html_block":
        yield from html_urls(token.content)
    for child in token.children or ():
        if child.type == "link_open":
            yield str(child.attrGet("href") or "")
        elif child.type == "html_inline":
            yield from html_urls(child.content)


def with_links(footer: str | None, links: Sequence[tuple[str, str]]) -> str | None:
    """The footer, and the links that stood in the header of every page. Those within the old site lead nowhere here."""
    outwards = [
        (_MARKUP.sub(r"\\\g<0>", name), target.replace("<", "%3C").replace(">", "%3E"))
        for name, target in links
        if target.lower().startswith(("https://", "http://"))
    ]
    listed = "\n".join(f"- [{name}](<{target}>)" for name, target in outwards)
    return f"{footer}\n\n{listed}" if footer and listed else listed or footer


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
