"""Markdown in, safe HTML out, with its headings and their anchors.

Owns how every Markdown text of the site looks, on public pages and in the admin's preview alike. Pure: it knows no
model, no request and no setting. What an author typed decides words, structure and what a place is called only; every
`id`, `class`, `scope` and region in the output is written here.

Four steps, each in its own module:

1. `parser` reads Markdown: CommonMark with GitHub's tables, more forgiving of those than GitHub;
2. `raw_html` makes raw HTML well-formed, block by block, and turns every tag that is not wanted into visible text;
3. `sanitise` lets nh3 remove whatever is still not on its lists: that, not the first two, is what makes it safe;
4. `anchors` writes anchors, heading levels, scopes and scrollable tables into nh3's regular output.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from roadmap.markdown.anchors import Heading, finish, slug, words
from roadmap.markdown.parser import environment, parser
from roadmap.markdown.sanitise import clean
from roadmap.markdown.typed import settled

__all__ = ["MAX_MARKDOWN_LENGTH", "Heading", "MarkdownTooLong", "Rendered", "plain_text", "render", "said", "settled"]

MAX_MARKDOWN_LENGTH = 200_000  # characters
_SHORT = 10_000  # characters

_TARGET = re.compile(r'<(?:a|img)\b[^>]*? (?:href|src)="([^"]*)"')

# Lone surrogates cannot be encoded; control characters would make an Atom feed of the text unreadable (XML 1.0, 2.2).
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class MarkdownTooLong(ValueError):
    """The text has more than `MAX_MARKDOWN_LENGTH` characters. The message is meant for the editor."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"This text has {length:,} characters. Shorten it to {MAX_MARKDOWN_LENGTH:,} characters or fewer."
        )


@dataclass(frozen=True)
class Rendered:
    html: SafeString
    headings: tuple[Heading, ...]


def render(markdown: str, *, anchor_prefix: str = "", top_level: int = 2, with_lines: bool = False) -> Rendered:
    """A text as readers see it, to be put into an element with the class `app-prose`.

    The highest heading level in the text becomes `top_level` (2 to 6), the next one used the next, and so on: the
    page has the one h1. With `anchor_prefix`, anchors are `prefix-slug` and the text's own links to them follow, so
    that several texts can stand on one page. `with_lines` is for whoever writes it: `data-line` of each block is the
    line of the text, from 0, on which it begins.

    Raises MarkdownTooLong. Answers are kept, short texts' many and long ones' few, so that memory is bounded: at the
    very worst about 200 MB (a thousand texts of 10,000 characters, all of them markup), usually under 10 MB.
    """
    if len(markdown) > MAX_MARKDOWN_LENGTH:
        raise MarkdownTooLong(len(markdown))
    keep = _render_short if len(markdown) <= _SHORT else _render_long
    return keep(markdown, slug(anchor_prefix, empty=""), top_level, with_lines)


def plain_text(markdown: str) -> str:
    """The words of a text on one line, with an image's alternative text: for descriptions, feeds and search.

    Raises MarkdownTooLong.
    """
    return words(render(markdown).html)


def said(markdown: str) -> tuple[str, tuple[str, ...]]:
    """All that a reader gets from a text but its looks: its words, and where its links and pictures lead.

    Raises MarkdownTooLong.
    """
    html = render(markdown).html
    return words(html), tuple(_TARGET.findall(html))


def _render(markdown: str, anchor_prefix: str, top_level: int, with_lines: bool) -> Rendered:
    parsed = parser.render(_UNPRINTABLE.sub("\ufffd", markdown), environment(with_lines=with_lines))
    cleaned = clean(parsed, with_lines=with_lines)
    # Once more: an entity in raw HTML may have become a control character.
    finished, headings = finish(_UNPRINTABLE.sub("\ufffd", cleaned), anchor_prefix, top_level)
    return Rendered(mark_safe(finished), headings)  # noqa: S308


_render_short = lru_cache(maxsize=1024)(_render)
_render_long = lru_cache(maxsize=16)(_render)
