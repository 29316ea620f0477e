"""What imports leave behind for the next: what the last one said of each working copy, so that it can tell its own
changes from those of staff, and how far a repository's history has come in.
"""

from __future__ import annotations

from django.db import models

from roadmap.content.choices import Noun


class Origin(models.Model):
    """Replaceable: one thing as the last import that had it said it, and where in the source it stood."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="origins")
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    content = models.TextField()  # JSON, as in Revision
    source = models.CharField(max_length=500)  # "backlog.html.md:12"; empty since an import has withdrawn it
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["roadmap", "pk"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "uid"], name="origin_once_per_thing")]

    def __str__(self) -> str:
        return f"{self.noun} from {self.source}"


class HistoryImport(models.Model):
    """Replaceable: how far the history of a git repository has been brought into a roadmap."""

    roadmap = models.OneToOneField("roadmap.Roadmap", on_delete=models.CASCADE, related_name="history_import")
    first_commit = models.CharField(max_length=64)  # that with which the repository began: the same in every clone
    folder = models.CharField(max_length=400, blank=True)  # of its Markdown; empty for the whole repository
    last_commit = models.CharField(max_length=64)  # the last that was looked at, whether or not it gave an Edition
    edition_count = models.PositiveIntegerField()  # with any more, the roadmap has gone on without the repository
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["roadmap"]

    def __str__(self) -> str:
        return f"history of {self.roadmap} up to {self.last_commit[:7]}"
