"""The mails that wait, and who of many may send them: each is lent to one at a time, and comes back by itself.

Whoever was killed keeps what was lent to it until the loan is over. What it had sent by then, and could not write down,
is sent once more, under the same Message-ID: see docs/decisions/0036-mail-waits-in-the-database.md.
"""

import datetime
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from roadmap.models.subscription import MailPace, Outgoing, OutgoingMail
from roadmap.models.webhook import HubPing, WebhookPost

AT_ONCE = 50  # mails that one is lent
LOAN = datetime.timedelta(minutes=2)
# How long to wait after each attempt that failed. After the last, it is given up: for some three days.
WAITS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440))
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")

State = Outgoing.State
Row = TypeVar("Row", bound=Outgoing)


@dataclass(frozen=True)
class Loan(Generic[Row]):
    """What one may send, from a moment on. Nothing is begun later than half of it: the last answer may be slow."""

    claim: uuid.UUID
    rows: QuerySet[Row]  # of that kind, all of them
    mails: Sequence[Row]
    lent_at: datetime.datetime
    starts_at: datetime.datetime
    begun_by: datetime.datetime


def clock() -> datetime.datetime:
    """That of the database, where many machines ask the same one: theirs may differ."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime.datetime = cursor.fetchone()[0]
        return at


def borrow(now: datetime.datetime, *, provider: str, rate: int) -> Loan[OutgoingMail] | None:
    """The next mails that are due. `rate`: how many a second; 0: any."""
    return lend(OutgoingMail.objects.select_related("subscriber", "letter"), now, provider=provider, rate=rate)


def lend(rows: QuerySet[Row], now: datetime.datetime, *, provider: str, rate: int = 0) -> Loan[Row] | None:
    """The next of these that are due, for nobody else meanwhile. None where there are none."""
    claim, bare = uuid.uuid4(), rows.select_related(None)
    most = min(AT_ONCE, max(1, rate * int(LOAN.total_seconds()) // 4)) if rate else AT_ONCE
    with transaction.atomic():
        due = bare.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
        # What another is about to take is passed over (PostgreSQL); SQLite lets one write at a time.
        keys = [*due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most]]
        if not keys:
            return None
        starts_at = _free(provider, rate, len(keys), now)
        bare.filter(pk__in=keys).update(claim=claim, due_at=starts_at + LOAN)
    return Loan(claim, bare, [*rows.filter(claim=claim).order_by("pk")], now, starts_at, starts_at + LOAN / 2)


def _free(provider: str, rate: int, number: int, now: datetime.datetime) -> datetime.datetime:
    """From when these may be sent, on whichever machine: after those that others were lent."""
    if not rate:
        return now
    MailPace.objects.get_or_create(provider=provider, defaults={"free_at": now})
    pace = MailPace.objects.select_for_update().get(provider=provider)
    starts_at = max(now, min(pace.free_at, now + LOAN))  # a clock that was set back holds nobody up for long
    pace.free_at = starts_at + datetime.timedelta(seconds=number / rate)
    pace.save()
    return starts_at


def note_sent(mail: Row, loan: Loan[Row], now: datetime.datetime) -> None:
    """At once, one by one: what is not noted is sent again."""
    _of(mail, loan).update(state=State.SENT, sent_at=now, claim=None, attempts=F("attempts") + 1, trouble="")


def note_failed(
    mail: Row, loan: Loan[Row], why: str, now: datetime.datetime, *, for_good: bool = False, stretch: float = 1
) -> None:
    """`stretch`: by how much the wait is longer, so that not all come back at once."""
    trouble = _ADDRESS.sub("(an address)", " ".join(why.split()))[:300]  # staff read it
    if for_good or mail.attempts >= len(WAITS):
        _of(mail, loan).update(state=State.GIVEN_UP, claim=None, attempts=F("attempts") + 1, trouble=trouble)
        return
    due_at = now + WAITS[mail.attempts] * stretch
    _of(mail, loan).update(due_at=due_at, claim=None, attempts=F("attempts") + 1, trouble=trouble)


def drop(mail: Row, loan: Loan[Row]) -> None:
    """Nobody wants it any more."""
    _of(mail, loan).delete()


def give_back(loan: Loan[Row], now: datetime.datetime, *, after: datetime.timedelta = datetime.timedelta()) -> None:
    """What was not tried."""
    loan.rows.filter(claim=loan.claim, state=State.WAITING).update(claim=None, due_at=now + after)


def _of(mail: Row, loan: Loan[Row]) -> QuerySet[Row]:
    """That mail while it is lent so: what another has meanwhile is not ours to write."""
    return loan.rows.filter(pk=mail.pk, claim=loan.claim, state=State.WAITING)


def next_due(now: datetime.datetime) -> datetime.datetime | None:
    kinds = (OutgoingMail.objects.all(), WebhookPost.objects.all())
    waiting = (kind.filter(state=State.WAITING, due_at__gt=now).order_by("due_at") for kind in kinds)
    return min(filter(None, (kind.values_list("due_at", flat=True).first() for kind in waiting)), default=None)


def try_again(now: datetime.datetime) -> int:
    """All that was given up and somebody still wants, from the beginning. How many those are."""
    kinds: list[QuerySet[Any]] = [
        OutgoingMail.objects.filter(subscriber__isnull=False),
        WebhookPost.objects.filter(webhook__ended_at__isnull=True),
        HubPing.objects.filter(hub__in=settings.WEBSUB_HUBS),
    ]
    afresh = {"state": State.WAITING, "due_at": now, "attempts": 0}
    return sum(kind.filter(state=State.GIVEN_UP).update(**afresh) for kind in kinds)
