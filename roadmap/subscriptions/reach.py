"""How many people and programs one Edition is told to: whoever asked for something of what it changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from roadmap.models.subscription import Often, Subscription
from roadmap.published import store
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.runs import for_mail
from roadmap.subscriptions import selection

AT_ONCE = 1000  # rows that are read together


@dataclass(frozen=True)
class Reach:
    followers: int = 0  # people who get emails about the roadmap, whatever of it they asked for
    at_once: int = 0  # of these, who get an email about the Edition alone
    later: int = 0  # who read of it once a day or a week, and not at once
    programs: int = 0


def followers(roadmap_pk: int, slug: str) -> QuerySet[Subscription]:
    """Confirmed and not paused, of this roadmap, or of several with it: whoever may be told of an Edition."""
    all_or_it = (
        ~Q(query__startswith="roadmap=") | Q(query__contains=f"roadmap={slug}&") | Q(query__endswith=f"roadmap={slug}")
    )
    told = Subscription.objects.filter(confirmed_at__isnull=False, paused_at__isnull=True)
    return told.filter(Q(roadmap=roadmap_pk) | (Q(roadmap__isnull=True) & all_or_it))


def reach_of(roadmap_pk: int, slug: str, coming: Callable[[], PublishedRoadmap]) -> Reach:
    """Of the newest Edition of what `coming` gives, which is asked for only where anybody follows.

    One query, whatever the number of people; each selection is asked once.
    """
    rows = followers(roadmap_pk, slug).order_by()
    columns = rows.values_list("subscriber", "query", "how_often", "webhook", "webhook__ended_at")
    every: set[int] = set()
    at_once: set[int] = set()
    told: set[int] = set()
    programs = 0
    matches: Callable[[str], bool] | None = None
    answers: dict[str, bool] = {}
    for subscriber, query, how_often, webhook, ended_at in columns.iterator(chunk_size=AT_ONCE):
        every.add(subscriber)
        if query not in answers:
            matches = matches or _matching(coming())
            answers[query] = matches(query)
        if not answers[query]:
            continue
        told.add(subscriber)
        if how_often == Often.EDITION:
            at_once.add(subscriber)
        programs += webhook is not None and ended_at is None
    return Reach(len(every), len(at_once), len(told - at_once), programs)


def _matching(published: PublishedRoadmap) -> Callable[[str], bool]:
    """Whether a mail would tell anything of what is selected: as `letters.letter_of_news` decides it."""
    history = store.history_of(published)
    edition = history.editions[-1]
    # What a mail tells of a thing does not depend on who asked for it.
    told = tuple(for_mail(edition.told, history, edition.number - 1))
    news = replace(edition, told=told)

    def matches(query: str) -> bool:
        filters = selection.read(query, published, edition.published_at)
        return filters is not None and filters.tells_any(news)

    return matches
