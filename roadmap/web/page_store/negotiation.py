"""What a request asks for besides its address: a content coding, a change since, a part (RFC 9110, 12.5.3, 13, 14)."""

import re
from functools import lru_cache

from django.utils.http import parse_http_date_safe

IDENTITY, GZIP, BROTLI = "", "gzip", "br"
# The smallest first: what is taken where a client likes several as much.
CODINGS = (BROTLI, GZIP, IDENTITY)

_ALIASES = {"x-gzip": GZIP, "identity": IDENTITY}
_MEMBER = re.compile(
    r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE
)
_ETAG = re.compile(rb'(?:W/)?("[^"]*")')
_WEAK_ETAG, _STRONG_ETAG = re.compile(rb'W/"[^"]*"'), re.compile(rb'"[^"]*"')
_RANGE = re.compile(rb"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


@lru_cache(maxsize=512)
def codings(accepted: bytes) -> tuple[str, ...]:
    """Those that an Accept-Encoding header takes, the best first. IDENTITY is the last resort where it takes none."""
    said: dict[str, float] = {}
    for member in accepted.decode("latin-1").split(","):
        if found := _MEMBER.fullmatch(member):
            name, quality = found[1].lower(), float(found[2] or 1)
            said[_ALIASES.get(name, name)] = quality
    anything = said.get("*", 0.0)
    # A client need not name identity to take it, but would rather have what it names.
    least = 0.0005 if "*" not in said else anything
    liked = {coding: said.get(coding, least if coding == IDENTITY else anything) for coding in CODINGS}
    return (*sorted((coding for coding in CODINGS if liked[coding] > 0), key=lambda coding: -liked[coding]), IDENTITY)


def has_etag(listed: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match header names it: compared weakly (RFC 9110, 8.8.3.2)."""
    return listed == etag or listed.strip() == b"*" or etag in _ETAG.findall(listed)


def has_strong_etag(listed: bytes, etag: bytes) -> bool:
    """Whether an If-Match header names it: compared strongly, so that none that is weak is it."""
    return listed == etag or listed.strip() == b"*" or etag in _STRONG_ETAG.findall(_WEAK_ETAG.sub(b"", listed))


@lru_cache(maxsize=512)
def moment(header: bytes) -> int | None:
    """Seconds since 1970 of an HTTP date; None for what is none, which a server is to ignore."""
    return parse_http_date_safe(header.decode("latin-1"))


def part_of(header: bytes, length: int) -> tuple[int, int] | None:
    """The first byte and the one after the last of the one part that a Range header asks for.

    None for what is to be ignored: several parts, other units, nonsense. Raises ValueError where there is no such part.
    """
    found = _RANGE.fullmatch(header)
    if found is None or found[1] == found[2] == b"":
        return None
    if not found[1]:
        first, end = max(length - int(found[2]), 0), length
    else:
        first, end = int(found[1]), length
        if found[2]:
            if int(found[2]) < first:
                return None
            end = min(int(found[2]) + 1, length)
    if first >= end:
        raise ValueError(f"There is no such part of {length} bytes.")
    return first, end
