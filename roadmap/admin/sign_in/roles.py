"""The roles, and how somebody is given one: by an administrator, or by their groups at an identity provider."""

from enum import StrEnum
from typing import Any

from django.contrib.auth.models import Group, User

from roadmap.admin.permissions import AUDITORS, EDITORS, PUBLISHERS


class StaffRole(StrEnum):
    """From the one that may least to the one that may most."""

    AUDITOR = "auditor"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


ROLES = {
    StaffRole.AUDITOR: "Auditor: reads the security log, and changes nothing",
    StaffRole.EDITOR: "Editor: changes drafts and previews them",
    StaffRole.PUBLISHER: "Publisher: also publishes, schedules and withdraws",
    StaffRole.ADMINISTRATOR: "Administrator: also lets people in",
}
GROUP_OF = {
    StaffRole.AUDITOR: AUDITORS,
    StaffRole.EDITOR: EDITORS,
    StaffRole.PUBLISHER: PUBLISHERS,
    StaffRole.ADMINISTRATOR: PUBLISHERS,
}


def role_of(user: User) -> StaffRole | None:
    """None for somebody without one, who can sign in and do nothing."""
    if user.is_superuser:
        return StaffRole.ADMINISTRATOR
    names = {group.name for group in user.groups.all()}
    if PUBLISHERS in names:
        return StaffRole.PUBLISHER
    if EDITORS in names:
        return StaffRole.EDITOR
    return StaffRole.AUDITOR if AUDITORS in names else None


def join_group_of(user: User, role: StaffRole) -> None:
    """Roles are groups. Other groups that somebody made stay."""
    user.groups.remove(*Group.objects.filter(name__in={*GROUP_OF.values()}))
    user.groups.add(*Group.objects.filter(name=GROUP_OF[role]))


def role_of_groups(groups: Any, by_group: dict[str, str]) -> StaffRole | None:
    """The one that may most, of a list of groups as a provider sends it: texts, or one text."""
    names = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    found = {by_group[name] for name in names if isinstance(name, str) and name in by_group}
    return next((role for role in reversed(StaffRole) if role in found), None)
