"""Which names are locked after wrong passwords, and letting one of them in again: that one, and nobody else."""

import datetime
from collections import defaultdict
from typing import NamedTuple

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest

from roadmap.admin.security.log import Kind, record
from roadmap.admin.sign_in import limits
from roadmap.admin.views import name_of

EVERYWHERE = "*"  # for an address


class Lock(NamedTuple):
    """One name, from one address or from everywhere but the browsers that it has signed in with."""

    user: User
    address: str
    failures: int
    until: datetime.datetime


class Locked(NamedTuple):
    locks: list[Lock]  # of people who are here, the newest first
    others: int  # of names that nobody has here


def locked(now: datetime.datetime, user: User | None = None) -> Locked:
    """Who cannot sign in at that moment, for wrong passwords; of this person alone where one is given."""
    lasts = datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(attempt_time__gt=now - lasts)
    if user is not None:
        attempts = attempts.filter(_of_name(user.username))
    failures: dict[tuple[str, str], int] = defaultdict(int)
    until: dict[tuple[str, str], datetime.datetime] = {}
    # A row for each browser.
    for name, address, count, at in attempts.order_by("attempt_time").values_list(
        "username", "ip_address", "failures_since_start", "attempt_time"
    ):
        key = (name or "", address or "")
        failures[key] += count
        until[key] = at + lasts
    found = [key for key, count in failures.items() if count >= settings.AXES_FAILURE_LIMIT]
    people = {person.username: person for person in User.objects.filter(username__in={name for name, _ in found})}
    locks = [Lock(people[key[0]], key[1], failures[key], until[key]) for key in found if key[0] in people]
    everybody = User.objects.filter(is_active=True, is_staff=True) if user is None else User.objects.filter(pk=user.pk)
    staff = {person.username: person for person in everybody}
    for name, ends in limits.held(staff, now).items():
        locks.append(Lock(staff[name], EVERYWHERE, limits.NAME.at_once, ends))
    locks.sort(key=lambda lock: lock.until, reverse=True)
    return Locked(locks, len(found) - len(locks))


def let_in(user: User, *, request: HttpRequest | None = None, who: str = "") -> int:
    """Forgets the wrong passwords for this name, wherever they came from: how many browsers or programs they had."""
    count, _ = AccessAttempt.objects.filter(_of_name(user.username)).delete()
    count += limits.free(user.username)
    if count:
        record(Kind.LET_IN, "Their wrong passwords are forgotten", request=request, who=who, about=name_of(user))
    return count


def _of_name(username: str) -> Q:
    return Q(username__iexact=username)
