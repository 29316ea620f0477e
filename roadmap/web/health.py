"""What a load balancer and an orchestrator ask: is the process alive, and can it answer readers."""

import logging

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from roadmap.web.responses import require_safe

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive. Asks no database: a process that is only waiting for one should not be ended."""
    return _plain("ok")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database can be reached and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        logger.exception("Not ready: the database cannot be reached")
        return _plain("The database cannot be reached.", status=503)
    if missing:
        return _plain("The database is not migrated: run manage.py migrate.", status=503)
    return _plain("ok")


def _plain(text: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
