"""What people say of a draft before it is published: that it is ready, that they agree to it, what they think of it.

Each is tied to the very drafts that the person had before them: by uid, the digest of each (empty where the thing is to
be withdrawn). So it is known of each whether it is still what they saw.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from roadmap.models.fields import OneLineField
from roadmap.models.preview_link import PreviewLink

MAX_COMMENT_LENGTH = 2000


class ReadyNote(models.Model):
    """Revocable: somebody who edits asks for drafts to be published."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="ready_notes")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    note = OneLineField(max_length=500, blank=True)
    seen = models.JSONField()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.note or f"{len(self.seen)} drafts"


class Agreement(models.Model):
    """Revocable: goes with its link. Somebody who needs no account agrees to drafts, or comments on them."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="agreements")
    link = models.ForeignKey(PreviewLink, on_delete=models.CASCADE, related_name="agreements")
    name = OneLineField(max_length=100)
    is_agreed = models.BooleanField()
    comment = models.TextField(max_length=MAX_COMMENT_LENGTH, blank=True)
    said_at = models.DateTimeField()
    seen = models.JSONField()

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_agreed=True) | ~models.Q(comment=""), name="agreement_or_comment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {'agreed' if self.is_agreed else 'commented'}"
