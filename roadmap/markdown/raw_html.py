"""Raw HTML in Markdown, made well-formed before it is cleaned, so that no words are lost and no text is swallowed.

Tags that are not wanted, `<script>` among them or a placeholder such as `<vrn>`, become visible text. What a block
opens and never closes ends with that block; what it closes without having opened it is left out. Complete comments
and complete style sheets are left out too. None of this is what makes the output safe: `sanitise` does.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.common.html_re import attribute
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from roadmap.markdown.sanitise import BLOCKS, INLINE, TABLE_PARTS, VOID

_MAX_DEPTH = 60  # of tags inside one another; deeper tags are left out and their words kept

# Landmarks belong to the page, not to a text in it; old presentation tags are read for their words.
_LANDMARKS = ("address", "article", "aside", "center", "footer", "header", "hgroup", "main", "nav", "section")
_RENAMED = dict.fromkeys(_LANDMARKS, "div")
_RENAMED |= {"acronym": "abbr", "big": "span", "font": "span", "nobr": "span", "strike": "s", "tt": "code"}
WANTED = INLINE | BLOCKS | set(_RENAMED)

# A start tag of the first ends an open element of the second: HTML lets authors leave these end tags out.
_CELLS = {"td", "th"}
_ENDS_SIBLING = {
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS | {"tr"},
    "tbody": _CELLS | {"tr", "thead", "tbody"},
    "tfoot": _CELLS | {"tr", "thead", "tbody"},
}

_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9-]*)({attribute}*)\s*/?>")
STYLE_START = re.compile(r"<style(?=[\s>])", re.IGNORECASE)
STYLE_END = re.compile(r"</style\s*>", re.IGNORECASE)


@dataclass(eq=False)
class _Tag:
    """A wanted tag in raw HTML."""

    name: str
    attributes: str
    is_end: bool
    start_tag: "_Tag | None" = None  # of an end tag
    has_end_tag: bool = False  # perhaps in a later block
    is_open: bool = False


@dataclass
class _Nesting:
    """The tags that are open at a point of the text. Its methods answer with what to write there."""

    opened: list[_Tag] = field(default_factory=list)

    def write(self, tag: str | _Tag) -> str:
        if isinstance(tag, str):
            return tag
        if tag.is_end:
            return self.close(tag.start_tag) if tag.start_tag else ""
        written = ""
        while self.opened and self.opened[-1].name in _ENDS_SIBLING.get(tag.name, ()):
            written += self.close(self.opened[-1])
        if tag.name in TABLE_PARTS and not any(outer.name == "table" for outer in self.opened):
            return written + " "  # a cell without a table: its words must not run into the next one's
        if tag.name not in VOID:
            if len(self.opened) >= _MAX_DEPTH:
                return written
            tag.is_open = True
            self.opened.append(tag)
        return f"{written}<{tag.name}{tag.attributes}>"

    def close(self, tag: _Tag) -> str:
        written = ""
        while tag.is_open:
            innermost = self.opened.pop()
            innermost.is_open = False
            written += f"</{innermost.name}>"
        return written

    def close_what_has_no_end(self) -> str:
        written = ""
        while self.opened and not self.opened[-1].has_end_tag:
            written += self.close(self.opened[-1])
        return written


def settle(state: StateCore) -> None:
    """A core rule of markdown-it, after `inline`: rewrites the raw HTML of all tokens as said above."""
    blocks = _html_blocks_with_pairs(state.tokens)
    nesting = _Nesting()
    for token, pieces in blocks:
        token.content = "".join(map(nesting.write, pieces)) + nesting.close_what_has_no_end() + "\n"
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _settled(token.children)


def _pieces(source: str) -> Iterator[str | _Tag]:
    """Raw HTML as wanted tags and text, every other `<` escaped."""
    style_ends = [found.end() for found in STYLE_END.finditer(source)]
    last_comment_end = source.rfind("-->")
    at = 0
    while (start := source.find("<", at)) >= 0:
        yield source[at:start]
        at = start + 1
        found = _TAG.match(source, start)
        if source.startswith("<!--", start) and start + 2 <= last_comment_end:
            at = source.index("-->", start + 2) + 3
        elif style_ends and start < style_ends[-1] and STYLE_START.match(source, start):
            at = style_ends[bisect_right(style_ends, start)]
        elif found and found[2].lower() in WANTED:
            name = found[2].lower()
            yield _Tag(_RENAMED.get(name, name), found[3], is_end=bool(found[1]))
            at = found.end()
        else:
            yield "&lt;"
    yield source[at:]


def _html_blocks_with_pairs(tokens: list[Token]) -> list[tuple[Token, list[str | _Tag]]]:
    """The HTML blocks in their pieces; each end tag knows its start tag, in the same list item or quotation."""
    blocks: list[tuple[Token, list[str | _Tag]]] = []
    containers: list[list[_Tag]] = [[]]
    for token in tokens:
        if token.nesting == 1:
            containers.append([])
        elif token.nesting == -1:
            containers.pop()
        elif token.type == "html_block":
            blocks.append((token, list(_pieces(token.content))))
            for piece in blocks[-1][1]:
                if isinstance(piece, _Tag):
                    _pair(piece, containers[-1])
    return blocks


def _pair(tag: _Tag, opened: list[_Tag]) -> None:
    if not tag.is_end:
        while opened and opened[-1].name in _ENDS_SIBLING.get(tag.name, ()):
            opened.pop()
        if tag.name not in VOID and len(opened) < _MAX_DEPTH:
            opened.append(tag)
        return
    for position in range(len(opened) - 1, -1, -1):
        if opened[position].name == tag.name:
            tag.start_tag = opened[position]
            tag.start_tag.has_end_tag = True
            for inner in opened[position + 1 :]:
                inner.has_end_tag |= inner.name in _ENDS_SIBLING  # its end tag may be left out: it ends here
            del opened[position:]
            return


def _settled(children: list[Token]) -> list[Token]:
    settled: list[Token] = []
    nestings = [_Nesting()]
    raw = [child.content if child.type == "html_inline" else "" for child in children]
    style_ends = [number for number, content in enumerate(raw) if STYLE_END.match(content)]
    style_until = -1
    for number, child in enumerate(children):
        if STYLE_START.match(raw[number]) and style_ends and number < style_ends[-1]:
            style_until = style_ends[bisect_right(style_ends, number)]
        if child.nesting == 1:
            nestings.append(_Nesting())
        elif child.nesting == -1:
            settled.append(_raw(nestings.pop().close_what_has_no_end()))
        elif number <= style_until:
            continue
        elif raw[number]:
            child.content = "".join(_written(piece, nestings[-1]) for piece in _pieces(child.content))
        settled.append(child)
    return [*settled, _raw(nestings[0].close_what_has_no_end())]


def _written(piece: str | _Tag, nesting: _Nesting) -> str:
    if isinstance(piece, _Tag) and piece.is_end:
        piece.start_tag = next((outer for outer in reversed(nesting.opened) if outer.name == piece.name), None)
    return nesting.write(piece)


def _raw(written: str) -> Token:
    return Token("html_inline", "", 0, content=written)
