"""What imports told the person who imported: kept as long as the roadmap, for whoever may edit it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from roadmap.content.choices import Noun
from roadmap.models.published import Immutable

MAX_NOTES = 2000  # of one import
MAX_NOTE_LENGTH = 2000  # characters


class ImportReport(Immutable):
    """Immutable: one import that changed something, or was unsure of something new."""

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="import_reports")
    name = models.CharField(max_length=200)  # of the file or folder, or the commit
    summary = models.TextField()  # a line each: what was read, made, changed and withdrawn
    left_off = models.PositiveIntegerField(default=0)  # notes that were too many to keep
    imported_at = models.DateTimeField()  # that of its Saves too
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Of a history: what the commit became.
    edition = models.ForeignKey("roadmap.Edition", on_delete=models.CASCADE, null=True, related_name="import_reports")

    class Meta(Immutable.Meta):
        ordering = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return f"import of {self.name}"


class ImportNote(Immutable):
    """Immutable: one line of a report, and the thing that it is about, which is the roadmap where nothing else is."""

    class Kind(models.TextChoices):
        DOUBT = "doubt", "To check"
        LEFT = "left", "Left as staff have it"
        UPDATED = "updated", "Changed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CREATED = "created", "Added"

    report = models.ForeignKey(ImportReport, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    title = models.CharField(max_length=250)  # with the reference of an item
    path = models.CharField(max_length=500)
    line = models.PositiveIntegerField()  # 0 for the whole file
    text = models.TextField(blank=True, max_length=MAX_NOTE_LENGTH)  # of a change, a sentence a line

    class Meta(Immutable.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["uid", "kind"], name="import_note_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.title}: {self.text}"

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path
