"""Publishes one roadmap from a shell or a timer: see roadmap.publishing.

Nothing to publish is exit code 1 with a line of its own, so that a script can tell it from an edition.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser

from roadmap.management.output import MOMENT, NOTE, REASON, RefusingCommand, checked, moment, published, roadmap_at
from roadmap.publishing import Choices, PublishingRefused, publish


class Command(RefusingCommand):
    refusals = (PublishingRefused,)
    help = "Publishes everything that is pending in one roadmap, as one edition. Exit code 1 where there is nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the roadmap's address, for example vat-mtd")
        parser.add_argument("--note", metavar="TEXT", default="", help="what readers are told about the edition")
        parser.add_argument(
            "--reason", metavar="TEXT", default="", help="why dates move later, where any do: readers see it"
        )
        parser.add_argument("--at", metavar="TIME", default="", help=MOMENT)
        parser.add_argument("--by", metavar="USERNAME", default="", help="who publishes; nobody if you leave it out")

    def handle(self, *args: Any, slug: str, note: str, reason: str, at: str, by: str, **options: Any) -> None:
        roadmap = roadmap_at(slug)
        user = get_user_model().objects.filter(username=by).first()
        if by and user is None:
            raise CommandError(f"There is no user “{by}”.")
        choices = Choices(reason_for_all=checked(reason, REASON))
        edition = publish(roadmap=roadmap, by=user, note=checked(note, NOTE), at=moment(at), choices=choices)
        self.stdout.write(published(edition))
