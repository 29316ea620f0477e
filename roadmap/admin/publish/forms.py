"""What a publisher typed on the page for publishing, checked field by field. Nothing of it is acted on here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from roadmap.admin.editing.markdown_widget import MarkdownWidget, validate_markdown
from roadmap.admin.publish.time_form import LondonTimeForm
from roadmap.content.fields import EXISTENCE
from roadmap.models import ChangelogEntry, Edition
from roadmap.models.fields import validate_one_line, validate_when
from roadmap.publishing import Announcement, Choices, Pending, fingerprint
from roadmap.publishing.checks import MAX_REASON_LENGTH

NOW, LATER = "now", "later"
ENTRY_FIELDS = ["entry_title", "entry_when", "entry_body"]
REASON = "reason"  # begins the name of each reason's field: reason:<uid>:<field of the change>
WIDE = {"class": "vTextField"}


def too_long(text: str, most: int) -> str:
    return f"This has {len(text):,} characters. Shorten it to {most} or fewer."


class Line(forms.CharField):
    """One line of text; too long, it says by how much."""

    def __init__(self, *, most: int, **kwargs: Any):
        kwargs.setdefault("widget", forms.TextInput(attrs=WIDE))
        super().__init__(required=False, **kwargs)
        self.most = most

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(too_long(value, self.most), code="max_length")
        validate_one_line(value)


def _most(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


class PublishForm(LondonTimeForm):
    """All that is typed once for the whole Edition. What is chosen thing by thing: see `Decisions`."""

    field_order = ["reason_for_all", "announce", *ENTRY_FIELDS, "note", "timing"]  # day and time come last

    reason_for_all = Line(
        most=MAX_REASON_LENGTH,
        label="One reason for all dates that move later",
        help_text="Used for each date above that has no reason of its own. Readers see it beside the change.",
    )
    announce = forms.BooleanField(required=False, label="Add this changelog entry")
    entry_title = Line(most=_most(ChangelogEntry, "title"), label="Title")
    entry_when = Line(most=_most(ChangelogEntry, "when"), label="Date", widget=forms.TextInput())
    entry_body = forms.CharField(required=False, label="Text", widget=MarkdownWidget, validators=[validate_markdown])
    note = Line(
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


def digest_of(one: Pending) -> str:
    """What a person has seen of one pending thing, in a few letters: to tell them what is new since."""
    return fingerprint([one])[:16]


@dataclass(frozen=True)
class Decisions:
    """Immutable: what was chosen thing by thing, by uid, as the page sent it. A thing it did not show is in."""

    shown: Mapping[str, str] = field(default_factory=dict)  # by uid, the digest of what the page showed
    ticked: frozenset[str] = frozenset()
    minor: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)  # by the name of the field

    @classmethod
    def sent(cls, post: QueryDict) -> Decisions:
        pairs = [one.partition("=") for one in post.get("shown", "").split()]
        return cls(
            shown={uid: digest for uid, _, digest in pairs},
            ticked=frozenset(post.getlist("publish")),
            minor=frozenset(post.getlist("minor")),
            reasons={name: str(post[name]) for name in post if name.startswith(f"{REASON}:")},
        )

    def including(self, uids: Iterable[str]) -> Decisions:
        return replace(self, ticked=self.ticked.union(uids))

    def is_in(self, one: Pending) -> bool:
        return one.uid in self.ticked or one.uid not in self.shown

    def reason(self, one: Pending, change_field: str) -> str:
        return self.reasons.get(reason_name(one.uid, change_field), "")

    def choices(self, found: Iterable[Pending], form: PublishForm) -> Choices:
        """For `publish`. Only of a form that was found valid, and where `reason_error` had nothing to say."""
        found = [*found]
        return Choices(
            leave_out=frozenset(one.uid for one in found if not self.is_in(one)),
            minor=frozenset(one.uid for one in found if one.uid in self.minor),
            reasons={
                (one.uid, name): self.reason(one, name).strip()
                for one in found
                for name in fields_with_reason(one)
                if self.reason(one, name).strip()
            },
            reason_for_all=form.cleaned_data["reason_for_all"],
            announcement=form.announcement,
        )


def fields_with_reason(one: Pending) -> list[str]:
    """The changes of a thing that readers can be told the reason of."""
    return [EXISTENCE] if one.is_removal else [change.field for change in one.changes if change.field in one.slipped]


def reason_name(uid: str, change_field: str) -> str:
    return f"{REASON}:{uid}:{change_field}"


def reason_error(text: str) -> str:
    """What is wrong with a reason, or nothing."""
    if len(text.strip()) > MAX_REASON_LENGTH:
        return too_long(text.strip(), MAX_REASON_LENGTH)
    try:
        validate_one_line(text.strip())
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def opened(now: datetime.datetime, initial: Mapping[str, Any]) -> PublishForm:
    """As the page first shows it."""
    return PublishForm(now=now, initial={"timing": NOW, **initial})
