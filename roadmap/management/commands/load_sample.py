"""Loads the sample roadmap: see roadmap.sample."""

from typing import Any

from django.core.management.base import CommandParser

from roadmap import sample
from roadmap.management.output import RefusingCommand, published
from roadmap.models import Roadmap


class Command(RefusingCommand):
    refusals = (sample.SampleExists,)
    help = "Makes the sample roadmap, VAT (MTD), and publishes its first edition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is any roadmap")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if if_empty and Roadmap.objects.exists():
            self.stdout.write("There is a roadmap already: the sample was not loaded.")
            return
        self.stdout.write(published(sample.load()))
