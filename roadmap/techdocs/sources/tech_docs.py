"""The settings of a tech-docs site, config/tech-docs.yml: what they say of the site. The rest is the template's own."""

import re
from typing import Any

from roadmap.techdocs.sources.plain_yaml import load_plain
from roadmap.techdocs.sources.source import Doubt

MAX_LENGTH = 50_000  # characters; the template's own has 2,000
MAX_LINKS = 50
MAX_LINK_LENGTH = 2000  # characters


def site_facts(text: str, path: str) -> tuple[str, tuple[tuple[str, str], ...], tuple[Doubt, ...]]:
    """The site's title, its header's links, and what of these could not be used.

    Raises ImportRefused where the text is not YAML of plain values.
    """
    found = load_plain(text, path=path, line=1, what="this file", max_length=MAX_LENGTH)
    doubts: list[Doubt] = []
    if found is None:
        return "", (), ()
    if not isinstance(found, dict):
        return "", (), (Doubt(path, 1, "These are not settings, lines of “name: value”, so they were not used."),)
    title = found.get("service_name") or ""
    if not isinstance(title, str):
        doubts.append(Doubt(path, _line_of("service_name", text), "This name is not text, so it was not used."))
        title = ""
    links = found.get("header_links") or {}
    line = _line_of("header_links", text)
    if not isinstance(links, dict):
        doubts.append(Doubt(path, line, "These links are not lines of “name: address”, so they were not used."))
        links = {}
    usable = tuple((_one_line(name), _one_line(target)) for name, target in links.items() if _is_link(name, target))
    if len(usable) < len(links):
        doubts.append(Doubt(path, line, "Some of these links are not a name and an address, so they were not used."))
    if len(usable) > MAX_LINKS:
        doubts.append(Doubt(path, line, f"There are more than {MAX_LINKS} links: the others were not used."))
    return _one_line(title), usable[:MAX_LINKS], tuple(doubts)


def _is_link(*parts: Any) -> bool:
    return all(isinstance(part, str) and part.strip() and len(part) <= MAX_LINK_LENGTH for part in parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line_of(name: str, text: str) -> int:
    """The line on which a setting begins, from 1."""
    found = re.search(rf"^[\"']?{name}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
