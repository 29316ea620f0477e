"""What staff saved, drafts included: the history that only staff see."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from roadmap.content.choices import Noun
from roadmap.content.things import Content, from_json
from roadmap.models.published import Immutable, ImmutableQuerySet


class SaveQuerySet(ImmutableQuerySet):
    def of_thing(self, uid: str) -> SaveQuerySet:
        """Every save of one thing, newest first."""
        return self.filter(uid=uid).order_by("-saved_at", "-pk")


class Save(Immutable):
    """Immutable: one working copy as one person left it; without content where they deleted it."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="saves")
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)  # as in Revision
    action = models.CharField(max_length=200, default="Saved")  # in words: "Marked as deployed in sandbox"
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[SaveQuerySet] = SaveQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Immutable.Meta):
        ordering = ["-saved_at", "-pk"]
        indexes = [models.Index(fields=["uid", "-saved_at"], name="save_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.title}: {self.action}"

    def as_content(self) -> Content | None:
        return from_json(Noun(self.noun), self.content) if self.content else None
