"""Who may do what to which roadmap: the permissions of a person's groups, within the roadmaps whose team they are in.

A permission says what somebody may do anywhere; a team says to which roadmaps. Both are asked on every view, so what a
list leaves out is refused by the server too: see roadmap.admin.base.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from roadmap.content.things import RoadmapContent
from roadmap.models import Edition, Field, Revision, Roadmap

EDITORS, PUBLISHERS = "Editors", "Publishers"  # made by the migration 0004_roles
AUDITORS = "Auditors"  # made by the migration 0018_security_log
ADDRESSES = "Email addresses"  # made by the migration 0019_subscriptions


def own_roadmaps(user: User | AnonymousUser) -> QuerySet[Roadmap]:
    """The roadmaps that have no team, and those whose team this person is in; all of them for a superuser."""
    if user.is_active and user.is_superuser:
        return Roadmap.objects.all()
    members = Roadmap.team.through._default_manager.filter(roadmap=OuterRef("pk"))
    return Roadmap.objects.filter(Q(~Exists(members)) | Q(Exists(members.filter(user=user.pk))))


def only_roadmap(user: User | AnonymousUser) -> Roadmap | None:
    """Where there is nothing to choose."""
    roadmaps = own_roadmaps(user)[:2]
    return roadmaps[0] if len(roadmaps) == 1 else None


def editable_roadmaps(user: User | AnonymousUser) -> QuerySet[Roadmap]:
    """The roadmaps whose working copies this person may change."""
    return own_roadmaps(user) if user.has_perm("roadmap.change_roadmap") else Roadmap.objects.none()


def may_edit(user: User | AnonymousUser, roadmap: Roadmap) -> bool:
    """Whether this person may change the working copies of this roadmap, and preview them."""
    return user.has_perm("roadmap.change_roadmap") and is_own(user, roadmap)


def may_publish(user: User | AnonymousUser, roadmap: Roadmap) -> bool:
    """Whether this person may publish and schedule this roadmap, and withdraw what is in it."""
    return user.has_perm("roadmap.publish_roadmap") and is_own(user, roadmap)


def may_see_addresses(user: User | AnonymousUser) -> bool:
    """Whether this person may see who gets emails: those alone who were given it, and no administrator besides."""
    if not user.is_active or isinstance(user, AnonymousUser):
        return False
    given = Permission.objects.filter(content_type__app_label="roadmap", codename="see_subscribers")
    return given.filter(Q(group__user=user.pk) | Q(user=user.pk)).exists()


def is_own(user: User | AnonymousUser, roadmap: Roadmap | None) -> bool:
    """Whether the roadmap's team, where it has one, has this person in it."""
    if roadmap is None or roadmap.pk is None or (user.is_active and user.is_superuser):
        return True
    return own_roadmaps(user).filter(pk=roadmap.pk).exists()


def own_only(user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of these roadmaps, or of these things of roadmaps, those of the person's own roadmaps."""
    if user.is_active and user.is_superuser:
        return rows
    own = own_roadmaps(user).order_by().values("pk")
    return rows.filter(pk__in=own) if rows.model is Roadmap else rows.filter(roadmap__in=own)


def readers_see(thing: Any, now: datetime.datetime) -> bool:
    """Whether there is a page of it, were it only to say that it was withdrawn."""
    return Revision.objects.filter(uid=thing.uid, edition__in=Edition.objects.live(now)).exists()


def readers_know(thing: Any) -> bool:
    """Whether it was ever published or scheduled, so that taking it away withdraws it: for publishers only."""
    if isinstance(thing, Field):
        newest = Revision.objects.filter(uid=thing.roadmap.uid).order_by("-edition__number").first()
        content = newest.as_content() if newest and not newest.is_removal else None
        return isinstance(content, RoadmapContent) and any(column.key == thing.key for column in content.fields)
    uid = getattr(thing, "uid", None)
    return uid is not None and Revision.objects.filter(uid=uid).exists()


def readers_know_any(roadmap: Roadmap, things: Iterable[Any]) -> bool:
    """Whether one of these, which have a `uid`, was ever published or scheduled. One query."""
    uids = [thing.uid for thing in things]
    return Revision.objects.filter(edition__roadmap=roadmap, uid__in=uids).exists()
