"""Notices what has gone live, and makes the mails that tell of it: each person gets one of an Edition, or of a period.

Whoever notices first makes them, all in one transaction with the note that they are made: any number may look at once.
A period ends at 8 o'clock in London; what came in the wait before it is told with the next, so that it can be undone.
"""

import datetime
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseUnwell
from django.db import transaction
from django.db.models import Min, QuerySet

from roadmap.dates.clock import LONDON
from roadmap.models.published import Edition
from roadmap.models.subscription import Letter, MailBookmark, Often, OutgoingMail, Subscription
from roadmap.models.webhook import Webhook, WebhookPost
from roadmap.published import store
from roadmap.published.history import History
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.runs import runs
from roadmap.subscriptions import selection
from roadmap.subscriptions.letters import Selected, letter_of_news

logger = logging.getLogger(__name__)

AT = datetime.time(8)  # in London
MONDAY = 0
AT_ONCE = 1000  # rows in one statement

Key = frozenset[tuple[str, int]]  # of queries, each with the last Edition of which nothing is told


@dataclass(frozen=True)
class Wanted:
    """What one person is told of one roadmap."""

    key: Key
    subscriptions: list[int]


def wait() -> datetime.timedelta:
    return datetime.timedelta(minutes=settings.MAIL_WAIT)


def notice(now: datetime.datetime) -> int:
    """How many mails were made."""
    made = 0
    for published in store.newest_of_each(now, with_history=True):
        roadmap_pk = Edition.objects.filter(uid=published.edition.uid).values_list("roadmap_id", flat=True).first()
        if roadmap_pk is None:
            continue
        for how_often in Often:
            try:
                made += _notice_of(published, roadmap_pk, how_often, now)
            except DatabaseUnwell:
                raise
            except Exception:  # whatever of one roadmap cannot be told, the others are
                slug = published.snapshot.roadmap.slug
                logger.exception("Nobody can be told of what is new in %s; it is tried again", slug)
    return made


def _notice_of(published: PublishedRoadmap, roadmap_pk: int, how_often: Often, now: datetime.datetime) -> int:
    """Of one roadmap, all that those are told who want to be told so often."""
    made = 0
    while _may_be_due(published, roadmap_pk, how_often, now):
        with transaction.atomic():
            bookmark = _bookmark(published, roadmap_pk, how_often, now)
            step = _next(bookmark, store.history_of(published), now)
            if step is None:
                return made
            until, period, period_at = step
            made += _make(published, bookmark, until, f"{published.snapshot.roadmap.uid}:{period}", now)
            bookmark.edition_number = until
            bookmark.period_at = period_at or bookmark.period_at
            bookmark.save()
    return made


def _may_be_due(published: PublishedRoadmap, roadmap_pk: int, how_often: Often, now: datetime.datetime) -> bool:
    """Asked before anything is locked: mostly there is nothing to do."""
    bookmark = MailBookmark.objects.filter(roadmap=roadmap_pk, how_often=how_often).first()
    return bookmark is None or _next(bookmark, store.history_of(published), now) is not None


def _bookmark(published: PublishedRoadmap, roadmap_pk: int, how_often: Often, now: datetime.datetime) -> MailBookmark:
    """Locked. A new one stands where the first of those who may be told began to be."""
    rows = MailBookmark.objects.select_for_update().filter(roadmap=roadmap_pk, how_often=how_often)
    found = rows.first()
    newest = published.edition.number
    if found is None:
        began = _confirmed(roadmap_pk, how_often).aggregate(first=Min("since"))["first"] or now
        begins = {"edition_number": _number_at(store.history_of(published), began)}
        MailBookmark.objects.get_or_create(roadmap_id=roadmap_pk, how_often=how_often, defaults=begins)
        found = rows.get()
    if found.edition_number > newest:  # the database was put back to an earlier state
        found.edition_number = newest
    return found


def _confirmed(roadmap_pk: int, how_often: Often) -> QuerySet[Subscription]:
    """Of those that are told of this roadmap, those who may be."""
    told = Subscription.objects.filter(how_often=how_often, confirmed_at__isnull=False, paused_at__isnull=True)
    return told.filter(roadmap=roadmap_pk) | told.filter(roadmap__isnull=True)


def _number_at(history: History, at: datetime.datetime) -> int:
    """Of the newest Edition that was published by then; 0 for none."""
    return max((edition.number for edition in history.editions if edition.published_at <= at), default=0)


def _next(
    bookmark: MailBookmark, history: History, now: datetime.datetime
) -> tuple[int, str, datetime.datetime | None] | None:
    """Up to which Edition to tell, what that is called, and which period it ends; None where it is not time yet."""
    if bookmark.how_often == Often.EDITION:
        run = next(runs(history, bookmark.edition_number, wait()), None)
        if run is None or run.began_at + wait() > now:
            return None
        return run.last, f"edition:{run.last}", None
    ends_at = period_end(Often(bookmark.how_often), now)
    if bookmark.period_at is not None and bookmark.period_at >= ends_at:
        return None
    told = [run.last for run in runs(history, bookmark.edition_number, wait()) if run.began_at + wait() <= ends_at]
    until = max(told, default=bookmark.edition_number)
    return until, f"{bookmark.how_often}:{ends_at.astimezone(LONDON).date().isoformat()}", ends_at


def period_end(how_often: Often, now: datetime.datetime) -> datetime.datetime:
    """The last 8 o'clock in London that has passed: of any day, or of a Monday."""
    day = now.astimezone(LONDON).date()
    if datetime.datetime.combine(day, AT, LONDON) > now:
        day -= datetime.timedelta(days=1)
    if how_often == Often.WEEKLY:
        day -= datetime.timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.datetime.combine(day, AT, LONDON)


def told_until(how_often: Often, now: datetime.datetime) -> datetime.datetime:
    """What was published by then has been told to those who are told so often."""
    return (now if how_often == Often.EDITION else period_end(how_often, now)) - wait()


def next_at(now: datetime.datetime) -> datetime.datetime | None:
    """When what is scheduled next is to be told of at the latest, so that whoever waits for it wakes."""
    first = Edition.objects.scheduled(now).values_list("published_at", flat=True).first()
    return first + wait() if first else None


# Whom to tell, and what


def _make(published: PublishedRoadmap, bookmark: MailBookmark, until: int, period: str, now: datetime.datetime) -> int:
    history = store.history_of(published)
    wanted = _wanted(published, history, bookmark, until)
    if not wanted:
        return 0
    hooks = _webhooks(published, history, bookmark, until)
    keys = {*(one.key for one in wanted.values()), *hooks.values()}
    letters = _letters(published, history, keys, bookmark, until, now)
    posts = (
        WebhookPost(webhook_id=hook, letter=letters[key], period=period, made_at=now, due_at=now)
        for hook, key in hooks.items()
        if key in letters
    )
    WebhookPost.objects.bulk_create(posts, ignore_conflicts=True)
    mails = (
        OutgoingMail(
            subscriber_id=subscriber,
            letter=letters[one.key],
            period=period,
            subscriptions=one.subscriptions,
            made_at=now,
            due_at=now,
        )
        for subscriber, one in wanted.items()
        if one.key in letters
    )
    return sum(1 for _ in _inserted(mails))


def _inserted(mails: Iterator[OutgoingMail]) -> Iterator[OutgoingMail]:
    """Some at a time, so that ten thousand need no more memory than these."""
    while some := [*islice(mails, AT_ONCE)]:
        # Whoever was told of the same already is not told again.
        OutgoingMail.objects.bulk_create(some, ignore_conflicts=True)
        yield from some


def _wanted(published: PublishedRoadmap, history: History, bookmark: MailBookmark, until: int) -> dict[int, Wanted]:
    """By the key of each subscriber."""
    rows = _confirmed(bookmark.roadmap_id, Often(bookmark.how_often)).select_for_update(no_key=True)
    keys: dict[int, set[tuple[str, int]]] = defaultdict(set)
    subscriptions: dict[int, list[int]] = defaultdict(list)
    columns = rows.order_by("subscriber", "pk").values_list("pk", "subscriber", "roadmap", "query", "since")
    for pk, subscriber, begun in _begun(columns.iterator(chunk_size=AT_ONCE), published, history, bookmark, until):
        keys[subscriber].add(begun)
        subscriptions[subscriber].append(pk)
    shared: dict[Key, Key] = {}  # thousands want the same
    return {
        subscriber: Wanted(shared.setdefault(key := frozenset(found), key), subscriptions[subscriber])
        for subscriber, found in keys.items()
    }


def _webhooks(published: PublishedRoadmap, history: History, bookmark: MailBookmark, until: int) -> dict[int, Key]:
    """What each is told: by its own selection alone."""
    followed = _confirmed(bookmark.roadmap_id, Often(bookmark.how_often)).values("pk")
    rows = Webhook.objects.filter(subscription__in=followed, ended_at__isnull=True).order_by("pk")
    of = [f"subscription__{name}" for name in ("subscriber", "roadmap", "query", "since")]
    begun = _begun(rows.values_list("pk", *of), published, history, bookmark, until)
    return {pk: frozenset([one]) for pk, _, one in begun}


def _begun(
    rows: Iterable[tuple[Any, ...]],
    published: PublishedRoadmap,
    history: History,
    bookmark: MailBookmark,
    until: int,
) -> Iterator[tuple[int, int, tuple[str, int]]]:
    """Of those that are about it: their query, and the last Edition of which nothing is told."""
    slug = published.edition.roadmap_slug
    begins: dict[datetime.datetime, int] = {}
    for pk, subscriber, roadmap, query, since in rows:
        if roadmap is None and not selection.is_for(query, slug):
            continue
        if since is None:
            continue  # nothing is confirmed: a constraint says so
        if since not in begins:
            begins[since] = _number_at(history, since)
        after = max(bookmark.edition_number, begins[since])
        if after < until:
            yield pk, subscriber, (query, after)


def _letters(
    published: PublishedRoadmap,
    history: History,
    keys: set[Key],
    bookmark: MailBookmark,
    until: int,
    now: datetime.datetime,
) -> dict[Key, Letter]:
    """Written and saved, for those keys of which there is anything to tell. Each selection is asked once."""
    queries = {query for key in keys for query, _ in key}
    read = {query: selection.read(query, published, now) for query in queries}
    found = {}
    for key in keys:
        selected = [Selected(filters, after) for query, after in sorted(key) if (filters := read[query]) is not None]
        if not selected:
            continue
        letter = letter_of_news(published, history, selected, until, bookmark.how_often, now, bookmark.roadmap_id)
        if letter is not None:
            letter.save()
            found[key] = letter
    return found
