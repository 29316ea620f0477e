"""Carries out the plan of an import with the history that staff see: what a command and the admin have in common."""

from django.contrib.auth.models import User
from django.db import transaction

from roadmap.models import MODEL_OF, Roadmap
from roadmap.publishing import standings
from roadmap.publishing.audit_trail import record_all_before, record_deletion, record_saves
from roadmap.techdocs import Choice, ImportRefused, Plan, Verb, apply

MAX_ACTION = 200  # characters, as in the Save


@transaction.atomic
def carry_out(plan: Plan, *, name: str, by: User | None) -> tuple[Roadmap, list[str]]:
    """Makes the working copies what the plan says, each change a Save of that person. `name` is that of the file.

    Returns the roadmap, and the titles of things whose unpublished edits the source took the place of. Raises
    ImportRefused as `apply` does, with nothing changed.
    """
    replaced: list[str] = []
    if plan.roadmap_pk is not None and plan.changes_something:
        try:
            there = Roadmap.objects.lock(plan.roadmap_pk)
        except Roadmap.DoesNotExist as error:
            raise ImportRefused("Somebody has deleted this roadmap. Nothing was imported.") from error
        replaced = _replaced_drafts(there, plan)
        record_all_before(there)
        for step in plan.steps:
            if step.verb is Verb.WITHDRAW:
                for copy in MODEL_OF[step.noun].objects.filter(uid=step.uid):
                    record_deletion(copy, by=by, action=f"No longer in {name}"[:MAX_ACTION])
    roadmap = apply(plan=plan)
    if plan.changes_something:
        record_saves(roadmap, by=by, action=f"Imported from {name}"[:MAX_ACTION])
    return roadmap, replaced


def _replaced_drafts(roadmap: Roadmap, plan: Plan) -> list[str]:
    unpublished = standings(roadmap) if roadmap.editions.exists() else {}
    # By the answers: a conflict that the source has won is none of the plan's any more.
    overruled = {key.partition(":")[0] for key, choice in plan.choices.items() if choice == Choice.SOURCE}
    return [
        step.title
        for step in plan.steps
        if step.verb is Verb.UPDATE and step.uid in unpublished and (step.is_adopted or step.uid in overruled)
    ]
