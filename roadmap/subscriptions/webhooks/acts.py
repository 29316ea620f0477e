"""What people do with a webhook: make one, try it, take it away; and how one ends that answers no more."""

import datetime
import json
import uuid
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import F

from roadmap.models.subscription import Letter, Outgoing, Subscription
from roadmap.models.webhook import Webhook, WebhookPost
from roadmap.subscriptions.acts import write_to
from roadmap.subscriptions.letters import letter_of_ended_webhook
from roadmap.subscriptions.webhooks.signing import new_secret

DEAD_AFTER = datetime.timedelta(days=5)  # of nothing but failures
TESTS = 10  # an hour
TEST = "test"
AN_HOUR = datetime.timedelta(hours=1)


def make(subscription: Subscription, url: str, now: datetime.datetime) -> Webhook | None:
    """With its secret. None where it has one already."""
    try:
        with transaction.atomic():
            return Webhook.objects.create(subscription=subscription, url=url, secret=new_secret(), created_at=now)
    except IntegrityError:
        return None


def take_away(webhook: Webhook) -> None:
    webhook.delete()


def may_test(webhook: Webhook, now: datetime.datetime) -> bool:
    """Nobody has us knock somewhere again and again."""
    tests = webhook.posts.filter(period__startswith=f"{TEST}:", made_at__gt=now - AN_HOUR)
    return webhook.ended_at is None and tests.count() < TESTS


@transaction.atomic
def test(webhook: Webhook, now: datetime.datetime) -> None:
    """Waits for whoever posts, as all does."""
    data = json.dumps({"text": "This is a test. Nothing has changed."})
    letter = Letter.objects.create(kind=TEST, subject="Test", data=data, made_at=now)
    WebhookPost.objects.create(
        webhook=webhook, letter=letter, period=f"{TEST}:{uuid.uuid4().hex}", made_at=now, due_at=now
    )


def note_answered(webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=False).update(failing_since=None)


def note_failed(webhook: Webhook, why: str, now: datetime.datetime, *, is_gone: bool) -> None:
    """Ends it where it asks for that, or has failed for so long; its owner is told."""
    Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=True).update(failing_since=now)
    with transaction.atomic():
        locked = Webhook.objects.select_for_update().filter(pk=webhook.pk, ended_at__isnull=True).first()
        if locked is None:
            return
        if locked.failing_since and locked.failing_since > now:  # the clock was set back
            Webhook.objects.filter(pk=locked.pk).update(failing_since=now)
        elif is_gone or (locked.failing_since and now - locked.failing_since >= DEAD_AFTER):
            reason = why if is_gone else f"for five days nothing came through, and the last time {why}"
            Webhook.objects.filter(pk=locked.pk).update(ended_at=now, trouble=reason[:300])
            waiting = WebhookPost.objects.filter(webhook=locked, state=Outgoing.State.WAITING)
            waiting.update(state=Outgoing.State.GIVEN_UP, claim=None, attempts=F("attempts") + 1, trouble=reason[:300])
            owner = locked.subscription.subscriber
            write_to(owner, letter_of_ended_webhook(urlsplit(locked.url).hostname or "", reason, now), now)
