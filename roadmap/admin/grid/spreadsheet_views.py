"""A grid as a file: downloaded, changed somewhere, uploaded, and its plan shown and applied."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from roadmap.admin.grid.columns import grid_of
from roadmap.admin.grid.listed import listed
from roadmap.admin.grid.new_rows import told_again
from roadmap.admin.grid.spreadsheet import MEDIA_TYPE, MOST_SIZE, FileRefused, ReadFile, read, written
from roadmap.admin.grid.spreadsheet_plan import FilePlan, apply_plan, changes_in, plan_changes, waiting
from roadmap.admin.grid.views import roadmap_of_grid, today
from roadmap.admin.imports.capped_upload import CappedUpload, is_longer
from roadmap.admin.security.log import Kind, record
from roadmap.admin.to_check import tell
from roadmap.admin.views import next_step, page
from roadmap.content.things import counted
from roadmap.models import Roadmap
from roadmap.working_copies.many_items import ItemsEdited, by_key

MOST_BODY = 12_000_000  # bytes of a request: a file, or a plan that comes back
TOO_LARGE = f"This file is larger than {MOST_SIZE // 1_000_000} MB. Leave only the rows that you changed in it."
NO_PLAN = "That page is too old to be applied: upload the file again."


class SpreadsheetForm(forms.Form):
    """Valid, it has `found`."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="The .xlsx file that you downloaded from here, with your changes.",
        widget=forms.FileInput(attrs={"accept": ".xlsx", "aria-describedby": "id_file_helptext"}),
        error_messages={
            "required": "Choose the .xlsx file that you changed.",
            "empty": "This file is empty. Choose another.",
            "invalid": "No file came with the form. Choose it again.",
        },
    )
    found: ReadFile

    def clean_file(self) -> str:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_SIZE:
            raise ValidationError(TOO_LARGE)
        name = str(file.name)[:80]
        try:
            self.found = read(file.read(), name)
        except FileRefused as error:
            raise ValidationError(str(error)) from error
        return name


@never_cache
@require_safe
def download_view(request: HttpRequest, pk: int) -> HttpResponse:
    """All items that the filters leave, whatever page of the table they are on."""
    roadmap = roadmap_of_grid(request, pk)
    grid = grid_of(roadmap)
    contents = by_key(roadmap, listed(request, roadmap, 0, is_whole=True).keys).values()
    answer = HttpResponse(written(grid, contents, now=timezone.now()), content_type=MEDIA_TYPE)
    record(Kind.EXPORT, f"{counted(len(contents), 'item')} as a spreadsheet", request=request, about=roadmap)
    answer["Content-Disposition"] = f'attachment; filename="{roadmap.slug}-items-{today():%Y-%m-%d}.xlsx"'
    return answer


@csrf_exempt  # checked below, once the form is read in our way
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = roadmap_of_grid(request, pk)
    if is_longer(request, MOST_BODY):
        return _show_form(request, roadmap, SpreadsheetForm(), TOO_LARGE, status=413)
    request.upload_handlers = [CappedUpload(request, MOST_SIZE)]
    return _take(request, roadmap)


@csrf_protect
def _take(request: HttpRequest, roadmap: Roadmap) -> HttpResponse:
    if request.method == "POST" and "plan" in request.POST:
        return _apply(request, roadmap)
    form = SpreadsheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if not form.is_valid():
        return _show_form(request, roadmap, form)
    try:
        changes, refused, notes = changes_in(form.found, roadmap, grid_of(roadmap))
        plan = plan_changes(roadmap, changes, name=form.cleaned_data["file"], today=today())
        plan.rows = sorted([*plan.rows, *refused], key=lambda row: row.change.number)
        plan.notes = [*notes, *plan.notes]
        return _show_plan(request, plan)
    except FileRefused as error:
        form.add_error("file", str(error))
        return _show_form(request, roadmap, form)


def _apply(request: HttpRequest, roadmap: Roadmap) -> HttpResponse:
    came = waiting(request.POST["plan"], roadmap)
    if came is None:
        messages.warning(request, NO_PLAN)
        return redirect("admin:roadmap_roadmap_grid_upload", roadmap.pk)
    takes = {
        key: frozenset(name.partition(" ")[2] for name in request.POST.getlist("take") if name.startswith(f"{key} "))
        for key in came.seen
    }
    if any(not change.base for change in came.changes) and not request.user.has_perm("roadmap.add_item"):
        raise PermissionDenied
    plan, done = apply_plan(roadmap, came, takes, by=request.user, today=today())
    _tell(request, roadmap, plan, done)
    if not done.overtaken:
        return redirect("admin:roadmap_roadmap_grid", roadmap.pk)
    left = [row.change for row in plan.rows if row.pk in done.overtaken]
    again = plan_changes(roadmap, left, name=came.name, today=today())
    again.notes = [
        f"Somebody has changed {counted(len(left), 'item')} since this page was shown. Read again what becomes of it."
    ]
    return _show_plan(request, again, status=409)


def _tell(request: HttpRequest, roadmap: Roadmap, plan: FilePlan, done: ItemsEdited) -> None:
    words = [f"Changed {counted(len(done.changed), 'item')}."] if done.changed else []
    words += [f"Added {counted(len(done.added), 'item')}."] if done.added else []
    if words:
        messages.success(request, format_html("{} {}", " ".join(words), next_step(request.user, roadmap)))
        tell(request, roadmap, done.uids, today())
    elif not done.overtaken and not plan.again:
        messages.info(request, "Nothing was changed: the items say all of this already.")
    if plan.again:
        messages.info(request, told_again(plan.again, "this file"))
    if done.added:
        messages.info(request, "Download the items again before you change more: the new ones have references there.")
    kept = sum(bool(row.clashes) for row in plan.to_apply if row.pk in done.unchanged)
    if kept:
        messages.info(request, f"{counted(kept, 'item')} stayed as others have saved {'it' if kept == 1 else 'them'}.")


def _show_plan(request: HttpRequest, plan: FilePlan, status: int = 200) -> HttpResponse:
    rows = plan.to_apply
    context: dict[str, Any] = {
        "title": f"What {plan.name} changes",
        "here": "What the spreadsheet changes",
        "roadmap": plan.roadmap,
        "plan": plan,
        "rows": rows,
        "new_count": sum(row.pk is None for row in rows),
        "signed": plan.signed(),
    }
    return page(request, "grid/plan", context, status=status)


def _show_form(
    request: HttpRequest, roadmap: Roadmap, form: SpreadsheetForm, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "title": f"Upload a spreadsheet of {roadmap}",
        "here": "Upload a spreadsheet",
        "roadmap": roadmap,
        "form": form,
        "error": error,
    }
    return page(request, "grid/upload", context, status=status)
