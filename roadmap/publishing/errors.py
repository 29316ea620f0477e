"""Why publishing was refused. Every message is for the person who tried, and says what to do."""

import datetime
from collections.abc import Sequence

from roadmap import models
from roadmap.content.changes import FieldChange
from roadmap.content.things import Content, named
from roadmap.dates.clock import uk_datetime


class PublishingRefused(Exception):
    """Nothing was published and nothing changed."""


class NothingToPublish(PublishingRefused):
    """The working copies hold nothing, of what was chosen, that is not published already."""

    def __init__(self, roadmap: models.Roadmap, *, is_all_left_out: bool = False):
        why = "everything was left out" if is_all_left_out else f"readers already see all of “{roadmap}”"
        super().__init__(f"There is nothing to publish: {why}.")


class OutOfOrder(PublishingRefused):
    """The Edition would come before one that readers have seen, and so change what they have been told."""

    def __init__(self, newest: models.Edition):
        super().__init__(
            f"Edition {newest.number} of this roadmap is dated {uk_datetime(newest.published_at)}. "
            "A new edition cannot be dated before it: choose a later time."
        )


class AboutToAppear(PublishingRefused):
    """A scheduled Edition appears within moments: its number would change while readers look."""

    def __init__(self) -> None:
        super().__init__("A scheduled edition is about to appear. Wait ten seconds, then publish again.")


class PendingHasChanged(PublishingRefused):
    """Of the changes that were reviewed, none is left that could be published as it was read."""

    def __init__(self) -> None:
        super().__init__(
            "What is pending has changed since you opened this page, so nothing has been published. "
            "Read it again below, then publish."
        )


class ReasonsMissing(PublishingRefused):
    """A date moves later, or something is taken back, and nobody said why."""

    def __init__(self, slips: Sequence[tuple[str, str, FieldChange]]):
        self.slips = slips  # uid, title and change
        titles = ", ".join(f"“{title}”" for _, title, _ in slips[:3])
        more = f" and {len(slips) - 3} more" if len(slips) > 3 else ""
        super().__init__(
            f"A date moves later, or something is taken back: {titles}{more}. "
            "Say why: readers see the reason beside the change."
        )


class SecondPersonNeeded(PublishingRefused):
    """The roadmap asks that another person than the editor publishes, and this one edited what is to go out."""

    def __init__(self, titles: Sequence[str]):
        them = "it" if len(titles) == 1 else "them"
        super().__init__(
            f"You edited {named(titles)} yourself, and on this roadmap another person publishes what somebody edited. "
            f"Leave {them} out, or ask another publisher to review and publish {them}."
        )


class WouldTear(PublishingRefused):
    """What was chosen needs something that was left out."""

    def __init__(self, gaps: Sequence[tuple[Content, str, str]], where: str = ""):
        self.gaps = gaps  # the thing chosen, the uid of what it needs, and a sentence that says so
        more = f" (and {len(gaps) - 3} more)" if len(gaps) > 3 else ""
        super().__init__(where + " ".join(sentence for _, _, sentence in gaps[:3]) + more)


class AnnouncementRefused(PublishingRefused):
    """The changelog entry that should go with the Edition cannot be kept as it is."""


class AlreadyPublished(PublishingRefused):
    """Readers have seen the Edition: it cannot be moved or taken back."""

    def __init__(self, edition: models.Edition):
        super().__init__(
            f"Readers see edition {edition.number} already, so it cannot be changed. Publish a correction instead."
        )


class NoSuchTime(PublishingRefused):
    """A time at which nothing can be scheduled."""


# A scheduled Edition this near stays as it is: readers may see it while something else is being written.
NEAR = datetime.timedelta(seconds=10)
EARLIEST = 2000  # the year: no roadmap is older
MAX_AHEAD = datetime.timedelta(days=2 * 366)


def check_time(at: datetime.datetime, now: datetime.datetime) -> None:
    """Raises NoSuchTime where nothing can be scheduled then."""
    if at <= now:
        raise NoSuchTime("This time has passed. Choose a time to come, or publish now.")
    if at - now > MAX_AHEAD:
        raise NoSuchTime("Choose a time within the next two years.")
