"""What the parts of an address mean, and what they may be written with."""

import datetime

from django.urls import register_converter
from django.urls.converters import IntConverter, SlugConverter


class ReferenceConverter(SlugConverter):
    """The reference of an item, as typed: a page finds one in small letters too, and leads to it."""


class EditionNumberConverter(IntConverter):
    """From 1. An Edition is never renumbered, so its address is for good."""


class DayConverter:
    """A day, written as our addresses write it: one page has one address. Anything else is given as it was typed."""

    regex = SlugConverter.regex

    def to_python(self, value: str) -> datetime.date | str:
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            return value
        return day if day.isoformat() == value else value  # "20260203" and "2026-W06-2" are ISO 8601 too

    def to_url(self, value: datetime.date | str) -> str:
        return str(value)


register_converter(ReferenceConverter, "reference")
register_converter(EditionNumberConverter, "edition")
register_converter(DayConverter, "day")
