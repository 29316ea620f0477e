"""What every working copy's admin shares: whose roadmap it is, its lock, a record of each save, Markdown fields, next
steps. For the record, see roadmap.publishing.audit_trail; for its list, roadmap.admin.lists.
"""

from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from roadmap.admin.adding import AddsToRoadmap, roadmap_of_form
from roadmap.admin.dated_forms import KeepsOldDates
from roadmap.admin.editing.deletion import SaysWhatFollows
from roadmap.admin.editing.history_view import history
from roadmap.admin.editing.markdown_widget import MarkdownWidget, validate_markdown
from roadmap.admin.editing.order_views import order_url, order_view
from roadmap.admin.editing.typed_preview import PreviewsTyped
from roadmap.admin.lists import ChoosesInWords, OwnChoicesFilter, RoadmapChangeList, WorkingChangeList, in_words
from roadmap.admin.permissions import is_own, own_only, own_roadmaps, readers_know, readers_see
from roadmap.admin.staying import StaysInRoadmap
from roadmap.admin.to_check import tell
from roadmap.admin.views import next_step
from roadmap.models import NOUN_OF_MODEL, Api, Item, Release, Roadmap
from roadmap.models.fields import MarkdownField
from roadmap.publishing import audit_trail, standing_of
from roadmap.publishing.audit_trail import roadmap_of, roadmaps_with
from roadmap.working_copies.order import ORDERED

OF_ROADMAPS = (Roadmap, Release)  # what a form or a filter chooses from, and must be the person's own
_IS_OWN: WeakKeyDictionary[HttpRequest, dict[int | None, bool]] = WeakKeyDictionary()  # by request and roadmap


class RecordsSaves(admin.ModelAdmin):
    """Keeps a Save of whatever is changed, under the lock that the class above it takes.

    What is no Content itself is recorded with the things it is in.
    """

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self._record_before(obj, is_there=change)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._record(request, form.instance, "Saved" if change else "Added")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record_before(obj, is_there=True)
        super().delete_model(request, obj)
        if type(obj) in NOUN_OF_MODEL:
            audit_trail.record_deletion(obj, by=request.user)
        else:
            self._record(request, obj, "Deleted")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        if queryset.model is Roadmap:
            super().delete_queryset(request, queryset)  # their saves go with them
            return
        roadmaps = {roadmap.pk: roadmap for obj in queryset for roadmap in roadmaps_with(obj)}
        for roadmap in roadmaps.values():
            audit_trail.record_all_before(roadmap)
        super().delete_queryset(request, queryset)
        for roadmap in roadmaps.values():
            audit_trail.record_saves(roadmap, by=request.user, action="Deleted")

    def _record_before(self, obj: Any, *, is_there: bool) -> None:
        if type(obj) not in NOUN_OF_MODEL:
            for roadmap in roadmaps_with(obj):
                audit_trail.record_all_before(roadmap)
        elif is_there:
            audit_trail.record_before(obj)

    def _record(self, request: HttpRequest, obj: Any, action: str) -> None:
        if type(obj) in NOUN_OF_MODEL:
            audit_trail.record_save(obj, by=request.user, action=action)
            return
        told = f"{'API' if isinstance(obj, Api) else 'Column'} “{obj.name[:100]}” {action.lower()}"
        for roadmap in roadmaps_with(obj):
            audit_trail.record_saves(roadmap, by=request.user, action=told[:200])


class LockedAdmin(ChoosesInWords, SaysWhatFollows, StaysInRoadmap, AddsToRoadmap, RecordsSaves):
    """The admin of a roadmap, or of a thing with a `roadmap`.

    Each person sees and changes what is in their own roadmaps only, and takes away what readers know only as a
    publisher. Writes under the roadmap's lock: see RoadmapQuerySet.lock. Django's admin has opened the transaction.
    """

    form = KeepsOldDates
    list_per_page = 100
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {MarkdownField: {"widget": MarkdownWidget, "validators": [validate_markdown]}}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        roadmap = roadmap_of(obj)
        if roadmap.pk:
            Roadmap.objects.lock(roadmap.pk)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        Roadmap.objects.lock(roadmap_of(obj).pk)
        self.say_what_follows(request, [obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for pk in sorted({roadmap_of(obj).pk for obj in queryset}):
                Roadmap.objects.lock(pk)
            self.say_what_follows(request, queryset)
            super().delete_queryset(request, queryset)

    def after_save(self, request: HttpRequest, obj: Any, response: HttpResponse) -> HttpResponse:
        if IS_POPUP_VAR not in request.POST:  # else the page that opened it goes on
            messages.info(request, next_step(request.user, roadmap_of(obj)))
            if isinstance(obj, Item | Release):
                tell(request, roadmap_of(obj), [str(obj.uid)])
        return super().after_save(request, obj, response)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_only(request.user, super().get_queryset(request))

    def get_urls(self) -> list[Any]:
        if self.model not in ORDERED:
            return super().get_urls()
        view = self.admin_site.admin_view(partial(order_view, model=self.model))
        return [path("order/<int:pk>/", view, name=f"roadmap_{self.opts.model_name}_order"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        roadmap = roadmap_of_form(request) if self.model in ORDERED else None
        extra = {"order_url": order_url(self.model, roadmap)} if roadmap and self.has_change_permission(request) else {}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RoadmapChangeList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Which roadmap a thing is of is said once where the list is of one."""
        names = [*super().get_list_display(request)]
        return [name for name in names if name != "of_roadmap"] if roadmap_of_form(request) else names

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        chosen = {field.name for field in self.opts.get_fields() if field.related_model in OF_ROADMAPS}
        return [(name, OwnChoicesFilter) if name in chosen else name for name in super().get_list_filter(request)]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.blank:
            kwargs.setdefault("choices", db_field.get_choices(blank_choice=[("", "Not said")]))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model in OF_ROADMAPS:
            choices: Any = field.queryset
            field.queryset = own_only(request.user, choices)
        return field

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There must be a roadmap to add it to."""
        needs_none = self.model is Roadmap or request.user.is_superuser
        return super().has_add_permission(request) and (needs_none or own_roadmaps(request.user).exists())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj) or not self._is_own(request, obj):
            return False
        if isinstance(obj, Roadmap) and obj.editions.exists():
            return False  # what readers have seen stays
        return obj is None or request.user.has_perm("roadmap.publish_roadmap") or not readers_know(obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        """Asked many times for one page: the answer for each roadmap is kept as long as the request."""
        roadmap = obj if isinstance(obj, Roadmap) else getattr(obj, "roadmap", None)
        answers, pk = _IS_OWN.setdefault(request, {}), getattr(roadmap, "pk", None)
        if pk not in answers:
            answers[pk] = is_own(request.user, roadmap)
        return answers[pk]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Says why there is no way to delete, where there is none for this person and is one for a publisher."""
        obj = context["original"]
        context["is_withdrawn_by_publishers"] = (
            obj is not None
            and super().has_delete_permission(request, obj)
            and not request.user.has_perm("roadmap.publish_roadmap")
            and readers_know(obj)
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names what an editor may not take away, rather than its kind."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if lacking and not request.user.has_perm("roadmap.publish_roadmap"):
            lacking = {str(thing) for thing in objs if readers_know(thing)} or lacking
        return found, counts, lacking, protected

    @admin.display(description="roadmap", ordering="roadmap")
    def of_roadmap(self, obj: Any) -> str:
        return str(obj.roadmap.title_and_address)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Once it is there, its roadmap stays, and stands at the top."""
        return [name for name in super().get_fields(request, obj) if obj is None or name != "roadmap"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A thing stays in its roadmap, which its reference and its address belong to, and where readers know it."""
        fields = [*super().get_readonly_fields(request, obj)]
        if obj and hasattr(obj, "roadmap"):
            fields.append("roadmap")
        if hasattr(obj, "slug") and readers_know(obj):
            fields.append("slug")
        return fields


class WorkingAdmin(PreviewsTyped, LockedAdmin):
    """The admin of a noun that is published."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WorkingChangeList

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """In place of Django's own history, which knows who and when, but not what."""
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        return history(request, roadmap_of(obj), NOUN_OF_MODEL[type(obj)], str(obj.uid), obj)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        return super().render_delete_form(request, {**context, "is_published": readers_know(context["object"])})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context["original"]:
            context["standing"] = in_words(*standing_of(obj, timezone.now()))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggests an address from the title while there is none."""
        return {} if obj else {**super().get_prepopulated_fields(request, obj)}

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Only where there is something to view: a thing that was never published has no public page."""
        has_page = hasattr(obj, "get_absolute_url") and readers_see(obj, timezone.now())
        return str(obj.get_absolute_url()) if has_page else None

    @admin.display(description="publication")
    def standing(self, obj: Any) -> str:
        return in_words(obj.standing, obj.waits_until)
