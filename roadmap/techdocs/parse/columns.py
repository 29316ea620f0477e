"""What the heading of a column means. Pure.

A heading is known by its words and not by its place, so that columns may come in any order. One that nobody knows is
a column of the roadmap's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from roadmap.content.choices import Environment
from roadmap.techdocs.parse.blocks import Blocks, plain
from roadmap.techdocs.parse.cells import kind_named, yes_or_no
from roadmap.techdocs.parse.environment_phrases import is_date, read_phrase


class Role(StrEnum):
    NAME = "name"
    JOURNEY = "journey"
    DESCRIPTION = "description"
    AUDIENCE = "audience"
    API = "api"
    BREAKING = "breaking"
    ARRIVAL = "arrival"  # the date on which it comes to an environment
    STATUS = "status"
    KIND = "kind"
    OWN = "own"  # a column of the roadmap's own
    UNNAMED = "unnamed"


_NAMES = {
    Role.NAME: "name, title, function, functionality, change, feature, item, deliverable, delivery, capability, "
    "service, requirement, enhancement, release item, what, what is changing, new functionality, new feature",
    Role.JOURNEY: "journey, customer journey, user journey, end-to-end journey, end to end journey",
    Role.DESCRIPTION: "description, descriptions, detail, details, summary, overview, description of change, "
    "description of the change, change description, details of change, details of the change, change details, "
    "more information, what it does, what this does, what it means, short description, brief description",
    Role.AUDIENCE: "end user, end users, user, users, user group, user groups, group, groups, target user, "
    "target users, target group, target audience, audience, audiences, customer group, customer type, user type, "
    "who, for whom, who it is for, who is it for, who is this for, who this is for, affected users, applies to",
    Role.API: "api, apis, api name, api names, name of api, hmrc developer hub api, hmrc developer hub apis, "
    "developer hub api, developer hub apis, hmrc api, hmrc apis, mtd api, mtd apis, affected api, affected apis, "
    "apis affected, api affected, impacted api, impacted apis, api impacted, apis impacted, relevant api, "
    "relevant apis, related api, related apis, api and version, apis and versions, api name and version, "
    "api version, api versions, api/version, api (version)",
    Role.BREAKING: "breaking, breaking change, breaking changes, is breaking, is it breaking, "
    "is it a breaking change, is this a breaking change, breaking or non-breaking, breaking change y/n",
    Role.STATUS: "status, current status, stage, current stage, state, delivery status, release status",
    Role.KIND: "kind, type, type of functionality, functionality type, kind of functionality, delivered as, channel",
}
_ROLES = {name.strip(): role for role, names in _NAMES.items() for name in names.split(",")}
_FUNCTIONALITY = re.compile(r"functionality\b.{0,80}")
_PAST = re.compile(r"\b(deployed|released|delivered|launched)\b")
_MARKS = re.compile(r"[?*:.†‡]+")
_STANDS_FOR_A_DATE = {"date", "dates", "when", "month", "timescale", "timescales", "timeline", "timing", "eta"}


@dataclass(frozen=True)
class Column:
    """Immutable: one column of one table."""

    source: str
    """Its heading as it stands in the table."""
    name: str
    """Its heading in plain words."""
    is_whole: bool
    """The name holds every word of the source: there is no link in it."""
    role: Role
    environment: Environment | None = None
    is_past: bool = False
    """Its heading says that what has a date here is there: "Deployed to Sandbox"."""
    label: str = ""
    """What it calls the environment."""

    @property
    def key(self) -> str:
        return heading_key(self.name)


def heading_key(text: str) -> str:
    """The words of a heading, so that "Usable in year?" and "usable  in year" are one."""
    return " ".join(_MARKS.sub(" ", text.casefold().replace("’", "'")).split())


def read_columns(document: Blocks, headings: Sequence[str]) -> list[Column]:
    """What each heading means. A role that one column has already is not given twice."""
    columns: list[Column] = []
    given: set[tuple[Role, Environment | None]] = set()
    for source in headings:
        name, is_whole = plain(document.inline(source))
        column = _column(source, name, is_whole)
        if (column.role, column.environment) in given and column.role is not Role.UNNAMED:
            column = Column(source, name, is_whole, Role.OWN)
        if column.role is not Role.OWN:
            given.add((column.role, column.environment))
        columns.append(column)
    return columns


def _column(source: str, name: str, is_whole: bool) -> Column:
    key = heading_key(name)
    if not key:
        return Column(source, name, is_whole, Role.UNNAMED)
    role = _ROLES.get(key)
    if role is None and _FUNCTIONALITY.fullmatch(key):
        role = Role.NAME
    if role is not None:
        return Column(source, name, is_whole, role)
    phrase = read_phrase(_MARKS.sub(" ", name))
    is_past = bool(phrase and phrase.says_deployed and _PAST.search(key))
    if phrase and not phrase.when and (phrase.environments or is_past or _STANDS_FOR_A_DATE & set(key.split())):
        environment = phrase.environments[0] if phrase.environments else Environment.LIVE
        if len(phrase.environments) < 2:
            return Column(source, name, is_whole, Role.ARRIVAL, environment, is_past, phrase.label)
    return Column(source, name, is_whole, Role.OWN)


def settled(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns once their cells have been seen: one whose cells never say what its heading promises is the
    roadmap's own. "Type" is a kind only if each cell names one.
    """
    made = []
    for place, column in enumerate(columns):
        values = [row[place].strip(" *_.") for row in rows if place < len(row)]
        values = [value for value in values if value and value != "-"]
        is_understood = True
        if values and column.role is Role.KIND:
            is_understood = all(kind_named(value) for value in values)
        elif values and column.role is Role.BREAKING:
            is_understood = any(yes_or_no(value.split()[0].strip(",-–")) is not None for value in values)
        elif values and column.role is Role.ARRIVAL:
            is_understood = any(is_date(value) or yes_or_no(value) is not None for value in values)
        made.append(column if is_understood else replace(column, role=Role.OWN))
    return made
