"""Reads a source: which files there are, and their text. Knows nothing of what the text means, and runs none of it.

A source is one Markdown file, a folder of them, the checkout of a tech-docs repository, or a zip file of either.
Whatever could not be text for readers is refused here, before anything else sees it, and nothing is read beyond the
caps: a source may be somebody else's upload. Each kind of source is a mapping from path to bytes (folder, archive);
`read_files` is what they have in common, and takes any other mapping, such as the files of a commit, by the same rules.
"""

from pathlib import Path

from roadmap.techdocs.sources.archive import MAX_ZIP_SIZE, ArchiveFiles
from roadmap.techdocs.sources.files import read_files
from roadmap.techdocs.sources.folder import FolderFiles, read_regular
from roadmap.techdocs.sources.partials import SourceTexts
from roadmap.techdocs.sources.site import is_markdown
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, Doubt, ImportRefused, Source, SourceDocument, shown

__all__ = [
    "MAX_FILE_SIZE",
    "MAX_ZIP_SIZE",
    "Doubt",
    "ImportRefused",
    "Source",
    "SourceDocument",
    "read",
    "read_files",
    "read_upload",
]


def read(path: Path) -> Source:
    """The text of a Markdown file, or of all Markdown files in a folder, a tech-docs checkout or a zip file of one.

    Raises ImportRefused where there is nothing to read, or something in it is not Markdown text.
    """
    try:
        if path.is_dir():
            files = FolderFiles(path)
            return read_files(files, place=f"The folder {shown(path)}", beside=files.beside)
        if not path.exists():
            raise ImportRefused(
                f"{shown(path)} does not exist. Give the path of a Markdown file, a folder of them or a zip file."
            )
        limit = MAX_ZIP_SIZE if _is_zip(path.name) else MAX_FILE_SIZE
        return read_upload(read_regular(path, path.name, limit), name=path.name)
    except OSError as error:
        raise ImportRefused(f"{shown(path)} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a path with a null byte, in some versions of Python
        raise ImportRefused(f"{shown(path)} is not a path: {error}.") from error


def read_upload(content: bytes, *, name: str) -> Source:
    """The text of one file that somebody gives: Markdown, or a zip file of a folder or a checkout.

    Raises ImportRefused as `read` does.
    """
    if _is_zip(name):
        return read_files(ArchiveFiles(content, name), place=f"The zip file {shown(name)}")
    texts = SourceTexts({name: content}, [name], shown(name))
    if not texts.of(name).strip():
        raise ImportRefused(f"{shown(name)} is empty.")
    return Source((texts.document(name),))


def _is_zip(name: str) -> bool:
    """Whether it is a zip file, by its name. Raises ImportRefused where it is no Markdown file either."""
    is_zip = name.lower().endswith(".zip")
    if not is_zip and not is_markdown(name):
        raise ImportRefused(
            f"{shown(name)} is not Markdown: the name of a Markdown file ends in .md, that of a zip file in .zip."
        )
    return is_zip
