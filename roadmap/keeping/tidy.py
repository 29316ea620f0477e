"""Takes away what nobody needs any more. What readers have seen is never among it.

Each kind has a time for which it is kept. Of what staff saved, the newest of each thing stays for good: by it the next
save is compared.
"""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from roadmap.models import (
    Agreement,
    HubPing,
    Letter,
    MinorMark,
    OutgoingMail,
    PreviewLink,
    ReadyNote,
    ReviewDraft,
    Roadmap,
    Save,
    SecurityEvent,
    SignIn,
    Subscriber,
    Subscription,
    SubscriptionRequest,
    TryLimit,
    WebhookPost,
)
from roadmap.publishing.pending import pending

AT_ONCE = 1000  # rows that go in one transaction, so that whoever saves meanwhile hardly waits


class Retention(NamedTuple):
    """In days."""

    sign_ins: int = 90
    security: int = 365
    links: int = 30  # after they ended
    notes: int = 90  # where none of the drafts that they are about is still as it was
    saves: int = 730
    mails: int = 90  # after they were made; by then whoever ended all is long forgotten


class Removed(NamedTuple):
    noun: str
    number: int


def tidy(now: datetime.datetime, retention: Retention, *, is_rehearsal: bool = False) -> list[Removed]:
    """What was removed, kind by kind; in a rehearsal, what would be."""
    return [
        Removed(noun, len(keys) if is_rehearsal else _remove(model, keys))
        for noun, model, keys in _over(now, retention)
    ]


def _remove(model: type[models.Model], keys: list[Any]) -> int:
    for begin in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            # Not by the model's own words: what was saved refuses to go.
            models.QuerySet(model).filter(pk__in=keys[begin : begin + AT_ONCE]).delete()
    return len(keys)


def _over(now: datetime.datetime, retention: Retention) -> Iterator[tuple[str, type[models.Model], list[Any]]]:
    def before(days: int) -> datetime.datetime:
        return now - datetime.timedelta(days=days)

    yield "session", SignIn, _keys(SignIn, Q(expire_date__lt=now))
    yield "limit of signing in", TryLimit, _keys(TryLimit, Q(used_until__lt=now))
    yield "upload that waited", Session, _keys(Session, Q(expire_date__lt=now))
    cool_off = now - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    yield "lock-out", AccessAttempt, _keys(AccessAttempt, Q(attempt_time__lt=cool_off))
    for record in (AccessLog, AccessFailureLog):
        noun = "sign-in" if record is AccessLog else "failed sign-in"
        yield noun, record, _keys(record, Q(attempt_time__lt=before(retention.sign_ins)))

    yield "security event", SecurityEvent, _keys(SecurityEvent, Q(happened_at__lt=before(retention.security)))

    said = _settled(before(retention.notes))
    yield "request to publish", ReadyNote, said[ReadyNote]
    yield "agreement or comment", Agreement, said[Agreement]
    yield "review that was begun", ReviewDraft, said[ReviewDraft]
    yield "mark of a minor change", MinorMark, said[MinorMark]
    since = before(retention.links)
    # Whoever agreed to drafts that still wait did so by that link.
    held = {*Agreement.objects.exclude(pk__in=said[Agreement]).values_list("link", flat=True)}
    ended = _keys(PreviewLink, Q(expires_at__lt=since) | Q(revoked_at__lt=since))
    yield "preview link", PreviewLink, [key for key in ended if key not in held]

    day = before(1)
    yield "request for emails", SubscriptionRequest, _keys(SubscriptionRequest, Q(asked_at__lt=day))
    unconfirmed = Q(confirmed_at__isnull=True, asked_at__lt=day)
    yield "subscription that nobody confirmed", Subscription, _keys(Subscription, unconfirmed)
    others = Subscription.objects.filter(subscriber=OuterRef("pk")).exclude(unconfirmed)
    yield "address that gets no emails", Subscriber, _keys(Subscriber, Q(created_at__lt=day) & ~Q(Exists(others)))
    yield "email", OutgoingMail, _keys(OutgoingMail, Q(made_at__lt=before(retention.mails)))
    over = Q(made_at__lt=before(retention.mails)) | Q(webhook__ended_at__lt=day)
    yield "post to a webhook", WebhookPost, _keys(WebhookPost, over)
    yield "word for a hub", HubPing, _keys(HubPing, ~Q(hub__in=settings.WEBSUB_HUBS))
    used = [Q(Exists(kind.objects.filter(letter=OuterRef("pk")))) for kind in (OutgoingMail, WebhookPost)]
    unused = ~(used[0] | used[1])
    yield "text of an email", Letter, _keys(Letter, Q(made_at__lt=day) & unused)

    of_the_same = Save.objects.filter(uid=OuterRef("uid"))
    newer = of_the_same.filter(
        Q(saved_at__gt=OuterRef("saved_at")) | Q(saved_at=OuterRef("saved_at"), pk__gt=OuterRef("pk"))
    )
    yield "save", Save, _keys(Save, Q(saved_at__lt=before(retention.saves)) & Q(Exists(newer)))


def _keys(model: type[models.Model], condition: Q) -> list[Any]:
    return [*models.QuerySet(model).filter(condition).order_by("pk").values_list("pk", flat=True)]


def _settled(until: datetime.datetime) -> dict[type[models.Model], list[Any]]:
    """Of what was said of drafts by then, all that is about none that still waits as it was."""
    notes = [*ReadyNote.objects.filter(asked_at__lt=until).values_list("pk", "roadmap", "seen")]
    agreements = [*Agreement.objects.filter(said_at__lt=until).values_list("pk", "roadmap", "seen")]
    reviews = [*ReviewDraft.objects.filter(saved_at__lt=until).values_list("pk", "roadmap")]
    marks = [*MinorMark.objects.filter(marked_at__lt=until).values_list("pk", "roadmap", "mark")]
    roadmaps = {row[1] for row in (*notes, *agreements, *reviews, *marks)}
    waiting = {roadmap.pk: pending(roadmap) for roadmap in Roadmap.objects.filter(pk__in=roadmaps)}
    drafts = {pk: {(thing.uid, thing.after_digest) for thing in things} for pk, things in waiting.items()}
    marked = {pk: {thing.mark for thing in things} for pk, things in waiting.items()}
    return {
        ReadyNote: [key for key, roadmap, seen in notes if drafts[roadmap].isdisjoint(seen.items())],
        Agreement: [key for key, roadmap, seen in agreements if drafts[roadmap].isdisjoint(seen.items())],
        ReviewDraft: [key for key, roadmap in reviews if not waiting[roadmap]],
        MinorMark: [key for key, roadmap, mark in marks if mark not in marked[roadmap]],
    }
