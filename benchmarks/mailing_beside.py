"""What readers and publishers notice while ten thousand mails are sent.

    var/venv/bin/python -m benchmarks.mailing_beside [--postgresql] [--people 10000] [--rounds 10] [--rate 0]

In rounds: some of the mails are sent by so many `send_mail --watch`, which give way as their unit has it, to a mail
server on this machine; then for as long nothing is. In each round a reader asks for one page after the other, with a
pause between, of two gunicorn processes, and two editions are published. So whatever else the machine does is in both
alike. Printed: how long a reader waits (median, p99) and a publishing takes (median) without and with sending, and how
much longer that is: meant to be at most 1.2 times; and how many mails a second are sent meanwhile, at least 200.

On a database of its own: SQLite, or a PostgreSQL that it starts and ends, which does not wait for its disk. Exit code 1
where something is not as it is meant.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.mailing import LEAST_A_SECOND, Server, TakesAll
from tests import live
from tests.faults.cluster import Cluster

MOST_TIMES = 1.2
NICE = 10  # deploy/systemd/roadmap-mail.service
PAUSE = 0.01  # seconds, of a reader
PATHS = ("/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/items/?api=api-1", "/vat-mtd/changes/", "/vat-mtd/changes.atom")
FILL = """
import datetime
from benchmarks.mailing import subscribed
from roadmap.models import OutgoingMail
from roadmap.subscriptions.rounds import notice
assert notice(subscribed(PEOPLE, 50, 200) + datetime.timedelta(days=1)) == PEOPLE
# None is due before a round says so.
OutgoingMail.objects.update(due_at="2200-01-01T00:00Z")
"""
# Does what a line of its input says, and says when that is done: how many seconds it took.
AT_WORK = """
import sys, time
from django.utils import timezone
from roadmap.models import Item, OutgoingMail, Roadmap
from roadmap.publishing import publish
roadmap = Roadmap.objects.get()
for number, line in enumerate(sys.stdin):
    began = time.perf_counter()
    if line.startswith("publish"):
        Item.objects.filter(pk=1 + number % 200).update(title=f"Another title {number}")
        began = time.perf_counter()
        publish(roadmap=roadmap, by=None)
    else:
        some = OutgoingMail.objects.filter(state="waiting", due_at__year=2200).values("pk")[: int(line)]
        OutgoingMail.objects.filter(pk__in=[*some.values_list("pk", flat=True)]).update(due_at=timezone.now())
    print(time.perf_counter() - began, flush=True)
"""


def read(url: str, stop: str) -> list[float]:
    """How long each page took, in milliseconds, until there is a file of that name."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    waits: list[float] = []
    while not os.path.exists(stop):
        begin = time.perf_counter()
        connection.request("GET", PATHS[len(waits) % len(PATHS)])
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (answer.status, PATHS[len(waits) % len(PATHS)])
        waits.append((time.perf_counter() - begin) * 1000)
        time.sleep(PAUSE)
    return waits


class AtWork:
    def __init__(self, site: live.LiveSite):
        self._process = process(site, "shell", "--no-imports", "--command", AT_WORK, says=True)

    def do(self, line: str) -> float:
        """Seconds."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate()


def process(site: live.LiveSite, *arguments: str, says: bool = False, nice: int = 0) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE if says else subprocess.DEVNULL
    return subprocess.Popen(
        ["nice", "-n", str(nice), sys.executable, "manage.py", *arguments],
        env={**live.environment_of(site.state_dir), **site.settings},
        stdin=pipe,
        stdout=pipe,
        text=True,
    )


@contextlib.contextmanager
def site_with_mails(people: int, with_postgresql: bool, url: str, rate: int) -> Iterator[live.LiveSite]:
    settings: dict[str, Any] = {
        "EMAIL_URL": url,
        "MAIL_WAIT": "600",  # so that what is published meanwhile is not told meanwhile
        "MAIL_RATE": str(rate),
    }
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepared, state = folder / "prepared", folder / "state"
        for made in (prepared, state):
            made.mkdir()
        if with_postgresql:
            own = Path(tempfile.mkdtemp(prefix="roadmap-mailing-"))
            stack.callback(shutil.rmtree, own, ignore_errors=True)
            cluster = Cluster(own)
            stack.callback(cluster.stop)
            cluster.start()
            cluster.sql("CREATE DATABASE mailing")
            settings["DATABASE_URL"] = cluster.url("mailing")
        password = live.prepare(prepared, **settings)
        fill = FILL.replace("PEOPLE", str(people))
        live.manage(prepared, "shell", "--no-imports", "--command", fill, **settings)
        yield stack.enter_context(live.serving(prepared, state, password, **settings))


class Rounds:
    """What is measured, without sending and with: [0] and [1]."""

    def __init__(self, site: live.LiveSite, readers: ProcessPoolExecutor):
        self._site, self._readers, self._work = site, readers, AtWork(site)
        self.waits: tuple[list[float], list[float]] = ([], [])  # milliseconds
        self.publishings: tuple[list[float], list[float]] = ([], [])  # seconds
        self.sent, self.seconds = 0, 0.0

    def sending(self, number: int) -> float:
        """So many mails. How many seconds it took from the first to the last."""
        before = TakesAll.taken
        self._work.do(str(number))
        wait_until(before + 1)
        began = time.monotonic()
        with self._reading(1):
            self._publish(1)
            wait_until(before + number)
        self.sent, self.seconds = self.sent + number, self.seconds + time.monotonic() - began
        return time.monotonic() - began

    def quiet(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self._reading(0):
            self._publish(0)
            time.sleep(max(0, until - time.monotonic()))

    @contextlib.contextmanager
    def _reading(self, which: int) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder:
            reading: Future[list[float]] = self._readers.submit(read, self._site.url, f"{folder}/stop")
            yield
            Path(folder, "stop").touch()
            self.waits[which].extend(reading.result())

    def _publish(self, which: int) -> None:
        self.publishings[which].extend(self._work.do("publish") for _ in range(2))

    def end(self) -> None:
        self._work.end()


def wait_until(taken: int) -> None:
    until = time.monotonic() + 600
    while TakesAll.taken < taken:
        assert time.monotonic() < until, f"{TakesAll.taken} of {taken} came"
        time.sleep(0.01)


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rate", type=int, default=0, help="MAIL_RATE: mails a second; 0: as many as it can")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Server(("127.0.0.1", 0), TakesAll))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        # Begun before anything has threads.
        readers = stack.enter_context(ProcessPoolExecutor(1))
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        site = stack.enter_context(site_with_mails(options.people, options.postgresql, url, options.rate))
        readers.submit(time.sleep, 0).result()
        for _ in range(options.workers):
            worker = process(site, "send_mail", "--watch", nice=NICE)
            stack.callback(worker.wait)
            stack.callback(worker.terminate)
        rounds = Rounds(site, readers)
        stack.callback(rounds.end)
        each = options.people // (options.rounds + 1)
        rounds.sending(each)  # everything is loaded by then
        rounds = warmed(rounds)
        for _ in range(options.rounds):
            rounds.quiet(rounds.sending(each))
        return 0 if report(rounds, "PostgreSQL" if options.postgresql else "SQLite", options.workers) else 1


def warmed(rounds: Rounds) -> Rounds:
    """Without what was measured so far."""
    for measured in (*rounds.waits, *rounds.publishings):
        measured.clear()
    rounds.sent, rounds.seconds = 0, 0.0
    return rounds


def report(rounds: Rounds, database: str, workers: int) -> bool:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{database}, {workers} who send, load averages at the end {load}")
    (quiet, busy), (calm, meanwhile) = rounds.waits, rounds.publishings
    print(f"{len(quiet)} pages read without sending, {len(busy)} with; {len(calm)} and {len(meanwhile)} publishings")
    times = {}
    for name, unit, values in (
        ("a reader waits, median", "ms", (statistics.median(quiet), statistics.median(busy))),
        ("a reader waits, p99", "ms", (p99(quiet), p99(busy))),
        ("publishing, median", "ms", (1000 * statistics.median(calm), 1000 * statistics.median(meanwhile))),
    ):
        times[name] = values[1] / values[0]
        print(f"{name}: {values[0]:.1f} {unit} without, {values[1]:.1f} {unit} with sending ({times[name]:.2f} times)")
    a_second = rounds.sent / rounds.seconds
    print(f"sent {a_second:.0f} mails a second meanwhile")
    too_long = max(times["a reader waits, p99"], times["publishing, median"])
    return too_long <= MOST_TIMES and a_second >= LEAST_A_SECOND


if __name__ == "__main__":
    sys.exit(main())
