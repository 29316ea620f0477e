"""Whom to ask: found in the enquiry link that every roadmap has somewhere in its text. The text itself stays."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from markdown_it.token import Token

from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.result import ParsedContact

MAX_SUBJECT_LENGTH = MAX_NAME_LENGTH = 200  # as in the working copy

# The length of a local part is limited (RFC 5321, 4.5.3.1.1), which also keeps the search linear.
_BARE_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


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
            # By RFC 6068 a plus sign is itself, so not as in a form.
            addresses, _, query = url[len("mailto:") :].partition("?")
            first = unquote(addresses.split(",")[0]).strip()
            line = document.line_of(first, token)
            if not _is_address(first):
                document.doubt(line, "This link writes to nobody that is known: it was not used for the contact.")
                continue
            yield _Found(document, line, first, _subject(document, line, query))


def _subject(document: Blocks, line: int, query: str) -> str:
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key.lower() == "subject":
            subject = " ".join(unquote(value).split())
            if len(subject) > MAX_SUBJECT_LENGTH or not subject.isprintable():
                document.doubt(line, "The subject in this link is too long or is not text, so it was not used.")
                return ""
            return subject
    return ""


def _bare_addresses(document: Blocks) -> Iterator[_Found]:
    for token in document.inlines(document.all_lines):
        for match in _BARE_ADDRESS.finditer(token.content):
            if _is_address(match.group()):
                yield _Found(document, document.line_of(match.group(), token), match.group(), "")


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254  # the longest address that can be delivered to: RFC 5321, erratum 1690


def _team(document: Blocks, section: range) -> str:
    """The first bold name of a team: "Software Developer Support Team"."""
    for token in document.inlines(section):
        children = token.children or []
        for index, child in enumerate(children):
            if child.type != "strong_open":
                continue
            closings = (at for at, other in enumerate(children) if other.type == "strong_close" and at > index)
            end = next(at for at in closings if children[at].level == child.level)
            name = plain(Token("inline", "", 0, children=children[index:end]))[0].strip(" .,:;")
            if name.lower().endswith("team") and len(name) <= MAX_NAME_LENGTH:
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


def html_urls(text: str) -> list[str]:
    links = _Links()
    with suppress(AssertionError):  # what the parser says of a malformed declaration; the links before it count
        links.feed(text)
    return links.found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]
