"""The lines of one document of an export, and how its texts are read back: as the mark has them, or else as written.

Pure. A mark's own value counts only while the text is what the export made of it: see roadmap.techdocs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from markdown_it import MarkdownIt

from roadmap.techdocs import cells, marks
from roadmap.techdocs.parse.blocks import plain
from roadmap.techdocs.sources import Doubt, ImportRefused, SourceDocument, Stretch
from roadmap.techdocs.sources.front_matter import front_matter, front_matter_end
from roadmap.techdocs.texts import facts_read, first_line, shown, stripped

_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]+(.*))?")
_LINK = re.compile(r"\[(.*)\]\([^()]*\)")
_markdown = MarkdownIt("commonmark")


@dataclass(eq=False)
class Lines:
    """`taken` are those that have found a place; `kept` and `structure` as in WordCount."""

    document: SourceDocument
    lines: list[str]
    start: int
    weight: float
    doubts: list[Doubt]
    taken: set[int] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, document: SourceDocument) -> "Lines":
        """Raises ImportRefused where the front matter cannot be read."""
        lines = document.text.split("\n")
        end = front_matter_end(lines)
        weight = front_matter(document.path, lines[1 : end - 1], [])[1] if end else float("inf")
        made = cls(document, lines, end, weight, [])
        made.mark = cache(made.mark)  # type: ignore[method-assign]
        return made

    def mark(self, line: int) -> marks.AnyMark | None:
        """Raises ImportRefused for a comment that only looks like one of an export."""
        try:
            return marks.on_line(self.lines[line])
        except marks.NotAMark as error:
            raise self.refused(line, error) from error

    def where(self, line: int) -> tuple[str, int]:
        return self.document.where(line)

    def take(self, first: int, last: int) -> None:
        self.taken.update(range(first, last))

    def doubt(self, line: int, text: str) -> None:
        self.doubts.append(Doubt(*self.where(line), text))

    def refused(self, line: int, problem: object) -> ImportRefused:
        path, number = self.where(line)
        return ImportRefused(
            f"{path}:{number}: this comment is not as the export wrote it ({' '.join(str(problem).split())[:200]}). "
            "Put it back, or remove it: then what it belongs to is taken for new."
        )

    @property
    def text_taken(self) -> str:
        """What has been taken, without the marks."""
        texts = []
        for line in sorted(self.taken):
            try:
                _, text = marks.at_start(self.lines[line].strip().removeprefix("|"))
            except marks.NotAMark:
                text = self.lines[line]
            texts.append(text)
        return "\n".join(texts)

    @property
    def rest(self) -> SourceDocument | None:
        """The document without what has been taken, each line where it was; None where nothing is left."""
        if not any(
            line.strip() for number, line in enumerate(self.lines) if number >= self.start and number not in self.taken
        ):
            return None
        left = ["" if number in self.taken else line for number, line in enumerate(self.lines)]
        return replace(self.document, text="\n".join(left))

    @property
    def home_rest(self) -> SourceDocument:
        """The same of the home page, which must have a title: it gets front matter of its own."""
        left = ["" if number in self.taken else line for number, line in enumerate(self.lines)][self.start :]
        origins = [Stretch(0, self.document.path, 1), Stretch(3, self.document.path, self.start + 1)]
        text = _FRONT_MATTER + "\n".join(left)
        return replace(self.document, text=text, origins=tuple(origins))


_FRONT_MATTER = '---\ntitle: "-"\n---\n'


class Block:
    """What stands between a mark and its end, taken piece by piece from the top."""

    def __init__(self, lines: Lines, first: int, last: int, exact: Mapping[str, object] | None):
        self.lines, self.first, self.last = lines, first, last
        self.at = first + 1
        self.exact = {name: value for name, value in (exact or {}).items() if isinstance(value, str)}
        self._skip()

    @property
    def is_empty(self) -> bool:
        return self.at >= self.last

    @property
    def line(self) -> str:
        return self.lines.lines[self.at] if self.at < self.last else ""

    def title(self) -> str:
        """The next line, which is a heading. Raises ImportRefused where it is none."""
        found = _HEADING.fullmatch(self.line)
        if not found:
            path, number = self.lines.where(self.first)
            raise ImportRefused(
                f"{path}:{number}: the heading below this comment is gone. Put it back, or remove the comment: then "
                "what stands below it is read as text."
            )
        text = (found[1] or "").strip()
        self._take()
        return self.plain("title", text)

    def plain(self, name: str, text: str) -> str:
        """Plain text that the mark may have as it was."""
        self.lines.kept.append(text)
        known = self.exact.get(name)
        if known is not None and text in (cells.plain_shown(known), first_line(cells.plain_shown(known))):
            return known
        return plain_value(text)

    def facts(self, names: tuple[str, ...]) -> dict[str, str]:
        """The facts in the next line; none where it is another."""
        found = facts_read(self.line.strip(), names) if self.line.strip() else None
        if found is None:
            return {}
        self.lines.structure += [*found, "br " * (len(found) - 1)]
        self._take()
        return found

    def body(self, closing: str) -> str:
        """All that is left, as Markdown."""
        text = stripped("\n".join(self.lines.lines[self.at : self.last]))
        if closing and text.endswith(f"\n{closing}"):
            text = text.removesuffix(f"\n{closing}")
            self.lines.structure.append(closing)
        self.lines.take(self.at, self.last)
        self.at = self.last
        self.lines.kept.append(text)
        known = self.exact.get("body")
        return known if known is not None and shown(known) == text else text

    def paragraph(self) -> str:
        """The next line, as Markdown; empty where there is none."""
        text = self.line.strip()
        if text:
            self._take()
        return text

    def made(self, is_made: Callable[[str], bool]) -> None:
        """Takes the lines that only the export can have written; others stay where they are."""
        for number in range(self.at, self.last):
            if is_made(self.lines.lines[number]):
                self.lines.take(number, number + 1)
                self.lines.structure.append(self.lines.lines[number])
        self.at = self.last

    def _take(self) -> None:
        self.lines.take(self.at, self.at + 1)
        self.at += 1
        self._skip()

    def _skip(self) -> None:
        while self.at < self.last and not self.lines.lines[self.at].strip():
            self.at += 1


def plain_value(text: str) -> str:
    """The plain text that a Markdown text on one line shows."""
    return cells.plain_read(text) if cells.is_plain(text) else plain_text(text)


def plain_text(text: str) -> str:
    return plain(_markdown.parseInline(text)[0])[0]


def link_text(text: str) -> str:
    """The words of a link, as Markdown; those of the text where it is none."""
    found = _LINK.fullmatch(text.strip())
    return found[1] if found else text.strip()


def is_made_line(line: str) -> bool:
    """A heading, or a link to another page of the site: what an export makes of its own."""
    return bool(_HEADING.fullmatch(line) or re.fullmatch(r"- \[.*\]\([\w./-]+\.html\)", line))
