"""The files of a source, wherever they lie, as a Source: which are documents, which partials, and what else there is.

It takes them as a mapping from path to bytes and asks only for those that it reads, so a folder, a zip file and a
commit of a git repository are held to the same rules. The mapping's own module keeps what is its own: links, names,
sizes before anything is read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from roadmap.techdocs.sources.partials import SourceTexts
from roadmap.techdocs.sources.plain_yaml import site_facts
from roadmap.techdocs.sources.site import (
    CONTENT_FOLDER,
    MAX_SITES,
    SETTINGS,
    is_hidden,
    is_markdown,
    is_vendored,
    sites_among,
)
from roadmap.techdocs.sources.source import MAX_FILES, MAX_PATH_LENGTH, Doubt, ImportRefused, Source, shown

_LAYOUTS = f"{CONTENT_FOLDER}/layouts/"


class FilesOnRequest(Mapping[str, bytes]):
    """The files of a source by path, each read when it is looked up. `places` says where each is found."""

    places: Mapping[str, Any]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class _Below(FilesOnRequest):
    """The files below a folder, by their paths from there."""

    def __init__(self, files: Mapping[str, bytes], folder: str):
        self.files = files
        self.places = {path.removeprefix(folder): path for path in files if path.startswith(folder)}

    def __getitem__(self, path: str) -> bytes:
        return self.files[self.places[path]]


def read_files(files: Mapping[str, bytes], *, place: str, within: str = "", beside: Iterable[str] = ()) -> Source:
    """The text of all Markdown files of a source, with their partials.

    `files` has the paths from the source's top, with slashes; it may look a file up only when asked, and may raise
    ImportRefused then. `place` names the source where a message begins: "The folder roadmap". `within` is the folder
    of the documents, where it is known; partials and settings may lie outside it. `beside` names what was not looked
    into. Raises ImportRefused where there is nothing to read, or something in it is not Markdown text.
    """
    site, top = site_and_top(files, within.strip("/"), place)
    doubts = []
    if site:
        files, beside = _Below(files, site), [path.removeprefix(site) for path in beside if path.startswith(site)]
        doubts.append(Doubt(shown(site), 0, "Of the repository, the site in this folder was read and nothing else."))
    paths = sorted(path for path in files if not is_hidden(path))
    inside = [path for path in paths if is_markdown(path) and (not top or path.startswith(f"{top}/"))]
    inside = [path for path in inside if not is_vendored(path) and not (site is not None and path.startswith(_LAYOUTS))]
    _check_names(inside, place, top)
    settings = next((path for path in SETTINGS if path in paths), "")
    texts = SourceTexts(files, paths, place, settings, is_site=site is not None)
    pages = [path for path in inside if not PurePosixPath(path).name.startswith("_")]
    read = {path: texts.document(path) for path in pages if texts.of(path).strip()}
    included = {path for document in read.values() for path in document.partials}
    documents = tuple(document for document in read.values() if document.path not in included)
    if not documents:
        raise ImportRefused(f"{place} holds no Markdown with text in it: only empty files and partials.")
    unused = [path for path in inside if path not in texts.read]
    doubts += [Doubt(shown(path), 0, "This file is empty.") for path in pages if not texts.of(path).strip()]
    doubts += [Doubt(shown(path), 0, "No page includes this partial, so it was not read.") for path in unused]
    title, links, address = site_facts(settings, texts.of(settings), doubts) if settings else ("", (), "")
    told = {*texts.read, *unused}
    unread = sorted(_named_once([*(path for path in paths if path not in told), *beside], told))
    return Source(documents, tuple(map(shown, unread)), title, links, tuple(doubts), address)


def site_and_top(paths: Iterable[str], within: str, place: str) -> tuple[str | None, str]:
    """The folder of the site, with a slash at its end, and from there that of the documents, without one.

    At the top of the source, the site's folder is an empty text; where there is no site, it is None. Raises
    ImportRefused where there are several.
    """
    parts = within.split("/")
    if CONTENT_FOLDER in parts:
        start = parts.index(CONTENT_FOLDER)
        return "".join(f"{part}/" for part in parts[:start]), "/".join(parts[start:])
    below = f"{within}/" if within else ""
    sites = sites_among({path.removeprefix(below) for path in paths if path.startswith(below) and not is_hidden(path)})
    if len(sites) > 1:
        named = ", ".join(shown(f"{below}{site}") for site in sites[:MAX_SITES])
        raise ImportRefused(f"{place} holds {len(sites)} sites: {named}. Give the folder of one of them.")
    return (f"{below}{sites[0]}", CONTENT_FOLDER) if sites else (None, within)


def _check_names(inside: Sequence[str], place: str, top: str) -> None:
    """Raises ImportRefused where there are no Markdown files, too many, or one with too long a path."""
    if not inside:
        where = f"no file in its folder {shown(top)}/" if top else "no file"
        raise ImportRefused(
            f"{place} holds no Markdown: {where} has a name that ends in .md. Give the folder of a repository that has "
            "“source” in it, or the one that holds the Markdown."
        )
    if len(inside) > MAX_FILES:
        folders = Counter(str(folder) for path in inside for folder in [*PurePosixPath(path).parents][:-1])
        fitting = [folder for folder, number in folders.most_common() if number <= MAX_FILES][:MAX_SITES]
        advice = f" Give one of its folders, such as {shown(', '.join(fitting))}." if fitting else ""
        raise ImportRefused(
            f"{place} holds {len(inside):,} Markdown files: at most {MAX_FILES} are read at once.{advice}"
        )
    if long := next((path for path in inside if len(path) > MAX_PATH_LENGTH), ""):
        raise ImportRefused(
            f"{shown(long[:100])}… is a path of more than {MAX_PATH_LENGTH} characters. Shorten the names in it."
        )


def _named_once(unread: list[str], told: set[str]) -> set[str]:
    """The paths, but a folder of which nothing was read in place of all that is in it."""
    entered = {parent for path in told for parent in PurePosixPath(path).parents} | {PurePosixPath()}
    names = set()
    for path in unread:
        passed_over = [folder for folder in PurePosixPath(path).parents if folder not in entered]
        names.add(f"{passed_over[-1]}/" if passed_over else path)
    return names
