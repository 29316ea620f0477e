"""Brings the history of a roadmap in from a git repository: see roadmap.techdocs.git.import_history."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from roadmap.dates.clock import uk_date
from roadmap.management.output import Progress, checked_address, counted
from roadmap.models import Roadmap
from roadmap.publishing import PublishingRefused
from roadmap.techdocs import ImportRefused
from roadmap.techdocs.git.import_history import Outcome, bring_in_history, committed_at
from roadmap.techdocs.plan.report import listed

STOPPED = 130  # the exit code of what Ctrl-C ends


class Command(BaseCommand):
    help = (
        "Reads the commits of a git repository, oldest first, and publishes an edition for each that changed the "
        "roadmap, dated as committed. Stop it with Ctrl-C; the same command goes on where it stopped, and brings in "
        "new commits later. Nothing is checked out, and nothing of the repository is run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("repository", metavar="REPOSITORY", type=Path, help="the folder that git clone made")
        add("--roadmap", metavar="SLUG", required=True, help="the address of a new roadmap, or one without anything")
        add(
            "--path",
            metavar="FOLDER",
            help="the folder of the roadmap's Markdown, such as source/documentation; all of source/ if you leave it "
            "out, or the whole repository where it has none",
        )
        add("--contact", metavar="EMAIL", default="", help="the address for enquiries, instead of the source's")

    def handle(self, *args: Any, repository: Path, roadmap: str, contact: str, **options: Any) -> None:
        checked_address(contact)
        told = _Told(Progress(self.stdout, self.stderr, "commits"))
        with _asked_to_stop() as asked:
            try:
                for outcome in bring_in_history(
                    repository, slug=roadmap, folder=options["path"], contact=contact, should_stop=lambda: bool(asked)
                ):
                    told.tell(outcome)
            except (ImportRefused, PublishingRefused) as error:
                raise CommandError(" ".join([*told.so_far(), str(error)])) from error
            finally:
                told.progress.clear()
        if asked and not (told.newest and told.newest.place == told.newest.total):
            raise CommandError(
                " ".join([*told.so_far(), "Stopped. Run the same command again to go on from there."]),
                returncode=STOPPED,
            )
        for line in told.summary(roadmap):
            self.stdout.write(line)


class _Told:
    """What has been told so far, and what there is to tell in the end. It does not grow with the commits."""

    def __init__(self, progress: Progress):
        self.progress = progress
        self.looked_at = self.editions = self.refused = self.moved = 0
        self.dates: list[str] = []  # of the first edition, and of the last
        self.newest: Outcome | None = None
        self.doubts: tuple[str, ...] = ()
        self.matches: tuple[str, ...] = ()

    def tell(self, outcome: Outcome) -> None:
        self.newest = outcome
        self.looked_at += 1
        self.doubts = outcome.doubts or self.doubts
        day = uk_date(committed_at(outcome.commit, timezone.now()))
        commit = f"commit {outcome.commit.short} of {day}"
        if edition := outcome.edition:
            self.editions += 1
            self.dates = [*self.dates[:1], uk_date(edition.published_at)]
            if outcome.is_moved:
                self.moved += 1
                local = timezone.localtime(edition.published_at)
                self.progress.say(
                    f"Edition {edition.number}, of {commit}, is dated {uk_date(local)} at {local:%H:%M:%S}: "
                    "the commit's own time is not between that of the edition before and now."
                )
        if outcome.refused:
            self.refused += 1
            self.progress.say(f"Skipped {commit}: {outcome.refused}")
        for doubt in outcome.matches:
            if doubt not in self.matches:  # what is so of one commit after another is said once
                self.progress.say(f"To check in {commit}: {doubt}")
        self.matches = outcome.matches or self.matches
        self.progress.at(outcome.place, outcome.total, f"{counted(self.editions, 'edition')}, {day}")

    def so_far(self) -> list[str]:
        if not self.newest:
            return []
        editions = counted(self.editions, "edition")
        return [f"{self.newest.place:,} of {self.newest.total:,} commits are in, with {editions}."]

    def summary(self, slug: str) -> Iterator[str]:
        roadmap = Roadmap.objects.filter(slug=slug).first()
        if roadmap is None:
            raise CommandError("None of the commits gives a roadmap: nothing was brought in.")
        if not self.newest:
            yield f"Nothing to bring in: the roadmap at /{slug}/ has all of this history already."
            return
        editions, commits = counted(self.editions, "edition"), counted(self.looked_at, "commit")
        dates = f", dated {' to '.join(dict.fromkeys(self.dates))}" if self.dates else ""
        yield f"Brought in {editions} of “{roadmap}” at /{slug}/, from {commits}{dates}."
        if unchanged := self.looked_at - self.editions - self.refused:
            yield f"Commits that changed nothing for readers: {unchanged:,}."
        if self.refused:
            yield f"Commits skipped, whose changes came with the next: {self.refused:,}."
        if self.newest.refused:
            yield "The newest commit is one of them: the roadmap is as the commit before it has it."
        if self.moved:
            yield f"Editions dated otherwise than their commits: {self.moved:,}."
        yield from listed("To check in the newest edition", self.doubts)


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """Yields a list that has something in it as soon as Ctrl-C is pressed. Pressed again, it interrupts at once."""
    asked: list[int] = []

    def ask(number: int, frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, known in before.items():
            signal.signal(number, known)
