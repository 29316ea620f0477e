"""What a backup of a large site costs, whoever makes it and whoever reads meanwhile.

    var/venv/bin/python -m benchmarks.keeping [--items 2000] [--editions 500] [--rounds 5] [--state FOLDER]

Makes the roadmap in a folder of its own (or takes that of --state, as benchmarks.serving_setup made it), serves it as
script/server does, and lets readers ask for pages, feeds and answers of the API. In each round they read for as long
as a backup takes, then a backup is made beside them with `manage.py backup`. Then it is restored into an empty site.
SQLite.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import serving_processes
from benchmarks.serving_away import Readers
from benchmarks.serving_moments import run_setup
from benchmarks.serving_processes import ROOT
from benchmarks.together import PASSWORD

MOST_SECONDS = 5.0
MOST_TIMES = 2.0  # that the readers' p99 may grow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--editions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--state", type=Path, help="a folder that benchmarks.serving_setup has filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keeping-") as name:
        folder = Path(name)
        environment = environment_of(options.state or folder / "state")
        if not options.state:
            run_setup(ROOT, environment, "make", str(options.items), str(options.editions))
        slug = f"roadmap-{options.items}"
        paths = [f"/{slug}/", f"/{slug}/items/", f"/{slug}/changes.atom", f"/api/v1/roadmaps/{slug}/items"]
        alone, beside, took = rounds(environment, paths, folder, options.rounds)
        size = (folder / "0.tar").stat().st_size / 1_000_000
        began = time.monotonic()
        manage(environment_of(folder / "empty"), "restore", str(folder / "0.tar"))
        restored = time.monotonic() - began
    load = os.getloadavg()[0]
    print(f"{options.items:,} items, {options.editions:,} editions; load average {load:.0f}")
    print(f"backup: median {statistics.median(took):.1f} s, longest {max(took):.1f} s, {size:.0f} MB")
    print(f"restore into an empty site: {restored:.1f} s")
    before, meanwhile = statistics.median(alone), statistics.median(beside)
    print(f"readers' p99, medians of {options.rounds} rounds: {before:.1f} ms, beside a backup {meanwhile:.1f} ms")
    return 0 if statistics.median(took) <= MOST_SECONDS and meanwhile <= MOST_TIMES * before else 1


def environment_of(state: Path) -> dict[str, str]:
    state.mkdir(parents=True, exist_ok=True)
    dropped = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {
        "LOCAL": "true",
        "STATE_DIR": str(state.resolve()),
        "DJANGO_SETTINGS_MODULE": "roadmap_site.settings",
        "SERVING_PASSWORD": PASSWORD,
        "LOG_LEVEL": "ERROR",
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True)


def rounds(
    environment: dict[str, str], paths: list[str], folder: Path, count: int
) -> tuple[list[float], list[float], list[float]]:
    """The readers' p99 in milliseconds without and beside a backup, and the seconds of each backup."""
    alone: list[float] = []
    beside: list[float] = []
    took: list[float] = []
    with serving_processes.gunicorn("roadmap_site.asgi", environment) as server:
        serving_processes.await_workers(server, 2)
        readers = Readers(server, paths)
        time.sleep(3)  # until every process holds the pages
        try:
            for number in range(count):
                began = time.monotonic()
                time.sleep(took[-1] if took else 3)
                between = time.monotonic()
                manage(environment, "backup", str(folder / f"{number}.tar"))
                ended = time.monotonic()
                took.append(ended - between)
                alone.append(p99(readers, began, between))
                beside.append(p99(readers, between, ended))
        finally:
            readers.end()
    return alone, beside, took


def p99(readers: Readers, first: float, last: float) -> float:
    times = sorted(seconds * 1000 for at, seconds, _ in readers.answers if first <= at < last)
    failed = [fault for *_, fault in readers.answers if fault]
    if failed:
        raise SystemExit(f"{len(failed)} readers were not answered: {failed[0]}")
    return times[min(len(times) - 1, len(times) * 99 // 100)]


if __name__ == "__main__":
    sys.exit(main())
