"""What the API says of what happened: changes, an item's history and its dates, editions.

Sentences speak with the names of their edition, as on the pages. A roadmap that keeps its earlier dates to itself keeps
them here too, as it is set now: neither what a date was nor what it became is told, for that may be past as well.
"""

from collections.abc import Sequence
from dataclasses import replace

from roadmap.content.changes import FieldChange, is_of_date
from roadmap.content.choices import Noun
from roadmap.content.fields import EXISTENCE
from roadmap.published.date_history import TOLD_OF_RELEASE, stories, told_of_item
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange
from roadmap.published.redaction import Retelling
from roadmap.web.api.serialise import Value, Values, date, moment


def history_of_item(values: Values, history: History, uid: str) -> list[Value]:
    retelling = _retelling(values, history)
    found = []
    for one in told_of_item(history, uid):
        edition, thing = one.happened
        told = [told for told in thing.told if not one.is_of_release or told.change.field in TOLD_OF_RELEASE]
        found.append({"edition": _seen(edition), **_happened(values, retelling, edition, thing, told)})
    return found


def dates_of_item(values: Values, history: History, uid: str) -> list[Value]:
    if values.snapshot.roadmap.hides_date_history:
        return []
    return [
        {
            "environment": story.environment.value,
            "label": story.label,
            "sentence": story.sentence,
            "promises": [
                {
                    "edition": _seen(one.edition),
                    "when": date(one.when),
                    "is_deployed": one.is_deployed,
                    "reason": one.reason,
                }
                for one in story.promises
            ],
        }
        for story in stories(history, uid)
    ]


def edition(values: Values, past: PastEdition) -> Value:
    return {
        "uid": past.uid,
        "number": past.number,
        "published_at": moment(past.published_at),
        "url": f"{values.url}editions/{past.number}/",
        "api_url": f"{values.api_url}/editions/{past.number}",
        "note": past.note,
        "publisher": past.roadmap.contact.name,
        "things_changed": len(past.told),
    }


def edition_with_changes(values: Values, history: History, past: PastEdition) -> Value:
    retelling = _retelling(values, history)
    return {
        **edition(values, past),
        "things": [_happened(values, retelling, past, thing, thing.told) for thing in past.told],
    }


def _seen(past: PastEdition) -> Value:
    return {"number": past.number, "published_at": moment(past.published_at)}


def _retelling(values: Values, history: History) -> Retelling:
    return Retelling(history.contents, hides_dates=values.snapshot.roadmap.hides_date_history)


def _happened(
    values: Values, retelling: Retelling, past: PastEdition, thing: ThingTold, told: Sequence[ToldChange]
) -> Value:
    return {
        "noun": thing.noun.value,
        "uid": thing.uid,
        "title": thing.title if thing.noun is Noun.ROADMAP else retelling.title(thing),
        "removed": thing.is_withdrawn,
        "changes": [_change(values, retelling, past, thing, one) for one in told],
    }


def _change(values: Values, retelling: Retelling, past: PastEdition, thing: ThingTold, one: ToldChange) -> Value:
    is_kept_back = values.snapshot.roadmap.hides_date_history and _tells_a_date(one.change)
    return {
        "field": one.change.field,
        "act": one.change.act.value,
        "sentence": " ".join(retelling.sentences(thing, [replace(one, reason="")], past)),
        "reason": one.reason,
        "is_minor": one.is_minor,
        "before": None if is_kept_back else one.change.before,
        "after": None if is_kept_back else one.change.after,
    }


def _tells_a_date(change: FieldChange) -> bool:
    """A release may be named by its date, and so tells one by coming and going."""
    return is_of_date(change) or (change.noun is Noun.RELEASE and change.field == EXISTENCE)
