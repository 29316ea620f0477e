"""Addresses that take no mail, as whoever carries ours finds out later: each is ended, and all that is known of it.

A report names a mail of ours by its uid, which nobody can guess; an address in it is not believed.
"""

import json
import logging
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from roadmap.models.subscription import OutgoingMail, Subscriber
from roadmap.subscriptions import acts
from roadmap.subscriptions.views import answered

logger = logging.getLogger(__name__)

FOR_GOOD = "permanent-failure"  # https://docs.notifications.service.gov.uk/rest-api.html#delivery-receipts
BEARER = "Bearer "


def end_address_of(mail: str) -> bool:
    """To whom that mail went, by its uid. False where nobody is known by it any more."""
    try:
        uid = UUID(mail)
    except ValueError:
        return False
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(mails__uid=uid).first()
        if subscriber is None:
            return False
        OutgoingMail.objects.filter(uid=uid).update(trouble="the address takes no mail, and has been ended")
        acts.erase(subscriber)
    logger.warning("An address takes no mail, and has been ended: it was found by mail %s", uid)
    return True


@answered
def receipt(request: HttpRequest) -> HttpResponseBase:
    """What GOV.UK Notify tells of each mail, by the token that it was given. It asks again for what is no 2xx."""
    given = request.headers.get("Authorization", "")
    right = f"{BEARER}{settings.NOTIFY_RECEIPT_TOKEN}"
    if not settings.NOTIFY_RECEIPT_TOKEN or not compare_digest(given.encode(), right.encode()):
        return HttpResponse("The token is not right.", status=403, content_type="text/plain; charset=utf-8")
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        told = json.loads(request.body)
        status, reference = told["status"], told["reference"]
    except (ValueError, KeyError, TypeError, RecursionError):
        words = "A receipt is JSON with a status and a reference."
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
    if status == FOR_GOOD and isinstance(reference, str):  # None: a mail to staff
        end_address_of(reference)
    return HttpResponse(status=204)
