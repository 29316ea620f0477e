"""The second factor: a code from an app on a phone (TOTP, by django-otp), or one of ten recovery codes.

Who needs one is said by SECOND_FACTOR. Whoever came through an identity provider has it there. A code counts once, and
all codes of one person are asked under one lock, so that two who send it at once are not both let in.
"""

import datetime
import re
from base64 import b32encode
from hashlib import scrypt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from roadmap.admin.permissions import PUBLISHERS
from roadmap.admin.sign_in import signals
from roadmap.models import RecoveryCode

HOW_MANY = 10  # recovery codes
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
LENGTH = 12  # about 59 bits
BY = "_signed_in_by"  # in the session
NEW_KEY = "_second_factor_new"  # ... of a device that is not in use yet, with the time at which it was made
NEW_FOR = datetime.timedelta(minutes=15)
PASSWORD, PASSWORD_AND_CODE, OPENID = "password", "password and code", "openid"


def is_needed(user: Any) -> bool:
    """Whether this person may not sign in with a password alone."""
    if settings.SECOND_FACTOR == "optional":
        return False
    if settings.SECOND_FACTOR == "everyone" or user.is_superuser:
        return True
    # Whoever may publish, by whichever group.
    return bool(user.has_perm("roadmap.publish_roadmap") or user.groups.filter(name=PUBLISHERS).exists())


def is_missing(request: HttpRequest) -> bool:
    """Whether somebody who is signed in needs a second factor that they were not asked for: they sign in again.

    So it is for whoever became a publisher meanwhile, or was signed in before the setting was changed.
    """
    if settings.SECOND_FACTOR == "optional" or request.session.get(BY) in (PASSWORD_AND_CODE, OPENID):
        return False
    return is_needed(request.user)


def device_of(user: Any) -> TOTPDevice | None:
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return found


def new_device(request: HttpRequest, user: Any) -> TOTPDevice:
    """One that is kept once its first code was given: the same until then, for a quarter of an hour.

    Its key is this session's alone. Were it one for all, whoever saw it once, with the password or at an open browser,
    would have the codes of whoever sets it up later.
    """
    key, at = request.session.get(NEW_KEY, ("", ""))
    if not key or timezone.now() - datetime.datetime.fromisoformat(at) > NEW_FOR:
        key = random_hex()
        request.session[NEW_KEY] = (key, timezone.now().isoformat())
    return TOTPDevice(user=user, name="app", key=key, confirmed=False)


def secret_in_words(device: TOTPDevice) -> str:
    """To be typed where no picture can be taken: in fours."""
    return " ".join(re.findall(".{1,4}", b32encode(device.bin_key).decode().rstrip("=")))


def picture(device: TOTPDevice) -> str:
    """An SVG element for the page: the address that an app reads."""
    import segno  # seldom needed

    svg = segno.make(device.config_url, error="m").svg_inline(
        scale=5, border=4, dark="#0b0c0c", light="#ffffff", svgclass="second-factor__picture", lineclass=None
    )
    return str(svg).replace("<svg ", '<svg role="img" aria-label="A code to scan with your app" ', 1)


def take_code(user: Any, typed: str) -> str:
    """ "app" or "recovery" where it is right, and then never again; empty where it is not."""
    code = re.sub(r"[\s-]+", "", typed).lower()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if re.fullmatch(r"[0-9]{6}", code):
            device = device_of(user)
            return "app" if device and device.verify_token(code) else ""
        if re.fullmatch(rf"[{LETTERS}]{{{LENGTH}}}", code):
            kept = RecoveryCode.objects.filter(user=user)
            if (any_one := kept.first()) is not None:
                gone, _ = kept.filter(digest=_digest(code, any_one.digest.partition("$")[0])).delete()
                return "recovery" if gone else ""
    return ""


def confirm(request: HttpRequest, user: Any, typed: str) -> list[str] | None:
    """Puts the new device into use, in place of any other, by its first code; the recovery codes that go with it.

    None where the code is not right.
    """
    code = re.sub(r"\s+", "", typed)
    device = new_device(request, user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        others = TOTPDevice.objects.filter(user=user)
        if not re.fullmatch(r"[0-9]{6}", code) or not device.verify_token(code):
            others.filter(confirmed=False).delete()  # kept by django-otp, to count the tries: `limits` does
            return None
        others.exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save()
        request.session.pop(NEW_KEY, None)
        return new_recovery_codes(user)


def codes_left(user: Any) -> int:
    return int(RecoveryCode.objects.filter(user=user).count())


def tell_recovery_used(request: HttpRequest, user: Any) -> None:
    """Keeps that it was, and says to its owner how many are left."""
    left = codes_left(user)
    words = f"Recovery code used, {left} left"
    signals.second_factor_changed.send(sender=None, request=request, user=user, by=user, words=words)
    messages.warning(
        request,
        f"You signed in with a recovery code, which does not work again. You have {left} left: "
        "get new ones, or set up another phone, under “Second factor”.",
    )


def new_recovery_codes(user: Any) -> list[str]:
    """As they are shown, once: "abcd-efgh-jkmn". Those of before are gone."""
    codes = [get_random_string(LENGTH, LETTERS) for _ in range(HOW_MANY)]
    salt = get_random_string(16)
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code, salt)) for code in codes)
    return ["-".join(re.findall(".{4}", code)) for code in codes]


def remove(user: Any) -> bool:
    """Takes it away, with the recovery codes; whether there was one."""
    with transaction.atomic():
        had = bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())
        TOTPDevice.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
    return had


def _digest(code: str, salt: str) -> str:
    """All codes of one person have one salt, so that one digest tells whether it is any of theirs."""
    return f"{salt}${scrypt(code.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=32).hex()}"
