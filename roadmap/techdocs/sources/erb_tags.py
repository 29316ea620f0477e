"""The tags of an ERB file: where each stands, what kind it is, which of them belong together. Pure: nothing is run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# Possessive throughout: a file may be half a megabyte of spaces, and must be told in one pass.
_TAG = re.compile(
    r"(?P<indent>^[^\S\n]*+)?+ (?P<mark><%(?:(?P<escaped>%)|(?P<code>.*?)%>|)) (?P<rest>[^\S\n]*+$)?+",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_BLOCK = re.compile(r"(?:\bdo|\{)(?P<each>\s*+\|[^|\n]*+\|)?+\Z")
_CONDITION = re.compile(r"(?:if|unless|case)\b(?!.*\bend\Z)", re.DOTALL)
_LOOP = re.compile(r"(?:for|while|until)\b(?!.*\bend\Z)", re.DOTALL)
_REPEATS = re.compile(r"\.(?:each\w*+|times|map|upto|step)\b")
_ELSEWHERE = re.compile(r"(?:content_for|capture|provide)\b")
_MIDDLE = re.compile(r"(?:else|elsif|when|in|rescue|ensure)\b")
_END = re.compile(r"end\b|\}")


class TagKind(StrEnum):
    ESCAPED = "escaped"  # “<%%” is how ERB writes “<%” itself
    UNENDED = "unended"
    COMMENT = "comment"
    OUTPUT = "output"
    STATEMENT = "statement"


class BlockKind(StrEnum):
    """What the code that begins a block does with the text up to its end."""

    CONDITION = "condition"  # shows it or not
    LOOP = "loop"  # shows it more than once
    ELSEWHERE = "elsewhere"  # hands it to the template's own pages
    AROUND = "around"  # puts something around it


@dataclass
class ErbTag:
    """One tag. Where it stands alone on its lines, these are counted to it, without the last line's end."""

    kind: TagKind
    start: int
    end: int
    code: str
    """Without the marks around it."""
    is_alone: bool
    block: BlockKind | None = None
    """Where it begins one, and that ends."""
    last: int = 0
    """Then: the number of the tag that ends it, among all tags of the file."""
    is_of_block: bool = False
    """It goes on with or ends one that another began."""
    is_silent: bool = False
    """Nothing is written between it and the tag that ends it."""


def tags_of(text: str) -> list[ErbTag]:
    """All tags in their order, up to the first one that has no end."""
    tags: list[ErbTag] = []
    open_ones: list[tuple[ErbTag, BlockKind]] = []
    for found in _TAG.finditer(text):
        tag = _tag(found)
        tags.append(tag)
        if tag.kind is TagKind.UNENDED:
            break
        if tag.kind is TagKind.STATEMENT and _END.match(tag.code):
            if open_ones:
                begun, kind = open_ones.pop()
                begun.block, begun.last, tag.is_of_block = kind, len(tags) - 1, True
        elif tag.kind is TagKind.STATEMENT and _MIDDLE.match(tag.code):
            tag.is_of_block = bool(open_ones)
        elif block := _begun_by(tag):
            open_ones.append((tag, block))
    _mark_silent(tags, text)
    return tags


def _mark_silent(tags: Sequence[ErbTag], text: str) -> None:
    silent_to = len(tags) - 1  # the last tag before which nothing is written
    for number in range(len(tags) - 2, -1, -1):
        tag, following = tags[number], tags[number + 1]
        writes = following.kind not in (TagKind.STATEMENT, TagKind.COMMENT)
        if writes or text[tag.end : following.start].strip():
            silent_to = number
        tag.is_silent = tag.block is not None and tag.last <= silent_to


def _tag(found: re.Match[str]) -> ErbTag:
    code = found["code"]
    if code is None:
        return ErbTag(TagKind.ESCAPED if found["escaped"] else TagKind.UNENDED, *found.span("mark"), "", is_alone=False)
    is_alone = found["indent"] is not None and found["rest"] is not None
    kind = TagKind.COMMENT if code[:1] == "#" else TagKind.OUTPUT if code[:1] == "=" else TagKind.STATEMENT
    code = code.removeprefix("#") if kind is TagKind.COMMENT else code.lstrip("=").removeprefix("-")
    span = found.span() if is_alone else found.span("mark")
    return ErbTag(kind, *span, code.removesuffix("-").strip(), is_alone)


def _begun_by(tag: ErbTag) -> BlockKind | None:
    if tag.kind not in (TagKind.OUTPUT, TagKind.STATEMENT):
        return None
    if _CONDITION.match(tag.code):
        return BlockKind.CONDITION
    found = _BLOCK.search(tag.code)
    if _LOOP.match(tag.code) or (found and (found["each"] or _REPEATS.search(tag.code))):
        return BlockKind.LOOP
    if found:
        return BlockKind.ELSEWHERE if _ELSEWHERE.match(tag.code) else BlockKind.AROUND
    return None
