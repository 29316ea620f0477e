"""Dates and times as GOV.UK writes them: 24 March 2026, 5:30pm, midday, midnight. London time."""

import datetime

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def uk_date(at: datetime.datetime) -> str:
    """ "24 March 2026". The source of the form: GOV.UK style guide, "dates"."""
    return f"{timezone.localtime(at):%-d %B %Y}"


@register.filter
def uk_time(at: datetime.datetime) -> str:
    """ "5:30pm", "9am". The source of the form: GOV.UK style guide, "times"."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


@register.filter
def uk_datetime(at: datetime.datetime) -> str:
    """ "24 March 2026 at 5:30pm"."""
    return f"{uk_date(at)} at {uk_time(at)}"
