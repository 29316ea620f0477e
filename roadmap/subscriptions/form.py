"""The public form, by which anybody asks to be told: what is typed into it, and what tells people from programs.

It sets no cookie. A stamp in it says when it was opened, signed; what fills a field that no person sees, or answers at
once, is no person.
"""

import datetime

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import QueryDict

from roadmap.models.subscription import Often
from roadmap.published.filters import Problem
from roadmap.subscriptions.addresses import BadAddress, read_address

AT_LEAST = datetime.timedelta(seconds=2)  # nobody types an address in less
AT_MOST = datetime.timedelta(days=1)
STAMP, TRAP = "stamp", "website"
AGAIN = "Press the button once more: this page was sent too soon, or had been open for more than a day"
_signer = Signer(salt="roadmap.subscriptions.form")


class AskForm(forms.Form):
    use_required_attribute = False

    address = forms.Field(required=False)  # all that is wrong with it is said by read_address
    how_often = forms.ChoiceField(
        choices=Often.choices,
        error_messages={
            "required": "Choose how often we write",
            "invalid_choice": "Choose how often we write",
        },
    )

    def clean_address(self) -> str:
        try:
            return read_address(self.cleaned_data["address"] or "")
        except BadAddress as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def problems(self) -> list[Problem]:
        """Each leads to its field."""
        return [Problem(name, "", str(text)) for name, texts in self.errors.items() for text in texts]


class AddressForm(AskForm):
    """The address alone."""

    how_often = None  # type: ignore[assignment]


def stamp(now: datetime.datetime) -> str:
    return _signer.sign(f"{now.timestamp():.3f}")


def is_of_program(posted: QueryDict) -> bool:
    return bool(posted.get(TRAP))


def is_in_time(posted: QueryDict, now: datetime.datetime) -> bool:
    try:
        opened = datetime.datetime.fromtimestamp(float(_signer.unsign(posted.get(STAMP, ""))), datetime.UTC)
    except (BadSignature, ValueError, OverflowError):
        return False
    return AT_LEAST <= now - opened <= AT_MOST
