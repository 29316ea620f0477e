"""What a column of a table of items is of, and how a value stands in its cell and is read from there.

Every `read` takes whatever a person may have typed. Where what it reads is not what was shown, the row's mark holds
the value: see `Item.exact`.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

from roadmap.content.choices import KIND_LABELS, Environment, Kind
from roadmap.content.things import ApiVersion, MilestoneContent
from roadmap.techdocs.texts import is_simple, shown, stripped

REFERENCE, TITLE, DESCRIPTION, KIND, JOURNEY = "reference", "title", "description", "kind", "journey"
AUDIENCES, APIS, BREAKING = "audiences", "apis", "is_breaking"
MILESTONE, FIELD = "milestone.", "field."
"""Before the name of an environment, and before the key of a column of the roadmap's own."""

HEADINGS = {
    REFERENCE: "Reference",
    TITLE: "Name",
    DESCRIPTION: "Description",
    KIND: "Type",
    JOURNEY: "Journey",
    AUDIENCES: "End user",
    APIS: "API",
    BREAKING: "Breaking change",
}

_SPECIAL = re.compile(r"[\\`*\[\]~^]|(?<![^\W_])_|_(?![^\W_])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_PLAIN = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
# No white space before: looking for it from each of a thousand spaces takes a million steps.
_BREAKS = re.compile(r"<br ?/?>[ \t]*<br ?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_API = re.compile(r"\[((?:[^\\\]]|\\.)*)\]\(([^\s()]*)\)(.*)|\*\*((?:[^\\*]|\\.)*)\*\*(.*)", re.DOTALL)
_ADDRESS = re.compile(r"[A-Za-z0-9:/?#@!$&'+,;=.~%_-]*")
_DEPLOYED = " (deployed)"
_IS_DEPLOYED = "Deployed"


def show(column: str, value: Any) -> str:
    """The value as a cell of that column has it."""
    if column == KIND:
        return KIND_LABELS[value] if value else ""
    if column == BREAKING:
        return "" if value is None else "Yes" if value else "No"
    if column == AUDIENCES:
        return plain_shown(", ".join(value))
    if column == APIS:
        return "<br>".join(_api_shown(api) for api in value)
    if column == DESCRIPTION:
        return shown(value).replace("\n\n", "<br><br>")
    if column.startswith(MILESTONE):
        if value is None or not (value.typed or value.is_deployed):
            return ""
        return plain_shown(value.typed) + (_DEPLOYED if value.is_deployed else "") if value.typed else _IS_DEPLOYED
    return plain_shown(value)


def read(column: str, text: str) -> Any:
    """The value that a cell says. Raises ValueError where a kind or a yes or no is asked for and is not there."""
    text = text.strip()
    if column == KIND:
        return _one_of({label: kind for kind, label in KIND_LABELS.items()}, text)
    if column == BREAKING:
        return _one_of({"Yes": True, "No": False}, text)
    if column == AUDIENCES:
        return tuple(name for part in plain_read(text).split(",") if (name := part.strip()))
    if column == APIS:
        return tuple(_api_read(one) for one in _BREAK.split(text) if one.strip())
    if column == DESCRIPTION:
        return stripped("\n\n".join(part.strip() for part in _BREAKS.split(text)))
    if column.startswith(MILESTONE):
        environment = Environment(column.removeprefix(MILESTONE))
        typed = plain_read(text)
        if not typed:
            return None
        if typed.casefold() == _IS_DEPLOYED.casefold():
            return MilestoneContent(environment=environment, is_deployed=True)
        is_deployed = typed.endswith(_DEPLOYED)
        return MilestoneContent(environment=environment, typed=typed.removesuffix(_DEPLOYED), is_deployed=is_deployed)
    return plain_read(text)


def fits(description: str) -> bool:
    """Whether a description can stand in its cell, and be read from there as it is."""
    cell = show(DESCRIPTION, description)
    return is_simple(description) and cell == cell.strip() and read(DESCRIPTION, cell) == description


def reads_back(column: str, text: str, value: Any) -> bool:
    """Whether a cell tells its value whole."""
    try:
        return bool(read(column, text) == value)
    except ValueError:
        return False


def anchor(reference: str) -> str:
    return reference.lower()


def link_below(reference: str) -> str:
    """What stands in the cell of a description that stands below the table."""
    return f"[See below](#{anchor(reference)})"


def plain_shown(text: str) -> str:
    """Plain text on one line, as Markdown that shows each of its characters."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    # Emphasis begins and ends at the edge of a word: an underscore within one stays as it is.
    return _SPECIAL.sub(r"\\\g<0>", "".join(_ENTITY.get(one, one) for one in text))


def plain_read(text: str) -> str:
    """What `plain_shown` showed."""
    return _PLAIN.sub(lambda found: found[1] or html.unescape(found[0]), text.strip())


def is_plain(text: str) -> bool:
    """Whether it is what `plain_shown` would make of some text, and no Markdown of a person's own."""
    return plain_shown(plain_read(text)) == text.strip()


def values_of(columns: Sequence[str], content: Any) -> dict[str, Any]:
    """What an item says in each of the columns."""
    fields = {f"{FIELD}{one.key}": one.value for one in content.fields}
    milestones = {f"{MILESTONE}{one.environment.value}": one for one in content.milestones}
    named = {name: getattr(content, name) for name in HEADINGS}
    found = {**named, **fields, **milestones}
    return {column: found.get(column, None if column.startswith(MILESTONE) else "") for column in columns}


def _api_shown(api: ApiVersion) -> str:
    name, version = plain_shown(api.name), plain_shown(api.version)
    if api.url:
        # An address that is not plainly one is in the mark.
        address = api.url if _ADDRESS.fullmatch(api.url) else ""
        return f"[{name}]({address}) {version}".rstrip() if address else f"**{name}** {version}".rstrip()
    return f"**{name}** {version}" if version else name


def _api_read(text: str) -> ApiVersion:
    found = _API.fullmatch(text.strip())
    if not found:
        return ApiVersion(name=plain_read(text))
    name, version = (found[1], found[3]) if found[4] is None else (found[4], found[5])
    return ApiVersion(name=plain_read(name), url=found[2] or "", version=plain_read(version))


def _one_of(values: dict[str, Any], text: str) -> Any:
    if not text:
        return None
    for name, value in values.items():
        if name.casefold() == text.casefold():
            return value
    raise ValueError(f"“{text[:100]}” should be one of these: {', '.join(values)}.")


def builtins(column: str, value: Any) -> Any:
    """A value as plain JSON, for a mark."""
    if column == APIS:
        return [[one.name, one.url, one.version] for one in value]
    if column.startswith(MILESTONE):
        return None if value is None else [value.typed, value.is_deployed]
    return [*value] if column == AUDIENCES else value


def from_builtins(column: str, value: Any) -> Any:
    """The value that a mark holds. Raises ValueError where it is of another shape."""
    if column == KIND and value is not None:
        return Kind(value)
    if column == APIS and _is_rows(value, 3):
        return tuple(ApiVersion(name=name, url=url, version=version) for name, url, version in value)
    if column == AUDIENCES and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if column.startswith(MILESTONE) and (value is None or (isinstance(value, list) and len(value) == 2)):
        if value is None:
            return None
        typed, is_deployed = value
        if isinstance(typed, str) and isinstance(is_deployed, bool):
            environment = Environment(column.removeprefix(MILESTONE))
            return MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed)
    if column in (TITLE, DESCRIPTION, JOURNEY) or column.startswith(FIELD):
        if isinstance(value, str):
            return value
    elif column == BREAKING and (value is None or isinstance(value, bool)):
        return value
    raise ValueError(f"the value for “{column}” has another shape")


def _is_rows(value: Any, width: int) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, list) and len(row) == width and all(isinstance(one, str) for one in row) for row in value
    )
