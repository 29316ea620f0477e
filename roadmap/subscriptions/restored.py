"""A database that was put back to an earlier state: what it would send may have been sent since, and is held.

See docs/how-to/back-up.md. `restore` calls this in its own transaction, so that whoever sends never sees it otherwise.
"""

import datetime
from typing import Any

from roadmap.models.subscription import Outgoing, OutgoingMail, Subscription
from roadmap.models.webhook import WebhookPost
from roadmap.subscriptions import rounds

WHY = "it was to be sent when a backup was restored, and may have been sent before"
_KINDS: tuple[Any, ...] = (OutgoingMail, WebhookPost)


def hold_all(now: datetime.datetime) -> int:
    """Gives up what waits, and what is to be told by now of what went live since, until staff have it tried again.

    How many mails those are. Hubs are told as ever: whom they tell fetches the feed, and sees what is new to them.
    """
    if Subscription.objects.filter(confirmed_at__isnull=False).exists():
        rounds.notice(now)
    held = [
        kind.objects.filter(state=Outgoing.State.WAITING).update(state=Outgoing.State.GIVEN_UP, claim=None, trouble=WHY)
        for kind in _KINDS
    ]
    return int(held[0])
