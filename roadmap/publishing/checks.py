"""What a publisher decides, and the rules that an Edition must keep: a slipped date has its reason, and nothing in it
points at what is not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from roadmap.content.changes import FieldChange
from roadmap.content.things import Content, ItemContent, PageContent, ReleaseContent, RoadmapContent
from roadmap.publishing.errors import ReasonsMissing, WouldTear
from roadmap.publishing.pending import Pending

MAX_REASON_LENGTH = 500


@dataclass(frozen=True)
class Announcement:
    """The changelog entry that goes with an Edition."""

    title: str
    when: str
    body: str


@dataclass(frozen=True)
class Choices:
    """Immutable: the decisions of one act of publishing. By uid. The default publishes all, plainly."""

    leave_out: frozenset[str] = frozenset()
    minor: frozenset[str] = frozenset()  # published, but not announced
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by uid and field of the change
    reason_for_all: str = ""  # for every date that moves later and has no reason of its own
    announcement: Announcement | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where a reason is longer than what is kept."""
        if any(len(reason) > MAX_REASON_LENGTH for reason in (*self.reasons.values(), self.reason_for_all)):
            raise ValueError(f"A reason can have {MAX_REASON_LENGTH} characters at most.")


def slips(found: Iterable[Pending]) -> list[tuple[str, str, FieldChange]]:
    """Every change among these that asks for a reason, with the uid and the title of its thing."""
    return [(thing.uid, thing.title, change) for thing in found for change in thing.slips]


def check_reasons(found: Iterable[Pending], choices: Choices) -> None:
    """Raises ReasonsMissing."""
    missing = [
        slip
        for slip in slips(found)
        if not (choices.reasons.get((slip[0], slip[2].field), "").strip() or choices.reason_for_all.strip())
    ]
    if missing:
        raise ReasonsMissing(missing)


def check_whole(result: Mapping[str, Content], drafts: Mapping[str, str], *, is_roadmap_in: bool = False) -> None:
    """That nothing in `result`, which is all that readers would have, by uid, points at what they would not.

    `drafts` gives the titles of all working copies by uid, for saying what is missing; `is_roadmap_in`, whether the
    roadmap itself is among what is published. Raises WouldTear.
    """
    gaps: list[tuple[Content, str, str]] = []
    roadmap = next((thing for thing in result.values() if isinstance(thing, RoadmapContent)), None)
    if roadmap is None:
        first = next(iter(result.values()))
        raise WouldTear([(first, "", "The roadmap itself has not been published: include it.")])
    pages: dict[str, PageContent] = {}
    for page in result.values():
        if isinstance(page, PageContent) and (other := pages.setdefault(page.slug, page)) is not page:
            old, new = sorted((other, page), key=lambda thing: thing.uid in drafts)
            sentence = f"“{new.title}” has the address of “{old.title}”, which readers still have: include both."
            gaps.append((new, old.uid, sentence))
    columns = {field.key for field in roadmap.fields}
    for item in result.values():
        if not isinstance(item, ItemContent):
            continue
        if item.release_uid and not isinstance(result.get(item.release_uid), ReleaseContent):
            title = drafts.get(item.release_uid, "")
            gaps.append((item, item.release_uid, _release_gap(item, title)))
        if any(value.key not in columns for value in item.fields):
            if is_roadmap_in:
                sentence = f"“{item.title}” still fills in a column that would be removed: include the item too."
                gaps.append((item, item.uid, sentence))
            else:
                sentence = f"“{item.title}” fills in a column that is new: include the roadmap itself too."
                gaps.append((item, roadmap.uid, sentence))
    if gaps:
        raise WouldTear(gaps)


def _release_gap(item: ItemContent, title: str) -> str:
    if title:
        return f"“{item.title}” is in the release “{title}”, which readers do not have: include that too."
    return f"“{item.title}” is still in a release that would be withdrawn: include the item too, or leave the release."


def chosen(found: Sequence[Pending], choices: Choices) -> list[Pending]:
    """What goes into the Edition."""
    return [thing for thing in found if thing.uid not in choices.leave_out]
