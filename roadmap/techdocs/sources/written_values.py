"""What the code of a tag writes where that can be read off it: the template's helpers and the page's own values. Pure.

The calls of a helper with literal arguments are read as words and put into Markdown as the helper would into HTML.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from roadmap.techdocs.sources.ruby_calls import Call, call_of, literal_of

_OF_PAGE = re.compile(r"""current_(?:page|resource)\.data(?:\.(\w++)|\[:?["']?(\w++)["']?\])""")
_OF_SITE = re.compile(r"""config\[:?["']?tech_docs["']?\]\[:?["']?(\w++)["']?\]""")
_PARTIALS = ("partial", "render_partial", "render")
_NOTHING = re.compile(
    r"""
    yield(?:_content)?+\b | content_for\b | stylesheet_link_tag\b | javascript_(?:include_)?+tag\b | favicon_tag\b
    | auto_discovery_link_tag\b | \w*meta_tags?+\b | \w*(?:analytics|tag_manager|tracking)\w*+
    """,
    re.VERBOSE,
)
_IN_LINK = re.compile(r"[\[\]]")


class Known(NamedTuple):
    """Values that code may name, each by its name."""

    page: Callable[[], Mapping[Any, Any]]
    """What the page's front matter says."""
    site: Callable[[], Mapping[Any, Any]]
    """The site's settings."""
    given: Mapping[str, str | None]
    """What was handed to this partial."""


class Partial(NamedTuple):
    """The call of a partial."""

    name: str
    given: Mapping[str, str | None]
    """What is handed to it, None where that is computed."""


def partial_of(code: str) -> Partial | None:
    """The partial that the code includes."""
    call = call_of(code)
    if call is None or call.name not in _PARTIALS:
        return None
    given = dict(call.named)
    name = call.values[0] if len(call.values) == 1 else given.pop("partial", None) if not call.values else None
    return Partial(name, given) if name and name.strip() else None


def writes_nothing(code: str) -> bool:
    """Whether what it writes is no text for readers: a place for something of the template's, a script, a style."""
    return _NOTHING.match(code) is not None


def written(code: str, known: Known) -> str | None:
    """The Markdown that stands for what it writes, on one line; None where nobody can say."""
    if code in known.given:
        found = known.given[code]
    elif name := _OF_PAGE.fullmatch(code):
        found = _as_text(known.page().get(name[1] or name[2]))
    elif name := _OF_SITE.fullmatch(code):
        found = _as_text(known.site().get(name[1]))
    else:
        call = call_of(code)
        found = literal_of(code) or (_helped(call) if call else None)
    return None if found is None else " ".join(found.split())


def _as_text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float | datetime.date) and not isinstance(value, bool) else None


def _helped(call: Call) -> str | None:
    match call.name, call.values:
        case "warning_text", (str(text),):
            return f"**Warning:** {text}"
        case "link_to", (str(text), str(target)):
            return f"[{_IN_LINK.sub(_escaped, text)}]({_target(target)})"
        case "mail_to", (str(address), *rest) if len(rest) < 2 and None not in rest:
            return f"[{_IN_LINK.sub(_escaped, str((*rest, address)[0]))}](mailto:{_target(address)})"
        case "image_tag", (str(path),):
            return f"![{_IN_LINK.sub(_escaped, call.named.get('alt') or '')}]({_target(_of_picture(path))})"
        case "image_path", (str(path),):
            return _of_picture(path)
        case (("url_for" | "asset_path" | "asset_url"), (*_, str(path))):
            return path
    return None


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _target(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _of_picture(path: str) -> str:
    return path if re.match(r"/|\w+:", path) else f"images/{path}"
