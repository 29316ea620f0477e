"""What people do: ask, confirm, change, pause, go on, end. Whoever has ended all is forgotten."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from roadmap.models.subscription import Letter, Often, OutgoingMail, Subscriber, Subscription
from roadmap.subscriptions.addresses import key_of
from roadmap.subscriptions.letters import letter_of_known, letter_to_confirm, letter_with_link
from roadmap.subscriptions.rounds import told_until

CONFIRMED_WITHIN = datetime.timedelta(days=1)


class TooLate(Exception):
    """The link was good for a day, and that is over. Or its clock was set back: it is not begun yet."""


@dataclass(frozen=True)
class Wish:
    """What is asked for, by whom, and how its letter calls it. `words` are nothing that anybody typed."""

    address: str
    site: str
    how_often: Often
    roadmap_pk: int | None
    query: str
    title: str
    words: str


@transaction.atomic
def ask(asked: Wish, now: datetime.datetime) -> None:
    """Makes the mail by which it is confirmed. Whoever gets it already is told so: the page says the same."""
    subscriber, _ = Subscriber.objects.get_or_create(
        key=key_of(asked.address), defaults={"address": asked.address, "site": asked.site, "created_at": now}
    )
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    of = {"roadmap": asked.roadmap_pk} if asked.roadmap_pk else {"roadmap__isnull": True}
    subscription = Subscription.objects.filter(subscriber=subscriber, query=asked.query, **of).first()
    is_new = subscription is None
    if subscription is None:
        subscription = Subscription.objects.create(
            subscriber=subscriber,
            roadmap_id=asked.roadmap_pk,
            query=asked.query,
            how_often=asked.how_often,
            asked_at=now,
        )
    if subscription.confirmed_at:
        write_to(subscriber, letter_of_known(asked.title, asked.words, now, asked.roadmap_pk), now)
        return
    if not is_new:
        subscription.how_often, subscription.asked_at = asked.how_often, now
        subscription.save()
    letter = letter_to_confirm(asked.title, asked.words, asked.how_often, now, asked.roadmap_pk)
    write_to(subscriber, letter, now, [subscription.pk])


def ask_for_link(address: str, now: datetime.datetime) -> None:
    """Nothing where nobody gets anything at that address; nobody is told which."""
    with transaction.atomic():
        subscriber = Subscriber.objects.filter(key=key_of(address)).first()
        if subscriber and subscriber.subscriptions.filter(confirmed_at__isnull=False).exists():
            write_to(subscriber, letter_with_link(now), now)


def write_to(subscriber: Subscriber, letter: Letter, now: datetime.datetime, subscriptions: Iterable[int] = ()) -> None:
    letter.save()
    OutgoingMail.objects.create(
        subscriber=subscriber,
        letter=letter,
        period=f"{letter.kind}:{uuid.uuid4().hex}",
        subscriptions=[*subscriptions],
        made_at=now,
        due_at=now,
    )


def is_too_late(subscription: Subscription, now: datetime.datetime) -> bool:
    return subscription.confirmed_at is None and now - subscription.asked_at > CONFIRMED_WITHIN


def confirm(subscription: Subscription, now: datetime.datetime) -> None:
    """From now on they are told. Raises TooLate. Once more changes nothing."""
    with transaction.atomic():
        locked = Subscription.objects.select_for_update().filter(pk=subscription.pk).first()
        if locked is None or is_too_late(locked, now):
            raise TooLate
        if locked.confirmed_at is None:
            locked.confirmed_at = locked.since = now
            locked.save()


def change(subscription: Subscription, how_often: Often, now: datetime.datetime) -> None:
    """What has been told by the old way is not told again by the new one; what was still to be told, is."""
    if subscription.how_often != how_often:
        told = told_until(Often(subscription.how_often), now)
        subscription.how_often, subscription.since = how_often, max(told, subscription.since or told)
        subscription.save(update_fields=["how_often", "since"])


def pause(subscriptions: Iterable[Subscription], now: datetime.datetime) -> None:
    Subscription.objects.filter(pk__in=[one.pk for one in subscriptions], paused_at__isnull=True).update(paused_at=now)


def go_on(subscriptions: Iterable[Subscription], now: datetime.datetime) -> None:
    """What was published meanwhile is not told: they may have read it."""
    pks = [one.pk for one in subscriptions]
    Subscription.objects.filter(pk__in=pks, paused_at__isnull=False).update(paused_at=None, since=now)


@transaction.atomic
def end(subscriptions: Iterable[Subscription]) -> None:
    """Once more changes nothing."""
    ended = [*subscriptions]
    subscribers = {one.subscriber_id for one in ended}
    Subscription.objects.filter(pk__in=[one.pk for one in ended]).delete()
    for subscriber in Subscriber.objects.filter(pk__in=subscribers):
        if not subscriber.subscriptions.exists():
            erase(subscriber)


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """All that there is of one person. Mails that were sent stay as numbers, of nobody."""
    subscriber.mails.exclude(state=OutgoingMail.State.SENT).delete()
    subscriber.delete()
