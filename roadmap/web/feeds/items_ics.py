"""The dates of a roadmap as a calendar that programs subscribe to: iCalendar (RFC 5545) with RFC 7986.

An all-day event for each arrival of an item in an environment that has a date. What a date means in a calendar:

- a range ("Q3 2026") is all of its days; for whoever asks with `as=start`, its first, and its words are in the title;
- a deadline ("by April 2027") is its last day: that is what a reader has to keep in mind;
- an open end ("from April 2027") is its first day, for a calendar knows no end that is not there;
- to be confirmed, and not applicable, is no event.

An event that once was there is sent as cancelled for as long as the roadmap is, on the days that it had last, for a
program that only ever adds what it gets. Where a roadmap does not tell readers what its dates were, it is sent on the
day of the Edition that took the date away: a standard event has to have some day (RFC 5545, 3.6.1), and that one says
nothing of the date that is gone.

Of one Edition, the calendar is the same for ever, but for the days that pass: an event says when its date has passed
and it has not arrived, and says it from the next day on.
"""

import datetime
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import msgspec
from django.http import HttpRequest

from roadmap.content.choices import Environment
from roadmap.content.fields import KIND
from roadmap.content.snapshot import PlacedItem
from roadmap.dates import When
from roadmap.dates.clock import LONDON, day_of, uk_date
from roadmap.published.date_history import DateStory, stories_of_events
from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.history import History
from roadmap.web.feeds.ical_lines import line, of_day, of_moment, of_text
from roadmap.web.feeds.written import basis_of
from roadmap.web.pages.all_reading import AllReading
from roadmap.web.pages.item_page import PASSED
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, site_of
from roadmap.web.written import WrittenItems, written_items

PRODUCT = "-//Roadmap//items.ics//EN"
REFRESH = "PT1H"  # a program that asks again costs next to nothing: it is told 304
END = b"END:VCALENDAR\r\n"
A_DAY = datetime.timedelta(days=1)

START = "start"  # the one way, besides the usual, in which a range may be shown

Events = dict[Environment, bytes]

# Of two thousand items they have four megabytes, which each process would keep.
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Events).decode

# What of the roadmap itself is said in an event.
SAID_OF_ROADMAP = ("environment_labels", "hides_date_history")


@in_format(Format.TEXT)
@of_newest
def calendar(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    filters = read_filters(request.GET, reading.published, reading.now, besides=reading.besides, is_strict=True)
    shapes = {value.strip().lower() for value in request.GET.getlist("as")} - {""}
    if shapes - {START}:
        words = (
            f"A range is shown as all of its days or, with “as={START}”, as its first. Leave “as” out for all of them."
        )
        raise BadFilter([Problem("as", request.GET["as"], words)])
    write = _WrittenOfAll if isinstance(reading, AllReading) else _Written
    answer = LazyResponse(
        lambda: write(request, reading, filters, is_start=bool(shapes)).content,
        content_type="text/calendar; charset=utf-8",
        changes_daily=True,  # whether a date has passed
    )
    answer["Content-Disposition"] = f'inline; filename="{reading.edition.roadmap_slug}-items.ics"'
    return answer


class _Written:
    def __init__(self, request: HttpRequest, reading: RoadmapReading, filters: Filters, *, is_start: bool):
        """`is_start`: of a range, its first day alone."""
        self.is_start = is_start
        self.reading = reading
        self.filters = filters
        self.addresses = replace(reading.addresses, site=site_of(request))
        self.renamed_at = _renamed_at(reading.history, reading.roadmap.uid)
        self.written: WrittenItems[bytes] = written_items(
            f"calendar {START}" if is_start else "calendar", self.addresses.site, reading.edition.roadmap_slug
        )

    @property
    def content(self) -> bytes:
        return b"".join([self._head(), *self._events(), END])

    def _head(self) -> bytes:
        """The calendar without its events and its end."""
        reading, published = self.reading, self.reading.published
        title = self.filters.title(published)
        words = self.filters.in_words(published)
        about = f"When items arrive that are: {words}" if words else "When items arrive in each environment"
        asked = [*self.filters.values, *([("as", START)] if self.is_start else [])]
        # RFC 7986, and the names by which programs knew the same before it. Without its UID, which is optional:
        # vdirsyncer takes it for that of each event (findings/vdirsyncer-calendar-uid.sh).
        return "".join(
            (
                "BEGIN:VCALENDAR\r\n",
                "VERSION:2.0\r\n",
                line("PRODID", PRODUCT),
                "CALSCALE:GREGORIAN\r\n",
                line("DESCRIPTION", of_text(about)),
                line("X-WR-CALDESC", of_text(about)),
                line("NAME", of_text(title)),
                line("X-WR-CALNAME", of_text(title)),
                line("LAST-MODIFIED", of_moment(reading.edition.published_at)),
                f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}\r\n",
                line("SOURCE;VALUE=URI", self.addresses.to("calendar", query=asked)),
                line("URL", self.addresses.to("items", query=self.filters.values)),
                f"X-PUBLISHED-TTL:{REFRESH}\r\n",
            )
        ).encode()

    def _events(self) -> Iterator[bytes]:
        # The environment is asked of each event: so one that has lost its date is there, as cancelled. Where more is
        # asked of dates, it is asked of the date in that environment.
        but = "" if self.filters.dates else "environment"
        for item in self.filters.items(self.reading.published, but=but):
            yield from self._events_of_item(item)
        for gone in self.filters.withdrawn(self.reading.history, but=but):
            if gone.item_before:
                yield from self._events_of_item(gone.item_before, is_withdrawn=True)

    def _events_of_item(self, item: PlacedItem, *, is_withdrawn: bool = False) -> Iterator[bytes]:
        basis = basis_of(item, self.reading)
        kept = self.written.of(item.content.uid, basis, lambda: _packed(self._events_anew(item, is_withdrawn)))
        asked = self.filters.facets.get("environment", Environment)
        return (event for environment, event in _unpacked(kept).items() if environment in asked)

    def _events_anew(self, item: PlacedItem, is_withdrawn: bool) -> Events:
        found = stories_of_events(self.reading.history, item.content.uid)
        return {story.environment: self._event(item, story, is_withdrawn=is_withdrawn) for story in found}

    def _event(self, item: PlacedItem, story: DateStory, *, is_withdrawn: bool = False) -> bytes:
        label = (item if is_withdrawn else self.reading).roadmap.labels[story.environment]
        url = self.addresses.item(item.content.reference)
        when = None if is_withdrawn else story.now.when
        first, last = _days_of(story)
        if self.is_start and not (when and when.is_deadline):
            last = first
        head = _head(label, when, is_withdrawn, says_range=self.is_start)
        # A date on a roadmap is what is expected, however exact: only what has arrived is certain.
        status = "CONFIRMED" if story.now.is_deployed else "TENTATIVE"
        changed_at = of_moment(self._changed_at(item, story, is_withdrawn))
        categories = (label, KIND.shape.words(item.content.kind))
        about = [*self._lines(item, story, label, is_withdrawn), url]
        # SEQUENCE is every change of what is said of the date: it rises when the date moves, and never falls.
        # DTSTAMP is LAST-MODIFIED, because this is no message that is sent at some moment (RFC 5545, 3.8.7.2).
        # TRANSPARENT: nobody is busy because an API goes live.
        return "".join(
            (
                "BEGIN:VEVENT\r\n",
                line("SUMMARY", of_text(f"{head}: {item.content.title} ({item.content.reference})")),
                f"DTSTART;VALUE=DATE:{of_day(first)}\r\n",
                f"DTEND;VALUE=DATE:{of_day(last + A_DAY)}\r\n",
                f"DTSTAMP:{changed_at}\r\n",
                f"UID:{uuid.uuid5(uuid.UUID(item.content.uid), story.environment.value)}\r\n",
                f"SEQUENCE:{len(story.promises) - 1}\r\n",
                line("CATEGORIES", ",".join(of_text(name) for name in categories if name)),
                f"CREATED:{of_moment(story.promises[0].edition.published_at)}\r\n",
                line("DESCRIPTION", of_text("\n".join(about))),
                f"LAST-MODIFIED:{changed_at}\r\n",
                f"STATUS:{'CANCELLED' if when is None or when.start is None else status}\r\n",
                "TRANSP:TRANSPARENT\r\n",
                line("URL", url),
                "END:VEVENT\r\n",
            )
        ).encode()

    def _lines(self, item: PlacedItem, story: DateStory, label: str, is_withdrawn: bool) -> Iterator[str]:
        now = story.now
        if is_withdrawn:
            yield f"Withdrawn on {uk_date(now.edition.published_at)}"
            return
        if now.when is None:
            yield f"{label}: deployed, no date is given" if now.is_deployed else f"{label}: no date is given any more"
        else:
            if item.is_overdue(story.environment, self.reading.current_day):
                yield f"{label} expected {now.when.in_sentence}{PASSED}"
            else:
                yield f"{label}: {now.when}{', deployed' if now.is_deployed and now.when.start else ''}"
            if now.when.start and now.when.text != str(now.when):
                yield f"As typed: {now.when.text}"
        if story.sentence:
            yield story.sentence
        yield f"Stage: {item.stage_label}"

    def _changed_at(self, item: PlacedItem, story: DateStory, is_withdrawn: bool) -> datetime.datetime:
        """When anything that the event says was last published, or its date passed."""
        latest = self.reading.published.latest_changes
        found = [latest[uid].published_at for uid in (item.content.uid, item.content.release_uid) if uid in latest]
        if not is_withdrawn and item.is_overdue(story.environment, self.reading.current_day):
            found.append(datetime.datetime.combine(_days_of(story)[1] + A_DAY, datetime.time(), LONDON))
        return max([*found, story.now.edition.published_at, *self.renamed_at])


class _WrittenOfAll(_Written):
    """Each event as its own roadmap's calendar has it."""

    def __init__(self, request: HttpRequest, reading: RoadmapReading, filters: Filters, *, is_start: bool):
        super().__init__(request, reading, filters, is_start=is_start)
        self.of_roadmap = lru_cache(lambda own: _Written(request, own, filters, is_start=is_start))

    def _events_of_item(self, item: PlacedItem, *, is_withdrawn: bool = False) -> Iterator[bytes]:
        yield from self.of_roadmap(self.reading.of(item))._events_of_item(item, is_withdrawn=is_withdrawn)


def _packed(events: Events) -> bytes:
    return zlib.compress(_encode(events), 1)


def _unpacked(kept: bytes) -> Events:
    return _decode(zlib.decompress(kept))


def _head(label: str, when: When | None, is_withdrawn: bool, *, says_range: bool) -> str:
    """What the event is, with what its days cannot say: "Live", "Live by April 2027"; `says_range`: "Live Q3 2026"."""
    if is_withdrawn:
        return f"Withdrawn: {label}"
    if when is None or when.start is None:
        return f"No date: {label}"
    says_more = when.end is None or when.is_deadline or when.is_provisional or (says_range and when.end != when.start)
    return f"{label} {when.in_sentence}" if says_more else label


def _days_of(story: DateStory) -> tuple[datetime.date, datetime.date]:
    """The first and the last of the event: see the top of this module."""
    when = story.dated[-1].when if story.dated else None
    if when is None or when.start is None:
        day = day_of(story.now.edition.published_at)
        return day, day
    last = when.end or when.start
    return (last if when.is_deadline else when.start), last


def _renamed_at(history: History, uid: str) -> list[datetime.datetime]:
    return [
        edition.published_at
        for edition, thing in history.of(uid)
        if any(told.change.field in SAID_OF_ROADMAP for told in thing.told)
    ][-1:]
