"""The Markdown that roadmaps are written in: CommonMark 0.31 with GitHub's tables and strikethrough, and bare web
addresses as links. Differs from both where existing documents would otherwise lose words.
"""

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.common.html_re import HTML_OPEN_CLOSE_TAG_RE
from markdown_it.rules_block import StateBlock, blockquote, heading, list_block
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from roadmap.markdown import raw_html
from roadmap.markdown.sanitise import is_safe_link

_MAX_DEPTH = 20  # levels: ten lists or twenty quotations inside one another; deeper markers are shown as text
_MAX_REFERENCES = 500_000  # characters that `[label]` links may add: without a limit, 200 kB can become gigabytes
_MAX_EMPTY_CELLS = 20_000  # that short table rows may be filled up with, for the same reason

_BLOCK_START = re.compile(r"<(/?)([a-z][a-z0-9]*)(?=\s|/?>|$)", re.IGNORECASE)
_PRE_END = re.compile(r"</pre\s*>", re.IGNORECASE)
_COMMENT_END = re.compile(r"-->")
_MAY_HOLD_TEXT = {"article", "aside", "blockquote", "center", "div", "footer", "header", "main", "nav", "p", "section"}
_COMMENT_LINE = re.compile(r"<!--(?:(?!-->).)*-->\s*")
_ROW_HEADING = re.compile(r"#(?:\s+(?=\S)|(?=[^\W\d_]))")
_TIGHT_HEADING = re.compile(r"(#{1,6})(?=[^\W\d_])")
_CLOSING_MARKS = re.compile(r"\s#+\s*$")
_BLANKS_IN_ADDRESS = re.compile(r"""\(\s*([^\s()<>"'\\]+(?: +[^\s()<>"'\\]+)+)(?:\s+"([^"\n]*)")?\s*\)""")
_LIKE_ADDRESS = re.compile(r"[/#]|^[a-z]+:|\.\w", re.IGNORECASE)
_DELIMITER_CELL = re.compile(r":?-+:?")
_BARE_URL = re.compile(r"(?<![\w/])https?://[^\s<>\"'`|\\]*[^\s<>\"'`|\\?!.,:;*_~()\[\]]", re.IGNORECASE)

_Rule = Callable[[StateBlock, int, int, bool], bool]


class _References(dict[str, Any]):
    """Link definitions that stop answering when the links made of them would outgrow the text."""

    left = _MAX_REFERENCES

    def get(self, label: str, default: Any = None) -> Any:
        reference = super().get(label, default)
        if reference:
            self.left -= len(reference["href"]) + len(reference["title"])
        return reference if self.left > 0 else default


def environment(*, with_lines: bool = False) -> dict[str, Any]:
    """What `parser` needs to know of one text: a new one for each."""
    return {"references": _References(), "no_ending_after": {}, "last_end": {}, "with_lines": with_lines}


def _row(text: str) -> list[str]:
    cells = escapedSplit(text.strip())
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return [cell.strip() for cell in cells]


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _is_delimiter_row(text: str) -> bool:
    # One colon or pipe at least: a line of dashes alone makes a heading of the line above.
    cells = _row(text)
    return ("|" in text or ":" in text) and bool(cells) and all(map(_DELIMITER_CELL.fullmatch, cells))


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """GitHub's table (GFM 0.29, 4.10), but nothing is cut off: a row may have more cells than the header, and the
    header more or fewer than the line of dashes. All rows are filled up to the longest, so that columns align.

    A row is a line with a pipe, whatever it begins with, as for Redcarpet, and "# Name" at its start heads it, as in
    the tech-docs template. A comment on a line of its own ends nothing."""
    dashes = start_line + 1
    if dashes >= end_line or state.sCount[dashes] < state.blkIndent:
        return False
    if state.is_code_block(start_line) or state.is_code_block(dashes):
        return False
    header = _line(state, start_line)
    if "|" not in header or not _is_delimiter_row(_line(state, dashes)) or not _row(header):
        return False
    if silent:
        return True

    rows, starts = [_row(header)], [start_line]
    line = dashes + 1
    while line < end_line:
        text = _line(state, line)
        if state.sCount[line] < state.blkIndent or state.is_code_block(line):
            break
        is_comment = text.startswith("<!--")
        if is_comment and not _COMMENT_LINE.fullmatch(text):
            break
        if not is_comment and "|" not in text:
            break
        if not is_comment:
            rows.append(_row(text))
            starts.append(line)
        line += 1

    width = max(len(row) for row in rows)
    if sum(width - len(row) for row in rows) > _MAX_EMPTY_CELLS:
        width = 0
    state.push("table_open", "table", 1).map = [start_line, line]
    placed = [*zip(rows, starts, strict=True)]
    for section, tag, its_rows in (("thead", "th", placed[:1]), ("tbody", "td", placed[1:])):
        if not its_rows:
            continue
        state.push(f"{section}_open", section, 1)
        for row, start in its_rows:
            state.push("tr_open", "tr", 1).map = [start, start + 1]
            for place, cell in enumerate(row + [""] * (width - len(row))):
                mark = _ROW_HEADING.match(cell) if section == "tbody" and not place else None
                name = "th" if mark else tag
                state.push(f"{name}_open", name, 1)
                inline = state.push("inline", "", 0)
                inline.content, inline.children = cell[mark.end() :] if mark else cell, []
                inline.map = [start_line, line]
                state.push(f"{name}_close", name, -1)
            state.push("tr_close", "tr", -1)
        state.push(f"{section}_close", section, -1)
    state.push("table_close", "table", -1)
    state.line = line
    return True


def _heading(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """CommonMark's, and as for Redcarpet one without a blank behind its marks: "##Leeds". "#1" is no heading."""
    if heading(state, start_line, end_line, silent):
        return True
    text = _line(state, start_line)
    found = _TIGHT_HEADING.match(text)
    if found is None or state.is_code_block(start_line):
        return False
    if not silent:
        state.line = start_line + 1
        name, place = f"h{len(found[1])}", [start_line, state.line]
        state.push("heading_open", name, 1).map = place
        inline = state.push("inline", "", 0)
        inline.content, inline.children = _CLOSING_MARKS.sub("", text[found.end() :]).strip(), []
        inline.map = place
        state.push("heading_close", name, -1)
    return True


def link_with_blanks(state: StateInline, silent: bool) -> bool:
    """A link whose address has blanks in it, [Vans](big vans.html): CommonMark wants it in angle brackets, Redcarpet
    does not. What stands in the brackets must look like an address."""
    if state.src[state.pos] != "[":
        return False
    label_end = state.md.helpers.parseLinkLabel(state, state.pos, True)
    found = _BLANKS_IN_ADDRESS.match(state.src, label_end + 1) if label_end >= 0 else None
    if found is None or not _LIKE_ADDRESS.search(found[1]):
        return False
    address = state.md.normalizeLink(found[1])
    if not state.md.validateLink(address):
        return False
    if not silent:
        label_start, end = state.pos + 1, state.posMax
        state.pos, state.posMax = label_start, label_end
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": address, **({"title": found[2]} if found[2] else {})}
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = end
    state.pos = found.end()
    return True


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """CommonMark's HTML block (0.31, 4.6), but none reaches to the end of the text because it is never closed.

    A complete comment, `<style>` or `<pre>` is a block to its end; another wanted tag to the next blank line, but one
    around text that is never closed stands in a paragraph of Markdown; anything else, `<script>` among it, starts a
    paragraph, in which `raw_html` makes its tags visible.
    """
    if state.is_code_block(start_line):
        return False
    text, start = _line(state, start_line), state.bMarks[start_line] + state.tShift[start_line]
    found = _BLOCK_START.match(text)
    name = found[2].lower() if found else ""
    line = 0
    if text.startswith("<!--"):
        line = _line_after(_COMMENT_END, start + 2, state, start_line, end_line)
    elif name in {"style", "pre"} and text[1] != "/":
        line = _line_after(raw_html.STYLE_END if name == "style" else _PRE_END, start, state, start_line, end_line)
    if not line and found and not found[1] and name in _MAY_HOLD_TEXT and start > _last_end(name, state):
        return False
    if not line and name in raw_html.WANTED:
        if name not in block_names and name != "pre":
            alone = HTML_OPEN_CLOSE_TAG_RE.match(text)
            if silent or not alone or text[alone.end() :].strip():
                return False
        line = start_line + 1
        while line < end_line and state.sCount[line] >= state.blkIndent and not state.isEmpty(line):
            line += 1
    if line and not silent:
        state.line = line
        token = state.push("html_block", "", 0)
        token.map = [start_line, line]
        token.content = state.getLines(start_line, line, state.blkIndent, True)
    return bool(line)


def _last_end(name: str, state: StateBlock) -> int:
    """Where the last end tag of that name is; -1 where there is none."""
    last: dict[str, int] = state.env["last_end"]
    if name not in last:
        last[name] = state.src.lower().rfind(f"</{name}")
    return last[name]


def _line_after(ending: re.Pattern[str], start: int, state: StateBlock, start_line: int, end_line: int) -> int:
    """The line below the first ending from that character on; 0 where the block that it is in has none."""
    # Where no ending is left is remembered: looking for one from each of thousands of openings takes minutes.
    no_ending_after = state.env["no_ending_after"]
    if start >= no_ending_after.get(ending.pattern, len(state.src)):
        return 0
    found = ending.search(state.src, start)
    if not found:
        no_ending_after[ending.pattern] = start
        return 0
    for line in range(start_line, end_line):
        if line > start_line and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            break
        if state.eMarks[line] >= found.end():
            return line + 1
    return 0


def _limited(rule: _Rule) -> _Rule:
    def shallow(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        return state.level < _MAX_DEPTH and rule(state, start_line, end_line, silent)

    return shallow


def _link_bare_urls(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children and "://" in token.content:
            token.children = _with_links(token.children, state.md)


def _with_links(children: list[Token], md: MarkdownIt) -> list[Token]:
    linked: list[Token] = []
    depth = 0
    for child in children:
        if child.type in {"link_open", "link_close"}:
            depth += child.nesting
        elif child.type == "html_inline" and (raw := re.match(r"<(/?)a[\s>]", child.content, re.IGNORECASE)):
            depth = max(0, depth + (-1 if raw[1] else 1))
        if child.type != "text" or depth:
            linked.append(child)
            continue
        at = 0
        for found in _BARE_URL.finditer(child.content):
            linked += [
                Token("text", "", 0, content=child.content[at : found.start()]),
                Token("link_open", "a", 1, attrs={"href": md.normalizeLink(found[0])}),
                Token("text", "", 0, content=found[0]),
                Token("link_close", "a", -1),
            ]
            at = found.end()
        linked.append(Token("text", "", 0, content=child.content[at:]))
    return linked


def _say_lines(state: StateCore) -> None:
    for token in state.tokens if state.env["with_lines"] else ():
        if token.map and token.nesting >= 0 and token.type not in {"inline", "html_block"}:
            token.attrSet("data-line", str(token.map[0]))


def _parser() -> MarkdownIt:
    # At markdown-it's own limit the rest of the block is thrown away: the rules below stop well before it.
    md = MarkdownIt("commonmark", {"maxNesting": _MAX_DEPTH + 4}).enable("strikethrough")
    md.block.ruler.before("blockquote", "roadmap_table", _table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.at("blockquote", _limited(blockquote), {"alt": ["paragraph", "reference", "blockquote", "list"]})
    # Not "list" itself: every item would end the list that it is in.
    md.block.ruler.at("list", _limited(list_block), {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    md.inline.ruler.after("link", "link_with_blanks", link_with_blanks)
    md.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.core.ruler.push("link_bare_urls", _link_bare_urls)
    md.core.ruler.push("settle_raw_html", raw_html.settle)
    md.core.ruler.push("say_lines", _say_lines)
    md.validateLink = is_safe_link  # type: ignore[method-assign]
    return md


parser = _parser()
