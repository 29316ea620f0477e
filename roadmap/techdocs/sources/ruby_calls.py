"""A call in a template's code, such as `link_to "Terms", "/terms"`, read as words. Pure: nothing is ever run.

Only literal arguments are known: text without anything put into it, symbols and numbers. What else stands in the place
of one is None. Code that is more than one call, a value computed or chosen, is no call here.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_TEXT = r"""'(?:[^'\\]|\\.)*+' | "(?:[^"\\#]|\\.|\#(?!\{))*+" """
_TOKEN = re.compile(
    rf"""
    \s*+ (?:
        (?P<key>[A-Za-z_]\w*+):(?![:\w])
        | :(?P<symbol>[A-Za-z_]\w*+)
        | :?+(?P<text>{_TEXT})
        | (?P<number>-?\d[\d_]*+(?:\.\d++)?+)
        | (?P<word>[A-Za-z_@][\w@]*+[?!]?+(?:(?:\.|::)[A-Za-z_]\w*+[?!]?+)*+)
        | (?P<mark>=>|[(){{}},\[\]])
        | (?P<other>\S)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"""\\(["'\\])""")
_OTHER_ESCAPE = re.compile(r"""\\[^"\\]""")
_OPENING, _CLOSING = frozenset("({["), frozenset(")}]")
MAX_LENGTH = 2000  # characters of a call


class Call(NamedTuple):
    """What is called, and with what."""

    name: str
    values: tuple[str | None, ...]
    named: dict[str, str | None]


class _Token(NamedTuple):
    kind: str
    text: str

    @property
    def literal(self) -> str | None:
        if self.kind != "text":
            return self.text if self.kind in ("symbol", "number") else None
        inside = self.text[1:-1]
        # In double quotes a backslash may mean anything: “\n”, “\u00e9”.
        is_other = self.text[0] == '"' and _OTHER_ESCAPE.search(inside)
        return None if is_other else _ESCAPED.sub(r"\1", inside)


def literal_of(code: str) -> str | None:
    """The text that the code is, in quotes; None where it is anything else."""
    tokens = _tokens(code)
    return tokens[0].literal if len(tokens) == 1 else None


def call_of(code: str) -> Call | None:
    """The one call that the code is; None where it is anything else."""
    tokens = _tokens(code)
    if not tokens or tokens[0].kind != "word":
        return None
    name, given = tokens[0].text, tokens[1:]
    if given[:1] == [_Token("mark", "(")]:
        if given[-1:] != [_Token("mark", ")")]:
            return None
        given = given[1:-1]
    found = _arguments(given)
    return found and Call(name, *found)


def _tokens(code: str) -> list[_Token]:
    """None of them where the code is far too long for a call."""
    if len(code) > MAX_LENGTH:
        return []
    return [_Token(str(found.lastgroup), found[str(found.lastgroup)]) for found in _TOKEN.finditer(code.strip())]


def _arguments(tokens: Sequence[_Token]) -> tuple[tuple[str | None, ...], dict[str, str | None]] | None:
    values: list[str | None] = []
    named: dict[str, str | None] = {}
    for argument in _between_commas(tokens):
        if argument is None or not argument:
            return None
        first, *rest = argument
        if first.kind == "key":
            name, value = first.text, rest
        elif rest and rest[0] == _Token("mark", "=>"):
            name, value = first.literal or "", rest[1:]
        elif first == _Token("mark", "{"):
            inner = _arguments(rest[:-1])
            if inner is None or inner[0]:
                return None
            named |= inner[1]
            continue
        else:
            if rest:  # more than a value: it is computed, or there is a condition after it
                return None
            values.append(first.literal)
            continue
        if value[:1] == [_Token("mark", "{")]:
            inner = _arguments(value[1:-1])
            named |= {name: None} if inner is None else inner[1]
        else:
            named[name] = value[0].literal if len(value) == 1 else None
    return tuple(values), named


def _between_commas(tokens: Sequence[_Token]) -> list[list[_Token] | None]:
    """Each argument; None for one whose brackets do not fit."""
    found: list[list[_Token] | None] = []
    current: list[_Token] = []
    depth = 0
    for token in tokens:
        if token == _Token("mark", ",") and depth == 0:
            found.append(current)
            current = []
            continue
        if token.kind == "mark":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if depth < 0:
                return [None]
        current.append(token)
    return [None] if depth else [*found, current] if tokens else []
