"""What the API says of each thing of one published roadmap: plain values, in the shapes of schemas.py.

The same thing has the same value everywhere: in the whole roadmap, in a list and in what changed. Nothing here depends
on who asks or on today's date, only on the Edition and on the site's own address.

A value may be made only of what `replication.touched` counts: whoever adds to one what comes from another thing, a
release's or the roadmap's, must look there too.
"""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from roadmap.content.choices import Environment, Noun
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ApiVersion, ChangelogEntryContent, PageContent, ReleaseContent
from roadmap.dates import When
from roadmap.markdown import render
from roadmap.published.store import EditionSeen, PublishedRoadmap
from roadmap.web.pages.roadmap_page import ShownEntry
from roadmap.web.pages.stages import anchor_of

Value = dict[str, Any]


class Values:
    """Of one roadmap. `site` is the site's own address, without a slash at its end: "https://example.gov.uk"."""

    def __init__(self, published: PublishedRoadmap, site: str):
        slug = published.edition.roadmap_slug
        self.published = published
        self.snapshot = published.snapshot
        self.url = site + reverse("public:home", args=[slug])
        self.api_url = site + reverse("public:api_get_roadmap", args=[slug])

    @property
    def edition(self) -> Value:
        return edition_seen(self.published.edition)

    def roadmap(self) -> Value:
        content = self.snapshot.roadmap
        return {
            "uid": content.uid,
            "slug": content.slug,
            "url": self.url,
            "api_url": self.api_url,
            "title": content.title,
            "description": content.description,
            "contact": {
                "name": content.contact.name,
                "email": content.contact.email,
                "subject": content.contact.subject,
            },
            "environments": [
                {"environment": environment.value, "label": content.labels[environment]} for environment in Environment
            ],
            "fields": [{"key": one.key, "name": one.name, "explanation": one.explanation} for one in content.fields],
            "footer": content.footer,
        }

    def page(self, content: PageContent) -> Value:
        return {
            "uid": content.uid,
            "slug": content.slug,
            "url": f"{self.url}pages/{quote(content.slug)}/",
            "api_url": f"{self.api_url}/pages/{quote(content.slug)}",
            "title": content.title,
            "body": content.body,
            "is_on_home": content.is_on_home,
            "position": content.position,
        }

    def release(self, content: ReleaseContent) -> Value:
        return {
            "uid": content.uid,
            "url": f"{self.url}items/#{anchor_of(Noun.RELEASE, content.uid)}",
            "title": content.title,
            "when": date(content.due),
            "horizon": content.horizon.value if content.horizon else None,
            "is_deployed": content.is_deployed,
            "introduction": content.introduction,
            "position": content.position,
        }

    def item(self, placed: PlacedItem) -> Value:
        content, release = placed.content, placed.release
        return {
            "uid": content.uid,
            "reference": content.reference,
            "url": f"{self.url}items/{quote(content.reference)}/",
            "api_url": f"{self.api_url}/items/{quote(content.reference)}",
            "title": content.title,
            "description": content.description,
            "journey": content.journey,
            "kind": content.kind.value if content.kind else None,
            "audiences": content.audiences,
            "apis": [{"name": one.name, "version": one.version, "url": _web_address(one)} for one in content.apis],
            "breaking": content.is_breaking,
            "fields": [{"key": field.key, "name": field.name, "value": value} for field, value in placed.fields],
            "milestones": [*_milestones(placed)],
            "release": {"uid": release.uid, "title": release.title} if release else None,
            "stage": placed.stage.value,
            "stage_label": placed.stage_label,
            "enquiry_url": placed.enquiry_url,
            "position": content.position,
        }

    def changelog_entry(self, content: ChangelogEntryContent) -> Value:
        shown = ShownEntry(
            content,
            anchor_of(Noun.CHANGELOG_ENTRY, content.uid),
            self.published.latest_changes.get(content.uid),
        )
        return {
            "uid": content.uid,
            "url": f"{self.url}changelog/#{shown.anchor}",
            "title": content.title,
            "when": date(content.when),
            "body": content.body,
            "corrected_at": moment(shown.corrected_at) if shown.corrected_at else None,
            "position": content.position,
        }

    # All of them

    def pages(self) -> list[Value]:
        return [self.page(one) for one in self.snapshot.pages]

    def releases(self) -> list[Value]:
        return [self.release(one) for one in self.snapshot.releases]

    def items(self) -> list[Value]:
        return [self.item(one) for one in self.snapshot.items]

    def changelog(self) -> list[Value]:
        return [self.changelog_entry(one) for one in self.snapshot.changelog]

    def by_uid(self) -> dict[str, Callable[[], Value]]:
        """For everything there is, what makes its value."""
        snapshot = self.snapshot
        return {
            snapshot.roadmap.uid: self.roadmap,
            **{one.uid: partial(self.page, one) for one in snapshot.pages},
            **{one.uid: partial(self.release, one) for one in snapshot.releases},
            **{one.content.uid: partial(self.item, one) for one in snapshot.items},
            **{one.uid: partial(self.changelog_entry, one) for one in snapshot.changelog},
        }


def edition_seen(edition: EditionSeen) -> Value:
    return {"number": edition.number, "published_at": moment(edition.published_at)}


def date(when: When | None) -> Value | None:
    if when is None:
        return None
    return {
        "text": when.text,
        "display": when.display,
        "start": when.start,
        "end": when.end,
        "is_to_be_confirmed": when.is_to_be_confirmed,
        "is_provisional": when.is_provisional,
        "is_not_applicable": when.is_not_applicable,
        "is_deadline": when.is_deadline,
    }


def moment(at: datetime.datetime) -> datetime.datetime:
    """In UTC, so that it is written with a Z wherever it was read from."""
    return at.astimezone(datetime.UTC)


def html(markdown: str) -> str:
    """Safe. A str and no more: what writes the JSON takes no SafeString."""
    return render(markdown).html + ""


def _milestones(placed: PlacedItem) -> Iterator[Value]:
    for environment in Environment:
        own = placed.content.milestone(environment)
        due = placed.due(environment)
        is_deployed = placed.is_deployed(environment)
        if own or due or is_deployed:
            yield {
                "environment": environment.value,
                "label": placed.roadmap.labels[environment],
                "when": date(due),
                "is_deployed": is_deployed,
                "is_of_release": due is not None and not (own and own.when),
            }


def _web_address(api: ApiVersion) -> str | None:
    """Only what a browser fetches, never script: whoever reads this may make a link of it."""
    return api.url if api.url.lower().startswith(("https://", "http://")) else None
