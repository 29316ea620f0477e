"""Two people at one form: whoever saves second is refused, and shown both texts with all that they typed.

A form carries a mark of how the thing was when it was opened. Under the roadmap's lock, a mark that no longer fits
refuses the save. The form that is shown then has the new mark: to save it again is to decide, knowingly.
See docs/decisions/0004-editors-take-the-publishers-lock.md.
"""

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
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from roadmap.admin.editing.autosave import KEY_FIELD, KeepsUnsaved, posted_key
from roadmap.admin.editing.inline_rows import set_on_present_rows
from roadmap.admin.editing.submitted_text import differences, typed_texts
from roadmap.content.things import to_json
from roadmap.models import NOUN_OF_MODEL, Api, Roadmap, Save
from roadmap.publishing.pending import digest_of
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import content_of

MARK_FIELD = "_opened"


@dataclass(frozen=True)
class Mark:
    """How a thing was when a form was opened: its state's digest, the second, and the thing's uid where it has one."""

    digest: str
    at: int
    uid: str = ""

    def __str__(self) -> str:
        return f"{self.digest}.{self.at}.{self.uid}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        digest, _, rest = text.partition(".")
        at, _, uid = rest.partition(".")
        return cls(digest, int(at), uid) if at.isdecimal() and len(at) < 12 else None


@dataclass
class Conflict:
    sentence: str
    fresh: Any  # the thing as it is saved now
    added_by_others: set[tuple[str, str]] = field(default_factory=set)


class RefusesConflicts(KeepsUnsaved):
    """Its mark is written into the form by templates/admin/roadmap/change_form.html."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = {**(extra_context or {}), "key_field": KEY_FIELD, "typed_key": posted_key(request)}
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra)
        if request.method == "POST":
            with transaction.atomic():
                return self._save_or_refuse(request, object_id, form_url, extra)
        # Before anything that the form shows is read: whatever is saved from here on is refused, at worst needlessly.
        obj = self.get_object(request, unquote(object_id))
        if obj is not None and self.has_change_permission(request, obj):
            extra |= {"mark_field": MARK_FIELD, "mark": self._mark(request, obj)}
        return super().changeform_view(request, object_id, form_url, extra)

    def _save_or_refuse(
        self, request: HttpRequest, object_id: str, form_url: str, extra: dict[str, Any]
    ) -> HttpResponse:
        obj = self._locked(request, object_id)
        opened = Mark.read(request.POST.get(MARK_FIELD, ""))
        if obj is None:
            if opened is not None:
                return self._gone(request, unquote(object_id), opened)
            told: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
            return told
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        now = self._mark(request, obj)
        present = set_on_present_rows(request.POST, self._formsets(request, obj))
        request.POST = present.post  # type: ignore[assignment]
        if opened is None or opened.digest != now.digest:
            sentence = self._who_saved(request, obj, opened)
            request._conflict = Conflict(sentence, obj, present.added_by_others)  # type: ignore[attr-defined]
        else:
            now = opened
        extra |= {"mark_field": MARK_FIELD, "mark": now}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        if _conflict(request):
            response.status_code = 409
        return response

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The thing as the database has it, held until the transaction ends; None where there is none."""
        obj = self.get_object(request, unquote(object_id))
        try:
            if isinstance(obj, Api):
                for pk in (
                    Roadmap.objects.filter(items__apis=obj).order_by("pk").values_list("pk", flat=True).distinct()
                ):
                    Roadmap.objects.lock(pk)
                Api.objects.select_for_update().get(pk=obj.pk)
            elif obj is not None:
                Roadmap.objects.lock(obj.pk if isinstance(obj, Roadmap) else obj.roadmap_id)
        except (Api.DoesNotExist, Roadmap.DoesNotExist):
            return None
        return self.get_object(request, unquote(object_id))

    def _mark(self, request: HttpRequest, obj: Any) -> Mark:
        """Of everything that the form shows and can change, and of nothing else.

        Not of the Content: that lacks what readers do not see (a roadmap's team), and has what this form does not
        change (the name of an API). Rows count with their keys, which the form posts.
        """
        opts = obj._meta
        names = [one.attname for one in opts.concrete_fields if one.editable]
        state: list[Any] = [*type(obj)._base_manager.filter(pk=obj.pk).values_list(*names)]
        for one in opts.many_to_many:
            if one.remote_field.through._meta.auto_created:
                state.append(sorted(getattr(obj, one.name).values_list("pk", flat=True)))
        state.append(sorted(map(str, self.get_readonly_fields(request, obj))))
        for formset in self._formsets(request, obj):
            columns = [one.attname for one in formset.model._meta.concrete_fields]
            rows = formset.model._base_manager.filter(**{formset.fk.name: obj.pk}).order_by("pk")
            if found := [*rows.values_list(*columns)]:
                state.append([formset.prefix, found])
        at = int(timezone.now().timestamp())
        return Mark(digest_of(json.dumps(state, default=str)), at, str(getattr(obj, "uid", "")))

    def _formsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The form's inlines as they are now, whatever was posted."""
        return [
            formset(instance=obj, queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, obj)
        ]

    def _who_saved(self, request: HttpRequest, obj: Any, opened: Mark | None) -> str:
        if opened is None:
            return (
                "This form does not say how this was when you opened it, so somebody may have saved it in between. "
                "Nothing has been saved, and all that you sent is in the form below."
            )
        who, at = _last_saved(obj, opened.at)
        if who is None or at is None:
            told = "Somebody changed this while you were editing"
        else:
            name = "You, in another tab or window," if who == request.user else who.get_full_name() or who.username
            told = f"{name} saved this on {uk_datetime(at)}, while you were editing"
        return (
            f"{told}. Nothing of yours has been saved, and nothing that you typed is lost: it is in the form below. "
            "Compare the two, change the form where you need to, then save again. "
            "What is in the form then replaces what was saved."
        )

    # What Django's own view asks on its way

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made: Any = super().get_form(request, obj, change, **kwargs)
        conflict = _conflict(request)
        if conflict is None:
            return made

        own_clean = made.clean

        def clean(form: forms.ModelForm) -> Any:
            cleaned = own_clean(form)
            form.add_error(None, ValidationError(conflict.sentence, code="conflict"))
            return cleaned

        made.clean = clean  # the class was made for this request alone
        return made

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        conflict = _conflict(request)
        if conflict:
            # The form of what is saved now: without the refusal in it.
            del request._conflict  # type: ignore[attr-defined]
            now = self.get_form(request, conflict.fresh, change=True)(instance=conflict.fresh)
            request._conflict = conflict  # type: ignore[attr-defined]
            context["differences"] = differences(
                request.POST,
                (now, context["adminform"].form),
                [
                    (unbound, inline.formset)
                    for unbound, inline in zip(
                        self._formsets(request, conflict.fresh), context["inline_admin_formsets"], strict=True
                    )
                ],
                conflict.added_by_others,
            )
            context |= {"is_refused": True, "original": conflict.fresh, "subtitle": str(conflict.fresh)}
            if len(context["errors"]) == 1:  # the refusal alone: there is no error to correct
                context |= {"errors": None, "refusal": conflict.sentence}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _gone(self, request: HttpRequest, pk: str, opened: Mark) -> HttpResponse:
        """Deleted while somebody edited it: what they typed, for copying."""
        if not self.has_change_permission(request) or self.model._base_manager.filter(pk=pk).exists():
            raise PermissionDenied
        removal = Save.objects.of_thing(opened.uid).filter(content="").first() if _is_uid(opened.uid) else None
        log = LogEntry.objects.filter(
            content_type=get_content_type_for_model(self.model), object_id=pk, action_flag=DELETION
        ).first()
        who: Any = None
        at = None
        if removal:
            who, at = removal.saved_by, removal.saved_at
        elif log:
            who, at = log.user, log.action_time
        context = {
            **self.admin_site.each_context(request),
            "title": f"This {self.opts.verbose_name} was deleted while you were editing",
            "opts": self.opts,
            "who": (who.get_full_name() or who.username) if who else "",
            "at": at,
            "texts": typed_texts(request.POST, self.get_form(request, None), self._blank_formsets(request)),
            "removal": removal,
        }
        return TemplateResponse(request, "admin/editing/gone.html", context, status=410)

    def _blank_formsets(self, request: HttpRequest) -> list[Any]:
        return [formset() for formset, _ in self.get_formsets_with_inlines(request, None)]


def _conflict(request: HttpRequest) -> Conflict | None:
    return getattr(request, "_conflict", None)


def _is_uid(text: str) -> bool:
    return len(text) == 36 and set(text) <= set("0123456789abcdef-")


def _last_saved(obj: Any, since: int) -> tuple[Any, datetime.datetime | None]:
    """Who saved it last, and when, where that is known and is what changed it: since the form was opened."""
    found: list[tuple[Any, datetime.datetime]] = []
    if type(obj) in NOUN_OF_MODEL:
        save = Save.objects.select_related("saved_by").of_thing(str(obj.uid)).first()
        if save and save.saved_by and save.digest == digest_of(to_json(content_of(obj))):
            found.append((save.saved_by, save.saved_at))
    if type(obj) not in NOUN_OF_MODEL or isinstance(obj, Roadmap):  # its team is in no Save
        logs = LogEntry.objects.filter(content_type=get_content_type_for_model(obj), object_id=str(obj.pk))
        found += [(log.user, log.action_time) for log in logs.select_related("user").order_by("-action_time")[:1]]
    found = [(who, at) for who, at in found if int(at.timestamp()) >= since]
    return max(found, key=lambda one: one[1], default=(None, None))
