"""Where the site of a tech-docs repository stands among its files: at the top, or in a folder of a larger repository.

Pure: by paths alone. A site is a folder with `source/`, and its settings or Middleman's beside that.
"""

from collections.abc import Collection, Iterable
from itertools import pairwise
from pathlib import PurePosixPath

CONTENT_FOLDER = "source"
SETTINGS = ("config/tech-docs.yml", "tech-docs.yml")  # the second where somebody took the file without its folder
MARKS = (SETTINGS[0], "config.rb")
SUFFIXES = (".md", ".markdown", ".md.erb", ".markdown.erb")
MAX_SITES = 5  # that a message names

_VENDORED = {"node_modules", "bower_components", "site-packages"}
_TRIALS = {"spec", "test", "tests", "fixtures"}


def is_markdown(path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


def is_hidden(path: str) -> bool:
    """Whether it is nobody's writing: a file or folder with a dot, or what macOS puts into its zip files."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def is_vendored(path: str) -> bool:
    """Whether a package manager has put it there: it is others' writing."""
    parts = path.split("/")
    return not _VENDORED.isdisjoint(parts) or ("vendor", "bundle") in pairwise(parts)


def is_trial(path: str) -> bool:
    """Whether a site there is one for trying something on."""
    return not _TRIALS.isdisjoint(path.split("/"))


def sites_among(paths: Collection[str]) -> list[str]:
    """The folders of the outermost sites, each with a slash at its end; at the top of the source, an empty text.

    There `source/` with Markdown in it is enough: nobody else calls a folder of Markdown so.
    """
    paths = [path for path in paths if not is_vendored(path)]
    if any(path.startswith(f"{CONTENT_FOLDER}/") and is_markdown(path) for path in paths):
        return [""]
    marked = {path.removesuffix(mark) for path in paths for mark in MARKS if f"/{path}".endswith(f"/{mark}")}
    content = {folder for path in paths if is_markdown(path) for folder in _holding_content(path)}
    found = [folder for folder in marked & content if not is_trial(folder)]
    least = min((folder.count("/") for folder in found), default=0)
    return sorted(folder for folder in found if folder.count("/") == least)


def _holding_content(path: str) -> Iterable[str]:
    """The folders in whose `source/` it lies."""
    parts = PurePosixPath(path).parts[:-1]
    return (
        "".join(f"{part}/" for part in parts[:number]) for number, name in enumerate(parts) if name == CONTENT_FOLDER
    )
