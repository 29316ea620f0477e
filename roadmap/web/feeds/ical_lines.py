"""Lines of iCalendar, for what a calendar has thousands of: the library takes a second where this takes a twentieth.

They are what icalendar writes, byte by byte: tests hold them to it.
"""

import datetime

from icalendar.prop import vText

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


class Text(vText):
    """The library would write the two characters \\N, which may be part of a path, as the end of a line."""

    def to_ical(self) -> bytes:
        return escaped(self).encode()


def text(said: str) -> Text:
    """Without control characters, which a calendar cannot hold (RFC 5545, 3.1); ends of lines are kept."""
    return Text(_clean(said))


def of_text(said: str) -> str:
    return escaped(_clean(said))


def escaped(clean: str) -> str:
    # RFC 5545, 3.3.11.
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _clean(said: str) -> str:
    lines = (" ".join(line.split()) for line in printable(said).split("\n"))
    return "\n".join(lines).replace("\x7f", "\ufffd")


def of_day(day: datetime.date) -> str:
    return day.isoformat().replace("-", "")


def of_moment(at: datetime.datetime) -> str:
    """In UTC."""
    written = at.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return written.replace("-", "").replace(":", "") + "Z"
