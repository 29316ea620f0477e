"""What is different between two Editions of one roadmap in the end: each thing once. Asks the database nothing.

Where earlier dates are told, what readers could see after the one is compared with what they could see after the other.
Where they are kept back, that two dates are the same would tell what the earlier was: then it is told of each date that
it was changed, whatever it came to.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from roadmap.content.changes import FieldChange
from roadmap.content.comparison import compare
from roadmap.content.things import Content, ReleaseContent, noun_of
from roadmap.dates.clock import day_of
from roadmap.published.history import History, PastEdition, ThingTold, ToldChange, together
from roadmap.published.redaction import whole
from roadmap.published.since import Since


def edition_at(point: Since, history: History) -> PastEdition | None:
    """The Edition of that number, or what readers saw last on that day, in London; None where there was none."""
    if point.day is None:
        return history.edition(point.edition_number)
    editions = reversed(history.editions)
    return next((edition for edition in editions if day_of(edition.published_at) <= point.day), None)


def between(history: History, since: PastEdition, until: PastEdition) -> PastEdition:
    """As if that Edition `until` had made all the difference to `since`."""
    passed = [edition for edition in history.editions if since.number < edition.number <= until.number]
    if not history.tells_dates:
        return PastEdition("", until.number, until.published_at, "", until.roadmap, (*together(passed),))
    was, now = (whole(history).until(edition.number) for edition in (since, until))
    drafted = _compared(was.contents, now.contents, passed)
    return was.with_draft(until.number, until.published_at, drafted).editions[-1]


def _compared(
    before: Mapping[str, Content], after: Mapping[str, Content], passed: Sequence[PastEdition]
) -> Iterator[ThingTold]:
    releases = [
        {uid: content for uid, content in contents.items() if isinstance(content, ReleaseContent)}
        for contents in (before, after)
    ]
    titles = {uid: release.title for of_side in releases for uid, release in of_side.items()}
    steps: dict[str, list[ToldChange]] = defaultdict(list)
    for edition in passed:
        for thing in edition.told:
            steps[thing.uid] += thing.told
    for uid in steps:
        old, new = before.get(uid), after.get(uid)
        content = new or old
        changes = compare(old, new, titles, (releases[0], releases[1]))
        if content is not None and changes:
            told = tuple(_with_reason(change, steps[uid]) for change in changes)
            yield ThingTold(noun_of(content), uid, str(getattr(content, "title", "")), content.address, told, after=new)


def _with_reason(change: FieldChange, steps: Sequence[ToldChange]) -> ToldChange:
    """Why it changed last; minor where each step on the way was."""
    same = [told for told in steps if told.change.field == change.field]
    reason = next((told.reason for told in reversed(same) if told.reason), "")
    return ToldChange(change, reason, bool(same) and all(told.is_minor for told in same))
