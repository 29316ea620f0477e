"""Who takes the mails: what each is to us, and whatever EMAIL_URL names, by Django's own way of sending.

Another is one more class like `EmailUrl`: `notify` and `by_anymail` have one each.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

OF_A_CONNECTION = 200  # mails: some servers end one after so many


class ProviderAway(Exception):
    """It takes nothing at the moment: no mail is to blame."""


class MailRefused(Exception):
    """It does not take this one."""

    def __init__(self, why: str, *, for_good: bool):
        super().__init__(why)
        self.for_good = for_good


class Provider(Protocol):
    """Holds a connection from the first mail until it is closed. Raises ProviderAway and MailRefused, nothing else."""

    name: str

    def send(self, message: EmailMessage) -> None: ...

    def close(self) -> None: ...


class EmailUrl:
    name = "email"

    def __init__(self) -> None:
        self._connection: Any = None
        self._given = 0

    def _open(self) -> Any:
        if self._given % OF_A_CONNECTION == 0:
            self.close()
        if self._connection is None:
            try:
                self._connection = get_connection()
                self._connection.open()
            except (SMTPException, OSError) as error:
                self._connection = None
                raise ProviderAway(str(error)) from error
        self._given += 1
        return self._connection

    def send(self, message: EmailMessage) -> None:
        if settings.BOUNCES_ADDRESS:  # of the envelope; people see, and answer to, whom it is from
            message.extra_headers.setdefault("From", message.from_email)
            message.from_email = settings.BOUNCES_ADDRESS
        message.connection = self._open()
        try:
            if not message.send():
                raise ProviderAway("the connection was lost")
        except SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (0, b""))
            raise MailRefused(_words(code, words), for_good=code >= 500) from error
        except SMTPServerDisconnected as error:
            raise ProviderAway(str(error)) from error
        except SMTPResponseException as error:
            # The service is closing (RFC 5321, 3.8). Or it does not know us: that is so of all mails alike, unless it
            # is said of the size of this one (RFC 1870).
            is_of_us = isinstance(error, SMTPSenderRefused) and error.smtp_code != 552
            if error.smtp_code == 421 or is_of_us:
                raise ProviderAway(_words(error.smtp_code, error.smtp_error)) from error
            raise MailRefused(_words(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from error
        except (SMTPException, OSError) as error:
            raise ProviderAway(str(error)) from error
        except ValueError as error:  # an address or a header that cannot be written
            raise MailRefused(str(error), for_good=True) from error

    def close(self) -> None:
        if self._connection is not None:
            with suppress(SMTPException, OSError):  # it is closed, one way or the other
                self._connection.close()
            self._connection = None


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


class ProviderBackend(BaseEmailBackend):
    """By which Django sends what else the site writes, to staff: each provider that has no way of Django's has one."""

    provider: ClassVar[Callable[[], Provider]]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        provider, sent = type(self).provider(), 0
        try:
            for message in email_messages:
                try:
                    provider.send(message)
                    sent += 1
                except (ProviderAway, MailRefused) as error:
                    if not self.fail_silently:
                        raise SMTPException(str(error)) from error  # what whoever sends is ready for
        finally:
            provider.close()
        return sent
