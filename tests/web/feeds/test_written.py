"""What the calendar and the CSV have written of an item is written anew where it changed, and only there."""

import pytest

from roadmap.content.snapshot import PlacedItem
from roadmap.models import Item, Release, Roadmap
from roadmap.web.feeds import items_csv, items_ics
from roadmap.web.written import written_items
from tests import make

pytestmark = pytest.mark.django_db

FEEDS = {"/one/items.ics": (items_ics._Written, "_event"), "/one/items.csv": (items_csv, "_row")}


@pytest.fixture
def roadmap():
    made = make.roadmap(slug="one", reference_prefix="ONE")
    release = make.release(made, title="Near term", when="May 2026")
    make.item(made, title="In a release", release=release, test="February 2026")
    make.item(made, title="Alone", live="June 2026")
    make.item(made, title="Other", live="July 2026")
    make.edition(made, at=make.at("2026-01-20"))
    written_items.cache_clear()
    return made


def nothing(roadmap):
    pass


def reworded(roadmap):
    Item.objects.filter(title="Alone").update(title="Still alone")


def moved(roadmap):
    Item.objects.get(title="Alone").milestones.update(when="August 2026")


def of_release(roadmap):
    Release.objects.update(title="Nearer term", when="April 2026")


def of_roadmap(roadmap):
    Roadmap.objects.update(live_label="Production")


def withdrawn(roadmap):
    Item.objects.get(title="Alone").delete()


@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize(
    ("change", "day", "anew"),
    [
        (nothing, "2026-01-22", set()),
        (nothing, "2026-03-02", {"In a release"}),  # its date has passed
        (reworded, "2026-01-22", {"Still alone"}),
        (moved, "2026-01-22", {"Alone"}),
        (of_release, "2026-01-22", {"In a release"}),
        (of_roadmap, "2026-01-22", {"In a release", "Alone", "Other"}),
        (withdrawn, "2026-01-22", {"Alone"}),
    ],
)
def test_only_what_changed_is_written_anew(
    client, clock, empty_shelf, monkeypatch, roadmap, address, change, day, anew
):
    owner, name = FEEDS[address]
    write, written = getattr(owner, name), []

    def write_and_tell(*args, **options):
        written.extend(arg.content.title for arg in args if isinstance(arg, PlacedItem))
        return write(*args, **options)

    clock(make.at("2026-01-21"))
    client.get(address)
    monkeypatch.setattr(owner, name, write_and_tell)
    change(roadmap)
    make.page(roadmap)  # so that there is an Edition in any case
    make.edition(roadmap, at=make.at("2026-01-22"))
    clock(make.at(day))
    sent = client.get(address).content
    assert set(written) == (anew if change is not withdrawn or address.endswith("ics") else set())
    # and it is what a process says that has kept nothing
    empty_shelf()
    written_items.cache_clear()
    assert client.get(address).content == sent
