"""Writes one roadmap as a folder of Markdown for the tech-docs template: see roadmap.techdocs.export."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from roadmap.admin.publish.forms import moment_in_london
from roadmap.admin.security.log import Kind, on_the_server, record
from roadmap.content.things import Content
from roadmap.management.output import RefusingCommand, roadmap_at
from roadmap.models import Edition, Revision, Roadmap
from roadmap.techdocs.export import ExportRefused, files, too_large, write_folder
from roadmap.techdocs.left_behind import left_behind
from roadmap.working_copies.to_content import contents


class Command(RefusingCommand):
    refusals = (ExportRefused,)
    help = (
        "Writes one roadmap as a folder that the GOV.UK tech-docs template builds: its pages, items, releases, "
        "changelog and settings. import_techdocs reads it back as the same roadmap. Its history stays behind, and what "
        "Markdown cannot carry, which it lists: export_json has that."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the roadmap's address, for example vat-mtd")
        parser.add_argument("folder", metavar="DEST", type=Path, help="a new folder, or an empty one")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--published", action="store_true", help="as readers see it now, without unpublished edits")
        which.add_argument(
            "--at", metavar="DAY", default="", help="as readers saw it at the end of that day, for example 2026-03-24"
        )

    def handle(self, *args: Any, slug: str, folder: Path, published: bool, at: str, **options: Any) -> None:
        with transaction.atomic():
            # Whoever edits or publishes holds this too: what is written is the roadmap at one moment.
            roadmap = Roadmap.objects.lock(roadmap_at(slug).pk)
            found = [*(_published(roadmap, at) if published or at else contents(roadmap))]
        made = files(found)
        write_folder(folder, made)
        record(Kind.EXPORT, f"As Markdown, to {folder}", who=on_the_server(), about=roadmap)
        self.stdout.write(f"Wrote {roadmap.title} to {folder}: {len(made)} files.")
        left = left_behind(found, made, last_item_number=roadmap.last_item_number)
        if left:
            self.stdout.write("Markdown cannot carry all of it. export_json writes this too:")
        for line in left:
            self.stdout.write(f"  {line}")
        for problem in too_large(made):
            self.stderr.write(f"{problem} It can be built, but not imported again as it is.")


def _published(roadmap: Roadmap, at: str) -> Iterable[Content]:
    """What readers saw at the end of that day, or see now. Raises CommandError where there is nothing."""
    moment = _end_of_day(at) if at else Edition.objects.clock(roadmap)
    edition = Edition.objects.filter(roadmap=roadmap, published_at__lte=moment).order_by("-number").first()
    if edition is None:
        raise CommandError(
            f"Nothing of {roadmap.title} was published by then. Leave out --published and --at for the working copies."
        )
    revisions = Revision.objects.as_of(edition)
    return [revision.as_content() for revision in revisions if not revision.is_removal]


def _end_of_day(at: str) -> datetime.datetime:
    try:
        day = datetime.date.fromisoformat(at)
    except ValueError as error:
        raise CommandError(f"“{at}” is not a day. Give one such as 2026-03-24.") from error
    return moment_in_london(day, datetime.time.max)
