"""What one cell of a table says. Pure: where the cell stands is not known here."""

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it.token import Token

from roadmap.content.choices import Kind
from roadmap.techdocs.parse.blocks import BREAK_TAG, Blocks, plain, text_of, words
from roadmap.techdocs.texts import MAX_KEPT

MAX_TITLE_LENGTH = 200  # as in the working copies
MAX_NAMES_LENGTH = 200

# What is a mere mark in a cell of a table and would begin something else at the start of a point: an ordered list, a
# heading, a list or quotation, a line across, a block of code, the definition of a link.
_BLOCK_MARK = re.compile(
    r"""
    (\d{1,9})(?=[.)](?:\s|$))
    | (?= \#{1,6}(?:\s|$) | [-+*](?:\s|$) | > | (?:[-*_][ \t]*){3,}$ | `{3}[^`]*$ | ~{3} | \[[^\]]*\]: )
    """,
    re.VERBOSE,
)
NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "not applicable", "nil"}
UNDECIDED = {"tbc", "tbd", "tba", "to be confirmed", "to be decided", "unknown", "?"}
_YES = {"yes", "y", "true", "✓", "✔", "x", "breaking"}
_NO = {"no", "n", "false", "✗", "✘", "non-breaking", "not breaking", "non breaking"}
_AS_ABOVE = {"as above", "same as above", "ditto", '"', "″", "〃", "do.", "see above"}
_KINDS = {
    Kind.API: "api, apis, endpoint, endpoints, endpoint functionality, api functionality, apis and endpoints, "
    "api changes, api endpoints",
    Kind.USER_INTERFACE: "ui, user interface, user interfaces, user interface functionality, ui functionality, "
    "screens, online service, online services, ui changes",
    Kind.GUIDE: "guide, guides, guidance, documentation, service guide, service guides, end-to-end service guides",
    Kind.BACKEND: "backend, back end, back-end, backend functionality, back end functionality, back-end functionality, "
    "backend changes",
}
_KIND_OF = {name.strip(): kind for kind, names in _KINDS.items() for name in names.split(",")}
_NO_TITLE = {"note", "notes", "new", "update", "updated", "important", "please note", "warning"}
_DASH = re.compile(r"\s+[-–—]\s+|\s*[–—]\s+|\s+[–—]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)(?<!\bno\.)\s+(?=[^\W_a-z])")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;/&\n]|\band\b|\bor\b)\s*", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|b|br|div|em|i|li|ol|p|span|strong|sub|sup|u|ul)\s*/?>", re.IGNORECASE)
_LINK_TAG = re.compile(r"<a\s+href\s*=\s*(?:\"[^\"]*\"|'[^']*')\s*>", re.IGNORECASE)
_BOLD_START = re.compile(
    r"\s*(\*\*|__|<(?:b|strong)\s*>)(.{1,400}?)(?:\1|</(?:b|strong)\s*>)((?:<br\s*/?>|[\s:;.,–—-])*)", re.IGNORECASE
)
_STRONG = re.compile(r"<(?:b|strong)\s*>", re.IGNORECASE)
_END_STRONG = re.compile(r"</(?:b|strong)\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """Immutable."""

    source: str
    token: Token
    text: str
    """In plain words, on one line."""
    is_whole: bool
    """The plain words are all that the source has: there is no address and no HTML in it."""

    @property
    def key(self) -> str:
        return self.text.casefold().strip(" .*")

    @property
    def says_nothing(self) -> bool:
        return self.key in NOTHING and self.is_whole

    @property
    def is_undecided(self) -> bool:
        return self.key in UNDECIDED

    @property
    def says_as_above(self) -> bool:
        return self.key in _AS_ABOVE or self.key.strip("“”‘’'\"().") in _AS_ABOVE


def read_cell(document: Blocks, source: str) -> Cell:
    token = document.inline(source)
    return Cell(source, token, *plain(token))


def yes_or_no(text: str) -> bool | None:
    """What "Yes" or "No" means; None for anything else."""
    key = text.casefold().strip(" .!*")
    return True if key in _YES else False if key in _NO else None


def kind_named(text: str) -> Kind | None:
    return _KIND_OF.get(" ".join(text.casefold().strip(" :.*").split()))


def names_listed(cell: Cell) -> tuple[str, ...]:
    """ "Businesses and agents" as ("Businesses", "Agents"); nothing where that would be too long."""
    parts = (part.strip(" .*") for part in _BETWEEN_NAMES.split(text_of(cell.token, BREAK_TAG)))
    named = tuple(dict.fromkeys(part[:1].upper() + part[1:] for part in parts if part))
    return named if len(", ".join(named)) <= MAX_NAMES_LENGTH else ()


def title_in(token: Token) -> str:
    """The title that a description begins with: its bold first words, or those before a line break or a dash, or else
    its first sentence. At most 200 characters, cut at a word.
    """
    bold = " ".join(bold_start(token).split()).strip(" :–—-.,;")
    if any(character.isalnum() for character in bold) and bold.casefold() not in _NO_TITLE:
        return cut(bold)
    whole = text_of(token, BREAK_TAG).strip()
    first = " ".join(whole.partition("\n")[0].split())
    sentence = _SENTENCE_END.split(first, maxsplit=1)[0]
    before_dash = _DASH.split(sentence, maxsplit=1)[0]
    for title in (before_dash, sentence, " ".join(whole.split())):
        title = title.strip(" :–—-.,;")
        if any(character.isalnum() for character in title):
            return cut(title)
    return ""


def without_title(cell: Cell, title: str) -> tuple[str, str]:
    """The title as a description begins with it in bold, or is nothing else, and the description without it.

    Nothing, and all of the description, where it begins in another way or goes on in the same sentence.
    """
    if cell.source.strip("*_ .") == title:
        return title, ""
    match = _BOLD_START.match(cell.source)
    if match is None or missing(match[2], title) or missing(title, match[2]):
        return "", cell.source
    between, text = match[3], cell.source[match.end() :]
    is_apart = bool(between.strip()) or match[2].rstrip().endswith(tuple(":.!?")) or not text[:1].islower()
    return (title, text[:1].upper() + text[1:]) if is_apart else ("", cell.source)


def cut(text: str, length: int = MAX_TITLE_LENGTH) -> str:
    """The text, or as many whole words of it as fit."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head}…"


def as_point(source: str) -> str:
    """What stood in a cell, so that it stays one paragraph of text at the start of a line."""
    mark = _BLOCK_MARK.match(source)
    return f"{source[: mark.end()]}\\{source[mark.end() :]}" if mark else source


def tags_in(token: Token) -> list[str]:
    """The HTML in a cell that only divides or stresses what it says: "<br/>". An address in it is none of this."""
    found = [child.content for child in token.children or () if child.type == "html_inline"]
    links = ["<a href>" for tag in found if _LINK_TAG.fullmatch(tag)]
    return [tag for tag in found if _TAG.fullmatch(tag)] + links


def missing(source: str, said: str) -> Counter[str]:
    """The words of a source, whatever their case, that are not in what was made of it."""
    return (_kept_missing if len(source) + len(said) <= MAX_KEPT else _missing)(source, said)


def _missing(source: str, said: str) -> Counter[str]:
    return Counter(words(source.casefold())) - Counter(words(said.casefold()))


_kept_missing = lru_cache(maxsize=512)(_missing)  # so nobody may change what is missing


def bold_start(token: Token) -> str:
    parts: list[str] = []
    depth = 0
    for child in token.children or ():
        is_tag = child.type == "html_inline"
        if child.type == "strong_open" or (is_tag and _STRONG.match(child.content)):
            depth += 1
        elif child.type == "strong_close" or (is_tag and _END_STRONG.match(child.content)):
            depth -= 1
            if depth <= 0:
                break
        elif depth:
            parts.append(" " if "break" in child.type or (is_tag and BREAK_TAG.match(child.content)) else child.content)
        elif child.type not in ("em_open", "link_open") and child.content.strip():
            break  # the bold words are not the first
    return "".join(parts)


def html_urls(text: str) -> list[str]:
    """Where the links lead that are written as HTML."""
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
