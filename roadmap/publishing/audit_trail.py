"""What staff saved, kept for their own history. Nothing here shows readers anything.

Call these under the roadmap's lock, in the transaction of the change that they record: `recorded` sees to both.
"""

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import Content, noun_of, to_json
from roadmap.publishing.pending import digest_of
from roadmap.publishing.restore import restore_revision
from roadmap.working_copies.to_content import content_of, contents

Result = TypeVar("Result")
Person = User | AbstractBaseUser | AnonymousUser | None  # as a request has it; None where no person did it

# What is found unlike its newest Save before somebody changes it: not their doing.
BEGINNING = "Before this history began"
UNRECORDED = "Changed elsewhere, not recorded by whom"


def record_save(
    copy: models.WorkingCopy, *, by: Person, action: str = "Saved", at: datetime.datetime | None = None
) -> models.Save | None:
    """Keeps one working copy as the database has it now; None where it is as its newest Save has it."""
    content = content_of(copy)
    text = to_json(content)
    newest = models.Save.objects.of_thing(content.uid).first()
    if newest and newest.digest == digest_of(text):
        return None
    save = _save(roadmap_of(copy), text, by, at, action=action, **_named(content))
    save.save()
    return save


def record_before(copy: models.WorkingCopy, *, at: datetime.datetime | None = None) -> models.Save | None:
    """Call it before changing one working copy, so that what was there, and no Save has, is kept too."""
    known = models.Save.objects.of_thing(str(copy.uid)).exists()
    return record_save(copy, by=None, action=UNRECORDED if known else BEGINNING, at=at)


def record_deletion(
    copy: models.WorkingCopy, *, by: Person, action: str = "Deleted", at: datetime.datetime | None = None
) -> models.Save | None:
    """Keeps that a working copy was deleted; None for a roadmap, whose saves go with it."""
    if isinstance(copy, models.Roadmap):
        return None
    noun = models.NOUN_OF_MODEL[type(copy)]
    save = _save(roadmap_of(copy), "", by, at, action=action, noun=noun, uid=copy.uid, title=copy.title)
    save.save()
    return save


def _save(roadmap: models.Roadmap, text: str, by: Person, at: datetime.datetime | None, **values: Any) -> models.Save:
    """Without text: that the thing was deleted. `values` are its noun, uid and title, and the action."""
    kept = {"content": text, "digest": digest_of(text) if text else "", "saved_at": at or timezone.now()}
    return models.Save(roadmap=roadmap, saved_by=by if isinstance(by, User) else None, **kept, **values)


def _named(content: Content) -> dict[str, str]:
    return {"noun": noun_of(content), "uid": content.uid, "title": getattr(content, "title", "")}


def record_saves(
    roadmap: models.Roadmap, *, by: Person, action: str, at: datetime.datetime | None = None
) -> list[models.Save]:
    """Keeps every thing of a roadmap that is not as its newest Save has it, deletions included.

    What was never saved since this history began counts as saved where it is as it was published last. Call
    `record_all_before` before the change, or what somebody else left unrecorded is put down to this action.
    The number of queries does not depend on the number of things.
    """
    return _record_all(roadmap, by=by, action=action, first_action=action, at=at)


def record_all_before(roadmap: models.Roadmap, *, at: datetime.datetime | None = None) -> list[models.Save]:
    """`record_before` for every thing of a roadmap. Call it before a change that `record_saves` will record."""
    return _record_all(roadmap, by=None, action=UNRECORDED, first_action=BEGINNING, at=at)


def _record_all(
    roadmap: models.Roadmap, *, by: Person, action: str, first_action: str, at: datetime.datetime | None
) -> list[models.Save]:
    at = at or timezone.now()
    roadmap = models.Roadmap.objects.get(pk=roadmap.pk)  # the caller's may be as it was before the change
    known = _newest(roadmap)
    # uid, digest, noun and title of what readers have or will have, where no Save tells of it
    revisions = models.Revision.objects.newest_of(roadmap).values_list("uid", "digest", "noun", "title")
    public = {str(uid): (digest, noun, title) for uid, digest, noun, title in revisions if str(uid) not in known}
    before = {**public, **known}
    rows, seen = [], set()
    for content in contents(roadmap):
        text = to_json(content)
        seen.add(content.uid)
        if content.uid in before and before[content.uid][0] == digest_of(text):
            continue
        told = action if content.uid in known else first_action
        rows.append(_save(roadmap, text, by, at, action=told, **_named(content)))
    rows += [
        _save(roadmap, "", by, at, action=action, noun=noun, uid=uid, title=title)
        for uid, (digest, noun, title) in before.items()
        if digest and uid not in seen
    ]
    return models.Save.objects.bulk_create(rows)


def recorded(
    roadmap: models.Roadmap, change: Callable[[], Result], *, by: Person, action: str | Callable[[Result], str]
) -> Result:
    """Makes a change of any number of things, all or nothing, under the roadmap's lock, and keeps who made it.

    `action` may be said of what the change returns.
    """
    with transaction.atomic():
        models.Roadmap.objects.lock(roadmap.pk)
        record_all_before(roadmap)
        result = change()
        record_saves(roadmap, by=by, action=action if isinstance(action, str) else action(result))
    return result


def restore_save(save: models.Save) -> None:
    """One thing as somebody saved it, into its working copy; made again where it was deleted.

    Raises CannotRestore: what it was part of is gone, or this Save deleted it.
    """
    # It is put back as a Revision is, by the same rules; this one is never stored.
    edition = models.Edition(roadmap_id=save.roadmap_id)
    restore_revision(
        models.Revision(edition=edition, noun=save.noun, uid=save.uid, title=save.title, content=save.content)
    )


def _newest(roadmap: models.Roadmap) -> dict[str, tuple[str, str, str]]:
    """By uid: digest, noun and title of the newest Save of each thing."""
    numbered = models.Save.objects.filter(roadmap=roadmap).annotate(
        place=Window(RowNumber(), partition_by=F("uid"), order_by=[F("saved_at").desc(), F("pk").desc()])
    )
    rows = numbered.filter(place=1).values_list("uid", "digest", "noun", "title")
    return {str(uid): (digest, noun, title) for uid, digest, noun, title in rows}


def deleted_things(roadmap: models.Roadmap) -> list[tuple[str, Noun, str]]:
    """Uid, noun and last title of every thing of a roadmap that has a history and no working copy any more."""
    there = {str(roadmap.uid)}
    for copies in (roadmap.pages, roadmap.releases, roadmap.items, roadmap.changelog_entries):
        there |= {str(uid) for uid in copies.values_list("uid", flat=True)}
    revisions = models.Revision.objects.newest_of(roadmap).values_list("uid", "noun", "title")
    found = {str(uid): (Noun(noun), title) for uid, noun, title in revisions}
    found |= {uid: (Noun(noun), title) for uid, (_, noun, title) in _newest(roadmap).items()}
    return [(uid, noun, title) for uid, (noun, title) in found.items() if uid not in there]


def roadmap_of(copy: Any) -> models.Roadmap:
    """The roadmap itself, or that of anything that belongs to one."""
    return copy if isinstance(copy, models.Roadmap) else copy.roadmap


def roadmaps_with(thing: Any) -> list[models.Roadmap]:
    """The roadmaps in whose things this is said, in the order in which they are locked."""
    if isinstance(thing, models.Api):
        found = models.Roadmap.objects.filter(items__apis=thing.pk).distinct().order_by("pk")
        return [*found] if thing.pk else []
    return [roadmap_of(thing)]
