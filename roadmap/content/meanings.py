"""What the dates of a Content meant when it was published, kept beside their texts. Pure.

A draft says only what was typed, and is read by the grammar of today. Publishing writes the meaning of each text beside
it, and a text that stays keeps the meaning that readers know. What was published before meanings were kept is read by
the grammar of that time. See docs/decisions/0020-a-published-date-keeps-its-meaning.md.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

from msgspec.structs import replace

from roadmap.content.choices import Noun
from roadmap.content.things import (
    ChangelogEntryContent,
    Content,
    ItemContent,
    ReleaseContent,
    from_json,
    to_json,
    when_typed,
)
from roadmap.dates import UnclearDate, parse, parse_first_grammar, unclear

AnyContent = TypeVar("AnyContent", bound=Content)


def with_meanings(content: AnyContent, published: Content | None) -> AnyContent:
    """The draft as it is published: each text that readers have already keeps its meaning, the others get today's."""
    known = dict(_texts(published)) if published else {}
    return _with(content, lambda text, own: known.get(text) or own or _today(text))


def without_meanings(content: AnyContent) -> AnyContent:
    """As a draft would say it: what two Contents are compared by."""
    return _with(content, lambda text, own: "")


def digest(content: Content) -> str:
    """The same for Contents that say the same: SHA-256, in hexadecimal, of the JSON that a draft would have."""
    return sha256(to_json(without_meanings(content)).encode()).hexdigest()


def as_published(noun: Noun, text: str) -> Content:
    """The Content of a Revision. Raises msgspec.ValidationError as `from_json` does."""
    content = from_json(noun, text)
    return content if '"meaning"' in text else _with(content, lambda text, own: _at_first(text))


def _texts(content: Content) -> list[tuple[str, str]]:
    match content:
        case ItemContent():
            return [(milestone.typed, milestone.meaning) for milestone in content.milestones]
        case ReleaseContent():
            return [(content.typed or content.title, content.meaning)]
        case ChangelogEntryContent():
            return [(content.typed, content.meaning)]
    return []


def _with(content: AnyContent, meaning_of: Callable[[str, str], str]) -> AnyContent:
    """The Content with these meanings: the very same where it has them."""
    texts = _texts(content)
    meanings = [meaning_of(text, own) if text else "" for text, own in texts]
    if meanings == [meaning for _, meaning in texts]:
        return content
    if isinstance(content, ItemContent):
        milestones = zip(content.milestones, meanings, strict=True)
        return replace(
            content, milestones=tuple(replace(milestone, meaning=meaning) for milestone, meaning in milestones)
        )
    return replace(content, meaning=meanings[0])


@lru_cache(maxsize=4096)
def _today(text: str) -> str:
    when = when_typed(text)
    return when.meaning if when else ""


@lru_cache(maxsize=4096)
def _at_first(text: str) -> str:
    """What the first grammar read, where today's reads something else; nothing where both agree."""
    found = []
    for read in (parse_first_grammar, parse):
        try:
            found.append(read(text))
        except UnclearDate:
            found.append(unclear(text))
    return "" if found[0] == found[1] else found[0].meaning
