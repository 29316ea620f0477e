"""Who uploaded which picture, and how large it is: what one person, and all of them, may still add."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class UploadedPicture(models.Model):
    """Replaceable: one picture that is kept. Its row stays with it, as nothing takes a picture away."""

    name = models.CharField(max_length=200, unique=True)
    size = models.PositiveIntegerField()  # bytes
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
