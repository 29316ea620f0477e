"""Readers who go on reading while something else happens: so many requests a second, and what came of each."""

import re
import socket
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection


@dataclass
class Told:
    """Of all requests so far."""

    times: list[float] = field(default_factory=list)  # seconds
    failed: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def __str__(self) -> str:
        ordered = sorted(self.times) or [0.0]
        middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        return (
            f"{len(self.times)} answers, {len(self.failed)} failed; median {middle * 1000:.0f} ms, "
            f"p99 {late * 1000:.0f} ms, slowest {ordered[-1]:.1f} s"
        )


class Readers:
    """`with Readers(address, host, paths):` four of them, ten pages a second in all, each with its style sheets."""

    RATE, EACH = 10.0, 4

    def __init__(self, address: str, host: str, paths: list[str]):
        self._address, self._host, self._paths = address, host, paths
        self.told = Told()
        self._lock, self._end = threading.Lock(), threading.Event()
        self._context = ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self._threads = [
            threading.Thread(target=self._read, args=(number,), daemon=True) for number in range(self.EACH)
        ]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(90)

    def _read(self, number: int) -> None:
        known: dict[str, float] = {}  # style sheets that this reader's browser has, and since when
        turn = number
        while not self._end.wait(self.EACH / self.RATE):
            path = self._paths[turn % len(self._paths)]
            turn += 1
            page = self.ask(path)
            for sheet in re.findall(r'<link[^>]* href="(/static/[^"]+\.css)"', page):
                if known.get(sheet, 0) < time.monotonic() - 20:
                    known[sheet] = time.monotonic()
                    self.ask(sheet)

    def ask(self, path: str) -> str:
        begun = time.monotonic()
        try:
            line = HTTPSConnection(self._address, timeout=60, context=self._context)
            line.sock = self._context.wrap_socket(
                socket.create_connection((self._address, 443), 60), server_hostname=self._host
            )
            line.request("GET", path, headers={"Host": self._host})
            answer = line.getresponse()
            status, text = answer.status, answer.read().decode("utf-8", "replace")
            line.close()
        except (OSError, HTTPException) as error:
            status, text = 0, f"{type(error).__name__}: {error}"
        with self._lock:
            self.told.times.append(time.monotonic() - begun)
            self.told.statuses[status] += 1
            if status != 200:
                at = time.strftime("%H:%M:%S")
                self.told.failed.append(f"{at} {path}: {status or text}")
        return text if status == 200 else ""
