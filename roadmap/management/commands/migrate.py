"""Django's own, one at a time: where two machines are upgraded at once, the second waits. See roadmap.keeping.alone."""

from typing import Any

from django.core.management.commands import migrate

from roadmap.keeping.alone import alone


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with alone(options["database"]):
            super().handle(*args, **options)
