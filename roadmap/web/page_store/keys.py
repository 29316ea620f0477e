"""By what an answer is known: queries that select the same are one, whatever else they carry."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_to_bytes

from roadmap.published.filters import MAX_QUERY_LENGTH, NAMES, OF_ANY_ADDRESS, resembles

# What some view reads of a query besides.
_READ = frozenset({*OF_ANY_ADDRESS, "as", "day"})
_REFUSED = b"%00"  # see RefuseNullBytes
_PLAIN = "!$'()*,/:;?@"  # what need not be quoted in a value (RFC 3986, 3.4), besides what never is


class Key(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str


def is_canonical(query: bytes) -> bool:
    """Whether a query can be known by what it selects. Others are refused, each with the words for it."""
    return len(query) <= MAX_QUERY_LENGTH and _REFUSED not in query


@lru_cache(maxsize=2048)
def canonical(query: bytes) -> str:
    """Without what nobody reads, blanks and repeats, always in the same order: "stage=test&api=a&api=b&utm_source=c"
    and "api=b&api=a&stage=test" are one.

    What resembles a name of ours stays, because it is answered with words of its own. Values are the same however they
    are quoted, and stay as they were sent where they would become too long. Where the last of several is the one that
    is read, they stay in their order.
    """
    parts: dict[tuple[str, bytes], str] = {}
    as_sent: dict[tuple[str, bytes], str] = {}
    for part in query.split(b"&"):
        written_name, _, written_value = part.partition(b"=")
        name_read, value = _read(written_name), _read(written_value)
        name = name_read.decode("utf-8", "replace")
        is_filter = name in NAMES
        if is_filter and not value.strip():
            continue
        if name in _READ or any(resembles(name, known) for known in OF_ANY_ADDRESS):
            if not is_filter:
                parts.pop((name, value), None)
            parts.setdefault((name, value), f"{quote_plus(name_read, _PLAIN)}={quote_plus(value, _PLAIN)}")
            as_sent.setdefault((name, value), part.decode("latin-1"))
    in_order = sorted(parts, key=lambda pair: (pair[0], pair[1] if pair[0] in NAMES and pair[0] != "q" else b""))
    found = "&".join(parts[pair] for pair in in_order)
    return found if len(found) <= MAX_QUERY_LENGTH else "&".join(as_sent[pair] for pair in in_order)


def _read(quoted: bytes) -> bytes:
    return unquote_to_bytes(quoted.replace(b"+", b" "))
