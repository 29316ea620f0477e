"""Every text that an import found, as a person would meet it: to be held against the source."""

import re
from collections import Counter
from collections.abc import Iterator

from roadmap.content.fields import AUDIENCES, JOURNEY, MILESTONES
from roadmap.content.things import in_words
from roadmap.techdocs import ParsedRoadmap
from roadmap.techdocs.parse.result import ParsedItem


def words_of(text: str) -> list[str]:
    """Plainer than what the import itself counts by; case is no matter."""
    return re.findall(r"[^\W_]+", text.casefold())


def item_texts(item: ParsedItem) -> Iterator[str]:
    yield from (item.title, item.description, item.says(JOURNEY), in_words(item.says(AUDIENCES)))
    for api in item.apis:
        yield from (api.name, api.version, api.url)
    for name, value in item.fields:
        yield from (name, value)
    yield from (milestone.typed for milestone in item.says(MILESTONES))


def texts(parsed: ParsedRoadmap) -> Iterator[str]:
    yield from (parsed.title, parsed.description or "", parsed.footer or "")
    for page in parsed.pages:
        yield from (page.title, page.body)
    for entry in parsed.entries:
        yield from (entry.title, entry.when, entry.body)
    for release in parsed.releases:
        yield from (release.title, release.when, release.introduction)
    for field in parsed.fields:
        yield from (field.name, field.explanation)
    for item in parsed.items:
        yield from item_texts(item)


def placed_words(parsed: ParsedRoadmap) -> Counter[str]:
    return Counter(word for text in (*texts(parsed), *parsed.word_count.structure) for word in words_of(text))
