"""Taking a change back before it is published: the working copy becomes what was published or scheduled last."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import ItemContent, RoadmapContent, named
from roadmap.publishing.pending import Pending, pending
from roadmap.publishing.restore import CannotRestore, put_back
from roadmap.working_copies.from_content import remove


class CannotDiscard(Exception):
    """Something else hangs on the change. Nothing has changed."""


class ChangedSince(CannotDiscard):
    """Somebody changed or published it after it was looked at."""

    def __init__(self, titles: Sequence[str]):
        has = "have" if len(titles) > 1 else "has"
        super().__init__(
            f"{named(titles)} {has} been changed, published or put back since you looked. Look at it again below."
        )


def discard(
    roadmap: models.Roadmap, reviewed: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> list[Pending]:
    """Puts these things back to what readers have, or will have; what is new is deleted. All of them or none.

    `reviewed` has by uid the mark of each as `pending` told it without a moment, `titles` what it was called then.
    Returns what was taken back. Call it by `recorded`, so that the history has what is lost.

    Raises CannotDiscard: ChangedSince.
    """
    with transaction.atomic():
        roadmap = models.Roadmap.objects.lock(roadmap.pk)
        found = {thing.uid: thing for thing in pending(roadmap) if thing.uid in reviewed}
        changed = [uid for uid, mark in reviewed.items() if uid not in found or found[uid].mark != mark]
        if changed:
            known = titles or {}
            raise ChangedSince([found[uid].title if uid in found else known.get(uid, "Something") for uid in changed])
        _check(roadmap, found)
        new = [thing for thing in found.values() if thing.before is None]
        remove(roadmap, [thing.uid for thing in new if thing.noun is not Noun.RELEASE])
        try:
            put_back(roadmap, *(thing.before for thing in found.values() if thing.before is not None))
        except CannotRestore as error:
            raise CannotDiscard(str(error)) from error
        releases = [thing.uid for thing in new if thing.noun is Noun.RELEASE]
        if held := [*roadmap.items.filter(release__uid__in=releases).select_related("release")]:
            raise CannotDiscard(
                f"{named([item.title for item in held])} would be left in the release “{held[0].release.title}”, "  # type: ignore[union-attr]
                "which is new: discard that too, or choose another release for it first."
            )
        remove(roadmap, releases)
        if left := [thing for thing in pending(roadmap) if thing.uid in found]:
            raise CannotDiscard(
                f"{named([thing.title for thing in left])} would still differ from what readers have: what it takes "
                "from elsewhere, such as the address of an API, is put back where it is kept."
            )
    return [*found.values()]


def _check(roadmap: models.Roadmap, found: Mapping[str, Pending]) -> None:
    """Raises CannotDiscard where what is put back would need what is not there, or take away what others need."""
    saved = {thing.uid: thing.before for thing in found.values()}
    itself = found.get(str(roadmap.uid))
    if itself and itself.before is None:
        raise CannotDiscard("This roadmap has never been published, so there is nothing to go back to.")
    items = [content for content in saved.values() if isinstance(content, ItemContent)]
    releases = _there(roadmap.releases.values_list("uid", flat=True), saved)
    if lost := [item.title for item in items if item.release_uid and item.release_uid not in releases]:
        raise CannotDiscard(f"{named(lost)} would be in a release that has been deleted: discard that change first.")
    columns = {*roadmap.fields.values_list("key", flat=True)}
    if itself and isinstance(itself.before, RoadmapContent):
        wanted = {column.key for column in itself.before.fields}
        others = roadmap.items.filter(field_values__field__key__in=columns - wanted).exclude(uid__in=[*saved])
        if filled := [*others.distinct().order_by("pk").values_list("title", flat=True)]:
            raise CannotDiscard(
                f"{named(filled)} would lose what is filled in under a column that is new: discard that first."
            )
        columns = wanted
    if lost := [item.title for item in items if any(value.key not in columns for value in item.fields)]:
        raise CannotDiscard(
            f"{named(lost)} would fill in a column that has been removed: discard the roadmap's own change first."
        )
    names = {api.name: item.title for item in items for api in item.apis}
    for name in names.keys() - {*models.Api.objects.filter(name__in=[*names]).values_list("name", flat=True)}:
        raise CannotDiscard(
            f"“{names[name]}” would name the API “{name}”, which is called otherwise now or is gone: "
            "put that right in the list of APIs first."
        )


def _there(uids: Collection[object], saved: Mapping[str, object]) -> set[str]:
    """Those that are there, and those that come back."""
    return {str(uid) for uid in uids} | {uid for uid, content in saved.items() if content is not None}
