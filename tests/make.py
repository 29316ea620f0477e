"""Plain functions that make what a test needs. `edition()` publishes, so no test invents a state that cannot occur."""

import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from roadmap.content.choices import Environment
from roadmap.models import (
    Api,
    ChangelogEntry,
    Edition,
    Field,
    FieldValue,
    Item,
    ItemApi,
    Milestone,
    Page,
    Release,
    Roadmap,
)
from roadmap.publishing import publish

LONDON = ZoneInfo("Europe/London")
_numbers = count(1)


def at(day: str, time: str = "09:30") -> datetime.datetime:
    """London time: at("2026-03-24")."""
    return datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=LONDON)


def roadmap(**fields: Any) -> Roadmap:
    n = next(_numbers)
    return Roadmap.objects.create(
        **{
            "title": f"Roadmap {n}",
            "slug": f"roadmap-{n}",
            "reference_prefix": f"R{n}X",
            "contact_name": "Support Team",
            "contact_email": "team@example.gov.uk",
            "asks_reasons": False,  # a test about reasons says so
            **fields,
        }
    )


def page(roadmap: Roadmap, **fields: Any) -> Page:
    n = next(_numbers)
    return Page.objects.create(roadmap=roadmap, **{"title": f"Page {n}", "slug": f"page-{n}", **fields})


def release(roadmap: Roadmap, **fields: Any) -> Release:
    return Release.objects.create(roadmap=roadmap, **{"title": f"Release {next(_numbers)}", **fields})


def item(
    roadmap: Roadmap,
    *,
    test: str | None = None,
    controlled_go_live: str | None = None,
    live: str | None = None,
    deployed: tuple[str, ...] = (),
    apis: tuple[tuple[Api, str], ...] = (),
    values: dict[Field, str] | None = None,
    **fields: Any,
) -> Item:
    """An item, with a date in each environment named, deployed in those of `deployed`."""
    made = Item.objects.create(roadmap=roadmap, **{"title": f"Item {next(_numbers)}", **fields})
    dates = {"test": test, "controlled_go_live": controlled_go_live, "live": live}
    for environment in Environment:
        if dates[environment] is not None or environment in deployed:
            milestone(made, environment, dates[environment] or "", is_deployed=environment in deployed)
    for api, version in apis:
        ItemApi.objects.create(item=made, api=api, version=version)
    for field, value in (values or {}).items():
        FieldValue.objects.create(item=made, field=field, value=value)
    return made


def milestone(item: Item, environment: str, when: str, *, is_deployed: bool = False) -> Milestone:
    return Milestone.objects.create(item=item, environment=environment, when=when, is_deployed=is_deployed)


def api(**fields: Any) -> Api:
    return Api.objects.create(**{"name": f"API {next(_numbers)}", **fields})


def field(roadmap: Roadmap, **fields: Any) -> Field:
    return Field.objects.create(roadmap=roadmap, **{"name": f"Field {next(_numbers)}", **fields})


def changelog_entry(roadmap: Roadmap, **fields: Any) -> ChangelogEntry:
    return ChangelogEntry.objects.create(
        roadmap=roadmap, **{"title": f"Entry {next(_numbers)}", "when": "October 2018", **fields}
    )


def edition(roadmap: Roadmap, **options: Any) -> Edition:
    """Published at the time of `at`, be that past or far ahead. For a scheduled one give `now` too."""
    return publish(**{"roadmap": roadmap, "by": None, "now": options.get("at"), **options})


def user(**fields: Any) -> User:
    """Somebody who may sign in to the admin and do everything there, unless told otherwise."""
    name = fields.pop("username", f"user-{next(_numbers)}")
    return User.objects.create_user(**{"username": name, "is_staff": True, "is_superuser": True, **fields})
