"""Who is locked out after wrong passwords, and letting one of them in again: that one, and nobody else.

Whoever hears “Too many wrong passwords” is here with the reason: their name from one address, their name from anywhere,
a browser of theirs, their codes, or the network that they are in. Networks are known as digests alone; so the security
log is asked from where somebody was turned away.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.security.log import Kind, record
from roadmap.admin.sign_in import limits
from roadmap.admin.views import name_of
from roadmap.models import SecurityEvent

TRIED_TOO_OFTEN = "Their name, or their network, was tried too often"  # in the security log


class LockedBy(StrEnum):
    PAIR = "pair"  # wrong passwords for this name from one address
    NAME = "name"  # ... from several: only browsers that it has signed in with still can
    BROWSER = "browser"  # ... in such a browser
    CODE = "code"  # wrong codes, after a password that was right
    NETWORK = "network"  # wrong passwords for any name, from where this person is


BY_SHARE = {limits.NAME: LockedBy.NAME, limits.BROWSER: LockedBy.BROWSER, limits.CODE: LockedBy.CODE}


class Lock(NamedTuple):
    user: User
    by: LockedBy
    until: datetime.datetime
    address: str = ""
    failures: int = 0  # of a pair


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
    locks = [
        Lock(people[name], LockedBy.PAIR, until[name, address], address, failures[name, address])
        for name, address in found
        if name in people
    ]
    others = len(found) - len(locks)
    everybody = User.objects.filter(is_active=True, is_staff=True) if user is None else User.objects.filter(pk=user.pk)
    staff = {person.username: person for person in everybody}
    locks += [Lock(staff[one.name], BY_SHARE[one.share], one.until) for one in limits.held(staff, now)]
    locks += _in_used_up_networks([*staff.values()], now, lasts)
    locks.sort(key=lambda lock: lock.until, reverse=True)
    return Locked(locks, others)


def _in_used_up_networks(staff: list[User], now: datetime.datetime, lasts: datetime.timedelta) -> Iterator[Lock]:
    """Who was turned away within the hour from where nobody can sign in yet."""
    refused = SecurityEvent.objects.filter(kind=Kind.LOCKED, words=TRIED_TOO_OFTEN, happened_at__gt=now - lasts)
    rows = {*refused.filter(about__in={name_of(one) for one in staff}).values_list("about", "address")}
    if not rows:
        return
    held = limits.held_networks((address for _, address in rows), now)
    for person in staff:
        addresses = sorted(address for name, address in rows if name == name_of(person) and address in held)
        if addresses and not limits.is_freed(person.username, now):
            yield from (Lock(person, LockedBy.NETWORK, held[address], address) for address in addresses)


def let_in(user: User, *, request: HttpRequest | None = None, who: str = "") -> int:
    """Forgets the wrong passwords for this name, wherever they came from: how much there was in the way."""
    networks = sum(lock.by == LockedBy.NETWORK for lock in locked(timezone.now(), user).locks)
    count, _ = AccessAttempt.objects.filter(_of_name(user.username)).delete()
    count += limits.free(user.username) + networks
    if count:
        record(Kind.LET_IN, "Their wrong passwords are forgotten", request=request, who=who, about=name_of(user))
    return count


def _of_name(username: str) -> Q:
    return Q(username__iexact=username)
