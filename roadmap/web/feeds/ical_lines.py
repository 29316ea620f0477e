"""Lines of iCalendar. A library takes a second for the thousands that a calendar has where this takes a twentieth, and
has each process hold several megabytes.

They are what icalendar writes, byte by byte: tests hold them to it.
"""

import datetime

from roadmap.web.problems import printable

MOST_OCTETS = 74  # of a line, without its end (RFC 5545, 3.1)


def line(name: str, value: str) -> str:
    whole = f"{name}:{value}"
    if len(whole) <= MOST_OCTETS and whole.isascii():
        return f"{whole}\r\n"
    octets, parts, start = whole.encode(), [], 0
    while len(octets) - start > MOST_OCTETS:
        end = start + MOST_OCTETS
        while octets[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        if octets[end - 1] in b"\\^":  # what they begin stays in one piece
            end -= 1
        parts.append(octets[start:end])
        start = end
    return b"\r\n ".join([*parts, octets[start:]]).decode() + "\r\n"


def of_text(said: str) -> str:
    """Escaped (RFC 5545, 3.3.11), without control characters, which a calendar cannot hold (3.1). Lines still end."""
    lines = (" ".join(line.split()) for line in printable(said).split("\n"))
    clean = "\n".join(lines).replace("\x7f", "\ufffd")
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def of_day(day: datetime.date) -> str:
    return day.isoformat().replace("-", "")


def of_moment(at: datetime.datetime) -> str:
    """In UTC."""
    written = at.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return written.replace("-", "").replace(":", "") + "Z"
