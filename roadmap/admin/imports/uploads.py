"""An upload that waits between the page that takes it and the page that applies it.

It is a row of the table of sessions, though nobody's session: private, expiring, seen by every web process, and without
a table of its own. See docs/decisions/0013-an-upload-waits-in-the-database.md.
"""

import datetime
import secrets
from dataclasses import dataclass

import msgspec
from django.contrib.sessions.models import Session
from django.core import signing

from roadmap.techdocs import Source

WAITS = datetime.timedelta(days=1)
MOST = 3  # of one person; a further one takes the place of the oldest

_PREFIX = "import-"
_SALT = "roadmap.admin.imports.uploads"


@dataclass(frozen=True)
class Upload:
    """Immutable: what was read of a file, and where it is to go. The file itself is not kept."""

    name: str
    source: Source
    roadmap_pk: int | None
    """None: a new roadmap."""
    slug: str = ""
    """Of the new roadmap."""
    contact: str = ""
    """An email address, instead of the source's."""


@dataclass(frozen=True)
class Waiting:
    """Immutable: an upload that waits, and until when."""

    key: str
    upload: Upload
    until: datetime.datetime


def keep(upload: Upload, *, user_pk: int, now: datetime.datetime) -> str:
    """The key under which that person finds it again. Whatever has expired goes, whosever it is."""
    Session.objects.filter(session_key__startswith=_PREFIX, expire_date__lte=now).delete()
    own = Session.objects.filter(session_key__startswith=_mine(user_pk)).order_by("-expire_date")
    too_many = [*own.values_list("session_key", flat=True)[MOST - 1 :]]
    Session.objects.filter(session_key__in=too_many).delete()
    key = _mine(user_pk) + secrets.token_urlsafe(15)
    # Signed with a salt of its own, so that the row is no session to anybody who sends its key as one.
    text = signing.dumps(msgspec.to_builtins(upload), salt=_SALT, compress=True)
    Session.objects.create(session_key=key, session_data=text, expire_date=now + WAITS)
    return key


def find(key: str, *, user_pk: int, now: datetime.datetime) -> Waiting | None:
    """None where there is none, or none any more, that this person uploaded."""
    if not key.startswith(_mine(user_pk)):
        return None
    row = Session.objects.filter(session_key=key, expire_date__gt=now).first()
    if row is None:
        return None
    try:
        upload = msgspec.convert(signing.loads(row.session_data, salt=_SALT), Upload)
    except (signing.BadSignature, msgspec.ValidationError):
        return None  # the site's secret has changed since, or the site itself
    return Waiting(key, upload, row.expire_date)


def drop(key: str, *, user_pk: int) -> None:
    if key.startswith(_mine(user_pk)):
        Session.objects.filter(session_key=key).delete()


def _mine(user_pk: int) -> str:
    return f"{_PREFIX}{user_pk}-"
