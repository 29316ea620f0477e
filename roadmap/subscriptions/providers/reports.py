"""What Postmark or Mailgun tells of a mail later, at an address of ours: by django-anymail, and its signal `tracking`.

It lets nobody in who does not know the name and password (Postmark) or cannot sign (Mailgun). What an event says of an
address is not believed: the mail's uid comes back in what we gave with it.
"""

import logging
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from roadmap.subscriptions.providers.bounces import end_address_of
from roadmap.subscriptions.providers.by_anymail import MAIL
from roadmap.subscriptions.views import answered
from roadmap.web.problems import Format, problem

logger = logging.getLogger(__name__)

# anymail calls these for good, or complaints, and Postmark does not:
# https://postmarkapp.com/developer/api/bounce-api#bounce-types
_POSTMARK_PASSES = {"SoftBounce", "SpamNotification"}


@answered
def report(request: HttpRequest) -> HttpResponseBase:
    """Where nothing is set by which a report could be known, this is no address."""
    provider = settings.ANYMAIL_PROVIDER
    if not settings.ANYMAIL_REPORTS:
        return problem(Format.PAGE, 404, "Nobody tells this site of its emails.")
    from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure

    try:
        answer: HttpResponseBase = _views()[provider](request)
    except AnymailWebhookValidationFailure:
        logger.warning("A report of a mail was not signed by %s, and is not believed", provider)
        return _line(403, "It is not signed as it must be.")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AnymailConfigurationError):
        return _line(400, f"It is no report of {provider}.")
    return answer


@cache
def _views() -> dict[str, Any]:
    """Of each provider, what reads its reports; and from now on we are told of what they say."""
    from anymail.signals import tracking
    from anymail.webhooks.mailgun import MailgunTrackingWebhookView
    from anymail.webhooks.postmark import PostmarkTrackingWebhookView

    tracking.connect(_note, dispatch_uid="roadmap")
    return {
        "postmark": PostmarkTrackingWebhookView.as_view(),
        "mailgun": MailgunTrackingWebhookView.as_view(),
    }


def _note(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Whoever sent the signal stands for it. Told twice, it is the same."""
    mail = event.metadata.get(MAIL) if isinstance(event.metadata, dict) else None
    if isinstance(mail, str) and _ends(event):
        end_address_of(mail)


def _ends(event: Any) -> bool:
    """Whether the address takes no mail, or its owner complained: not a full mailbox, and not a refusal of our text."""
    told = event.esp_event
    if {told.get("Type"), told.get("SuppressionReason")} & _POSTMARK_PASSES:
        return False
    kind = (event.event_type, event.reject_reason)
    return event.event_type == "complained" or kind in (("bounced", "bounced"), ("rejected", "invalid"))


def _line(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
