"""Sends what waits: takes some, fills in what is each person's own, gives them away, writes down what was said."""

import datetime
import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import Error as DatabaseUnwell
from django.db import connection

from roadmap.models.subscription import Letter, OutgoingMail, Subscription
from roadmap.subscriptions import outbox
from roadmap.subscriptions.links import CONFIRM, LEAVE, MANAGE, SITE, confirm_path, leave_path, manage_path
from roadmap.subscriptions.outbox import Loan
from roadmap.subscriptions.providers.by_anymail import ByAnymail
from roadmap.subscriptions.providers.notify import Notify
from roadmap.subscriptions.providers.provider import EmailUrl, MailRefused, Provider, ProviderAway

logger = logging.getLogger(__name__)

NOTED_WITHIN, NOTED_EVERY = 3600.0, 1.0  # seconds


def chosen() -> Provider:
    """By the settings."""
    if settings.NOTIFY_KEY:
        return Notify()
    return ByAnymail() if settings.ANYMAIL_PROVIDER else EmailUrl()


class Sent:
    """What came of it."""

    def __init__(self) -> None:
        self.sent = self.failed = 0
        self.is_away = False  # the provider


def send_all(
    provider: Provider | None = None,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime.datetime] = outbox.clock,
) -> Sent:
    """All that are due, until none is left, the provider is away, or somebody says to stop."""
    found, provider = Sent(), provider or chosen()
    try:
        while not found.is_away and not is_stopped():
            loan = outbox.borrow(now(), provider=provider.name, rate=settings.MAIL_RATE)
            if loan is None:
                break
            _send_lent(loan, provider, found, is_stopped)
    finally:
        provider.close()
    return found


def _send_lent(loan: Loan[OutgoingMail], provider: Provider, found: Sent, is_stopped: Callable[[], bool]) -> None:
    since, began = loan.lent_at, time.monotonic()

    def now() -> datetime.datetime:
        """By the clock that the loan goes by, whatever is done to this machine's meanwhile."""
        return since + datetime.timedelta(seconds=time.monotonic() - began)

    pause = 1 / settings.MAIL_RATE if settings.MAIL_RATE else 0.0
    next_at = loan.starts_at
    wanted = _still_wanted(loan)
    for mail in loan.mails:
        if is_stopped() or now() > loan.begun_by:
            break  # the rest is lent again
        message = message_of(mail) if mail.pk in wanted else None
        if message is None:
            outbox.drop(mail, loan)
            continue
        if (early := (next_at - now()).total_seconds()) > 0:
            time.sleep(early)
        next_at = max(next_at, now()) + datetime.timedelta(seconds=pause)
        try:
            provider.send(message)
        except ProviderAway as error:
            logger.warning("Mail cannot be sent at the moment: %s", error)
            found.is_away = True
            outbox.note_failed(mail, loan, str(error), now())
            outbox.give_back(loan, now(), after=outbox.WAITS[0])
            return
        except MailRefused as error:
            found.failed += 1
            outbox.note_failed(mail, loan, str(error), now(), for_good=error.for_good)
            continue
        found.sent += 1
        _note_sent(mail, loan, now(), is_stopped)
    outbox.give_back(loan, now())


def _note_sent(
    mail: OutgoingMail, loan: Loan[OutgoingMail], at: datetime.datetime, is_stopped: Callable[[], bool]
) -> None:
    """Again and again while the database is away or its disk is full: what is not noted is sent once more."""
    ends = time.monotonic() + NOTED_WITHIN
    while True:
        try:
            outbox.note_sent(mail, loan, at)
            return
        except DatabaseUnwell as error:
            if is_stopped() or time.monotonic() > ends:
                logger.exception("Mail %s was sent, and that cannot be written down: it will be sent again", mail.uid)
                raise
            logger.warning("Mail %s was sent, and that cannot be written down yet: %s", mail.uid, error)
            connection.close()  # or it would go on to be none
            time.sleep(NOTED_EVERY)


def _still_wanted(loan: Loan[OutgoingMail]) -> set[int]:
    """The keys of those mails whose reader has not ended or paused meanwhile all that they follow from."""
    asked = {pk for mail in loan.mails for pk in mail.subscriptions}
    there = {*Subscription.objects.filter(pk__in=asked, paused_at__isnull=True).values_list("pk", flat=True)}
    return {mail.pk for mail in loan.mails if not mail.subscriptions or not there.isdisjoint(mail.subscriptions)}


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """As it is sent, whenever that is tried: with the same Message-ID. None where nobody is left to send it to."""
    person, letter = mail.subscriber, mail.letter
    if person is None:
        return None
    site = person.site
    host = urlsplit(site).hostname or "localhost"
    of_mail = {MANAGE: f"{site}{manage_path(person.uid)}"}
    headers = {
        "Message-ID": f"<{mail.uid.hex}@{host}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: so that no holiday message answers it
    }
    if letter.kind == "confirm":
        uid = Subscription.objects.filter(pk__in=mail.subscriptions).values_list("uid", flat=True).first()
        if uid is None:
            return None
        of_mail[CONFIRM] = f"{site}{confirm_path(uid)}"
    elif mail.subscriptions and letter.list_name:
        of_mail[LEAVE] = leave = f"{site}{leave_path(person.uid, mail.subscriptions)}"
        thread = f"<{letter.list_name}.roadmap@{host}>"
        headers |= {
            "List-Id": f"<{letter.list_name}.roadmap.{host}>",
            "List-Unsubscribe": f"<{leave}>",  # RFC 8058: by one press, without a page
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # No mail has this one: all of a roadmap answer it, and so a mail program shows them together.
            "References": thread,
            "In-Reply-To": thread,
        }
    return _filled(letter, letter.subject, person.address, {**of_mail, SITE: site}, headers)


def message_of_test(letter: Letter, address: str, site: str) -> EmailMultiAlternatives:
    """The same letter to one of the staff, whose own it is not: its links lead to the site."""
    headers = {"Auto-Submitted": "auto-generated"}
    return _filled(letter, f"Test: {letter.subject}", address, {MANAGE: site, SITE: site}, headers)


def _filled(
    letter: Letter, subject: str, address: str, own: dict[str, str], headers: dict[str, str]
) -> EmailMultiAlternatives:
    text, html = letter.text, letter.html
    for general, one in own.items():
        text, html = text.replace(general, one), html.replace(general, one)
    message = EmailMultiAlternatives(subject, text, to=[address], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
