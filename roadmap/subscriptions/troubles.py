"""What does not go out, since when and why, for staff: emails, posts to programs, words to hubs. Nobody is named."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Min, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from roadmap.models.subscription import Outgoing, OutgoingMail
from roadmap.models.webhook import HubPing, Webhook, WebhookPost

MOST = 20  # rows of each
ENDED_LATELY = datetime.timedelta(days=30)
LATE = datetime.timedelta(minutes=10)  # `send_mail` is run each minute
State = Outgoing.State


def of_mails() -> list[dict[str, Any]]:
    """By what was said, the most first: how many mails, when the oldest was made, when the next is tried.

    `state` is that of Outgoing: a mail that was given up is tried no more.
    """
    rows: Any = OutgoingMail.objects.exclude(trouble="").exclude(state=State.SENT).order_by()
    found = rows.values("state", "trouble").annotate(mails=Count("pk"), since=Min("made_at"), next_at=Min("due_at"))
    return [*found.order_by("-mails", "trouble")[:MOST]]


def of_webhooks(roadmap_pks: Iterable[int], now: datetime.datetime) -> list[dict[str, Any]]:
    """By roadmap (None: all of them) and what was said: how many webhooks fail, or have ended lately, and since when.

    Where one leads is not told: it may hold a key, and says whose it is.
    """
    last = WebhookPost.objects.filter(webhook=OuterRef("pk")).exclude(trouble="").order_by("-pk").values("trouble")
    has_ended = Q(ended_at__isnull=False)
    rows: Any = Webhook.objects.filter(
        Q(subscription__roadmap__in=[*roadmap_pks]) | Q(subscription__roadmap__isnull=True),
        Q(failing_since__isnull=False, ended_at__isnull=True) | Q(ended_at__gt=now - ENDED_LATELY),
    )
    found = (
        rows.order_by()
        .annotate(
            roadmap=F("subscription__roadmap"),
            has_ended=Case(When(has_ended, then=True), default=False),
            said=Case(When(has_ended, then="trouble"), default=Subquery(last[:1])),
            since_when=Coalesce("ended_at", "failing_since"),
        )
        .values("roadmap", "has_ended", "said")
        .annotate(webhooks=Count("pk"), since=Min("since_when"))
    )
    return [*found.order_by("has_ended", "since", "said")[:MOST]]


def of_hubs() -> list[dict[str, Any]]:
    """By hub and what was said: how many feeds it was not told of, since when, and when it is tried again."""
    rows: Any = HubPing.objects.filter(hub__in=settings.WEBSUB_HUBS).exclude(trouble="").exclude(state=State.SENT)
    found = (
        rows.order_by()
        .values("hub", "state", "trouble")
        .annotate(feeds=Count("pk"), since=Min("made_at"), next_at=Min("due_at"))
    )
    return [*found.order_by("hub", "state", "trouble")[:MOST]]


def waiting(now: datetime.datetime) -> dict[str, Any]:
    """How many mails wait, how many of these should have been tried a while ago, and since when they should have."""
    late = Q(due_at__lt=now - LATE)
    rows = OutgoingMail.objects.filter(state=State.WAITING)
    return dict(rows.aggregate(mails=Count("pk"), late=Count("pk", filter=late), since=Min("due_at", filter=late)))
