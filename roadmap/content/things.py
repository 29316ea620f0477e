"""The language that editing and reading share: frozen values of what readers see. Pure.

A Content is what one Revision keeps, as JSON. An approximate date is kept as it was typed, under the key "when".
`to_json` leaves out whatever is its default, so that a field added later, which must have one, changes no old text:
every Revision stays readable and equal to itself. See docs/decisions/0001-revisions-hold-json.md.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

import msgspec

from roadmap.content.choices import Environment, Horizon, Kind, Noun
from roadmap.dates import UnclearDate, When, meant, parse, unclear


def lower_first(text: str) -> str:
    """The text as it goes on within a sentence: its first letter small, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A part of a Content.

    Nothing in it can point back at it, so the garbage collector need not look: thousands are made at once (gc=False).
    A default must be one of Python's single objects ("", 0, False, None, ()): msgspec leaves a value out where it is
    the default object, not where it equals it, and equal Contents must give equal texts.
    """


class Dated:
    """What has an approximate date, or had none to give."""

    typed: str
    meaning: str  # of the text, where it was published: see roadmap/content/meanings.py
    __slots__ = ()

    @property
    def when(self) -> When | None:
        return when_typed(self.typed, self.meaning)


def when_typed(typed: str, meaning: str = "") -> When | None:
    """The date that this text is; None where there is none. Never raises.

    With the meaning that it was published with, it is that, whatever the grammar has become since.
    """
    return when_meant(typed, meaning) or (_now_meant(typed) if typed else None)


@lru_cache(maxsize=4096)  # titles of releases that are no date too, which are asked again and again
def _now_meant(typed: str) -> When:
    try:
        return parse(typed)
    except UnclearDate:
        return unclear(typed)  # never the end of a promise: kept and shown


def when_meant(typed: str, meaning: str) -> When | None:
    """As it was published; None where that is not said of this text."""
    if not typed or not meaning:
        return None
    try:
        return meant(typed, meaning)
    except ValueError:
        return None  # the meaning of a text that stood there before


class Contact(Value, frozen=True, kw_only=True):
    """Whom to ask."""

    name: str = ""
    email: str = ""
    subject: str = ""

    def mailto(self, about: str = "", url: str = "") -> str:
        """The enquiry link: a mailto URL whose subject is ours, then `about`, percent-encoded as RFC 6068 asks.

        Empty where there is no address. A local part may hold `%`, `?` or `&`, so it is encoded too. `url` is the whole
        address of what is asked about: the mail begins with it, on a line of its own.
        """
        if not self.email:
            return ""
        local, _, domain = self.email.rpartition("@")
        subject = ": ".join(part for part in (self.subject, about) if part)
        said = {"subject": subject, "body": f"{url}\r\n\r\n" if url else ""}
        query = "&".join(f"{name}={quote(text, safe='')}" for name, text in said.items() if text)
        return f"mailto:{quote(local, safe='')}@{domain}{'?' if query else ''}{query}"


class NoticeContent(Value, frozen=True, kw_only=True):
    """What stands above every page between two moments, each as ISO 8601 has it, in UTC to the minute."""

    title: str
    starts_at: str
    ends_at: str
    body: str = ""

    @property
    def times(self) -> tuple[datetime.datetime, datetime.datetime]:
        return datetime.datetime.fromisoformat(self.starts_at), datetime.datetime.fromisoformat(self.ends_at)

    def is_on(self, now: datetime.datetime) -> bool:
        """From its first moment on, until its last."""
        starts_at, ends_at = self.times
        return starts_at <= now < ends_at


class FieldDefinition(Value, frozen=True, kw_only=True):
    """A column that a roadmap adds to its items."""

    key: str
    name: str
    explanation: str = ""


class EnvironmentLabels(Value, frozen=True, kw_only=True):
    test: str
    controlled_go_live: str
    live: str

    def __getitem__(self, environment: Environment) -> str:
        label: str = getattr(self, environment)
        return label

    def place(self, environment: Environment) -> str:
        """What to say after "now": "in sandbox", "in controlled go-live", "live", "in production"."""
        label = self[environment]
        return "live" if label.lower() == "live" else f"in {lower_first(label)}"

    def stage(self, environment: Environment) -> str:
        """The label of the stage reached by arriving there: "In sandbox", "Controlled go-live", "Live"."""
        if environment is Environment.CONTROLLED_GO_LIVE:
            return self[environment]
        place = self.place(environment)
        return place[:1].upper() + place[1:]


class MilestoneContent(Value, Dated, frozen=True, kw_only=True):
    """An item's arrival in one environment. No date and deployed: it is there, since when is not known."""

    environment: Environment
    typed: str = msgspec.field(default="", name="when")
    is_deployed: bool = False
    meaning: str = ""


class ApiVersion(Value, frozen=True, kw_only=True):
    """An API that an item concerns, as it was named when the item was published."""

    name: str
    url: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def link(self) -> str:
        """Its address, where a browser fetches that from the web: never script, a file or another program."""
        return self.url if self.url.lower().startswith(("https://", "http://")) else ""


class FieldValueContent(Value, frozen=True, kw_only=True):
    key: str
    value: str


class Content(Value, frozen=True, kw_only=True):
    """One thing, as readers see it. Its uid is the thing's for good; titles and addresses may be reused."""

    uid: str

    @property
    def address(self) -> str:
        """The part of the thing's URL that names it, or nothing where it has no page of its own."""
        return str(getattr(self, "slug", getattr(self, "reference", "")))


class RoadmapContent(Content, frozen=True, kw_only=True):
    slug: str
    title: str
    contact: Contact
    labels: EnvironmentLabels
    description: str = ""
    fields: tuple[FieldDefinition, ...] = ()
    footer: str = ""
    position: int = 0
    hides_date_history: bool = False  # readers are told what a date is, and not what it was
    notice: NoticeContent | None = None

    def column_name(self, key: str) -> str:
        """What is known of a column is its name; of one that is not known, the name that its key was made from."""
        known = (column.name for column in self.fields if column.key == key)
        return next(known, key.replace("-", " ").capitalize())

    def naming(self, *earlier: "RoadmapContent") -> "RoadmapContent":
        """With the columns too that it had earlier, the newest first, and has no more: sentences tell of them."""
        columns = {column.key: column for roadmap in reversed((self, *earlier)) for column in roadmap.fields}
        fields = tuple(columns.values())
        return self if fields == self.fields else msgspec.structs.replace(self, fields=fields)


class PageContent(Content, frozen=True, kw_only=True):
    slug: str
    title: str
    body: str = ""
    is_on_home: bool = False
    position: int = 0


class ReleaseContent(Content, Dated, frozen=True, kw_only=True):
    title: str
    typed: str = msgspec.field(default="", name="when")
    horizon: Horizon | None = None
    is_deployed: bool = False
    introduction: str = ""
    position: int = 0
    meaning: str = ""  # of its date, or of its title where that is one

    @property
    def due(self) -> When | None:
        """Its date, or the one that its title is: "June 2026"."""
        if self.typed:
            return self.when
        found = when_typed(self.title, self.meaning)
        return None if found is None or found.is_unclear else found

    @property
    def dates(self) -> str:
        """Its dates as a reader sees them; nothing where the title says the same."""
        return str(self.when) if self.when and str(self.when) != self.title else ""


class ItemContent(Content, frozen=True, kw_only=True):
    reference: str
    title: str
    description: str = ""
    journey: str = ""
    kind: Kind | None = None
    audiences: tuple[str, ...] = ()
    apis: tuple[ApiVersion, ...] = ()
    is_breaking: bool | None = None
    fields: tuple[FieldValueContent, ...] = ()
    milestones: tuple[MilestoneContent, ...] = ()
    release_uid: str = ""
    position: int = 0

    def milestone(self, environment: Environment) -> MilestoneContent | None:
        return next((found for found in self.milestones if found.environment == environment), None)


class ChangelogEntryContent(Content, Dated, frozen=True, kw_only=True):
    title: str
    typed: str = msgspec.field(default="", name="when")
    body: str = ""
    position: int = 0
    meaning: str = ""


CONTENT_OF: dict[Noun, type[Content]] = {
    Noun.ROADMAP: RoadmapContent,
    Noun.PAGE: PageContent,
    Noun.RELEASE: ReleaseContent,
    Noun.ITEM: ItemContent,
    Noun.CHANGELOG_ENTRY: ChangelogEntryContent,
}
NOUN_OF = {cls: noun for noun, cls in CONTENT_OF.items()}


def noun_of(content: Content) -> Noun:
    return NOUN_OF[type(content)]


def anchor_of(noun: Noun, uid: str) -> str:
    """Where a thing without a page of its own is on the page that lists it: the same in every Edition."""
    return f"{noun.value.split('_')[0]}-{uid[:8]}"


# How many there are, and which, in words


# One of a noun, and more than one. Of a roadmap nobody counts more.
NOUNS: Mapping[Noun, tuple[str, str]] = {
    Noun.ITEM: ("item", "items"),
    Noun.RELEASE: ("release", "releases"),
    Noun.PAGE: ("page", "pages"),
    Noun.CHANGELOG_ENTRY: ("changelog entry", "changelog entries"),
}


def counted(number: int, noun: Noun | str, plural: str = "") -> str:
    """ "1 item", "2 items". A noun in words has an "s" for more than one, where no `plural` is given."""
    one, many = NOUNS[noun] if isinstance(noun, Noun) else (noun, plural or f"{noun}s")
    return f"{number} {one if number == 1 else many}"


def counted_nouns(numbers: Mapping[Noun, int]) -> str:
    """ "14 items, 3 releases and 5 changelog entries": of what there is any."""
    return joined([counted(numbers[noun], noun) for noun in NOUNS if numbers.get(noun)])


def joined(names: Sequence[str]) -> str:
    """ "VAT (MTD) 1.0 and Business Details 2.0": each as it is, unlike `in_words`, which lowers capitals."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def named(titles: Sequence[str]) -> str:
    """ "“Carry back” and “Multiple agents”", "“Carry back”, “Multiple agents” and 3 more"."""
    quoted = [f"“{title}”" for title in titles]
    return joined([*quoted[:2], f"{len(quoted) - 2} more"] if len(quoted) > 3 else quoted)


def in_words(names: Iterable[str]) -> str:
    """ "Businesses and agents", from ["Businesses", "Agents"]."""
    first, *rest = [*names] or [""]
    return joined([first, *(lower_first(name) for name in rest)])


# JSON


_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {noun: msgspec.json.Decoder(cls) for noun, cls in CONTENT_OF.items()}


def to_json(content: Content) -> str:
    """The text that a Revision keeps. Equal Contents give equal texts."""
    return _encoder.encode(content).decode()


def from_json(noun: Noun, text: str) -> Content:
    """The Content that `to_json` wrote.

    Raises msgspec.ValidationError where the text is of another shape.
    """
    return _decoders[noun].decode(text)
