"""Mail to staff: plain text, sent at once. A server that is away keeps nobody from going on."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def send(to: User, subject: str, text: str) -> bool:
    """False where it was not sent: the site sends no mail (EMAIL_URL), the person has no address, or nobody took it."""
    if not (settings.SENDS_EMAIL and to.email):
        return False
    # RFC 3834: so that no holiday message answers it.
    message = EmailMessage(subject, text, to=[to.email], headers={"Auto-Submitted": "auto-generated"})
    try:
        return bool(message.send())
    except (SMTPException, OSError, ValueError) as error:  # ValueError: an address that cannot be written
        logger.warning("A mail could not be sent: %s", error)
        return False


def where_it_went(whose: str, *, what: str = "email") -> str:
    """Of mail that was sent: "An email has gone to Kim.", or where it lies on somebody's own machine."""
    if settings.EMAIL_FILE_PATH:
        return f"No email goes out from this machine: what went to {whose} is a file in {settings.EMAIL_FILE_PATH}."
    return f"An {what} has gone to {whose}."
