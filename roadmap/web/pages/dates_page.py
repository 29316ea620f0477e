"""How the dates of a roadmap have held: /<roadmap>/dates/. What counts, and how, is in roadmap.published.dates_held.

Every number leads to the first dates that it counts, on the same page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from roadmap.content.things import counted
from roadmap.dates.clock import uk_date
from roadmap.published.change_words import repeated
from roadmap.published.dates_held import FEWEST, KINDS, DateOutcome, DatesHeld, FirstDate, by_kind, first_dates
from roadmap.published.filters import Problem, misspelt
from roadmap.web.pages.change_views import no_such_page, of_history
from roadmap.web.pages.reading import RoadmapReading, mountable, page_of
from roadmap.web.pagination import PAGES, NoSuchPage, PageOfList, read_page

DAYS_IN_MONTH = 365.25 / 12
DUE, OPEN = "due", "open"
WHAT_BECAME = {
    DateOutcome.KEPT: "deployed on or before the last day first given",
    DateOutcome.LATE: "deployed after that day",
    DateOutcome.UNSURE: "deployed, but the roadmap does not say whether by that day",
    DateOutcome.MOVED: "not deployed, and now expected on a later date",
    DateOutcome.OVERDUE: "not deployed, and the date given now has passed too",
    DateOutcome.UNDATED: "not deployed, and no last day is given now",
    DateOutcome.DROPPED: "withdrawn, or said not to apply",
}
SO_FAR = {
    DateOutcome.KEPT: "deployed already",
    DateOutcome.STANDS: "still expected by the last day first given",
    DateOutcome.MOVED: "now expected on a later date",
    DateOutcome.OVERDUE: "brought forward, and not deployed by the new date",
    DateOutcome.UNDATED: "no last day is given now",
    DateOutcome.DROPPED: "withdrawn, or said not to apply",
}


@dataclass(frozen=True)
class LinkedNumber:
    """How many first dates there are of a kind, with where they are listed."""

    number: int
    words: str
    url: str
    share: str = ""


@dataclass(frozen=True, eq=False)
class ShownKind:
    """One kind of first dates, in numbers."""

    reading: RoadmapReading
    held: DatesHeld

    @property
    def label(self) -> str:
        return self.held.label

    @property
    def due(self) -> LinkedNumber:
        return self._number(DUE, len(self.held.due), "are due")

    @property
    def kept(self) -> LinkedNumber:
        kept = sum(date.outcome is DateOutcome.KEPT for date in self.held.due)
        return self._number(DateOutcome.KEPT, kept, "kept", f"{int(100 * kept / len(self.held.due) + 0.5)}%")

    @property
    def outcomes(self) -> list[LinkedNumber]:
        return [*self._outcomes(self.held.due, WHAT_BECAME, "")]

    @property
    def open_outcomes(self) -> list[LinkedNumber]:
        return [*self._outcomes(self.held.open, SO_FAR, f"{OPEN}.")]

    @property
    def open(self) -> LinkedNumber | None:
        number = len(self.held.open)
        return self._number(OPEN, number, "are not due yet") if number >= FEWEST else None

    @property
    def seen_after(self) -> int:
        """How many of those that were kept readers saw only afterwards."""
        return sum(date.is_seen_after for date in self.held.due)

    @property
    def middle(self) -> str:
        return "" if self.held.middle is None else delay_words(self.held.middle)

    @property
    def worst(self) -> "ShownFirstDate | None":
        return ShownFirstDate(self.reading, self.held.worst) if self.held.worst else None

    def _outcomes(
        self, dates: Sequence[FirstDate], words: dict[DateOutcome, str], before: str
    ) -> Iterator[LinkedNumber]:
        for outcome, said in words.items():
            if number := sum(date.outcome is outcome for date in dates):
                yield self._number(f"{before}{outcome}", number, said)

    def _number(self, outcome: str, number: int, words: str, share: str = "") -> LinkedNumber:
        query = [("group", self.held.key)] if self.held.key else []
        url = self.reading.addresses.to("dates", query=[*query, ("outcome", outcome)], fragment="listed")
        return LinkedNumber(number, words, url, share)


@dataclass(frozen=True, eq=False)
class ShownFirstDate:
    """One first date, and what has become of it."""

    reading: RoadmapReading
    date: FirstDate

    @property
    def title(self) -> str:
        return self.date.item.title

    @property
    def url(self) -> str:
        return self.reading.addresses.item(self.date.item.reference)

    @property
    def edition_url(self) -> str:
        return self.reading.addresses.edition(self.date.given.number)

    @property
    def delay(self) -> str:
        """ "2 months", "21 months so far"."""
        if not self.date.delay:
            return ""
        is_so_far = self.date.outcome in (DateOutcome.OVERDUE, DateOutcome.UNDATED)
        return f"{delay_words(self.date.delay)}{' so far' if is_so_far else ''}"

    @property
    def words(self) -> str:
        """What has become of it."""
        now, seen = self.date.now.text, self.date.seen_on
        match self.date.outcome:
            case DateOutcome.KEPT | DateOutcome.LATE | DateOutcome.UNSURE if seen:
                said = f"Deployed{f', {now}' if now else ''}. Readers saw that on {uk_date(seen)}"
            case DateOutcome.DROPPED:
                said = "Said not to apply" if self.date.is_there else "Withdrawn"
            case DateOutcome.UNDATED:
                said = f"Not deployed, and now {now or 'without a date'}"
            case DateOutcome.OVERDUE:
                said = f"Not deployed: {now} has passed"
            case _:
                said = f"Now expected {now}"
        return f"{said}. Delay: {self.delay}." if self.delay else f"{said}."


def delay_words(days: int) -> str:
    """From four weeks on in months, to the nearest."""
    if days == 0:
        return "no delay"
    return counted(days, "day") if days < 28 else counted(round(days / DAYS_IN_MONTH), "month")


@dataclass(frozen=True, eq=False)
class DatesPage:
    reading: RoadmapReading
    group: str
    outcome: str  # empty: none are listed
    page: int

    @cached_property
    def _dates(self) -> list[FirstDate]:
        return first_dates(self.reading.history, self.reading.current_day)

    @cached_property
    def all(self) -> ShownKind:
        return ShownKind(self.reading, DatesHeld("", "All", self._dates))

    @property
    def is_enough(self) -> bool:
        """Whether anything can be said."""
        return len(self.all.held.due) >= FEWEST

    @cached_property
    def _kinds(self) -> list[tuple[str, list[DatesHeld]]]:
        return [(kinds.heading, by_kind(kinds, self._dates)) for kinds in KINDS]

    @property
    def kinds(self) -> list[tuple[str, list[ShownKind]]]:
        """Under each heading, those of which anything can be said."""
        return [(heading, [ShownKind(self.reading, held) for held in found]) for heading, found in self._kinds if found]

    @property
    def begins(self) -> str:
        """The day from which on the history tells what dates were given."""
        return uk_date(self.reading.history.editions[0].published_at)

    @property
    def csv_url(self) -> str:
        return self.reading.addresses.to("dates_csv")

    # What one number counts

    @cached_property
    def _chosen(self) -> DatesHeld | None:
        groups = [self.all.held, *(held for _, found in self._kinds for held in found)]
        return next((held for held in groups if held.key == self.group), None)

    @property
    def problems(self) -> list[Problem]:
        found = []
        if self._chosen is None:
            why = f"There is no group “{repeated(self.group)}” of ten dates or more. Follow a link on this page."
            found.append(Problem("", self.group, why))
        if self.outcome and self.outcome not in _SELECTED:
            why = f"“{repeated(self.outcome)}” is not one of the outcomes. Follow a link on this page."
            found.append(Problem("", self.outcome, why))
        return found

    @property
    def listed_words(self) -> str:
        """ "A month, given up to three months ahead: deployed after that day"."""
        words = _SELECTED[self.outcome]
        return f"{self._chosen.label}: {words}" if self._chosen and self.group else f"{words[:1].upper()}{words[1:]}"

    @cached_property
    def paged(self) -> PageOfList[ShownFirstDate]:
        """Raises NoSuchPage."""
        state, _, open_outcome = self.outcome.partition(".")
        chosen = self._chosen or self.all.held
        dates = chosen.open if state == OPEN else chosen.due
        wanted = open_outcome if state == OPEN else "" if state == DUE else state
        shown = [ShownFirstDate(self.reading, date) for date in dates if not wanted or date.outcome == wanted]
        query = [(name, value) for name, value in (("group", self.group), ("outcome", self.outcome)) if value]
        return PageOfList(shown, self.page, self.reading.addresses, "dates", query, PAGES)


# By the value of `outcome`.
_SELECTED = {
    DUE: "due",
    OPEN: "not due yet",
    **WHAT_BECAME,
    **{f"{OPEN}.{outcome}": f"not due yet, {words}" for outcome, words in SO_FAR.items()},
}


@mountable
@of_history("How dates have held")
def dates(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    """In words, and not there, where a roadmap keeps to itself what its dates were."""
    if not reading.history.tells_dates:
        return page_of("web/pages/changes/no_dates.html", reading, section="changes", status=404)
    group, outcome = (request.GET.get(name, "").strip() for name in ("group", "outcome"))
    found = DatesPage(reading, group, outcome, read_page(request.GET))
    problems = found.problems
    try:
        listed = found.paged if found.outcome and not problems else None
    except NoSuchPage as error:
        return no_such_page(reading, error, reading.addresses.to("dates"))
    return page_of(
        "web/pages/changes/dates.html",
        reading,
        section="changes",
        status=400 if problems else 200,
        changes_daily=reading.day is None,
        problems=[*misspelt(request.GET, ("group", "outcome", "page")), *problems],
        found=found,
        listed=listed,
    )
