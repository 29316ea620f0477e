"""Real processes that send mail, as `send_mail --watch` does, and are begun quickly enough to be killed by the dozen.

`told(site, people)` has so many people waiting to be told of an edition; `working(site, …)` begins processes and
kills them. Loans, waits and pauses are those of a machine with less patience than tests have: seconds for minutes.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import live

PEOPLE = """
from django.utils import timezone
from roadmap.models import Item, Milestone, Roadmap, Subscriber, Subscription
from roadmap.publishing.publish import Choices
from roadmap.publishing.undo import undo
from tests import make
roadmap = Roadmap.objects.get()
for title in ("Losses", "Penalties", "Refunds"):
    make.item(roadmap, title=title, test="April 2030", live="June 2030", description="Teh whole of it.")
make.edition(roadmap)
now = timezone.now()
people = Subscriber.objects.bulk_create(
    Subscriber(key=f"p{n}@example.org", address=f"p{n}@example.org", site="https://site.example", created_at=now)
    for n in range(PEOPLE)
)
Subscription.objects.bulk_create(
    Subscription(subscriber=one, roadmap=roadmap, how_often="edition", asked_at=now, confirmed_at=now, since=now)
    for one in people
)
"""
ONE_EDITION = """
Item.objects.update(title="Renamed, so that somebody must be told of it")
make.edition(roadmap)
"""
# A slip, a deployment, a typo called minor, a withdrawal, one that is undone at once, and one that is seen later.
SIX_EDITIONS = """
import datetime
def move(title, when):
    Milestone.objects.filter(item__title=title, environment="live").update(when=when)
move("Losses", "September 2030")
make.edition(roadmap)
Milestone.objects.filter(item__title="Losses", environment="test").update(is_deployed=True)
make.edition(roadmap)
Item.objects.filter(title="Penalties").update(description="The whole of it.")
make.edition(roadmap, choices=Choices(minor=frozenset({str(Item.objects.get(title="Penalties").uid)})))
Item.objects.get(title="Refunds").delete()
make.edition(roadmap)
move("Losses", "October 2031")
undo(make.edition(roadmap), by=None)
move("Penalties", "August 2030")
make.edition(roadmap, at=timezone.now() + datetime.timedelta(seconds=5))
"""
# One that has everything loaded, and for each line it reads begins another that sends. The line says by how many
# seconds the clock of its machine is wrong.
NURSERY = """
import datetime, os, signal, sys
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from roadmap.management.commands import send_mail
from roadmap.subscriptions import outbox, rounds, sending
seconds = lambda number: datetime.timedelta(seconds=number)
rounds.wait = lambda: seconds(WAIT)
outbox.LOAN, outbox.AT_ONCE, outbox.WAITS = seconds(LENT_FOR), 20, (seconds(1),) * 30
send_mail.LOOK_EVERY, send_mail.AWAY, sending.NOTED_EVERY = 0.3, 1, 0.1
settings.EMAIL_TIMEOUT = 1
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
real_now = timezone.now
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        wrong = seconds(float(line))
        timezone.now = lambda: real_now() + wrong
        call_command("send_mail", "--watch", stdout=sys.stderr)
        os._exit(0)
    print(pid, flush=True)
"""


def told(site: live.LiveSite, people: int, editions: str = ONE_EDITION) -> None:
    site.manage("shell", "--no-imports", "--command", PEOPLE.replace("PEOPLE", str(people)) + editions)


class Workers:
    def __init__(self, nursery: subprocess.Popen[str], log: Path):
        self._nursery, self._log = nursery, log
        self.pids: set[int] = set()

    def begin(self, wrong: float = 0) -> int:
        """`wrong`: by how many seconds its clock is."""
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(f"{wrong}\n")
        self._nursery.stdin.flush()
        pid = int(self._nursery.stdout.readline())
        self.pids.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.pids.remove(pid)

    @property
    def said(self) -> str:
        """All that they told whoever reads the log."""
        return self._log.read_text("utf-8")


@contextlib.contextmanager
def working(site: live.LiveSite, log: Path, *, lent_for: int, wait: int = 0) -> Iterator[Workers]:
    """`lent_for`: for how many seconds a mail is nobody else's, so for how long what was killed or cut off waits.

    `wait`: for how many seconds an edition can be undone before anybody is told of it.
    """
    with log.open("w", encoding="utf-8") as output:
        nursery = subprocess.Popen(
            [
                sys.executable,
                str(live.ROOT / "manage.py"),
                "shell",
                "--no-imports",
                "--command",
                NURSERY.replace("LENT_FOR", str(lent_for)).replace("WAIT)", f"{wait})"),
            ],
            cwd=live.ROOT,
            env={**live.environment_of(site.state_dir), **site.settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
    workers = Workers(nursery, log)
    try:
        yield workers
    finally:
        for pid in [*workers.pids]:
            workers.kill(pid)
        nursery.kill()
        nursery.wait()
