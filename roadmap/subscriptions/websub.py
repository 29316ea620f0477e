"""Tells the hubs of WEBSUB_HUBS that a feed has something new: https://www.w3.org/TR/websub/.

A row for each hub and feed, which waits again when an Edition announces anything. Only the feeds of a whole roadmap,
and of all together, name a hub: see roadmap/web/feeds/atom_and_json.py.
"""

import datetime
import hashlib
import random
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from roadmap.models.subscription import Outgoing
from roadmap.models.webhook import HubPing
from roadmap.published import store
from roadmap.published.history import PastEdition
from roadmap.subscriptions import outbox
from roadmap.subscriptions.outbox import Loan
from roadmap.subscriptions.webhooks.network import OUT, Door, post
from roadmap.subscriptions.webhooks.posting import AGENT, JITTER, MOST_SECONDS
from roadmap.web.addresses import public_addresses

FEEDS = ("atom", "json_feed")


def notice(now: datetime.datetime) -> int:
    """How many hubs are to be told of how many feeds that have something new."""
    if not settings.WEBSUB_HUBS:
        return 0
    return sum(_wait(hub, feed, of, now) for feed, of in _newest(now) for hub in settings.WEBSUB_HUBS)


def _newest(now: datetime.datetime) -> Iterator[tuple[str, str]]:
    """The address of each feed that has an entry, and what its newest entry is of."""
    every: list[str] = []
    for published in store.newest_of_each(now, with_history=True):
        edition = next(filter(_announces, reversed(store.history_of(published).editions)), None)
        if edition is None:
            continue
        of = f"{published.snapshot.roadmap.uid}:{edition.number}"
        every.append(of)
        addresses = public_addresses(published.edition.roadmap_slug, settings.PUBLIC_ORIGIN)
        yield from ((addresses.to(name), of) for name in FEEDS)
    if every:  # two may have gone live at one moment
        of = hashlib.sha256(" ".join(sorted(every)).encode()).hexdigest()
        yield from ((f"{settings.PUBLIC_ORIGIN}{reverse(f'web:all:{name}')}", of) for name in FEEDS)


def _announces(edition: PastEdition) -> bool:
    """Whether feeds have an entry of it."""
    return any(thing.news for thing in edition.told)


@transaction.atomic
def _wait(hub: str, feed: str, of: str, now: datetime.datetime) -> bool:
    rows = HubPing.objects.filter(hub=hub, feed=feed)
    if rows.filter(period=of).exists():
        return False
    waits = {"period": of, "state": Outgoing.State.WAITING, "due_at": now, "attempts": 0, "claim": None, "trouble": ""}
    HubPing.objects.update_or_create(hub=hub, feed=feed, defaults={**waits, "made_at": now})
    return True


def ping_all(
    *,
    door: Door = OUT,
    is_stopped: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime.datetime] = outbox.clock,
) -> int:
    """How many were told. A hub that is no longer in the settings is not."""
    notice(now())
    rows = HubPing.objects.filter(hub__in=settings.WEBSUB_HUBS)
    began, told = now(), 0
    while not is_stopped() and (now() - began).total_seconds() < MOST_SECONDS:
        loan = outbox.lend(rows, now(), provider="websub")
        if loan is None:
            break
        for ping in loan.mails:
            if is_stopped() or now() > loan.begun_by:
                break
            told += _ping(ping, loan, door, now)
        outbox.give_back(loan, now())
    return told


def _ping(ping: HubPing, loan: Loan[HubPing], door: Door, now: Callable[[], datetime.datetime]) -> bool:
    body = urlencode({"hub.mode": "publish", "hub.url": ping.feed, "hub.topic": ping.feed}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}
    try:
        answer = post(ping.hub, body, headers, door)
        why = "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
    except OSError as error:
        why = str(error)
    if not why:
        outbox.note_sent(ping, loan, now())
        return True
    stretch = 1 + random.uniform(0, JITTER)  # noqa: S311 - no secret
    outbox.note_failed(ping, loan, why, now(), stretch=stretch)
    return False
