"""What reading gives to parsing, how it refuses, and how much it takes. Pure: no files, no Markdown."""

from bisect import bisect_right
from dataclasses import dataclass

MAX_FILE_SIZE = 500_000  # bytes; the longest real roadmap has 51,000
MAX_TOTAL_SIZE = 2_000_000  # bytes of all files of one source
MAX_FILES = 200  # Markdown files, partials among them
# Far beyond any real path, and short enough for what an import remembers of where a thing stood (models.origins).
MAX_PATH_LENGTH = 400


class ImportRefused(Exception):
    """Nothing was imported. The message is one line: where, what is wrong and what to do."""


@dataclass(frozen=True)
class Doubt:
    """Immutable: something that a person should look at. The text is whole sentences."""

    path: str
    line: int
    """Counted from 1; 0 where it is about the whole file."""
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


@dataclass(frozen=True)
class Stretch:
    """Immutable: lines of a document that stand one after another in one file. It ends where the next one begins."""

    first: int
    """The first of them in the document's text, counted from 0."""
    path: str
    line: int
    """The same line in its file, counted from 1."""

    def where(self, line: int) -> tuple[str, int]:
        """The file of a line of the document, counted from 0, and its number there from 1."""
        return self.path, self.line + line - self.first


@dataclass(frozen=True)
class SourceDocument:
    """Immutable: one page of a source, with the text of the partials that it includes."""

    path: str
    """Within its source, as messages name it: "released/2023.html.md"."""
    text: str
    """Without a byte order mark, each line ending in a line feed alone."""
    sha256: str
    """Of the bytes of the file; where it includes partials, of the digests of all of them."""
    origins: tuple[Stretch, ...] = ()
    """Where its lines stand. Empty where they all stand in the file itself, as they are."""
    doubts: tuple[Doubt, ...] = ()
    """What reading itself has left out or is unsure of."""
    partials: tuple[str, ...] = ()
    """The paths of those that it includes, each once."""

    def where(self, line: int) -> tuple[str, int]:
        """The file in which a line of the text stands, and its number there from 1. `line` is counted from 0."""
        if not self.origins:
            return self.path, line + 1
        place = bisect_right(self.origins, line, key=lambda stretch: stretch.first) - 1
        return self.origins[max(0, place)].where(line)


@dataclass(frozen=True)
class Source:
    """Immutable: what was read."""

    documents: tuple[SourceDocument, ...]
    """By path."""
    unread: tuple[str, ...] = ()
    """What else lies in the source, folders of which nothing was read with a slash at their end. Hidden files are not
    mentioned."""
    site_title: str = ""
    """What config/tech-docs.yml calls the site (service_name); empty where it does not say."""
    header_links: tuple[tuple[str, str], ...] = ()
    """The links in the site's header: what each says, and where it leads, as typed. They may be relative."""
    doubts: tuple[Doubt, ...] = ()
    """Those that are about none of the documents."""
    site: str = ""
    """The address of the site (host); empty where its settings do not say."""


def shown(name: object) -> str:
    """A name as a message may show it, on one line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(name))


def too_long(name: str) -> ImportRefused:
    return ImportRefused(
        f"{shown(name)} is longer than {MAX_FILE_SIZE:,} bytes. Split it into several files in one folder."
    )
