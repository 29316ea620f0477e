"""Two people at one form: whoever saves second is refused, and shown both texts with all that they typed.

A form carries a mark of how the thing was when it was opened. Under the roadmap's lock, a mark that no longer fits
refuses the save. The form that is shown then has the new mark: to save it again is to decide, knowingly.
See docs/decisions/0004-editors-take-the-publishers-lock.md.
"""

import copy
import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from roadmap.admin.editing.autosave import KeepsUnsaved
from roadmap.admin.editing.inline_rows import set_on_present_rows
from roadmap.admin.editing.submitted_text import differences, typed_texts
from roadmap.admin.views import is_uid, name_of, page
from roadmap.content.things import to_json
from roadmap.models import NOUN_OF_MODEL, Api, Roadmap, Save
from roadmap.publishing.audit_trail import roadmap_of, roadmaps_with
from roadmap.publishing.pending import digest_of
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import content_of

MARK_FIELD = "_opened"


@dataclass(frozen=True)
class FormMark:
    """How a thing was when a form was opened: its state's digest, the second, and the thing's uid where it has one."""

    digest: str
    at: int
    uid: str = ""

    def __str__(self) -> str:
        return f"{self.digest}.{self.at}.{self.uid}"

    @classmethod
    def read(cls, text: str) -> "FormMark | None":
        digest, _, rest = text.partition(".")
        at, _, uid = rest.partition(".")
        return cls(digest, int(at), uid) if at.isdecimal() and len(at) < 12 else None


@dataclass
class FormConflict:
    sentence: str
    fresh: Any  # the thing as it is saved now
    added_by_others: set[tuple[str, str]] = field(default_factory=set)


class RefusesConflicts(KeepsUnsaved):
    """Its mark is written into the form by templates/admin/roadmap/change_form.html."""

    conflict: FormConflict | None = None  # of the copy of this admin that refuses one request

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
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

    def _save_or_refuse(
        self, request: HttpRequest, object_id: str, form_url: str, extra: dict[str, Any]
    ) -> HttpResponse:
        obj = self._locked(request, object_id)
        opened = FormMark.read(request.POST.get(MARK_FIELD, ""))
        if obj is None:
            if opened is not None:
                return self._gone(request, unquote(object_id), opened)
            return super().changeform_view(request, object_id, form_url, extra)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        now = self._mark(request, obj)
        present = set_on_present_rows(request.POST, self._formsets(request, obj))
        request.POST = present.post  # type: ignore[assignment]
        extra |= {"mark_field": MARK_FIELD, "mark": now}
        if opened is not None and opened.digest == now.digest:
            extra["mark"] = opened
            return super().changeform_view(request, object_id, form_url, extra)
        refusing = copy.copy(self)
        refusing.conflict = FormConflict(self._who_saved(request, obj, opened), obj, present.added_by_others)
        response: HttpResponse = super(RefusesConflicts, refusing).changeform_view(request, object_id, form_url, extra)
        response.status_code = 409
        return response

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The thing as the database has it, held until the transaction ends; None where there is none."""
        obj = self.get_object(request, unquote(object_id))
        try:
            if isinstance(obj, Api):
                for roadmap in roadmaps_with(obj):
                    Roadmap.objects.lock(roadmap.pk)
                Api.objects.select_for_update().get(pk=obj.pk)
            elif obj is not None:
                Roadmap.objects.lock(roadmap_of(obj).pk)
        except (Api.DoesNotExist, Roadmap.DoesNotExist):
            return None
        return self.get_object(request, unquote(object_id))

    def _mark(self, request: HttpRequest, obj: Any) -> FormMark:
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
            columns = [column.attname for column in formset.model._meta.concrete_fields]
            rows = formset.model._base_manager.filter(**{formset.fk.name: obj.pk}).order_by("pk")
            if found := [*rows.values_list(*columns)]:
                state.append([formset.prefix, found])
        at = int(timezone.now().timestamp())
        return FormMark(digest_of(json.dumps(state, default=str)), at, str(getattr(obj, "uid", "")))

    def _formsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The form's inlines as they are now, whatever was posted."""
        return [
            formset(instance=obj, queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, obj)
        ]

    def _who_saved(self, request: HttpRequest, obj: Any, opened: FormMark | None) -> str:
        if opened is None:
            return (
                "This form does not say how this was when you opened it, so somebody may have saved it in between. "
                "Nothing has been saved, and all that you sent is in the form below."
            )
        who, at = _last_saved(obj, opened.at)
        if who is None or at is None:
            told = "Somebody changed this while you were editing"
        else:
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
        if self.conflict is not None:
            own_clean, refusal = made.clean, ValidationError(self.conflict.sentence, code="conflict")

            def clean(form: forms.ModelForm) -> Any:
                cleaned = own_clean(form)
                form.add_error(None, refusal)
                return cleaned

            made.clean = clean  # the class was made for this request alone
        return made

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if self.conflict is not None:
            fresh = self.conflict.fresh
            accepting = copy.copy(self)  # for the form of what is saved now: without the refusal in it
            accepting.conflict = None
            inlines = [inline.formset for inline in context["inline_admin_formsets"]]
            context["differences"] = differences(
                request.POST,
                (accepting.get_form(request, fresh, change=True)(instance=fresh), context["adminform"].form),
                zip(self._formsets(request, fresh), inlines, strict=True),
                self.conflict.added_by_others,
            )
            context |= {"is_refused": True, "original": fresh, "subtitle": str(fresh)}
            if len(context["errors"]) == 1:  # the refusal alone: there is no error to correct
                context |= {"errors": None, "refusal": self.conflict.sentence}
        return super().render_change_form(request, context, *args, **kwargs)

    def _gone(self, request: HttpRequest, pk: str, opened: FormMark) -> HttpResponse:
        """Deleted while somebody edited it: what they typed, for copying."""
        if not self.has_change_permission(request) or self.model._base_manager.filter(pk=pk).exists():
            raise PermissionDenied
        removal = Save.objects.of_thing(opened.uid).filter(content="").first() if is_uid(opened.uid) else None
        log = _logs(self.model, pk).filter(action_flag=DELETION).first()
        who: Any = None
        at = None
        if removal:
            who, at = removal.saved_by, removal.saved_at
        elif log:
            who, at = log.user, log.action_time
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


def _logs(model: Any, pk: Any) -> QuerySet[LogEntry]:
    """What Django itself keeps of one thing, newest first."""
    return LogEntry.objects.filter(content_type=get_content_type_for_model(model), object_id=str(pk))


def _last_saved(obj: Any, since: int) -> tuple[Any, datetime.datetime | None]:
    """Who saved it last, and when, where that is known and is what changed it: since the form was opened."""
    found: list[tuple[Any, datetime.datetime]] = []
    if type(obj) in NOUN_OF_MODEL:
        save = Save.objects.select_related("saved_by").of_thing(str(obj.uid)).first()
        if save and save.saved_by and save.digest == digest_of(to_json(content_of(obj))):
            found.append((save.saved_by, save.saved_at))
    if type(obj) not in NOUN_OF_MODEL or isinstance(obj, Roadmap):  # its team is in no Save
        found += [(log.user, log.action_time) for log in _logs(obj, obj.pk).select_related("user")[:1]]
    found = [(who, at) for who, at in found if int(at.timestamp()) >= since]
    return max(found, key=lambda save: save[1], default=(None, None))
