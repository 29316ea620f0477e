"""Makes the site what a backup has: see roadmap.keeping.restore."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from roadmap.admin.security.log import Kind, on_the_server, record
from roadmap.keeping.backup import BackupRefused, backup
from roadmap.keeping.restore import NOTHING, RestoreRefused, name_of_database, restore
from roadmap.management.new_file import new_file
from roadmap.management.output import RefusingCommand, cannot_write, counted
from roadmap.subscriptions.restored import hold_all


class Command(RefusingCommand):
    refusals = (RestoreRefused, BackupRefused)
    help = (
        "Makes this site what a backup has, all of it or nothing. One of an earlier version is brought up to date. "
        "People sign in again afterwards. A site that has something is left as it is, unless you name its database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what backup wrote, packed or not")
        parser.add_argument(
            "--replace",
            metavar="DATABASE",
            default="",
            help="replaces all that this site has: the name of its database, as the refusal says it. What it had is "
            "first kept in a backup beside FILE",
        )
        parser.add_argument(
            "--unsent",
            action="store_true",
            help="no emails were sent since the backup was made, as when a site moves: those that waited are sent. "
            "Otherwise they are held, so that nobody gets one twice, until staff have them sent",
        )

    def handle(self, *args: Any, file: Path, replace: str, unsent: bool, **options: Any) -> None:
        if replace and replace != name_of_database():
            raise CommandError(f"This site's database is {name_of_database()}, not {replace}. {NOTHING}")
        before = file.with_name(f"replaced-{timezone.now():%Y%m%d-%H%M%S-%f}.tar")

        def keep() -> None:
            with cannot_write(before, NOTHING), new_file(before) as write:
                backup(write)

        held = 0

        def hold() -> None:
            nonlocal held
            held = 0 if unsent else hold_all(timezone.now())

        try:
            restored = restore(file, replace=keep if replace else None, settle=hold)
        except OSError as error:
            raise CommandError(f"{file} cannot be restored: {error.strerror or error}. {NOTHING}") from error
        head = restored.head
        record(Kind.EXPORT, f"Restored from {file}", who=on_the_server(), about="The whole site")
        self.stdout.write(
            f"Restored the backup of {head.made_at} (version {head.software}, from {head.database}): "
            f"{counted(restored.roadmaps, 'roadmap')}, {counted(restored.editions, 'edition')}, "
            f"{counted(restored.uploads, 'picture')}."
        )
        if restored.was_migrated:
            self.stdout.write("It was of an earlier version: its tables were brought up to date.")
        if restored.uploads_besides > 0:
            besides = counted(restored.uploads_besides, "picture")
            self.stdout.write(f"Left as they are: {besides} here that the backup does not have.")
        if before.exists():
            self.stdout.write(f"What this site had is kept in {before}.")
        if held:
            self.stdout.write(
                f"Held: {counted(held, 'email')} that may have been sent since. “Emails to readers” in the admin can "
                "have them sent."
            )
        self.stdout.write("Everybody signs in again.")
