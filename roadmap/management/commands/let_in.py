"""Lets somebody who typed too many wrong passwords sign in again: see roadmap.admin.security.locks."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db.models import Q

from roadmap.admin.security.locks import let_in
from roadmap.admin.security.log import on_the_server
from roadmap.management.output import RefusingCommand


class Command(RefusingCommand):
    help = (
        "Lets one person who is locked out after wrong passwords sign in again, and nobody else. An administrator can "
        "do so in the admin too, under People, Locked out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the name or email address that they sign in with")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        found = [*User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:2]]
        if not found:
            raise CommandError(f"Nobody here signs in as “{name}”. Nothing has changed.")
        if len(found) > 1:
            raise CommandError(f"Two people have “{name}” as their name or address. Give the name of the one you mean.")
        if let_in(found[0], who=on_the_server()):
            self.stdout.write(f"{found[0].username} can sign in again.")
        else:
            self.stdout.write(f"{found[0].username} was not locked out: nothing has changed.")
