"""*Preview* on a form: what is typed, in the page where readers would find it, with nothing saved.

The form is saved in full, with all that it checks and refuses, in a transaction that is then undone. So the page shows
what saving would make of it (a reference, what follows for the items of a release), and there is no second way from a
form to a Content. See docs/decisions/0030-nothing-typed-is-lost-on-the-way.md.
"""

from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from roadmap.admin.permissions import may_edit
from roadmap.content.things import Content
from roadmap.models import NOUN_OF_MODEL, Roadmap
from roadmap.previews import links
from roadmap.previews.draft import as_typed
from roadmap.previews.views import of_typed
from roadmap.publishing.audit_trail import roadmap_of
from roadmap.working_copies.to_content import contents

PREVIEW = "_preview"  # the name of the button


class TypedDraft(NamedTuple):
    roadmap: Roadmap
    contents: list[Content]
    url: str  # of the page that shows what was typed


class _NotToBeKept(Exception):
    """Undoes the save that made this draft."""

    def __init__(self, draft: TypedDraft):
        super().__init__()
        self.draft = draft


class PreviewsTyped(admin.ModelAdmin):
    """The admin of a noun that is published. Before the classes that tell somebody what was saved."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except _NotToBeKept as made:
            return _page(request, made.draft)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self._show_instead(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._show_instead(request, obj)
        return super().response_change(request, obj)

    def _show_instead(self, request: HttpRequest, obj: Any) -> None:
        if PREVIEW not in request.POST:
            return
        roadmap = roadmap_of(obj)
        if not _may_preview(request, roadmap):
            raise PermissionDenied
        # Read in here: outside the transaction it is as it was.
        raise _NotToBeKept(TypedDraft(roadmap, [*contents(roadmap)], _url_of(obj)))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = context["original"]
        is_popup = IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if may_save and not is_popup and _may_preview(request, roadmap_of(obj) if obj else None):
            # A release and an entry have a place on a page, which the browser finds by its anchor.
            anchor = _url_of(obj).partition("#")[2] if obj else ""
            context |= {"preview_button": PREVIEW, "preview_anchor": anchor}
        return super().render_change_form(request, context, *args, **kwargs)


def _may_preview(request: HttpRequest, roadmap: Roadmap | None) -> bool:
    user = request.user
    is_allowed = may_edit(user, roadmap) if roadmap else user.has_perm("roadmap.change_roadmap")
    return is_allowed and user.has_perm("roadmap.view_roadmap")


def _url_of(obj: Any) -> str:
    noun = NOUN_OF_MODEL[type(obj)]
    address = getattr(obj, "reference", "") or getattr(obj, "slug", "")
    return links.staff_preview_url(roadmap_of(obj).pk, noun, address, str(obj.uid))


def _page(request: HttpRequest, typed: TypedDraft) -> HttpResponseBase:
    draft = as_typed(typed.roadmap, typed.contents, links.current_time())
    return of_typed(request, draft, typed.url.partition("#")[0])
