"""What the API says of each thing of one published roadmap, and of what happened to it: see schemas.py.

The same thing is told in the same way everywhere: in the whole roadmap, in a list and in what changed. Nothing here
depends on who asks, only on the Edition and on the site's own address; on today's date only whether a date has passed,
which lists of items and an item tell, and copies are not told.

What is said of a thing may be made only of what `sync.touched` counts: whoever adds to one what comes from another
thing, a release's or the roadmap's, must look there too.

Sentences speak with the names of their edition, as on the pages.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
from msgspec import convert
from msgspec.structs import asdict

from roadmap.content.choices import Environment, Noun
from roadmap.content.fields import FIELDS
from roadmap.content.shapes import Apis, Date, Group, ReleaseLink, Rows
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Content,
    NoticeContent,
    PageContent,
    ReleaseContent,
    noun_of,
)
from roadmap.dates import When
from roadmap.markdown import render
from roadmap.published.date_history import TOLD_OF_RELEASE, stories, told_of_item
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.roadmap import EditionSeen, PublishedRoadmap
from roadmap.web.addresses import Addresses, public_addresses
from roadmap.web.api import history_schemas, schemas

Shape = TypeVar("Shape", bound=schemas.ApiShape)


class Values:
    """Of one roadmap. `site` is the site's own address, without a slash at its end: "https://example.gov.uk".

    With `today`, which is London's, whether a date has passed is told too.
    """

    def __init__(self, published: PublishedRoadmap, site: str, today: datetime.date | None = None):
        self.today = today
        self.published = published
        self.snapshot = published.snapshot
        self.slug = published.edition.roadmap_slug
        self.pages_for_people = public_addresses(self.slug, site)
        self.operations = Addresses("web", (("roadmap", self.slug),), site)

    @property
    def edition(self) -> schemas.EditionSeenAnswer:
        return edition_seen(self.published.edition)

    def roadmap(self) -> schemas.RoadmapAnswer:
        content = self.snapshot.roadmap
        return schemas.RoadmapAnswer(
            **_plain(content),
            url=self.pages_for_people.home,
            api_url=self.operations.to("api_get_roadmap"),
            contact=_same(content.contact, schemas.ContactAnswer),
            environments=[
                schemas.EnvironmentLabel(environment=environment, label=content.labels[environment])
                for environment in Environment
            ],
            fields=[_same(field, schemas.FieldDefinitionAnswer) for field in content.fields],
            notice=_notice(content.notice),
        )

    def roadmap_listed(self) -> schemas.RoadmapListed:
        return schemas.RoadmapListed(**asdict(self.roadmap()), edition=self.edition)

    def page(self, content: PageContent) -> schemas.PageAnswer:
        return schemas.PageAnswer(
            **_plain(content),
            url=self.pages_for_people.page(content.slug),
            api_url=self.operations.to("api_get_page", page=content.slug),
        )

    def page_with_html(self, content: PageContent) -> schemas.PageWithHtml:
        return schemas.PageWithHtml(**asdict(self.page(content)), body_html=html(content.body))

    def release(self, content: ReleaseContent) -> schemas.ReleaseAnswer:
        url = self.pages_for_people.thing(Noun.RELEASE, "", content.uid)
        return schemas.ReleaseAnswer(**_plain(content), url=url, when=date(content.due))

    def item(self, placed: PlacedItem) -> schemas.ItemAnswer:
        content, release = placed.content, placed.release
        return schemas.ItemAnswer(
            **_plain(content),
            url=self.pages_for_people.item(content.reference),
            api_url=self.operations.item(content.reference, "api_get_item"),
            apis=[_api(api) for api in content.apis],
            fields=[
                schemas.FieldValueAnswer(key=field.key, name=field.name, value=value) for field, value in placed.fields
            ],
            milestones=[*_milestones(placed, self.today)],
            release=_same(release, schemas.ReleaseNamed) if release else None,
            stage=schemas.CurrentStage(placed.stage.value),
            stage_label=placed.stage_label,
            enquiry_url=placed.enquiry_url,
        )

    def item_with_history(self, placed: PlacedItem, history: History) -> history_schemas.ItemWithHistory:
        return history_schemas.ItemWithHistory(
            **asdict(self.item(placed)),
            description_html=html(placed.content.description),
            history=_history_of_item(history, placed.content.uid),
            dates=[_same(story, history_schemas.DateStoryAnswer) for story in stories(history, placed.content.uid)],
        )

    def changelog_entry(self, content: ChangelogEntryContent) -> schemas.ChangelogEntryAnswer:
        latest = self.published.latest_changes.get(content.uid)
        return schemas.ChangelogEntryAnswer(
            **_plain(content),
            url=self.pages_for_people.thing(Noun.CHANGELOG_ENTRY, "", content.uid),
            when=date(content.when),
            corrected_at=moment(latest.corrected_at) if latest and latest.corrected_at else None,
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
            url=self.pages_for_people.edition(past.number),
            api_url=self.operations.to("api_get_edition", number=past.number),
            note=past.note,
            publisher=past.roadmap.contact.name,
            things_changed=len(past.told),
        )

    def edition_with_changes(self, past: PastEdition) -> history_schemas.EditionWithChanges:
        things = [_changed(past, thing, thing.told) for thing in past.told]
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


def _same(value: object, shape: type[Shape]) -> Shape:
    """The attributes of a value that the shape has too, by the same names."""
    return convert(value, shape, from_attributes=True)


def _notice(content: NoticeContent | None) -> schemas.NoticeAnswer | None:
    if content is None:
        return None
    starts_at, ends_at = map(moment, content.times)
    return schemas.NoticeAnswer(title=content.title, body=content.body, starts_at=starts_at, ends_at=ends_at)


def edition_seen(edition: EditionSeen | PastEdition) -> schemas.EditionSeenAnswer:
    return schemas.EditionSeenAnswer(number=edition.number, published_at=moment(edition.published_at))


def date(when: When | None) -> schemas.DateAnswer | None:
    return _same(when, schemas.DateAnswer) if when else None


def moment(at: datetime.datetime) -> datetime.datetime:
    """In UTC, so that it is written with a Z wherever it was read from."""
    return at.astimezone(datetime.UTC)


def html(markdown: str) -> str:
    """Safe. A str and no more: what writes the JSON takes no SafeString."""
    return render(markdown).html + ""


def _milestones(placed: PlacedItem, today: datetime.date | None) -> Iterator[schemas.MilestoneAnswer]:
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
                has_passed=placed.is_overdue(environment, today) if today else msgspec.UNSET,
            )


def _api(api: ApiVersion) -> schemas.ApiVersionAnswer:
    # Whoever reads its address may make a link of it.
    return schemas.ApiVersionAnswer(name=api.name, version=api.version, url=api.link or None)


def _history_of_item(history: History, uid: str) -> list[history_schemas.HistoryEntry]:
    found = []
    for edition, thing in told_of_item(history, uid):
        is_own = thing.noun is Noun.ITEM
        changes = [told for told in thing.told if is_own or told.change.field in TOLD_OF_RELEASE]
        changed = _changed(edition, thing, changes)
        found.append(history_schemas.HistoryEntry(**asdict(changed), edition=edition_seen(edition)))
    return found


def _changed(past: PastEdition, thing: ThingTold, told: Sequence[ToldChange]) -> history_schemas.ThingChanged:
    return history_schemas.ThingChanged(
        noun=thing.noun,
        uid=thing.uid,
        title=thing.title,
        removed=thing.is_withdrawn,
        changes=[
            history_schemas.ChangeAnswer(
                field=change.change.field,
                act=change.change.act,
                sentence=change.change.sentence(past.roadmap),
                reason=change.reason,
                is_minor=change.is_minor,
                **dict(zip(("before", "after"), change.change.for_programs(), strict=True)),
            )
            for change in told
        ],
    )
