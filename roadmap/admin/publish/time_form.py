"""A date and a time in London, as staff type them: the form on which an Edition is scheduled, or moved."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from roadmap.publishing import NoSuchTime
from roadmap.publishing.errors import check_time
from roadmap.templatetags.uk_dates import uk_time

LONDON = ZoneInfo("Europe/London")

# The first of each is what a browser's own field sends; the others are for browsers that have none.
DAY_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I%p", "%I:%M %p", "%I %p"]


class LondonTimeForm(forms.Form):
    """After it was found valid, `at` is the moment, aware, at which nothing prevents publishing."""

    use_required_attribute = False

    day = forms.DateField(
        label="Date",
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the date.", "invalid": "Enter a date, for example 27 March 2026."},
    )
    time = forms.TimeField(
        label="Time",
        help_text="London time.",
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Enter the time.", "invalid": "Enter a time, for example 9:30am or 17:00."},
    )

    def __init__(self, *args: Any, now: datetime.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.now = now
        self.at: datetime.datetime | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, time = cleaned.get("day"), cleaned.get("time")
        if day is None or time is None:
            return cleaned
        try:
            at = moment_in_london(day, time)
        except ValidationError as error:
            self.add_error("time", error)
            return cleaned
        try:
            check_time(at, self.now)
        except NoSuchTime as error:
            self.add_error("time" if day == timezone.localdate(self.now, LONDON) else "day", str(error))
        else:
            self.at = at
        return cleaned


def moment_in_london(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """Aware. Raises ValidationError where London's clocks never show that time, or show it twice."""
    local = datetime.datetime.combine(day, time.replace(second=0, microsecond=0), LONDON)
    first, second = local.replace(fold=0), local.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    told = f"{_plain(time)} on {day:%-d %B %Y}"
    if first.utcoffset() > second.utcoffset():  # type: ignore[operator]
        raise ValidationError(
            f"{told} happens twice: the clocks go back that night. Choose a time before 1am, or from 2am."
        )
    raise ValidationError(
        f"{told} does not exist: the clocks go forward that night. Choose a time before 1am, or from 2am."
    )


def _plain(time: datetime.time) -> str:
    """A time that the clock may not show on its day, as `uk_time` says it."""
    return uk_time(datetime.datetime.combine(datetime.date(2026, 1, 1), time, LONDON))
