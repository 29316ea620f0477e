"""Where the links within a source lead on this site.

A link keeps its words, and gets the address of the thing that its target became. What is new has no address before it
is written: until then it goes by its key, which `filled` puts its own in place of.
"""

import html
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, cast

import msgspec
from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.content.merge import AnyContent
from roadmap.content.things import Content, FieldDefinition, ItemContent, PageContent, RoadmapContent, anchor_of
from roadmap.markdown import MAX_MARKDOWN_LENGTH, render
from roadmap.techdocs.parse.anchors import Anchor, LinkTarget
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.texts import retargeted

_PROSE = ("body", "description", "introduction", "footer")
_KEY = re.compile(r"new-([a-z]+(?:-entry)?)-([0-9]+)")
_ID = re.compile(r' id="([^"]*)"')

# What is there of a part of the source, by its key; None for what is new.
Known = Callable[[str], Content | None]


@dataclass(frozen=True, eq=False)
class _Part:
    key: str
    noun: Noun
    path: str
    line: int
    text: str

    @cached_property
    def words(self) -> str:
        return html.unescape(self.text)

    @cached_property
    def ids(self) -> set[str]:
        return {*_ID.findall(render(self.text).html)}

    @cached_property
    def headings(self) -> list[tuple[str, str]]:
        """The words of each heading in its text, and its anchor."""
        return [(heading.text, heading.anchor) for heading in render(self.text).headings]

    def fragment(self, anchor: Anchor) -> str:
        """Where in its text an anchor is; empty where it is not."""
        if anchor.name not in self.words or len(self.text) > MAX_MARKDOWN_LENGTH:
            return ""
        if anchor.is_heading:
            found = [name for text, name in self.headings if text == anchor.name]
            return found[min(anchor.occurrence, len(found) - 1)] if found else ""
        return anchor.name if anchor.name in self.ids else ""


class Links:
    """Those of one source, for the roadmap at `slug`."""

    def __init__(self, parsed: ParsedRoadmap, slug: str):
        self.source, self.slug = parsed.links, slug
        self.title = (parsed.path, parsed.line)
        used = {item.release for item in parsed.items}
        # A release that readers see nowhere is no place to go to.
        self.hidden = {
            f"{Noun.RELEASE}:{index}"
            for index, release in enumerate(parsed.releases)
            if not parsed.items or (index not in used and release.is_deployed and not release.introduction)
        }
        lists: Mapping[Noun, Any] = {
            Noun.RELEASE: [(release, release.introduction) for release in parsed.releases],
            Noun.ITEM: [(item, item.description) for item in parsed.items],
            Noun.CHANGELOG_ENTRY: [(entry, entry.body) for entry in parsed.entries],
            Noun.PAGE: [(page, page.body) for page in parsed.pages],
        }
        self.parts: dict[str, list[_Part]] = defaultdict(list)
        for noun, found in lists.items():
            for index, (thing, text) in enumerate(found):
                self.parts[thing.path].append(_Part(f"{noun}:{index}", noun, thing.path, thing.line, text))
        for parts in self.parts.values():
            parts.sort(key=lambda part: part.line)
        self.found: dict[Anchor, tuple[_Part | None, str]] = {}

    def led(self, content: AnyContent, source: str, key: str, known: Known) -> AnyContent:
        """The content with its links leading to where their targets went. `source` is its place: "index.md:12"."""
        if not self.source.documents:
            return content
        path = source.rpartition(":")[0]

        def address(target: str) -> str:
            place = self.source.place(target, path)
            return self._address(place, key, known) if place and place.anchor else target

        return _turned(content, address)

    def _address(self, place: LinkTarget, key: str, known: Known) -> str:
        anchor = cast(Anchor, place.anchor)
        part, fragment = self._part(anchor)
        if part is None:
            return _at(reverse(f"web:{fragment}", args=[self.slug]), self._stage(anchor) if fragment == "items" else "")
        if part.key == key and fragment:
            return f"#{fragment}"
        content = known(part.key)
        name = content.uid if content else f"new-{part.key.replace(':', '-').replace('_', '-')}"
        match part.noun:
            case Noun.ITEM:
                reference = content.reference if isinstance(content, ItemContent) else name
                return _at(reverse("web:item", args=[self.slug, reference]), fragment)
            case Noun.PAGE:
                page = content.slug if isinstance(content, PageContent) else name
                return _at(reverse("web:page", args=[self.slug, page]), fragment)
            case noun:
                listed = reverse("web:items" if noun is Noun.RELEASE else "web:changelog", args=[self.slug])
                own = anchor_of(noun, name) if content else name
                return _at(listed, f"{own}-{fragment}" if fragment else own)

    def _stage(self, anchor: Anchor) -> str:
        return anchor.stage.replace("_", "-") if self._has_items else ""

    @cached_property
    def _has_items(self) -> bool:
        return any(part.noun is Noun.ITEM for parts in self.parts.values() for part in parts)

    def _part(self, anchor: Anchor) -> tuple[_Part | None, str]:
        """What an anchor leads to, and where in its text; without any, the name of a page that lists it."""
        if anchor not in self.found:
            self.found[anchor] = self._looked_up(anchor)
        return self.found[anchor]

    def _looked_up(self, anchor: Anchor) -> tuple[_Part | None, str]:
        here = self.parts[anchor.path]
        home = self.source.documents[0].whole
        if anchor == home or (anchor.path, anchor.line) == self.title:
            return None, "home"
        if at := [part for part in here if part.line == anchor.line and part.key not in self.hidden]:
            return at[0], ""
        if anchor.line:
            place = bisect_right(here, anchor.line, key=lambda part: part.line)
            for part in chain(reversed(here[:place]), here[place:]):  # the nearest above first
                if fragment := part.fragment(anchor):
                    return part, fragment
        below = [part for part in here if anchor.line < part.line < anchor.end and part.key not in self.hidden]
        if not anchor.line and (pages := [part for part in below if part.noun is Noun.PAGE]):
            return pages[0], ""  # of a file, which has its title
        nouns = {part.noun for part in below}
        if nouns == {Noun.CHANGELOG_ENTRY}:
            return None, "changelog"
        if anchor.stage and Noun.ITEM in nouns:
            return None, "items"
        releases = [part for part in below if part.noun is Noun.RELEASE]
        if len(below) == 1 or (len(releases) == 1 and nouns == {Noun.RELEASE, Noun.ITEM}):
            return (releases or below)[0], ""
        if below:
            return None, "items"
        before = [part for part in here if part.line < anchor.line and part.key not in self.hidden]
        # A row stands on one line; what is below it is none of it.
        before = [part for part in before if part.noun is not Noun.ITEM] or before
        return (max(before, key=lambda part: part.line), "") if before and anchor.line else (None, "items")


def _at(address: str, fragment: str) -> str:
    return f"{address}#{fragment}" if fragment else address


def filled(content: AnyContent, slug: str, made: Callable[[str], Content | None]) -> AnyContent:
    """The content with the addresses of what has been made since, by key, in place of the keys."""
    if not any(_KEY.search(text) for text in _texts(content)):
        return content
    home = reverse("web:home", args=[slug])

    def address(target: str) -> str:
        return _KEY.sub(lambda key: _name(key, made), target) if target.startswith(home) else target

    return _turned(content, address)


def _texts(content: Content) -> Iterator[str]:
    yield from (getattr(content, name, "") for name in _PROSE)
    yield from (column.explanation for column in getattr(content, "fields", ()) if isinstance(column, FieldDefinition))


def _turned(content: AnyContent, address: Callable[[str], str]) -> AnyContent:
    """The content, each link in its texts leading to the address that its own is turned into."""
    values: dict[str, Any] = {
        name: retargeted(text, address) for name in _PROSE if (text := getattr(content, name, ""))
    }
    if isinstance(content, RoadmapContent):
        values["fields"] = tuple(
            msgspec.structs.replace(column, explanation=retargeted(column.explanation, address))
            for column in content.fields
        )
    return msgspec.structs.replace(content, **values)


def _name(key: re.Match[str], made: Callable[[str], Content | None]) -> str:
    content = made(f"{key[1].replace('-', '_')}:{key[2]}")
    match content:
        case None:
            return key[0]
        case ItemContent():
            return content.reference
        case PageContent():
            return content.slug
        case _:
            return anchor_of(Noun(key[1].replace("-", "_")), content.uid)
