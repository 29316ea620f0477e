"""Plain functions by which tests ask for mails, and read what came."""

import datetime
import re

from django.core import mail
from django.test import Client

from roadmap.models import Often, Subscriber, Subscription
from roadmap.subscriptions import rounds
from roadmap.subscriptions.form import STAMP, stamp
from roadmap.subscriptions.sending import send_all

WAIT = datetime.timedelta(minutes=10)
AN_HOUR = datetime.timedelta(hours=1)


def subscribed(at, *, roadmap=None, query="", how_often=Often.EDITION, address="dev@example.com"):
    """Somebody who has confirmed at that moment."""
    person, _ = Subscriber.objects.get_or_create(
        key=address.lower(), defaults={"address": address, "site": "https://roadmaps.example", "created_at": at}
    )
    return Subscription.objects.create(
        subscriber=person,
        roadmap=roadmap,
        query=query,
        how_often=how_often,
        asked_at=at,
        confirmed_at=at,
        since=at,
    )


def told(at):
    """The mails that are made and sent at that moment, by Django's own outbox."""
    mail.outbox.clear()
    rounds.notice(at)
    send_all(now=lambda: at)
    return [*mail.outbox]


def subjects(at):
    return [message.subject for message in told(at)]


def link(message, part):
    """Of that kind, in a mail: "confirm", "yours", "end"."""
    return re.search(rf"https?://[^/\s]+(/emails/{part}/[^\s>\"]+)", f"{message.body} {message.extra_headers}")[1]


def ask(client: Client, path: str, at: datetime.datetime, **typed: str):
    """The form, sent five seconds after it was opened."""
    opened = stamp(at - datetime.timedelta(seconds=5))
    return client.post(path, {"address": "dev@example.com", "how_often": "edition", STAMP: opened, **typed})
