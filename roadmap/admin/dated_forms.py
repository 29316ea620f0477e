"""Forms with dates: one that nobody touched stays as it is, and one that cannot be so is refused at its field."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from roadmap.content.choices import Environment
from roadmap.content.consistency import Severity, of_date
from roadmap.content.things import ReleaseContent, named, when_typed
from roadmap.dates import When
from roadmap.models import Item
from roadmap.models.fields import WhenField

# Of a date that was there. To empty it may be a slip, and to take it away is a promise to readers that goes.
EMPTIED = (
    "“{}” has nothing any more: it was “{}”. To take it away, tick “Remove” beside it. To keep it, enter a date, TBC "
    "where there is none yet, or tick “Deployed”."
)


class KeepsOldDates(forms.ModelForm):
    """Leaves a date that nobody touched as it is, though the grammar may have changed since it was typed."""

    def _get_validation_exclusions(self) -> set[str]:
        untouched = {field.name for field in self.instance._meta.fields if isinstance(field, WhenField)}
        untouched -= {*self.changed_data}
        # Where there is none, something else may depend on that.
        kept = {name for name in untouched if getattr(self.instance, name)}
        return super()._get_validation_exclusions() | kept  # type: ignore[misc]


def _refuse_impossible(form: forms.ModelForm, name: str, when: When | None, field: str) -> None:
    found = of_date(name, when, form.cleaned_data.get("is_deployed", False), timezone.localdate())
    if found and found[0] is Severity.IMPOSSIBLE:
        form.add_error(field, found[1])


class MilestoneForm(KeepsOldDates):
    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        labels: Any = self.fields["environment"]
        name = dict(labels.choices).get(cleaned.get("environment"), "This")
        _refuse_impossible(self, name, when_typed(cleaned.get("when", "")), "when")
        is_emptied = self.instance.pk and not (cleaned.get("when", "") or cleaned.get("is_deployed"))
        if is_emptied and "when" not in self.errors:
            self.add_error("when", EMPTIED.format(name, self.instance.in_words))
        return cleaned


class ReleaseForm(KeepsOldDates):
    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        release = ReleaseContent(uid="", title=cleaned.get("title", ""), typed=cleaned.get("when", ""))
        _refuse_impossible(self, "This release", release.due, "when" if release.typed else "is_deployed")
        if cleaned.get("is_deployed") and "is_deployed" in self.changed_data and self.instance.pk:
            self._refuse_what_items_contradict()
        return cleaned

    def _refuse_what_items_contradict(self) -> None:
        to_come = {"milestones__environment": Environment.LIVE, "milestones__is_deployed": False}
        titles = [*Item.objects.filter(release=self.instance, **to_come).values_list("title", flat=True)]
        if titles:
            url = f"{reverse('admin:roadmap_item_mark_deployed')}?releases={self.instance.pk}"
            message = 'Not live yet by what they say themselves: {}. <a href="{}">Mark as deployed</a> marks them too.'
            self.add_error("is_deployed", format_html(message, named(titles), url))
