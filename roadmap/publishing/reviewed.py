"""What somebody reviewed, whatever others have saved since.

See docs/decisions/0023-what-was-reviewed-is-published.md.
"""

import datetime
from collections.abc import Container, Mapping, Sequence

from roadmap import models
from roadmap.content.things import Content
from roadmap.publishing.pending import Pending, mark_of, pending


def as_reviewed(
    roadmap: models.Roadmap,
    at: datetime.datetime,
    copies: Mapping[str, Content],
    found: Sequence[Pending],
    reviewed: Mapping[str, str],
    besides: Container[str] = (),
) -> list[Pending]:
    """Of what was reviewed, all that can be published as it was read, and nothing else but the uids in `besides`.

    `found` is what is pending at that moment with the working copies given, by uid; `reviewed` has the mark of each
    thing that was read, by uid. What was saved since is taken back to what was read, as its saves have it. That is not
    done where readers have come to see another state since, nor where somebody took the change back: deleted the
    thing, brought it back or put it as readers have it. Call it under the roadmap's lock.
    """
    changed = {thing.uid: thing for thing in found if thing.uid in copies and _is_other(thing, reviewed)}
    if changed and (saved := _as_saved(changed, reviewed)):
        found = pending(roadmap, at, {**copies, **saved}.values())
    return [thing for thing in found if thing.uid in besides or thing.mark == reviewed.get(thing.uid)]


def _is_other(thing: Pending, reviewed: Mapping[str, str]) -> bool:
    return thing.mark != reviewed.get(thing.uid, thing.mark)


def _as_saved(changed: Mapping[str, Pending], reviewed: Mapping[str, str]) -> dict[str, Content]:
    """By uid, those that have a save which differs from what readers have in just the way that was reviewed."""
    saves = models.Save.objects.filter(uid__in=changed).exclude(content="")
    places = {
        str(uid): pk
        for pk, uid, digest in saves.values_list("pk", "uid", "digest")
        if mark_of(str(uid), changed[str(uid)].before, digest) == reviewed[str(uid)]
    }
    read = models.Save.objects.filter(pk__in=places.values())
    return {str(save.uid): content for save in read if (content := save.as_content())}
