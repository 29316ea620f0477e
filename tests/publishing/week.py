"""The days of a week in which editions wait, what staff do on them, and what readers see."""

from roadmap.published import store
from tests import make

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (make.at(f"2026-03-{day}") for day in range(23, 29))


def item(roadmap, title="Agents"):
    return roadmap.items.get(title=title)


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def seen(at):
    """What readers see at that moment: the edition's number, then each item's description and live date."""
    published = store.newest("vat-mtd", at)
    return published.edition.number, {
        one.content.title: (
            one.content.description,
            str(one.content.milestones[0].when) if one.content.milestones else "",
        )
        for one in published.snapshot.items
    }


def scheduled(roadmap, at=FRIDAY, now=TUESDAY, **options):
    return make.edition(roadmap, at=at, now=now, **options)


def now(roadmap, at=WEDNESDAY, **options):
    return make.edition(roadmap, at=at, now=at, **options)
