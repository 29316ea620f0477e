"""What is called minor before anybody reviews it: the review then begins with it ticked.

A mark is of one change, as it was then: whoever changes the thing again makes another change of it. It is told against
what was published or scheduled last. So where an edition waits that changes the thing too, a review for a time after it
begins with that ticked; one for an earlier time does not, because what the edition brings would go out with it.
"""

import datetime
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from roadmap import models
from roadmap.publishing.pending import Pending, pending


def mark_minor(
    roadmap: models.Roadmap,
    uids: Collection[str],
    *,
    by: User | None,
    is_minor: bool = True,
    now: datetime.datetime | None = None,
) -> list[Pending]:
    """Calls the pending changes of these things minor, or minor no more. Returns those of which something is pending.

    What readers see no news in needs no mark. Constant queries.
    """
    with transaction.atomic():
        models.Roadmap.objects.lock(roadmap.pk)
        now = models.Edition.objects.clock(roadmap, now)
        found = [thing for thing in pending(roadmap) if thing.uid in uids and thing.is_news]
        roadmap.minor_marks.filter(uid__in=[*uids]).delete()
        if is_minor:
            models.MinorMark.objects.bulk_create(
                models.MinorMark(roadmap=roadmap, uid=thing.uid, mark=thing.mark, marked_at=now, marked_by=by)
                for thing in found
            )
    return found
