"""Tables of items. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.content.choices import Environment
from roadmap.content.snapshot import PlacedItem
from roadmap.content.things import ReleaseContent, RoadmapContent
from roadmap.techdocs import cells
from roadmap.techdocs.marks import Item, Table, written

_ALWAYS = (cells.REFERENCE, cells.TITLE, cells.DESCRIPTION)


@dataclass(frozen=True)
class Columns:
    """Immutable: what the columns of one table are of, and their headings."""

    names: tuple[str, ...]
    headings: tuple[str, ...]

    @classmethod
    def of(cls, roadmap: RoadmapContent, items: Iterable[PlacedItem]) -> "Columns":
        """Those that every table has, and those in which one of the items has something."""
        headings = dict(cells.HEADINGS)
        headings |= {f"{cells.MILESTONE}{one.value}": roadmap.labels[one] for one in Environment}
        headings |= {f"{cells.FIELD}{one.key}": one.name for one in roadmap.fields}
        rest = [name for name in headings if name not in _ALWAYS]
        used = set()
        for item in items:
            used |= {name for name, value in cells.values_of(rest, item.content).items() if value not in (None, "", ())}
            # In an old edition an item may have something in a column that is gone.
            used |= {f"{cells.FIELD}{one.key}" for one in item.content.fields}
        names = (*_ALWAYS, *(name for name in rest if name in used), *sorted(used - set(headings)))
        return cls(names, tuple(headings.get(name, name.removeprefix(cells.FIELD)) for name in names))


def table(columns: Columns, release: ReleaseContent | None, rows: Sequence[str]) -> str:
    headings = [cells.plain_shown(heading) for heading in columns.headings]
    mark = Table(columns=tuple(zip(columns.names, headings, strict=True)), release=release.uid if release else None)
    lines = [f"| {' | '.join(headings)} |", "|" + " --- |" * len(headings)]
    return f"{written(mark)}\n\n" + "\n".join([*lines, *rows])


def row(columns: Columns, item: PlacedItem) -> str:
    content = item.content
    is_below = not cells.fits(content.description)
    exact: dict[str, Any] = {}
    texts = []
    for name, value in cells.values_of(columns.names, content).items():
        if name == cells.DESCRIPTION and is_below:
            texts.append(cells.link_below(content.reference))
            continue
        text = cells.show(name, value)
        texts.append(text)
        if name != cells.REFERENCE and not cells.reads_back(name, text, value):
            exact[name] = cells.builtins(name, value)
    mark = Item(
        uid=content.uid,
        reference=content.reference,
        position=content.position,
        is_below=is_below,
        exact=exact or None,
    )
    return f"| {written(mark)}{' | '.join(texts)} |"
