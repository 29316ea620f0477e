"""What stands above every page of a preview: that it is not published, who can see it, what differs on this page."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.models import Edition
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


class PreviewBanner:
    """Of one page: the view's name and the parts of its address say which."""

    def __init__(
        self,
        draft: Draft,
        addresses: Addresses,
        page_name: str,
        parts: dict[str, Any],
        *,
        expires_at: datetime.datetime | None = None,
        editing_url: str = "",
        scheduled: Sequence[ScheduledEdition] = (),
    ):
        self._draft = draft
        self._addresses = addresses
        self._page_name = page_name
        self._parts = parts
        noun, key = _OF_ONE_THING.get(page_name, (None, ""))
        self._noun = noun
        self._address = parts.get(key, "")
        self._number = int(parts.get("number", 0))  # of the Edition that this page is about, where it is about one
        self.expires_at = expires_at  # of the link that let somebody in; none: they signed in
        self.editing_url = editing_url
        self.scheduled = scheduled
        self.at = draft.at
        self.roadmap_title = draft.would_be.snapshot.roadmap.title
        self.home_url = addresses.home

    @property
    def edition(self) -> Edition | None:
        return self._draft.edition

    @property
    def is_never_published(self) -> bool:
        return self._draft.live is None

    # The thing that this page is about, where it is about one

    @property
    def noun_word(self) -> str:
        return self._noun.value if self._noun else ""

    @cached_property
    def _own(self) -> LatestChanges | None:
        if self._noun is None:
            return None
        uid = uid_at(self._draft.would_be.snapshot, self._noun, self._address)
        if uid:
            return self._draft.differences.get(uid)
        return next(
            (
                changes
                for changes in self._draft.differences.values()
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
        draft = self._draft
        if 0 < self._number <= draft.newest_seen:
            return []  # an Edition that readers have: it never changes
        if self._noun is None:
            nouns = _LISTED.get(self._page_name)
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
        roadmap = self._draft.would_be.snapshot.roadmap
        sentences = in_sentences(own.told, roadmap) or ["Nothing that readers are told of"]
        return [DraftDifference("", "", "", sentence) for sentence in sentences]

    def _line(self, changes: LatestChanges) -> DraftDifference:
        is_gone = changes.is_withdrawn and changes.noun not in (Noun.ITEM, Noun.PAGE)
        return DraftDifference(
            title=title_of(changes),
            reference=changes.address if changes.noun is Noun.ITEM else "",
            url="" if is_gone else self._addresses.thing(changes.noun, changes.address, changes.uid),
            words=after_colon(changes.told, self._draft.would_be.snapshot.roadmap),
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
        return len(self._draft.differences)

    @property
    def is_home(self) -> bool:
        return self._page_name == "home"

    # Where readers see what they have instead

    @property
    def public_url(self) -> str:
        """The address of this page for readers; empty where they have none."""
        live = self._draft.live
        if live is None:
            return ""
        addresses = public_addresses(live.edition.roadmap_slug)
        if self._noun is not None:
            has_it = uid_at(live.snapshot, self._noun, self._address)
            return addresses.thing(self._noun, self._address) if has_it else ""
        if self._number > self._draft.newest_seen or self._page_name == "not_found":
            return ""
        return addresses.to(self._page_name, **self._parts)
