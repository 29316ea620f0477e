"""The files of a source, wherever they lie, as a Source: which are documents, which partials, and what else there is.

It takes them as a mapping from path to bytes and asks only for those that it reads, so a folder, a zip file and a
commit of a git repository are held to the same rules. The mapping's own module keeps what is its own: links, names,
sizes before anything is read.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from roadmap.techdocs.sources.partials import Inclusion
from roadmap.techdocs.sources.source import (
    MAX_FILES,
    MAX_PATH_LENGTH,
    MAX_TOTAL_SIZE,
    Doubt,
    ImportRefused,
    Source,
    SourceDocument,
    shown,
)
from roadmap.techdocs.sources.tech_docs import site_facts
from roadmap.techdocs.sources.text import as_text

SUFFIXES = (".md", ".markdown", ".md.erb", ".markdown.erb")
CONTENT_FOLDER = "source"
SETTINGS = ("config/tech-docs.yml", "tech-docs.yml")  # the second where somebody took the file without its folder


def is_markdown(path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


def is_hidden(path: str) -> bool:
    """Whether it is nobody's writing: a file or folder with a dot, or what macOS puts into its zip files."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def is_checkout(paths: Iterable[str]) -> bool:
    """Whether these are the files of a tech-docs repository, whose Markdown lies in its folder "source"."""
    known = list(paths)
    return SETTINGS[0] in known and any(path.startswith(f"{CONTENT_FOLDER}/") for path in known)


def read_files(files: Mapping[str, bytes], *, place: str, within: str = "", beside: Iterable[str] = ()) -> Source:
    """The text of all Markdown files of a source, with their partials.

    `files` has the paths from the source's top, with slashes; it may look a file up only when asked, and may raise
    ImportRefused then. `place` names the source where a message begins: "The folder roadmap". `within` is the folder
    of the documents, where it is known; partials and settings may lie outside it. `beside` names what was not looked
    into. Raises ImportRefused where there is nothing to read, or something in it is not Markdown text.
    """
    paths = sorted(path for path in files if not is_hidden(path))
    top = within.strip("/") or (CONTENT_FOLDER if is_checkout(paths) else "")
    inside = [path for path in paths if is_markdown(path) and (not top or path.startswith(f"{top}/"))]
    _check_paths(inside, place, top)
    texts = _Texts(files, place)
    inclusion = Inclusion(frozenset(paths), texts.of, shown)
    documents, empty = [], []
    for path in inside:
        if _is_partial(path):
            continue
        text = texts.of(path)
        if text.strip():
            documents.append(_document(path, text, texts, inclusion))
        else:
            empty.append(path)
    if not documents:
        raise ImportRefused(f"{place} holds no Markdown with text in it: only empty files and partials.")
    unused = [path for path in inside if _is_partial(path) and path not in texts.read]
    doubts = [Doubt(shown(path), 0, "This file is empty.") for path in empty]
    doubts += [Doubt(shown(path), 0, "No page includes this partial, so it was not read.") for path in unused]
    title: str = ""
    links: tuple[tuple[str, str], ...] = ()
    settings = next((path for path in SETTINGS if path in paths), None)
    if settings:
        title, links, found = site_facts(texts.of(settings), settings)
        doubts += found
    told = {*texts.read, *unused}
    unread = sorted({*_named_once([path for path in paths if path not in told], told), *beside})
    return Source(tuple(documents), tuple(shown(name) for name in unread), title, links, tuple(doubts))


def read_one(content: bytes, name: str) -> Source:
    """The text of one Markdown file that stands for itself, whatever its name begins with.

    Raises ImportRefused where it is not text, or is empty.
    """
    texts = _Texts({name: content}, shown(name))
    text = texts.of(name)
    if not text.strip():
        raise ImportRefused(f"{shown(name)} is empty.")
    return Source((_document(name, text, texts, Inclusion(frozenset([name]), texts.of, shown)),))


class _Texts:
    """The text of each file, looked up once; counts what it costs."""

    def __init__(self, files: Mapping[str, bytes], place: str):
        self.files, self.place = files, place
        self.read: dict[str, tuple[str, str]] = {}
        self.size = 0

    def of(self, path: str) -> str:
        if path not in self.read:
            content = self.files[path]
            self.size += len(content)
            if self.size > MAX_TOTAL_SIZE:
                raise ImportRefused(
                    f"{self.place} has more than {MAX_TOTAL_SIZE:,} bytes of Markdown, and no more are read at once. "
                    "Give a folder with this roadmap’s files alone."
                )
            self.read[path] = as_text(content, shown(path)), hashlib.sha256(content).hexdigest()
        return self.read[path][0]

    def digest(self, path: str) -> str:
        return self.read[path][1]


def _document(path: str, text: str, texts: _Texts, inclusion: Inclusion) -> SourceDocument:
    included = inclusion.expand(path, text)
    digest = texts.digest(path)
    if included.partials:
        digests = [digest, *(texts.digest(partial) for partial in included.partials)]
        digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    partials = tuple(shown(partial) for partial in included.partials)
    return SourceDocument(shown(path), included.text, digest, included.origins, included.doubts, partials)


def _is_partial(path: str) -> bool:
    return PurePosixPath(path).name.startswith("_")


def _check_paths(markdown: list[str], place: str, top: str) -> None:
    if not markdown:
        where = f"no file in its folder {shown(top)}/" if top else "no file"
        raise ImportRefused(f"{place} holds no Markdown: {where} has a name that ends in .md.")
    if len(markdown) > MAX_FILES:
        raise ImportRefused(f"{place} holds {len(markdown):,} Markdown files: at most {MAX_FILES} are read at once.")
    for path in markdown:
        if len(path) > MAX_PATH_LENGTH:
            raise ImportRefused(
                f"{shown(path[:100])}… is a path of more than {MAX_PATH_LENGTH} characters. Shorten the names in it."
            )


def _named_once(unread: list[str], told: set[str]) -> set[str]:
    """The paths, but a folder of which nothing was read in place of all that is in it."""
    entered = {str(parent) for path in told for parent in PurePosixPath(path).parents}
    names = set()
    for path in unread:
        outermost = next(
            (folder for folder in reversed(PurePosixPath(path).parents) if str(folder) not in entered), None
        )
        names.add(path if outermost is None or str(outermost) == "." else f"{outermost}/")
    return names
