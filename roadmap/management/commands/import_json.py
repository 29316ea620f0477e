"""Makes a roadmap of what export_json wrote: see roadmap.transfer."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from roadmap.content.consistency import find
from roadmap.management.output import RefusingCommand
from roadmap.techdocs.plan.report import listed
from roadmap.transfer import TransferRefused, bring_in
from roadmap.working_copies.to_content import preview


class Command(RefusingCommand):
    refusals = (TransferRefused,)
    help = (
        "Makes the roadmap that export_json wrote to a file, with its whole history, its unpublished edits and its "
        "pictures: all of it, or nothing where anything is wrong. Changes no roadmap that is there already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what export_json wrote, packed or not")
        parser.add_argument(
            "--slug", metavar="ADDRESS", default="", help="the roadmap's address here; as it was if you leave it out"
        )

    def handle(self, *args: Any, file: Path, slug: str, **options: Any) -> None:
        made = bring_in(file, slug=slug)
        self.stdout.write(f"Made {made.roadmap} at /{made.roadmap.slug}/: {made.counted}.")
        found = find(preview(made.roadmap), timezone.localdate())
        for line in listed("To check", [f"“{finding.title}”: {finding.sentence}" for finding in found]):
            self.stdout.write(line)
        self.stdout.write("Choose its team in the admin: until then everybody whose role allows it may edit it.")
