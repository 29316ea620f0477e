"""A day and a time of the clock in words, as GOV.UK writes them: 24 March 2026, 5:30pm, midday. London time. Pure.

Source of the forms: GOV.UK style guide, "dates" and "times". A page formats a day so with `|date:"j F Y"` too.
"""

import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def day_of(at: datetime.datetime) -> datetime.date:
    """The day in London."""
    return at.astimezone(LONDON).date()


def uk_date(at: datetime.date) -> str:
    """ "24 March 2026", of a day or of a moment."""
    return f"{day_of(at) if isinstance(at, datetime.datetime) else at:%-d %B %Y}"


def uk_time(at: datetime.datetime) -> str:
    """ "5:30pm", "9am"."""
    local = at.astimezone(LONDON)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


def uk_datetime(at: datetime.datetime) -> str:
    """ "24 March 2026 at 5:30pm"."""
    return f"{uk_date(at)} at {uk_time(at)}"
