"""Writes the whole site to one file: see roadmap.keeping.backup."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError

from roadmap.admin.security.log import Kind, on_the_server, record
from roadmap.keeping.backup import BackupRefused, backup
from roadmap.keeping.rows import CannotBeKept
from roadmap.management.new_file import new_file
from roadmap.management.output import RefusingCommand, cannot_write, counted


class Command(RefusingCommand):
    refusals = (BackupRefused, CannotBeKept, DatabaseError)
    help = (
        "Writes the whole site, as it is at one moment, to one file that restore reads: every roadmap with its "
        "history, what staff have saved, people and their roles, and the uploaded pictures. The site goes on being "
        "used. The file holds drafts and the digests of passwords: only its owner may read it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a new file, for example site.tar; packed if its name ends in .gz"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with cannot_write(file), new_file(file) as write:
            kept = backup(write)
        record(Kind.EXPORT, f"A backup, to {file}", who=on_the_server(), about="The whole site")
        self.stdout.write(
            f"Kept the site in {file}: {counted(kept.roadmaps, 'roadmap')}, {counted(kept.editions, 'edition')}, "
            f"{counted(kept.uploads, 'picture')}."
        )
