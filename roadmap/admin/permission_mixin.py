"""What every admin of a roadmap's things shares about people: each sees and changes those of their own roadmaps only,
and takes away what readers know only as a publisher. See roadmap.admin.permissions for the rules themselves.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from roadmap.admin.permissions import is_own, own_only, own_roadmaps, readers_know
from roadmap.models import Release, Roadmap

OF_ROADMAPS = (Roadmap, Release)  # what a form or a filter chooses from, and must be the person's own


class OwnChoicesFilter(RelatedFieldListFilter):
    """A filter that names only what is in the person's own roadmaps."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        related = field.remote_field.model
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = own_only(request.user, related._default_manager.all()).order_by().values("pk")
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=Q(pk__in=own))


class RoleAdmin(admin.ModelAdmin):
    """The admin of a roadmap, or of a thing with a `roadmap`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_only(request.user, super().get_queryset(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [
            (one, OwnChoicesFilter) if isinstance(one, str) and self._chooses_of_roadmap(one) else one
            for one in super().get_list_filter(request)
        ]

    def _chooses_of_roadmap(self, name: str) -> bool:
        return getattr(self.model, name, None) is not None and self.opts.get_field(name).related_model in OF_ROADMAPS

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model in OF_ROADMAPS:
            choices: Any = field.queryset
            field.queryset = own_only(request.user, choices)
        return field

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There must be a roadmap to add it to."""
        allowed = super().has_add_permission(request)
        if not allowed or self.model is Roadmap or request.user.is_superuser:
            return allowed
        return own_roadmaps(request.user).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_delete_permission(request, obj) or not self._is_own(request, obj):
            return False
        return obj is None or request.user.has_perm("roadmap.publish_roadmap") or not readers_know(obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        """Asked many times for one page: the answer for each roadmap is kept as long as the request."""
        if obj is None or request.user.is_superuser:
            return True
        roadmap = obj if isinstance(obj, Roadmap) else getattr(obj, "roadmap", None)
        if roadmap is None or roadmap.pk is None:
            return True
        answers: dict[int, bool] = request.__dict__.setdefault("_own_roadmaps", {})
        if roadmap.pk not in answers:
            answers[roadmap.pk] = is_own(request.user, roadmap)
        return answers[roadmap.pk]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Says why there is no way to delete, where there is none for this person and is one for a publisher."""
        context["is_withdrawn_by_publishers"] = (
            obj is not None
            and super().has_delete_permission(request, obj)
            and not request.user.has_perm("roadmap.publish_roadmap")
            and readers_know(obj)
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names what an editor may not take away, rather than its kind."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if lacking and not request.user.has_perm("roadmap.publish_roadmap"):
            lacking = {str(one) for one in objs if readers_know(one)} or lacking
        return found, counts, lacking, protected
