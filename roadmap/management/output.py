"""What the commands that publish or import share: what may be typed, and the line that says what was published."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.db.models import Field

from roadmap.models import Change, Edition


def checked_note(note: str) -> str:
    """The note, if an edition can keep it. Raises CommandError otherwise."""
    return _checked(note, "note", Edition._meta.get_field("note"))


def checked_reason(reason: str) -> str:
    """The reason, if a change can keep it. Raises CommandError otherwise."""
    return _checked(reason, "reason", Change._meta.get_field("reason"))


def checked_address(contact: str) -> str:
    """The email address, or nothing where none was given. Raises CommandError for what is none."""
    if contact:
        try:
            validate_email(contact)
        except ValidationError as error:
            raise CommandError(f"“{contact}” is not an email address. Give one such as team@example.gov.uk.") from error
    return contact


def _checked(text: str, name: str, field: "Field[str, str]") -> str:
    if not text.isprintable():
        raise CommandError(f"The {name} should be one line, without control characters.")
    try:
        field.run_validators(text)
    except ValidationError as error:
        raise CommandError(f"The {name} is too long: {' '.join(error.messages)}") from error
    return text


def published(edition: Edition) -> str:
    """ "Published edition 3 of VAT (MTD) roadmap: 4 changes." """
    count = Change.objects.filter(revision__edition=edition).count()
    changes = "1 change" if count == 1 else f"{count:,} changes"
    return f"Published edition {edition.number} of {edition.roadmap}: {changes}."
