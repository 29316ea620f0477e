"""THE list: for each noun, every field that a Content has, and all that anybody must know of it. Pure.

Whoever compares, merges, publishes, writes working copies, moves a roadmap, exports, imports, filters, searches or
shows walks this list, and spells no field. A field that some outlet does not have is named here as left out, with the
reason: `tests/content/test_fields.py` takes every field through every outlet. The order is that of the Content.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from roadmap.content.choices import HORIZON_LABELS, KIND_LABELS, Horizon, Kind, Noun
from roadmap.content.shapes import (
    API_ADDRESSES,
    CONTACT,
    LABELS,
    Answer,
    Apis,
    Choice,
    Columns,
    Date,
    Flag,
    Line,
    Milestones,
    Names,
    OwnValues,
    Place,
    Prose,
    ReleaseLink,
    Rows,
    Shape,
    Title,
)
from roadmap.content.things import Content, noun_of

# The field of a Change that is about the thing itself: it came, or it went.
EXISTENCE = "existence"


class Outlet(StrEnum):
    """Where a field may be dropped by mistake."""

    CHANGES = "what readers are told of a change"
    IMPORT = "what an import may change"
    TRANSFER = "one roadmap as JSON"
    MARKDOWN = "the exported Markdown"
    API = "the API"
    CSV = "the table of items"
    FILTER = "filters"
    SEARCH = "searching for words"
    PAGE = "the details on an item's page"


@dataclass(frozen=True, kw_only=True)
class ContentField:
    """Immutable: one field of one noun. An outlet without a name for it leaves it out: `left_out` says why."""

    name: str  # in the Content
    label: str  # in sentences, and wherever there is no better word
    shape: Shape
    told: str = ""  # in Changes, where that is another name
    api: str = ""  # the key of it, and of its value
    csv: str = ""  # its heading in the table of items
    markdown: str = ""  # its heading in an exported table of items, or what its line is called
    headings: str = ""  # further ones under which an import takes a column for it, with commas between
    facet: str = ""  # the name of the filter
    page: str = ""  # what it is called on the item's page
    is_searched: bool = False
    format_version: int = 1  # of the JSON of a whole roadmap (transfer/format.py) that first had it
    left_out: Mapping[Outlet, str] = field(default_factory=dict)

    @property
    def told_as(self) -> str:
        return self.told or self.name

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its working copy; nothing where it is kept in rows of its own."""
        return self.shape.columns(self.told_as)

    def of(self, content: Content) -> Any:
        return getattr(content, self.name)


_IDENTITY = "it says which thing it is, and planning sees to that"
_IN_ORDER = "things stand in its order"
_OF_ITEMS = "the table, the filters and the search are of items"
_NOT_OF_ITEMS = {
    Outlet.CSV: _OF_ITEMS,
    Outlet.FILTER: _OF_ITEMS,
    Outlet.SEARCH: _OF_ITEMS,
    Outlet.PAGE: _OF_ITEMS,
}
_PLACE = Place()
_AT_TOP = "it stands at the top of the page"

REFERENCE = ContentField(
    name="reference",
    label="Reference",
    shape=Line(),
    api="reference",
    csv="Reference",
    markdown="Reference",
    headings="ref, item reference",
    facet="item",
    is_searched=True,
    left_out={Outlet.IMPORT: _IDENTITY, Outlet.PAGE: _AT_TOP},
)
TITLE = ContentField(
    name="title",
    label="Title",
    shape=Title(),
    api="title",
    csv="Title",
    markdown="Name",
    headings="title, function, functionality, change, feature, item, deliverable, delivery, capability, service, "
    "requirement, enhancement, release item, what, what is changing, new functionality, new feature",
    is_searched=True,
    left_out={Outlet.FILTER: "a search finds it", Outlet.PAGE: _AT_TOP},
)
DESCRIPTION = ContentField(
    name="description",
    label="Description",
    shape=Prose(),
    api="description",
    csv="Description",
    markdown="Description",
    headings="descriptions, detail, details, summary, overview, description of change, description of the change, "
    "change description, details of change, details of the change, change details, more information, what it does, "
    "what this does, what it means, short description, brief description",
    is_searched=True,
    left_out={Outlet.FILTER: "a search finds it", Outlet.PAGE: "it is shown whole, above the details"},
)
JOURNEY = ContentField(
    name="journey",
    label="Journey",
    shape=Line(),
    api="journey",
    csv="Journey",
    markdown="Journey",
    headings="customer journey, user journey, end-to-end journey, end to end journey",
    page="Journey",
    is_searched=True,
    left_out={Outlet.FILTER: "a search finds it"},
)
KIND = ContentField(
    name="kind",
    label="Kind",
    shape=Choice(words_of=Kind, labels=KIND_LABELS),
    api="kind",
    csv="Kind",
    markdown="Type",
    headings="kind, type of functionality, functionality type, kind of functionality, delivered as, channel",
    facet="kind",
    page="Kind",
    left_out={Outlet.SEARCH: "a filter finds it"},
)
AUDIENCES = ContentField(
    name="audiences",
    label="Audience",
    shape=Names(),
    api="audiences",
    csv="Audiences",
    markdown="End user",
    headings="end users, user, users, user group, user groups, group, groups, target user, target users, target group, "
    "target audience, audience, audiences, customer group, customer type, user type, who, for whom, who it is for, "
    "who is it for, who is this for, who this is for, affected users, applies to",
    facet="audience",
    page="For",
    is_searched=True,
)
APIS = ContentField(
    name="apis",
    label="APIs",
    shape=Apis(),
    api="apis",
    csv="APIs",
    markdown="API",
    headings="apis, api name, api names, name of api, hmrc developer hub api, hmrc developer hub apis, "
    "developer hub api, developer hub apis, hmrc api, hmrc apis, mtd api, mtd apis, affected api, affected apis, "
    "apis affected, api affected, impacted api, impacted apis, api impacted, apis impacted, relevant api, "
    "relevant apis, related api, related apis, api and version, apis and versions, api name and version, "
    "api version, api versions, api/version, api (version)",
    facet="api",
    page="API",
    is_searched=True,
)
BREAKING = ContentField(
    name="is_breaking",
    label="Breaking",
    shape=Answer(
        yes="Yes, software that works today must be changed",
        now_yes="Now breaking",
        now_no="Now not breaking",
        found_no="Confirmed as not breaking",
        no_longer_known="No longer said whether it is breaking",
    ),
    api="breaking",
    csv="Breaking",
    markdown="Breaking change",
    headings="breaking, breaking changes, is breaking, is it breaking, is it a breaking change, "
    "is this a breaking change, breaking or non-breaking, breaking change y/n",
    facet="breaking",
    page="Breaking",
    left_out={Outlet.SEARCH: "a filter finds it"},
)
OWN_VALUES = ContentField(
    name="fields",
    label="Own fields",
    shape=OwnValues(),
    api="fields",
    csv="each by its own name",
    markdown="each by its own name",
    page="each by its own name",
    is_searched=True,
    left_out={Outlet.FILTER: "a search finds it"},
)
MILESTONES = ContentField(
    name="milestones",
    label="Milestones",
    shape=Milestones(),
    api="milestones",
    csv="each by its environment's name",
    markdown="each by its environment's name",
    left_out={
        Outlet.FILTER: "the stage follows from them, and is one",
        Outlet.SEARCH: "the stage follows from them, and a filter finds it",
        Outlet.PAGE: "they are the track above the details",
    },
)
RELEASE = ContentField(
    name="release_uid",
    label="Release",
    shape=ReleaseLink(),
    told="release",
    api="release",
    csv="Release",
    markdown="the heading above the table",
    facet="release",
    page="Release",
    left_out={Outlet.SEARCH: "a filter finds it"},
)


def _position(where: str) -> ContentField:
    return ContentField(
        name="position",
        label="Place",
        shape=_PLACE,
        api="position",
        markdown="the order",
        left_out={
            Outlet.IMPORT: "the order of a source is settled for all its things together",
            **dict.fromkeys((Outlet.CSV, Outlet.FILTER, Outlet.SEARCH, Outlet.PAGE), where),
        },
    )


def _text(name: str, label: str, shape: Shape | None = None, **more: Any) -> ContentField:
    """A field of a thing that is no item."""
    more = {"api": name, "markdown": label, **more}
    left_out = {**_NOT_OF_ITEMS, **more.pop("left_out", {})}
    return ContentField(name=name, label=label, shape=shape or Line(), left_out=left_out, **more)


_DATE = _text("typed", "Date", Date(), told="when", api="when")
_ADDRESS = _text("slug", "Address", left_out={Outlet.IMPORT: _IDENTITY}, markdown="the file's name")
_HEADING = _text("title", "Title", Title(), markdown="the heading")
_BODY = _text("body", "Text", Prose(), markdown="the text")

FIELDS: dict[Noun, tuple[ContentField, ...]] = {
    Noun.ROADMAP: (
        _ADDRESS,
        _HEADING,
        _text("contact", "Contact", CONTACT),
        _text("labels", "Names of environments", LABELS, told="environment_labels", api="environments"),
        _text("description", "Description", Prose()),
        _text("fields", "Columns", Columns(), markdown="the headings of tables"),
        _text("footer", "Footer", Prose()),
        _text(
            "position",
            "Place",
            _PLACE,
            api="",
            markdown="",
            left_out={
                Outlet.API: "the list of roadmaps is in its order",
                Outlet.IMPORT: "a source knows of one roadmap",
                Outlet.MARKDOWN: "an exported folder knows of one roadmap",
            },
        ),
        _text(
            "hides_date_history",
            "Earlier dates",
            Flag(now="Earlier dates no longer shown", no_longer="Earlier dates now shown"),
            api="",
            markdown="",
            left_out={
                Outlet.API: "what is kept back is not there",
                Outlet.IMPORT: "no source says it",
                Outlet.MARKDOWN: "Markdown has no history to keep back",
            },
        ),
    ),
    Noun.PAGE: (
        _ADDRESS,
        _HEADING,
        _BODY,
        _text(
            "is_on_home",
            "On the home page",
            Flag(now="Now shown on the home page", no_longer="No longer shown on the home page"),
            markdown="the part of the home page",
        ),
        _position(_OF_ITEMS),
    ),
    Noun.RELEASE: (
        _HEADING,
        _DATE,
        _text("horizon", "Term", Choice(words_of=Horizon, labels=HORIZON_LABELS)),
        _text("is_deployed", "Deployed", Flag(now="Deployed", no_longer="No longer deployed")),
        _text("introduction", "Introduction", Prose()),
        _position(_OF_ITEMS),
    ),
    Noun.ITEM: (
        REFERENCE,
        TITLE,
        DESCRIPTION,
        JOURNEY,
        KIND,
        AUDIENCES,
        APIS,
        BREAKING,
        OWN_VALUES,
        MILESTONES,
        RELEASE,
        _position(_IN_ORDER),
    ),
    Noun.CHANGELOG_ENTRY: (_HEADING, _DATE, _BODY, _position(_OF_ITEMS)),
}
ITEM_FIELDS = FIELDS[Noun.ITEM]

# By the name in Changes. Two nouns that have a field of one name mean the same by it.
LABELS_TOLD: dict[str, str] = {
    API_ADDRESSES: "API links",
    **{found.told_as: found.label for of_noun in FIELDS.values() for found in of_noun},
}
PROSE_TOLD = frozenset(
    found.told_as for of_noun in FIELDS.values() for found in of_noun if isinstance(found.shape, Prose)
)


def fields_of(content: Content) -> tuple[ContentField, ...]:
    return FIELDS[noun_of(content)]


def field_told(noun: Noun, told: str) -> ContentField | None:
    """The field that a Change of that noun is about; None where there is none of that name any more."""
    for found in FIELDS[noun]:
        if isinstance(found.shape, Rows) and found.told_as != told:
            if told.startswith(f"{found.shape.prefix}."):
                return found
        elif found.told_as == told or (told == API_ADDRESSES and isinstance(found.shape, Apis)):
            return found
    return None


def told(content: Content) -> Iterator[tuple[str, Any]]:
    """What a Content says, as plain JSON by the names that Changes have; None for nothing."""
    for found in fields_of(content):
        yield from found.shape.told(found.told_as, found.of(content))
