"""What the author's Markdown cannot say, written into cleaned HTML: anchors, heading levels, scopes, regions.

Works on nh3's output alone, where `<` and `>` stand in tags only, every attribute is in double quotes and every
element is closed; so a tag is what one regular expression finds.
"""

import html
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container
from dataclasses import dataclass

from roadmap.markdown.sanitise import BLOCKS

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_ALT = re.compile(r' alt="([^"]*)"')
_HREF = re.compile(r' href="([^"]*)"')
_FRAGMENT = re.compile(r'(<a\b[^>]*? href="#)([^"]+)"')
_ID = re.compile(r' (?:id|name)="([^"]*)"')
_BREAKS_WORDS = BLOCKS | {"br"}
# The page's own: a skip link must not lead to a heading.
_RESERVED_ANCHORS = {"main-content", "content", "top", "contents", "pages"}
_MAX_LABEL = 120  # characters

_Elements = defaultdict[str, list[tuple[int, int]]]  # where each starts and ends among the parts, by its name


@dataclass(frozen=True)
class Heading:
    level: int  # as on the page: 2 to 6
    text: str  # plain, not escaped
    anchor: str  # the heading's id: link to `#anchor`


def slug(text: str, *, empty: str = "section") -> str:
    """An anchor for a heading's text as the tech-docs template makes it, so that links to existing roadmaps' sections
    keep working: lower case, everything but a to z and 0 to 9 a hyphen (tech-docs-gem, UniqueIdentifierGenerator)."""
    return re.sub(r"[^0-9a-z]+", "-", text.lower()).strip("-") or empty


def words(markup: str) -> str:
    """The text of cleaned HTML on one line, an image's alternative text included."""
    return _words(_TAG.split(markup))


def _words(parts: list[str]) -> str:
    found = []
    for part in parts:
        if not part.startswith("<"):
            found.append(part)
        elif part.startswith("<img") and (alternative := _ALT.search(part)):
            found.append(f" {alternative[1]} ")
        elif _name(part) in _BREAKS_WORDS:
            found.append(" ")
    return " ".join(html.unescape("".join(found)).split())


def _name(part: str) -> str:
    found = _NAME.match(part)
    return found[1] if found else ""


def _escaped(text: str, *, quote: bool = False) -> str:
    # As nh3 writes it, so that cleaning the finished page again would change nothing.
    escaped = html.escape(text, quote=False).replace("\xa0", "&nbsp;")
    return escaped.replace('"', "&quot;") if quote else escaped


def finish(markup: str, anchor_prefix: str = "", top_level: int = 2) -> tuple[str, tuple[Heading, ...]]:
    """The page's version of cleaned HTML, and its headings in order."""
    parts = _TAG.split(markup)
    elements = _elements(parts)
    for start, end in elements["p"]:
        if end == start + 2 and not parts[start + 1].strip():
            parts[start] = parts[end] = ""
    typed = _take_ids(parts)
    _mend_links_and_images(parts, elements, typed)
    positions, headings = _write_headings(parts, elements, anchor_prefix, top_level)
    own = _write_ids(parts, elements, typed, dict(zip(positions, headings, strict=True)), anchor_prefix)
    _write_tables(parts, elements, positions, headings)
    for start, _ in elements["pre"]:
        # Long lines scroll, so the keyboard must reach them: WCAG 2.2, 2.1.1 Keyboard; as the tech-docs template.
        parts[start] = parts[start].replace("<pre", '<pre tabindex="0"', 1)
    finished = "".join(parts)
    if own:
        finished = _FRAGMENT.sub(lambda link: f'{link[1]}{own.get(link[2], link[2])}"', finished)
    return finished.strip(), headings


def _take_ids(parts: list[str]) -> dict[int, list[str]]:
    """What is called by an id, by its place among the parts: they are written back where they are nobody else's."""
    typed = {}
    for position in range(1, len(parts), 2):
        if found := _ID.findall(parts[position]):
            typed[position] = found
            parts[position] = _ID.sub("", parts[position])
    return typed


def _write_ids(
    parts: list[str],
    elements: _Elements,
    typed: dict[int, list[str]],
    headings: dict[int, Heading],
    anchor_prefix: str,
) -> dict[str, str]:
    """Where the text's own links lead, by what they ask for. What is called as a heading is, or stands in one, is that
    heading, and an id that the page or something before has is not given twice."""
    own = {heading.anchor.removeprefix(f"{anchor_prefix}-"): heading.anchor for heading in headings.values()}
    taken = _RESERVED_ANCHORS | {heading.anchor for heading in headings.values()}
    inside = {at: start for level in range(1, 7) for start, end in elements[f"h{level}"] for at in range(start, end)}
    for position, names in typed.items():
        heading = headings.get(inside.get(position, -1))
        anchors = [f"{anchor_prefix}-{name}" if anchor_prefix else name for name in names]
        anchor = heading.anchor if heading else next((anchor for anchor in anchors if anchor not in taken), "")
        if not anchor or not parts[position]:
            continue
        for name in names:
            own.setdefault(name, anchor)
        if not heading:
            taken.add(anchor)
            name = _name(parts[position])
            parts[position] = f'<{name} id="{anchor}"{parts[position].removeprefix(f"<{name}")}'
    for start, end in elements["a"]:
        if parts[start] == "<span>":
            parts[start] = parts[end] = ""  # it has no name, for something else has
    return own


def _elements(parts: list[str]) -> _Elements:
    """Where each element starts and ends among the parts, by its name, in the order of the starts."""
    opened: list[tuple[str, int]] = []
    found: _Elements = defaultdict(list)
    for position in range(1, len(parts), 2):
        name = _name(parts[position])
        if not parts[position].startswith("</"):
            if name == "img":
                found[name].append((position, position))
            elif name not in {"br", "hr", "col"}:
                opened.append((name, position))
        else:
            name, start = opened.pop()
            found[name].append((start, position))
    for places in found.values():
        places.sort()
    return found


def _mend_links_and_images(parts: list[str], elements: _Elements, named: Container[int]) -> None:
    """A link without words shows its address (WCAG 2.2, 2.4.4 Link purpose), one without an address is no link, but
    may be a place that is `named`; an image without alternative text is marked as decoration rather than read out by
    its file name (1.1.1)."""
    for position, _ in elements["img"]:
        if not _ALT.search(parts[position]):
            parts[position] = parts[position].replace("<img", '<img alt=""', 1)
    for start, end in elements["a"]:
        address = _HREF.search(parts[start])
        if not address or not address[1].strip():
            parts[start], parts[end] = ("<span>", "</span>") if start in named else ("", "")
        elif not _words(parts[start:end]):
            shown = re.sub(r"^(mailto|tel):", "", html.unescape(address[1]), flags=re.IGNORECASE)
            parts[end] = f"{_escaped(shown.strip())}</a>"


def _write_headings(
    parts: list[str], elements: _Elements, anchor_prefix: str, top_level: int
) -> tuple[list[int], tuple[Heading, ...]]:
    """Levels follow the text's own order, without its gaps, from `top_level` down: WCAG 2.2, 1.3.1 and H42.

    An anchor that is taken gets its parent's in front, then a number, as in the tech-docs template.
    """
    places = sorted((start, end, level) for level in range(1, 7) for start, end in elements[f"h{level}"])
    texts = {start: _words(parts[start:end]) for start, end, _ in places}
    used = sorted({level for start, _, level in places if texts[start]})
    taken = set(_RESERVED_ANCHORS)
    next_number: Counter[str] = Counter()
    positions, headings = [], []
    parents: list[tuple[int, str]] = []
    for start, end, typed_level in places:
        text = texts[start]
        if not text:
            parts[start] = parts[end] = ""
            continue
        level = min(6, top_level + used.index(typed_level))
        while parents and parents[-1][0] >= typed_level:
            parents.pop()
        base = slug(text)
        wanted = anchor = f"{anchor_prefix}-{base}" if anchor_prefix else base
        if anchor in taken and parents:
            wanted = anchor = f"{parents[-1][1]}-{base}"
        while anchor in taken:
            next_number[wanted] += 1
            anchor = f"{wanted}-{next_number[wanted] + 1}"
        taken.add(anchor)
        parents.append((typed_level, anchor))
        parts[start] = f'<h{level} id="{anchor}"{parts[start][3:]}'
        parts[end] = f"</h{level}>"
        positions.append(start)
        headings.append(Heading(level, text, anchor))
    return positions, tuple(headings)


def _write_tables(
    parts: list[str], elements: _Elements, heading_positions: list[int], headings: tuple[Heading, ...]
) -> None:
    """Header cells say what they head (WCAG 2.2, 1.3.1 and H63). Tables scroll on their own where the screen is
    narrow (1.4.10 Reflow), in a region that the keyboard can reach (2.1.1) under a name of its own (4.1.2)."""
    _write_scopes(parts, elements)
    labels: Counter[str] = Counter()
    captions = elements["caption"]
    outer_end = -1
    for start, end in elements["table"]:
        if start < outer_end:
            continue  # a table in a table scrolls with it
        outer_end = end
        caption = bisect_right(captions, (start, end))
        above = bisect_right(heading_positions, start)
        label = headings[above - 1].text if above else ""
        if caption < len(captions) and captions[caption][1] < end:
            label = _words(parts[slice(*captions[caption])])
        name = f"Table: {label[:_MAX_LABEL]}" if label else "Table"
        labels[name] += 1
        if labels[name] > 1:
            name = f"{name} ({labels[name]})"
        region = f'<div class="app-table-scroll" tabindex="0" role="region" aria-label="{_escaped(name, quote=True)}">'
        parts[start] = f"{region}{parts[start]}"
        parts[end] += "</div>"


def _write_scopes(parts: list[str], elements: _Elements) -> None:
    heads, rows = elements["thead"], elements["tr"]
    headers, cells = elements["th"], [start for start, _ in elements["td"]]
    opens_row = {}
    for start, end in rows:
        first = next((at for at in range(start + 1, end) if _name(parts[at]) in {"td", "th"}), None)
        has_cells = bisect_right(cells, end) > bisect_right(cells, start)
        before = bisect_right(heads, (start, start)) - 1
        opens_row[first] = has_cells and not (before >= 0 and start < heads[before][1])
    for start, end in headers:
        if not _words(parts[start:end]):
            parts[start], parts[end] = parts[start].replace("<th", "<td", 1), "</td>"  # it heads nothing
        else:
            scope = "row" if opens_row.get(start) else "col"
            parts[start] = parts[start].replace("<th", f'<th scope="{scope}"', 1)
