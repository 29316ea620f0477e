"""Who wants to be told of what by email, and the mails that wait to be sent: see docs/decisions/0036 and 0037."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Often(models.TextChoices):
    EDITION = "edition", "Each time something changes"
    DAILY = "daily", "Once a day, at 8am"
    WEEKLY = "weekly", "Once a week, on Monday at 8am"


class Subscriber(models.Model):
    """Replaceable: one address that mail goes to. It goes with its last subscription."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=254, unique=True)  # the address, however it is written
    site = models.CharField(max_length=200)  # where the links of its mails lead: "https://example.gov.uk"
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("see_subscribers", "Can see, export and erase the addresses of people who get emails")]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"  # no log and no list has the address


class Subscription(models.Model):
    """Replaceable: that somebody wants to be told of one selection, and how often."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    # None: every roadmap, those too that come later.
    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, null=True, related_name="+")
    query = models.CharField(max_length=2000, blank=True)  # of the selection, as an address has it, without "?"
    how_often = models.CharField(max_length=10, choices=Often.choices)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    # Nothing that was published by then is told: confirmed, or begun again, at that moment.
    since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "roadmap", "query"],
                condition=Q(roadmap__isnull=False),
                name="subscription_once_for_each_selection",
            ),
            models.UniqueConstraint(
                fields=["subscriber", "query"],
                condition=Q(roadmap__isnull=True),
                name="subscription_once_for_each_selection_of_all",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, since__isnull=True)
                | Q(confirmed_at__isnull=False, since__isnull=False),
                name="subscription_is_told_since_it_was_confirmed",
            ),
        ]
        indexes = [models.Index(fields=["how_often", "roadmap"], name="subscription_by_how_often")]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class SubscriptionRequest(models.Model):
    """Replaceable: that the public form was sent, or a webhook made, by which it is limited. For a day."""

    asked_at = models.DateTimeField(db_index=True)
    # Neither is kept: digests, with this site's secret.
    address_digest = models.CharField(max_length=64)
    network_digest = models.CharField(max_length=64)  # empty: of a webhook

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"request {self.pk}"


class MailBookmark(models.Model):
    """Replaceable: up to which Edition of a roadmap the mails of one kind have been made."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="+")
    how_often = models.CharField(max_length=10, choices=Often.choices)
    edition_number = models.PositiveIntegerField()
    period_at = models.DateTimeField(null=True)  # the 8 o'clock that was made last

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "how_often"], name="mail_bookmark_one_for_each_roadmap"),
        ]

    def __str__(self) -> str:
        return f"{self.how_often} mails of roadmap {self.roadmap_id}: up to edition {self.edition_number}"


class Letter(models.Model):
    """Replaceable: the text of a mail, once for all who get the same. What is each one's own is filled in later."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10)  # how often, "confirm", "known"
    list_name = models.CharField(max_length=60, blank=True)  # by which mail programs know that it is one of many
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    data = models.TextField(blank=True)  # for programs, as JSON
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject


class Outgoing(models.Model):
    """Of each kind of thing that waits to be sent, from when it is made until it was sent, and for a while after."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        GIVEN_UP = "given up", "Given up"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # its Message-ID is made of it
    period = models.CharField(max_length=120)  # what it tells of: nobody gets a second of the same
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # when to try; while somebody tries, when somebody else may
    claim = models.UUIDField(null=True)  # of whoever tries
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)  # why the last attempt failed

    class Meta:
        abstract = True


class OutgoingMail(Outgoing):
    """Replaceable: one mail to one person."""

    # None once they have ended all: then it is a number, of nobody.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="mails")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="mails")
    subscriptions = models.JSONField(default=list)  # the keys of those that it follows from

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "period"], name="outgoing_mail_one_for_each_period"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="outgoing_mail_due"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="outgoing_mail_claim"),
        ]

    def __str__(self) -> str:
        return f"mail {self.uid}"


class MailPace(models.Model):
    """Replaceable: from when one provider may be given the next mails, where it takes only so many a second."""

    provider = models.CharField(max_length=40, unique=True)
    free_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.provider
