"""The security log: who signed in or was refused, what they may do, and what was taken out of the site."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from roadmap.models.published import Immutable


class SecurityEvent(Immutable):
    """Immutable: one thing that a security review asks for. Written by roadmap.admin.security.log alone.

    Names are kept as text too: what was recorded stays readable whoever is renamed.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGNED_OUT = "signed_out", "Signed out"
        REFUSED = "refused", "Sign-in refused"
        LOCKED = "locked", "Locked out"
        LET_IN = "let_in", "Let in again"
        PASSWORD = "password", "Password"
        SECOND_FACTOR = "second_factor", "Second factor"
        SESSION = "session", "Session ended"
        PERSON = "person", "Person or role"
        FORBIDDEN = "forbidden", "Page refused"
        PREVIEW_MADE = "preview_made", "Preview link made"
        PREVIEW_ENDED = "preview_ended", "Preview link ended"
        EXPORT = "export", "Export or backup"
        READER = "reader", "Address of a reader"

    happened_at = models.DateTimeField("when", db_index=True)
    kind = models.CharField("what", max_length=20, choices=Kind)
    # It stays what it was, were the person's row taken away.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    who = models.CharField(max_length=250, blank=True)  # empty: nobody who is known here
    address = models.CharField("from", max_length=45, blank=True)  # empty: on the server itself
    about = models.CharField("about", max_length=250, blank=True)  # the person, the roadmap, the page
    words = models.CharField("in words", max_length=500, blank=True)

    class Meta(Immutable.Meta):
        ordering = ["-happened_at", "-pk"]
        default_permissions = ("view",)  # nobody adds, changes or removes one
        verbose_name = "security log entry"
        verbose_name_plural = "security log entries"

    def __str__(self) -> str:
        return f"{self.Kind(self.kind).label}: {self.about or self.who}"
