"""Who may do what to which roadmap: the permissions of a person's groups, within the roadmaps whose team they are in.

A permission says what somebody may do anywhere; a team says to which roadmaps. Both are asked on every view, so what a
list leaves out is refused by the server too. First the rules, then `OwnRoadmapsAdmin`, which asks them in every admin
of a roadmap's things: each person sees and changes those of their own roadmaps only, and takes away what readers know
only as a publisher.
"""

from typing import Any
from weakref import WeakKeyDictionary

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from roadmap.content.things import RoadmapContent
from roadmap.models import Field, Release, Revision, Roadmap

EDITORS, PUBLISHERS = "Editors", "Publishers"  # made by the migration 0004_roles


def own_roadmaps(user: User | AnonymousUser) -> QuerySet[Roadmap]:
    """The roadmaps that have no team, and those whose team this person is in; all of them for a superuser."""
    if user.is_active and user.is_superuser:
        return Roadmap.objects.all()
    members = Roadmap.team.through._default_manager.filter(roadmap=OuterRef("pk"))
    return Roadmap.objects.filter(Q(~Exists(members)) | Q(Exists(members.filter(user=user.pk))))


def only_roadmap(user: User | AnonymousUser) -> Roadmap | None:
    """Where there is nothing to choose."""
    roadmaps = own_roadmaps(user)[:2]
    return roadmaps[0] if len(roadmaps) == 1 else None


def editable_roadmaps(user: User | AnonymousUser) -> QuerySet[Roadmap]:
    """The roadmaps whose working copies this person may change."""
    return own_roadmaps(user) if user.has_perm("roadmap.change_roadmap") else Roadmap.objects.none()


def may_edit(user: User | AnonymousUser, roadmap: Roadmap) -> bool:
    """Whether this person may change the working copies of this roadmap, and preview them."""
    return user.has_perm("roadmap.change_roadmap") and is_own(user, roadmap)


def may_publish(user: User | AnonymousUser, roadmap: Roadmap) -> bool:
    """Whether this person may publish and schedule this roadmap, and withdraw what is in it."""
    return user.has_perm("roadmap.publish_roadmap") and is_own(user, roadmap)


def is_own(user: User | AnonymousUser, roadmap: Roadmap | None) -> bool:
    """Whether the roadmap's team, where it has one, has this person in it."""
    if roadmap is None or roadmap.pk is None or (user.is_active and user.is_superuser):
        return True
    return own_roadmaps(user).filter(pk=roadmap.pk).exists()


def own_only(user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of these roadmaps, or of these things of roadmaps, those of the person's own roadmaps."""
    if user.is_active and user.is_superuser:
        return rows
    own = own_roadmaps(user).order_by().values("pk")
    return rows.filter(pk__in=own) if rows.model is Roadmap else rows.filter(roadmap__in=own)


def readers_know(thing: Any) -> bool:
    """Whether it was ever published or scheduled, so that taking it away withdraws it: for publishers only."""
    if isinstance(thing, Field):
        newest = Revision.objects.filter(uid=thing.roadmap.uid).order_by("-edition__number").first()
        content = newest.as_content() if newest and not newest.is_removal else None
        return isinstance(content, RoadmapContent) and any(column.key == thing.key for column in content.fields)
    uid = getattr(thing, "uid", None)
    return uid is not None and Revision.objects.filter(uid=uid).exists()


_IS_OWN: WeakKeyDictionary[HttpRequest, dict[int, bool]] = WeakKeyDictionary()  # by request and roadmap

OF_ROADMAPS = (Roadmap, Release)  # what a form or a filter chooses from, and must be the person's own


class OwnChoicesFilter(RelatedFieldListFilter):
    """A filter that names only what is in the person's own roadmaps."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        related = field.remote_field.model
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = own_only(request.user, related._default_manager.all()).order_by().values("pk")
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=Q(pk__in=own))


class OwnRoadmapsAdmin(admin.ModelAdmin):
    """The admin of a roadmap, or of a thing with a `roadmap`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_only(request.user, super().get_queryset(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [
            (name, OwnChoicesFilter) if isinstance(name, str) and self._chooses_of_roadmap(name) else name
            for name in super().get_list_filter(request)
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
        if isinstance(obj, Roadmap) and obj.editions.exists():
            return False  # what readers have seen stays
        return obj is None or request.user.has_perm("roadmap.publish_roadmap") or not readers_know(obj)

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        """Asked many times for one page: the answer for each roadmap is kept as long as the request."""
        if obj is None or request.user.is_superuser:
            return True
        roadmap = obj if isinstance(obj, Roadmap) else getattr(obj, "roadmap", None)
        if roadmap is None or roadmap.pk is None:
            return True
        answers = _IS_OWN.setdefault(request, {})
        if roadmap.pk not in answers:
            answers[roadmap.pk] = is_own(request.user, roadmap)
        return answers[roadmap.pk]

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
