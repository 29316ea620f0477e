"""Mails on PostgreSQL, with two who send and one of them killed again and again: none is lost, and none is another."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter

import pytest

from tests import live
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

PEOPLE = 700
KILLS = 30
MAKE = f"""
import datetime
from django.utils import timezone
from roadmap.models import Item, Roadmap, Subscriber, Subscription
from tests import make
now = timezone.now()
roadmap = Roadmap.objects.get()
people = Subscriber.objects.bulk_create(
    Subscriber(key=f"p{{n}}@example.org", address=f"p{{n}}@example.org", site="https://site.example", created_at=now)
    for n in range({PEOPLE})
)
Subscription.objects.bulk_create(
    Subscription(subscriber=one, roadmap=roadmap, how_often="edition", asked_at=now, confirmed_at=now, since=now)
    for one in people
)
Item.objects.update(title="Renamed, so that somebody must be told of it")
make.edition(roadmap)
"""
# As the command does it, with loans that are over sooner than a test can wait for.
WORK = """
import datetime
from django.core.management import call_command
from roadmap.subscriptions import outbox
outbox.LOAN = datetime.timedelta(seconds=6)
outbox.AT_ONCE = 20
call_command("send_mail", "--watch")
"""


@contextlib.contextmanager
def working(site):
    """One who sends, until the block ends or it is killed."""
    worker = subprocess.Popen(
        [sys.executable, str(live.ROOT / "manage.py"), "shell", "--no-imports", "--command", WORK],
        cwd=live.ROOT,
        env=live.environment_of(site.state_dir) | site.settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def test_two_send_and_one_is_killed_thirty_times(serve, smtp):
    chance = random.Random(17)
    site = serve(EMAIL_URL=smtp.url, MAIL_WAIT="0")
    site.manage("shell", "--no-imports", "--command", MAKE)
    kills = 0
    with working(site):
        while kills < KILLS:
            with working(site) as victim:
                # Anywhere: while it starts, notices, borrows, sends or writes down. Later kills find nothing to send.
                smtp.wait_for(min(len(smtp.messages) + chance.randrange(1, 20), PEOPLE))
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()
                kills += 1
        until(lambda: len({message["To"] for message in smtp.messages}) == PEOPLE, 60)
    names = Counter(message["Message-ID"] for message in smtp.messages)
    people = Counter(message["To"] for message in smtp.messages)
    assert len(names) == len(people) == PEOPLE
    assert sum(people.values()) - PEOPLE <= KILLS  # each between an answer and its note, under the same name
    site.manage("send_mail")
    assert len({message["Message-ID"] for message in smtp.messages}) == PEOPLE
