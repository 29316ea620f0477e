"""What a publisher typed, checked field by field. Nothing is acted on here."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from roadmap.admin.editing.markdown_widget import MarkdownWidget, validate_markdown
from roadmap.content.fields import EXISTENCE
from roadmap.dates.clock import uk_date, uk_time
from roadmap.models import ChangelogEntry, Edition
from roadmap.models.fields import validate_one_line, validate_when
from roadmap.publishing import Announcement, NoSuchTime, Pending
from roadmap.publishing.errors import check_time
from roadmap.publishing.publish import MAX_REASON_LENGTH

LONDON = ZoneInfo("Europe/London")

# The first of each is what a browser's own field sends; the others are for browsers that have none.
DAY_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I%p", "%I:%M %p", "%I %p"]

NOW, LATER = "now", "later"
ENTRY_FIELDS = ["entry_title", "entry_when", "entry_body"]
REASON = "reason"  # begins the name of each reason's field: reason:<uid>:<field of the change>


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
        if day is not None and time is not None:
            try:
                at = moment_in_london(day, time)
                check_time(at, self.now)
            except ValidationError as error:
                self.add_error("time", error)
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
    # In words as on any other day: on this one the clock may not show it.
    told = f"{uk_time(datetime.datetime.combine(datetime.date(2026, 1, 1), time, LONDON))} on {uk_date(day)}"
    is_twice = first.utcoffset() > second.utcoffset()  # type: ignore[operator]
    why = "happens twice: the clocks go back" if is_twice else "does not exist: the clocks go forward"
    raise ValidationError(f"{told} {why} that night. Choose a time before 1am, or from 2am.")


class OneLineInput(forms.CharField):
    """One line of text; too long, it says by how much."""

    def __init__(self, *, most: int, checks: Sequence[Callable[[str], None]] = (validate_one_line,), **kwargs: Any):
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "vTextField"}))
        super().__init__(required=False, **kwargs)
        self.most, self.checks = most, checks

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                f"This has {len(value):,} characters. Shorten it to {self.most} or fewer.", code="max_length"
            )
        for check in self.checks:  # unlike a validator, asked of an empty line too
            check(value)


def _most(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


class PublishForm(LondonTimeForm):
    """All that is typed once for the whole Edition. What is chosen thing by thing: see `Review`."""

    field_order = ["reason_for_all", "announce", *ENTRY_FIELDS, "note", "timing"]  # day and time come last

    reason_for_all = OneLineInput(
        most=MAX_REASON_LENGTH,
        label="One reason for all of these",
        help_text="Used for each change above that asks why and has none of its own. Readers see it beside the change.",
    )
    announce = forms.BooleanField(required=False, label="Add this changelog entry")
    entry_title = OneLineInput(
        most=_most(ChangelogEntry, "title"),
        label="Title",
        error_messages={"required": "Give the changelog entry a title, or untick “Add this changelog entry”."},
    )
    entry_when = OneLineInput(
        most=_most(ChangelogEntry, "when"),
        checks=(validate_one_line, validate_when),
        label="Date",
        widget=forms.TextInput(),
    )
    entry_body = forms.CharField(required=False, label="Text", widget=MarkdownWidget, validators=[validate_markdown])
    note = OneLineInput(
        most=_most(Edition, "note"),
        label="Note",
        help_text="In a few words, what this edition is about. Readers see it beside the edition.",
    )
    timing = forms.ChoiceField(
        choices=[(NOW, "Now"), (LATER, "At a date and time")],
        widget=forms.RadioSelect,
        label="When readers see it",
        initial=NOW,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["day"].required = self.fields["time"].required = self.data.get("timing") == LATER
        self.fields["entry_title"].required = bool(self.data.get("announce"))

    def clean(self) -> dict[str, Any]:
        """What is not going to be used is kept as it was typed, and not complained of."""
        is_later = self.data.get("timing") == LATER
        cleaned = super().clean() if is_later else self.cleaned_data
        unused = ([] if is_later else ["day", "time"]) + ([] if cleaned.get("announce") else ENTRY_FIELDS)
        for name in unused:
            self.errors.pop(name, None)
        return cleaned

    @property
    def announcement(self) -> Announcement | None:
        if not self.cleaned_data.get("announce"):
            return None
        title, when, body = (self.cleaned_data[name] for name in ENTRY_FIELDS)
        return Announcement(title=title, when=when, body=body)


def fields_with_reason(thing: Pending) -> list[str]:
    """The changes of a thing that readers can be told the reason of."""
    return [EXISTENCE] if thing.is_removal else [change.field for change in thing.slips]


def reason_name(uid: str, change_field: str) -> str:
    """Of the field that the reason is typed into."""
    return f"{REASON}:{uid}:{change_field}"


def reason_error(text: str) -> str:
    """What is wrong with a reason, or nothing."""
    try:
        OneLineInput(most=MAX_REASON_LENGTH).clean(text)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
