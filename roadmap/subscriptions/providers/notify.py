"""GOV.UK Notify takes the mails: https://docs.notifications.service.gov.uk/python.html. Its client is loaded only here.

Its template has two places, ((subject)) and ((body)): what is written in ours is what it sends.
"""

import re
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from roadmap.subscriptions.providers.provider import MailRefused, ProviderAway, ProviderBackend

SECONDS = 10
URL = "https://api.notifications.service.gov.uk"
# Nobody's mail is to blame: our key or our clock, a limit of a minute or a day.
_OURS = (401, 403, 408, 429)
_LINK = re.compile(r"<([^>]+)>")
_ID = re.compile(r"<([^@>]+)@")


class Notify:
    name = "notify"

    def __init__(self, url: str = ""):
        self._url = url or URL
        self._client: Any = None

    def send(self, message: EmailMessage) -> None:
        from notifications_python_client.errors import APIError

        client = self._open()
        headers = message.extra_headers
        leave = _LINK.search(headers.get("List-Unsubscribe", ""))
        ours = _ID.search(headers.get("Message-ID", ""))
        for address in message.recipients():
            try:
                client.send_email_notification(
                    email_address=address,
                    template_id=settings.NOTIFY_TEMPLATE,
                    personalisation={"subject": str(message.subject), "body": str(message.body)},
                    reference=ours[1] if ours else None,
                    one_click_unsubscribe_url=leave[1] if leave else None,
                )
            except APIError as error:
                words = f"{error.status_code} {_words(error.message)}"
                if error.status_code in _OURS or error.status_code >= 500:
                    raise ProviderAway(words) from error
                raise MailRefused(words, for_good=True) from error

    def _open(self) -> Any:
        if self._client is None:
            from notifications_python_client.notifications import NotificationsAPIClient

            self._client = NotificationsAPIClient(settings.NOTIFY_KEY, base_url=self._url, timeout=SECONDS)
        return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.request_session.close()
            self._client = None


def _words(said: Any) -> str:
    """Of its answer: [{"error": "BadRequestError", "message": "…"}]."""
    if isinstance(said, list):
        return "; ".join(str(one.get("message", "")) if isinstance(one, dict) else str(one) for one in said)
    return str(said)


class NotifyBackend(ProviderBackend):
    """By which Django sends to staff: the link for a new password, say."""

    provider = Notify
