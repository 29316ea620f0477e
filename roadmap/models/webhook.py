"""The programs that are told what their owners get by email: see docs/decisions/0042."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadmap.models.subscription import Letter, Outgoing, Subscription


class Webhook(models.Model):
    """Replaceable: an address that what one subscription tells is posted to as well. It goes with its subscription."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscription = models.OneToOneField(Subscription, on_delete=models.CASCADE, related_name="webhook")
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=100)  # that it is signed with: "whsec_…"
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)  # None: the last attempt was answered as it must be
    ended_at = models.DateTimeField(null=True)  # nothing is posted from then on
    trouble = models.CharField(max_length=300, blank=True)  # why it ended

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"webhook {self.pk}"  # its address may hold a key


class WebhookPost(Outgoing):
    """Replaceable: what one webhook is told once."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="posts")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="posts")

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["webhook", "period"], name="webhook_post_one_for_each_period"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="webhook_post_due"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="webhook_post_claim"),
        ]

    def __str__(self) -> str:
        return f"post {self.uid}"


class HubPing(Outgoing):
    """Replaceable: that a WebSub hub is to be told of a feed. One row for each, of what is newest in it."""

    hub = models.CharField(max_length=500)
    feed = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["hub", "feed"], name="hub_ping_one_for_each_feed")]

    def __str__(self) -> str:
        return f"ping of {self.feed}"
