"""What is kept of a review before it is published: what a publisher typed and chose, and what editors call minor."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReviewDraft(models.Model):
    """Replaceable: what one person typed and chose for the next Edition of one roadmap, until it is published."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="review_drafts")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sent = models.TextField()  # the page's form as a browser sends it: JSON, the values by the name of the field
    began_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["began_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "reviewer"], name="review_draft_one_for_each_person")]

    def __str__(self) -> str:
        return f"{self.reviewer}'s review of {self.roadmap}"


class MinorMark(models.Model):
    """Replaceable: that somebody calls one change minor, as it was then. See roadmap.publishing.minor_marks."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="minor_marks")
    uid = models.UUIDField()
    mark = models.CharField(max_length=32)  # Pending.mark: another change of the same thing has another
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "uid"], name="minor_mark_one_for_each_thing")]

    def __str__(self) -> str:
        return f"{self.uid} is minor"
