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
# One that has everything loaded, and for each line it reads begins another that sends, as the command does; with loans
# that are over sooner than a test can wait for.
NURSERY = """
import datetime, os, signal, sys
from django.core.management import call_command
from roadmap.subscriptions import outbox, rounds, sending
outbox.LOAN = datetime.timedelta(seconds=8)
outbox.AT_ONCE = 20
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        call_command("send_mail", "--watch", stdout=sys.stderr)
        os._exit(0)
    print(pid, flush=True)
"""


class Workers:
    def __init__(self, nursery):
        self._nursery = nursery
        self.pids = set()

    def begin(self):
        self._nursery.stdin.write("another\n")
        self._nursery.stdin.flush()
        pid = int(self._nursery.stdout.readline())
        self.pids.add(pid)
        return pid

    def kill(self, pid):
        os.kill(pid, signal.SIGKILL)
        self.pids.remove(pid)


@contextlib.contextmanager
def working(site):
    nursery = subprocess.Popen(
        [sys.executable, str(live.ROOT / "manage.py"), "shell", "--no-imports", "--command", NURSERY],
        cwd=live.ROOT,
        env=live.environment_of(site.state_dir) | site.settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    workers = Workers(nursery)
    try:
        yield workers
    finally:
        for pid in [*workers.pids]:
            workers.kill(pid)
        nursery.kill()
        nursery.wait()


def test_two_send_and_one_is_killed_thirty_times(serve, smtp):
    chance = random.Random(17)
    site = serve(EMAIL_URL=smtp.url, MAIL_WAIT="0")
    site.manage("shell", "--no-imports", "--command", MAKE)
    with working(site) as workers:
        workers.begin()
        for _ in range(KILLS):
            victim = workers.begin()
            # Anywhere: while it notices, borrows, sends or writes down.
            some = min(len(smtp.messages) + chance.randrange(1, 25), PEOPLE)
            until(lambda some=some: len(smtp.messages) >= some, 60)
            workers.kill(victim)
        until(lambda: len({message["To"] for message in smtp.messages}) == PEOPLE, 60)
    names = Counter(message["Message-ID"] for message in smtp.messages)
    people = Counter(message["To"] for message in smtp.messages)
    assert len(names) == len(people) == PEOPLE
    assert sum(people.values()) - PEOPLE <= KILLS  # each between an answer and its note, under the same name
    site.manage("send_mail")
    assert len({message["Message-ID"] for message in smtp.messages}) == PEOPLE
