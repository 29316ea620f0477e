"""The numbers of the site as Prometheus reads them (text format 0.0.4): what processes counted, and what is published.

Written here, since the usual package takes 16 MB of each process for it.
"""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count

from roadmap.models.published import Edition
from roadmap.published import store
from roadmap.published.away import finding_out
from roadmap.web.counts import site_counts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Of each thing that is counted: its name, what it is, and what its parts are called.
_COUNTED = {
    "requests": (
        "roadmap_requests_total",
        "Requests, by kind of address and status; 0 is any other status.",
        "kind status",
    ),
    "renders": ("roadmap_renders_total", "Answers that Django made, by kind of address.", "kind"),
    "render_seconds": ("roadmap_render_seconds_total", "Seconds that making them took.", "kind"),
    "store": (
        "roadmap_store_answers_total",
        "Readers' answers, by where they were found: in memory, on disk, or nowhere, so that Django made them.",
        "from",
    ),
    "queries": ("roadmap_queries_total", "Queries, by database.", "database"),
    "query_seconds": ("roadmap_query_seconds_total", "Seconds that they took.", "database"),
}


def text(now: datetime.datetime) -> str:
    return "".join(f"{line}\n" for line in [*_lines_of_counts(), *_lines_of_site(now)])


def _lines_of_counts() -> Iterator[str]:
    counts = site_counts()
    last = ""
    for (thing, *parts), number in (counts.sums() if counts else {}).items():
        name, told, labels = _COUNTED[thing]
        if thing != last:
            yield from _head(name, "counter", told)
            last = thing
        if number:
            yield _line(name, dict(zip(labels.split(), parts, strict=True)), number)


def _lines_of_site(now: datetime.datetime) -> Iterator[str]:
    yield from _head("roadmap_info", "gauge", "The version of the software.")
    yield _line("roadmap_info", {"version": settings.VERSION}, 1)
    publishes: dict[str, int] = {}
    try:
        with finding_out():
            live = Edition.objects.live(now).values("roadmap_slug").order_by()
            publishes = dict(live.annotate(editions=Count("pk")).values_list("roadmap_slug", "editions"))
        is_up = 1
    except DatabaseError:
        is_up = 0
    yield from _head("roadmap_database_up", "gauge", "Whether the database answers.")
    yield _line("roadmap_database_up", {}, is_up)
    yield from _head("roadmap_publishes_total", "counter", "Editions that readers have been given, by roadmap.")
    yield from (_line("roadmap_publishes_total", {"roadmap": slug}, count) for slug, count in sorted(publishes.items()))
    try:
        found = store.newest_of_each(now)
    except DatabaseError:
        found = []
    yield from _head("roadmap_edition_age_seconds", "gauge", "Seconds since the newest edition of a roadmap.")
    for published in found:
        age = max(0.0, (now - published.edition.published_at).total_seconds())  # clocks differ
        yield _line("roadmap_edition_age_seconds", {"roadmap": published.edition.roadmap_slug}, round(age))
    yield from _head("roadmap_notice_on", "gauge", "Whether a notice stands above the pages of a roadmap.")
    for published in found:
        notice = published.snapshot.roadmap.notice
        is_on = notice is not None and notice.is_on(now)
        yield _line("roadmap_notice_on", {"roadmap": published.edition.roadmap_slug}, int(is_on))


def _head(name: str, kind: str, told: str) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, labels: dict[str, str], number: float) -> str:
    inner = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{inner}}} {number:.16g}" if inner else f"{name} {number:.16g}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
