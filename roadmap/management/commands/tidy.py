"""Takes away what nobody needs any more: see roadmap.keeping.tidy."""

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from roadmap.keeping.tidy import Retention, tidy
from roadmap.management.output import RefusingCommand, counted

HELP = {
    "sign_ins": "who signed in, or failed to, from where",
    "security": "what the security log tells",
    "links": "preview links after they ended",
    "notes": "what was said of drafts that have been published or changed since",
    "mails": "which emails were sent, for the numbers that staff see",
    "saves": "what staff saved, but for the newest of each thing",
}
DEFAULTS = Retention()
PLURALS = {
    "upload that waited": "uploads that waited",
    "limit of signing in": "limits of signing in",
    "request to publish": "requests to publish",
    "agreement or comment": "agreements or comments",
    "review that was begun": "reviews that were begun",
    "mark of a minor change": "marks of minor changes",
    "request for emails": "requests for emails",
    "subscription that nobody confirmed": "subscriptions that nobody confirmed",
    "address that gets no emails": "addresses that get no emails",
    "text of an email": "texts of emails",
}


def days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36500:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of days from 1 to 36500")
    return int(text)


class Command(RefusingCommand):
    help = (
        "Takes away what nobody needs any more: sessions that ended, lock-outs that are over, old records of signing "
        "in, what is old in the security log, preview links that ended, what was said of drafts that are gone, "
        "addresses that get no emails, old mails, old saves. Never what readers have seen. For a timer, once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="says what would be removed, and removes nothing")
        for name, what in HELP.items():
            default = getattr(DEFAULTS, name)
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                metavar="DAYS",
                type=days,
                default=default,
                help=f"for how many days to keep {what}; {default} if you leave it out",
            )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        retention = Retention(**{name: options[name] for name in HELP})
        removed = tidy(timezone.now(), retention, is_rehearsal=dry_run)
        told = [_counted(number, noun) for noun, number in removed if number]
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(f"{verb} {', '.join(told)}." if told else "There is nothing to remove.")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {PLURALS[noun]}" if noun in PLURALS and number != 1 else counted(number, noun)
