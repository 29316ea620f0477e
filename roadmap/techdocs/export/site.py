"""The files of a tech-docs site that say all that one roadmap says. Pure: the same Contents give the same bytes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from roadmap.content.snapshot import PlacedItem, Snapshot
from roadmap.content.things import Content, ReleaseContent
from roadmap.techdocs.cells import description_path, fits, plain_shown
from roadmap.techdocs.export import blocks
from roadmap.techdocs.export.folder import ExportRefused
from roadmap.techdocs.parse.columns import heading_key
from roadmap.techdocs.plan.source_and_site import column_name
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, MAX_FILES, MAX_TOTAL_SIZE
from roadmap.techdocs.texts import CHANGELOG, COLUMNS, ITEMS, NO_RELEASE, shown

_SPLIT_AT = 300_000  # bytes: a file is split before it is as long as an import takes it


def files(contents: Iterable[Content]) -> dict[str, bytes]:
    """By path, what one roadmap says.

    Raises ExportRefused where two columns or APIs could not be told apart again.
    """
    snapshot = Snapshot(contents)
    _check_names(snapshot)
    footer, links = blocks.header_links(snapshot.roadmap.footer)
    home = [
        blocks.title(snapshot.roadmap),
        *(blocks.page(page, level=2) for page in snapshot.home_pages),
        blocks.environments(snapshot.roadmap.labels),
        blocks.contact(snapshot.roadmap.contact),
        blocks.footer(footer),
    ]
    documents = [("index", snapshot.roadmap.title, home)]
    documents += _split("items", ITEMS, _releases(snapshot))
    names: set[str] = set()
    for page in snapshot.pages:
        if not page.is_on_home:
            name = f"pages/{_free_name(page.slug, names)}"
            documents.append((name, page.title, [blocks.page(page, level=1)]))
    if snapshot.roadmap.fields:
        documents.append(("columns", COLUMNS, [f"# {COLUMNS}", *map(blocks.column, snapshot.roadmap.fields)]))
    if snapshot.changelog:
        documents += _split("changelog", CHANGELOG, map(blocks.changelog_entry, snapshot.changelog))
    for item in snapshot.items:
        if not fits(item.content.description):
            title = f"{item.content.reference}: {item.content.title}"
            name = description_path(item.content.reference).removesuffix(".html")
            documents.append((name, title, [f"# {plain_shown(title)}", shown(item.content.description)]))
    made = {"config/tech-docs.yml": _settings(snapshot, links)}
    for weight, (name, title, parts) in enumerate(documents, start=1):
        made[f"source/{name}.html.md"] = _document(title, weight, blocks.some(parts))
    return dict(sorted(made.items()))


def _check_names(snapshot: Snapshot) -> None:
    apis = sorted({api.name for item in snapshot.items for api in item.content.apis})
    columns = [field.name for field in snapshot.roadmap.fields]
    for what, names, key in (("columns", columns, heading_key), ("APIs", apis, column_name)):
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(key(name), name)
            if other != name:
                raise ExportRefused(
                    f"The {what} “{other}” and “{name}” differ in nothing but capitals, spaces and marks, and an "
                    "import would take them for one. Rename one of them in the admin."
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


def _releases(snapshot: Snapshot) -> list[str]:
    """The releases in their order, each with its items; then the items that are in none."""
    by_release = {uid: [*items] for uid, items in groupby(snapshot.items, key=lambda item: item.content.release_uid)}
    titles: set[str] = set()
    parts: list[str] = []
    for release in snapshot.releases:
        items = by_release.pop(release.uid, [])
        stands_alone = bool(items) and release.title.casefold() not in titles
        titles.add(release.title.casefold())
        parts += _tables(snapshot, release, items, blocks.release(release, stands_alone=stands_alone))
    loose = [item for items in by_release.values() for item in items]
    return [*parts, *(_tables(snapshot, None, loose, f"## {NO_RELEASE}") if loose else [])]


def _tables(
    snapshot: Snapshot, release: ReleaseContent | None, items: Sequence[PlacedItem], heading: str
) -> Iterator[str]:
    """A heading with a table of these items; several where one would be too long for a file."""
    columns = blocks.columns_of(snapshot.roadmap, items)
    for number, rows in enumerate(_chunks(blocks.row(columns, item.content) for item in items)):
        first = blocks.continued(release) if number and release else heading
        yield f"{first}\n\n{blocks.table(columns, rows)}"
    if not items:
        yield heading


def _split(name: str, title: str, parts: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Name, title and parts of one page, or of several where one file would be too long to be read again."""
    # Of one title, for an import knows by it what such a page holds.
    for number, some in enumerate(_chunks(parts), start=1):
        yield f"{name}-{number}" if number > 1 else name, title, [f"# {title}", *some]


def _chunks(texts: Iterable[str]) -> list[list[str]]:
    """The texts in their order, in as many lists as it takes for each to stand in one file."""
    chunks: list[list[str]] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if not chunks or size + length > _SPLIT_AT:
            chunks.append([])
            size = 0
        chunks[-1].append(text)
        size += length
    return chunks


def _document(title: str, weight: int, parts: Sequence[str]) -> bytes:
    head = f"---\ntitle: {_yaml(' '.join(title.split()))}\nweight: {weight}\n---"
    return "\n\n".join([head, *parts]).rstrip("\n").encode() + b"\n"


def _free_name(slug: str, names: set[str]) -> str:
    """A file's name: a partial begins with "_", and not every disk knows capitals from small letters."""
    base = f"page{slug}" if slug.startswith("_") or slug.lower() == "index" else slug
    endings = ("", *(f"-{number}" for number in range(2, len(names) + 3)))
    name = next(base + ending for ending in endings if (base + ending).lower() not in names)
    names.add(name.lower())
    return name


def _yaml(text: str) -> str:
    """A text on one line, in quotes; ASCII alone but for what can be printed, as YAML asks."""
    escaped = (char if char.isprintable() else f"\\U{ord(char):08x}" for char in json.dumps(text, ensure_ascii=False))
    return "".join(escaped)


def _settings(snapshot: Snapshot, links: Sequence[tuple[str, str]]) -> bytes:
    header = [("Roadmap", "/"), (ITEMS, "/items.html"), *links]
    lines = [
        "# The site that this folder makes, without https:// and without a slash at the end. Fill it in",
        "host:",
        "",
        "# In the header of every page",
        "show_govuk_logo: false",
        f"service_name: {_yaml(' '.join(snapshot.roadmap.title.split()))}",
        "service_link: /",
        "header_links:",
        *(f"  {_yaml(name)}: {_yaml(target)}" for name, target in header),
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
