"""The ERB of a tech-docs source, without Ruby: partials are followed, comments are left out, all else is refused.

Nothing is ever run. The template includes one file in another by `<%= partial "documentation/name" %>`; a call of that
very form is read as words. Markdown has no tags for this of its own, and a file whose name does not end in .erb is not
ERB for the template either: tags in it are text.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from roadmap.techdocs.sources.front_matter import front_matter_end
from roadmap.techdocs.sources.source import MAX_TOTAL_SIZE, Doubt, ImportRefused, Stretch

MAX_DEPTH = 10  # partials within partials
MAX_INCLUSIONS = 1000  # of all documents of a source: an empty partial costs time too

_NAME = r"""(?: :(?P<symbol>\w+) | :?'(?P<single>[^'\\]+)' | :?"(?P<double>[^"\\#]+)" )"""
_LOCALS = r"""(?P<locals> , \s*+ (?:locals: | :locals\s*+=>) \s*+ \{ [^{}]*+ \} \s*+ )?+"""
# Possessive throughout: a tag may be half a megabyte of spaces, and must be told in one pass.
_PARTIAL = re.compile(
    rf"=?= \s*+ partial \s*+ (?P<open>\()?+ \s*+ {_NAME} \s*+ {_LOCALS} (?(open)\)) \s*+ -?",
    re.VERBOSE,
)
# As a partial may be called on disk, after the name that includes it.
_ENDINGS = ("", ".md", ".html.md", ".md.erb", ".html.md.erb", ".markdown", ".html.erb", ".erb", ".html")


@dataclass(frozen=True)
class Included:
    """Immutable: the text of a document with its partials in their places."""

    text: str
    origins: tuple[Stretch, ...]
    doubts: tuple[Doubt, ...]
    partials: tuple[str, ...]


@dataclass
class Inclusion:
    """Follows partials among the files of one source, and counts what it costs."""

    paths: frozenset[str]
    text_of: Callable[[str], str]
    shown: Callable[[str], str]
    """A path as messages name it."""
    left: int = MAX_TOTAL_SIZE
    inclusions: int = 0

    def expand(self, path: str, text: str) -> Included:
        """A document with its partials. Raises ImportRefused at the line that cannot be followed."""
        if not is_erb(path):
            return Included(text, (), tuple(_doubt_tags(self.shown(path), text)), ())
        joined = _Joined()
        lines = text.split("\n")
        end = front_matter_end(lines)
        doubts: dict[tuple[str, int], Doubt] = {}
        if end:
            # Front matter comes before ERB, so there are no tags in it.
            joined.add("\n".join(lines[:end]) + "\n", self.shown(path), 1)
        elif "<%" in text:
            # What a partial begins with must not become the document's front matter.
            joined.add("\n", self.shown(path), 1)
        self._append(_File(path, "\n".join(lines[end:]), end + 1), (path,), joined, doubts)
        return Included(
            "".join(joined.pieces), tuple(joined.origins), tuple(doubts.values()), tuple(sorted(joined.partials))
        )

    def _append(
        self, file: "_File", stack: tuple[str, ...], joined: "_Joined", doubts: dict[tuple[str, int], Doubt]
    ) -> None:
        """Adds a file's text to the joined one, tag by tag. `stack`: the document and its partials down to this one."""
        shown = self.shown(file.path)
        for piece in _pieces(file, shown):
            line = piece.line
            if piece.tag is None:
                joined.add(piece.text, shown, line)
            elif piece.tag.startswith("#"):
                if said := " ".join(piece.tag[1:].split()):
                    doubts.setdefault((shown, line), Doubt(shown, line, f"This comment was left out: “{said[:100]}”."))
            elif call := _PARTIAL.fullmatch(piece.tag):
                if call["locals"]:
                    text = "What is handed to this partial (locals) was not used."
                    doubts.setdefault((shown, line), Doubt(shown, line, text))
                name = call["symbol"] or call["single"] or call["double"]
                partial = self._partial(name, stack, f"{shown}:{line}", doubts)
                joined.partials.add(partial.path)
                if piece.is_alone:
                    joined.add("\n", shown, line)
                self._append(partial, (*stack, partial.path), joined, doubts)
                if piece.is_alone:
                    joined.add("\n", shown, line)
            else:
                code = " ".join(piece.tag.split())[:100]
                raise ImportRefused(
                    f"{shown}:{line}: this is Ruby code, “<%{code}%>”, and no code of a source is ever run. "
                    "Put there what it would write, or remove it."
                )

    def _partial(self, name: str, stack: tuple[str, ...], where: str, doubts: dict[tuple[str, int], Doubt]) -> "_File":
        """The file that a name means, its text without front matter. Raises ImportRefused where it may not be used."""
        path = self._find(name, stack, where)
        if path in stack:
            chain = " → ".join(self.shown(name) for name in (*stack[stack.index(path) :], path))
            raise ImportRefused(f"{where}: this partial would include itself: {chain}. Remove it here.")
        if len(stack) > MAX_DEPTH:
            raise ImportRefused(f"{where}: partials include each other more than {MAX_DEPTH} deep.")
        text = self.text_of(path)
        # The whole file counts, for comments cost time too although they add nothing.
        self.left -= len(text)
        self.inclusions += 1
        if self.left < 0 or self.inclusions > MAX_INCLUSIONS:
            limit = f"{MAX_TOTAL_SIZE:,} characters" if self.left < 0 else f"{MAX_INCLUSIONS:,} times"
            raise ImportRefused(f"{where}: the pages include partials for more than {limit} in all.")
        shown = self.shown(path)
        lines = text.rstrip().split("\n")
        end = front_matter_end(lines)
        if end:
            doubts.setdefault((shown, 1), Doubt(shown, 1, "The front matter of this partial was not used."))
        if not is_erb(path):
            for doubt in _doubt_tags(shown, text):
                doubts.setdefault((shown, doubt.line), doubt)
        return _File(path, "\n".join(lines[end:]), end + 1)

    def _find(self, name: str, stack: tuple[str, ...], where: str) -> str:
        """The path of a partial: beside the page, as the template looks for it, beside what includes it, in source/."""
        name = name.strip()
        beside = [posixpath.dirname(stack[0]), posixpath.dirname(stack[-1])]
        wholes = [posixpath.normpath(posixpath.join(folder, name.lstrip("/"))) for folder in (*beside, "source", "")]
        for whole in wholes:
            folder, base = posixpath.split(whole)
            for stem in (f"_{base}", base):
                for ending in _ENDINGS:
                    # What leads outside is among no paths.
                    if (path := posixpath.join(folder, stem + ending)) in self.paths:
                        return path
        if all(f"{whole}/".startswith("../") for whole in wholes[: len(beside)]):
            raise ImportRefused(f"{where}: the partial “{name[:100]}” leads outside the source. Put the file in it.")
        raise ImportRefused(
            f"{where}: the partial “{name[:100]}” is not there. Give the whole folder, with the file "
            f"“_{posixpath.basename(name).removeprefix('_')[:100]}.md” in it."
        )


@dataclass(frozen=True)
class _File:
    path: str
    text: str
    line: int
    """The number of the text's first line in its file."""


@dataclass(frozen=True)
class _Piece:
    text: str
    line: int
    tag: str | None = None
    """What stands between "<%" and "%>"; None for text."""
    is_alone: bool = False
    """The tag is all that its lines hold."""


@dataclass
class _Joined:
    """The text so far, in pieces, and where its lines stand."""

    pieces: list[str] = field(default_factory=list)
    origins: list[Stretch] = field(default_factory=list)
    partials: set[str] = field(default_factory=set)
    last: int = 0
    """The line that the next piece goes on with, counted from 0."""
    is_blank: bool = True
    """That line has no words yet."""

    def add(self, text: str, path: str, line: int) -> None:
        self.pieces.append(text)
        for number, piece in enumerate(text.split("\n")):
            if number:
                self.last, self.is_blank = self.last + 1, True
            # A line belongs to the file of its first words, not to that of the spaces before them.
            if self.is_blank:
                self._place(self.last, path, line + number)
                self.is_blank = not piece or piece.isspace()

    def _place(self, last: int, path: str, line: int) -> None:
        while self.origins and self.origins[-1].first >= last:
            self.origins.pop()
        before = self.origins[-1] if self.origins else None
        if before is None or (before.path, before.line + last - before.first) != (path, line):
            self.origins.append(Stretch(last, path, line))


def is_erb(path: str) -> bool:
    return path.lower().endswith(".erb")


def _pieces(file: _File, shown: str) -> Iterator[_Piece]:
    """Text and tags in turn. Raises ImportRefused for a tag that does not end."""
    text, position, line = file.text, 0, file.line
    if not is_erb(file.path):
        yield _Piece(text, line)
        return
    while (start := text.find("<%", position)) != -1:
        at = line + text.count("\n", position, start)
        if text.startswith("<%%", start):  # how ERB writes “<%” itself
            yield _Piece(text[position : start + 2], line)
            position, line = start + 3, at
            continue
        end = text.find("%>", start + 2)
        if end == -1:
            raise ImportRefused(f"{shown}:{at}: this “<%” has no “%>” after it. Complete it or remove it.")
        tag = text[start + 2 : end]
        after = at + tag.count("\n")
        # Looking no further back than the tag before, or a line of many tags would take the square of its length.
        newline = text.rfind("\n", max(0, position - 1), start)
        line_start = line_end = newline + 1
        is_alone = (newline != -1 or position == 0) and not text[line_start:start].strip()
        if is_alone:
            line_end = text.find("\n", end)
            line_end = len(text) if line_end == -1 else line_end
            is_alone = not text[end + 2 : line_end].strip()
        yield _Piece(text[position : line_start if is_alone else start], line)
        yield _Piece("", at, tag, is_alone)
        position, line = (line_end if is_alone else end + 2), after
        if is_alone and tag.startswith("#"):
            # A comment takes its whole line with it, or it would part a paragraph in two.
            position, line = min(line_end + 1, len(text)), after + 1
    yield _Piece(text[position:], line)


def _doubt_tags(shown: str, text: str) -> Iterator[Doubt]:
    if "<%" in text:
        for number, line in enumerate(text.split("\n"), start=1):
            if "<%" in line:
                yield Doubt(shown, number, "This ERB was kept as text, for the name of the file does not end in .erb.")
