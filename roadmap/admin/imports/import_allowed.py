"""Whether a plan of an import can be carried out, and whether this person may."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError

from roadmap.admin.permissions import readers_know
from roadmap.content.things import RoadmapContent
from roadmap.models import Field, Revision
from roadmap.techdocs import ImportRefused, Plan, Verb
from roadmap.working_copies.from_content import check


def check_fits(plan: Plan) -> None:
    """Raises ImportRefused for the first text that its working copy cannot hold, as applying the plan would."""
    for step in plan.steps:
        if step.after is None or step.verb is Verb.KEEP:
            continue
        try:
            check(step.after)
        except ValidationError as error:
            raise ImportRefused(f"{step.source}: {' '.join(' '.join(error.messages).split())}") from error


def for_publishers_only(plan: Plan, user: User | AnonymousUser) -> list[str]:
    """Titles of what the plan takes away and this person may not: what readers know, only a publisher takes away."""
    if plan.roadmap_pk is None or user.has_perm("roadmap.publish_roadmap"):
        return []
    going = {step.uid: step.title for step in plan.steps if step.verb is Verb.WITHDRAW}
    known = Revision.objects.filter(edition__roadmap=plan.roadmap_pk).values_list("uid", flat=True).distinct()
    titles = [going[uid] for uid in map(str, known) if uid in going] if going else []
    before, after = plan.steps[0].before, plan.steps[0].after
    if isinstance(before, RoadmapContent) and isinstance(after, RoadmapContent):
        keys = {column.key for column in before.fields} - {column.key for column in after.fields}
        columns = Field.objects.filter(roadmap=plan.roadmap_pk, key__in=keys) if keys else []
        titles += [f"the column {column.name}" for column in columns if readers_know(column)]
    return sorted(titles)
