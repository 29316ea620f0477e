"""The files of a tech-docs site that say all that one roadmap says. Pure: the same Contents give the same bytes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from roadmap.content.choices import Environment, Stage
from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import Content, ReleaseContent
from roadmap.techdocs.cells import fits, plain_shown
from roadmap.techdocs.export.blocks import (
    changelog_entry,
    column,
    contact,
    description_below,
    footer,
    made,
    page,
    release,
    roadmap_block,
)
from roadmap.techdocs.export.folder import ExportRefused
from roadmap.techdocs.export.rows import Columns, row, table

# As much as an import takes: see importing.reading. A file is split before it is so long.
MAX_FILE_SIZE = 500_000
MAX_TOTAL_SIZE = 2_000_000
MAX_FILES = 200
_SPLIT_AT = 300_000  # bytes

_NOT_FREE = {"index"}
_STAGES = (Stage.BACKLOG, Stage.TEST, Stage.CONTROLLED_GO_LIVE, Stage.LIVE)
_PATHS = {
    Stage.BACKLOG: "backlog",
    Stage.TEST: "in-test",
    Stage.CONTROLLED_GO_LIVE: "controlled-go-live",
    Stage.LIVE: "released",
}


def files(contents: Iterable[Content], *, prefix: str, last_item_number: int) -> dict[str, bytes]:
    """By path, all that one roadmap says.

    `prefix` begins the references of its items, and `last_item_number` is the highest that was ever given: so that an
    import goes on after it. Raises ExportRefused where two columns or APIs could not be told apart again.
    """
    snapshot = Snapshot(contents)
    _check_names(snapshot)
    made_files = {"config/tech-docs.yml": _settings(snapshot)}
    stages = [(stage, _parts_of_stage(snapshot, stage)) for stage in _STAGES]
    parts_of = {stage: parts for stage, parts in stages if parts or stage is Stage.BACKLOG}
    weight = 1
    linked: list[tuple[str, str]] = []
    for stage, parts in parts_of.items():
        for name, heading, some in _split(_PATHS[stage], _title_of_stage(snapshot, stage), parts):
            weight += 1
            linked.append((f"{name}.html", heading))
            made_files[f"source/{name}.html.md"] = _headed(heading, weight, some)
    names: set[str] = set()
    for one in snapshot.pages:
        if one.is_on_home:
            continue
        weight += 1
        name = _free_name(one.slug, names)
        linked.append((f"pages/{name}.html", one.title))
        made_files[f"source/pages/{name}.html.md"] = _document(one.title, weight, [page(one, level=1)])
    if snapshot.roadmap.fields:
        weight += 1
        parts = [made("# What the columns say"), *map(column, snapshot.roadmap.fields)]
        linked.append(("columns.html", "What the columns say"))
        made_files["source/columns.html.md"] = _document("What the columns say", weight, parts)
    if snapshot.changelog:
        entries = [*map(changelog_entry, snapshot.changelog)]
        for name, heading, some in _split("changelog", "Changelog", entries):
            weight += 1
            linked.append((f"{name}.html", heading))
            made_files[f"source/{name}.html.md"] = _headed(heading, weight, some)
    links = "\n".join(f"- [{plain_shown(title) or path}]({path})" for path, title in linked)
    home = [
        roadmap_block(snapshot.roadmap, prefix=prefix, last_item_number=last_item_number),
        made(links),
        *(page(one, level=2) for one in snapshot.home_pages),
        contact(snapshot.roadmap.contact),
        *([footer(snapshot.roadmap.footer)] if snapshot.roadmap.footer else []),
    ]
    made_files["source/index.html.md"] = _document(snapshot.roadmap.title, 1, home)
    return dict(sorted(made_files.items()))


def _check_names(snapshot: Snapshot) -> None:
    apis = {api.name for item in snapshot.items for api in item.content.apis}
    for what, names in (("columns", [one.name for one in snapshot.roadmap.fields]), ("APIs", [*sorted(apis)])):
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(" ".join(name.casefold().split()), name)
            if other != name:
                raise ExportRefused(
                    f"The {what} “{other}” and “{name}” differ in nothing but capitals and spaces, and an import would "
                    "take them for one. Rename one of them in the admin."
                )


def too_large(made_files: dict[str, bytes]) -> list[str]:
    """What an import would refuse in these files, a sentence each."""
    markdown = {path: len(content) for path, content in made_files.items() if path.endswith(".md")}
    found = [
        f"{path} has {size:,} bytes, and an import takes files of {MAX_FILE_SIZE:,} at most."
        for path, size in markdown.items()
        if size > MAX_FILE_SIZE
    ]
    if sum(markdown.values()) > MAX_TOTAL_SIZE:
        found.append(f"The files have more than {MAX_TOTAL_SIZE:,} bytes together, which is all that an import takes.")
    if len(markdown) > MAX_FILES:
        found.append(f"There are {len(markdown):,} pages, and an import takes {MAX_FILES} files at most.")
    return found


def _parts_of_stage(snapshot: Snapshot, stage: Stage) -> list[str]:
    """The releases that have items in this stage, and those without items that would stand there, then the rest."""
    by_release = {
        uid: [*items] for uid, items in groupby(snapshot.by_stage[stage], key=lambda one: one.content.release_uid)
    }
    inside = {one.content.release_uid for one in snapshot.items}
    parts = []
    for one in snapshot.releases:
        items = by_release.pop(one.uid, [])
        is_empty_here = one.uid not in inside and stage is (Stage.LIVE if one.is_deployed else Stage.BACKLOG)
        if not items and not is_empty_here:
            continue
        is_first = is_empty_here or stage is _first_stage(snapshot, one)
        heading = release(one) if is_first else made(f"## {plain_shown(one.title)}")
        parts += [heading, *_tables(snapshot, one, items)]
    loose = [item for items in by_release.values() for item in items]
    if loose:
        heading = "## Not in a release" if stage is Stage.BACKLOG and parts else ""
        parts += [*([made(heading)] if heading else []), *_tables(snapshot, None, loose)]
    return parts


def _first_stage(snapshot: Snapshot, one: ReleaseContent) -> Stage:
    stages = {item.stage for item in snapshot.items if item.content.release_uid == one.uid}
    return next(stage for stage in _STAGES if stage in stages)


def _tables(snapshot: Snapshot, one: ReleaseContent | None, items: Sequence[PlacedItem]) -> Iterator[str]:
    """A table of these items with the descriptions below it; several where one would be too long for a file."""
    columns = Columns.of(snapshot.roadmap, items)
    some: list[str] = []
    below: list[str] = []
    again: list[str] = []  # the heading, above what may stand on another page
    size = 0
    for item in items:
        line = row(columns, item)
        text = "" if fits(item.content.description) else description_below(item.content)
        length = len(f"{line}{text}".encode())
        if some and size + length > _SPLIT_AT:
            yield "\n\n".join([*again, table(columns, one, some), *below])
            some, below, size = [], [], 0
            again = [made(f"## {plain_shown(one.title)}")] if one else []
        some.append(line)
        below += [text] if text else []
        size += length
    if some:
        yield "\n\n".join([*again, table(columns, one, some), *below])


def _title_of_stage(snapshot: Snapshot, stage: Stage) -> str:
    if stage is Stage.BACKLOG:
        return "Backlog"
    if stage is Stage.LIVE:
        return "Released"
    return " ".join(snapshot.roadmap.labels.stage(Environment(stage.value)).split()) or stage.value


def _split(name: str, title: str, parts: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Name, title and parts of one page, or of several where one file would be too long to be read again."""
    pages: list[list[str]] = [[]]
    size = 0
    for part in parts:
        length = len(part.encode())
        if pages[-1] and size + length > _SPLIT_AT:
            pages.append([])
            size = 0
        pages[-1].append(part)
        size += length
    yield name, title, pages[0]
    for number, some in enumerate(pages[1:], start=2):
        yield f"{name}-{number}", f"{title} ({number})", some


def _headed(title: str, weight: int, parts: Sequence[str]) -> bytes:
    return _document(title, weight, [made(f"# {plain_shown(title)}"), *parts])


def _document(title: str, weight: int, parts: Sequence[str]) -> bytes:
    head = f"---\ntitle: {_yaml(' '.join(title.split()))}\nweight: {weight}\n---\n"
    return "\n\n".join([head.rstrip("\n"), *parts, ""]).rstrip("\n").encode() + b"\n"


def _free_name(slug: str, names: set[str]) -> str:
    """A file's name: a partial begins with "_", and not every disk knows capitals from small letters."""
    base = f"page{slug}" if slug.startswith("_") or slug.lower() in _NOT_FREE else slug
    endings = ("", *(f"-{number}" for number in range(2, len(names) + 3)))
    name = next(base + ending for ending in endings if (base + ending).lower() not in names)
    names.add(name.lower())
    return name


def _yaml(text: str) -> str:
    """A text on one line, in quotes; ASCII alone but for what can be printed, as YAML asks."""
    return "".join(one if one.isprintable() else _escaped(one) for one in json.dumps(text, ensure_ascii=False))


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _settings(snapshot: Snapshot) -> bytes:
    title = _yaml(" ".join(snapshot.roadmap.title.split()))
    lines = [
        "# The site that this folder makes, without https:// and without a slash at the end. Fill it in",
        "host:",
        "",
        "# In the header of every page",
        "show_govuk_logo: false",
        f"service_name: {title}",
        "service_link: /",
        "header_links:",
        f"  {_yaml('Roadmap')}: /",
        f"  {_yaml('Backlog')}: /backlog.html",
        "",
        "# The pages are listed beside the text, with their headings",
        "multipage_nav: true",
        "collapsible_nav: true",
        "max_toc_heading_level: 2",
        "",
        "enable_search: true",
        "prevent_indexing: false",
        "show_contribution_banner: false",
        "",
    ]
    return "\n".join(lines).encode()
