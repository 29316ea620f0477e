"""What it costs to bring a roadmap in: one page of 50 kB, and a git repository's history of such a page.

    var/venv/bin/python -m benchmarks.importing [--commits 300] [--size 50000] [--repeat 3]

Seconds of wall-clock time (and of processor time) for one page, from the file to the working copies, best of so many;
then for a repository in which each commit rewords, moves, deploys, adds or deletes a row of that page, from the first
commit to the last Edition, with the most memory that the process has had (resource.getrusage) after each third of the
commits. Meant to be at most one second, five minutes, and no more memory in the end than a tenth above that of the
first third.

Works on a database of its own, which it makes and removes: SQLite in a file, or a new one on the server of
DATABASE_URL. Exit code 1 where something is not as it is meant.
"""

import argparse
import datetime
import os
import random
import resource
import tempfile
import time
from pathlib import Path

MOST_SECONDS_OF_A_PAGE = 1.0
MOST_SECONDS_OF_A_HISTORY = 300.0
MOST_GROWTH = 1.1
AT_ONCE = 10  # commits: making them must not take more memory than bringing them in
MONTHS = [f"{month} {year}" for year in (2024, 2025, 2026) for month in ("March", "June", "September", "December")]
_WORDS = (
    "allow agents and businesses to submit amend or delete their parcel returns for one tax year with new fields "
    "validation rule errors response date tariff depot customs label refund stamp ledger period address carrier "
    "threshold relief account customer software vendor sandbox endpoint header optional mandatory schema list"
)
WORDS = _WORDS.split()


class Page:
    """A roadmap of one page: releases with tables. Changed a little from commit to commit, always the same way."""

    def __init__(self, size: int):
        self.random = random.Random(5)
        self.numbers = iter(range(1, 1_000_000))
        self.rows: dict[str, list[dict[str, str]]] = {month: [] for month in MONTHS}
        while len(self.text()) < size:
            self.add()

    def sentence(self, least: int, most: int) -> str:
        words = self.random.choices(WORDS, k=self.random.randint(least, most))
        return " ".join(words).capitalize()

    def add(self) -> None:
        self.rows[self.random.choice(MONTHS)].append(
            {
                "title": f"{self.sentence(3, 7)} {next(self.numbers)}",
                "description": self.sentence(20, 50),
                "api": f"[Parcel {self.random.choice(WORDS)} API](https://example.gov.uk/api) v2.0",
                "breaking": self.random.choice(["Yes", "No"]),
                "sandbox": self.random.choice(MONTHS),
            }
        )

    def change(self) -> None:
        month = self.random.choice([month for month in MONTHS if self.rows[month]])
        row = self.random.choice(self.rows[month])
        match self.random.choice(["reword", "retitle", "move", "deploy", "slip", "add", "delete"]):
            case "reword":
                row["description"] += f" {self.sentence(3, 8)}"
            case "retitle":
                row["title"] += f" {self.random.choice(WORDS)}"
            case "move":
                self.rows[month].remove(row)
                self.rows[self.random.choice(MONTHS)].append(row)
            case "deploy":
                row["sandbox"] = f"{self.random.choice(MONTHS)} (deployed)"
            case "slip":
                row["sandbox"] = f"Q{self.random.randint(1, 4)} 2027"
            case "add":
                self.add()
            case "delete":
                self.rows[month].remove(row)

    def text(self) -> str:
        parts = [
            "# Parcel Tax roadmap",
            "What comes, and when. Write to [the team](mailto:parcels@example.gov.uk?subject=Parcels).",
            "## Planned deliveries",
        ]
        for month, rows in self.rows.items():
            if rows:
                parts += [f"### {month}", "Change | Detail | API | Breaking change | Deploy to Sandbox"]
                parts[-1] += "\n--- | --- | --- | --- | ---"
                for row in rows:
                    cells = (row[name] for name in ("title", "description", "api", "breaking", "sandbox"))
                    parts[-1] += f"\n{' | '.join(cells)}"
        return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"LOCAL": "true", "STATE_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.db import connection

        django.setup()
        if connection.vendor == "sqlite":
            # In memory, as Django would have it, its rows would count as ours.
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/benchmark.sqlite3"
        name = connection.creation.create_test_db(verbosity=0)
        try:
            print(connection.vendor)
            is_as_meant = measure_page(Path(folder), options.size, options.repeat)
            return 0 if measure_history(Path(folder), options.size, options.commits) and is_as_meant else 1
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def measure_page(folder: Path, size: int, repeat: int) -> bool:
    from roadmap.techdocs import apply, make_plan, parse, read

    path = folder / "index.md"
    path.write_text(Page(size).text(), encoding="utf-8")
    found = []
    for number in range(repeat):
        clocks = time.perf_counter(), time.process_time()
        plan = make_plan(parse(read(path)), slug=f"page-{number}")
        apply(plan=plan)
        found.append((time.perf_counter() - clocks[0], time.process_time() - clocks[1]))
    wall, own = min(found)
    items = len(plan.parsed.items)
    print(f"one page of {path.stat().st_size:,} bytes, {items} items: {wall:.2f} s ({own:.2f} s of processor time)")
    return wall <= MOST_SECONDS_OF_A_PAGE


def measure_history(folder: Path, size: int, count: int) -> bool:
    from roadmap.techdocs.git.import_history import bring_in_history

    repository = make_repository(folder / "repository", size, count)
    clocks = time.perf_counter(), time.process_time()
    editions, memory = 0, {}
    for outcome in bring_in_history(repository, slug="history"):
        editions += outcome.edition is not None
        if outcome.place % max(1, count // 3) == 0:
            memory[outcome.place] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"after {outcome.place} commits: {elapsed(clocks)}, {memory[outcome.place]:.0f} MB at most")
    wall = time.perf_counter() - clocks[0]
    print(f"{count} commits, {editions} editions: {elapsed(clocks)}")
    found = [*memory.values()]
    return wall <= MOST_SECONDS_OF_A_HISTORY and editions == count and found[-1] <= found[0] * MOST_GROWTH


def make_repository(folder: Path, size: int, count: int) -> Path:
    from tests.techdocs.git.repositories import Committed, add, repository

    page = Page(size)
    commits: list[Committed] = []
    first = datetime.datetime(2024, 1, 1, 9, 30, tzinfo=datetime.UTC)
    for number in range(count):
        text = page.text()
        commits.append(Committed({"source/index.html.md": text}, at=first + datetime.timedelta(days=number)))
        while page.text() == text:
            page.change()
        if len(commits) == AT_ONCE or number == count - 1:
            repository(folder, [])
            add(folder, commits)
            commits.clear()
    return folder


def elapsed(clocks: tuple[float, float]) -> str:
    return f"{time.perf_counter() - clocks[0]:.0f} s ({time.process_time() - clocks[1]:.0f} s of processor time)"


if __name__ == "__main__":
    raise SystemExit(main())
