"""What contradicts the calendar or itself, for staff: refused in forms where it cannot be so, otherwise listed."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from roadmap.admin.permissions import may_edit, own_roadmaps
from roadmap.admin.views import allowed_roadmap, edit_urls, page
from roadmap.content.choices import Environment
from roadmap.content.consistency import Finding, Severity, find, of_date
from roadmap.content.things import ReleaseContent, named, noun_of, when_typed
from roadmap.dates import When
from roadmap.models import Item, Roadmap
from roadmap.working_copies.to_content import around, preview


class ToCheck(NamedTuple):
    title: str
    sentence: str
    url: str  # of the form where it is put right


def listed(roadmap: Roadmap, findings: Iterable[Finding]) -> list[ToCheck]:
    found = [*findings]
    urls = edit_urls(roadmap, {noun_of(finding.content) for finding in found})
    return [ToCheck(finding.title, finding.sentence, urls[finding.content.uid]) for finding in found]


def found_now(
    roadmap: Roadmap, among: Collection[str] | None = None, today: datetime.date | None = None
) -> list[Finding]:
    """Of what is saved, published or not: of these things, by uid, or of all. Constant queries."""
    snapshot = preview(roadmap) if among is None else around(roadmap, among)
    return [found for found in find(snapshot, today or timezone.localdate()) if among is None or found.uids & {*among}]


@require_safe
def to_check_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    found = found_now(roadmap)
    passed = [finding for finding in found if finding.severity is Severity.PASSED]
    context = {
        "title": f"To check in {roadmap}",
        "roadmap": roadmap,
        "odd": listed(roadmap, (finding for finding in found if finding not in passed)),
        "passed": listed(roadmap, passed),
    }
    return page(request, "to_check/page", context)


def tell(
    request: HttpRequest,
    roadmap: Roadmap,
    among: Collection[str] | None = None,
    today: datetime.date | None = None,
) -> None:
    """After a change: what is to be checked of those things, by uid, or of all."""
    found = found_now(roadmap, among, today)
    if found:
        more = f" There {'is 1 thing' if len(found) == 2 else f'are {len(found) - 1} things'} more to check."
        messages.warning(
            request,
            format_html(
                '“{}”: {}{} <a href="{}">All there is to check</a>',
                found[0].title,
                found[0].sentence,
                more if len(found) > 1 else "",
                reverse("admin:roadmap_roadmap_to_check", args=[roadmap.pk]),
            ),
        )


class ToCheckFilter(admin.SimpleListFilter):
    title = "to check"
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("passed", "A date has passed"), ("contradiction", "Contradicts itself")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        found = [finding for roadmap in own_roadmaps(request.user) for finding in found_now(roadmap)]
        wanted = [f.uids for f in found if (f.severity is Severity.PASSED) == (self.value() == "passed")]
        return queryset.filter(uid__in=frozenset().union(*wanted))


def _refuse_impossible(form: forms.ModelForm, name: str, when: When | None, field: str) -> None:
    found = of_date(name, when, form.cleaned_data.get("is_deployed", False), timezone.localdate())
    if found and found[0] is Severity.IMPOSSIBLE:
        form.add_error(field, found[1])


class MilestoneForm(forms.ModelForm):
    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        labels: Any = self.fields["environment"]
        name = dict(labels.choices).get(cleaned.get("environment"), "This")
        _refuse_impossible(self, name, when_typed(cleaned.get("when", "")), "when")
        return cleaned


class ReleaseForm(forms.ModelForm):
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
