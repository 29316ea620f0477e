"""What stands above every page of a preview: that it is not published, who can see it, what differs on this page."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.models import Edition
from roadmap.previews.draft import Draft, uid_at
from roadmap.previews.links import addresses_for_staff
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

    words: str
    title: str = ""
    reference: str = ""
    url: str = ""


@dataclass(eq=False, kw_only=True)
class PreviewBanner:
    """Of one page: the view's name and the parts of its address say which."""

    draft: Draft
    addresses: Addresses
    page_name: str
    parts: Mapping[str, Any]
    expires_at: datetime.datetime | None = None  # of the link that let somebody in
    roadmap_pk: int | None = None  # of whoever signed in to edit it

    def __post_init__(self) -> None:
        noun, part = _OF_ONE_THING.get(self.page_name, (None, ""))
        self.noun: Noun | None = noun  # of the thing that this page is about, where it is about one
        self._address = str(self.parts.get(part, ""))
        self._number = int(self.parts.get("number", 0))  # of the Edition that it is about, where it is about one
        had = [self.draft.live.snapshot.roadmap] if self.draft.live else []
        self._roadmap = self.draft.would_be.snapshot.roadmap.naming(*had)

    @property
    def agree_url(self) -> str:
        """Where whoever holds the link says what they think: of the one thing that the page is about, or of all."""
        if self.expires_at is None or not self.draft.differences:
            return ""
        about = f"?about={self._own.uid}" if self._own else ""
        return f"{self.addresses.home}agree/{about}"

    @property
    def editing_url(self) -> str:
        """Of what is typed there is none: its form is open in the tab beside it."""
        is_elsewhere = self.roadmap_pk and self.draft.is_saved
        return reverse("admin:roadmap_roadmap_change", args=[self.roadmap_pk]) if is_elsewhere else ""

    @property
    def scheduled(self) -> list[tuple[Edition, str]]:
        """The Editions whose changes the draft holds too, each with its own preview for whoever may see that."""
        pk = self.roadmap_pk
        return [(edition, addresses_for_staff(pk, edition.pk).home if pk else "") for edition in self.draft.scheduled]

    @cached_property
    def _own(self) -> LatestChanges | None:
        if self.noun is None:
            return None
        differences = self.draft.differences
        uid = uid_at(self.draft.would_be.snapshot, self.noun, self._address)
        if uid:
            return differences.get(uid)
        withdrawn = (changes for changes in differences.values() if changes.is_withdrawn and changes.noun is self.noun)
        return next((changes for changes in withdrawn if changes.address == self._address), None)

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
        draft, found = self.draft, self.draft.differences.values()
        if 0 < self._number <= draft.newest_seen:
            return []  # an Edition that readers have: it never changes
        if self.noun is None:
            nouns = (*_LISTED.get(self.page_name, Noun), Noun.ROADMAP)
            shown = [changes for changes in found if changes.noun in nouns]
        else:
            placed = draft.would_be.snapshot.item(self._address) if self.noun is Noun.ITEM else None
            around = (placed.content.release_uid if placed else "", self._roadmap.uid)
            shown = [changes for changes in found if changes.uid in around]
        shown.sort(key=lambda changes: NOUN_ORDER.index(changes.noun))
        return self._own_lines() + [self.line(changes) for changes in shown]

    def _own_lines(self) -> list[DraftDifference]:
        own = self._own
        if own is None or self.is_new or own.is_withdrawn:
            return []
        sentences = in_sentences(own.told, self._roadmap) or ["Nothing that readers are told of"]
        return [DraftDifference(sentence) for sentence in sentences]

    def line(self, changes: LatestChanges) -> DraftDifference:
        is_gone = changes.is_withdrawn and changes.noun not in (Noun.ITEM, Noun.PAGE)
        return DraftDifference(
            after_colon(changes.told, self._roadmap),
            title=title_of(changes),
            reference=changes.address if changes.noun is Noun.ITEM else "",
            url="" if is_gone else self.addresses.thing(changes.noun, changes.address, changes.uid),
        )

    @property
    def differences(self) -> list[DraftDifference]:
        return self._here[:MOST_DIFFERENCES]

    @property
    def left_off(self) -> int:
        return max(len(self._here) - MOST_DIFFERENCES, 0)

    # Where readers see what they have instead

    @property
    def public_url(self) -> str:
        """The address of this page for readers; empty where they have none."""
        live = self.draft.live
        if live is None:
            return ""
        addresses = public_addresses(live.edition.roadmap_slug)
        if self.noun is not None:
            has_it = uid_at(live.snapshot, self.noun, self._address)
            return addresses.thing(self.noun, self._address) if has_it else ""
        if self._number > self.draft.newest_seen or self.page_name == "not_found":
            return ""
        return addresses.to(self.page_name, **self.parts)
