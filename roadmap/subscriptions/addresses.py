"""What an email address is, and when two are the same. What we could not write to is refused, in words."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

MOST = 254  # characters: RFC 5321, 4.5.3.1.3, less the brackets
EXAMPLE = "name@example.com"
_PLAIN = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f-\x9f]+@[^\s@]+")


class BadAddress(ValueError):
    """Its text says what is wrong and what to write instead."""


def read_address(typed: str) -> str:
    """As mail goes to it. Raises BadAddress."""
    text = typed.strip()
    if not text:
        raise BadAddress("Enter your email address")
    if len(text) > MOST:
        raise BadAddress(f"Your email address must be {MOST} characters or fewer")
    if not _PLAIN.fullmatch(text):
        raise BadAddress(f"Enter an email address in the correct format, like {EXAMPLE}")
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        raise BadAddress("We cannot write to an address with letters like é before the @. Enter another address")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}"
        validate_email(address)
    except (UnicodeError, ValidationError) as error:
        raise BadAddress(f"Enter an email address in the correct format, like {EXAMPLE}") from error
    return address


def key_of(address: str) -> str:
    """The same for the same mailbox, however it is written. What follows a plus sign is another's own business."""
    return address.lower()
