"""Lists of working copies: of one roadmap or of all, the standing of each row, filters, references in natural order."""

import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Left, LPad, StrIndex, Substr
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.adding import OF_LIST, roadmap_of_form
from roadmap.admin.permissions import own_only, own_roadmaps
from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, Environment
from roadmap.content.things import when_typed
from roadmap.dates import When
from roadmap.dates.clock import uk_date
from roadmap.models import Milestone, Roadmap
from roadmap.publishing import Standing, standings, waiting_until
from roadmap.publishing.audit_trail import roadmap_of

# VAT-2 before VAT-10: by what stands before the number, then by the number with zeros before it, which no database
# refuses, whatever a reference looks like.
_DASH = StrIndex("reference", Value("-"))
NATURAL_ORDER = Concat(Left("reference", _DASH), LPad(Substr("reference", _DASH + 1), 30, Value("0")))

STANDING_LABELS = {Standing.NEW: "New, not public yet", Standing.CHANGED: "Changed since published", None: "Public"}


def in_words(standing: Standing | None, waits_until: datetime.datetime | None) -> str:
    """What readers see of a thing: "Public", "From 12 January 2027, and changed since"."""
    if waits_until is None:
        return STANDING_LABELS[standing]
    return f"From {uk_date(waits_until)}{', and changed since' if standing else ''}"


# What stands after "By" over a filter, by its field, where the field's own name does not.
FILTER_TITLES = {
    "apis": "API",
    "is_breaking": "breaking change",
    "is_on_home": "home page",
    "is_deployed": "deployment",
}


class ChoosesInWords(admin.ModelAdmin):
    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> Any:
        return super().get_action_choices(request, default_choices or [("", "Choose what to do")])


class RoadmapChangeList(ChangeList):
    """The list of one roadmap, or of all: then its filter by roadmap is there to choose one."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.roadmap = roadmap_of_form(request)
        super().__init__(request, *args, **kwargs)

    def get_filters(self, request: HttpRequest) -> Any:
        filters, *others = super().get_filters(request)
        for found in filters:
            found.title = FILTER_TITLES.get(getattr(found, "field_path", ""), found.title)
            found.empty_value_display = "None"  # type: ignore[attr-defined]  # of what has no release, or no API
        return filters, *others

    def offered_filters(self) -> list[Any]:
        """All, but for the roadmap once one is chosen: its name stands at the top."""
        chosen = "roadmap" if self.roadmap else None
        return [spec for spec in self.filter_specs if getattr(spec, "field_path", "") != chosen]

    def chosen_filters(self) -> list[str]:
        """In words: "stage: Live". What comes first of a filter's choices is all."""
        return [
            f"{spec.title}: {choice['display']}"
            for spec in self.offered_filters()
            for choice in [*spec.choices(self)][1:]
            if choice["selected"]
        ]

    def get_results(self, request: HttpRequest) -> None:
        """With the number of all there are in the roadmap that is shown, and of no other."""
        if self.roadmap and hasattr(self.model, "roadmap"):
            self.root_queryset = self.root_queryset.filter(roadmap=self.roadmap)
        super().get_results(request)

    def clear_url(self) -> str:
        """The address of all of them."""
        return f"?{OF_LIST}={self.roadmap.pk}" if self.roadmap else "?"


class WorkingChangeList(RoadmapChangeList):
    """Marks each row of the page with its standing, with one look at each roadmap on the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        roadmaps = {roadmap_of(row) for row in rows}
        by_roadmap = {roadmap.pk: (standings(roadmap), waiting_until(roadmap, timezone.now())) for roadmap in roadmaps}
        for row in rows:
            row.standing, row.waits_until = (found.get(str(row.uid)) for found in by_roadmap[roadmap_of(row).pk])
        self.result_list = rows


class StandingFilter(admin.SimpleListFilter):
    title = "publication"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        unpublished, public = ("unpublished", "With unpublished changes"), ("public", "Public as it is")
        return [unpublished, ("scheduled", "Scheduled"), public]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        roadmaps, now = own_roadmaps(request.user), timezone.now()
        unpublished = [uid for roadmap in roadmaps for uid in standings(roadmap)]
        waiting = [uid for roadmap in roadmaps for uid in waiting_until(roadmap, now)]
        match self.value():
            case "unpublished":
                return queryset.filter(uid__in=unpublished)
            case "scheduled":
                return queryset.filter(uid__in=waiting)
        return queryset.exclude(uid__in=[*unpublished, *waiting])


class ToBeConfirmedFilter(admin.SimpleListFilter):
    """Items with a date that is to be confirmed, in one environment or in any: "TBC", and "June 2026 (TBC)" too."""

    title = "date to be confirmed"
    parameter_name = "tbc"
    ANY = "any"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        roadmap = roadmap_of_form(request)
        labels: Any = roadmap.environment_labels if roadmap else DEFAULT_ENVIRONMENT_LABELS
        return [(self.ANY, "In any environment"), *((name.value, labels[name]) for name in Environment)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        to_come = Milestone.objects.filter(item__roadmap__in=own_roadmaps(request.user), is_deployed=False)
        if self.value() != self.ANY:
            to_come = to_come.filter(environment=self.value())
        texts = to_come.order_by().values_list("when", flat=True).distinct()
        unsure = [text for text in texts if (when := when_typed(text)) and _is_unsure(when)]
        return queryset.filter(Exists(to_come.filter(item=OuterRef("pk"), when__in=unsure)))


def _is_unsure(when: When) -> bool:
    return when.is_to_be_confirmed or when.is_provisional


class OwnChoicesFilter(RelatedFieldListFilter):
    """A filter that names only what is in the person's own roadmaps, and in the one that the list is of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        ordering = self.field_admin_ordering(field, request, model_admin)
        if field.related_model is Roadmap:
            return [(roadmap.pk, roadmap.title_and_address) for roadmap in own_roadmaps(request.user)]
        own = own_only(request.user, field.remote_field.model._default_manager.all()).order_by()
        if roadmap := roadmap_of_form(request):
            own = own.filter(roadmap=roadmap)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=Q(pk__in=own.values("pk")))
