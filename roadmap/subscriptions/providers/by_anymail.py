"""Whoever ANYMAIL_PROVIDER names takes the mails, by its API: https://anymail.dev/. django-anymail is loaded only here
and in `reports`.

Of the many that it knows, those that need no more packages, that keep our headers, and that can be told mail by mail to
track nothing: see docs/decisions/0043-a-report-ends-whom-its-mail-went-to.md.
"""

import re
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from roadmap.subscriptions.providers.provider import MailRefused, ProviderAway, ProviderBackend

MAIL = "mail"  # under which our uid comes back in a report
_ID = re.compile(r"<([^@>]+)@")
# Answers that tell of this mail. All others tell of our key, our account, a rate, or of themselves: nobody's to blame.
_OF_THE_MAIL = (400, 413, 422)
# Of Postmark's 422, https://postmarkapp.com/developer/api/overview#error-codes: what it says of the mail, and what of
# the sender or the account.
_POSTMARK_REFUSES = {300, 402, 403, 406, 411}
_POSTMARK_OURS = {10, 100, 400, 401, 405, 412, 413, 429}
_OF_THE_SENDER = re.compile(r"'from'|not allowed to send", re.IGNORECASE)


class ByAnymail:
    def __init__(self) -> None:
        self.name = settings.ANYMAIL_PROVIDER
        self._connection: Any = None

    def send(self, message: EmailMessage) -> None:
        from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused

        if ours := _ID.search(message.extra_headers.get("Message-ID", "")):
            message.metadata = {MAIL: ours[1]}  # type: ignore[attr-defined]
            if self.name == "postmark":
                message.extra_headers["X-PM-KeepID"] = "true"  # or it writes a Message-ID of its own
        try:
            self._open().send_messages([message])
        except AnymailRecipientsRefused as error:
            raise MailRefused(
                _said(error) or "the address is on its list of those that take no mail", for_good=True
            ) from error
        except AnymailAPIError as error:
            raise _read(error) from error
        except AnymailError as error:
            if isinstance(error, ValueError | TypeError):  # an address or a header that cannot be written
                raise MailRefused(_line(error), for_good=True) from error
            raise ProviderAway(_line(error)) from error
        except ValueError as error:  # a line break in a header
            raise MailRefused(str(error), for_good=True) from error

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = get_connection(f"anymail.backends.{self.name}.EmailBackend")
            self._connection.open()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _read(error: Any) -> Exception:
    """What an answer, or none, means for the mail."""
    status = error.status_code
    if status is None:
        return ProviderAway(_line(error))
    said = _said(error)
    words = f"{status} {said}".strip()
    if status not in _OF_THE_MAIL or _OF_THE_SENDER.search(said):
        return ProviderAway(words)
    code = _answer(error).get("ErrorCode")
    if code in _POSTMARK_OURS:
        return ProviderAway(words)
    return MailRefused(words, for_good=code is None or code in _POSTMARK_REFUSES)


def _answer(error: Any) -> dict[str, Any]:
    try:
        found = error.response.json()
    except (AttributeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(error: Any) -> str:
    """In its own words: Postmark's "Message", Mailgun's "message"."""
    answer = _answer(error)
    return " ".join(str(answer.get("Message") or answer.get("message") or "").split())


def _line(error: Exception) -> str:
    """Without what anymail adds of the request."""
    cause = f": {error.__cause__}" if error.__cause__ else ""
    return f"{error.args[0] if error.args else type(error).__name__}{cause}"[:300]


class AnymailBackend(ProviderBackend):
    """By which Django sends to staff: the link for a new password, say."""

    provider = ByAnymail
