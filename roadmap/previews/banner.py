"""What stands above every page of a preview: that it is not published, who can see it, what differs on this page."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.previews.draft import Draft, uid_at
from roadmap.published.change_words import NOUN_ORDER, after_colon, in_sentences, title_of
from roadmap.published.roadmap import LatestChanges
from roadmap.web.addresses import Addresses, public_addresses

MOST_DIFFERENCES = 8  # the rest is counted

# Of the pages that list things: what they show. Any other page shows something of everything.
_LISTED = {"items": (Noun.ITEM, Noun.RELEASE), "changelog": (Noun.CHANGELOG_ENTRY,)}
_OF_ONE_THING = {"item": (Noun.ITEM, "reference"), "page": (Noun.PAGE, "page_slug")}


@dataclass(frozen=True)
class DraftDifference:
    """One line: a thing, where its draft is, and what differs, to follow a colon. Without a title: words alone."""

    title: str
    reference: str
    url: str
    words: str


@dataclass(frozen=True)
class ScheduledEdition:
    number: int
    published_at: datetime.datetime
    url: str  # of its own preview; empty where whoever looks may not see it


@dataclass(frozen=True, eq=False, kw_only=True)
class PreviewBanner:
    """Of one page: the view's name and the parts of its address say which."""

    draft: Draft
    addresses: Addresses
    page_name: str
    parts: Mapping[str, Any]
    expires_at: datetime.datetime | None = None  # of the link that let somebody in; none: they signed in
    editing_url: str = ""
    scheduled: Sequence[ScheduledEdition] = ()

    @property
    def _noun(self) -> Noun | None:
        return _OF_ONE_THING[self.page_name][0] if self.page_name in _OF_ONE_THING else None

    @property
    def _address(self) -> str:
        return str(self.parts[_OF_ONE_THING[self.page_name][1]]) if self.page_name in _OF_ONE_THING else ""

    @property
    def _number(self) -> int:
        """Of the Edition that this page is about, where it is about one."""
        return int(self.parts.get("number", 0))

    @property
    def is_never_published(self) -> bool:
        return self.draft.live is None

    # The thing that this page is about, where it is about one

    @property
    def noun_word(self) -> str:
        return self._noun.value if self._noun else ""

    @cached_property
    def _own(self) -> LatestChanges | None:
        if self._noun is None:
            return None
        uid = uid_at(self.draft.would_be.snapshot, self._noun, self._address)
        if uid:
            return self.draft.differences.get(uid)
        return next(
            (
                changes
                for changes in self.draft.differences.values()
                if changes.is_withdrawn and changes.noun is self._noun and changes.address == self._address
            ),
            None,
        )

    @property
    def is_new(self) -> bool:
        """Whether readers have never had it, or not any more: one sentence says all."""
        own = self._own
        return bool(own and not own.is_withdrawn and any(told.change.field == EXISTENCE for told in own.told))

    @property
    def will_be_withdrawn(self) -> bool:
        return bool(self._own and self._own.is_withdrawn)

    # What differs

    @cached_property
    def _here(self) -> list[DraftDifference]:
        draft = self.draft
        if 0 < self._number <= draft.newest_seen:
            return []  # an Edition that readers have: it never changes
        if self._noun is None:
            nouns = _LISTED.get(self.page_name)
            found = [
                changes
                for changes in draft.differences.values()
                if nouns is None or changes.noun in nouns or changes.noun is Noun.ROADMAP
            ]
        else:
            placed = draft.would_be.snapshot.item(self._address) if self._noun is Noun.ITEM else None
            around = {placed.content.release_uid if placed else "", draft.would_be.snapshot.roadmap.uid}
            found = [changes for uid, changes in draft.differences.items() if uid in around]
        found.sort(key=lambda changes: NOUN_ORDER.index(changes.noun))
        return self._own_lines() + [self._line(changes) for changes in found]

    def _own_lines(self) -> list[DraftDifference]:
        own = self._own
        if own is None or self.is_new or own.is_withdrawn:
            return []
        roadmap = self.draft.would_be.snapshot.roadmap
        sentences = in_sentences(own.told, roadmap) or ["Nothing that readers are told of"]
        return [DraftDifference("", "", "", sentence) for sentence in sentences]

    def _line(self, changes: LatestChanges) -> DraftDifference:
        is_gone = changes.is_withdrawn and changes.noun not in (Noun.ITEM, Noun.PAGE)
        return DraftDifference(
            title=title_of(changes),
            reference=changes.address if changes.noun is Noun.ITEM else "",
            url="" if is_gone else self.addresses.thing(changes.noun, changes.address, changes.uid),
            words=after_colon(changes.told, self.draft.would_be.snapshot.roadmap),
        )

    @property
    def differences(self) -> list[DraftDifference]:
        return self._here[:MOST_DIFFERENCES]

    @property
    def left_off(self) -> int:
        return max(len(self._here) - MOST_DIFFERENCES, 0)

    @property
    def count(self) -> int:
        """How many things differ in all."""
        return len(self.draft.differences)

    @property
    def is_home(self) -> bool:
        return self.page_name == "home"

    # Where readers see what they have instead

    @property
    def public_url(self) -> str:
        """The address of this page for readers; empty where they have none."""
        live = self.draft.live
        if live is None:
            return ""
        addresses = public_addresses(live.edition.roadmap_slug)
        if self._noun is not None:
            has_it = uid_at(live.snapshot, self._noun, self._address)
            return addresses.thing(self._noun, self._address) if has_it else ""
        if self._number > self.draft.newest_seen or self.page_name == "not_found":
            return ""
        return addresses.to(self.page_name, **self.parts)
