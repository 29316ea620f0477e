"""The ERB of a tech-docs source, without Ruby: what can be read off a tag is put in its place, and no code is ever run.

The template includes one file in another by `<%= partial "documentation/name" %>`; a call of that form is read as
words, and so are those of the template's helpers. A tag that writes nothing for readers is left out; one that writes
what nobody can know is kept as text. Both are doubted. Markdown has no tags for this of its own, and a file whose name
does not end in .erb is not ERB for the template either: tags in it are text.
"""

import hashlib
import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from roadmap.techdocs.sources.erb_tags import BlockKind, ErbTag, TagKind, tags_of
from roadmap.techdocs.sources.plain_yaml import front_matter_end, front_matter_values, settings_in
from roadmap.techdocs.sources.source import MAX_TOTAL_SIZE, Doubt, ImportRefused, SourceDocument, Stretch, shown
from roadmap.techdocs.sources.text import as_text
from roadmap.techdocs.sources.written_values import Known, Partial, partial_of, writes_nothing, written

MAX_DEPTH = 10  # partials within partials
MAX_INCLUSIONS = 1000  # of all documents of a source: an empty partial costs time too

# As a partial may be called on disk, after the name that includes it.
_ENDINGS = ("", ".md", ".html.md", ".md.erb", ".html.md.erb", ".markdown", ".html.erb", ".erb", ".html")
_OF_TEMPLATE = "layouts/"  # what the template brings along, and no source need have
_SPECIFICATION = re.compile(r"^(?:api|api_schema|api_operation)>[^\n]*", re.MULTILINE)
_KEPT = "no code of a source is ever run, so it was kept as text. Put there what it would write, or remove it."


class SourceTexts:
    """The text of each file of a source, looked up once, and its documents; counts what both cost.

    `settings` is the path of the settings, empty where there are none. Of a site, all files are there.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        paths: Collection[str],
        place: str,
        settings: str = "",
        *,
        is_site: bool = False,
    ):
        self.files, self.paths, self.place = files, frozenset(paths), place
        self.settings, self.is_site = settings, is_site
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
        page = _Page(self, path)
        if _is_erb(path):
            lines = text.split("\n")
            end = front_matter_end(lines)
            if end:
                # Front matter comes before ERB, so there are no tags in it.
                page.add("\n".join(lines[:end]) + "\n", shown(path), 1)
            elif "<%" in text:
                # What a partial begins with must not become the document's front matter.
                page.add("\n", shown(path), 1)
            page.add_file("\n".join(lines[end:]), end + 1, (path,), {})
            text = "".join(page.pieces)
        else:
            page.doubt_tags(path, text)
        partials = sorted(page.partials)
        if partials:
            digests = [digest, *(self.read[partial][1] for partial in partials)]
            digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()
        document = SourceDocument(shown(path), text, digest, tuple(page.origins), partials=tuple(map(shown, partials)))
        for found in _SPECIFICATION.finditer(text):
            where = document.where(text.count("\n", 0, found.start()))
            page.doubt(*where, f"The template shows an API here, “{found[0][:100]}”: kept as text. Put a link there.")
        return replace(document, doubts=tuple(page.doubts.values()))

    def count_included(self, length: int, where: str, *, is_file: bool = False) -> None:
        """Counts characters that come into a page from elsewhere. Raises ImportRefused where they are too many."""
        self.included_size += length
        self.inclusions += is_file
        is_long = self.included_size > MAX_TOTAL_SIZE
        if is_long or self.inclusions > MAX_INCLUSIONS:
            limit = f"{MAX_TOTAL_SIZE:,} characters" if is_long else f"{MAX_INCLUSIONS:,} times"
            raise ImportRefused(f"{where}: the pages include partials for more than {limit} in all.")

    def front_matter_of(self, path: str) -> Mapping[Any, Any]:
        lines = self.of(path).split("\n")
        end = front_matter_end(lines)
        return front_matter_values(shown(path), lines[1 : end - 1]) if end else {}

    def settings_of_site(self) -> Mapping[Any, Any]:
        found = settings_in(self.settings, self.of(self.settings)) if self.settings else {}
        return found if isinstance(found, dict) else {}


class _Place(NamedTuple):
    """Where a tag stands."""

    path: str
    """As messages name it."""
    line: int
    stack: tuple[str, ...]
    """The document and its partials down to this one."""
    given: Mapping[str, str | None]
    """What was handed to it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class _Page:
    """The text of a document so far, in pieces, where its lines stand, and what there is to say of them."""

    def __init__(self, texts: SourceTexts, path: str):
        self.texts = texts
        self.known = Known(partial(texts.front_matter_of, path), texts.settings_of_site, {})
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

    def add_file(self, text: str, line: int, stack: tuple[str, ...], given: Mapping[str, str | None]) -> None:
        """Adds a file's text, which begins at that line of it, tag by tag. For the others see _Place."""
        path, position, number = shown(stack[-1]), 0, 0
        tags = tags_of(text) if _is_erb(stack[-1]) else []
        while number < len(tags):
            start = tags[number].start
            self.add(text[position:start], path, line)
            line += text.count("\n", position, start)
            number, position = self._add_tag(text, tags, number, _Place(path, line, stack, given))
            line += text.count("\n", start, position)
        self.add(text[position:], path, line)

    def _add_tag(self, text: str, tags: list[ErbTag], number: int, place: _Place) -> tuple[int, int]:
        """Adds what a tag stands for. Returns the number of the next tag, and where the text after this one begins."""
        tag = tags[number]
        said = " ".join(tag.code.split())[:100]
        if tag.kind is TagKind.ESCAPED:
            self.add("<%", place.path, place.line)
        elif tag.kind is TagKind.UNENDED:
            self.doubt(place.path, place.line, "This “<%” has no “%>” after it, so it was kept as text.")
            return len(tags), tag.start
        elif tag.kind is TagKind.COMMENT:
            return self._left_out(text, tags, number, place, f"This comment was left out: “{said}”." if said else "")
        elif tag.block is BlockKind.ELSEWHERE or tag.is_silent:
            told = f"What this code begins, “{said}”, writes nothing on the page, so it was left out up to its end."
            return self._left_out(text, tags, tag.last, place, told)
        elif tag.block is BlockKind.LOOP:
            told = f"Code repeats this part, “{said}”, and {_KEPT}"
            return self._kept(text, tags, number, tag.last, place, told)
        elif tag.is_of_block:
            return self._left_out(text, tags, number, place, "")
        elif tag.block is BlockKind.CONDITION:
            told = (
                f"The old site showed what follows only where “{said}”. It was kept: check that readers should see it."
            )
            return self._left_out(text, tags, number, place, told)
        elif tag.kind is TagKind.STATEMENT or writes_nothing(tag.code) or tag.code.startswith("content_tag"):
            told = f"This code writes no text, so it was left out: “{said}”."
            return self._left_out(text, tags, number, place, told)
        elif call := partial_of(tag.code):
            problem = self._include(call, place, is_alone=tag.is_alone)
            if problem and call.name.startswith(_OF_TEMPLATE):
                told = f"The partial “{call.name[:100]}” is not there, but the template's own: it was left out."
                return self._left_out(text, tags, number, place, told)
            if problem:
                return self._kept(text, tags, number, number, place, problem)
        elif (found := written(tag.code, self.known._replace(given=place.given))) is not None:
            self.texts.count_included(len(found), str(place))
            self.add(found, place.path, place.line)
        else:
            return self._kept(text, tags, number, number, place, f"This is code, “{said}”: {_KEPT}")
        return number + 1, tag.end

    def _left_out(self, text: str, tags: list[ErbTag], last: int, place: _Place, told: str) -> tuple[int, int]:
        if told:
            self.doubt(place.path, place.line, told)
        tag = tags[last]
        # It takes its whole line with it, or it would part a paragraph in two.
        return last + 1, min(tag.end + 1, len(text)) if tag.is_alone else tag.end

    def _kept(self, text: str, tags: list[ErbTag], first: int, last: int, place: _Place, told: str) -> tuple[int, int]:
        """Code as text: on one line where it stands among words, as a block where it has lines of its own."""
        if told:
            self.doubt(place.path, place.line, told)
        source = text[tags[first].start : tags[last].end]
        if "\n" not in source:
            self.add(source, place.path, place.line)
        elif tags[first].is_alone and tags[last].is_alone:
            fence = "`" * max([3, *(len(ticks) + 1 for ticks in re.findall("`{3,}", source))])
            self.add("\n", place.path, place.line)
            self.add(f"{fence}\n", place.path, place.line)
            self.add(f"{source}\n", place.path, place.line)
            self.add(f"{fence}\n", place.path, place.line + source.count("\n"))
        else:
            self.add(" ".join(source.split()), place.path, place.line)
        return last + 1, tags[last].end

    def _include(self, call: Partial, place: _Place, *, is_alone: bool) -> str:
        """Adds the file that a name means, without its front matter. Returns why it could not; empty where it did.

        Raises ImportRefused where it may not be used, and outside a site where it could not.
        """
        try:
            path = self._find(call.name.strip(), place)
            text = self.texts.of(path)
        except ImportRefused as error:
            if not self.texts.is_site or self.texts.size > MAX_TOTAL_SIZE:
                raise
            return f"This was kept as text, for {str(error).removeprefix(f'{place}: ')}"
        if path in place.stack:
            chain = " → ".join(map(shown, (*place.stack[place.stack.index(path) :], path)))
            raise ImportRefused(f"{place}: this partial would include itself: {chain}. Remove it here.")
        if len(place.stack) > MAX_DEPTH:
            raise ImportRefused(f"{place}: partials include each other more than {MAX_DEPTH} deep.")
        # The whole file counts, for comments cost time too although they add nothing.
        self.texts.count_included(len(text), str(place), is_file=True)
        lines = text.rstrip().split("\n")
        end = front_matter_end(lines)
        if end:
            self.doubt(shown(path), 1, "The front matter of this partial was not used.")
        if not _is_erb(path):
            self.doubt_tags(path, text)
        if None in call.given.values():
            self.doubt(place.path, place.line, "What is handed to this partial (locals) was not used.")
        self.partials.add(path)
        around = "\n" if is_alone else ""
        self.add(around, place.path, place.line)
        self.add_file("\n".join(lines[end:]), end + 1, (*place.stack, path), call.given)
        self.add(around, place.path, place.line)
        return ""

    def _find(self, name: str, place: _Place) -> str:
        """The path of a partial: beside the page, as the template looks for it, beside what includes it, in source/."""
        beside = [posixpath.dirname(place.stack[0]), posixpath.dirname(place.stack[-1])]
        wholes = [posixpath.normpath(posixpath.join(folder, name.lstrip("/"))) for folder in (*beside, "source", "")]
        for whole in wholes:
            folder, base = posixpath.split(whole)
            for stem in (f"_{base}", base):
                for ending in _ENDINGS:
                    # What leads outside is among no paths.
                    if (path := posixpath.join(folder, stem + ending)) in self.texts.paths:
                        return path
        if all(f"{whole}/".startswith("../") for whole in wholes[: len(beside)]):
            raise ImportRefused(f"{place}: the partial “{name[:100]}” leads outside the source. Put the file in it.")
        raise ImportRefused(
            f"{place}: the partial “{name[:100]}” is not there. Give the whole folder, with the file "
            f"“_{posixpath.basename(name).removeprefix('_')[:100]}.md” in it."
        )


def _is_erb(path: str) -> bool:
    return path.lower().endswith(".erb")
