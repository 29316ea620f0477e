"""Links by which somebody without a login can see a draft."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from roadmap.dates.clock import uk_date
from roadmap.models.fields import OneLineField


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def open(self, at: datetime.datetime) -> PreviewLinkQuerySet:
        """Those that still let somebody in at that moment: whoever made them may still see the draft."""
        edits = Permission.objects.filter(content_type__app_label="roadmap", codename="change_roadmap")
        maker = OuterRef("created_by")
        has_role = Exists(edits.filter(Q(group__user=maker) | Q(user=maker)))
        is_in_team = Q(roadmap__team=None) | Q(roadmap__team=F("created_by"))
        may_see = Q(created_by__is_superuser=True) | (Q(has_role) & is_in_team)
        found = self.filter(may_see, revoked_at=None, expires_at__gt=at)
        return found.filter(created_by__is_active=True, created_by__is_staff=True).distinct()


class PreviewLink(models.Model):
    """Revocable: the drafts of one roadmap, for whoever holds the link, until it expires or is revoked, or whoever made
    it may not see them any more: their account, their role or their place in the team ends.

    The link itself holds this row's key, signed: nothing here lets anybody in.
    """

    roadmap = models.ForeignKey("roadmap.Roadmap", on_delete=models.CASCADE, related_name="preview_links")
    purpose = OneLineField(blank=True, help_text="Who it is for, so that you can tell your links apart.")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[PreviewLinkQuerySet] = PreviewLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | (~Q(revoked_at=None) & ~Q(revoked_by=None)),
                name="preview_link_revoked_at_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="preview_link_expires_after_it_was_made"
            ),
        ]

    def __str__(self) -> str:
        return self.purpose or f"Link of {uk_date(self.created_at)}"
