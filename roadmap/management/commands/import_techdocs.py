"""Brings a roadmap in from the Markdown of the tech-docs template: see roadmap.techdocs."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from roadmap.management.output import MOMENT, NOTE, REASON, RefusingCommand, checked, checked_address, moment, published
from roadmap.publishing import Choices, NothingToPublish, PublishingRefused, publish
from roadmap.techdocs import ImportRefused, make_plan, parse, read
from roadmap.techdocs.apply import carry_out
from roadmap.techdocs.plan.report import as_json, in_words, steps_in_words


class Command(RefusingCommand):
    refusals = (ImportRefused, PublishingRefused)
    help = (
        "Reads a Markdown file, a folder of them, or a tech-docs checkout into the working copies of one roadmap, and "
        "says what it made and what to check. Edits made by staff since the last import stay. A second time changes "
        "nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("source", metavar="SOURCE", type=Path, help="a Markdown file, a folder or checkout, or a zip")
        add("--roadmap", metavar="SLUG", required=True, help="the roadmap's address; made where there is none")
        add("--contact", metavar="EMAIL", default="", help="the address for enquiries, instead of the source's")
        add("--dry-run", action="store_true", help="say what would change, and change nothing")
        add("--publish", action="store_true", help="publish at once, as one edition")
        add("--at", metavar="TIME", default="", help=f"with --publish; {MOMENT}")
        add("--note", metavar="TEXT", default="", help="with --publish; readers see it beside the edition")
        add("--reason", metavar="TEXT", default="", help="with --publish; why dates move later, where any do")
        add("--report", metavar="FILE", type=Path, help="write what was found and done, as JSON")

    def handle(self, *args: Any, source: Path, roadmap: str, contact: str, **options: Any) -> None:
        note, reason = checked(options["note"], NOTE), checked(options["reason"], REASON)
        at = moment(options["at"])
        checked_address(contact)
        if options["dry_run"] and options["publish"]:
            raise CommandError("With --dry-run nothing is published. Leave out --publish, or --dry-run.")
        if at and not options["publish"]:
            raise CommandError("--at is the time of an edition. Give --publish with it.")
        text = read(source)
        plan = make_plan(parse(text), slug=roadmap, contact=contact, today=timezone.localdate())
        lines: list[str] = []
        edition = None
        # One transaction, so that an edition that cannot be published, or a report that cannot be written, leaves
        # nothing behind.
        with transaction.atomic():
            if options["dry_run"]:
                lines += [*steps_in_words(plan), "This was only the plan: nothing was changed."]
            else:
                imported, replaced = carry_out(plan, name=source.name, by=None)
                lines += [
                    f"Unpublished edits of “{title}” were replaced: its history in the admin still has them."
                    for title in replaced
                ]
            if options["publish"]:
                try:
                    choices = Choices(reason_for_all=reason)
                    edition = publish(roadmap=imported, by=None, note=note, at=at, choices=choices)
                    lines.append(published(edition))
                except NothingToPublish as error:
                    lines.append(str(error))
            if options["report"]:
                number = edition.number if edition else None
                told = {**as_json(plan, text), "is_applied": not options["dry_run"], "edition": number}
                _write(options["report"], json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        for line in [*in_words(plan), *lines]:
            self.stdout.write(line)


def _write(report: Path, text: str) -> None:
    try:
        report.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"The report cannot be written to {report}: {error.strerror or error}. Nothing was changed."
        ) from error
