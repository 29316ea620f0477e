"""Which columns one roadmap's grid has, and how a cell of each is shown, read and checked.

A cell is a text, on a page, in what is pasted and in a spreadsheet alike. One that nobody changed is never read: an
old date or a release that was renamed stays as it is.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from msgspec.structs import replace

from roadmap.admin.grid.names import KnownApis, read_apis, read_release, release_names
from roadmap.content.choices import KIND_LABELS, Environment
from roadmap.content.consistency import Severity, of_date
from roadmap.content.shapes import Answer, Apis, Milestones, OwnValues, names_in
from roadmap.content.things import (
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    when_typed,
)
from roadmap.markdown import settled
from roadmap.models import FieldValue, Item, Milestone, Roadmap

YES, NO = "Yes", "No"
_YES = frozenset({"yes", "y", "true", "x", "1", "✓", "deployed", "breaking"})
_NO = frozenset({"no", "n", "false", "0", "-", "–"})
_KINDS = {label.casefold(): kind for kind, label in KIND_LABELS.items()}
NEW_COLUMN = "new"  # one that the page is adding: it is made when the page is saved

Put = Callable[[ItemContent, str], ItemContent]  # raises ValidationError


@dataclass(frozen=True)
class GridColumn:
    name: str  # in a form: "title", "date.live", "field.tax-years"
    label: str
    part: str  # of an item, as merges name it: two columns may be of one
    shown: Callable[[ItemContent], str]
    put: Put
    kind: str = "text"  # how it looks: "text", "title", "date", "tick", "choice", "release", "apis"
    choices: tuple[str, ...] = ()

    def settle(self, text: str) -> str:
        """The same cell in the one form in which cells are compared."""
        plain = settled(text).strip()
        if self.kind == "apis":
            return "; ".join(filter(None, (line.strip(" ;") for line in plain.split("\n"))))
        plain = " ".join(plain.split("\n"))
        if self.kind == "tick":
            word = plain.casefold()
            return YES if word in _YES else "" if word in _NO else plain
        if self.choices:
            return next((choice for choice in self.choices if choice.casefold() == plain.casefold()), plain)
        return plain


@dataclass(frozen=True)
class Grid:
    roadmap: Roadmap
    columns: tuple[GridColumn, ...]
    releases: Mapping[str, str]  # by uid, each by a name of its own

    def column(self, name: str) -> GridColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    def texts(self, content: ItemContent) -> dict[str, str]:
        """By the name of the column."""
        return {column.name: column.settle(column.shown(content)) for column in self.columns}

    def change(self, content: ItemContent, wanted: Mapping[str, str], today: datetime.date) -> ItemContent:
        """The item with these cells. Raises ValidationError, its messages by the name of the column."""
        errors: dict[str, Any] = {}
        for column in self.columns:
            if column.name in wanted:
                try:
                    content = column.put(content, wanted[column.name])
                except ValidationError as error:
                    errors[column.name] = error.messages
        for milestone in content.milestones:
            date = f"date.{milestone.environment}"
            if ({date, f"deployed.{milestone.environment}"} & {*wanted}) - {*errors}:
                label = self.roadmap.environment_labels[milestone.environment]
                found = of_date(label, milestone.when, milestone.is_deployed, today)
                if found and found[0] is Severity.IMPOSSIBLE:
                    errors.setdefault(date, [found[1]])
        if errors:
            raise ValidationError(errors)
        return content


def grid_of(roadmap: Roadmap, new_column: str = "") -> Grid:
    """As its columns and releases are now; a further one where the page is adding it."""
    releases, apis = release_names(roadmap), KnownApis()
    columns = [
        GridColumn("title", "Title", "title", lambda content: content.title, _put_title, "title"),
        GridColumn(
            "release",
            "Release",
            "release",
            lambda content: releases.get(content.release_uid, ""),
            lambda content, text: replace(content, release_uid=read_release(text, releases)),
            "release",
        ),
    ]
    for environment in Environment:
        label, part = roadmap.environment_labels[environment], f"milestone.{environment}"
        columns += [
            GridColumn(
                f"date.{environment}",
                f"{label} date",
                part,
                partial(_date, environment),
                partial(_put_date, environment),
                "date",
            ),
            GridColumn(
                f"deployed.{environment}",
                f"{label} deployed",
                part,
                partial(_deployed, environment),
                partial(_put_deployed, environment),
                "tick",
            ),
        ]
    columns += [
        GridColumn(
            "apis",
            "APIs",
            "apis",
            lambda content: Apis().cell(content.apis),
            lambda content, text: replace(content, apis=read_apis(text, apis, before=content.apis)),
            "apis",
        ),
        GridColumn(
            "breaking",
            "Breaking",
            "is_breaking",
            lambda content: Answer().cell(content.is_breaking),
            _put_breaking,
            "choice",
            (YES, NO),
        ),
        GridColumn(
            "kind",
            "Kind",
            "kind",
            lambda content: KIND_LABELS[content.kind] if content.kind else "",
            _put_kind,
            "choice",
            (*KIND_LABELS.values(),),
        ),
        GridColumn("audiences", "Audiences", "audiences", lambda content: ", ".join(content.audiences), _put_audiences),
    ]
    own = [(field.key, field.name) for field in roadmap.fields.all()]
    columns += [_own_column(f"field.{key}", name, key) for key, name in own]
    if new_column:
        columns.append(_own_column(NEW_COLUMN, new_column, NEW_COLUMN))
    return Grid(roadmap, tuple(_told_apart(columns)), releases)


def _told_apart(columns: list[GridColumn]) -> list[GridColumn]:
    """A roadmap may call a column of its own “Kind”: what is downloaded needs headings that differ."""
    seen: set[str] = set()
    told = []
    for column in columns:
        label, number = column.label, 2
        while label.casefold() in seen:
            label, number = f"{column.label} ({number})", number + 1
        seen.add(label.casefold())
        told.append(GridColumn(**{**vars(column), "label": label}))
    return told


def _checked(model: Any, name: str, text: str) -> str:
    """As a form would check one field."""
    return str(model._meta.get_field(name).clean(text, None) or "")


def _put_title(content: ItemContent, text: str) -> ItemContent:
    if not text:
        raise ValidationError("Give a title.")
    return replace(content, title=_checked(Item, "title", text))


def _put_audiences(content: ItemContent, text: str) -> ItemContent:
    return replace(content, audiences=names_in(_checked(Item, "audiences", text.replace(";", ","))))


def _put_breaking(content: ItemContent, text: str) -> ItemContent:
    word = text.casefold()
    if word in _YES | _NO:
        return replace(content, is_breaking=word in _YES)
    if word in ("", "unknown", "not known"):
        return replace(content, is_breaking=None)
    raise ValidationError(f"“{text}” is neither Yes nor No. Leave it empty where it is not known.")


def _put_kind(content: ItemContent, text: str) -> ItemContent:
    if text and text.casefold() not in _KINDS:
        *first, last = KIND_LABELS.values()
        raise ValidationError(f"“{text}” is no kind of item. Enter {', '.join(first)} or {last}, or nothing.")
    return replace(content, kind=_KINDS.get(text.casefold()))


# An environment: two columns of one part


def _date(environment: Environment, content: ItemContent) -> str:
    found = content.milestone(environment)
    return found.typed if found else ""


def _deployed(environment: Environment, content: ItemContent) -> str:
    found = content.milestone(environment)
    return YES if found and found.is_deployed else ""


def _put_date(environment: Environment, content: ItemContent, text: str) -> ItemContent:
    text = _checked(Milestone, "when", text)
    when = when_typed(text)
    is_deployed = bool(_deployed(environment, content)) or bool(when and when.says_deployed)
    return _with_milestone(content, environment, text, is_deployed)


def _put_deployed(environment: Environment, content: ItemContent, text: str) -> ItemContent:
    if text not in ("", YES):
        raise ValidationError(f"“{text}” is neither Yes nor No. Say Yes where it has been deployed, or leave it empty.")
    date = _date(environment, content)
    when = when_typed(date)
    return _with_milestone(content, environment, date, text == YES or bool(when and when.says_deployed))


def _with_milestone(content: ItemContent, environment: Environment, typed: str, is_deployed: bool) -> ItemContent:
    others = [found for found in content.milestones if found.environment != environment]
    if typed or is_deployed:
        others.append(MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed))
    return replace(content, milestones=tuple(Milestones().ordered(others)))


# A column of the roadmap's own


def _own_column(name: str, label: str, key: str) -> GridColumn:
    def shown(content: ItemContent) -> str:
        return next((value.value for value in content.fields if value.key == key), "")

    def put(content: ItemContent, text: str) -> ItemContent:
        others = [value for value in content.fields if value.key != key]
        if text:
            others.append(FieldValueContent(key=key, value=_checked(FieldValue, "value", text)))
        return replace(content, fields=tuple(OwnValues().ordered(others)))

    return GridColumn(name, label, name, shown, put)
