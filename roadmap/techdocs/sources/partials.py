"""The ERB of a tech-docs source, without Ruby: partials are followed, comments are left out, all else is refused.

Nothing is ever run. The template includes one file in another by `<%= partial "documentation/name" %>`; a call of that
very form is read as words. Markdown has no tags for this of its own, and a file whose name does not end in .erb is not
ERB for the template either: tags in it are text.
"""

import hashlib
import posixpath
import re
from collections.abc import Collection, Mapping

from roadmap.techdocs.sources.plain_yaml import front_matter_end
from roadmap.techdocs.sources.source import MAX_TOTAL_SIZE, Doubt, ImportRefused, SourceDocument, Stretch, shown
from roadmap.techdocs.sources.text import as_text

MAX_DEPTH = 10  # partials within partials
MAX_INCLUSIONS = 1000  # of all documents of a source: an empty partial costs time too

# Possessive throughout: a file may be half a megabyte of spaces, and must be told in one pass.
_TAG = re.compile(
    r"(?P<indent>^[^\S\n]*+)?+ (?P<mark><%(?:(?P<escaped>%)|(?P<code>.*?)%>|)) (?P<rest>[^\S\n]*+$)?+",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_NAME = r"""(?: :(?P<symbol>\w+) | :?'(?P<single>[^'\\]+)' | :?"(?P<double>[^"\\#]+)" )"""
_LOCALS = r"""(?P<locals> , \s*+ (?:locals: | :locals\s*+=>) \s*+ \{ [^{}]*+ \} \s*+ )?+"""
_PARTIAL = re.compile(
    rf"=?= \s*+ partial \s*+ (?P<open>\()?+ \s*+ {_NAME} \s*+ {_LOCALS} (?(open)\)) \s*+ -?", re.VERBOSE
)
# As a partial may be called on disk, after the name that includes it.
_ENDINGS = ("", ".md", ".html.md", ".md.erb", ".html.md.erb", ".markdown", ".html.erb", ".erb", ".html")


class SourceTexts:
    """The text of each file of a source, looked up once, and its documents; counts what both cost."""

    def __init__(self, files: Mapping[str, bytes], paths: Collection[str], place: str):
        self.files, self.paths, self.place = files, frozenset(paths), place
        self.read: dict[str, tuple[str, str]] = {}
        """Of each file that was asked for, its text and the digest of its bytes."""
        self.size = self.included_size = self.inclusions = 0

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

    def document(self, path: str) -> SourceDocument:
        """A document with its partials. Raises ImportRefused at the line that cannot be followed."""
        text, digest = self.of(path), self.read[path][1]
        page = _Page(self)
        if _is_erb(path):
            lines = text.split("\n")
            end = front_matter_end(lines)
            if end:
                # Front matter comes before ERB, so there are no tags in it.
                page.add("\n".join(lines[:end]) + "\n", shown(path), 1)
            elif "<%" in text:
                # What a partial begins with must not become the document's front matter.
                page.add("\n", shown(path), 1)
            page.add_file("\n".join(lines[end:]), end + 1, (path,))
            text = "".join(page.pieces)
        else:
            page.doubt_tags(path, text)
        partials = sorted(page.partials)
        if partials:
            digests = [digest, *(self.read[partial][1] for partial in partials)]
            digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()
        doubts = tuple(page.doubts.values())
        return SourceDocument(shown(path), text, digest, tuple(page.origins), doubts, tuple(map(shown, partials)))


class _Page:
    """The text of a document so far, in pieces, where its lines stand, and what there is to say of them."""

    def __init__(self, texts: SourceTexts):
        self.texts = texts
        self.pieces: list[str] = []
        self.origins: list[Stretch] = []
        self.doubts: dict[tuple[str, int], Doubt] = {}
        """The first one of each line."""
        self.partials: set[str] = set()
        self.last = 0
        """The line that the next piece goes on with, counted from 0."""
        self.is_blank = True
        """That line has no words yet."""

    def doubt(self, path: str, line: int, text: str) -> None:
        self.doubts.setdefault((path, line), Doubt(path, line, text))

    def doubt_tags(self, path: str, text: str) -> None:
        for number, line in enumerate(text.split("\n") if "<%" in text else (), start=1):
            if "<%" in line:
                said = "This ERB was kept as text, for the name of the file does not end in .erb."
                self.doubt(shown(path), number, said)

    def add(self, text: str, path: str, first: int) -> None:
        """Adds what stands in that file, as messages name it, from that line on."""
        self.pieces.append(text)
        for line, piece in enumerate(text.split("\n"), start=first):
            if line > first:
                self.last, self.is_blank = self.last + 1, True
            # A line belongs to the file of its first words, not to that of the spaces before them.
            if self.is_blank:
                if self.origins and self.origins[-1].first == self.last:
                    self.origins.pop()
                if not self.origins or self.origins[-1].where(self.last) != (path, line):
                    self.origins.append(Stretch(self.last, path, line))
                self.is_blank = not piece or piece.isspace()

    def add_file(self, text: str, line: int, stack: tuple[str, ...]) -> None:
        """Adds a file's text, which begins at that line of it, tag by tag.

        `stack` has the document and its partials down to this one.
        """
        path, position = shown(stack[-1]), 0
        for tag in _TAG.finditer(text) if _is_erb(stack[-1]) else ():
            code = tag["code"]
            # All that its lines hold.
            is_alone = code is not None and tag["indent"] is not None and tag["rest"] is not None
            start, end = tag.span() if is_alone else tag.span("mark")
            # “<%%” is how ERB writes “<%” itself.
            self.add(text[position:start] + ("<%" if tag["escaped"] else ""), path, line)
            line += text.count("\n", position, start)
            position = end
            if tag["escaped"]:
                continue
            if code is None:
                raise ImportRefused(f"{path}:{line}: this “<%” has no “%>” after it. Complete it or remove it.")
            if code.startswith("#"):
                if said := " ".join(code[1:].split()):
                    self.doubt(path, line, f"This comment was left out: “{said[:100]}”.")
                if is_alone:
                    # It takes its whole line with it, or it would part a paragraph in two.
                    position, line = min(end + 1, len(text)), line + 1
            elif call := _PARTIAL.fullmatch(code):
                if call["locals"]:
                    self.doubt(path, line, "What is handed to this partial (locals) was not used.")
                around = "\n" if is_alone else ""
                self.add(around, path, line)
                self._include(call["symbol"] or call["single"] or call["double"], f"{path}:{line}", stack)
                self.add(around, path, line)
            else:
                said = " ".join(code.split())[:100]
                raise ImportRefused(
                    f"{path}:{line}: this is Ruby code, “<%{said}%>”, and no code of a source is ever run. "
                    "Put there what it would write, or remove it."
                )
            line += code.count("\n")
        self.add(text[position:], path, line)

    def _include(self, name: str, where: str, stack: tuple[str, ...]) -> None:
        """Adds the file that a name means, without its front matter. Raises ImportRefused where it may not be used."""
        path = self._find(name.strip(), where, stack)
        if path in stack:
            chain = " → ".join(map(shown, (*stack[stack.index(path) :], path)))
            raise ImportRefused(f"{where}: this partial would include itself: {chain}. Remove it here.")
        if len(stack) > MAX_DEPTH:
            raise ImportRefused(f"{where}: partials include each other more than {MAX_DEPTH} deep.")
        text = self.texts.of(path)
        # The whole file counts, for comments cost time too although they add nothing.
        self.texts.included_size += len(text)
        self.texts.inclusions += 1
        is_long = self.texts.included_size > MAX_TOTAL_SIZE
        if is_long or self.texts.inclusions > MAX_INCLUSIONS:
            limit = f"{MAX_TOTAL_SIZE:,} characters" if is_long else f"{MAX_INCLUSIONS:,} times"
            raise ImportRefused(f"{where}: the pages include partials for more than {limit} in all.")
        lines = text.rstrip().split("\n")
        end = front_matter_end(lines)
        if end:
            self.doubt(shown(path), 1, "The front matter of this partial was not used.")
        if not _is_erb(path):
            self.doubt_tags(path, text)
        self.partials.add(path)
        self.add_file("\n".join(lines[end:]), end + 1, (*stack, path))

    def _find(self, name: str, where: str, stack: tuple[str, ...]) -> str:
        """The path of a partial: beside the page, as the template looks for it, beside what includes it, in source/."""
        beside = [posixpath.dirname(stack[0]), posixpath.dirname(stack[-1])]
        wholes = [posixpath.normpath(posixpath.join(folder, name.lstrip("/"))) for folder in (*beside, "source", "")]
        for whole in wholes:
            folder, base = posixpath.split(whole)
            for stem in (f"_{base}", base):
                for ending in _ENDINGS:
                    # What leads outside is among no paths.
                    if (path := posixpath.join(folder, stem + ending)) in self.texts.paths:
                        return path
        if all(f"{whole}/".startswith("../") for whole in wholes[: len(beside)]):
            raise ImportRefused(f"{where}: the partial “{name[:100]}” leads outside the source. Put the file in it.")
        raise ImportRefused(
            f"{where}: the partial “{name[:100]}” is not there. Give the whole folder, with the file "
            f"“_{posixpath.basename(name).removeprefix('_')[:100]}.md” in it."
        )


def _is_erb(path: str) -> bool:
    return path.lower().endswith(".erb")
