"""A site as an earlier version left it: its tables, and a row in every one, made without today's models."""

import datetime
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from roadmap.keeping.rows import kept_models

AT = datetime.datetime(2025, 3, 24, 9, 30, 0, 123456, tzinfo=datetime.UTC)
LAST_OF_1_0 = "0015_agreements"
ROADMAP, ITEM, RELEASE = (uuid.UUID(int=number) for number in (1, 2, 3))


@contextmanager
def of(name: str) -> Iterator[Any]:
    """The models of the version whose last migration this is; at the end, today's tables again."""
    executor = MigrationExecutor(connection)
    try:
        # Second factors came later.
        yield executor.migrate([("roadmap", name), ("otp_totp", None)]).apps
    finally:
        to_newest()


def to_newest() -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate(executor.loader.graph.leaf_nodes()).apps


def content(**fields: Any) -> dict[str, str]:
    text = json.dumps(fields, separators=(",", ":"))
    return {"content": text, "digest": sha256(text.encode()).hexdigest()}


def fill(apps: Any) -> None:
    """Consistent: what was published is what the working copies had, and the item has been renamed since."""

    def make(label: str, **fields: Any) -> Any:
        return apps.get_model(label).objects.create(**fields)

    person = make("auth.User", username="ann", email="ann@example.gov.uk", is_staff=True, password="!")
    group, _ = apps.get_model("auth.Group").objects.get_or_create(name="Editors")
    group.permissions.add(apps.get_model("auth.Permission").objects.first())
    person.groups.add(group)
    person.user_permissions.add(apps.get_model("auth.Permission").objects.last())
    make(
        "admin.LogEntry", user=person, object_repr="VAT", action_flag=1, action_time=AT, object_id="1",
        content_type=apps.get_model("contenttypes.ContentType").objects.first(),
    )  # fmt: skip
    roadmap = make(
        "roadmap.Roadmap", uid=ROADMAP, title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", position=0,
        contact_name="Team", contact_email="team@example.gov.uk", last_item_number=1, notice_title="Closed",
        notice_starts_at=AT, notice_ends_at=AT + datetime.timedelta(days=1, microseconds=1),
    )  # fmt: skip
    roadmap.team.add(person)
    release = make("roadmap.Release", uid=RELEASE, roadmap=roadmap, title="June 2026", position=0)
    make("roadmap.Page", roadmap=roadmap, title="Who", slug="who", body=" One\r\n\n", position=0)
    make("roadmap.ChangelogEntry", roadmap=roadmap, title="Begun", when="March 2025")
    api = make("roadmap.Api", name="VAT API", url="https://example.org/")
    field = make("roadmap.Field", roadmap=roadmap, name="Years", key="years", position=0)
    item = make(
        "roadmap.Item", uid=ITEM, roadmap=roadmap, reference="VAT-1", title="Renamed since", release=release,
        description="Déjà\n\n| a | b |", position=0,
    )  # fmt: skip
    make("roadmap.ItemApi", item=item, api=api, version="1.0", position=0)
    make("roadmap.FieldValue", item=item, field=field, value="25-26")
    make("roadmap.Milestone", item=item, environment="test", when="May 2025", is_deployed=True)
    link = make(
        "roadmap.PreviewLink", roadmap=roadmap, purpose="For Bo", created_at=AT, created_by=person,
        expires_at=AT + datetime.timedelta(days=7),
    )  # fmt: skip
    edition = make(
        "roadmap.Edition", roadmap=roadmap, roadmap_slug="vat-mtd", number=1, published_at=AT, was_seen=True,
        published_by=person, note="First", announcement=uuid.uuid4(),
    )  # fmt: skip
    contact = {"name": "Team", "email": "team@example.gov.uk", "subject": "Enquiry"}
    labels = {"test": "Sandbox", "controlled_go_live": "Private beta", "live": "Production"}
    told = {"uid": str(ROADMAP), "slug": "vat-mtd", "title": "VAT roadmap", "contact": contact, "labels": labels}
    published = {"uid": str(ITEM), "reference": "VAT-1", "title": "Item"}
    things = [
        ("roadmap", ROADMAP, "VAT roadmap", "vat-mtd", content(**told)),
        ("item", ITEM, "Item", "VAT-1", content(**published)),
    ]
    for noun, uid, title, address, kept in things:
        thing = {"noun": noun, "uid": uid, "title": title, **kept}
        revision = make("roadmap.Revision", edition=edition, address=address, **thing)
        make("roadmap.Change", revision=revision, field="title", before=None, after=title)
        make("roadmap.Save", roadmap=roadmap, saved_at=AT, saved_by=person, **thing)
    origin = {"source": "a.md:1", "imported_at": AT, "content": content(**published)["content"]}
    make("roadmap.Origin", roadmap=roadmap, noun="item", uid=ITEM, **origin)
    make(
        "roadmap.HistoryImport", roadmap=roadmap, first_commit="a" * 40, last_commit="b" * 40, edition_count=1,
        imported_at=AT,
    )  # fmt: skip
    report = make("roadmap.ImportReport", roadmap=roadmap, name="a.md", summary="1 item", imported_at=AT)
    make(
        "roadmap.ImportNote", report=report, kind="doubt", noun="item", uid=ITEM, title="Item", path="a.md", line=1
    )  # fmt: skip
    seen = {str(ITEM): "0" * 64}
    if "agreement" in apps.all_models["roadmap"]:
        make("roadmap.ReadyNote", roadmap=roadmap, asked_by=person, asked_at=AT, seen=seen)
        make("roadmap.Agreement", roadmap=roadmap, link=link, name="Bo", is_agreed=True, said_at=AT, seen=seen)


def values(apps: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is kept, by table, as Python has it."""
    return {
        model._meta.db_table: [
            {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            for row in model._base_manager.order_by("pk")
        ]
        for model in kept_models(apps)
    }
