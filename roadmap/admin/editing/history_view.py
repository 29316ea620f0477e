"""The history of one thing for staff: every save and every publication, any two compared, any of them put back."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from roadmap.admin.editing.text_diff import Comparing, difference_of
from roadmap.admin.permissions import may_edit
from roadmap.admin.to_check import tell
from roadmap.admin.views import allowed_roadmap, name_of, next_step, page
from roadmap.content.choices import Noun
from roadmap.content.comparison import compare
from roadmap.content.things import Content, RoadmapContent
from roadmap.models import MODEL_OF, Edition, ImportNote, ImportReport, Revision, Roadmap, Save
from roadmap.publishing import CannotRestore, restore_revision, roadmap_in_sentences
from roadmap.publishing.audit_trail import BEGINNING, UNRECORDED, deleted_things, recorded, restore_save
from roadmap.templatetags.uk_dates import uk_datetime
from roadmap.working_copies.to_content import content_of

ROWS = 50  # on a page
MOST_DOUBTS = 20  # of imports; their reports have all
UNSURE = (ImportNote.Kind.DOUBT, ImportNote.Kind.LEFT)
FOUND = (BEGINNING, UNRECORDED)  # what Saves before an import are called
NOW = "now"  # the working copy, beside the keys of entries


@dataclass
class TimelineEntry:
    """One Save or one Revision. `key` is what an address calls it: s12, r3."""

    key: str
    at: datetime.datetime
    row: Save | Revision
    is_to_come: bool
    is_live: bool = False
    sentences: list[str] = field(default_factory=list)  # what it changed, in a reader's words
    report: ImportReport | None = None  # of the import that made it

    @cached_property
    def content(self) -> Content | None:
        return self.row.as_content() if self.row.content else None

    @property
    def who(self) -> str:
        user = self.row.edition.published_by if isinstance(self.row, Revision) else self.row.saved_by
        return name_of(user) if user else "Not known"

    @property
    def name(self) -> str:
        if isinstance(self.row, Save):
            return self.row.action
        verb = "Scheduled" if self.is_to_come else "Withdrawn" if self.row.is_removal else "Published"
        return f"{verb} in edition {self.row.edition.number}"


class Timeline:
    """Everything kept of one thing, newest first. The contents are read only for what is shown of it."""

    def __init__(self, roadmap: Roadmap, noun: Noun, uid: str):
        self.roadmap, self.noun, self.uid, self.now = roadmap, noun, uid, Edition.objects.clock(roadmap)
        saves = Save.objects.filter(roadmap=roadmap, noun=noun, uid=uid).values_list("pk", "saved_at")
        revisions = Revision.objects.filter(edition__roadmap=roadmap, noun=noun, uid=uid)
        found = [(at, 0, pk, f"s{pk}") for pk, at in saves]
        # At the same moment, publishing came after the save.
        found += [(at, 1, pk, f"r{pk}") for pk, at in revisions.values_list("pk", "edition__published_at")]
        self.keys = {key: at for at, _, _, key in sorted(found, reverse=True)}
        # Of the Revision that counts now; empty where there is none.
        self.live = next((key for key, at in self.keys.items() if key[0] == "r" and at <= self.now), "")

    def entries(self, keys: Iterable[str]) -> dict[str, TimelineEntry]:
        """Those of these that there are, in their order, with one look at each table."""
        there = [key for key in keys if key in self.keys]
        saves = Save.objects.select_related("saved_by").in_bulk([int(key[1:]) for key in there if key[0] == "s"])
        edited = Revision.objects.select_related("edition__published_by").prefetch_related("changes")
        revisions = edited.in_bulk([int(key[1:]) for key in there if key[0] == "r"])
        rows: dict[str, Save | Revision] = {f"s{pk}": row for pk, row in saves.items()}
        rows |= {f"r{pk}": row for pk, row in revisions.items()}
        return {
            key: TimelineEntry(key, self.keys[key], rows[key], key[0] == "r" and self.keys[key] > self.now)
            for key in there
        }

    def before(self, key: str) -> str:
        """What a Save is told against: the Save before it, or without one what was published before it, or nothing."""
        keys = [*self.keys]
        older = keys[keys.index(key) + 1 :]
        return next((key for key in older if key[0] == "s"), next(iter(older), ""))

    def sentences(self, before: Content | None, after: Content | None) -> list[str]:
        """What differs between two contents; nothing where it was added or deleted, which is said otherwise."""
        changes = compare(before, after, self.release_titles) if before and after else []
        return [change.sentence(self.roadmap_now) for change in changes]

    def find_reports(self, entries: Sequence[TimelineEntry]) -> None:
        """Gives the entries that imports made the reports of these."""
        saves = {entry.at: entry for entry in entries if isinstance(entry.row, Save) and entry.row.action not in FOUND}
        editions = {entry.row.edition_id: entry for entry in entries if isinstance(entry.row, Revision)}
        made = Q(imported_at__in=[*saves], edition=None) | Q(edition__in=[*editions])
        for report in ImportReport.objects.filter(made, roadmap=self.roadmap):
            entry = editions.get(report.edition_id) if report.edition_id else saves.get(report.imported_at)
            if entry:
                entry.report = report

    @property
    def doubts(self) -> list[ImportNote]:
        """What imports were unsure of, the newest first: each once."""
        told = ImportNote.objects.filter(report__roadmap=self.roadmap, uid=self.uid, kind__in=UNSURE)
        newest = told.select_related("report").order_by("-report__imported_at", "-report", "pk")[:MOST_DOUBTS]
        return [*{note.text: note for note in reversed(newest)}.values()][::-1]

    @cached_property
    def roadmap_now(self) -> RoadmapContent:
        """For the names of its environments and columns."""
        return roadmap_in_sentences(self.roadmap)

    @cached_property
    def release_titles(self) -> dict[str, str]:
        """By uid, of every release that is, was published or was ever saved."""
        saved = Save.objects.filter(roadmap=self.roadmap, noun=Noun.RELEASE).order_by("saved_at", "pk")
        titles = {str(uid): title for uid, title in saved.values_list("uid", "title")}
        titles |= Revision.objects.newest_of(self.roadmap).release_titles()
        return titles | {str(uid): title for uid, title in self.roadmap.releases.values_list("uid", "title")}


@require_http_methods(["GET", "HEAD", "POST"])
def history_of(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """By the thing's uid: the history of what was deleted, or the way to that of what is there."""
    roadmap = allowed_roadmap(request, pk, may_edit)
    for noun, model in MODEL_OF.items():
        here = {"pk": pk} if noun is Noun.ROADMAP else {"roadmap": pk}
        copy = model._default_manager.filter(uid=uid, **here).first()
        if copy and request.method != "POST":
            return redirect(f"admin:roadmap_{model._meta.model_name}_history", copy.pk)
        if copy:
            return history(request, roadmap, noun, str(uid), copy)
    known = (
        Save.objects.filter(roadmap=roadmap, uid=uid).values_list("noun", flat=True).first()
        or Revision.objects.filter(edition__roadmap=roadmap, uid=uid).values_list("noun", flat=True).first()
    )
    if not known:
        raise Http404("Nothing of this roadmap has this address.")
    return history(request, roadmap, Noun(known), str(uid), None)


def history(request: HttpRequest, roadmap: Roadmap, noun: Noun, uid: str, copy: Any) -> HttpResponse:
    """`copy` is the working copy; None where it was deleted."""
    noun_admin = admin.site.get_model_admin(MODEL_OF[noun])
    if not may_edit(request.user, roadmap) or not noun_admin.has_view_or_change_permission(request, copy):
        raise PermissionDenied
    may_restore = noun_admin.has_change_permission(request, copy)
    timeline = Timeline(roadmap, noun, uid)
    if request.method != "POST":
        return _show(request, timeline, copy, may_restore=may_restore)
    if not may_restore:
        raise PermissionDenied
    return _restore(request, timeline)


@require_safe
def deleted_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_edit)
    things = deleted_things(roadmap)
    uids = [uid for uid, _, _ in things]
    removals: dict[str, Save] = {}  # by uid, newest first
    for save in Save.objects.filter(uid__in=uids, content="").select_related("saved_by"):
        removals.setdefault(str(save.uid), save)
    now = Edition.objects.clock(roadmap)
    revisions = Revision.objects.filter(uid__in=uids).newest_of(roadmap, now).select_related("edition")
    live = {str(revision.uid): revision for revision in revisions}
    order = [*removals, *uids]  # what no save tells of comes last
    rows = [
        {"uid": uid, "noun": _word(noun), "title": title, "removal": removals.get(uid), "live": live.get(uid)}
        for uid, noun, title in sorted(things, key=lambda thing: order.index(thing[0]))
        if admin.site.get_model_admin(MODEL_OF[noun]).has_view_or_change_permission(request)
    ]
    context = {"title": f"Deleted things of {roadmap}", "roadmap": roadmap, "rows": rows}
    return page(request, "editing/deleted", context)


def _word(noun: Noun) -> str:
    return str(MODEL_OF[noun]._meta.verbose_name)


def _show(request: HttpRequest, timeline: Timeline, copy: Any, *, may_restore: bool) -> HttpResponse:
    rows_page = Paginator([*timeline.keys], ROWS).get_page(request.GET.get("p"))
    told_against = {key: timeline.before(key) for key in rows_page.object_list if key[0] == "s"}
    entries = timeline.entries({*rows_page.object_list, *told_against.values(), timeline.live})
    rows = [entries[key] for key in rows_page.object_list]
    for entry in rows:
        if isinstance(entry.row, Revision):
            for change in entry.row.changes.all():
                sentence = change.as_field_change().sentence(timeline.roadmap_now)
                entry.sentences.append(f"{sentence}. Reason: {change.reason}" if change.reason else sentence)
        elif before := entries.get(told_against[entry.key]):
            entry.sentences = timeline.sentences(before.content, entry.content)
        entry.is_live = entry.key == timeline.live and entry.content is not None
    timeline.find_reports(rows)
    # How what is saved now stands to what readers see.
    live, current = entries.get(timeline.live), content_of(copy) if copy else None
    seen = live.content if live else None
    unpublished = timeline.sentences(seen, current)
    title = copy or next((entry.row.title for entry in rows), _word(timeline.noun))
    context = {
        "title": f"History of {title}",
        "opts": MODEL_OF[timeline.noun]._meta,
        "roadmap": timeline.roadmap,
        "original": copy,
        "thing": title,
        "noun": _word(timeline.noun),
        "rows": rows,
        "may_restore": may_restore,
        "page": rows_page,
        "pages": rows_page.paginator.get_elided_page_range(rows_page.number),
        "chosen": (
            request.GET.get("from") or (rows[1].key if len(rows) > 1 else ""),
            request.GET.get("to") or (rows[0].key if rows else ""),
        ),
        "live": live,
        "seen": seen,
        "current": current,
        "is_same": not unpublished and bool(seen) == bool(current),
        "unpublished": unpublished,
        "doubts": timeline.doubts,
        "now_key": NOW,
        **_compared(request, timeline, current),
    }
    return page(request, "editing/history", context)


def _compared(request: HttpRequest, timeline: Timeline, current: Content | None) -> dict[str, Any]:
    asked = [request.GET.get("from", ""), request.GET.get("to", "")]
    if not any(asked):
        return {}
    sides = {
        key: (f"{entry.name}, {uk_datetime(entry.at)}", entry.content) for key, entry in timeline.entries(asked).items()
    }
    if current is not None:
        sides[NOW] = ("As it is saved now", current)
    if asked[0] == asked[1] or not all(key in sides for key in asked):
        return {"compare_error": "Choose two different rows to compare: one in each column."}
    (left_name, left), (right_name, right) = (sides[key] for key in asked)
    if left is None or right is None:
        return {"compare_error": "In one of these two it was deleted or withdrawn: there is no text to compare."}
    changes, comparing = compare(left, right, timeline.release_titles), Comparing()
    return {
        "is_compared": True,
        "left_heading": left_name,
        "right_heading": right_name,
        "sentences": timeline.sentences(left, right),
        "differences": [difference_of(change, timeline.roadmap_now, comparing) for change in changes],
    }


def _restore(request: HttpRequest, timeline: Timeline) -> HttpResponse:
    roadmap, uid, model = timeline.roadmap, timeline.uid, MODEL_OF[timeline.noun]
    entry = next(iter(timeline.entries([request.POST.get("restore", "")]).values()), None)
    try:
        if entry is None or entry.content is None:
            raise CannotRestore("Nothing was restored: choose a row of this history that has a text to put back.")
        row = entry.row
        if isinstance(row, Revision):
            source, restore = f"edition {row.edition.number}", partial(restore_revision, row)
        else:
            source, restore = f"what was saved on {uk_datetime(entry.at)}", partial(restore_save, row)
        recorded(roadmap, restore, by=request.user, action=f"Restored from {source}")
    except CannotRestore as error:
        messages.error(request, str(error))
        return redirect("admin:roadmap_roadmap_history_of", roadmap.pk, uid)
    copy = model._default_manager.get(uid=uid)
    step = next_step(request.user, roadmap)
    messages.success(request, format_html("“{}” is again as in {}. {}", row.title, source, step))
    tell(request, roadmap, [uid])
    return redirect(f"admin:roadmap_{model._meta.model_name}_history", copy.pk)
