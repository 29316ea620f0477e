"""The app on somebody's phone: it shows the code of a moment, from the key that a page gave it."""

import re
from base64 import b32decode
from html import unescape
from typing import Any

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice


class Phone:
    def __init__(self, key: bytes):
        self._key = key

    def code(self, at: float) -> str:
        """Six digits. `at` is in seconds."""
        totp = TOTP(self._key)
        totp.time = at
        return f"{totp.token():06d}"


def scan(page: str) -> Phone:
    """The app, once it has the key of that page."""
    found = re.search(r'second-factor__secret">([^<]+)<', page)
    assert found, "no key in the page"
    secret = unescape(found[1]).replace(" ", "")
    return Phone(b32decode(secret + "=" * (-len(secret) % 8)))


def phone_of(user: Any) -> Phone:
    """Of somebody who has set it up already: made here."""
    return Phone(TOTPDevice.objects.create(user=user, name="app").bin_key)
