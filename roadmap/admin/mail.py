"""Mail to staff: plain text, sent at once. A server that is away keeps nobody from going on."""

import logging
import re
import threading
from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# What a server that refuses, hangs or cuts off ends in; ValueError: an address that cannot be written.
FAULTS = (SMTPException, OSError, ValueError)


def is_set_up() -> bool:
    return bool(settings.SENDS_EMAIL)


def origin_of(request: HttpRequest) -> str:
    """What a link in a mail begins with: PUBLIC_ORIGIN, or the name that was asked for.

    Without its port, but on one's own machine: whoever asks for a mail to somebody else writes that as they like.
    """
    if settings.PUBLIC_ORIGIN:
        return str(settings.PUBLIC_ORIGIN)
    host = request.get_host().lower()
    return f"{request.scheme}://{host if settings.LOCAL or settings.DEBUG else re.sub(r':[0-9]*$', '', host)}"


def site_name(request: HttpRequest) -> str:
    """As people know the site: "roadmap.example.org"."""
    return origin_of(request).partition("://")[2]


def message(to: User, subject: str, text: str) -> EmailMessage:
    # RFC 3834: so that no holiday message answers it.
    return EmailMessage(subject, text, to=[to.email], headers={"Auto-Submitted": "auto-generated"})


def send(to: User, subject: str, text: str) -> bool:
    """False where it was not sent: the site sends no mail (EMAIL_URL), the person has no address, or nobody took it."""
    return bool(is_set_up() and to.email and _send(message(to, subject, text)))


def connect() -> Any:
    """An open connection to the server; None where it does not let us in."""
    connection: Any = get_connection()
    try:
        connection.open()
        if (smtp := getattr(connection, "connection", None)) is not None:
            smtp.ehlo_or_helo_if_needed()  # so that a server which has nothing to say to us is found out now
    except FAULTS as error:
        logger.warning("The server for mail cannot be reached: %s", error)
        return None
    return connection


def send_later(messages: Sequence[EmailMessage], connection: Any = None) -> None:
    """Beside the answer to whoever asked, which waits for nothing. Closes the connection."""

    def send_all() -> None:
        for one in messages:
            one.connection = connection
            _send(one)
        try:
            if connection is not None:
                connection.close()
        except FAULTS:
            logger.info("The server for mail had closed the connection already")

    threading.Thread(target=send_all, name="mail").start()


def _send(one: EmailMessage) -> bool:
    try:
        return bool(one.send())
    except FAULTS as error:
        logger.warning("A mail could not be sent: %s", error)
        return False


def where_it_went(whose: str, *, what: str = "email", is_later: bool = False) -> str:
    """Of mail that was sent: "An email has gone to Kim.", or where it lies on somebody's own machine.

    `is_later`: it goes beside the answer, by `send_later`.
    """
    if settings.EMAIL_FILE_PATH:
        return f"No email goes out from this machine: what went to {whose} is a file in {settings.EMAIL_FILE_PATH}."
    return f"An {what} {'is on its way' if is_later else 'has gone'} to {whose}."
