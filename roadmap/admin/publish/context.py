"""All that the page for publishing shows, in the words of readers, for its template."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.utils.text import capfirst

from roadmap.admin.editing.text_diff import label_of, text_of
from roadmap.admin.publish import agreements
from roadmap.admin.publish.forms import fields_with_reason, reason_name
from roadmap.admin.publish.groups import ReviewedThing, ThingsTogether, grouped
from roadmap.admin.publish.review import NOTHING, Review, as_text, digest, why
from roadmap.admin.publish.review_html import GroupsHtml
from roadmap.admin.publish.to_check import Checked
from roadmap.admin.to_check import listed
from roadmap.admin.views import edit_urls, is_uid, name_of
from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.comparison import compare
from roadmap.content.fields import EXISTENCE
from roadmap.content.things import Content, RoadmapContent, noun_of
from roadmap.models import MODEL_OF, MinorMark, Revision, Save
from roadmap.previews.links import staff_preview_url
from roadmap.publishing import Pending, entries_to_read
from roadmap.publishing.schedule import carried_over

NOUN_LABELS = {noun: str(capfirst(model._meta.verbose_name_plural)) for noun, model in MODEL_OF.items()}
NOUN_LABELS[Noun.ROADMAP] = "This roadmap itself"
MOST_TO_CHECK = 20


def context_of(review: Review, action: str = "", *, may_edit: bool, is_for_reading: bool = False) -> dict[str, Any]:
    """`is_for_reading`: for somebody who may not publish, and so decides nothing."""
    checked = Checked(review)
    findings = checked.findings
    told = findings[:MOST_TO_CHECK]
    nouns = {noun_of(finding.content) for finding in told}.union(thing.noun for thing in review.found)
    urls = edit_urls(review.roadmap, nouns)
    of_pending = agreements.of_pending(review.found)
    agreed = agreements.agreed(review.roadmap, *of_pending) if review.found else []
    things = _reviewed_things(review, urls, agreements.by_thing(agreed))
    offered = {refusal.include.uid: refusal.include for refusal in review.refusals if refusal.include}
    may_discard = may_edit and not is_for_reading and bool(review.newest or review.scheduled)
    groups = grouped(things, review.sent.get("open", "").split())
    return {
        "title": f"{'Changes to' if is_for_reading else 'Review and publish'} {review.roadmap.title_and_address}",
        "media": review.form.media,
        "roadmap": review.roadmap,
        "review": review,
        "form": review.form,
        "is_for_reading": is_for_reading,
        "may_take_back": not is_for_reading,
        "asked_for": agreements.asked_for(review.roadmap, *of_pending) if things else [],
        "agreed": agreed,
        "things": things,
        "groups": groups,
        "groups_html": GroupsHtml(is_for_reading=is_for_reading, may_discard=may_discard).groups(groups),
        "open": " ".join(one.name for one in _that_fold(groups) if one.is_open),
        "needed": _needed(groups),
        "count": len(things),
        "in_count": len(review.chosen),
        "left_out": len(things) - len(review.chosen),
        "shown": review.marks_shown,
        "reviewed_at": as_text(review.at),
        "drafted": digest(review.draft),
        "known_edition": max((edition.pk for edition in (review.newest, *review.scheduled) if edition), default=0),
        "entry_notice": _entry_notice(review, action),
        "other_draft": review.draft if _is_kept(review, action) and review.draft != NOTHING else None,
        "include_all": " ".join(offered) if len(offered) > 1 else "",
        # Of one, its own reason is enough; what was typed here before stays.
        "asks_one_reason": sum(len(thing.slips) for thing in review.found) > 1 or review.form["reason_for_all"].value(),
        "to_check": listed(told, urls),
        "more_to_check": len(findings[MOST_TO_CHECK:]),
        "checked": checked.uids_of_reasons,
        "gone": gone_since(review),
        "reasons_left": _reasons_left(review),
        "kept": None if things else _kept(review),
        "newest": review.newest,
        "scheduled": review.scheduled,
        "entries_to_read": entries_to_read(review.scheduled),
    }


def _that_fold(groups: Iterable[ThingsTogether]) -> Iterator[ThingsTogether]:
    for group in groups:
        yield group
        yield from (line for line in group.lines if line.heading)


def _needed(groups: Iterable[ThingsTogether]) -> dict[str, Any]:
    """How many reasons are still needed, and where the first is typed: its group or line, where that is folded."""
    count, place = sum(group.reasons_missing for group in groups), ""
    asked = [name for group in groups for thing in group.things for name in thing.reasons_needed]
    group = next((group for group in groups if group.reasons_missing), None)
    if group:
        line = next(line for line in group.lines if line.reasons_missing)
        folded = next((one.name for one in (group, line) if one.heading and not one.is_open), "")
        missing = next(name for thing in line.things for name in thing.reasons_missing)
        place = f"group-{folded}" if folded else missing
    return {"count": count, "place": place or next(iter(asked), "")}


def _is_kept(review: Review, action: str) -> bool:
    """Whether the editor's own words stand where a new draft might."""
    entry = review.entry
    return bool(entry and entry.is_rewritten and action != "replace" and (entry.is_stale or action == "draft"))


def _entry_notice(review: Review, action: str) -> str:
    entry = review.entry
    if entry is None:
        return "" if review.draft != NOTHING else "There is nothing to announce."
    if action == "replace":
        return "This is a new draft, from your choices."
    if _is_kept(review, action):
        return "You have rewritten this entry, so it is kept as you wrote it." + (
            " Your choices have changed since: check that it still fits." if entry.is_stale else ""
        )
    if entry.is_stale:
        return "Drafted again from your choices." if review.draft != NOTHING else "There is nothing left to announce."
    return "This is what your choices give: there is nothing to update." if action == "draft" else ""


def gone_since(review: Review) -> list[str]:
    """Titles of what the page showed before and is not pending any more."""
    there = {thing.uid for thing in review.pending}
    gone = [uid for uid in review.shown if uid not in there and is_uid(uid)]
    if not gone or not review.found:
        return []
    saved = Save.objects.filter(roadmap=review.roadmap, uid__in=gone).order_by("saved_at", "pk")
    published = Revision.objects.filter(edition__roadmap=review.roadmap, uid__in=gone).order_by("edition__number")
    return sorted(
        {uid: title for rows in (saved, published) for uid, title in rows.values_list("uid", "title")}.values()
    )


def _reasons_left(review: Review) -> list[tuple[str, str]]:
    """Reasons that were typed for what asks for none any more: title and text, so that it can be copied."""
    titles, asked = {thing.uid: thing.title for thing in review.pending}, {*review.names_of_reasons}
    left = ((name.split(":")[1], text) for name, text in review.reasons.items() if name not in asked)
    return [(titles.get(uid, "Something that is not pending any more"), text) for uid, text in left if text.strip()]


def _kept(review: Review) -> dict[str, str]:
    """What was typed into a form whose changes are gone: shown, so that it can be copied."""
    kept = {"Note": review.form.data.get("note", "")}
    if review.entry and review.entry.is_announced and review.entry.is_rewritten:
        own = review.entry.sent
        kept["Changelog entry"] = f"{own.title}\n{own.when}\n{own.body}".strip()
    return {label: text for label, text in kept.items() if text}


def _reviewed_things(
    review: Review, urls: Mapping[str, str], agreed: Mapping[str, list[tuple[str, bool]]]
) -> list[ReviewedThing]:
    """In the order in which they were found. The same number of queries whatever their number."""
    roadmap, found = review.roadmap, review.found
    titles = {thing.uid: thing.title for thing in found if thing.noun is Noun.RELEASE}
    if review.scheduled or any(thing.is_new for thing in found):
        titles = Revision.objects.newest_of(roadmap).release_titles() | titles
    overlaps = _overlaps(review, titles)
    # What is wrong with each reason, by the name of its field.
    errors = {refusal.place: refusal.beside for refusal in review.refusals if refusal.beside} | review.reason_errors
    since_then = {thing.uid for thing in review.saved_since} if review.shown else set()
    left_out, things = review.left_out, []
    for thing in found:
        since = ""
        if thing.uid in since_then:
            since = f"{'Changed' if thing.uid in review.shown else 'New'} since you opened this page"
            since = "Different at the time you chose" if thing.uid in review.other_then else since
        things.append(
            ReviewedThing(
                pending=thing,
                noun_label=NOUN_LABELS[thing.noun],
                changes=[*_changes(thing, review, titles, errors)],
                is_in=thing.uid not in left_out,
                is_minor=thing.uid in review.minor,
                marked_by=_who(review.marked.get(thing.uid), thing),
                preview_url=""
                if thing.is_removal
                else staff_preview_url(roadmap.pk, thing.noun, thing.address, thing.uid),
                edit_url=urls.get(thing.uid, ""),
                overlaps=overlaps[thing.uid],
                since=since,
                errors=[refusal.text for refusal in review.refusals if refusal.thing == thing.uid],
                agreed=agreed.get(thing.uid, []),
            )
        )
    return things


def _who(marked: MinorMark | None, thing: Pending) -> str:
    if marked is None or marked.mark != thing.mark:
        return ""
    return name_of(marked.marked_by) if marked.marked_by else "Somebody"


def _changes(
    thing: Pending, review: Review, titles: dict[str, str], errors: dict[str, str]
) -> Iterator[dict[str, Any]]:
    has_one_for_all = bool(str(review.form["reason_for_all"].value() or "").strip())
    changes = [*_brought(thing, thing.after, titles)] if thing.is_new and thing.after else thing.changes
    for change in changes:
        told = {"sentence": change.sentence(review.content), "is_new_text": thing.is_new, "texts": None, "reason": None}
        if not change.is_told_whole:
            told["texts"] = review.comparing.compare(text_of(change, change.before), text_of(change, change.after))
            told["sentence"] = label_of(change, review.content) if thing.is_new else told["sentence"]
        if change.field in fields_with_reason(thing):
            name = reason_name(thing.uid, change.field)
            has_page = thing.noun in (Noun.ITEM, Noun.PAGE)  # which then says so
            where = "at its address" if change.field == EXISTENCE and has_page else "beside the change"
            is_needed = review.roadmap.asks_reasons and change.field in thing.slipped
            needed = "needed" if is_needed else "optional"
            told["reason"] = {
                "name": name,  # of the field, and its id
                "label": f"{why(change, review.content)} ({needed}; readers see this {where})",
                "value": review.reasons.get(name, ""),
                "is_needed": is_needed,
                "is_missing": is_needed and not (has_one_for_all or review.reason(thing.uid, change.field)),
                "error": errors.get(name, ""),
            }
        yield told


def _brought(thing: Pending, after: Content, titles: dict[str, str]) -> Iterator[FieldChange]:
    """All that a new thing has; of one that comes back, that it does, and each date that is another than it was."""
    told = {change.field: change for change in thing.changes if change.field != EXISTENCE or change.withdrawn_on}
    yield from told.values()
    for change in compare(_blank(after), after, titles):
        if change.field not in told and change.field != "position":
            yield change


def _blank(after: Content) -> Content:
    """The thing with nothing but what it cannot be without: what differs from it is what a new thing brings."""
    kept = {
        name: getattr(after, name)
        for name in after.__struct_fields__
        if name in ("uid", "title", "slug", "reference", "labels")
    }
    if isinstance(after, RoadmapContent):
        kept["contact"] = msgspec.structs.replace(after.contact, name="", email="", subject="")
    return type(after)(**kept)


def _overlaps(review: Review, titles: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """By uid, for each thing that is pending: the Editions that wait and change it too, in their order.

    It tells, before it happens, what `carry_over` of roadmap.publishing.schedule will do.
    One query, or none where nothing is pending, or nothing waits.
    """
    waiting: dict[str, list[Revision]] = defaultdict(list)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if review.found and review.scheduled:
        for revision in Revision.objects.waiting(review.roadmap, review.moment):
            waiting[str(revision.uid)].append(revision)

    def sentences(changes: Iterable[FieldChange]) -> list[str]:
        shown = (change for change in changes if change.field != EXISTENCE or change.before is None)
        return [change.sentence(review.content) for change in shown]

    for thing in review.found:
        for step in carried_over(thing.before, thing.after, waiting[thing.uid]):
            still = compare(step.ours, step.merged, titles)
            changed_then = {change.field for change in still}
            early = [change for change in compare(step.base, step.theirs, titles) if change.field not in changed_then]
            told[thing.uid].append(
                {
                    "edition": step.revision.edition,
                    # What it was to show, and readers would see now.
                    "early": [] if step.ours is None else sentences(early),
                    "still": sentences(still),
                    # The thing is withdrawn now, and it will not bring it back.
                    "is_dropped_by": step.ours is None and step.theirs is not None,
                    "withdraws": step.theirs is None and step.ours is not None,
                }
            )
    return told
