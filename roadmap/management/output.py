"""What the commands share: what may be typed, how to say what was published, and how far something long has come."""

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from roadmap.admin.publish.forms import moment_in_london
from roadmap.dates.clock import uk_datetime
from roadmap.models import Change, Edition, Roadmap
from roadmap.publishing import ReasonsMissing

NOTE, REASON = Edition._meta.get_field("note"), Change._meta.get_field("reason")
MOMENT = "the edition's time in London, for example 2026-03-24T09:30; in the future, it is scheduled"
EVERY = 25
_WIDTH = 30  # characters of the bar


class RefusingCommand(BaseCommand):
    """A command that says in one line, as manage.py says what was typed wrongly, why something was refused."""

    refusals: tuple[type[Exception], ...] = ()

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ReasonsMissing as error:
            raise CommandError(f"{error} Give it with --reason TEXT.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except self.refusals as error:
            raise CommandError(" ".join(str(error).split())) from error


def checked_address(contact: str) -> str:
    """The email address, or nothing where none was given. Raises CommandError for what is none."""
    if contact:
        try:
            validate_email(contact)
        except ValidationError as error:
            raise CommandError(f"“{contact}” is not an email address. Give one such as team@example.gov.uk.") from error
    return contact


def checked(text: str, field: Any) -> str:
    """The text, if that field of a model can keep it. Raises CommandError otherwise."""
    if not text.isprintable():
        raise CommandError(f"The {field.name} should be one line, without control characters.")
    try:
        field.run_validators(text)
    except ValidationError as error:
        raise CommandError(f"The {field.name} is too long: {' '.join(error.messages)}") from error
    return text


def roadmap_at(slug: str) -> Roadmap:
    """Raises CommandError, with the addresses there are."""
    roadmap = Roadmap.objects.filter(slug=slug).first()
    if roadmap is None:
        slugs = ", ".join(Roadmap.objects.values_list("slug", flat=True))
        there = f"There are: {slugs}." if slugs else "There are none yet."
        raise CommandError(f"There is no roadmap at /{slug}/. {there}")
    return roadmap


def moment(text: str) -> datetime.datetime | None:
    """Aware; None where none was typed. Raises CommandError, and ValidationError where London's clocks change."""
    if not text:
        return None
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a time. Give a date and a time, such as 2026-03-24T09:30.") from error
    return at if at.tzinfo else moment_in_london(at.date(), at.time())


def published(edition: Edition) -> str:
    """ "Published edition 3 of VAT (MTD) roadmap: 4 changes." Or, where readers do not see it yet, for when it is."""
    changes = counted(Change.objects.filter(revision__edition=edition).count(), "change")
    if edition.was_seen:
        return f"Published edition {edition.number} of {edition.roadmap}: {changes}."
    when = uk_datetime(edition.published_at)
    return f"Scheduled edition {edition.number} of {edition.roadmap} for {when}, London time: {changes}."


@contextmanager
def cannot_write(path: Path, more: str = "") -> Iterator[None]:
    """Raises CommandError for whatever the system says of a file that is being written: that the disk is full."""
    try:
        yield
    except OSError as error:
        told = f"{path} cannot be written: {error.strerror or error}. There is no file of that name."
        raise CommandError(f"{told} {more}".strip()) from error


def counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


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
            filled = "#" * (_WIDTH * place // total)
            # A line that wraps could not be written over.
            line = f"[{filled:{_WIDTH}}] {text}"[: shutil.get_terminal_size().columns - 1]
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
