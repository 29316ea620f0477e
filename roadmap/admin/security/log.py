"""Writes the security log: a row that staff with the role read in the admin, and a line for whoever collects logs.

The line goes to the logger "roadmap.security", with its parts as extras: see `record`.
"""

import datetime
import getpass
import logging
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib.auth.models import User
from django.db import Error, transaction
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.views import name_of
from roadmap.models import SecurityEvent

Kind = SecurityEvent.Kind

logger = logging.getLogger("roadmap.security")


def record(
    kind: SecurityEvent.Kind,
    words: str = "",
    *,
    request: HttpRequest | None = None,
    person: Any = None,
    who: str = "",
    about: Any = "",
    at: datetime.datetime | None = None,
) -> SecurityEvent | None:
    """Keeps that this happened; None where the database did not take it, of which the log then tells.

    `person` is who did it: without one, whoever is signed in with the request. `who` names somebody who is not known
    here. `words` say what happened as a person would, `about` whom or what it happened to.
    """
    user = person if person is not None else getattr(request, "user", None)
    known = user if isinstance(user, User) or hasattr(user, "_wrapped") else None
    known = known if known is not None and known.pk else None
    values = {
        "kind": kind,
        "who": _one_line(who or (name_of(known) if known else ""), 250),
        "address": address_of(request),
        "about": _one_line(str(about), 250),
        "words": _one_line(words, 500),
    }
    event = SecurityEvent(happened_at=at or timezone.now(), person_id=known.pk if known else None, **values)
    logger.info(
        "%s: %s",
        event.get_kind_display(),
        " – ".join(filter(None, (values["who"], values["address"], values["about"], values["words"]))) or "nobody",
        extra={"event": str(kind), "person": known.pk if known else None}
        | {name: values[name] for name in ("who", "address", "about", "words")},
    )
    try:
        with transaction.atomic():
            event.save()
    except Error as error:
        # Whoever only reads goes on where nothing can be written: the line above is kept elsewhere.
        logger.error("The security log could not be written: %s", error)
        return None
    return event


def address_of(request: HttpRequest | None) -> str:
    """Where it came from; empty for what is done on the server itself."""
    return (get_client_ip_address(request) or "") if request is not None else ""


def on_the_server() -> str:
    """Who runs a command, as the machine knows them."""
    try:
        return f"{getpass.getuser()}, on the server"
    except (KeyError, OSError):  # in a container, nobody may have that number
        return "somebody on the server"


def _one_line(text: str, most: int) -> str:
    """As anybody may have typed it: no line of the log can be made up by one."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
