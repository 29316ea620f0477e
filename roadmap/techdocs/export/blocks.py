"""The parts of a page, and its tables of items. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, HORIZON_LABELS, Environment
from roadmap.content.fields import DESCRIPTION, MILESTONES, OWN_VALUES, REFERENCE, TITLE, ContentField
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import (
    ChangelogEntryContent,
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.techdocs.cells import CELL_FIELDS, fits, link_to_description, plain_shown, show
from roadmap.techdocs.parse.home import with_links
from roadmap.techdocs.parse.places import reads_as
from roadmap.techdocs.texts import CONTACT, ENVIRONMENT_FACTS, ENVIRONMENTS, FOOTER, ITEMS, facts_shown, shown

_LINKS = re.compile(r"(?:\A|\n\n)((?:- \[[^\n]*\]\(<[^<>\n]*>\)\n?)+)\Z")
_BEGINS_BLOCK = re.compile(r"\A(\d{1,9})(?=[.)])|\A(?=[-+#=:])")
_LINK = re.compile(r"- \[([^\n]*)\]\(<([^<>\n]*)>\)")
_ALWAYS = (REFERENCE, TITLE, DESCRIPTION)


def title(roadmap: RoadmapContent) -> str:
    # A paragraph of its own: what would begin a list, a heading or a quotation is escaped.
    description = _BEGINS_BLOCK.sub(lambda found: f"{found[1] or ''}\\", plain_shown(roadmap.description))
    return _joined(f"# {plain_shown(roadmap.title)}", description)


def contact(found: Contact) -> str:
    email = f"[{plain_shown(found.email)}]({found.mailto()})" if found.email else ""
    facts = {"Team": plain_shown(found.name), "Email": email, "Subject": plain_shown(found.subject)}
    return _joined(f"## {CONTACT}", facts_shown(facts))


def environments(labels: EnvironmentLabels) -> str:
    """What they are called; nothing where that is as usual."""
    if all(labels[environment] == label for environment, label in DEFAULT_ENVIRONMENT_LABELS.items()):
        return ""
    facts = {name: plain_shown(labels[environment]) for name, environment in ENVIRONMENT_FACTS.items()}
    return _joined(f"## {ENVIRONMENTS}", facts_shown(facts))


def header_links(footer: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A footer without the links at its end that an import takes from the header of the site, and these links."""
    if found := _LINKS.search(footer):
        links = tuple((re.sub(r"\\(.)", r"\1", name), target) for name, target in _LINK.findall(found[1]))
        rest = footer[: found.start()]
        if (
            with_links(rest, links) == footer
            and not {name for name, _ in links} & {"Roadmap", ITEMS}
            and len(dict(links)) == len(links)
        ):
            return rest, links
    return footer, ()


def footer(text: str) -> str:
    return _joined(f"## {FOOTER}", shown(text)) if text else ""


def column(field: FieldDefinition) -> str:
    return _joined(f"## {plain_shown(field.name)}", shown(field.explanation))


def page(content: PageContent, *, level: int) -> str:
    return _joined(f"{'#' * level} {plain_shown(content.title)}", shown(content.body))


def release(content: ReleaseContent, *, stands_alone: bool) -> str:
    """Its heading, what that does not say of it, and its introduction. `stands_alone`: its heading, above a table and
    below no other of its name, is enough to tell that it is a release.
    """
    heading, introduction = plain_shown(content.title), shown(content.introduction)
    said = (content.title, content.typed, content.horizon, content.is_deployed)
    if stands_alone:
        for text in (heading, f"{heading} (deployed)"):
            if reads_as(text, introduction) == said:
                return _joined(f"## {text}", introduction)
    _, _, horizon, is_deployed = reads_as(heading, "", is_stated=True) or ("", "", None, False)
    term = "" if content.horizon is horizon else HORIZON_LABELS[content.horizon] if content.horizon else "None"
    deployed = "" if content.is_deployed is is_deployed else "Yes" if content.is_deployed else "No"
    facts = {"Date": plain_shown(content.typed), "Term": term, "Deployed": deployed}
    if not any(facts.values()):
        facts["Deployed"] = "Yes" if content.is_deployed else "No"
    return _joined(f"## {heading}", facts_shown(facts), introduction)


def continued(content: ReleaseContent) -> str:
    return _joined(f"## {plain_shown(content.title)}", facts_shown({"Continued": "Yes"}))


def changelog_entry(content: ChangelogEntryContent) -> str:
    facts = facts_shown({"Date": plain_shown(content.typed)})
    return _joined(f"## {plain_shown(content.title)}", facts, shown(content.body))


@dataclass(frozen=True)
class TableColumn:
    """Immutable: one column of a table. `part` is what an item says in it, by the name that merging has for it."""

    part: str
    field: ContentField
    heading: str


def columns_of(roadmap: RoadmapContent, items: Iterable[PlacedItem]) -> list[TableColumn]:
    """Those that every table has, and those in which one of the items says something."""
    used = {part: value for item in items for part, value in _parts(item.content).items()}
    # In an old edition an item may say something in a column that is gone.
    own = {field.key: field.name for field in roadmap.fields}
    gone = sorted(value.key for value in used.values() if isinstance(value, FieldValueContent) and value.key not in own)
    found: list[TableColumn] = []
    for field in CELL_FIELDS:
        if field is MILESTONES:
            found += [TableColumn(f"milestone.{where.value}", field, roadmap.labels[where]) for where in Environment]
        elif field is OWN_VALUES:
            own |= {key: key for key in gone}
            found += [TableColumn(f"field.{key}", field, name) for key, name in own.items()]
        else:
            found.append(TableColumn(field.name, field, field.markdown))
    # One that has the name of a column of the roadmap's own stands before that, so that each is what it is.
    names = {column.heading.casefold() for column in found if column.part in used and column.field is OWN_VALUES}
    return [
        column
        for column in found
        if column.field in _ALWAYS
        or column.part in used
        or (column.field is not OWN_VALUES and column.heading.casefold() in names)
    ]


def table(columns: Sequence[TableColumn], rows: Sequence[str]) -> str:
    headings = " | ".join(plain_shown(column.heading) for column in columns)
    return "\n".join([f"| {headings} |", "|" + " --- |" * len(columns), *rows])


def row(columns: Sequence[TableColumn], item: ItemContent) -> str:
    said = _parts(item)
    texts = []
    for column in columns:
        value = said.get(column.part)
        text = show(column.field, value.value if isinstance(value, FieldValueContent) else value)
        is_elsewhere = column.field is DESCRIPTION and not fits(item.description)
        texts.append(link_to_description(item.reference) if is_elsewhere else text)
    return f"| {' | '.join(texts)} |"


def _parts(item: ItemContent) -> dict[str, Any]:
    """What it says, by its part."""
    parts = [part for field in CELL_FIELDS for part in field.shape.parts(field.name, field.of(item))]
    return {name: value for name, value in parts if value not in (None, "", ())}


def _joined(*parts: str) -> str:
    return "\n\n".join(some(parts))


def some(parts: Iterable[str]) -> list[str]:
    """Those that are not empty."""
    return [part for part in parts if part]
