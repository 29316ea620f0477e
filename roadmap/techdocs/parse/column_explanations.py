"""What a document says of its own columns: the text of a heading, bold line, list item or sentence that begins with the
column's name. It is copied, and stays where it stands too. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from roadmap.techdocs.parse.blocks import Blocks, Span, plain
from roadmap.techdocs.parse.cell_text import bold_start
from roadmap.techdocs.parse.columns import heading_key
from roadmap.techdocs.parse.result import ParsedField

MAX_EXPLANATION_LENGTH = 5000  # characters
MAX_MARKS = 100  # characters of a column's name that are no part of its key

# After a column's name, in the sentence that explains it.
_EXPLAINS = ("is", "are", "means", "mean", "says", "tells", "shows", "show", "indicates", "whether", "refers")
_BETWEEN = " \t:–—-.?*"


def explained(documents: Sequence[Blocks], fields: Iterable[ParsedField]) -> list[ParsedField]:
    """The fields, each with the first explanation that there is of it."""
    wanted = {heading_key(field.name): field for field in fields}
    if not wanted:
        return []
    found: dict[str, str] = {}
    for document in documents:
        for key, text in _explanations(document, wanted):
            if text and len(text) <= MAX_EXPLANATION_LENGTH:
                found.setdefault(key, text)
    return [
        replace(field, explanation="\n\n".join(part for part in (field.explanation, found.get(key, "")) if part))
        for key, field in wanted.items()
    ]


def _explanations(document: Blocks, wanted: dict[str, ParsedField]) -> Iterator[tuple[str, str]]:
    tokens = [token for token in document.within() if token.nesting >= 0]
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.map or index == 0:
            continue
        opening = tokens[index - 1]
        if opening.type not in ("heading_open", "paragraph_open"):
            continue
        text, _ = plain(token)
        if (key := heading_key(text)) in wanted:
            if opening.level == 0:
                yield key, _block_below(document, tokens, index)
            continue
        bold = heading_key(bold_start(token))
        if bold in wanted:
            yield bold, _after_name(text, bold)
            continue
        folded = heading_key(text[:300])
        for key in wanted:
            if _has_colon(text, key):
                yield key, _after_name(text, key)
            elif folded.startswith(f"{key} ") and (folded[len(key) :].split() or [""])[0] in _EXPLAINS:
                yield key, document.with_definitions(token.content, Span(*token.map))


def _has_colon(text: str, key: str) -> bool:
    for mark in (":", " – ", " - ", " — "):
        before, found, after = text.partition(mark)
        if found and after.strip() and heading_key(before) == key:
            return True
    return False


def _after_name(text: str, key: str) -> str:
    """The rest of a text, in plain words, where its first words are the name; else all of it."""
    length = 0
    while length < min(len(text), len(key) + MAX_MARKS) and heading_key(text[:length]) != key:
        length += 1
    rest = text[length:].lstrip(_BETWEEN)
    return rest[:1].upper() + rest[1:]


def _block_below(document: Blocks, tokens: Sequence[Token], index: int) -> str:
    """The paragraph right below a heading or bold line, and a list that goes with it."""
    texts: list[str] = []
    for token in tokens[index + 1 :]:
        if token.level or not token.map:
            continue
        is_first = not texts
        if token.type == "paragraph_open" and is_first:
            texts.append("\n".join(document.lines[token.map[0] : token.map[1]]))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            texts.append("\n".join(document.lines[token.map[0] : token.map[1]]).rstrip())
            break
        else:
            break
    text = "\n\n".join(texts)
    return document.with_definitions(text, Span(0, 0)) if text else ""
