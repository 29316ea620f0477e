"""The addresses of imports, below those of the roadmaps in the admin.

What reads the Markdown of others is 3 MB, which only whoever imports needs: it is loaded when that is asked for.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from roadmap.admin.imports.report_page import report_view, reports_view


def urls(admin_view: Callable[[Any], Any]) -> list[URLPattern]:
    return [
        path("import/", admin_view(_import), name="roadmap_roadmap_import"),
        path("import/<slug:key>/", admin_view(_plan), name="roadmap_roadmap_import_plan"),
        path("<int:pk>/import/", admin_view(_import), name="roadmap_roadmap_import_again"),
        path("<int:pk>/imports/", admin_view(reports_view), name="roadmap_roadmap_imports"),
        path("<int:pk>/imports/<int:report_pk>/", admin_view(report_view), name="roadmap_roadmap_import_report"),
    ]


@csrf_exempt  # checked by the view itself, once it reads the form
def _import(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    from roadmap.admin.imports.views import import_view

    return import_view(request, pk)


def _plan(request: HttpRequest, key: str) -> HttpResponse:
    from roadmap.admin.imports.views import plan_view

    return plan_view(request, key)
