"""What benchmarks.serving measures once: publishing as readers see it, memory, and a thousand half-sent requests."""

import http.client
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.following import ADDRESSES
from benchmarks.serving_processes import Server, holder_of
from benchmarks.together import Form, Person


class Line:
    """A connection that stays open."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._connection.connect()

    @property
    def socket(self) -> socket.socket:
        return self._connection.sock

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self._connection.request("GET", path, headers={n.replace("_", "-"): value for n, value in headers.items()})
        answer = self._connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def close(self) -> None:
        self._connection.close()


def line_to_each(server: Server) -> list[Line]:
    """To every worker: connections are opened, several at once, until each has taken at least one."""
    workers = server.workers
    found: dict[int, Line] = {}
    until = time.monotonic() + 30
    while len(found) < len(workers):
        if time.monotonic() > until:
            raise SystemExit("Not every worker takes connections")
        for line in [Line(server.port) for _ in range(2 * len(workers))]:
            line.ask("/healthz")
            pid = holder_of(line.socket, workers)
            if pid is None or found.setdefault(pid, line) is not line:
                line.close()
    return [*found.values()]


def read_everything(server: Server, paths: Iterable[str], *, may_lack: bool = False) -> None:
    """Every kind of address, from every worker. `may_lack`: an older checkout may not have them all."""
    for line in line_to_each(server):
        for path in paths:
            status, _, _ = line.ask(path, Accept_Encoding="br")
            if status != 200 and not (may_lack and status == 404):
                raise SystemExit(f"{path} was answered with {status}")
        line.close()


def until_at_ease(server: Server) -> None:
    """Until its processes have done what they do when nobody waits: the index of the search is made then."""
    until, before = time.monotonic() + 30, -1.0
    while time.monotonic() < until and (used := server.seconds()) - before > 0.01:
        before = used
        time.sleep(0.3)


def until_all_show(server: Server, path: str, publish: Callable[[], float]) -> tuple[float, float]:
    """Seconds from when `publish` says that it began to when the last worker gives something new at that path; and of
    processor time that the server used meanwhile.
    """
    until_at_ease(server)
    lines = line_to_each(server)
    etags = [line.ask(path, Accept_Encoding="br")[1]["etag"] for line in lines]
    shown_at: list[float] = []

    def watch(line: Line, etag: str) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if line.ask(path, Accept_Encoding="br", If_None_Match=etag)[0] == 200:
                shown_at.append(time.time())
                return
            time.sleep(0.005)

    watchers = [threading.Thread(target=watch, args=pair) for pair in zip(lines, etags, strict=True)]
    for watcher in watchers:
        watcher.start()
    used = -server.seconds()
    began_at = publish()
    for watcher in watchers:
        watcher.join()
    used += server.seconds()
    for line in lines:
        line.close()
    if len(shown_at) < len(lines):
        raise SystemExit("What was published is not shown by every process")
    return max(shown_at) - began_at, used


def publishing(server: Server, setup: Callable[..., str], slug: str, number: int, repeat: int) -> None:
    """Prints how long it takes until all processes show a change of one item."""
    person = Person(f"http://127.0.0.1:{server.port}", 0)
    address = f"/admin/roadmap/roadmap/{number}/publish/"
    itself: list[float] = []
    used_itself: list[float] = []

    def in_the_admin() -> float:
        setup("change", slug)
        form = Form(person.ask(address)[1])
        ticked = [pair for pair in form.ticked if pair[0] != "announce"]
        began_at = time.time()
        _, page, _ = person.ask(address, {**form.fields, "action": "publish"}, ticked)
        if "Published edition" not in page:
            raise SystemExit("Nothing was published")
        return began_at

    def by_a_command() -> float:
        began_at, done_at, used = map(float, setup("publish", slug).split())
        itself.append(done_at - began_at)
        used_itself.append(used)
        return began_at

    print(f"\nPublishing one change of {slug}, until the last of {len(server.workers)} processes shows it; seconds")
    for name, act in (("in the admin", in_the_admin), ("by a command", by_a_command)):
        for page in ("home page", "item list"):
            path = ADDRESSES[page].format(slug=slug)
            times, used = zip(*(until_all_show(server, path, act) for _ in range(repeat)), strict=True)
            print(
                f"  {name}, {page:10} fastest {min(times):.2f}, median {statistics.median(times):.2f}, "
                f"slowest {max(times):.2f}; processor time of the server {statistics.median(used):.2f}"
            )
    print(
        f"  publishing itself, by the command: fastest {min(itself):.2f}, median {statistics.median(itself):.2f}, "
        f"slowest {max(itself):.2f}; processor time {min(used_itself):.3f} to {max(used_itself):.3f}"
    )


def half_sent(server: Server, path: str, connections: int, requests: int) -> None:
    """Prints how long readers wait while so many connections have sent half a request."""
    for line in line_to_each(server):
        line.ask(path)
        line.close()
    idle = []
    try:
        for _ in range(connections):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode())
            idle.append(connection)
        times = []
        for _ in range(requests):
            began = time.perf_counter()
            line = Line(server.port)
            if line.ask(path)[0] != 200:
                raise SystemExit(f"{path} was not answered")
            line.close()
            times.append(time.perf_counter() - began)
    finally:
        for connection in idle:
            connection.close()
    milliseconds = [seconds * 1000 for seconds in times]
    print(
        f"\n{requests} readers, each with a new connection, beside {connections:,} that are half sent: "
        f"median {statistics.median(milliseconds):.1f} ms, slowest {max(milliseconds):.1f} ms"
    )


def run_setup(project: Path, environment: dict[str, str], *arguments: str) -> str:
    python = project / "var" / "venv" / "bin" / "python"
    script = Path(__file__).with_name("serving_setup.py")
    done = subprocess.run(
        [python, script, *arguments], check=True, cwd=project, env=environment, stdout=subprocess.PIPE
    )
    return done.stdout.decode().strip()
