"""Why nothing was published, each reason with the place on the page where it is put right."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from roadmap.admin.publish.forms import Decisions, PublishForm, reason_name
from roadmap.content.changes import FieldChange
from roadmap.models import Revision, Roadmap
from roadmap.publishing import AnnouncementRefused, NoSuchTime, Pending, PublishingRefused, ReasonsMissing, WouldTear
from roadmap.templatetags.uk_dates import uk_datetime

SAY_WHY = "Say why this date moves later: readers see the reason beside the change."


@dataclass(frozen=True)
class Refusal:
    text: str
    place: str = ""  # the id of the element where it is put right
    thing: str = ""  # the uid of the thing that it is about
    include: Pending | None = None  # what is offered to be included too
    field: str = ""  # the name of the reason's field that it belongs to


def of_form(form: PublishForm) -> Iterator[Refusal]:
    for name in form.fields:  # in the order of the page
        for text in form.errors.get(name, []):
            yield Refusal(str(text), place=form[name].auto_id)


def of_missing_reasons(slips: Sequence[tuple[str, str, FieldChange]]) -> Iterator[Refusal]:
    for uid, title, change in slips:
        name = reason_name(uid, change.field)
        yield Refusal(f"“{title}”: {SAY_WHY[0].lower()}{SAY_WHY[1:]}", place=name, thing=uid, field=name)


def of_error(
    error: PublishingRefused, roadmap: Roadmap, found: Iterable[Pending], decisions: Decisions, at: datetime.datetime
) -> list[Refusal]:
    """What `publish` said. Whatever it says of no place in particular stands at the top of the page."""
    match error:
        case AnnouncementRefused():
            return [Refusal(str(error), place="id_announce")]
        case ReasonsMissing():
            return [*of_missing_reasons(error.slips)]
        case WouldTear():
            return [*_of_gaps(error, roadmap, [*found], decisions, at)]
        case NoSuchTime():
            return [Refusal(str(error), place="id_day")]
    return [Refusal(str(error))]


def _of_gaps(
    error: WouldTear, roadmap: Roadmap, found: list[Pending], decisions: Decisions, at: datetime.datetime
) -> Iterator[Refusal]:
    left_out = {one.uid: one for one in found if not decisions.is_in(one)}
    shown = {one.uid for one in found}
    # Where it is a scheduled Edition that would tear, the error begins by saying which.
    where = str(error).partition(error.gaps[0][2])[0]
    for thing, needed, sentence in error.gaps:
        offered = left_out.get(needed or str(roadmap.uid)) or left_out.get(thing.uid)
        if offered:
            yield Refusal(where + sentence, place=f"publish-{offered.uid}", thing=thing.uid, include=offered)
            continue
        hint = "" if where else _of_scheduled(roadmap, needed or str(roadmap.uid), at)
        culprit = next((uid for uid in (thing.uid, needed) if uid in shown), "")
        place = f"publish-{culprit}" if culprit else ""
        yield Refusal(f"{where}{sentence} {hint}".strip(), place=place, thing=culprit)


def _of_scheduled(roadmap: Roadmap, uid: str, at: datetime.datetime) -> str:
    """What is missing cannot be included, as it waits already: when it comes, and what to do until then."""
    waiting = (
        Revision.objects.filter(edition__roadmap=roadmap, edition__published_at__gt=at, uid=uid)
        .select_related("edition")
        .order_by("edition__number")
        .first()
    )
    if waiting is None:
        return ""
    edition = waiting.edition
    return (
        f"It appears with edition {edition.number} on {uk_datetime(edition.published_at)}: "
        "choose a time after that, or leave this out until then."
    )
