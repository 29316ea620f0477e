"""What a request asks for, however it is written: one that is written oddly is answered as one that is not."""

import re
from collections.abc import Collection
from typing import Any

from roadmap.web.page_store.wsgi_bridge import Scope

_ABSOLUTE = re.compile(r"https?://([^/]+)(/.*)?", re.IGNORECASE | re.DOTALL)


def by_name(lines: Collection[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers, of one that came in several lines all that they list, in their order (RFC 9110, 5.3)."""
    found = dict(lines)
    if len(found) == len(lines):
        return found
    found.clear()
    for name, value in lines:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def in_origin_form(scope: Scope) -> Scope:
    """What is asked for by its whole address, as a proxy is asked, by its path: the host is the one that stands there,
    and no other (RFC 9112, 3.2.2).
    """
    found = _ABSOLUTE.fullmatch(scope["path"])
    if found is None:
        return scope
    others = [pair for pair in scope["headers"] if pair[0] != b"host"]
    changed: dict[str, Any] = {
        "path": found[2] or "/",
        "headers": [(b"host", found[1].encode("utf-8", "replace")), *others],
    }
    return {**scope, **changed}
