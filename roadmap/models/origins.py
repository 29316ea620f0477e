"""What an import last said of each working copy: so that the next one can tell its own changes from those of staff."""

from __future__ import annotations

from django.db import models

from roadmap.content import Content, Noun, from_json


class Origin(models.Model):
    """Replaceable: one thing as the last import of its roadmap said it, and where in the source it stood."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="origins")
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    content = models.TextField()  # JSON, as in Revision
    source = models.CharField(max_length=500)  # "backlog.html.md:12"
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["roadmap", "pk"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "uid"], name="origin_once_per_thing")]

    def __str__(self) -> str:
        return f"{self.noun} from {self.source}"

    def as_content(self) -> Content:
        return from_json(Noun(self.noun), self.content)
