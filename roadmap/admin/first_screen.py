"""The admin's first screen: for each roadmap that somebody may see, the day's work on it."""

import datetime
from collections import Counter
from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from roadmap.admin.permissions import may_edit, may_publish, own_roadmaps
from roadmap.admin.publish.agreements import agreed, asked_for, of_pending
from roadmap.admin.to_check import listed
from roadmap.admin.views import edit_urls
from roadmap.content.consistency import Severity, find
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import noun_of
from roadmap.dates.clock import day_of
from roadmap.models import Edition, Roadmap
from roadmap.publishing import pending
from roadmap.working_copies.to_content import contents

MOST_OVERDUE = 5  # named; the rest are counted, and one link away


def day_of_work(user: User | AnonymousUser, now: datetime.datetime) -> list[dict[str, Any]]:
    """A row for each roadmap, by position; for those who may see none, nothing."""
    if not user.has_perm("roadmap.view_roadmap"):
        return []
    newest = {
        edition.roadmap_id: edition for edition in Edition.objects.newest_of_each(now).select_related("published_by")
    }
    scheduled: dict[int, list[Edition]] = {}
    for edition in Edition.objects.scheduled(now):
        scheduled.setdefault(edition.roadmap_id, []).append(edition)
    return [
        _row(user, roadmap, newest.get(roadmap.pk), scheduled.get(roadmap.pk, []), day_of(now))
        for roadmap in own_roadmaps(user)
    ]


def _row(
    user: User | AnonymousUser, roadmap: Roadmap, newest: Edition | None, scheduled: list[Edition], today: datetime.date
) -> dict[str, Any]:
    """What the template tells of one roadmap. `overdue` are the first dates that have passed, each with its form."""
    drafts = [*contents(roadmap)]
    found = find(Snapshot(drafts), today)
    passed = [finding for finding in found if finding.severity is Severity.PASSED]
    counted = Counter(finding.severity for finding in found)
    named = passed[:MOST_OVERDUE]
    urls = edit_urls(roadmap, {noun_of(finding.content) for finding in named}) if named else {}
    publishes = may_publish(user, roadmap)
    pending_now = pending(roadmap, copies=drafts)
    return {
        "roadmap": roadmap,
        "unpublished": len(pending_now),
        "asked_for": asked_for(roadmap, *of_pending(pending_now)) if pending_now else [],
        "agreed": agreed(roadmap, *of_pending(pending_now)) if pending_now else [],
        "edition": newest,
        "scheduled": scheduled,
        "passed": len(passed),
        "overdue": listed(named, urls),
        "more_overdue": max(len(passed) - MOST_OVERDUE, 0),
        "odd": counted[Severity.IMPOSSIBLE] + counted[Severity.ODD],
        "may_edit": may_edit(user, roadmap),
        "may_publish": publishes,
        # The first made the roadmap public, and is not taken back.
        "may_undo": publishes and may_edit(user, roadmap) and newest is not None and newest.number > 1,
    }
