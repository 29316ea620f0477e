"""Takes away what nobody needs any more. What readers have seen is never among it.

Each kind has a time for which it is kept. Of what staff saved, the newest of each thing stays for good: by it the next
save is compared.
"""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from roadmap.models import Agreement, PreviewLink, ReadyNote, Roadmap, Save
from roadmap.publishing.pending import pending

AT_ONCE = 1000  # rows that go in one transaction, so that whoever saves meanwhile hardly waits


class Retention(NamedTuple):
    """In days."""

    sign_ins: int = 90
    links: int = 30  # after they ended
    notes: int = 90  # where none of the drafts that they are about is still as it was
    saves: int = 730


class Removed(NamedTuple):
    noun: str
    number: int


def tidy(now: datetime.datetime, retention: Retention, *, is_rehearsal: bool = False) -> list[Removed]:
    """What was removed, kind by kind; in a rehearsal, what would be."""
    return [
        Removed(noun, len(keys) if is_rehearsal else _remove(model, keys))
        for noun, model, keys in _over(now, retention)
    ]


def _remove(model: type[models.Model], keys: list[Any]) -> int:
    for begin in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            # Not by the model's own words: what was saved refuses to go.
            models.QuerySet(model).filter(pk__in=keys[begin : begin + AT_ONCE]).delete()
    return len(keys)


def _over(now: datetime.datetime, retention: Retention) -> Iterator[tuple[str, type[models.Model], list[Any]]]:
    def before(days: int) -> datetime.datetime:
        return now - datetime.timedelta(days=days)

    yield "session", Session, _keys(Session, Q(expire_date__lt=now))
    cool_off = now - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    yield "lock-out", AccessAttempt, _keys(AccessAttempt, Q(attempt_time__lt=cool_off))
    for record in (AccessLog, AccessFailureLog):
        noun = "sign-in" if record is AccessLog else "failed sign-in"
        yield noun, record, _keys(record, Q(attempt_time__lt=before(retention.sign_ins)))

    notes, agreements = _settled(before(retention.notes))
    yield "request to publish", ReadyNote, notes
    yield "agreement or comment", Agreement, agreements
    since = before(retention.links)
    # Whoever agreed to drafts that still wait did so by that link.
    held = {*Agreement.objects.exclude(pk__in=agreements).values_list("link", flat=True)}
    ended = _keys(PreviewLink, Q(expires_at__lt=since) | Q(revoked_at__lt=since))
    yield "preview link", PreviewLink, [key for key in ended if key not in held]

    of_the_same = Save.objects.filter(uid=OuterRef("uid"))
    newer = of_the_same.filter(
        Q(saved_at__gt=OuterRef("saved_at")) | Q(saved_at=OuterRef("saved_at"), pk__gt=OuterRef("pk"))
    )
    yield "save", Save, _keys(Save, Q(saved_at__lt=before(retention.saves)) & Q(Exists(newer)))


def _keys(model: type[models.Model], condition: Q) -> list[Any]:
    return [*models.QuerySet(model).filter(condition).order_by("pk").values_list("pk", flat=True)]


def _settled(until: datetime.datetime) -> tuple[list[Any], list[Any]]:
    """Of what was said of drafts by then, all that is about none that still waits as it was."""
    notes = [*ReadyNote.objects.filter(asked_at__lt=until).values_list("pk", "roadmap", "seen")]
    agreements = [*Agreement.objects.filter(said_at__lt=until).values_list("pk", "roadmap", "seen")]
    waiting = {
        roadmap.pk: {(thing.uid, thing.after_digest) for thing in pending(roadmap)}
        for roadmap in Roadmap.objects.filter(pk__in={roadmap for _, roadmap, _ in (*notes, *agreements)})
    }

    def settled(rows: list[tuple[Any, Any, dict[str, str]]]) -> list[Any]:
        return [key for key, roadmap, seen in rows if waiting[roadmap].isdisjoint(seen.items())]

    return settled(notes), settled(agreements)
