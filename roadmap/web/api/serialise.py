"""What the API says of each thing of one published roadmap, and of what happened to it: see schemas.py.

The same thing is told in the same way everywhere: in the whole roadmap, in a list and in what changed. Nothing here
depends on who asks or on today's date, only on the Edition and on the site's own address.

What is said of a thing may be made only of what `sync.touched` counts: whoever adds to one what comes from another
thing, a release's or the roadmap's, must look there too.

Sentences speak with the names of their edition, as on the pages. A roadmap that keeps its earlier dates to itself keeps
them here too, as it is set now: neither what a date was nor what it became is told, for that may be past as well.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from msgspec.structs import asdict

from roadmap.content.changes import FieldChange, is_of_date
from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import EXISTENCE, FIELDS
from roadmap.content.shapes import Apis, Date, Group, ReleaseLink, Rows
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ApiVersion, ChangelogEntryContent, Content, PageContent, ReleaseContent, noun_of
from roadmap.dates import When
from roadmap.markdown import render
from roadmap.published.date_history import TOLD_OF_RELEASE, stories, told_of_item
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.redaction import Retelling
from roadmap.published.store import EditionSeen, PublishedRoadmap
from roadmap.web.api import history_schemas, schemas
from roadmap.web.pages.roadmap_page import ShownEntry
from roadmap.web.pages.stages import anchor_of


class Values:
    """Of one roadmap. `site` is the site's own address, without a slash at its end: "https://example.gov.uk"."""

    def __init__(self, published: PublishedRoadmap, site: str):
        slug = published.edition.roadmap_slug
        self.published = published
        self.snapshot = published.snapshot
        self.url = site + reverse("web:home", args=[slug])
        self.api_url = site + reverse("web:api_get_roadmap", args=[slug])

    @property
    def edition(self) -> schemas.EditionSeenAnswer:
        return edition_seen(self.published.edition)

    def roadmap(self) -> schemas.RoadmapAnswer:
        content = self.snapshot.roadmap
        contact = content.contact
        return schemas.RoadmapAnswer(
            **_plain(content),
            url=self.url,
            api_url=self.api_url,
            contact=schemas.ContactAnswer(name=contact.name, email=contact.email, subject=contact.subject),
            environments=[
                schemas.EnvironmentLabel(environment=environment, label=content.labels[environment])
                for environment in Environment
            ],
            fields=[
                schemas.FieldDefinitionAnswer(key=field.key, name=field.name, explanation=field.explanation)
                for field in content.fields
            ],
        )

    def roadmap_listed(self) -> schemas.RoadmapListed:
        return schemas.RoadmapListed(**asdict(self.roadmap()), edition=self.edition)

    def page(self, content: PageContent) -> schemas.PageAnswer:
        return schemas.PageAnswer(
            **_plain(content),
            url=f"{self.url}pages/{quote(content.slug)}/",
            api_url=f"{self.api_url}/pages/{quote(content.slug)}",
        )

    def page_with_html(self, content: PageContent) -> schemas.PageWithHtml:
        return schemas.PageWithHtml(**asdict(self.page(content)), body_html=html(content.body))

    def release(self, content: ReleaseContent) -> schemas.ReleaseAnswer:
        return schemas.ReleaseAnswer(
            **_plain(content), url=f"{self.url}items/#{anchor_of(Noun.RELEASE, content.uid)}", when=date(content.due)
        )

    def item(self, placed: PlacedItem) -> schemas.ItemAnswer:
        content, release = placed.content, placed.release
        return schemas.ItemAnswer(
            **_plain(content),
            url=f"{self.url}items/{quote(content.reference)}/",
            api_url=f"{self.api_url}/items/{quote(content.reference)}",
            apis=[
                schemas.ApiVersionAnswer(name=api.name, version=api.version, url=_web_address(api))
                for api in content.apis
            ],
            fields=[
                schemas.FieldValueAnswer(key=field.key, name=field.name, value=value) for field, value in placed.fields
            ],
            milestones=[*_milestones(placed)],
            release=schemas.ReleaseNamed(uid=release.uid, title=release.title) if release else None,
            stage=schemas.CurrentStage(placed.stage.value),
            stage_label=placed.stage_label,
            enquiry_url=placed.enquiry_url,
        )

    def item_with_history(self, placed: PlacedItem, history: History) -> history_schemas.ItemWithHistory:
        return history_schemas.ItemWithHistory(
            **asdict(self.item(placed)),
            description_html=html(placed.content.description),
            history=_history_of_item(self, history, placed.content.uid),
            dates=_dates_of_item(self, history, placed.content.uid),
        )

    def changelog_entry(self, content: ChangelogEntryContent) -> schemas.ChangelogEntryAnswer:
        latest = self.published.latest_changes.get(content.uid)
        shown = ShownEntry(content, anchor_of(Noun.CHANGELOG_ENTRY, content.uid), latest)
        return schemas.ChangelogEntryAnswer(
            **_plain(content),
            url=f"{self.url}changelog/#{shown.anchor}",
            when=date(content.when),
            corrected_at=moment(shown.corrected_at) if shown.corrected_at else None,
        )

    # All of them

    def pages(self) -> list[schemas.PageAnswer]:
        return [self.page(page) for page in self.snapshot.pages]

    def releases(self) -> list[schemas.ReleaseAnswer]:
        return [self.release(release) for release in self.snapshot.releases]

    def items(self) -> list[schemas.ItemAnswer]:
        return [self.item(item) for item in self.snapshot.items]

    def changelog(self) -> list[schemas.ChangelogEntryAnswer]:
        return [self.changelog_entry(entry) for entry in self.snapshot.changelog]

    def by_uid(self) -> dict[str, Callable[[], schemas.ThingAnswer]]:
        """For everything there is, what makes its answer."""
        snapshot = self.snapshot
        return {
            snapshot.roadmap.uid: self.roadmap,
            **{page.uid: partial(self.page, page) for page in snapshot.pages},
            **{release.uid: partial(self.release, release) for release in snapshot.releases},
            **{item.content.uid: partial(self.item, item) for item in snapshot.items},
            **{entry.uid: partial(self.changelog_entry, entry) for entry in snapshot.changelog},
        }

    # What happened

    def past_edition(self, past: PastEdition) -> history_schemas.EditionAnswer:
        return history_schemas.EditionAnswer(
            uid=past.uid,
            number=past.number,
            published_at=moment(past.published_at),
            url=f"{self.url}editions/{past.number}/",
            api_url=f"{self.api_url}/editions/{past.number}",
            note=past.note,
            publisher=past.roadmap.contact.name,
            things_changed=len(past.told),
        )

    def edition_with_changes(self, past: PastEdition, history: History) -> history_schemas.EditionWithChanges:
        retelling = _retelling(self, history)
        things = [_changed(self, retelling, past, thing, thing.told) for thing in past.told]
        return history_schemas.EditionWithChanges(**asdict(self.past_edition(past)), things=things)


# By noun, the keys of what the API shows as it is kept, and the names of the same in a Content.
_PLAIN = {
    noun: [
        (field.api, field.name)
        for field in fields
        if field.api and not isinstance(field.shape, (Apis, Date, Group, ReleaseLink, Rows))
    ]
    for noun, fields in FIELDS.items()
}


def _plain(content: Content) -> dict[str, Any]:
    """All that needs nothing else to be told."""
    return {"uid": content.uid, **{key: getattr(content, name) for key, name in _PLAIN[noun_of(content)]}}


def edition_seen(edition: EditionSeen | PastEdition) -> schemas.EditionSeenAnswer:
    return schemas.EditionSeenAnswer(number=edition.number, published_at=moment(edition.published_at))


def date(when: When | None) -> schemas.DateAnswer | None:
    if when is None:
        return None
    return schemas.DateAnswer(
        text=when.text,
        display=when.display,
        start=when.start,
        end=when.end,
        is_to_be_confirmed=when.is_to_be_confirmed,
        is_provisional=when.is_provisional,
        is_not_applicable=when.is_not_applicable,
        is_deadline=when.is_deadline,
    )


def moment(at: datetime.datetime) -> datetime.datetime:
    """In UTC, so that it is written with a Z wherever it was read from."""
    return at.astimezone(datetime.UTC)


def html(markdown: str) -> str:
    """Safe. A str and no more: what writes the JSON takes no SafeString."""
    return render(markdown).html + ""


def _milestones(placed: PlacedItem) -> Iterator[schemas.MilestoneAnswer]:
    for environment in Environment:
        own = placed.content.milestone(environment)
        due = placed.due(environment)
        is_deployed = placed.is_deployed(environment)
        if own or due or is_deployed:
            yield schemas.MilestoneAnswer(
                environment=environment,
                label=placed.roadmap.labels[environment],
                when=date(due),
                is_deployed=is_deployed,
                is_of_release=due is not None and not (own and own.when),
            )


def _web_address(api: ApiVersion) -> str | None:
    """Only what a browser fetches, never script: whoever reads this may make a link of it."""
    return api.url if api.url.lower().startswith(("https://", "http://")) else None


def _history_of_item(values: Values, history: History, uid: str) -> list[history_schemas.HistoryEntry]:
    retelling = _retelling(values, history)
    found = []
    for happened in told_of_item(history, uid):
        edition, thing = happened.happened
        changes = [told for told in thing.told if not happened.is_of_release or told.change.field in TOLD_OF_RELEASE]
        changed = _changed(values, retelling, edition, thing, changes)
        found.append(history_schemas.HistoryEntry(**asdict(changed), edition=edition_seen(edition)))
    return found


def _dates_of_item(values: Values, history: History, uid: str) -> list[history_schemas.DateStoryAnswer]:
    if values.snapshot.roadmap.hides_date_history:
        return []
    return [
        history_schemas.DateStoryAnswer(
            environment=story.environment,
            label=story.label,
            sentence=story.sentence,
            promises=[
                history_schemas.PromiseAnswer(
                    edition=edition_seen(promise.edition),
                    when=date(promise.when),
                    is_deployed=promise.is_deployed,
                    reason=promise.reason,
                )
                for promise in story.promises
            ],
        )
        for story in stories(history, uid)
    ]


def _retelling(values: Values, history: History) -> Retelling:
    return Retelling(history.contents, hides_dates=values.snapshot.roadmap.hides_date_history)


def _changed(
    values: Values, retelling: Retelling, past: PastEdition, thing: ThingTold, told: Sequence[ToldChange]
) -> history_schemas.ThingChanged:
    return history_schemas.ThingChanged(
        noun=thing.noun,
        uid=thing.uid,
        title=thing.title if thing.noun is Noun.ROADMAP else retelling.title(thing),
        removed=thing.is_withdrawn,
        changes=[_change(values, retelling, past, thing, change) for change in told],
    )


def _change(
    values: Values, retelling: Retelling, past: PastEdition, thing: ThingTold, told: ToldChange
) -> history_schemas.ChangeAnswer:
    is_kept_back = values.snapshot.roadmap.hides_date_history and _tells_a_date(told.change)
    return history_schemas.ChangeAnswer(
        field=told.change.field,
        act=told.change.act,
        sentence=" ".join(retelling.sentences(thing, [replace(told, reason="")], past)),
        reason=told.reason,
        is_minor=told.is_minor,
        before=None if is_kept_back else told.change.before,
        after=None if is_kept_back else told.change.after,
    )


def _tells_a_date(change: FieldChange) -> bool:
    """A release may be named by its date, and so tells one by coming and going."""
    return is_of_date(change) or (change.noun is Noun.RELEASE and change.field == EXISTENCE)
