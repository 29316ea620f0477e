"""Carries out a plan: all of it or none."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from roadmap.content import Noun
from roadmap.importing.planning import Plan, Step, Verb, make_plan
from roadmap.importing.reading import ImportRefused
from roadmap.models.working import ChangelogEntry, Page, Roadmap

_MODELS: dict[Noun, type[models.Model]] = {
    Noun.ROADMAP: Roadmap,
    Noun.PAGE: Page,
    Noun.CHANGELOG_ENTRY: ChangelogEntry,
}


def apply(*, plan: Plan) -> Roadmap:
    """Makes the working copies what the plan says, in one transaction under the roadmap's lock. Returns the roadmap.

    A plan that changes nothing writes nothing.

    Raises ImportRefused, with nothing changed, where a text is longer than its place or otherwise cannot be shown, or
    where somebody has changed the roadmap since the plan was made.
    """
    try:
        with transaction.atomic():
            if plan.roadmap_pk is not None:
                Roadmap.objects.lock(plan.roadmap_pk)
            if make_plan(plan.parsed, slug=plan.slug, contact=plan.contact) != plan:
                raise _changed_meanwhile(plan)
            first, *rest = plan.steps
            _carry_out(first)
            roadmap = Roadmap.objects.get(slug=plan.slug)
            for step in rest:
                _carry_out(step, roadmap=roadmap)
            return roadmap
    except (IntegrityError, Roadmap.DoesNotExist) as error:
        raise _changed_meanwhile(plan) from error


def _changed_meanwhile(plan: Plan) -> ImportRefused:
    return ImportRefused(f"Somebody changed the roadmap at /{plan.slug}/ meanwhile. Nothing was imported: try again.")


def _carry_out(step: Step, **fixed: Any) -> None:
    if step.verb is Verb.KEEP:
        return
    model = _MODELS[step.noun]
    there = model(**fixed) if step.pk is None else model._default_manager.get(pk=step.pk)
    for field, value in step.values.items():
        setattr(there, field, value)
    try:
        there.full_clean()
    except ValidationError as error:
        raise ImportRefused(f"{step.source}: {_in_one_line(model, error)}") from error
    there.save()


def _in_one_line(model: type[models.Model], error: ValidationError) -> str:
    said = []
    for field, messages in error.message_dict.items():
        name = "" if field == NON_FIELD_ERRORS else f"{model._meta.get_field(field).verbose_name}: "  # type: ignore[union-attr]
        said += [f"{name}{message}" for message in messages]
    return " ".join(" ".join(said).split())
