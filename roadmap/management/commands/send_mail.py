"""Tells by mail those who asked to be told of what has gone live: see roadmap.subscriptions."""

import datetime
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import Error as DatabaseUnwell
from django.db import close_old_connections

from roadmap.management.output import RefusingCommand, counted
from roadmap.subscriptions import outbox, rounds
from roadmap.subscriptions.providers.mailbox import Turn, read_bounces
from roadmap.subscriptions.sending import Sent, send_all
from roadmap.subscriptions.webhooks.posting import post_all
from roadmap.subscriptions.websub import ping_all

LOOK_EVERY = 5.0  # seconds, while nothing is known to be due sooner
AWAY = 30.0  # seconds, where the provider or the database is away
NOT_SET = 78  # EX_CONFIG of sysexits.h: whoever keeps a service running knows that it need not try again


class Command(RefusingCommand):
    help = (
        "Sends the emails that readers asked for: of each edition that has gone live, of each day and of each week; "
        "and the links by which they are confirmed; posts the same to webhooks; and reads what came back. "
        "For a timer, every minute; or with --watch as a service of its own. Any number may run at once, on any "
        "number of machines: each mail is sent once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="goes on until it is stopped, and sends on the second")

    def handle(self, *args: Any, watch: bool, **options: Any) -> None:
        if not (settings.SENDS_EMAIL or settings.WEBSUB_HUBS):
            raise CommandError(
                "This site sends no email: set EMAIL_URL to the server that takes it.", returncode=NOT_SET
            )
        if watch:
            self._watch()
            return
        made, sent, posted, turn = _round(lambda: False)
        self.stdout.write(_told(made, sent, posted, turn))
        if sent.is_away:
            raise CommandError("Mail cannot be sent at the moment. What waits is tried again later.")

    def _watch(self) -> None:
        """Stops after the mail that it is sending."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            pause = AWAY
            try:
                close_old_connections()
                made, sent, posted, turn = _round(stopped.is_set)
                if made or posted or sent.sent or sent.failed or turn.ended or turn.left:
                    self.stdout.write(_told(made, sent, posted, turn))
                    self.stdout.flush()
                if not sent.is_away:
                    pause = _pause(outbox.clock())
            except DatabaseUnwell as error:
                self.stderr.write(f"The database cannot be reached: {error}")
            stopped.wait(pause)


def _round(is_stopped: Callable[[], bool]) -> tuple[int, Sent, int, Turn]:
    """How many mails were made, what came of sending, how many posts came through, and what had come back."""
    told = ping_all(is_stopped=is_stopped)
    if not settings.SENDS_EMAIL:
        return 0, Sent(), told, Turn()
    made = rounds.notice(outbox.clock())
    sent = send_all(is_stopped=is_stopped)
    posted = told + post_all(is_stopped=is_stopped)
    return made, sent, posted, read_bounces(is_stopped=is_stopped) or Turn()


def _pause(now: datetime.datetime) -> float:
    """Seconds until something is due, or until it is time to look again."""
    due = [at for at in (rounds.next_at(now), outbox.next_due(now)) if at is not None]
    return min([LOOK_EVERY, *(max(0.0, (at - now).total_seconds()) for at in due)])


def _told(made: int, sent: Sent, posted: int, turn: Turn) -> str:
    failed = f" {counted(sent.failed, 'mail')} could not be sent." if sent.failed else ""
    webhooks = f" Posted {counted(posted, 'message')} to webhooks and hubs." if posted else ""
    ended = f" Ended {counted(turn.ended, 'subscriber')} whose mail came back." if turn.ended else ""
    left = f" Left {counted(turn.left, 'mail')} that came back for a person to read." if turn.left else ""
    return f"Made {counted(made, 'mail')}, sent {counted(sent.sent, 'mail')}.{failed}{webhooks}{ended}{left}"
