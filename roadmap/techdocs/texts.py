"""A Markdown text as it may stand among others in a file, and the lines there that state facts.

On its own site such a text is rendered by itself and made safe. In a file it could swallow what follows, run a script
in the readers' browser, or be refused when it is read. So what is `shown` may differ from what somebody typed.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import MAX_AUTOCOMPLETED_CELLS, escapedSplit, getLine, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from roadmap.content.choices import Environment
from roadmap.markdown.parser import link_with_blanks
from roadmap.markdown.sanitise import ATTRIBUTES, BLOCKS, INLINE, is_safe_link

# Titles that an export gives to what has none of its own, and by which an import knows it.
ITEMS, COLUMNS, CHANGELOG = "Items", "What the columns say", "Changelog"
NO_RELEASE = "Not in a release"
CONTACT, ENVIRONMENTS, FOOTER = "Contact", "Environments", "Footer"

# The names of facts, as the lines that state them have them.
RELEASE_FACTS = ("Date", "Term", "Deployed", "Continued")
ENTRY_FACTS = ("Date",)
CONTACT_FACTS = ("Team", "Email", "Subject")
ENVIRONMENT_FACTS = {
    "Test": Environment.TEST,
    "Controlled go-live": Environment.CONTROLLED_GO_LIVE,
    "Live": Environment.LIVE,
}

_PLAIN = MarkdownIt("commonmark").enable("table")
MARKDOWN = MarkdownIt("commonmark").enable("table")
for _reader in (_PLAIN, MARKDOWN):
    _reader.inline.ruler.after("link", "link_with_blanks", link_with_blanks)
"""As documents are read. Roadmaps' own texts are shown by a more forgiving one: see roadmap.markdown.

What is in a short text is found once and kept: a history has the same rows again and again. So nobody may change a
token that stands in a line.
"""

MAX_KEPT = 2000  # characters of a text whose tokens are kept
_PROBE = "<!-- the end -->"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?")
_VALUE = r"""\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+)"""
_TAG = re.compile(rf"<(/?[a-z][a-z0-9-]*)((?:\s+[a-z][\w:-]*(?:{_VALUE})?)*)(\s*/?>)", re.IGNORECASE)
_ATTRIBUTE_OF_TAG = re.compile(rf"\s+([a-z][\w:-]*)(?:{_VALUE})?", re.IGNORECASE)
_ATTRIBUTES = {"class", "id", "align", "valign", "scope"}.union(*ATTRIBUTES.values())
# Whatever a renderer takes for code: to a browser these are never words.
_NEVER = {
    *("applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "img", "input", "isindex"),
    *("link", "math", "meta", "noembed", "noframes", "noscript", "object", "plaintext", "script", "select", "style"),
    *("svg", "template", "textarea", "title", "video", "xmp"),
}
_STYLE = re.compile(r"<style(?:\s[^<>]*)?>.*?</style\s*>\n?", re.IGNORECASE | re.DOTALL)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""((?:href|src)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]*)""", re.IGNORECASE)
_WITH_BLANKS = r"""[^\s()<>"'\\]+(?: +[^\s()<>"'\\]+)+(?=\s*\)|\s+")"""
_TARGET = re.compile(rf"(\]\(\s*|\]:\s*)(<[^<>\n]*>|(?<=\(){_WITH_BLANKS}|[^\s<>)]*)")
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^\s<>\"'()]+>|<[\w.+-]{1,64}@[\w.-]{1,255}>")
_OPENING = re.compile(rf"<!--|{_TAG.pattern}|{_AUTOLINK.pattern}|<(?=[a-zA-Z/!?])", re.IGNORECASE)
_TIGHT_HEADING = re.compile(r"#{1,6}(?=[^#\s])")
_FACT = re.compile(r"\*\*([\w -]+):\*\*(.*)", re.DOTALL)


def _fill_lines(state: StateCore) -> None:
    """Gives each line of text its tokens, as the rules “inline” and “text_join” do."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = in_line(token.content, state.env.get("references")).children


def in_line(text: str, references: Any = None) -> Token:
    """The token of a text on one line, such as a cell. `references` are a document's, as markdown-it keeps them."""
    if len(text) > MAX_KEPT or (references and "[" in text):
        return _PLAIN.parseInline(text, {"references": references or {}})[0]
    return _kept_in_line(text)


@lru_cache(maxsize=2048)  # a long roadmap has some 1,500
def _kept_in_line(text: str) -> Token:
    return _PLAIN.parseInline(text)[0]


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A table where the rule of that name finds one, and as far. Of what is in it only the texts of its cells become
    tokens: the others, which nobody asks for, were most of a roadmap's.
    """
    is_table = table(state, first, last, True)  # of which the first two lines tell
    if silent or not is_table:
        return is_table
    ends, around, state.parentType = state.md.block.ruler.getRules("blockquote"), state.parentType, "table"
    rows = [(first, _cells(mdTrim(getLine(state, first))))]
    width, lacking, line = len(rows[0][1]), 0, first + 2
    while line < last and not any(end(state, line, last, True) for end in ends):
        text = mdTrim(getLine(state, line))
        cells = _cells(text)
        lacking += width - len(cells)
        is_less_indented = state.sCount[line] < state.blkIndent
        if not text or is_less_indented or state.is_code_block(line) or lacking > MAX_AUTOCOMPLETED_CELLS:
            break
        rows.append((line, cells[:width]))
        line += 1
    state.push("table_open", "table", 1).map = [first, line]
    for number, cells in rows:
        for cell in filter(None, map(mdTrim, cells)):
            inline = state.push("inline", "", 0)
            inline.map, inline.content = [number, number + 1], cell
    state.push("table_close", "table", -1)
    state.line, state.parentType = line, around
    return True


def _cells(text: str) -> list[str]:
    cells = escapedSplit(text) if "\\" in text else text.split("|")
    cells = cells[1:] if cells[0] == "" else cells
    return cells[:-1] if cells and cells[-1] == "" else cells


MARKDOWN.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
MARKDOWN.core.ruler.at("inline", _fill_lines)
MARKDOWN.disable("text_join")


def shown(text: str) -> str:
    """The text as it stands in a file, without empty lines around it. Shown again, it stays as it is."""
    text = _CONTROL.sub("", _LINE_ENDS.sub("\n", text))
    text = _without_styles(text)
    if "#" in text:
        lines = text.split("\n")
        for line in tight_headings(lines, MARKDOWN.parse(text)):
            lines[line] = f"\\{lines[line]}"
        text = "\n".join(lines)
    last_end, code = text.rfind("-->"), _code_in(text) if "<" in text else []
    text = _OPENING.sub(lambda found: _opened(found, last_end, code), text)
    text = stripped(_TARGET.sub(_with_safe_address, _ATTRIBUTE.sub(_with_safe_address, text)))
    closing = _closing_of(text)
    return f"{text}\n{closing}" if closing else text


def tight_headings(lines: Sequence[str], tokens: Sequence[Token]) -> list[int]:
    """The lines of paragraphs that Redcarpet takes for headings, though there is no space: "##Backlog"."""
    spans = (range(*token.map) for token in tokens if token.type == "paragraph_open" and not token.level and token.map)
    return [line for span in spans for line in span if _TIGHT_HEADING.match(lines[line]) and "|" not in lines[line]]


def heading_with_space(line: str) -> str:
    return _TIGHT_HEADING.sub(r"\g<0> ", line, count=1)


def stripped(text: str) -> str:
    """Without empty lines around it; the spaces of its first line may begin a block of code."""
    lines = text.split("\n")
    full = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[full[0] : full[-1] + 1]).rstrip() if full else ""


def _closing_of(text: str) -> str:
    """The line that ends the block of code in which a text ends, so that what follows is not in it; else nothing."""
    if not re.search(r"```|~~~|<", text):
        return ""
    tokens = MARKDOWN.parse(f"{text}\n\n{_PROBE}")
    last = next((token for token in reversed(tokens) if not token.level and token.nesting >= 0), None)
    if last is None or _PROBE not in last.content:
        return ""
    if last.type == "fence":
        return last.markup
    # Other HTML that reaches beyond an empty line is not `shown`.
    return "" if last.content.strip() == _PROBE else "</pre>"


def _opened(found: re.Match[str], last_end: int, code: Sequence[tuple[int, int]]) -> str:
    """What begins with "<": a tag that is allowed, with what is allowed of it, a link, a comment that has an end; or
    the mere character.
    """
    start, text = found.start(), found[0]
    if text.startswith("<!--"):
        return text if last_end > start else f"&lt;{text[1:]}"
    tag = _TAG.fullmatch(text)
    name = tag[1].strip("/").lower() if tag else ""
    if tag and name in INLINE | BLOCKS:
        attributes = (
            attribute[0] for attribute in _ATTRIBUTE_OF_TAG.finditer(tag[2]) if attribute[1].lower() in _ATTRIBUTES
        )
        return f"<{tag[1]}{''.join(attributes)}{tag[3]}"
    if _AUTOLINK.fullmatch(text) or (tag and not tag[2] and name not in _NEVER and _is_in(code, start)):
        return text
    return f"&lt;{text[1:]}"


def _without_styles(text: str) -> str:
    """Readers of this site never had them."""
    end = text.lower().rfind("</style")
    if end < 0:
        return text
    code, head = _code_in(text), text.find(">", end) + 1 or end
    return _STYLE.sub(lambda found: found[0] if _is_in(code, found.start()) else "", text[:head]) + text[head:]


def _is_in(stretches: Sequence[tuple[int, int]], position: int) -> bool:
    return any(first <= position < last for first, last in stretches)


def _code_in(text: str) -> list[tuple[int, int]]:
    """Where code stands, by characters."""
    if "`" not in text and "~~~" not in text and "    " not in text and "\t" not in text:
        return []
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = []
    for token in MARKDOWN.parse(text):
        if not token.map:
            continue
        first, last = starts[token.map[0]], starts[token.map[1]]
        if token.type in ("fence", "code_block"):
            found.append((first, last))
        elif token.type == "inline" and any(child.type == "code_inline" for child in token.children or ()):
            found += [match.span() for match in _CODE_SPAN.finditer(text, first, min(last, len(text)))]
    return found


def retargeted(text: str, address: Callable[[str], str]) -> str:
    """The text, each of its links leading to the address that its own is turned into: those in code stay."""
    if "](" not in text and "]:" not in text and "<" not in text:
        return text
    for pattern in (_ATTRIBUTE, _TARGET):
        text = pattern.sub(partial(_turned, address, _code_in(text)), text)
    return text


def _turned(address: Callable[[str], str], code: Sequence[tuple[int, int]], found: re.Match[str]) -> str:
    bare = found[2].strip("\"'<>")
    target = html.unescape(bare)
    new = target if not bare or _is_in(code, found.start()) else address(target)
    return found[0] if new == target else f"{found[1]}{found[2].replace(bare, html.escape(new), 1)}"


def _with_safe_address(found: re.Match[str]) -> str:
    # A browser passes over white space and control characters in a scheme, and reads entities.
    address = re.sub(r"[\x00-\x20]", "", html.unescape(found[2].strip("\"'<>")))
    if is_safe_link(address):
        return found[0]
    return found[1] + ("#" if found[1].startswith("]") else '"#"')


def facts_shown(facts: Mapping[str, str]) -> str:
    """A line of facts, "**Date:** March 2026<br>**Deployed:** Yes": those that say something. The values are Markdown
    without breaks.
    """
    return "<br>".join(f"**{name}:** {value}" for name, value in facts.items() if value)


def facts_read(line: str, names: tuple[str, ...]) -> dict[str, str] | None:
    """The facts in a line, by name; None where it is another line."""
    found = [_FACT.fullmatch(part.strip()) for part in re.split(r"<br ?/?>|\n", line)]
    if not all(fact and fact[1] in names for fact in found):
        return None
    return {fact[1]: fact[2].strip() for fact in found if fact}
