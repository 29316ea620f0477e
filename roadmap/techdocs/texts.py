"""A Markdown text as it may stand among others in a file, and how to read it back.

On its own site such a text is rendered by itself and made safe. In a file it could swallow what follows, run a script
in the readers' browser, or be refused when it is read. So what is `shown` may differ from what somebody typed; then its
mark keeps what was typed.
"""

import html
import re
from collections.abc import Collection, Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

from roadmap.markdown.sanitise import BLOCKS, INLINE, is_safe_link
from roadmap.techdocs.marks import without_lookalikes

_markdown = MarkdownIt("commonmark").enable("table")

_PROBE = "<!-- the end -->"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?")
_TAG = re.compile(
    rf"""</?(?:{"|".join(sorted(INLINE | BLOCKS))})
    (?:\s+(?:href|src|title|alt|lang|dir|width|height|start|colspan|rowspan|open|datetime)
    (?:=(?:"[^"<>]*"|'[^'<>]*'))?)*\s*/?>""",
    re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""((?:href|src)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]*)""", re.IGNORECASE)
_TARGET = re.compile(r"(\]\(\s*|\]:\s*)(<[^<>\n]*>|[^\s<>)]*)")
_AUTOLINK = re.compile(r"<(?:https?://|mailto:)[^\s<>\"'()]+>|<[\w.+-]{1,64}@[\w.-]{1,255}>")
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")


def shown(text: str) -> str:
    """The text as it stands in a file, without empty lines around it. Shown again, it stays as it is."""
    text = without_lookalikes(_CONTROL.sub("", _LINE_ENDS.sub("\n", text)))
    last_end = text.rfind("-->")
    text = _OPENING.sub(lambda found: "<" if _may_open(text, found.start(), last_end) else "&lt;", text)
    return stripped(_TARGET.sub(_with_safe_address, _ATTRIBUTE.sub(_with_safe_address, text)))


def stripped(text: str) -> str:
    """Without empty lines around it; the spaces of its first line may begin a block of code."""
    lines = text.split("\n")
    full = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[full[0] : full[-1] + 1]).rstrip() if full else ""


def closing_of(text: str) -> str:
    """The line that ends the block of code in which a text ends, so that what follows is not in it; else nothing."""
    last = _last_block(f"{text}\n\n{_PROBE}")
    if last is None or _PROBE not in last.content:
        return ""
    if last.type == "fence":
        return last.markup
    # Other HTML that reaches beyond an empty line is not `shown`.
    return "" if last.content.strip() == _PROBE else "</pre>"


def _last_block(text: str) -> Token | None:
    return next((token for token in reversed(_markdown.parse(text)) if not token.level and token.nesting >= 0), None)


def is_simple(text: str) -> bool:
    """Whether it is nothing but paragraphs of one line each: those can stand in a cell, with breaks between them."""
    if "|" in text or "<br" in text.lower() or "<!--" in text or "`" in text:
        return False
    if not text:
        return True
    tokens = _markdown.parse(text)
    paragraphs = [token for token in tokens if token.type == "paragraph_open"]
    spans = [token.map for token in paragraphs if token.map]
    return (
        len(tokens) == 3 * len(paragraphs)
        and "\n\n".join(text.split("\n\n")) == text
        and len(text.split("\n\n")) == len(paragraphs)
        and all(last - first == 1 for first, last in spans)
    )


def first_line(text: str) -> str:
    """Plain text as a paragraph of its own: what would begin a list, a heading or a quotation is escaped."""
    return re.sub(r"\A(\d{1,9})(?=[.)])|\A(?=[-+#=:])", lambda found: f"{found[1] or ''}\\", text)


def _may_open(text: str, start: int, last_end: int) -> bool:
    """Whether what begins here is a tag that is allowed, a link or a comment that has an end."""
    if text.startswith("<!--", start):
        return last_end > start
    return bool(_TAG.match(text, start) or _AUTOLINK.match(text, start))


def _with_safe_address(found: re.Match[str]) -> str:
    # A browser passes over white space and control characters in a scheme, and reads entities.
    address = re.sub(r"[\x00-\x20]", "", html.unescape(found[2].strip("\"'<>")))
    if is_safe_link(address):
        return found[0]
    return found[1] + ("#" if found[1].startswith("]") else '"#"')


# Lines of facts: "**Date:** March 2026<br>**Deployed:** Yes".

_FACT = re.compile(r"\*\*(\w+):\*\*(.*)", re.DOTALL)


def facts_shown(facts: Mapping[str, str]) -> str:
    """Those that are not empty. The values are Markdown without breaks."""
    return "<br>".join(f"**{name}:** {value}" for name, value in facts.items() if value)


def facts_read(line: str, names: Collection[str]) -> dict[str, str] | None:
    """The facts in a line, by name; None where it is another line."""
    found = [_FACT.fullmatch(part.strip()) for part in re.split(r"<br ?/?>", line)]
    if not all(one and one[1] in names for one in found):
        return None
    return {one[1]: one[2].strip() for one in found if one}
