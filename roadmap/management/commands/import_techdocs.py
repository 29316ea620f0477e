"""Brings a roadmap in from the Markdown of the tech-docs template: see roadmap.importing."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from roadmap.content import Noun
from roadmap.importing import ImportRefused, Plan, Verb, apply, make_plan, parse, read
from roadmap.management.outcome import checked_note, published
from roadmap.models import Roadmap
from roadmap.publishing import NothingToPublish, PublishingRefused, ReasonsMissing, publish, standings
from roadmap.publishing.saves import record_all_before, record_saves

DEFAULT_NOTE = "Imported from the tech-docs pages"


class Command(BaseCommand):
    help = (
        "Reads a Markdown file, or a folder of them, into the working copies of one roadmap, and says what it made "
        "and what to check. What the source does not mention stays as it is. A second time changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="SOURCE", type=Path, help="a Markdown file, or a folder with an index.md")
        parser.add_argument(
            "--roadmap", metavar="SLUG", required=True, help="the roadmap's address; made where there is none"
        )
        parser.add_argument(
            "--contact", metavar="EMAIL", default="", help="the address for enquiries, instead of the source's"
        )
        parser.add_argument("--publish", action="store_true", help="publish at once, as one edition")
        parser.add_argument(
            "--note", metavar="TEXT", default=DEFAULT_NOTE, help=f"with --publish; “{DEFAULT_NOTE}” if you leave it out"
        )

    def handle(self, *args: Any, source: Path, roadmap: str, contact: str, **options: Any) -> None:
        note = checked_note(options["note"])
        _check_address(contact)
        lines = []
        try:
            plan = make_plan(parse(read(source)), slug=roadmap, contact=contact)
            # One transaction, so that an edition that cannot be published leaves nothing behind.
            with transaction.atomic():
                for there in Roadmap.objects.filter(slug=roadmap):
                    lines += _replaced_drafts(there, plan)
                    record_all_before(there)
                imported = apply(plan=plan)
                record_saves(imported, by=None, action=f"Imported from {source.name}"[:200])
                if options["publish"]:
                    lines.append(_publish(imported, note))
        except ReasonsMissing as error:
            raise CommandError(f"{error} Publish that first: manage.py publish {roadmap} --reason TEXT.") from error
        except (ImportRefused, PublishingRefused) as error:
            raise CommandError(" ".join(str(error).split())) from error
        for line in [*plan.report(), *lines]:
            self.stdout.write(line)


def _replaced_drafts(roadmap: Roadmap, plan: Plan) -> list[str]:
    """A line for each unpublished edit that the import takes the place of: its history still has it."""
    copies = {(Noun.ROADMAP, roadmap.pk): roadmap.uid}
    copies |= {(Noun.PAGE, page.pk): page.uid for page in roadmap.pages.all()}
    copies |= {(Noun.CHANGELOG_ENTRY, entry.pk): entry.uid for entry in roadmap.changelog_entries.all()}
    unpublished = standings(roadmap) if roadmap.editions.exists() else {}
    return [
        f"Unpublished edits of “{step.title}” were replaced: its history in the admin still has them."
        for step in plan.steps
        if step.verb is Verb.UPDATE and step.pk and str(copies[step.noun, step.pk]) in unpublished
    ]


def _check_address(contact: str) -> None:
    if contact:
        try:
            validate_email(contact)
        except ValidationError as error:
            raise CommandError(f"“{contact}” is not an email address. Give one such as team@example.gov.uk.") from error


def _publish(roadmap: Roadmap, note: str) -> str:
    try:
        return published(publish(roadmap=roadmap, by=None, note=note))
    except NothingToPublish as error:
        return str(error)
