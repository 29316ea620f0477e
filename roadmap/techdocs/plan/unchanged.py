"""What reads the same in Markdown is the same: a source says nothing new where only what it cannot show differs.

A date with "(deployed)" typed or said beside it, two spaces, the end of a line within a paragraph: an export shows the
one as the other, and whoever imports it has changed nothing.
"""

from typing import Any

from roadmap.content.fields import field_told
from roadmap.content.merge import AnyContent, parts, with_parts
from roadmap.content.shapes import Apis, Milestones, Prose
from roadmap.content.things import Content, FieldDefinition, FieldValueContent, ItemContent, noun_of
from roadmap.techdocs import cells
from roadmap.techdocs.cells import plain_shown
from roadmap.techdocs.texts import shown


def as_known(said: AnyContent, *known: Content | None) -> AnyContent:
    """What a source says, each part as the first of those known has it that reads the same."""
    found = parts(said)
    for content in reversed([content for content in known if content is not None]):
        for name, value in parts(content).items():
            if found.get(name) != value and _reads(content, name, found.get(name)) == _reads(content, name, value):
                found[name] = value
    return with_parts(said, found)


def _reads(content: Content, name: str, value: Any) -> Any:
    field = field_told(noun_of(content), name)
    if isinstance(value, FieldDefinition):
        return plain_shown(value.name), shown(value.explanation)
    if isinstance(value, FieldValueContent):
        return plain_shown(value.value)
    if field and isinstance(field.shape, Milestones | Apis):
        return cells.show(field, value)
    if not isinstance(value, str):
        return "" if value is None else value
    if field and isinstance(field.shape, Prose):
        in_cell = isinstance(content, ItemContent) and cells.fits(value)
        return cells.show(field, value) if in_cell else shown(value)
    return plain_shown(value)
