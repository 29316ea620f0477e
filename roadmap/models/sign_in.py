"""What is known of how people sign in: their sessions, how often a password was tried, recovery codes, other names.

The second factor itself is a row of django-otp. Which of these a backup leaves out: see roadmap/keeping/rows.py.
"""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.crypto import salted_hmac


class SignIn(AbstractBaseSession):
    """Revocable: one browser's session, with what its owner needs to know it by. Written by its session store alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=100, blank=True)  # in words: "Firefox on Windows"

    objects: ClassVar[BaseSessionManager] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "sign-in"
        verbose_name_plural = "sign-ins"

    def __str__(self) -> str:
        return self.browser or "A browser"

    @property
    def mark(self) -> str:
        """Tells it apart in a page. The key itself lets in whoever reads it."""
        return salted_hmac("roadmap.sign_in.mark", self.session_key).hexdigest()[:16]

    @classmethod
    def get_session_store_class(cls) -> type:
        store: type = import_module(settings.SESSION_ENGINE).SessionStore  # which has this model
        return store


class TryLimit(models.Model):
    """Replaceable: until when what was tried under one key has used up its share. See roadmap/admin/sign_in/limits.py.

    Both keys are digests: people type a password into the box for their name.
    """

    key = models.CharField(max_length=64, primary_key=True)
    name_key = models.CharField(max_length=64, blank=True, db_index=True)  # of whose name it is; empty: of nobody's
    used_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.key[:8]


class RecoveryCode(models.Model):
    """Revocable: one code, which is gone once it was used. Only its digest is here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_there_once")]

    def __str__(self) -> str:
        return f"A recovery code of {self.user}"


class OtherIdentity(models.Model):
    """Revocable: who somebody is at an identity provider. A subject is for good, an email address is not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="other_identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="other_identity_is_one_person")]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"
