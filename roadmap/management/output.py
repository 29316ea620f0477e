"""What the commands share: what may be typed, how to say what was published, and how far something long has come."""

import datetime
import shutil
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.db.models import Field

from roadmap.admin.publish.forms import moment_in_london
from roadmap.models import Change, Edition, Roadmap

EVERY = 25
_WIDTH = 30  # characters of the bar


def checked_note(note: str) -> str:
    """The note, if an edition can keep it. Raises CommandError otherwise."""
    return _checked(note, "note", Edition._meta.get_field("note"))


def checked_reason(reason: str) -> str:
    """The reason, if a change can keep it. Raises CommandError otherwise."""
    return _checked(reason, "reason", Change._meta.get_field("reason"))


def checked_address(contact: str) -> str:
    """The email address, or nothing where none was given. Raises CommandError for what is none."""
    if contact:
        try:
            validate_email(contact)
        except ValidationError as error:
            raise CommandError(f"“{contact}” is not an email address. Give one such as team@example.gov.uk.") from error
    return contact


def _checked(text: str, name: str, field: "Field[str, str]") -> str:
    if not text.isprintable():
        raise CommandError(f"The {name} should be one line, without control characters.")
    try:
        field.run_validators(text)
    except ValidationError as error:
        raise CommandError(f"The {name} is too long: {' '.join(error.messages)}") from error
    return text


def roadmap_at(slug: str) -> Roadmap:
    """Raises CommandError, with the addresses there are."""
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        slugs = ", ".join(Roadmap.objects.values_list("slug", flat=True))
        there = f"There are: {slugs}." if slugs else "There are none yet."
        raise CommandError(f"There is no roadmap at /{slug}/. {there}")
    return roadmap


def london_moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """Raises CommandError where London's clocks never show that time, or show it twice."""
    try:
        return moment_in_london(day, time)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def published(edition: Edition) -> str:
    """ "Published edition 3 of VAT (MTD) roadmap: 4 changes." """
    count = Change.objects.filter(revision__edition=edition).count()
    changes = "1 change" if count == 1 else f"{count:,} changes"
    return f"Published edition {edition.number} of {edition.roadmap}: {changes}."


class Progress:
    """One line that is written over, on a terminal; elsewhere a line now and then.

    Writes to what a command has for its output and its errors: the bar is no part of what it has to say.
    """

    def __init__(self, out: Any, bar: Any, noun: str):
        self._out, self._bar, self._noun = out, bar, noun
        self._is_terminal = bool(bar.isatty()) and bool(out.isatty())
        self._is_shown = False

    def at(self, place: int, total: int, more: str) -> None:
        """`more` is what else there is to say of now, in a few words."""
        text = f"{place:,} of {total:,} {self._noun}: {more}"
        if self._is_terminal:
            filled = _WIDTH * place // total
            line = f"[{'#' * filled}{' ' * (_WIDTH - filled)}] {text}"
            # A line that wraps could not be written over.
            line = line[: shutil.get_terminal_size().columns - 1]
            self._bar.write(f"\r\x1b[K{line}", str, ending="")
            self._bar.flush()
            self._is_shown = True
        elif place % EVERY == 0:
            self.say(text)

    def say(self, line: str) -> None:
        self.clear()
        self._out.write(line)
        self._out.flush()

    def clear(self) -> None:
        if self._is_shown:
            self._bar.write("\r\x1b[K", str, ending="")
            self._bar.flush()
            self._is_shown = False
