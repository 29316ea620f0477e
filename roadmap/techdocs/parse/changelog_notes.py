"""A changelog that is no table: dates, or versions with a date, as headings, bold lines or list items, and what stands
below each. Read as entries; what comes before the first stays where it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from roadmap.dates import parse
from roadmap.techdocs.cells import plain_read
from roadmap.techdocs.parse.blocks import Blocks, Span, plain
from roadmap.techdocs.parse.cell_text import MAX_TITLE_LENGTH, cut, title_in
from roadmap.techdocs.parse.changelog_tables import Entries
from roadmap.techdocs.parse.environment_phrases import is_date
from roadmap.techdocs.texts import ENTRY_FACTS, facts_read

_VERSION = r"(?:version|release|issue|revision|v)\s?\.?\s?\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?\b"
_ONLY_VERSION = re.compile(_VERSION, re.IGNORECASE)
_ASIDE = r"(?:(?:published|issued|released|updated|dated|last updated)(?: on)?\b|on\b)?"
_VERSION_FIRST = re.compile(rf"({_VERSION})[\s,:;(\[–—|-]*({_ASIDE})[\s:]*(.{{3,60}}?)[)\]]?", re.IGNORECASE)
_DATE_FIRST = re.compile(r"(.{3,60}?)(?:\s*[:(|]\s*|\s+[-–—]\s+|\s*[–—]\s*|,\s+)(.+?)\)?", re.DOTALL)


@dataclass(frozen=True)
class _Head:
    """Immutable: where an entry begins."""

    span: Span
    """Its own lines; what follows is the entry's."""
    level: int
    title: str
    when: str
    text: str = ""
    """What else stands on its line."""
    aside: str = ""
    """What the site says itself: "Published"."""
    is_whole: bool = True
    source: str = ""
    is_stated: bool = False
    """Its title is its heading, and its date is stated below."""
    is_list_item: bool = False
    """All of the entry is in its span."""


def take_note_entries(document: Blocks, section: Span) -> Entries:
    """The entries that begin with a date in a section. They are taken from the document.

    A version without a date has the one of the heading it stands under, or is left as it is, with a doubt.
    """
    entries = Entries()
    heads = _with_stated(document, section, [*_heads(document, section)])
    bounds = [head.span.first for head in heads] + [section.last]
    outer: _Head | None = None  # a heading with a date, for the versions below it
    for place, head in enumerate(heads):
        following = heads[place + 1] if place + 1 < len(heads) else None
        if outer and (head.level <= outer.level if head.level else not head.title):
            outer = None  # what follows belongs to this head
        when = head.when or (outer.when if outer else "")
        if not when:
            document.doubt(head.span.first, f"“{head.title[:100]}” has no date, so it was kept as text.")
            continue
        rest = Span(head.span.last, head.span.last if head.is_list_item else bounds[place + 1])
        body = _joined(head.text, document.text(rest))
        if head.when and head.level:
            outer = head
        if not head.title and not body and following and not following.when and outer is head:
            # A date for the versions below it, which will all have it.
            entries.kept.append(head.when)
            document.take(head.span)
            continue
        title = head.title or when
        if not head.is_whole:
            body = _joined(head.source, body)
        if head.is_stated:
            entries.kept += [head.source, body]
        else:
            entries.kept += [body] if not head.is_whole else [head.title, head.when, body]
        entries.structure += [head.aside] if head.is_whole and head.aside else []
        entries.add(document, cut(title), when, body, head.span.first, section)
        for token in document.top(rest):
            if token.type == "table_open" and token.map:
                document.doubt(token.map[0], f"This table was kept as text in the changelog entry “{cut(title)}”.")
        document.take(Span(head.span.first, rest.last))
    return entries


def _with_stated(document: Blocks, section: Span, heads: list[_Head]) -> list[_Head]:
    """The heads of a section. Where headings have their dates in lines of their own, as an export writes them, it is
    headings of their level alone that begin an entry: what is below them is theirs.
    """
    stated: dict[int, _Head] = {}
    tokens = document.within(section)
    for heading, title, below, line in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if (heading.type, below.type) != ("heading_open", "paragraph_open") or heading.level or not heading.map:
            continue
        facts, level = facts_read(line.content, ENTRY_FACTS), int(heading.tag[1])
        when = plain_read((facts or {}).get("Date", ""))
        if is_date(when) and heading.map[0] not in document.taken:
            span = Span(heading.map[0], below.map[1] if below.map else section.last)
            source = f"{title.content}\n{line.content}"
            stated[span.first] = _Head(span, level, plain(title)[0], when, source=source, is_stated=True)
    if not stated:
        return heads
    top = next(iter(stated.values())).level
    found = {head.span.first: head for head in heads} | stated
    return [head for _, head in sorted(found.items()) if head.level == top]


def _joined(first: str, second: str) -> str:
    return "\n\n".join(part for part in (first, second) if part)


def _heads(document: Blocks, section: Span) -> Iterator[_Head]:
    tokens = document.within(section)
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or not token.map or token.map[0] in document.taken:
            continue
        span = Span(*token.map)
        if token.type == "heading_open":
            head = _head(tokens[index + 1], span, level=int(token.tag[1]))
            if head:
                yield head
        elif token.type == "paragraph_open":
            head = _paragraph_head(document, tokens[index + 1], span)
            if head:
                yield head
        elif token.type == "bullet_list_open":
            yield from _list_heads(document, tokens, index)


def _head(inline: Token, span: Span, level: int = 0) -> _Head | None:
    text, is_whole = plain(inline)
    if len(text) > MAX_TITLE_LENGTH:
        return None
    text = text.strip(" :")
    if _is_day(text):
        return _Head(span, level, "", text, is_whole=is_whole, source=inline.content)
    if _ONLY_VERSION.fullmatch(text):
        return _Head(span, level, text, "", is_whole=is_whole, source=inline.content)
    match = _VERSION_FIRST.fullmatch(text)
    if match and _is_day(match[3]):
        return _Head(span, level, match[1], match[3], aside=match[2], is_whole=is_whole, source=inline.content)
    for when, rest in _sides(text):
        if rest:
            return _Head(span, level, rest, when, is_whole=is_whole, source=inline.content)
    return None


def _paragraph_head(document: Blocks, inline: Token, span: Span) -> _Head | None:
    """A bold line, a line that is a date or a version; the lines below it in its paragraph are the entry's."""
    first, _, _ = inline.content.partition("\n")
    first = first.rstrip(" \\")
    line = document.inline(first)
    head = _head(line, Span(span.first, span.first + 1))
    if head is None or not head.title or _ONLY_VERSION.match(head.title) or plain(line)[0].startswith(head.when):
        return head
    # A sentence may end with a date; a bold line that does is the name of an entry.
    return head if first.startswith(("**", "__")) and first.rstrip(" :").endswith(("**", "__")) else None


def _list_heads(document: Blocks, tokens: Sequence[Token], index: int) -> list[_Head]:
    """The items of a list each of which begins with a date; nothing where one does not."""
    level = tokens[index].level
    heads: list[_Head] = []
    for place in range(index + 1, len(tokens)):
        token = tokens[place]
        if token.level <= level:
            break
        if token.type != "list_item_open" or token.level != level + 1 or not token.map:
            continue
        following = tokens[place + 1 : place + 3]
        if [token.type for token in following] != ["paragraph_open", "inline"]:
            return []
        inline = following[1]
        found = next(iter(_sides(plain(inline)[0])), None)
        day = plain(inline)[0].strip(" :")
        if found is None and not _is_day(day):
            return []
        heads.append(_list_head(document, Span(*token.map), inline, found or (day, "")))
    return heads


def _list_head(document: Blocks, span: Span, inline: Token, sides: tuple[str, str]) -> _Head:
    when, rest = sides
    _, last = inline.map or (span.first, span.first + 1)
    _, is_whole = plain(inline)
    below = [document.lines[line] for line in range(last, span.last)]
    margin = min((len(line) - len(line.lstrip()) for line in below if line.strip()), default=0)
    nested = "\n".join(line[margin:] for line in below).strip("\n")
    title = rest if len(rest) <= MAX_TITLE_LENGTH else title_in(document.inline(inline.content))
    if title != rest:
        is_whole = False
    return _Head(span, 0, title, when, text=nested, is_whole=is_whole, source=inline.content, is_list_item=True)


def _sides(text: str) -> Iterator[tuple[str, str]]:
    """The date at the start of a text and what follows it; or the date at its end and what comes before."""
    match = _DATE_FIRST.fullmatch(text)
    if match and _is_day(match[1]):
        yield match[1], match[2].strip()
        return
    for separator in (" (", " – ", " - ", " — ", ": ", ", "):
        before, found, after = text.rpartition(separator)
        after = after.removesuffix(")") if separator == " (" else after
        if found and before.strip() and _is_day(after):
            yield after, before.strip()
            return


def _is_day(text: str) -> bool:
    """Whether it is a date that has come: not "TBC"."""
    return any(character.isdigit() for character in text) and is_date(text) and parse(text).start is not None
