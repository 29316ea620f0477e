"""The mailbox that mails come back to which nobody took (IMAP4rev1, RFC 3501): read on the rounds of `send_mail`.

One machine reads at a time, every five minutes. A report is removed once it is acted on, for it has an address in it.
What is not understood gets a flag (\\Flagged), stays for a person, and is not read again unless they take the flag
away. Reading twice is no harm: whoever has been ended is nobody any more.
"""

import datetime
import imaplib
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from roadmap.models.subscription import MailPace, OutgoingMail
from roadmap.subscriptions import outbox
from roadmap.subscriptions.providers import delivery_report
from roadmap.subscriptions.providers.bounces import end_address_of
from roadmap.subscriptions.providers.delivery_report import Verdict

logger = logging.getLogger(__name__)

EVERY = datetime.timedelta(minutes=5)
SECONDS = 10  # that each answer may take
AT_MOST = 200  # mails in one turn
LONGEST = 60.0  # seconds of one turn: what waits to be sent waits as long
BYTES = 256 * 1024  # of each mail: what counts stands at the beginning
# Rows of MailPace: when it is whose turn; and that it was said that the mailbox is away, which is said once.
_TURN, _AWAY = "bounces", "bounces, away"
_AT_FAULT = (imaplib.IMAP4.error, OSError, ValueError)  # the last: an answer that is not of the protocol
# By which no parser, whatever a stranger wrote, keeps us from sending.
_NO_MAIL = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass
class Turn:
    """What came of it: how many addresses were ended, and how many mails were left to a person; in all, and now."""

    ended: int = 0
    left: int = 0
    all_left: int = 0
    is_away: bool = False


def read_bounces(
    *, is_stopped: Callable[[], bool] = lambda: False, now: Callable[[], datetime.datetime] = outbox.clock
) -> Turn | None:
    """None where no mailbox is set, or where it is nobody's turn yet. What is the matter with it is logged."""
    if not settings.BOUNCES_MAILBOX or not _takes_turn(now()):
        return None
    turn = Turn()
    try:
        with _opened(settings.BOUNCES_MAILBOX) as mailbox:
            is_done = _read(mailbox, turn, is_stopped)
            turn.all_left = len(_search(mailbox, "FLAGGED"))
    except _AT_FAULT as error:
        turn.is_away = True
        if MailPace.objects.get_or_create(provider=_AWAY, defaults={"free_at": now()})[1]:
            logger.warning("The mailbox of BOUNCES_URL cannot be read: %s. Mail is sent all the same.", _words(error))
        return turn
    if not is_done:
        MailPace.objects.filter(provider=_TURN).update(free_at=now())
    if MailPace.objects.filter(provider=_AWAY).delete()[0]:
        logger.warning("The mailbox of BOUNCES_URL can be read again.")
    if turn.left:
        logger.warning(
            "Mails in the mailbox of BOUNCES_URL that are no report we understand, flagged for a person: %d, %d in all",
            turn.left,
            turn.all_left,
        )
    return turn


def away_since() -> datetime.datetime | None:
    """Since when the mailbox that is set cannot be read; None where it can, as far as anybody has looked."""
    if not settings.BOUNCES_MAILBOX:
        return None
    return MailPace.objects.filter(provider=_AWAY).values_list("free_at", flat=True).first()


def _takes_turn(now: datetime.datetime) -> bool:
    """Of all who ask, on whichever machine, one in each five minutes. A clock that was set back holds nobody up."""
    taken = MailPace.objects.filter(provider=_TURN, free_at__gt=now, free_at__lte=now + EVERY)
    if taken.exists():  # mostly: nothing is locked for it
        return False
    with transaction.atomic():
        MailPace.objects.get_or_create(provider=_TURN, defaults={"free_at": now})
        pace = MailPace.objects.select_for_update().get(provider=_TURN)
        if now < pace.free_at <= now + EVERY:
            return False
        pace.free_at = now + EVERY
        pace.save()
    return True


def _read(mailbox: imaplib.IMAP4, turn: Turn, is_stopped: Callable[[], bool]) -> bool:
    """False where there is more than one turn takes."""
    until = time.monotonic() + LONGEST
    found = _search(mailbox, "UNFLAGGED")
    removed = []
    try:
        for number, uid in enumerate(found):
            if number == AT_MOST or is_stopped() or time.monotonic() > until:
                return False
            raw = _fetch(mailbox, uid)
            if raw is None:  # another has taken it away
                continue
            meant = _act(raw)
            turn.ended += meant is Verdict.ENDS
            if meant is Verdict.PERSON:
                turn.left += 1
                _mark(mailbox, [uid], "\\Flagged")
            else:
                removed.append(uid)
    finally:
        if removed:
            _remove(mailbox, removed)
    return True


def _act(raw: bytes) -> Verdict:
    """Ends the address where that is what it says. Of a mail of ours alone, whatever addresses it names."""
    try:
        report = delivery_report.read(raw)
    except _NO_MAIL:
        report = None
    mail = OutgoingMail.objects.select_related("subscriber").filter(uid=report.mail).first() if report else None
    if report is None or mail is None:
        return Verdict.PERSON
    if mail.subscriber is None:  # who is ended already
        return Verdict.PASSES
    meant = delivery_report.verdict(report, mail.subscriber.address)
    if meant is Verdict.ENDS and not end_address_of(report.mail):
        return Verdict.PASSES
    return meant


# The protocol


@contextmanager
def _opened(at: dict[str, Any]) -> Iterator[imaplib.IMAP4]:
    """The folder, to be written to. Raises _AT_FAULT, as all here do."""
    context = ssl.create_default_context()
    if at["tls"] == "tls":
        mailbox: imaplib.IMAP4 = imaplib.IMAP4_SSL(at["host"], at["port"], ssl_context=context, timeout=SECONDS)
    else:
        mailbox = imaplib.IMAP4(at["host"], at["port"], timeout=SECONDS)
    try:
        if at["tls"] == "starttls":
            mailbox.starttls(context)
        if "AUTH=PLAIN" in mailbox.capabilities:  # takes any letter; LOGIN does not
            mailbox.authenticate("PLAIN", lambda _: f"\0{at['user']}\0{at['password']}".encode())
        else:
            mailbox.login(_quoted(at["user"]), at["password"])
        _right(mailbox.select(_quoted(at["folder"])))
        yield mailbox
    finally:
        with suppress(*_AT_FAULT):
            mailbox.logout()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _right(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, parts = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(
            " ".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))
        )
    return parts


def _search(mailbox: imaplib.IMAP4, flag: str) -> list[str]:
    (found, *_) = _right(mailbox.uid("SEARCH", "UNDELETED", flag))
    return (found or b"").decode("ascii").split()


def _fetch(mailbox: imaplib.IMAP4, uid: str) -> bytes | None:
    for part in _right(mailbox.uid("FETCH", uid, f"(BODY.PEEK[]<0.{BYTES}>)")):
        if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
            return bytes(part[1])
    return None


def _mark(mailbox: imaplib.IMAP4, uids: list[str], flag: str) -> None:
    """Whether they are still there or not."""
    mailbox.uid("STORE", ",".join(uids), "+FLAGS.SILENT", f"({flag})")


def _remove(mailbox: imaplib.IMAP4, uids: list[str]) -> None:
    (capabilities, *_) = _right(mailbox.capability())  # what it can do once somebody is known may be more
    _mark(mailbox, uids, "\\Deleted")
    if b"UIDPLUS" in capabilities.upper().split():  # RFC 4315: these, and nothing that somebody else marked
        mailbox.uid("EXPUNGE", ",".join(uids))
    else:
        mailbox.expunge()


def _words(error: BaseException) -> str:
    said = error.args[0] if error.args and isinstance(error, imaplib.IMAP4.error) else error
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
