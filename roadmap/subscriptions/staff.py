"""What staff may know of mails: how many people, how many mails, what one would say; for one role, of one address."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from roadmap.dates.clock import LONDON
from roadmap.models.published import Edition
from roadmap.models.subscription import Letter, Often, OutgoingMail, Subscriber, Subscription
from roadmap.published import store
from roadmap.published.filters import Filters
from roadmap.published.redaction import redacted
from roadmap.published.store import history_of
from roadmap.subscriptions import acts
from roadmap.subscriptions.addresses import key_of
from roadmap.subscriptions.letters import Selected, letter_of_news
from roadmap.subscriptions.sending import chosen, message_of_test

WEEKS = 12


def letter_of_unseen(edition: Edition, now: datetime.datetime) -> Letter | None:
    """What somebody who follows all of its roadmap would be told of an Edition that readers do not see yet."""
    would_be = redacted(store.as_of_unseen(edition))
    history = history_of(would_be)
    selected = [Selected(Filters(), edition.number - 1)]
    return letter_of_news(would_be, history, selected, edition.number, Often.EDITION, now, edition.roadmap_id)


def send_test(letter: Letter, address: str, site: str) -> None:
    """At once, to one of the staff. Raises ProviderAway, MailRefused."""
    provider = chosen()
    try:
        provider.send(message_of_test(letter, address, site))
    finally:
        provider.close()


# Numbers


def numbers(roadmap_pks: Iterable[int]) -> dict[int | None, dict[str, int]]:
    """By roadmap, None for all of them: how many subscriptions are confirmed, paused, and told how often."""
    pks = [*roadmap_pks]
    rows: Any = (
        Subscription.objects.filter(Q(roadmap__in=pks) | Q(roadmap__isnull=True), confirmed_at__isnull=False)
        .order_by()
        .values("roadmap")
        .annotate(
            people=Count("subscriber", distinct=True),
            paused=Count("pk", filter=Q(paused_at__isnull=False)),
            **{name: Count("pk", filter=Q(how_often=name, paused_at__isnull=True)) for name in Often.values},
        )
    )
    return {row.pop("roadmap"): row for row in rows}


def weeks(roadmap_pks: Iterable[int], now: datetime.datetime) -> list[dict[str, Any]]:
    """By week, the newest first, and by roadmap: how many mails were made and sent."""
    since = now - datetime.timedelta(weeks=WEEKS)
    rows: Any = (
        OutgoingMail.objects.filter(
            letter__roadmap__in=[*roadmap_pks], made_at__gt=since, letter__kind__in=Often.values
        )
        .order_by()
        .annotate(week=TruncWeek("made_at", tzinfo=LONDON), roadmap=F("letter__roadmap"))
        .values("week", "roadmap")
        .annotate(made=Count("pk"), sent=Count("pk", filter=Q(state=OutgoingMail.State.SENT)))
        .order_by("-week", "roadmap")
    )
    return [*rows]


# One person


def found(address: str) -> Subscriber | None:
    return Subscriber.objects.filter(key=key_of(address.strip())).first()


def all_about(subscriber: Subscriber) -> dict[str, Any]:
    """All that there is of one person, for them."""
    subscriptions = subscriber.subscriptions.values(
        "roadmap__slug", "query", "how_often", "asked_at", "confirmed_at", "paused_at", "webhook__url"
    )
    mails = subscriber.mails.values("letter__subject", "made_at", "sent_at", "state")
    return {
        "number": subscriber.pk,
        "address": subscriber.address,
        "first asked at": subscriber.created_at.isoformat(),
        "subscriptions": [
            {
                "roadmap": one["roadmap__slug"] or "all",
                "selection": one["query"],
                "how often": one["how_often"],
                "webhook": one["webhook__url"],
                **{name.replace("_", " "): _moment(one[name]) for name in ("asked_at", "confirmed_at", "paused_at")},
            }
            for one in subscriptions
        ],
        "emails": [
            {
                "subject": one["letter__subject"],
                "made at": _moment(one["made_at"]),
                "sent at": _moment(one["sent_at"]),
                "state": one["state"],
            }
            for one in mails.order_by("pk")
        ],
    }


def _moment(at: datetime.datetime | None) -> str | None:
    return at.isoformat() if at else None


def erase(subscriber: Subscriber) -> None:
    acts.erase(subscriber)
