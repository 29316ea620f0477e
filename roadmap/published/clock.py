"""The one place where the public side reads the clock. Everything else is told what time it is."""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    return timezone.now()
