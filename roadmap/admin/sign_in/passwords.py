"""Which passwords are refused: those that somebody who knows the site and its owner finds soon.

zxcvbn counts how many guesses that takes. It is loaded when the first password is chosen, not when one is checked.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

LEAST_GUESSES = 10**10
LONGEST_LOOKED_AT = 72  # characters: it gets slow
LEAST_LEFT = 6  # characters, of what is nobody's name and no year
OF_THE_SITE = (
    *(
        "hmrc",
        "hm revenue and customs",
        "roadmap",
        "roadmaps",
        "developer",
        "developers",
        "developer hub",
        "gov",
        "govuk",
    ),
    *("sdst", "making tax digital", "mtd", "tax", "vat", "paye", "customs", "self assessment", "publisher", "editor"),
)


class HardToGuess:
    """A password validator of Django's."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        from zxcvbn import zxcvbn

        own = sorted({*_words(user)}, key=len, reverse=True)
        found = zxcvbn(password[:LONGEST_LOOKED_AT], user_inputs=own)
        if found["guesses"] < LEAST_GUESSES or len(_without(own, password)) < LEAST_LEFT:
            raise ValidationError(
                "This password is too easy to guess. Three words that have nothing to do with each other, with you or "
                "with this site are hard to guess, and easy to keep in mind.",
                code="password_easy_to_guess",
            )

    def get_help_text(self) -> str:
        return "Three words that have nothing to do with each other make a good password."


def _words(user: Any) -> Iterator[str]:
    """What somebody else would try first, in small letters."""
    texts = [*OF_THE_SITE, settings.SITE_NAME]
    if user is not None:
        names = (user.get_username(), user.email, user.first_name, user.last_name, user.get_full_name())
        texts += [name for name in names if name]
    for text in texts:
        small = text.lower()
        parts = [part for part in re.split(r"[^\w]+|_", small) if len(part) > 2]
        yield from (small, small.partition("@")[0], "".join(parts), *parts)


def _without(own: list[str], password: str) -> str:
    """What is left of it without such words, digits and signs."""
    left = password.lower()
    for word in own:
        left = left.replace(word, "")
    return re.sub(r"(?:19|20)\d\d|[^\w]|_", "", left)
