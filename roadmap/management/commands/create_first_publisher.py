"""Make the first login of a new site, so that somebody can sign in and make the others."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from roadmap.admin.permissions import PUBLISHERS
from roadmap.admin.security.log import Kind, on_the_server, record

# Without 0, 1, i, l and o, which are easily mistaken for one another when copied from a screen: 31 characters, so that
# four groups of five are 99 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def make_password() -> str:
    """Return a new random password in four groups of five characters."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))


class Command(BaseCommand):
    help = (
        "Creates the first login and prints its password once, if no active member of staff exists. It is in the group "
        "Publishers, and a superuser too: somebody must make the other logins and put them into their groups."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="publisher", help="its name (default: %(default)s)")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        users = get_user_model()._default_manager
        if users.filter(is_staff=True, is_active=True).exists():
            self.stdout.write("First publisher: already there")
            return
        password = make_password()
        try:
            with transaction.atomic():
                publisher = users.create_superuser(username=username, password=password)
                publisher.groups.add(*Group.objects.filter(name=PUBLISHERS))
        except IntegrityError as error:
            raise CommandError(
                f"No active member of staff exists, and the name “{username}” is taken by somebody who is not one. "
                "Choose another: manage.py create_first_publisher --username NAME"
            ) from error
        record(Kind.PERSON, "The first login, an administrator's", who=on_the_server(), about=username)
        self.stdout.write("First publisher: created. Sign in at /admin/ with")
        self.stdout.write(f"    username: {username}")
        self.stdout.write(f"    password: {password}")
        self.stdout.write("  It is shown this once: keep it, or change it after signing in.")
