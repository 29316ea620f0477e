"""Posts what waits for webhooks: from the same outbox as mails, signed, and each attempt on its own."""

import datetime
import json
import logging
import random
import time
from collections.abc import Callable

from roadmap.models.subscription import Outgoing
from roadmap.models.webhook import Webhook, WebhookPost
from roadmap.subscriptions import outbox
from roadmap.subscriptions.links import SITE
from roadmap.subscriptions.outbox import Loan
from roadmap.subscriptions.webhooks import acts
from roadmap.subscriptions.webhooks.network import OUT, Door, Reply, post
from roadmap.subscriptions.webhooks.signing import signed

logger = logging.getLogger(__name__)

GONE = 410
MOST_SECONDS = 20  # before mails have their turn again
JITTER = 0.25  # by so much a wait is longer at most
LONGEST_ASKED = datetime.timedelta(hours=6)  # that a Retry-After is kept to
AGENT = "Roadmap-Webhooks/1"


def post_all(
    *,
    door: Door = OUT,
    is_stopped: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime.datetime] = outbox.clock,
) -> int:
    """All that are due, until none is left, it has taken a while, or somebody says to stop. How many came through."""
    ends, came = time.monotonic() + MOST_SECONDS, 0
    rows = WebhookPost.objects.select_related("letter", "webhook__subscription__subscriber")

    def is_over() -> bool:
        return is_stopped() or time.monotonic() > ends

    while not is_over():
        loan = outbox.lend(rows, now(), provider="webhooks")
        if loan is None:
            break
        came += _post_lent(loan, door, is_over, now)
    return came


def _post_lent(
    loan: Loan[WebhookPost], door: Door, is_over: Callable[[], bool], now: Callable[[], datetime.datetime]
) -> int:
    came, failed = 0, set[int]()
    for one in loan.mails:
        if is_over() or now() > loan.begun_by:
            break
        webhook = one.webhook
        if webhook.pk in failed:  # it is not asked for each of them
            continue
        is_paused = webhook.subscription.paused_at and one.letter.kind != acts.TEST
        if is_paused or not Webhook.objects.filter(pk=webhook.pk, ended_at__isnull=True).exists():
            outbox.drop(one, loan)
            continue
        answer, why = _asked(one, door, now())
        if not why:
            outbox.note_sent(one, loan, now())
            acts.note_answered(webhook)
            came += 1
            continue
        failed.add(webhook.pk)
        stretch = 1 + random.uniform(0, JITTER)  # noqa: S311 - no secret
        outbox.note_failed(one, loan, why, now(), stretch=stretch)
        if answer and answer.retry_after:
            later = now() + min(answer.retry_after, LONGEST_ASKED)
            of_this = loan.rows.filter(pk=one.pk, state=Outgoing.State.WAITING, claim=None, due_at__lt=later)
            of_this.update(due_at=later)
        acts.note_failed(webhook, why, now(), is_gone=answer is not None and answer.status == GONE)
    if failed:
        held = loan.rows.filter(claim=loan.claim, webhook__in=failed, state=Outgoing.State.WAITING)
        held.update(claim=None, due_at=now() + outbox.WAITS[0])
    outbox.give_back(loan, now())
    return came


def _asked(one: WebhookPost, door: Door, now: datetime.datetime) -> tuple[Reply | None, str]:
    """What was said, and why that is not well; empty where it is."""
    body = body_of(one)
    uid = f"msg_{one.uid.hex}"
    headers = {"Content-Type": "application/json", "User-Agent": AGENT, **signed(one.webhook.secret, uid, now, body)}
    try:
        answer = post(one.webhook.url, body, headers, door)
    except OSError as error:
        logger.info("Webhook %s was not reached: %s", one.webhook_id, error)
        return None, str(error)
    if 200 <= answer.status < 300:
        return answer, ""
    if answer.status == GONE:
        return answer, "it answered 410, which says that it is gone for good"
    if 300 <= answer.status < 400:
        return answer, f"it answered {answer.status}, and we follow no redirect: give the address that it leads to"
    return answer, f"it answered {answer.status}"


def body_of(one: WebhookPost) -> bytes:
    """The same at each attempt."""
    kind = "roadmap.test" if one.letter.kind == acts.TEST else "roadmap.changed"
    data = json.loads(one.letter.data.replace(SITE, one.webhook.subscription.subscriber.site))
    told = {"type": kind, "timestamp": one.made_at.astimezone(datetime.UTC).isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False).encode()
