"""Brings the history of a git repository into a roadmap: an Edition for each commit that changed what readers see.

Each commit is a transaction of its own, and what has been done is remembered in it: whenever this ends, by whatever,
it goes on with the next commit.
"""

import datetime
import gc
import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import reset_queries, transaction
from django.utils import timezone

from roadmap.content.things import Content
from roadmap.dates.clock import day_of
from roadmap.models import Edition, HistoryImport, Roadmap, Save
from roadmap.publishing import NothingToPublish, count_pending, publish
from roadmap.publishing.audit_trail import record_saves
from roadmap.techdocs import ImportRefused, ParsedRoadmap, make_plan, parse
from roadmap.techdocs.apply import apply_fresh
from roadmap.techdocs.git import Commit, CommitFiles, HistoryRefused, Repository, UnreadableTree, open_repository
from roadmap.techdocs.plan.planner import check_slug
from roadmap.techdocs.record import keep_refusal, keep_report
from roadmap.techdocs.sources import Doubt, read_files
from roadmap.techdocs.sources.files import site_and_top
from roadmap.techdocs.sources.site import CONTENT_FOLDER, SETTINGS, is_markdown
from roadmap.techdocs.sources.source import MAX_PATH_LENGTH, shown
from roadmap.working_copies.to_content import contents

_SECOND = datetime.timedelta(seconds=1)
_FIRST_DAY = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

Clock = Callable[[], datetime.datetime]


@dataclass(frozen=True)
class Outcome:
    """Immutable: what became of one commit."""

    commit: Commit
    place: int
    """Among all commits, from 1."""
    total: int
    edition: Edition | None = None
    """None where it changed nothing, or was not brought in."""
    refused: str = ""
    """Why it was not brought in: whole sentences. What it changed comes with the next that is."""
    matches: tuple[str, ...] = ()
    """What was taken for a thing of another title, and other doubts that are this commit's: see Plan.decided."""
    doubts: tuple[str, ...] = ()
    """All doubts about the roadmap as this commit has it."""

    @property
    def is_moved(self) -> bool:
        """Whether the Edition is dated otherwise than the commit."""
        edition = self.edition
        return edition is not None and (edition.published_at - _FIRST_DAY).total_seconds() != self.commit.seconds


def bring_in_history(
    path: Path,
    *,
    slug: str,
    folder: str | None = None,
    contact: str = "",
    clock: Clock = timezone.now,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Brings in one commit after another, and yields what became of it; from the first, or where it stopped before.

    `folder` is that of the Markdown; without it, what importing a checkout reads. `should_stop` is asked before each
    commit. Raises ImportRefused for an address that no roadmap may have, and HistoryRefused, what was yielded before
    being done.
    """
    check_slug(slug)
    with open_repository(path) as repository:
        bringing = _Bringing(repository, slug, folder, contact, clock)
        commits = bringing.commits()
        done = bringing.place_to_start(commits)
        for place, name in enumerate(commits[done:], start=done + 1):
            if should_stop():
                return
            with _no_look_for_circles():
                outcome = bringing.bring_in(Outcome(repository.commit(name), place, len(commits)))
            reset_queries()  # with DEBUG, Django would keep them all
            yield outcome


@contextmanager
def _no_look_for_circles() -> Iterator[None]:
    """For one commit: its thousands of objects would be looked through again and again, and hardly any goes in circles.

    What does is found right after it. Nothing else runs meanwhile: histories are brought in by a command.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Bringing:
    """One run over one repository. Raises HistoryRefused where the roadmap's history is not this repository's."""

    def __init__(self, repository: Repository, slug: str, folder: str | None, contact: str, clock: Clock):
        self.repository, self.slug, self.contact, self.clock = repository, slug, contact, clock
        self.first_commit = repository.first_commit()
        self.known: dict[str, str] | None = None
        """The files of the commit before, where they are in: the same again are no news."""
        self.told: tuple[Doubt, ...] = ()
        """What the commit before gave to check: the same again is no news."""
        with transaction.atomic():
            before = HistoryImport.objects.filter(roadmap__slug=slug).first()
            self.last_commit = before.last_commit if before else ""
            """The last one that has been looked at, in this run or before; empty where none has."""
            self._locked()
        default = folder_of(repository, None) if folder is None else ""
        self.folder = default if folder is None else folder_of(repository, folder)
        if before and folder is None:
            self.folder = before.folder
        if before and self.folder != before.folder:
            place = f"the folder {before.folder}" if before.folder else "the whole repository"
            raise HistoryRefused(
                f"The history of the roadmap at /{slug}/ was brought in from {place}, and it goes on from there. "
                "Leave out --path."
            )
        self.is_as_checkout = folder is None and self.folder == default
        """Each commit is read as importing a checkout of it would read it, wherever its site stood then."""
        # Where a change may change the roadmap: partials and the site's settings lie outside the pages' own folder.
        parts = self.folder.split("/")
        site = "".join(f"{part}/" for part in parts[: parts.index(CONTENT_FOLDER)]) if CONTENT_FOLDER in parts else ""
        self.settings = tuple(f"{site}{path}" for path in SETTINGS)
        top = f"{site}{CONTENT_FOLDER}" if CONTENT_FOLDER in parts else self.folder
        self.watched = (top, *self.settings) if top else ()

    def commits(self) -> list[str]:
        """The ids of the commits that may have changed the roadmap, oldest first.

        Before the site stood where it stands now, any may have.
        """
        touched = self.repository.commits_that_touched(self.watched)
        if not self.is_as_checkout or not self.watched:
            return touched
        every = self.repository.commits_that_touched(())
        places = {name: place for place, name in enumerate(every)}
        began = (self.repository.commits_that_touched([path])[:1] for path in (self.watched[0], self.settings[0]))
        last_to_begin = max((places[name] for names in began for name in names), default=0)
        return [*every[:last_to_begin], *(name for name in touched if places[name] >= last_to_begin)]

    def place_to_start(self, commits: Sequence[str]) -> int:
        if not self.last_commit:
            return 0
        if self.last_commit not in commits:
            raise HistoryRefused(
                f"The roadmap at /{self.slug}/ has the history up to commit {self.last_commit[:7]}, and that is not "
                f"in the history of what is checked out in {self.repository.name}. Check out the same branch; if its "
                "history was rewritten, bring it in at another address."
            )
        return commits.index(self.last_commit) + 1

    def bring_in(self, outcome: Outcome) -> Outcome:
        """Raises HistoryRefused."""
        commit, known, self.known = outcome.commit, self.known, None
        try:
            only, within = ((), "") if self.is_as_checkout else (self.watched, self.folder)
            files = CommitFiles(self.repository, commit, only)
            parsed = None
            if files.places != known:
                parsed = parse(read_files(files, place="it", within=within, beside=files.beside))
            outcome, self.known = self._passed(outcome, parsed), files.places
        except HistoryRefused:
            raise
        except ImportRefused as error:
            outcome = self._passed(replace(outcome, refused=" ".join(str(error).split())))
        return outcome

    def _passed(self, outcome: Outcome, parsed: ParsedRoadmap | None = None) -> Outcome:
        """Publishes what a commit says, where it says anything, and remembers that it is done."""
        commit = outcome.commit
        with transaction.atomic():
            (roadmap, copies), now = self._locked(), self.clock()
            name = f"commit {commit.short}"
            if roadmap and outcome.refused:
                keep_refusal(roadmap, name=name, text=f"Skipped: {outcome.refused}", at=now)
            if parsed:
                today = day_of(now)
                plan = make_plan(parsed, slug=self.slug, contact=self.contact, today=today, copies=copies)
                roadmap, uids = apply_fresh(plan, now)
                edition = self._edition(roadmap, commit, now) if plan.changes_something else None
                if edition and Save.objects.filter(roadmap=roadmap).exists():
                    # Staff see in its own history what became of what they had made before.
                    record_saves(roadmap, by=None, action=f"Brought in with commit {commit.short}", at=now)
                plan = plan.decided()
                found = (*plan.doubts, *plan.contradictions)
                keep_report(plan, roadmap, uids, name=name, at=now, edition=edition, told=self.told)
                self.told = found
                doubts = tuple(map(str, found))
                matches = doubts[len(parsed.doubts) : len(plan.doubts)]
                outcome = replace(outcome, edition=edition, matches=matches, doubts=doubts)
            if roadmap and (editions := roadmap.editions.count()):  # otherwise there is nothing to go on from
                so_far = {"last_commit": commit.name, "edition_count": editions, "imported_at": now}
                if not HistoryImport.objects.filter(roadmap=roadmap).update(**so_far):
                    begun = {"first_commit": self.first_commit, "folder": self.folder}
                    HistoryImport.objects.create(roadmap=roadmap, **begun, **so_far)
        self.last_commit = commit.name
        return outcome

    def _edition(self, roadmap: Roadmap, commit: Commit, now: datetime.datetime) -> Edition | None:
        newest = roadmap.editions.order_by("-number").first()
        at = moment(commit, after=newest.published_at if newest else None, now=now)
        # Nobody knows any more why a date moved, and a reason that was made up would be shown to readers. Under the
        # lock, and put back before anybody else can see it.
        asks_reasons = Roadmap.objects.filter(pk=roadmap.pk, asks_reasons=True)
        is_asked = asks_reasons.update(asks_reasons=False)
        try:
            return publish(roadmap=roadmap, by=None, note=commit.note, at=at, now=now)
        except NothingToPublish:
            return None
        finally:
            if is_asked:
                Roadmap.objects.filter(pk=roadmap.pk).update(asks_reasons=True)

    def _locked(self) -> tuple[Roadmap | None, list[Content]]:
        """The roadmap under its lock, as this run left it, with its working copies. Raises HistoryRefused.

        Where there is no roadmap yet, it is None.
        Everything in it must have come from this history: an Edition would put whatever else there is in the past.
        """
        found = Roadmap.objects.filter(slug=self.slug).first()
        if found is None:
            return None, []
        roadmap = Roadmap.objects.lock(found.pk)
        before = HistoryImport.objects.filter(roadmap=roadmap).first()
        where = f"The roadmap at /{self.slug}/"
        if before is None:
            if roadmap.editions.exists():
                raise HistoryRefused(
                    f"{where} has editions of its own, and a history comes before everything else. Give the address "
                    "of a new roadmap; what is new in the pages comes into this one with import_techdocs."
                )
            for rows in ("pages", "releases", "items", "changelog_entries", "fields", "origins"):
                if getattr(roadmap, rows).exists():
                    raise HistoryRefused(
                        f"{where} has pages, releases, items or changelog entries of its own, which would be "
                        "published with dates in the past. Give the address of a new roadmap, or delete them."
                    )
            return roadmap, [*contents(roadmap)]
        if before.first_commit != self.first_commit:
            raise HistoryRefused(
                f"{where} has the history of another repository than {self.repository.name}. Give the other one, or "
                "another address."
            )
        if before.last_commit != self.last_commit:
            raise HistoryRefused(f"{where} is having its history brought in by somebody else. Wait until that ends.")
        if roadmap.editions.count() != before.edition_count:
            raise HistoryRefused(
                f"{where} has editions since its history was brought in, so the history has ended. "
                "Bring in what is new in the pages with import_techdocs."
            )
        copies = [*contents(roadmap)]
        if count_pending(roadmap, copies):
            raise HistoryRefused(
                f"{where} has unpublished edits, which would be published with a date in the past. "
                "Discard them, or publish them: then the history has ended."
            )
        return roadmap, copies


def folder_of(repository: Repository, asked: str | None) -> str:
    """The folder of the roadmap's Markdown; empty for the whole repository.

    What somebody asked for, or without that what importing a checkout reads. Raises HistoryRefused where the newest
    commit has no Markdown there.
    """
    newest = repository.commit(repository.head)
    if asked is None:
        try:
            site, _ = site_and_top(_files(repository, newest), "", repository.name)
        except ImportRefused as error:
            raise HistoryRefused(f"{str(error).removesuffix('.')} with --path.") from error
        return "" if site is None else f"{site}{CONTENT_FOLDER}"
    folder = posixpath.normpath(asked.strip("/"))
    folder = "" if folder == "." else folder
    if folder.split("/")[0] == ".." or "\0" in folder or len(folder) > MAX_PATH_LENGTH:
        raise HistoryRefused(f"“{shown(asked[:100])}” is no folder inside the repository. Give one with --path.")
    if folder and not _has_markdown(repository, newest, folder):
        raise HistoryRefused(
            f"The newest commit of {repository.name} has no Markdown in a folder {shown(folder)}/. "
            "Give the folder of the roadmap's pages with --path, from the top of the repository."
        )
    return folder


def moment(commit: Commit, *, after: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime:
    """When its Edition is dated: as committed, but after the Edition before, and not in the future.

    A clock was wrong where these differ, or the main line was put together from older commits. Raises HistoryRefused
    where there is no such time yet.
    """
    at = committed_at(commit, now)
    if after is not None and at <= after:
        at = min(after + _SECOND, now)
        if at <= after:
            raise HistoryRefused(f"Commit {commit.short} is too new to come after the edition before it. Try again.")
    return at


def committed_at(commit: Commit, now: datetime.datetime) -> datetime.datetime:
    """Never later than now, however far ahead a clock was."""
    try:
        return min(_FIRST_DAY + datetime.timedelta(seconds=commit.seconds), now)
    except OverflowError:
        return now if commit.seconds > 0 else _FIRST_DAY


def _has_markdown(repository: Repository, commit: Commit, folder: str) -> bool:
    return any(is_markdown(path) and path.startswith(f"{folder}/") for path in _files(repository, commit, folder))


def _files(repository: Repository, commit: Commit, *only: str) -> CommitFiles:
    try:
        return CommitFiles(repository, commit, only)
    except UnreadableTree as error:
        raise HistoryRefused(f"The newest commit of {repository.name} cannot be read: {error}") from error
