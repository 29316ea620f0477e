"""What imports told: the list of a roadmap's, and each with a link from every line to the thing that it is about."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from roadmap.admin.permissions import may_edit
from roadmap.admin.views import allowed_roadmap, edit_urls, name_of, page
from roadmap.content.choices import Noun
from roadmap.models import MODEL_OF, ImportNote, ImportReport

ROWS = 50  # reports on a page, and lines of one

_DOUBTS = Count("notes", filter=Q(notes__kind=ImportNote.Kind.DOUBT))


@require_safe
def reports_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    found = ImportReport.objects.filter(roadmap=roadmap).select_related("imported_by", "edition")
    in_order = found.annotate(doubts=_DOUBTS).order_by("-imported_at", "-pk")
    rows = Paginator(in_order, ROWS).get_page(request.GET.get("p"))
    context = {"title": f"Imports into {roadmap}", "roadmap": roadmap, "page": rows, "pages": _pages(rows)}
    return page(request, "imports/reports", {**context, "rows": [(report, _who(report)) for report in rows]})


@require_safe
def report_view(request: HttpRequest, pk: int, report_pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    report = get_object_or_404(ImportReport.objects.select_related("imported_by", "edition"), pk=report_pk, roadmap=pk)
    numbers = dict(report.notes.order_by().values_list("kind").annotate(Count("pk")))
    kinds = [(kind, kind.label, numbers[kind]) for kind in ImportNote.Kind if kind in numbers]
    asked = request.GET.get("show", "")
    shown = next((kind for kind, _, _ in kinds if kind == asked), kinds[0][0] if kinds else "")
    notes = Paginator(report.notes.filter(kind=shown), ROWS).get_page(request.GET.get("p"))
    urls = edit_urls(roadmap, {Noun(note.noun) for note in notes})
    context: dict[str, Any] = {
        "title": f"Import of {report.name}",
        "roadmap": roadmap,
        "report": report,
        "who": _who(report),
        "kinds": kinds,
        "shown": shown,
        "notes": [(note, _word(note), _url(note, urls, roadmap.pk)) for note in notes],
        "page": notes,
        "pages": _pages(notes),
    }
    return page(request, "imports/report", context)


def _url(note: ImportNote, urls: dict[str, str], roadmap_pk: int) -> str:
    """Its form; the history of what is not there any more."""
    uid = str(note.uid)
    return urls.get(uid) or reverse("admin:roadmap_roadmap_history_of", args=[roadmap_pk, uid])


def _word(note: ImportNote) -> str:
    return str(MODEL_OF[Noun(note.noun)]._meta.verbose_name)


def _who(report: ImportReport) -> str:
    return name_of(report.imported_by) if report.imported_by else "On the command line"


def _pages(found: Any) -> Any:
    return found.paginator.get_elided_page_range(found.number) if found.paginator.num_pages > 1 else ()
