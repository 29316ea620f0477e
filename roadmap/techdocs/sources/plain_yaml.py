"""YAML of a stranger: plain values, in bounded time and memory, or a refusal. What front matter and settings say.

`yaml.safe_load` makes no objects of ours, but that is not enough: aliases in merge keys ("<<: [*a, *a]") grow without
bound while it runs, aliases elsewhere when somebody walks or prints what it gives, and an explicit tag on a value that
it does not fit ("!!bool maybe") is an error of any kind. So aliases and tags are refused before anything is made.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from roadmap.techdocs.sources.source import Doubt, ImportRefused

MAX_DEPTH = 20  # PyYAML goes deeper by recursion, and its time grows with the square of the depth
MAX_FRONT_MATTER = 10_000  # characters
MAX_SETTINGS = 50_000  # characters; the template's own has 2,000
MAX_LINKS = 50
MAX_LINK_LENGTH = 2000  # characters

_FENCE = re.compile(r"---[ \t]*")
_END_FENCE = re.compile(r"(---|\.\.\.)[ \t]*")


class _PlainLoader(yaml.SafeLoader):
    """Dates stay the text that they are: one that no calendar has is text for the template too."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_plain(text: str, *, path: str, line: int, what: str, max_length: int) -> Any:
    """What a YAML text says. `line` is that of its first line in its file, from 1; `what` begins a message.

    Raises ImportRefused where it is not YAML, is longer than `max_length` characters or asks for more than plain
    values: text, numbers, dates, lists and mappings.
    """
    if len(text) > max_length:
        raise ImportRefused(f"{path}:{line}: {what} is longer than {max_length:,} characters.")
    text = text.expandtabs(1)  # after a name and its colon, tabs are blanks as well
    try:
        for further, problem in _too_much(text):
            raise ImportRefused(f"{path}:{line + further}: {what} {problem}. Write plain values.")
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
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


def front_matter_end(lines: Sequence[str]) -> int:
    """The number of lines that front matter takes, between two lines of "---" at the top; 0 where there is none."""
    if not _FENCE.fullmatch(lines[0]):
        return 0
    return next((number + 1 for number in range(1, len(lines)) if _END_FENCE.fullmatch(lines[number])), 0)


def front_matter_values(path: str, lines: Sequence[str]) -> dict[Any, Any]:
    """What the lines between the fences say. Raises ImportRefused where they are not YAML of plain values."""
    found = load_plain("\n".join(lines), path=path, line=2, what="the front matter", max_length=MAX_FRONT_MATTER)
    if not isinstance(found, dict | None):
        raise ImportRefused(f"{path}:1: the front matter should be lines of “name: value” between two lines of “---”.")
    return found or {}


def front_matter(path: str, lines: Sequence[str], doubts: list[Doubt]) -> tuple[str | None, float]:
    """The title and the weight that the lines between the fences give; what else they say is doubted.

    Raises ImportRefused where they are not YAML of plain values.
    """
    found = front_matter_values(path, lines)
    title, weight = found.pop("title", None), found.pop("weight", None)
    if title is not None and not (isinstance(title, str) and title.strip()):
        doubts.append(Doubt(path, 1, "The title in the front matter is not text, so it was not used."))
        title = None
    if weight is None:
        weight = math.inf
    elif isinstance(weight, bool) or not isinstance(weight, int | float) or math.isnan(weight):
        doubts.append(Doubt(path, 1, "The weight in the front matter is not a number, so it was not used."))
        weight = math.inf
    if found:
        names = ", ".join(f"“{str(name)[:50]}”" for name in found)
        doubts.append(Doubt(path, 1, f"The front matter also has {names}: not used."))
    return " ".join(title.split()) if title else None, float(weight) if abs(weight) < 1e300 else math.inf


def settings_in(path: str, text: str) -> Any:
    """What a file of settings says. Raises ImportRefused where it is not YAML of plain values."""
    return load_plain(text, path=path, line=1, what="this file", max_length=MAX_SETTINGS)


def site_facts(path: str, text: str, doubts: list[Doubt]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """The title of a site, its header's links and its address, by its config/tech-docs.yml; what could not be used is
    doubted.

    Raises ImportRefused where the text is not YAML of plain values.
    """
    found = settings_in(path, text)
    if not isinstance(found, dict | None):
        doubts.append(Doubt(path, 1, "These are not settings, lines of “name: value”, so they were not used."))
    if not isinstance(found, dict):
        return "", (), ""
    title, links = found.get("service_name") or "", found.get("header_links") or {}
    if not isinstance(title, str):
        doubts.append(Doubt(path, _line_of("service_name", text), "This name is not text, so it was not used."))
        title = ""
    line = _line_of("header_links", text)
    if not isinstance(links, dict):
        doubts.append(Doubt(path, line, "These links are not lines of “name: address”, so they were not used."))
        links = {}
    usable = tuple((_one_line(name), _one_line(target)) for name, target in links.items() if _is_link(name, target))
    if len(usable) < len(links):
        doubts.append(Doubt(path, line, "Some of these links are not a name and an address, so they were not used."))
    if len(usable) > MAX_LINKS:
        doubts.append(Doubt(path, line, f"There are more than {MAX_LINKS} links: the others were not used."))
    site = _one_line(str(found.get("host") or ""))[:MAX_LINK_LENGTH]
    return _one_line(title), usable[:MAX_LINKS], site if site.startswith(("https://", "http://")) else ""


def _is_link(*parts: Any) -> bool:
    return all(isinstance(part, str) and part.strip() and len(part) <= MAX_LINK_LENGTH for part in parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line_of(name: str, text: str) -> int:
    """The line on which a setting begins, from 1."""
    found = re.search(rf"^[\"']?{name}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
