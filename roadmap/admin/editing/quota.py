"""How much may be uploaded: by one person in a day, and by all there are."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from roadmap.models import UploadedPicture

_MIB = 1024 * 1024
_A_DAY = datetime.timedelta(days=1)


class QuotaUsed(Exception):
    """There is no room for this picture. The message is meant for the editor."""


def check_room(user: Any, size: int, now: datetime.datetime | None = None) -> None:
    """Raises QuotaUsed where a picture of so many bytes is too much."""
    now = now or timezone.now()
    if _bytes(UploadedPicture.objects.all()) + size > settings.UPLOADS_IN_ALL:
        raise QuotaUsed(
            f"All pictures of this site have {settings.UPLOADS_IN_ALL // _MIB:,} MB together, which is all that they "
            "may have. Your text is kept: add the picture once whoever runs this site has made room."
        )
    of_today = UploadedPicture.objects.filter(uploaded_by=user, uploaded_at__gt=now - _A_DAY)
    if _bytes(of_today) + size > settings.UPLOADS_PER_PERSON:
        raise QuotaUsed(
            f"You have added pictures of {settings.UPLOADS_PER_PERSON // _MIB:,} MB in a day, which is all that one "
            "person may. Your text is kept: add this picture tomorrow, or a smaller one."
        )


def _bytes(uploads: Any) -> int:
    return uploads.aggregate(total=Sum("size"))["total"] or 0
