"""What contradicts the calendar or itself, listed for staff; what cannot be so is refused by admin/dated_forms."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from roadmap.admin.permissions import may_edit, own_roadmaps
from roadmap.admin.views import allowed_roadmap, edit_urls, page
from roadmap.content.consistency import Finding, Severity, find
from roadmap.content.things import noun_of
from roadmap.models import Roadmap
from roadmap.working_copies.to_content import around, preview


class ToCheck(NamedTuple):
    title: str
    sentence: str
    url: str  # of the form where it is put right


def listed(findings: Iterable[Finding], urls: Mapping[str, str]) -> list[ToCheck]:
    """`urls` are the forms, by uid."""
    return [ToCheck(finding.title, finding.sentence, urls[finding.content.uid]) for finding in findings]


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
    urls = edit_urls(roadmap, {noun_of(finding.content) for finding in found})
    passed = [finding for finding in found if finding.severity is Severity.PASSED]
    context = {
        "title": f"To check in {roadmap}",
        "roadmap": roadmap,
        "odd": listed((finding for finding in found if finding not in passed), urls),
        "passed": listed(passed, urls),
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
    title = "problem"
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("passed", "A date has passed"), ("contradiction", "Contradicts itself")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        found = [finding for roadmap in own_roadmaps(request.user) for finding in found_now(roadmap)]
        wanted = [f.uids for f in found if (f.severity is Severity.PASSED) == (self.value() == "passed")]
        return queryset.filter(uid__in=frozenset().union(*wanted))
