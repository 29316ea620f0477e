"""How often something may be tried, asked before a password is hashed: by network, by name, by browser.

Each key has a share that fills again evenly: "10 at once, 10 an hour" is ten now, then one each six minutes. What was
right is given back, so that an office behind one address signs in in the morning. Kept in the database, in one row for
each key, so that all processes and machines count together and a restart forgets nothing; what is refused only reads.

A browser that somebody has signed in with has a cookie that says so. It has a share of its own for that name: whoever
tries the name from elsewhere, from however many networks, does not keep its owner out.

django-axes counts beside this: five wrong passwords for one name from one address lock that pair for an hour.
"""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from roadmap.admin.sign_in.addresses import address_of, networks_of, proxy_fault
from roadmap.models import TryLimit

KNOWN_BROWSER = "known_browser"  # the cookie, and the salt of its signature
HOUR = datetime.timedelta(hours=1)
KNOWN_FOR = 180 * 24 * 60 * 60  # seconds


class TryShare(NamedTuple):
    """`at_once`, and as many again in an hour."""

    kind: str
    at_once: int

    @property
    def each(self) -> datetime.timedelta:
        return HOUR / self.at_once


NETWORK = TryShare("network", 15)
WIDE_NETWORK = TryShare("wide network", 60)  # an IPv6 /48
PROXY = TryShare("proxy", 60)  # an address that stands for everybody, since a setting is wrong
NAME = TryShare("name", 10)
BROWSER = TryShare("browser", 5)
FREED = TryShare("freed", 5)  # a name that was let in again, from wherever: its owner's network may be used up
CODE = TryShare("code", 6)  # a second factor, of somebody whose password was right
RESET_OF_NAME = TryShare("reset of name", 3)
RESET_FROM = TryShare("reset from network", 10)
OF_A_NAME = (NAME, BROWSER, FREED, CODE, RESET_OF_NAME)
IN_THE_WAY = (NAME, BROWSER, CODE)  # of somebody who wants to sign in


class TryKey(NamedTuple):
    share: TryShare
    digest: str
    name_digest: str = ""  # tells whose it is, and which share: what else is in the digest may be known to nobody


class HeldName(NamedTuple):
    """A share of a name that is used up: NAME, BROWSER or CODE."""

    name: str
    share: TryShare
    until: datetime.datetime


def key(share: TryShare, value: str, name: str = "") -> TryKey:
    return TryKey(share, _digest(f"{share.kind}:{value}"), _digest_of_share(share, name) if name else "")


def keys_of_sign_in(request: HttpRequest, name: str) -> list[TryKey]:
    """What a password that is tried for this name counts under."""
    if browser := known_browser(request, name):
        return [key(BROWSER, browser, name)]
    if is_freed(name, timezone.now()):
        return [key(FREED, _plain(name), name)]
    return [*keys_of_network(request, NETWORK), key(NAME, _plain(name), name)]


def keys_of_code(request: HttpRequest, user: Any) -> list[TryKey]:
    return [key(CODE, f"{user.pk}:{known_browser(request, user.get_username())}", user.get_username())]


def keys_of_reset(request: HttpRequest, email: str) -> list[TryKey]:
    return [*keys_of_network(request, RESET_FROM), key(RESET_OF_NAME, _plain(email), email)]


def keys_of_network(request: HttpRequest, share: TryShare) -> list[TryKey]:
    networks = networks_of(address_of(request))
    if proxy_fault(request):
        return [key(PROXY, share.kind + networks[0])]
    return _keys_of_networks(networks, share)


def _keys_of_networks(networks: list[str], share: TryShare) -> list[TryKey]:
    return [key(one, share.kind + network) for one, network in zip((share, WIDE_NETWORK), networks, strict=False)]


def take(keys: Iterable[TryKey], now: datetime.datetime) -> datetime.timedelta | None:
    """None where it may be tried, which now counts; otherwise how long to wait, and nothing is counted."""
    wanted = {one.digest: one for one in keys}
    if wait := _wait({row.key: row.used_until for row in TryLimit.objects.filter(pk__in=wanted)}, wanted, now):
        return wait
    with transaction.atomic():
        new = [TryLimit(key=one.digest, name_key=one.name_digest, used_until=now) for one in wanted.values()]
        TryLimit.objects.bulk_create(new, ignore_conflicts=True)
        # In one order everywhere: two that take the same keys wait for each other, and not for ever.
        rows = [*TryLimit.objects.select_for_update().filter(pk__in=wanted).order_by("pk")]
        if wait := _wait({row.key: row.used_until for row in rows}, wanted, now):
            return wait
        for row in rows:
            row.used_until = _used(row.used_until, now) + wanted[row.key].share.each
        TryLimit.objects.bulk_update(rows, ["used_until"])
    return None


def give_back(keys: Iterable[TryKey]) -> None:
    """What was right does not count."""
    wanted = {one.digest: one for one in keys}
    with transaction.atomic():
        rows = [*TryLimit.objects.select_for_update().filter(pk__in=wanted).order_by("pk")]
        for row in rows:
            row.used_until -= wanted[row.key].share.each
        TryLimit.objects.bulk_update(rows, ["used_until"])


def free(name: str) -> int:
    """Lets one name be tried again, from everywhere; how many limits that were in the way there were."""
    now, freed = timezone.now(), key(FREED, _plain(name), name)
    of_name = TryLimit.objects.filter(name_key__in=[_digest_of_share(share, name) for share in OF_A_NAME])
    in_the_way = int(of_name.filter(used_until__gt=now).count())
    of_name.delete()
    TryLimit.objects.create(key=freed.digest, name_key=freed.name_digest, used_until=now)
    return in_the_way


def is_freed(name: str, now: datetime.datetime) -> bool:
    """Whether it was let in again within an hour, and has not used that up."""
    freed = key(FREED, _plain(name), name)
    used = dict(TryLimit.objects.filter(pk=freed.digest).values_list("key", "used_until"))
    return bool(used and used[freed.digest] > now - HOUR and _wait(used, {freed.digest: freed}, now) is None)


def held(names: Iterable[str], now: datetime.datetime) -> list[HeldName]:
    """Which of these names cannot be tried, or their codes, and until when: from anywhere, or in a browser they use."""
    whose = {_digest_of_share(share, name): (name, share) for name in names for share in IN_THE_WAY}
    found: dict[tuple[str, TryShare], datetime.datetime] = {}
    rows = TryLimit.objects.filter(used_until__gt=now, name_key__in=whose)
    for digest, name_key, until in rows.values_list("key", "name_key", "used_until"):
        one = whose[name_key]
        if wait := _wait({digest: until}, {digest: TryKey(one[1], digest)}, now):
            found[one] = max(now + wait, found.get(one, now))
    return [HeldName(name, share, until) for (name, share), until in found.items()]


def held_networks(addresses: Iterable[str], now: datetime.datetime) -> dict[str, datetime.datetime]:
    """From which of these addresses no new browser can sign in, and until when."""
    found = {}
    for address in {*addresses}:
        networks = networks_of(address)
        keys = [*_keys_of_networks(networks, NETWORK), key(PROXY, NETWORK.kind + networks[0])]
        wanted = {one.digest: one for one in keys}
        used = dict(TryLimit.objects.filter(pk__in=wanted).values_list("key", "used_until"))
        if wait := _wait(used, wanted, now):
            found[address] = now + wait
    return found


def is_held(name: str, now: datetime.datetime) -> bool:
    """Whether somebody who has not been here with their browser cannot try this name just now."""
    return any(one.share is NAME for one in held([name], now))


def known_browser(request: HttpRequest, name: str) -> str:
    """What tells apart the browsers that this name has signed in with; empty for any other."""
    try:
        text = signing.loads(request.COOKIES.get(KNOWN_BROWSER, ""), salt=KNOWN_BROWSER, max_age=KNOWN_FOR)
        of_name, number = text.split(":", 1)
    except (signing.BadSignature, AttributeError, ValueError):
        return ""
    return str(number) if of_name == _digest_of_name(name) else ""


def remember_browser(request: HttpRequest, answer: HttpResponse, user: Any) -> None:
    """Of somebody who has just signed in."""
    name = user.get_username()
    if known_browser(request, name):
        return
    answer.set_cookie(
        KNOWN_BROWSER,
        signing.dumps(f"{_digest_of_name(name)}:{get_random_string(22)}", salt=KNOWN_BROWSER),
        max_age=KNOWN_FOR,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """For AXES_WHITELIST_CALLABLE: the share of such a browser is counted here."""
    return bool(known_browser(request, str((credentials or {}).get("username", ""))))


def _wait(
    used: dict[str, datetime.datetime], wanted: dict[str, TryKey], now: datetime.datetime
) -> datetime.timedelta | None:
    waits = [_used(until, now) + wanted[digest].share.each - now - HOUR for digest, until in used.items()]
    longest = max(waits, default=datetime.timedelta())
    return longest if longest > datetime.timedelta() else None


def _used(until: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
    """No share is used up for longer than it takes to fill: the clock was set back since."""
    return until if now < until <= now + HOUR else now


def _plain(name: str) -> str:
    return name.strip().casefold()


def _digest_of_name(name: str) -> str:
    return _digest(f"name:{_plain(name)}")


def _digest_of_share(share: TryShare, name: str) -> str:
    return _digest(f"{share.kind} of:{_plain(name)}")


def _digest(text: str) -> str:
    return salted_hmac("roadmap.sign_in", text.encode(errors="replace").decode(), algorithm="sha256").hexdigest()
