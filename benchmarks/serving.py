"""What readers' answers cost: ours, nginx giving the same bytes from disk, ours behind nginx, a bare Django view, and
Wagtail with its page cache.

    var/venv/bin/python -m benchmarks.serving [--rounds 5] [--seconds 1] [--base FOLDER]

Starts all five as they are run (gunicorn with script/gunicorn.conf.py, deploy/nginx.conf without its limit to what one
address may ask), on a state folder, a SQLite database and ports of their own, and ends them. `wrk` asks one after the
other in turn, over 16 connections to 127.0.0.1, for as many rounds: so what else the machine does hits all alike.
Processor time is that of the servers' own processes; wrk's is not in it. Then, once: how soon all processes show what
was published, how long readers wait beside a thousand half-sent requests and while a PostgreSQL of its own is stopped,
and memory, also of an older checkout with a virtual environment of its own where --base names one.

Needs nginx, wrk, PostgreSQL's server and, for Wagtail, PyPI. Making the roadmap of 2,000 items and 500 editions takes
a minute or two.
"""

import argparse
import datetime
import gzip
import os
import platform
import resource
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import serving_moments, serving_processes
from benchmarks.following import addresses_of
from benchmarks.serving_away import database_away
from benchmarks.serving_moments import Line, run_setup
from benchmarks.serving_processes import ROOT, Server
from benchmarks.serving_wagtail import wagtail
from benchmarks.together import PASSWORD

CONNECTIONS = 16
PEER = "Wagtail with its page cache"
PATIENT = ("--keep-alive", "600")  # where a connection to each process is held while something is done
COLD = {40: 30, 2000: 8}  # first requests of a page, by how many items there are
PAGES = {"home": "/roadmap-{items}/", "items": "/roadmap-{items}/items/"}
ANSWERS = {"plain": "", "gzip": "gzip", "br": "br", "304": ""}  # with the Accept-Encoding header of each
REPORT = """
done = function(summary, latency)
  local bad = summary.errors
  io.write(string.format("wrk %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
"""


@dataclass
class Measured:
    """Rounds of one question to one server."""

    per_thousand: list[float] = field(default_factory=list)  # seconds of processor time
    rates: list[float] = field(default_factory=list)  # requests a second
    p50: list[float] = field(default_factory=list)  # milliseconds
    p99: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        return min(self.per_thousand)

    @property
    def median(self) -> float:
        return statistics.median(self.per_thousand)

    def line(self) -> str:
        rate, p50, p99 = (statistics.median(values) for values in (self.rates, self.p50, self.p99))
        return f"{self.best:9.4f}{self.median:9.4f}{rate:9,.0f}{p50:8.2f}{p99:8.2f}"


@dataclass(frozen=True)
class Question:
    page: str
    items: int
    answer: str

    @property
    def path(self) -> str:
        return PAGES[self.page].format(items=self.items)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="that each question is asked in each round")
    parser.add_argument("--editions", type=int, default=500, help="of the roadmap of 2,000 items")
    parser.add_argument("--away", type=float, default=60, help="seconds that PostgreSQL is stopped")
    parser.add_argument("--only", choices=["rounds", "moments", "away", "memory"], help="one part of it")
    parser.add_argument("--base", type=Path, help="another checkout, whose memory is to be compared")
    options = parser.parse_args()
    for name, package in (("nginx", "nginx-light"), ("wrk", "wrk")):
        serving_processes.program(name, package)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {_load()}")
    with tempfile.TemporaryDirectory(prefix="serving-") as name:
        folder = Path(name)
        environment = _environment(folder / "state")
        if options.only != "away":
            made = run_setup(ROOT, environment, "make", "40", "5", "2000", str(options.editions))
        if options.only in (None, "rounds"):
            rounds(folder, environment, options.rounds, options.seconds)
        if options.only in (None, "moments"):
            moments(environment)
        if options.only in (None, "away"):
            database_away(_environment(folder / "away"), options.away)
        if options.only in (None, "memory"):
            ours = memory(ROOT, environment, "roadmap_site.asgi", made)
            print(
                f"\nMemory of two workers and their parent, after every kind of address of 2,000 items: {ours:.0f} MB"
            )
            if options.base:
                project = options.base.resolve()
                before = _environment(folder / "before")
                made = run_setup(project, before, "make", "40", "5", "2000", str(options.editions))
                was = memory(project, before, "roadmap_site.wsgi", made)
                print(f"  {was:.0f} MB in the checkout of --base; ours is {ours / was:.2f} of that")
    print(f"\nAt the end: {_load()}")


def _environment(state: Path) -> dict[str, str]:
    dropped = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {
        "LOCAL": "true",
        "STATE_DIR": str(state),
        "DJANGO_SETTINGS_MODULE": "roadmap_site.settings",
        "ALLOWED_HOSTS": "127.0.0.1,.localhost",
        "SERVING_PASSWORD": PASSWORD,
        "LOG_LEVEL": "ERROR",  # that a page takes long to make is in the figures
    }


def _load() -> str:
    return "load " + ", ".join(f"{load:.1f}" for load in os.getloadavg())


def rounds(folder: Path, environment: dict[str, str], count: int, seconds: float) -> None:
    with ExitStack() as servers:
        ours = servers.enter_context(serving_processes.gunicorn("roadmap_site.asgi", environment))
        serving_processes.await_workers(ours, 2)
        cold(ours)
        root = folder / "pages"
        root.mkdir()
        _write_pages(ours, root)
        disk = servers.enter_context(serving_processes.nginx_from_disk(folder / "disk", root))
        front = servers.enter_context(serving_processes.shipped_nginx(folder / "front", ours.port))
        bare_environment = {**os.environ, "SERVING_BODY": str(root / "home-40")}
        worker = ("--worker-class", "gthread", "--threads", "4")
        bare = servers.enter_context(serving_processes.gunicorn("benchmarks.serving_bare", bare_environment, *worker))
        peer = servers.enter_context(wagtail(folder / "wagtail", root / "home-40"))
        for server in filter(None, (disk, front, bare, peer)):
            serving_processes.await_workers(server, 2)
        script = folder / "report.lua"
        script.write_text(REPORT, encoding="ascii")
        found: dict[tuple[Question, str], Measured] = {}
        questions = [Question(page, items, answer) for items in (40, 2000) for page in PAGES for answer in ANSWERS]
        for _ in range(count):
            for question in questions:
                name = f"/{question.page}-{question.items}" + (".br" if question.answer == "br" else "")
                asked = [("nginx from disk", [disk], name), ("ours", [ours], question.path)]
                asked.append(("ours behind nginx", [front, ours], question.path))
                if question == questions[0]:
                    asked.append(("bare Django view", [bare], "/"))
                    asked += [(PEER, [peer], "/")] if peer else []
                for who, processes, path in asked:
                    measured = found.setdefault((question, who), Measured())
                    ask_for_a_while(measured, processes, path, question.answer, seconds, script)
        report(found, questions)


def cold(server: Server) -> None:
    """Each under a host name that nobody asked by before, which is another address."""
    print(f"\nMade anew, one after the other: {'':16}   ms cpu  ms p50  slowest")
    for items, count in COLD.items():
        for page, path in PAGES.items():
            times = []
            line = Line(server.port)
            line.ask(path.format(items=items))
            before = server.seconds()
            for number in range(count):
                began = time.perf_counter()
                host = f"{page}-{items}-{number}.localhost"
                if line.ask(path.format(items=items), Accept_Encoding="br", Host=host)[0] != 200:
                    raise SystemExit(f"{path} was not made")
                times.append((time.perf_counter() - began) * 1000)
            used = (server.seconds() - before) / count * 1000
            line.close()
            print(
                f"  {page}, {items:,} items{'':30}"[:46]
                + f"{used:9.1f}{statistics.median(times):8.1f}{max(times):9.1f}"
            )


def _write_pages(server: Server, root: Path) -> None:
    """Every page as our server gives it, in each coding: the same bytes from disk."""
    line = Line(server.port)
    for items in COLD:
        for page, path in PAGES.items():
            for suffix, coding in (("", ""), (".gz", "gzip"), (".br", "br")):
                _, headers, body = line.ask(path.format(items=items), Accept_Encoding=coding or "identity")
                if headers.get("content-encoding", "") != coding:
                    raise SystemExit(f"{path} does not come as {coding}")
                if coding == "gzip":
                    gzip.decompress(body)
                (root / f"{page}-{items}{suffix}").write_bytes(body)
    line.close()


def ask_for_a_while(
    measured: Measured, servers: list[Server], path: str, answer: str, seconds: float, script: Path
) -> None:
    """The first server is asked; the processor time is that of all."""
    headers = {"Accept-Encoding": ANSWERS[answer] or "identity"}
    line = Line(servers[0].port)
    status, given, _ = line.ask(path, **headers)
    if answer == "304":
        headers["If-None-Match"] = given["etag"]
        status = line.ask(path, **headers)[0] - 104
    line.close()
    if status != 200:
        raise SystemExit(f"{path} was answered with {status}")
    command = [serving_processes.program("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    before = sum(server.seconds() for server in servers)
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{servers[0].port}{path}"], check=True, stdout=subprocess.PIPE, text=True
    )
    used = sum(server.seconds() for server in servers) - before
    words = next(line for line in done.stdout.splitlines() if line.startswith("wrk ")).split()[1:]
    requests, duration, p50, p99, bad = map(int, words)
    if bad:
        raise SystemExit(f"{bad} of {requests} requests for {path} failed")
    measured.per_thousand.append(used / requests * 1000)
    measured.rates.append(requests / duration * 1_000_000)
    measured.p50.append(p50 / 1000)
    measured.p99.append(p99 / 1000)


def report(found: dict[tuple[Question, str], Measured], questions: list[Question]) -> None:
    print(
        "\nSeconds of processor time per 1,000 requests, in the best round and in the median one; requests a second; "
        "p50 and p99 in milliseconds;\nprocessor time against nginx from disk, best and median\n"
    )
    print(f"{'':44}{'best':>9}{'median':>9}{'a second':>9}{'p50':>8}{'p99':>8}{'times':>8}{'':>6}")
    for (question, who), measured in found.items():
        disk = found[question, "nginx from disk"]
        times = f"{measured.best / disk.best:8.2f}{measured.median / disk.median:6.2f}"
        name = f"{question.page}, {question.items:,} items, {question.answer}: {who}"
        print(f"{name:44}{measured.line()}{times if measured is not disk else ''}")

    if peer := found.get((questions[0], PEER)):
        ratio = _ratio(peer, found[questions[0], "ours"])
        print(f"\n{PEER} against ours, best and median: {ratio}")
    print("\nWithin our own server, best and median")
    for items in COLD:
        for page in PAGES:
            plain = found[Question(page, items, "plain"), "ours"]
            for answer in ("gzip", "br"):
                coded = found[Question(page, items, answer), "ours"]
                print(f"  {page}, {items:,} items, {answer} against plain: {_ratio(coded, plain)}")
    for page in PAGES:
        for answer in ANSWERS:
            few, many = (found[Question(page, items, answer), "ours"] for items in COLD)
            disk_few, disk_many = (found[Question(page, items, answer), "nginx from disk"] for items in COLD)
            print(
                f"  {page}, {answer}, 2,000 items against 40: {_ratio(many, few)}; nginx: {_ratio(disk_many, disk_few)}"
            )


def _ratio(one: Measured, other: Measured) -> str:
    return f"{one.best / other.best:.2f} {one.median / other.median:.2f}"


def moments(environment: dict[str, str]) -> None:
    def setup(*arguments: str) -> str:
        return run_setup(ROOT, environment, *arguments)

    with serving_processes.gunicorn("roadmap_site.asgi", environment, *PATIENT, "--workers", "4") as server:
        serving_processes.await_workers(server, 4)
        serving_moments.publishing(server, setup, "roadmap-2000", 2, repeat=5)
    with serving_processes.gunicorn("roadmap_site.asgi", environment) as server:
        serving_processes.await_workers(server, 2)
        serving_moments.half_sent(server, PAGES["home"].format(items=40), connections=1000, requests=500)


def memory(project: Path, environment: dict[str, str], application: str, made: str) -> float:
    reference, day = made.splitlines()[-1].split()
    paths = addresses_of("roadmap-2000", reference, datetime.date.fromisoformat(day), 2000).values()
    with serving_processes.gunicorn(application, environment, *PATIENT, project=project, path=project) as server:
        serving_processes.await_workers(server, 2)
        serving_moments.read_everything(server, paths, may_lack=project != ROOT)
        return server.memory()


if __name__ == "__main__":
    main()
