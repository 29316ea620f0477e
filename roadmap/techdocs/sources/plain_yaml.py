"""YAML of a stranger: plain values, in bounded time and memory, or a refusal.

`yaml.safe_load` makes no objects of ours, but that is not enough: aliases in merge keys ("<<: [*a, *a]") grow without
bound while it runs, aliases elsewhere when somebody walks or prints what it gives, and an explicit tag on a value that
it does not fit ("!!bool maybe") is an error of any kind. So aliases and tags are refused before anything is made.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from roadmap.techdocs.sources.source import ImportRefused

MAX_DEPTH = 20  # PyYAML goes deeper by recursion, and its time grows with the square of the depth


def load_plain(text: str, *, path: str, line: int, what: str, max_length: int) -> Any:
    """What a YAML text says. `line` is that of its first line in its file, from 1; `what` begins a message.

    Raises ImportRefused where it is not YAML, is longer than `max_length` characters or asks for more than plain
    values: text, numbers, dates, lists and mappings.
    """
    if len(text) > max_length:
        raise ImportRefused(f"{path}:{line}: {what} is longer than {max_length:,} characters.")
    try:
        for further, problem in _too_much(text):
            raise ImportRefused(f"{path}:{line + further}: {what} {problem}. Write plain values.")
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        at = line + (error.problem_mark.line if error.problem_mark else 0)
        problem = " ".join(str(error.problem or error.context).split())[:200]
        raise ImportRefused(f"{path}:{at}: {what} is not YAML that is accepted here: {problem}.") from error
    # PyYAML lets an impossible date or number out as these.
    except (yaml.YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise ImportRefused(f"{path}:{line}: {what} is not YAML that is accepted here.") from error


def _too_much(text: str) -> Iterator[tuple[int, str]]:
    """The lines, from 0, at which it asks for more than plain values. Lazy: nothing after the first one is read."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            yield line, f"repeats an earlier value with “*{str(event.anchor)[:50]}”, which is not followed here"
        elif isinstance(event, yaml.NodeEvent) and (tag := getattr(event, "tag", None)):
            yield line, f"asks for an object of the type “{tag[:100]}”, and none is ever made here"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield line, f"has lists within lists more than {MAX_DEPTH} deep"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
