"""Makes, checks and removes the database of benchmarks.together: a process of its own, as it needs Django set up."""

import os
import re
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main() -> int:
    verb, *arguments = sys.argv[1:]
    django.setup()
    if verb == "make":
        _server_side("CREATE")
        call_command("migrate", verbosity=0)
        _fill(int(arguments[0]), int(arguments[1]))
    elif verb == "remove":
        _server_side("DROP")
    else:
        return _check(*(Path(name).read_text(encoding="utf-8").splitlines() for name in arguments))
    return 0


def _server_side(verb: str) -> None:
    """CREATE or DROP the PostgreSQL database; a SQLite file goes with its folder."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return
    import psycopg

    with psycopg.connect(
        dbname="postgres",
        user=database["USER"],
        password=database["PASSWORD"] or None,
        host=database["HOST"],
        port=database["PORT"] or 5432,
        autocommit=True,
    ) as connection:
        force = " WITH (FORCE)" if verb == "DROP" else ""
        connection.execute(f'{verb} DATABASE "{database["NAME"]}"{force}'.encode())


def _fill(people: int, items: int) -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from roadmap.models import Item, Roadmap
    from roadmap.publishing import publish

    password = make_password(os.environ["TOGETHER_PASSWORD"])
    for n in range(people * 2):
        User.objects.create(username=f"person-{n}", password=password, is_staff=True, is_superuser=True)
    roadmap = Roadmap.objects.create(
        title="Together", slug="together", reference_prefix="T", contact_name="Team", contact_email="t@example.gov.uk"
    )
    for _ in range(items):
        Item.objects.create(roadmap=roadmap, title="w0x0", description="w0x0")
    publish(roadmap=roadmap, by=None)


def _check(accepted: list[str], reviewed: list[str]) -> int:
    from roadmap.models import Edition, Item, Revision

    problems = []
    descriptions = {item.pk: set(item.description.split()) for item in Item.objects.all()}
    lost = [line for line in accepted if line.split()[1] not in descriptions[int(line.split()[0])]]
    if lost:
        problems.append(f"{len(lost)} saves were accepted and are lost, for example {lost[:3]}")
    numbers = [*Edition.objects.order_by("published_at", "number").values_list("number", flat=True)]
    if numbers != [*range(1, len(numbers) + 1)]:
        problems.append(f"edition numbers have gaps or doubles: {numbers[-10:]}")
    shown = {int(number): set(titles) for number, *titles in map(str.split, reviewed)}
    revisions = 0
    for revision in Revision.objects.filter(noun="item").select_related("edition").iterator():
        revisions += 1
        title, description = re.findall(r'"(?:title|description)":"([^"]*)"', revision.content)[:2]
        number = revision.edition.number
        if number > 1 and title not in shown[number]:
            problems.append(f"{revision} was not reviewed")
        if description.split()[-1] != title:
            problems.append(f"{revision} is torn: {title} / {description[-40:]}")
    print(f"  {len(numbers)} editions, {revisions} revisions of items, {len(accepted)} saves: ", end="")
    print("; ".join(problems[:5]) if problems else "all whole, none lost")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
