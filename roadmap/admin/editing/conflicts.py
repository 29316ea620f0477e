"""What keeps the text of a form safe: from another who saves the same, and from whatever happens before it is saved.

Two people at one form: whoever saves second is refused, and shown both texts with all that they typed. A form carries a
mark of how the thing was when it was opened. Under the roadmap's lock, a mark that no longer fits refuses the save. The
form that is shown then has the new mark: to save it again is to decide, knowingly.
See docs/decisions/0004-editors-take-the-publishers-lock.md.

What the browser keeps of a form until it is saved is the work of static/public/admin-unsaved.js; here is the server's
part. The script names every opening of a form with a key, which the form posts. Once that form is saved, a cookie tells
the script so; whatever else happens to the form (errors, a lost session, a network that fails), what it kept stays.
"""

import copy
import datetime
import json
import re
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from roadmap.admin.editing.marked import marked_fields
from roadmap.admin.editing.submitted import differences, set_on_present_rows, typed_texts
from roadmap.admin.views import is_uid, name_of, page
from roadmap.content.things import to_json
from roadmap.models import NOUN_OF_MODEL, Api, Roadmap, Save
from roadmap.publishing.audit_trail import roadmaps_with
from roadmap.publishing.pending import digest_of
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import content_of

MARK_FIELD = "_opened"

KEY_FIELD = "_typed"
COOKIE = "roadmap-saved"  # its name and form are known to the script too
MOST_KEYS = 20  # that the script may not have seen yet
MAX_AGE = 30 * 24 * 60 * 60  # seconds: as long as the script keeps anything

_KEY = re.compile(r"[a-z0-9]{8,40}")
# How a thing was when a form was opened: its state's digest, the second, and the thing's uid where it has one.
_MARK = re.compile(r"(?P<digest>[^.]*)\.(?P<at>\d{1,11})(\.(?P<uid>.*))?", re.ASCII | re.DOTALL)


class FormConflict(NamedTuple):
    fresh: Any  # the thing as it is saved now
    added_by_others: set[tuple[str, str]]


class RefusesConflicts(admin.ModelAdmin):
    """Its mark and its key are written into the form by templates/admin/roadmap/change_form.html."""

    class Media:
        js = ["admin-unsaved.js"]
        css = {"all": ["admin-history.css"]}

    # Of the copy of this admin that refuses one request, whatever was posted: why, and the conflict if that is why.
    refusal = ""
    conflict: FormConflict | None = None

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        extra = {**(extra_context or {})}
        if object_id is not None and request.method == "POST":
            with transaction.atomic():
                return self._save_or_refuse(request, object_id, form_url, extra)
        # Before anything that the form shows is read: whatever is saved from here on is refused, at worst needlessly.
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if obj is not None and self.has_change_permission(request, obj):
            extra |= {"mark_field": MARK_FIELD, "mark": self._mark(request, obj)}
        return super().changeform_view(request, object_id, form_url, extra)

    def _save_or_refuse(self, request: HttpRequest, object_id: str, form_url: str, extra: dict[str, Any]) -> Any:
        obj = self._locked(request, object_id)
        opened = _MARK.fullmatch(request.POST.get(MARK_FIELD, ""))
        if obj is None:
            if opened is not None:
                return self._gone(request, unquote(object_id), opened["uid"] or "")
            return super().changeform_view(request, object_id, form_url, extra)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        now = self._mark(request, obj)
        post, added_by_others = set_on_present_rows(request.POST, self._formsets(request, obj))
        request.POST = post  # type: ignore[assignment]
        extra |= {"mark_field": MARK_FIELD, "mark": now}
        if opened is not None and opened["digest"] == now.partition(".")[0]:
            extra["mark"] = opened[0]
            return super().changeform_view(request, object_id, form_url, extra)
        refusing = copy.copy(self)
        refusing.refusal = self._who_saved(request, obj, opened and int(opened["at"]))
        refusing.conflict = FormConflict(obj, added_by_others)
        response: HttpResponse = super(RefusesConflicts, refusing).changeform_view(request, object_id, form_url, extra)
        response.status_code = 409
        return response

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The thing as the database has it, held until the transaction ends; None where there is none."""
        obj = self.get_object(request, unquote(object_id))
        try:
            for roadmap in roadmaps_with(obj) if obj is not None else ():
                Roadmap.objects.lock(roadmap.pk)
            if isinstance(obj, Api):
                Api.objects.select_for_update().get(pk=obj.pk)
        except (Api.DoesNotExist, Roadmap.DoesNotExist):
            return None
        return self.get_object(request, unquote(object_id))

    def _mark(self, request: HttpRequest, obj: Any) -> str:
        """Of everything that the form shows and can change, and of nothing else.

        Not of the Content: that lacks what readers do not see (a roadmap's team), and has what this form does not
        change (the name of an API). Rows count with their keys, which the form posts.
        """
        opts = obj._meta
        names = [column.attname for column in opts.concrete_fields if column.editable]
        state: list[Any] = [*type(obj)._base_manager.filter(pk=obj.pk).values_list(*names)]
        for relation in opts.many_to_many:
            if relation.remote_field.through._meta.auto_created:
                state.append(sorted(getattr(obj, relation.name).values_list("pk", flat=True)))
        state.append(sorted(map(str, self.get_readonly_fields(request, obj))))
        for formset in self._formsets(request, obj):
            rows = formset.model._base_manager.filter(**{formset.fk.name: obj.pk}).order_by("pk")
            if found := [*rows.values_list()]:
                state.append([formset.prefix, found])
        digest, at = digest_of(json.dumps(state, default=str)), int(timezone.now().timestamp())
        return f"{digest}.{at}.{getattr(obj, 'uid', '')}"

    def _formsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The form's inlines as they are now, whatever was posted."""
        return [
            formset(instance=obj, queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, obj)
        ]

    def _who_saved(self, request: HttpRequest, obj: Any, opened_at: int | None) -> str:
        if opened_at is None:
            return (
                "This form does not say how this was when you opened it, so somebody may have saved it in between. "
                "Nothing has been saved, and all that you sent is in the form below."
            )
        told = "Somebody changed this while you were editing"
        if last := _last_saved(obj, opened_at):
            at, who = last
            name = "You, in another tab or window," if who == request.user else name_of(who)
            told = f"{name} saved this on {uk_datetime(at)}, while you were editing"
        return (
            f"{told}. Nothing of yours has been saved, and nothing that you typed is lost: it is in the form below. "
            "Compare the two, change the form where you need to, then save again. "
            "What is in the form then replaces what was saved."
        )

    # What Django's own view asks on its way

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made: Any = super().get_form(request, obj, change, **kwargs)
        if self.refusal:
            own_clean, refusal = made.clean, ValidationError(self.refusal, code="refused")

            def clean(form: forms.ModelForm) -> Any:
                cleaned = own_clean(form)
                form.add_error(None, refusal)
                return cleaned

            made.clean = clean  # the class was made for this request alone
        return made

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context |= {"key_field": KEY_FIELD, "typed_key": posted_key(request)}
        if self.conflict is not None:
            fresh = self.conflict.fresh
            inlines = [inline.formset for inline in context["inline_admin_formsets"]]
            context["differences"] = differences(
                request.POST,
                (self.get_form(request, fresh, change=True)(instance=fresh), context["adminform"].form),
                zip(self._formsets(request, fresh), inlines, strict=True),
                self.conflict.added_by_others,
            )
            context |= {"is_refused": True, "original": fresh, "subtitle": str(fresh)}
        if self.refusal and len(context["errors"]) == 1:  # the refusal alone: there is no error to correct
            context |= {"errors": None, "refusal": self.refusal}
        if context["errors"]:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["marked"] = [*marked_fields(context["adminform"].form, formsets)]
        return super().render_change_form(request, context, *args, **kwargs)

    def _gone(self, request: HttpRequest, pk: str, uid: str) -> HttpResponse:
        """Deleted while somebody edited it: what they typed, for copying."""
        if not self.has_change_permission(request) or self.model._base_manager.filter(pk=pk).exists():
            raise PermissionDenied
        removal = Save.objects.of_thing(uid).filter(content="").first() if is_uid(uid) else None
        log = _logs(self.model, pk).filter(action_flag=DELETION).first()
        who = removal.saved_by if removal else log and log.user
        at = removal.saved_at if removal else log and log.action_time
        blank = [formset() for formset, _ in self.get_formsets_with_inlines(request, None)]
        context = {
            "title": f"This {self.opts.verbose_name} was deleted while you were editing",
            "opts": self.opts,
            "who": name_of(who) if who else "",
            "at": at,
            "texts": typed_texts(request.POST, self.get_form(request, None), blank),
            "removal": removal,
        }
        return page(request, "editing/gone", context, status=410)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.after_save(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.after_save(request, obj, super().response_change(request, obj))

    def after_save(self, request: HttpRequest, obj: Any, response: HttpResponse) -> HttpResponse:
        return tell_saved(request, response)


def tell_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tells the script that what it keeps of this opening of a form is saved."""
    if key := posted_key(request):
        earlier = [saved for saved in request.COOKIES.get(COOKIE, "").split(".") if _KEY.fullmatch(saved)]
        response.set_cookie(
            COOKIE,
            ".".join([*earlier, key][-MOST_KEYS:]),
            max_age=MAX_AGE,
            path=reverse("admin:index"),
            secure=bool(settings.SESSION_COOKIE_SECURE),
            samesite="Lax",
        )
    return response


def _logs(model: Any, pk: Any) -> QuerySet[LogEntry]:
    """What Django itself keeps of one thing, newest first."""
    logs = LogEntry.objects.filter(content_type=get_content_type_for_model(model), object_id=str(pk))
    return logs.select_related("user")


def _last_saved(obj: Any, since: int) -> tuple[datetime.datetime, Any] | None:
    """When it was saved last, and by whom, where that is known and is what changed it: since the form was opened."""
    found: list[tuple[datetime.datetime, Any]] = []
    if type(obj) in NOUN_OF_MODEL:
        save = Save.objects.select_related("saved_by").of_thing(str(obj.uid)).first()
        if save and save.saved_by and save.digest == digest_of(to_json(content_of(obj))):
            found.append((save.saved_at, save.saved_by))
    if type(obj) not in NOUN_OF_MODEL or isinstance(obj, Roadmap):  # its team is in no Save
        found += [(log.action_time, log.user) for log in _logs(obj, obj.pk)[:1]]
    recent = [(at, who) for at, who in found if int(at.timestamp()) >= since]
    return max(recent, key=lambda save: save[0], default=None)


def posted_key(request: HttpRequest) -> str:
    key = request.POST.get(KEY_FIELD, "")
    return key if _KEY.fullmatch(key) else ""
