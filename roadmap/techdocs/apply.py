"""Carries out a plan: all of it or none. `carry_out` does so with the history that staff see."""

import datetime
import uuid
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from roadmap.content.merge import AnyContent
from roadmap.content.things import Content, ItemContent
from roadmap.models import MODEL_OF, Api, Origin, Roadmap
from roadmap.models.uids import UidText
from roadmap.publishing import standings
from roadmap.publishing.audit_trail import record_all_before, record_deletion, record_saves
from roadmap.techdocs.plan.links import filled
from roadmap.techdocs.plan.plan import ConflictChoice, Plan, Verb
from roadmap.techdocs.plan.planner import highest_number, make_plan, record_text
from roadmap.techdocs.record import keep_report
from roadmap.techdocs.sources import ImportRefused
from roadmap.working_copies.from_content import check, numbered, remove, write

MAX_SOURCE_LENGTH = 500  # as in the Origin
MAX_ACTION = 200  # characters, as in the Save

_MEANWHILE = "Somebody changed the roadmap at /{}/ meanwhile. Nothing was imported: try again."


class Applied(NamedTuple):
    """What a plan has become."""

    roadmap: Roadmap
    uids: Mapping[str, str]
    """Of every part of the source, by its key."""


def apply(*, plan: Plan, now: datetime.datetime | None = None) -> Roadmap:
    """The roadmap of `applied`."""
    return applied(plan, now or timezone.now()).roadmap


def applied(plan: Plan, now: datetime.datetime) -> Applied:
    """Makes the working copies what the plan says, in one transaction under the roadmap's lock.

    A plan that changes nothing writes nothing.

    Raises ImportRefused, with nothing changed, where a text is longer than its place or otherwise cannot be shown, or
    where somebody has changed the roadmap since the plan was made.
    """
    told = _MEANWHILE.format(plan.slug)
    try:
        with transaction.atomic():
            if plan.roadmap_pk is not None:
                Roadmap.objects.lock(plan.roadmap_pk)
            if make_plan(plan.parsed, slug=plan.slug, contact=plan.contact, choices=plan.choices) != plan:
                raise ImportRefused(told)
            return apply_fresh(plan, now)
    except Roadmap.DoesNotExist as error:
        raise ImportRefused(told) from error


def apply_fresh(plan: Plan, now: datetime.datetime) -> Applied:
    """The same of a plan that was made under the roadmap's lock, and in the transaction that still holds it."""
    try:
        check_fits(plan)
        return _write(plan, now)
    except IntegrityError as error:
        raise ImportRefused(_MEANWHILE.format(plan.slug)) from error


def check_fits(plan: Plan) -> None:
    """Raises ImportRefused for the first text that its working copy cannot hold."""
    for step in plan.steps:
        if step.after is None or step.verb is Verb.KEEP:
            continue
        try:
            check(step.after)
        except ValidationError as error:
            raise ImportRefused(f"{step.source}: {' '.join(' '.join(error.messages).split())}") from error


def _write(plan: Plan, now: datetime.datetime) -> Applied:
    # What is new has had the key of its part for a uid so far, in what names it too.
    uids = {step.key: step.uid or str(uuid.uuid4()) for step in plan.steps if step.key}
    if plan.roadmap_pk is None:
        number = highest_number(plan.prefix, (step.reference for step in plan.steps))
        roadmap = Roadmap(uid=uids[plan.steps[0].key], reference_prefix=plan.prefix, last_item_number=number)
    else:
        roadmap = Roadmap.objects.get(pk=plan.roadmap_pk)
    apis = {api.name: api for api in Api.objects.filter(name__in=[name for name, _ in plan.apis])}
    for name, url in plan.apis:
        if name in apis and url:
            Api.objects.filter(pk=apis[name].pk).update(url=url)
    Api.objects.bulk_create(Api(name=name, url=url) for name, url in plan.apis if name not in apis)
    changed = [step.after for step in plan.steps if step.verb in (Verb.CREATE, Verb.UPDATE) and step.after]
    made = {content.uid: content for content in numbered(roadmap, [_with_uids(content, uids) for content in changed])}
    by_key = {step.key: made[uids[step.key]] for step in plan.steps if step.key and uids[step.key] in made}
    write(roadmap, [filled(content, plan.slug, by_key.get) for content in made.values()])
    remove(roadmap, [step.uid for step in plan.steps if step.verb is Verb.WITHDRAW])
    _remember(plan, roadmap, uids, by_key, now)
    return Applied(roadmap, uids)


def _with_uids(content: AnyContent, uids: Mapping[str, str]) -> AnyContent:
    names = ("uid", "release_uid") if isinstance(content, ItemContent) else ("uid",)
    values = {name: getattr(content, name) for name in names}
    return msgspec.structs.replace(content, **{name: uids.get(value, value) for name, value in values.items()})


def _remember(
    plan: Plan, roadmap: Roadmap, uids: Mapping[str, str], made: Mapping[str, Content], now: datetime.datetime
) -> None:
    kept = Origin.objects.filter(roadmap=roadmap).order_by().values_list(UidText("uid"), "content", "source")
    there = {uid: (text, source) for uid, text, source in kept}
    references = dict(roadmap.items.order_by().values_list(UidText("uid"), "reference"))
    changed: list[Origin] = []
    for step in plan.steps:
        if step.record is None:
            continue
        content = filled(_with_uids(step.record, uids), plan.slug, made.get)
        if isinstance(content, ItemContent):
            content = msgspec.structs.replace(content, reference=references.get(content.uid, content.reference))
        text, source = record_text(content), "" if step.is_gone else step.source[-MAX_SOURCE_LENGTH:]
        if there.get(content.uid) != (text, source):
            values = {"noun": step.noun.value, "content": text, "source": source, "imported_at": now}
            changed.append(Origin(roadmap=roadmap, uid=content.uid, **values))
    Origin.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["roadmap", "uid"],
        update_fields=["noun", "content", "source", "imported_at"],
    )
    gone = [step.uid for step in plan.steps if step.record is None and step.uid in there]
    Origin.objects.filter(roadmap=roadmap, uid__in=gone).delete()


@transaction.atomic
def carry_out(plan: Plan, *, name: str, by: User | None) -> tuple[Roadmap, list[str]]:
    """Makes the working copies what the plan says, each change a Save of that person. `name` is that of the file.

    Returns the roadmap, and the titles of things whose unpublished edits the source took the place of. What the import
    told is kept. Raises ImportRefused as `applied` does, with nothing changed.
    """
    now = timezone.now()
    replaced: list[str] = []
    if plan.roadmap_pk is not None and plan.changes_something:
        try:
            there = Roadmap.objects.lock(plan.roadmap_pk)
        except Roadmap.DoesNotExist as error:
            raise ImportRefused("Somebody has deleted this roadmap. Nothing was imported.") from error
        unpublished = standings(there) if there.editions.exists() else {}
        # By the answers: a conflict that the source has won is none of the plan's any more.
        overruled = {key.partition(":")[0] for key, choice in plan.choices.items() if choice == ConflictChoice.SOURCE}
        updated = [step for step in plan.steps if step.verb is Verb.UPDATE and step.uid in unpublished]
        replaced = [step.title for step in updated if step.is_adopted or step.uid in overruled]
        record_all_before(there, at=now)
        for step in plan.steps:
            if step.verb is Verb.WITHDRAW:
                for copy in MODEL_OF[step.noun].objects.filter(uid=step.uid):
                    record_deletion(copy, by=by, action=f"No longer in {name}"[:MAX_ACTION], at=now)
    roadmap, uids = applied(plan, now)
    if plan.changes_something:
        record_saves(roadmap, by=by, action=f"Imported from {name}"[:MAX_ACTION], at=now)
    keep_report(plan, roadmap, uids, name=name, at=now, by=by)
    return roadmap, replaced
