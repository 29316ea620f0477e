"""What a publisher typed, checked field by field, and why nothing was published: each reason with the place on the page
where it is put right. Nothing is acted on here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from roadmap.admin.editing.markdown_widget import MarkdownWidget, validate_markdown
from roadmap.content.changes import FieldChange
from roadmap.content.fields import EXISTENCE
from roadmap.models import ChangelogEntry, Edition, Revision, Roadmap
from roadmap.models.fields import validate_one_line, validate_when
from roadmap.publishing import (
    Announcement,
    AnnouncementRefused,
    Choices,
    NoSuchTime,
    Pending,
    PublishingRefused,
    ReasonsMissing,
    WouldTear,
    fingerprint,
)
from roadmap.publishing.checks import MAX_REASON_LENGTH
from roadmap.publishing.errors import check_time
from roadmap.templatetags.uk_dates import uk_datetime, uk_time

LONDON = ZoneInfo("Europe/London")

# The first of each is what a browser's own field sends; the others are for browsers that have none.
DAY_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I%p", "%I:%M %p", "%I %p"]

NOW, LATER = "now", "later"
ENTRY_FIELDS = ["entry_title", "entry_when", "entry_body"]
REASON = "reason"  # begins the name of each reason's field: reason:<uid>:<field of the change>
WIDE = {"class": "vTextField"}
SAY_WHY = "Say why this date moves later: readers see the reason beside the change."


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


class OneLineInput(forms.CharField):
    """One line of text; too long, it says by how much."""

    def __init__(self, *, most: int, **kwargs: Any):
        kwargs.setdefault("widget", forms.TextInput(attrs=WIDE))
        super().__init__(required=False, **kwargs)
        self.most = most

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                f"This has {len(value):,} characters. Shorten it to {self.most} or fewer.", code="max_length"
            )
        validate_one_line(value)


def _most(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


class PublishForm(LondonTimeForm):
    """All that is typed once for the whole Edition. What is chosen thing by thing: see `Decisions`."""

    field_order = ["reason_for_all", "announce", *ENTRY_FIELDS, "note", "timing"]  # day and time come last

    reason_for_all = OneLineInput(
        most=MAX_REASON_LENGTH,
        label="One reason for all dates that move later",
        help_text="Used for each date above that has no reason of its own. Readers see it beside the change.",
    )
    announce = forms.BooleanField(required=False, label="Add this changelog entry")
    entry_title = OneLineInput(most=_most(ChangelogEntry, "title"), label="Title")
    entry_when = OneLineInput(most=_most(ChangelogEntry, "when"), label="Date", widget=forms.TextInput())
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
        is_later = self.data.get("timing") == LATER
        for name in ("day", "time"):
            self.fields[name].required = is_later

    def clean(self) -> dict[str, Any]:
        """What is not going to be used is kept as it was typed, and not complained of."""
        is_later = self.data.get("timing") == LATER
        cleaned = super().clean() if is_later else self.cleaned_data
        if not is_later:
            self._forget_errors("day", "time")
        if not cleaned.get("announce"):
            self._forget_errors(*ENTRY_FIELDS)
            return cleaned
        if not cleaned.get("entry_title") and "entry_title" not in self.errors:
            self.add_error("entry_title", "Give the changelog entry a title, or untick “Add this changelog entry”.")
        if "entry_when" not in self.errors:
            try:
                validate_when(cleaned.get("entry_when", ""))
            except ValidationError as error:
                self.add_error("entry_when", error)
        return cleaned

    def _forget_errors(self, *names: str) -> None:
        for name in names:
            self.errors.pop(name, None)

    @property
    def announcement(self) -> Announcement | None:
        if not self.cleaned_data.get("announce"):
            return None
        title, when, body = (self.cleaned_data[name] for name in ENTRY_FIELDS)
        return Announcement(title=title, when=when, body=body)


def digest_of(thing: Pending) -> str:
    """What a person has seen of one pending thing, in a few letters: to tell them what is new since."""
    return fingerprint([thing])[:16]


@dataclass(frozen=True)
class Decisions:
    """Immutable: what was chosen thing by thing, by uid, as the page sent it. A thing it did not show is in."""

    shown: Mapping[str, str] = field(default_factory=dict)  # by uid, the digest of what the page showed
    ticked: frozenset[str] = frozenset()
    minor: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)  # by the name of the field

    @classmethod
    def sent(cls, post: QueryDict) -> Decisions:
        pairs = [pair.partition("=") for pair in post.get("shown", "").split()]
        return cls(
            shown={uid: digest for uid, _, digest in pairs},
            ticked=frozenset(post.getlist("publish")),
            minor=frozenset(post.getlist("minor")),
            reasons={name: str(post[name]) for name in post if name.startswith(f"{REASON}:")},
        )

    def including(self, uids: Iterable[str]) -> Decisions:
        return replace(self, ticked=self.ticked.union(uids))

    def is_in(self, thing: Pending) -> bool:
        return thing.uid in self.ticked or thing.uid not in self.shown

    def reason(self, uid: str, change_field: str) -> str:
        return self.reasons.get(reason_name(uid, change_field), "").strip()

    def choices(self, found: Iterable[Pending], form: PublishForm) -> Choices:
        """For `publish`. Only of a form that was found valid, and where `reason_error` had nothing to say."""
        found = [*found]
        return Choices(
            leave_out=frozenset(thing.uid for thing in found if not self.is_in(thing)),
            minor=frozenset(thing.uid for thing in found if thing.uid in self.minor),
            reasons={
                (thing.uid, name): reason
                for thing in found
                for name in fields_with_reason(thing)
                if (reason := self.reason(thing.uid, name))
            },
            reason_for_all=form.cleaned_data["reason_for_all"],
            announcement=form.announcement,
        )


def fields_with_reason(thing: Pending) -> list[str]:
    """The changes of a thing that readers can be told the reason of."""
    return [EXISTENCE] if thing.is_removal else [change.field for change in thing.slips]


def reason_name(uid: str, change_field: str) -> str:
    return f"{REASON}:{uid}:{change_field}"


def reason_error(text: str) -> str:
    """What is wrong with a reason, or nothing."""
    try:
        OneLineInput(most=MAX_REASON_LENGTH).clean(text)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


# Why nothing was published


@dataclass(frozen=True)
class Refusal:
    text: str
    place: str = ""  # the id of the element where it is put right
    thing: str = ""  # the uid of the thing that it is about
    include: Pending | None = None  # what is offered to be included too
    field: str = ""  # the name of the reason's field that it belongs to


def of_form(form: PublishForm) -> Iterator[Refusal]:
    for name in form.fields:  # in the order of the page
        for text in form.errors.get(name, []):
            yield Refusal(str(text), place=form[name].auto_id)


def of_missing_reasons(slips: Sequence[tuple[str, str, FieldChange]]) -> Iterator[Refusal]:
    for uid, title, change in slips:
        name = reason_name(uid, change.field)
        yield Refusal(f"“{title}”: {SAY_WHY[0].lower()}{SAY_WHY[1:]}", place=name, thing=uid, field=name)


def refusals(
    error: PublishingRefused, roadmap: Roadmap, found: Iterable[Pending], decisions: Decisions, at: datetime.datetime
) -> list[Refusal]:
    """What `publish` said. Whatever it says of no place in particular stands at the top of the page."""
    match error:
        case AnnouncementRefused():
            return [Refusal(str(error), place="id_announce")]
        case ReasonsMissing():
            return [*of_missing_reasons(error.slips)]
        case WouldTear():
            return [*_of_gaps(error, roadmap, [*found], decisions, at)]
        case NoSuchTime():
            return [Refusal(str(error), place="id_day")]
    return [Refusal(str(error))]


def _of_gaps(
    error: WouldTear, roadmap: Roadmap, found: list[Pending], decisions: Decisions, at: datetime.datetime
) -> Iterator[Refusal]:
    left_out = {thing.uid: thing for thing in found if not decisions.is_in(thing)}
    shown = {thing.uid for thing in found}
    # Where it is a scheduled Edition that would tear, the error begins by saying which.
    where = str(error).partition(error.gaps[0][2])[0]
    for thing, needed, sentence in error.gaps:
        offered = left_out.get(needed or str(roadmap.uid)) or left_out.get(thing.uid)
        if offered:
            yield Refusal(where + sentence, place=f"publish-{offered.uid}", thing=thing.uid, include=offered)
            continue
        hint = "" if where else _of_scheduled(roadmap, needed or str(roadmap.uid), at)
        culprit = next((uid for uid in (thing.uid, needed) if uid in shown), "")
        place = f"publish-{culprit}" if culprit else ""
        yield Refusal(f"{where}{sentence} {hint}".strip(), place=place, thing=culprit)


def _of_scheduled(roadmap: Roadmap, uid: str, at: datetime.datetime) -> str:
    """What is missing cannot be included, as it waits already: when it comes, and what to do until then."""
    waiting = Revision.objects.waiting(roadmap, at).filter(uid=uid).first()
    if waiting is None:
        return ""
    edition = waiting.edition
    return (
        f"It appears with edition {edition.number} on {uk_datetime(edition.published_at)}: "
        "choose a time after that, or leave this out until then."
    )
