"""Lines of a calendar are what icalendar writes."""

import datetime

import pytest
from icalendar import Event, vText

from roadmap.web.feeds.ical_lines import line, of_day, of_moment, of_text
from tests.make import LONDON

SAID = [
    "",
    "short",
    *("x" * length for length in range(60, 80)),
    *("é" * length for length in range(28, 40)),
    *("漢字" * length for length in range(10, 14)),
    "\N{ROCKET}" * 40,
    *("x" * length + "; two, \\ back ^ caret\nand a line" for length in range(40, 70)),
    "\\" * 200,
    "^" * 200,
    "a\\N path, and a tab\t and  blanks\x07 and a \x7f",
]


class Escaped(vText):
    """The library would write the two characters \\N, which may be part of a path, as the end of a line."""

    def to_ical(self):
        return self.encode()


@pytest.mark.parametrize("said", SAID)
def test_a_text_is_folded_and_escaped_as_the_library_does(said):
    event = Event()
    event.add("summary", Escaped(of_text(said)))
    written = line("SUMMARY", of_text(said))
    assert event.to_ical().decode() == f"BEGIN:VEVENT\r\n{written}END:VEVENT\r\n"
    assert all(len(part.encode()) <= 75 for part in written.split("\r\n"))


def test_days_and_moments_are_written_as_the_library_does():
    event = Event()
    event.add("dtstart", datetime.date(2026, 3, 1))
    in_summer = datetime.datetime(2026, 7, 1, 0, 30, 5, 999, LONDON)
    in_winter = datetime.datetime(2026, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
    for name, at in (("created", in_summer), ("dtstamp", in_winter)):
        event.add(name, at)
        assert f"{name.upper()}:{of_moment(at)}\r\n" in event.to_ical().decode()
    assert f"DTSTART;VALUE=DATE:{of_day(datetime.date(2026, 3, 1))}\r\n" in event.to_ical().decode()
