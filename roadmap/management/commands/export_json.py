"""Writes one roadmap, whole, to a file: see roadmap.transfer."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from roadmap.admin.security.log import Kind, on_the_server, record
from roadmap.management.new_file import new_file
from roadmap.management.output import RefusingCommand
from roadmap.transfer import TransferRefused, write_out

TO_OUTPUT = "-"
SUFFIX = ".jsonl"


class Command(RefusingCommand):
    refusals = (TransferRefused,)
    help = (
        "Writes one roadmap with its whole history, its unpublished edits and its pictures to a file that import_json "
        "reads in another installation. People stay behind."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the roadmap's address, for example vat-mtd")
        parser.add_argument(
            "file",
            metavar="FILE",
            nargs="?",
            default="",
            help=f"packed if its name ends in .gz; SLUG{SUFFIX} in this folder if you leave it out; - for the output",
        )

    def handle(self, *args: Any, slug: str, file: str, **options: Any) -> None:
        path = Path(file or f"{slug}{SUFFIX}")
        try:
            if file == TO_OUTPUT:
                written, where = write_out(slug, self._write), "the output"
            else:
                with new_file(path) as write:
                    written, where = write_out(slug, write), str(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CommandError(f"{file or path} cannot be written: {reason}.") from error
        record(Kind.EXPORT, f"As JSON, to {where}", who=on_the_server(), about=written.title)
        # Beside the roadmap itself, where that goes to the output.
        told = self.stderr if file == TO_OUTPUT else self.stdout
        told.write(f"Wrote {written.title} to {where}: {written.counted}.", str)
        for name in written.left_out:
            self.stderr.write(f"Left out, for it is not here or too large: the picture {name}.", str)

    def _write(self, line: bytes) -> None:
        # Its bytes, whatever encoding the terminal has.
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.stdout.write(line.decode(), ending="")
        else:
            buffer.write(line)
