"""What a source says, as the parts of a roadmap: the language between parsing and planning. Pure.

Nothing here has an identity yet: which working copy a part is, planning finds out.
"""

from dataclasses import dataclass

from roadmap.content.choices import Horizon, Kind
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.techdocs.parse.blocks import Doubt
from roadmap.techdocs.parse.changelog_tables import ParsedEntry
from roadmap.techdocs.parse.contact import ParsedContact
from roadmap.techdocs.parse.identity import Identity, RoadmapIdentity


@dataclass(frozen=True)
class ParsedPage:
    """Immutable: one page, its text as it stood in the source."""

    title: str
    slug: str
    body: str
    is_on_home: bool
    path: str
    line: int
    identity: Identity | None = None


@dataclass(frozen=True)
class ParsedRelease:
    """Immutable: a heading or bold line with dates, and what stands between it and its items."""

    title: str
    when: str
    """As typed; empty where the title says it, or nothing does."""
    horizon: Horizon | None
    is_deployed: bool
    introduction: str
    path: str
    line: int
    identity: Identity | None = None


@dataclass(frozen=True)
class ParsedField:
    """Immutable: a column that nobody knows."""

    name: str
    explanation: str
    """Markdown; empty where the document does not explain it."""
    path: str
    line: int
    key: str = ""
    """Where the source says it itself."""


@dataclass(frozen=True)
class ParsedItem:
    """Immutable: one row of a table."""

    title: str
    description: str
    """Markdown, as it stood in its cell."""
    path: str
    line: int
    journey: str = ""
    kind: Kind | None = None
    audiences: tuple[str, ...] = ()
    apis: tuple[ApiVersion, ...] = ()
    is_breaking: bool | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """What it says in each of the roadmap's own columns, by the column's name."""
    milestones: tuple[MilestoneContent, ...] = ()
    release: int | None = None
    """Its place among the releases of the source."""
    identity: Identity | None = None


@dataclass(frozen=True)
class WordCount:
    """Immutable: proof that nothing was dropped. Front matter does not count; copies made for the contact neither."""

    read: int
    kept: int
    """Those that are in a title, description, page, release, item, field, changelog entry or footer."""
    structure: tuple[str, ...]
    """Words that are no text any more, for the site says the same itself: "Changelog", "Footer", names of columns."""


@dataclass(frozen=True)
class ParsedRoadmap:
    """Immutable: what a source says. None where it does not say."""

    title: str
    path: str
    line: int
    description: str | None
    footer: str | None
    footer_path: str
    footer_line: int
    contact: ParsedContact | None
    pages: tuple[ParsedPage, ...]
    entries: tuple[ParsedEntry, ...]
    doubts: tuple[Doubt, ...]
    word_count: WordCount
    paths: tuple[str, ...]
    """Of all documents, in the order in which they were taken."""
    releases: tuple[ParsedRelease, ...] = ()
    items: tuple[ParsedItem, ...] = ()
    fields: tuple[ParsedField, ...] = ()
    environment_labels: tuple[tuple[str, str], ...] = ()
    """What the source calls an environment, by its name in content.Environment, where it is not the usual word."""
    has_changelog: bool = True
    """Without one, it says nothing of the entries of a source before."""
    identity: RoadmapIdentity | None = None
    """Where an export of ours is the source; it then says all that there is to say of the roadmap itself."""
