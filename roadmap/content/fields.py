"""THE list: for each noun, every field that a Content has, and all that anybody must know of it. Pure.

Whoever compares, merges, publishes, writes working copies, moves a roadmap, exports, imports, filters, searches or
shows walks this list, and spells no field. A field that some outlet does not have is named here as left out, with the
reason: `tests/content/test_fields.py` takes every field through every outlet. The order is that of the Content.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from msgspec import Struct

from roadmap.content import shapes
from roadmap.content.choices import HORIZON_LABELS, KIND_LABELS, Horizon, Kind, Noun
from roadmap.content.things import Content, ReleaseContent, noun_of

# The field of a Change that is about the thing itself: it came, or it went.
EXISTENCE = "existence"
# And those about what is no news, with what is said of it.
FORMATTING, PUNCTUATION, UNSEEN = "formatting", "punctuation", "unseen"
NO_NEWS = {
    FORMATTING: "Formatting only",
    PUNCTUATION: "Punctuation only",
    UNSEEN: "Nothing that readers can see",
}


class Outlet(StrEnum):
    """Where a field may be dropped by mistake."""

    CHANGES = "what readers are told of a change"
    IMPORT = "what an import may change"
    MARKDOWN = "the exported Markdown"
    API = "the API"
    CSV = "the table of items"
    FILTER = "filters"
    SEARCH = "searching for words"
    PAGE = "the details on an item's page"


_LINE = shapes.Shape()
_NOTHING: Mapping[Outlet, str] = {}


class ContentField(Struct, frozen=True, kw_only=True):
    """Immutable: one field of one noun. An outlet without a name for it leaves it out: `left_out` says why."""

    name: str  # in the Content
    label: str  # in sentences, and wherever there is no better word
    shape: shapes.Shape
    told_as: str  # in Changes
    api: str = ""  # the key of it, and of its value
    csv: str = ""  # its heading in the table of items
    markdown: str = ""  # its heading in an exported table of items, or what its line is called
    headings: str = ""  # further ones under which an import takes a column for it, with commas between
    facet: str = ""  # the name of the filter
    page: str = ""  # what it is called on the item's page
    is_searched: bool = False
    format_version: int = 1  # of the JSON of a whole roadmap (transfer/format.py) that first had it
    left_out: Mapping[Outlet, str] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its working copy; nothing where it is kept in rows of its own."""
        return self.shape.columns(self.told_as)

    def of(self, content: Content) -> Any:
        return getattr(content, self.name)


def _field(
    name: str, label: str, shape: shapes.Shape = _LINE, left_out: Mapping[Outlet, str] = _NOTHING, **names: Any
) -> ContentField:
    """Every outlet that does not leave it out calls it by its label, if `names` has no other; the API by its name."""
    by_label = {Outlet.CSV: "csv", Outlet.MARKDOWN: "markdown", Outlet.PAGE: "page"}
    usual: dict[str, Any] = {key: label for outlet, key in by_label.items() if outlet not in left_out}
    usual |= {"told_as": name, "api": "" if Outlet.API in left_out else name}
    usual |= {"is_searched": Outlet.SEARCH not in left_out, **names}
    return ContentField(name=name, label=label, shape=shape, left_out=left_out, **usual)


_OF_ITEMS = (Outlet.CSV, Outlet.FILTER, Outlet.SEARCH, Outlet.PAGE)
_IDENTITY = "it says which thing it is, and planning sees to that"
_AT_TOP = "it stands at the top of the page"
_BY_NAME = "each by its own name"
_FOUND_BY_SEARCH = {Outlet.FILTER: "a search finds it"}
_FOUND_BY_FILTER = {Outlet.SEARCH: "a filter finds it"}


def _text(
    name: str, label: str, shape: shapes.Shape = _LINE, left_out: Mapping[Outlet, str] = _NOTHING, **names: Any
) -> ContentField:
    """A field of a thing that is no item."""
    why = dict.fromkeys(_OF_ITEMS, "the table, the filters and the search are of items")
    return _field(name, label, shape, {**why, **left_out}, **names)


_DATE = _text("typed", "Date", shapes.Date(), told_as="when", api="when")
_ADDRESS = _text("slug", "Address", left_out={Outlet.IMPORT: _IDENTITY}, markdown="the file's name")
_HEADING = _text("title", "Title", shapes.Title(), markdown="the heading")
_BODY = _text("body", "Text", shapes.Prose(), markdown="the text")
_PLACE = _field(
    "position",
    "Place",
    shapes.Place(),
    {
        Outlet.IMPORT: "the order of a source is settled for all its things together",
        **dict.fromkeys(_OF_ITEMS, "things stand in its order"),
    },
    markdown="the order",
)

REFERENCE = _field("reference", "Reference", left_out={Outlet.IMPORT: _IDENTITY, Outlet.PAGE: _AT_TOP}, facet="item")
TITLE = _field(
    "title",
    "Title",
    shapes.Title(),
    {**_FOUND_BY_SEARCH, Outlet.PAGE: _AT_TOP},
    markdown="Name",
    headings="title, function, functionality, change, feature, item, deliverable, delivery, capability, service, "
    "requirement, enhancement, release item, what, new functionality, new feature, features, changes, deliverables, "
    "epic, user story, story, change title, change name, change summary, feature name, feature/change, item name, "
    "initiative",
)
DESCRIPTION = _field(
    "description",
    "Description",
    shapes.Prose(),
    {**_FOUND_BY_SEARCH, Outlet.PAGE: "it is shown whole, above the details"},
    headings="descriptions, detail, details, summary, overview, description of change, description of the change, "
    "change description, details of change, details of the change, change details, more information, what it does, "
    "what this does, what it means, short description, brief description, what is changing, what's changing, "
    "what will change, further details, further information, full description, explanation, description of changes, "
    "details of changes, change detail",
)
JOURNEY = _field(
    "journey",
    "Journey",
    left_out=_FOUND_BY_SEARCH,
    headings="customer journey, user journey, end-to-end journey, end to end journey",
)
KIND = _field(
    "kind",
    "Kind",
    shapes.Choice(words_of=Kind, labels=KIND_LABELS),
    _FOUND_BY_FILTER,
    markdown="Type",
    headings="kind, change type, type of change, type of functionality, functionality type, kind of functionality, "
    "delivered as, channel",
    facet="kind",
)
AUDIENCES = _field(
    "audiences",
    "Audience",
    shapes.Names(),
    csv="Audiences",
    markdown="End user",
    headings="end users, user, users, user group, user groups, group, groups, target user, target users, target group, "
    "target audience, audience, audiences, customer group, customer type, user type, who, for whom, who it is for, "
    "who is it for, who is this for, who this is for, affected users, applies to, who is affected, who it affects, "
    "who this affects, who does it affect, who does this affect, who is impacted, impacted users, users affected, "
    "users impacted, affected groups, impacted groups, affected parties, affected customers, customers, personas",
    facet="audience",
    page="For",
)
APIS = _field(
    "apis",
    "APIs",
    shapes.Apis(),
    markdown="API",
    facet="api",
    page="API",
)
BREAKING = _field(
    "is_breaking",
    "Breaking",
    shapes.Answer(
        yes="Yes, software that works today must be changed",
        now_yes="Now breaking",
        now_no="Now not breaking",
        found_no="Confirmed as not breaking",
        no_longer_known="No longer said whether it is breaking",
    ),
    _FOUND_BY_FILTER,
    api="breaking",
    markdown="Breaking change",
    headings="breaking, breaking changes, is breaking, is it breaking, is it a breaking change, "
    "is this a breaking change, breaking or non-breaking, breaking change y/n",
    facet="breaking",
)
OWN_VALUES = _field(
    "fields", "Columns", shapes.OwnValues(), _FOUND_BY_SEARCH, csv=_BY_NAME, markdown=_BY_NAME, page=_BY_NAME
)
MILESTONES = _field(
    "milestones",
    "Milestones",
    shapes.Milestones(),
    {
        Outlet.FILTER: "the stage follows from them, and is one",
        Outlet.SEARCH: "the stage follows from them, and a filter finds it",
        Outlet.PAGE: "they are the track above the details",
    },
    csv=_BY_NAME,
    markdown=_BY_NAME,
)
RELEASE = _field(
    "release_uid",
    "Release",
    shapes.ReleaseLink(),
    _FOUND_BY_FILTER,
    told_as="release",
    api="release",
    markdown="the heading above the table",
    facet="release",
)

FIELDS: dict[Noun, tuple[ContentField, ...]] = {
    Noun.ROADMAP: (
        _ADDRESS,
        _HEADING,
        _text("contact", "Contact", shapes.CONTACT),
        _text("labels", "Names of environments", shapes.LABELS, told_as="environment_labels", api="environments"),
        _text("description", "Description", shapes.Prose()),
        _text("fields", "Columns", shapes.Columns(), markdown="the headings of tables"),
        _text("footer", "Footer", shapes.Prose()),
        _text(
            "position",
            "Place",
            shapes.Place(),
            {
                Outlet.API: "the list of roadmaps is in its order",
                Outlet.IMPORT: "a source knows of one roadmap",
                Outlet.MARKDOWN: "an exported folder knows of one roadmap",
            },
        ),
        _text(
            "hides_date_history",
            "Earlier dates",
            shapes.Flag(now="Earlier dates no longer shown", no_longer="Earlier dates now shown"),
            {
                Outlet.API: "what is kept back is not there",
                Outlet.IMPORT: "no source says it",
                Outlet.MARKDOWN: "Markdown has no history to keep back",
            },
        ),
        _text(
            "notice",
            "Notice",
            shapes.NOTICE,
            {
                Outlet.IMPORT: "no source says it",
                Outlet.MARKDOWN: "a document has no times at which it shows something and stops",
            },
            format_version=3,
        ),
    ),
    Noun.PAGE: (
        _ADDRESS,
        _HEADING,
        _BODY,
        _text(
            "is_on_home",
            "On the home page",
            shapes.Flag(now="Now shown on the home page", no_longer="No longer shown on the home page"),
            markdown="the part of the home page",
        ),
        _PLACE,
    ),
    Noun.RELEASE: (
        _HEADING,
        _DATE,
        _text("horizon", "Term", shapes.Choice(words_of=Horizon, labels=HORIZON_LABELS)),
        _text("is_deployed", "Deployed", shapes.Flag(now="Deployed", no_longer="No longer deployed")),
        _text("introduction", "Introduction", shapes.Prose()),
        _PLACE,
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
        _PLACE,
    ),
    Noun.CHANGELOG_ENTRY: (_HEADING, _DATE, _BODY, _PLACE),
}
ITEM_FIELDS = FIELDS[Noun.ITEM]

ALL_FIELDS = tuple(field for of_noun in FIELDS.values() for field in of_noun)

# By the name in Changes. Two nouns that have a field of one name mean the same by it.
LABELS_TOLD = {shapes.API_ADDRESSES: "API links", **{field.told_as: field.label for field in ALL_FIELDS}}
PROSE_TOLD = frozenset(field.told_as for field in ALL_FIELDS if isinstance(field.shape, shapes.Prose))


def fields_of(content: Content) -> tuple[ContentField, ...]:
    return FIELDS[noun_of(content)]


@lru_cache(maxsize=1024)
def field_told(noun: Noun, told: str) -> ContentField | None:
    """The field that a Change of that noun is about; None where there is none of that name any more."""
    for found in FIELDS[noun]:
        if isinstance(found.shape, shapes.Rows) and found.told_as != told:
            if told.startswith(f"{found.shape.prefix}."):
                return found
        elif found.told_as == told or (told == shapes.API_ADDRESSES and isinstance(found.shape, shapes.Apis)):
            return found
    return None


def told(content: Content, fields: Iterable[ContentField]) -> Iterator[tuple[str, Any]]:
    """What a Content says in these of its fields, as plain JSON by the names that Changes have; None for nothing."""
    for found in fields:
        if isinstance(found.shape, shapes.Date):
            yield found.told_as, _date_told(content)
        else:
            yield from found.shape.told(found.told_as, found.of(content))


def _date_told(content: Any) -> Any:
    """The date with what it meant. A release that is named after its date has that date."""
    when = content.due if isinstance(content, ReleaseContent) else content.when
    if when is None:
        return None
    kept = {"when": when.text, "meaning": content.meaning}
    return kept if content.meaning else when.text


def columns_lost(before: Content | None, after: Content | None) -> frozenset[str]:
    """Of a roadmap before and after: what Changes of its items are called that only went with their column.

    That the column is gone is told once, of the roadmap.
    """
    was, now = ({column.key for column in getattr(roadmap, "fields", ())} for roadmap in (before, after))
    return frozenset(f"field.{key}" for key in was - now)
