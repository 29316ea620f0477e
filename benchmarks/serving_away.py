"""How long readers wait while PostgreSQL is down: what benchmarks.serving measures on a server of its own."""

import datetime
import tempfile
import threading
import time
from itertools import cycle
from pathlib import Path

from benchmarks.following import addresses_of
from benchmarks.serving_moments import Line, line_to_each, run_setup
from benchmarks.serving_processes import ROOT, Server, await_workers, gunicorn

CLIENTS = 8
PAUSE = 0.01  # seconds that a client reads before it asks again
BEFORE = 5.0  # seconds


class Readers:
    """Clients that ask for all addresses in turn, each on a connection of its own, and note how long it took."""

    def __init__(self, server: Server, paths: list[str]):
        self.answers: list[tuple[float, float, str]] = []  # when it was asked for, seconds, what is wrong with it
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(server, paths[number:] + paths[:number]))
            for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, server: Server, paths: list[str]) -> None:
        line = Line(server.port)
        for path in cycle(paths):
            began = time.monotonic()
            try:
                status = line.ask(path)[0]
                fault = "" if status == 200 else f"{path}: {status}"
            except OSError as error:
                fault, line = f"{path}: {error!r}", Line(server.port)
            self.answers.append((began, time.monotonic() - began, fault))
            if self._is_over.wait(PAUSE):
                line.close()
                return

    def end(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def told(self, first: float, last: float) -> str:
        """Of what was asked for between two moments."""
        answers = [answer for answer in self.answers if first <= answer[0] < last]
        times = sorted(seconds * 1000 for _, seconds, _ in answers)
        failed = [fault for *_, fault in answers if fault]
        return (
            f"{len(times):,} answers, median {times[len(times) // 2]:.1f} ms, slowest {times[-1]:.1f} ms, "
            f"{sum(milliseconds > 100 for milliseconds in times)} over 100 ms, {len(failed)} failed {failed[:1]}"
        )


def database_away(environment: dict[str, str], seconds: float) -> None:
    """Prints how long all that readers had before takes, before, while and after there is no database."""
    from tests.faults.cluster import Cluster

    with tempfile.TemporaryDirectory(prefix="serving-postgresql-") as name:
        cluster = Cluster(Path(name))
        cluster.start()
        try:
            cluster.sql("CREATE DATABASE serving")
            environment = {**environment, "DATABASE_URL": cluster.url("serving"), "LOG_LEVEL": "CRITICAL"}
            reference, day = run_setup(ROOT, environment, "make", "40", "5").splitlines()[-1].split()
            paths = [*addresses_of("roadmap-40", reference, datetime.date.fromisoformat(day), 40).values()]
            with gunicorn("roadmap_site.asgi", environment, "--keep-alive", "60") as server:
                await_workers(server, 2)
                for line in line_to_each(server):
                    for path in paths:
                        line.ask(path)
                    line.close()
                readers, began = Readers(server, paths), time.monotonic()
                time.sleep(BEFORE)
                stopped = time.monotonic()
                cluster.stop()
                time.sleep(seconds)
                started = time.monotonic()
                cluster.start()
                time.sleep(BEFORE)
                readers.end()
        finally:
            cluster.stop()
    print(f"\n{CLIENTS} clients ask for {len(paths)} addresses in turn; PostgreSQL is stopped for {seconds:g} seconds")
    for when, first, last in (
        ("before", began, stopped),
        ("meanwhile", stopped, started),
        ("after", started, time.monotonic()),
    ):
        print(f"  {when:10} {readers.told(first, last)}")
