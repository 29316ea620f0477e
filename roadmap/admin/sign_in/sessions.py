"""The sessions of the site, in a table that says whose each is: they end after some hours, sooner where nobody comes.

Django asks `SessionStore` (SESSION_ENGINE). A session ends by its row's `expire_date`, which moves on while its owner
comes, at most as far as SESSION_HOURS after it began.
"""

import datetime
import re
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as TableStore
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.sign_in.addresses import address_of
from roadmap.models import SignIn

FROM = "_sign_in_from"  # in the session: the address and the browser
BEGUN = "_sign_in_begun"  # ... and when, as text
BEFORE = datetime.timedelta(minutes=15)  # for how long a session is kept in which nobody has signed in yet
SEEN_EACH = datetime.timedelta(minutes=1)  # how exactly it is kept when somebody was last here


class SessionStore(TableStore):
    @classmethod
    def get_model_class(cls) -> Any:
        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        now = timezone.now()
        address, browser = data.get(FROM, ("", ""))
        begun_at = datetime.datetime.fromisoformat(data[BEGUN]) if BEGUN in data else now
        return SignIn(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=ends_at(begun_at, now) if SESSION_KEY in data else now + BEFORE,
            user_id=data.get(SESSION_KEY),
            begun_at=begun_at,
            seen_at=now,
            address=address,
            browser=browser,
        )

    def _get_session_from_db(self) -> Any:
        found: Any = super()._get_session_from_db()  # type: ignore[misc]
        now = timezone.now()
        if found is not None and found.user_id and now - found.seen_at >= SEEN_EACH:
            seen = {"seen_at": now, "expire_date": ends_at(found.begun_at, now)}
            SignIn.objects.filter(pk=found.pk).update(**seen)
        return found


def ends_at(begun_at: datetime.datetime, seen_at: datetime.datetime) -> datetime.datetime:
    idle = datetime.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    return min(begun_at + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE), seen_at + idle)


@receiver(user_logged_in)
def _begin(request: HttpRequest, **_: Any) -> None:
    request.session[BEGUN] = timezone.now().isoformat()
    request.session[FROM] = (address_of(request), browser_in_words(request.headers.get("User-Agent", "")))


def sign_ins_of(user: Any, now: datetime.datetime) -> list[SignIn]:
    """Those that still let somebody in, the last seen first: none from before the password was changed."""
    open_ones = SignIn.objects.filter(user=user, expire_date__gt=now).order_by("-seen_at", "-begun_at")
    right = user.get_session_auth_hash()
    return [one for one in open_ones if one.get_decoded().get(HASH_SESSION_KEY) == right]


def end_sign_ins(user: Any, *, but: str | None = None, only: str | None = None) -> int:
    """Ends all of somebody's sessions, or one; how many there were. `but` stays."""
    found = SignIn.objects.filter(user=user)
    if only is not None:
        found = found.filter(pk=only)
    return int(found.exclude(pk=but or "").delete()[1].get(SignIn._meta.label, 0))


_BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad")),
    *(("Mac OS X", "a Mac"), ("CrOS", "a Chromebook"), ("Linux", "Linux")),
)


def browser_in_words(user_agent: str) -> str:
    """ "Firefox on Windows". What says nothing of itself that we know is "An unknown browser"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(rf"\b{mark}", user_agent)), "")
    if not browser and not system:
        return "An unknown browser"
    return f"{browser or 'A browser'} on {system}" if system else browser
