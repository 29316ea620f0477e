"""The files of a source, wherever they lie, as a Source: which are documents, which partials, and what else there is.

It takes them as a mapping from path to bytes and asks only for those that it reads, so a folder, a zip file and a
commit of a git repository are held to the same rules. The mapping's own module keeps what is its own: links, names,
sizes before anything is read.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from roadmap.techdocs.sources.partials import SourceTexts
from roadmap.techdocs.sources.plain_yaml import site_facts
from roadmap.techdocs.sources.source import MAX_FILES, MAX_PATH_LENGTH, Doubt, ImportRefused, Source, shown

SUFFIXES = (".md", ".markdown", ".md.erb", ".markdown.erb")
CONTENT_FOLDER = "source"
SETTINGS = ("config/tech-docs.yml", "tech-docs.yml")  # the second where somebody took the file without its folder


def is_markdown(path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


def is_hidden(path: str) -> bool:
    """Whether it is nobody's writing: a file or folder with a dot, or what macOS puts into its zip files."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


class FilesOnRequest(Mapping[str, bytes]):
    """The files of a source by path, each read when it is looked up. `places` says where each is found."""

    places: Mapping[str, Any]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def read_files(files: Mapping[str, bytes], *, place: str, within: str = "", beside: Iterable[str] = ()) -> Source:
    """The text of all Markdown files of a source, with their partials.

    `files` has the paths from the source's top, with slashes; it may look a file up only when asked, and may raise
    ImportRefused then. `place` names the source where a message begins: "The folder roadmap". `within` is the folder
    of the documents, where it is known; partials and settings may lie outside it. `beside` names what was not looked
    into. Raises ImportRefused where there is nothing to read, or something in it is not Markdown text.
    """
    paths = sorted(path for path in files if not is_hidden(path))
    top = within.strip("/")
    if not top and SETTINGS[0] in paths and any(path.startswith(f"{CONTENT_FOLDER}/") for path in paths):
        top = CONTENT_FOLDER  # of a tech-docs repository
    inside = [path for path in paths if is_markdown(path) and (not top or path.startswith(f"{top}/"))]
    if not inside:
        where = f"no file in its folder {shown(top)}/" if top else "no file"
        raise ImportRefused(f"{place} holds no Markdown: {where} has a name that ends in .md.")
    if len(inside) > MAX_FILES:
        raise ImportRefused(f"{place} holds {len(inside):,} Markdown files: at most {MAX_FILES} are read at once.")
    if long := next((path for path in inside if len(path) > MAX_PATH_LENGTH), ""):
        raise ImportRefused(
            f"{shown(long[:100])}… is a path of more than {MAX_PATH_LENGTH} characters. Shorten the names in it."
        )
    texts = SourceTexts(files, paths, place)
    pages = [path for path in inside if not PurePosixPath(path).name.startswith("_")]
    documents = tuple(texts.document(path) for path in pages if texts.of(path).strip())
    if not documents:
        raise ImportRefused(f"{place} holds no Markdown with text in it: only empty files and partials.")
    unused = [path for path in inside if path not in texts.read]
    doubts = [Doubt(shown(path), 0, "This file is empty.") for path in pages if not texts.of(path).strip()]
    doubts += [Doubt(shown(path), 0, "No page includes this partial, so it was not read.") for path in unused]
    settings = next((path for path in SETTINGS if path in paths), "")
    title, links, site = site_facts(settings, texts.of(settings), doubts) if settings else ("", (), "")
    told = {*texts.read, *unused}
    unread = sorted({*_named_once([path for path in paths if path not in told], told), *beside})
    return Source(documents, tuple(map(shown, unread)), title, links, tuple(doubts), site)


def _named_once(unread: list[str], told: set[str]) -> set[str]:
    """The paths, but a folder of which nothing was read in place of all that is in it."""
    entered = {parent for path in told for parent in PurePosixPath(path).parents} | {PurePosixPath()}
    names = set()
    for path in unread:
        passed_over = [folder for folder in PurePosixPath(path).parents if folder not in entered]
        names.add(f"{passed_over[-1]}/" if passed_over else path)
    return names
