"""The line of an item in a list is made anew where anything that it says changed, and only there."""

import pytest

from roadmap.models import Item, Release, Roadmap
from roadmap.published import date_history
from roadmap.web.written import WrittenItems, written_items
from tests import make

pytestmark = pytest.mark.django_db

MORNING, NOON = make.at("2026-01-22", "08:00"), make.at("2026-01-22", "12:00")
NEXT_DAY = make.at("2026-01-23")
ALL = {"In a release", "Alone", "Other"}


@pytest.fixture
def roadmap(clock):
    made = make.roadmap(slug="one", reference_prefix="ONE")
    release = make.release(made, title="Near term", when="May 2026")
    make.item(made, title="In a release", release=release, deployed=("test",))
    make.item(made, title="Alone", live="June 2026")
    make.item(made, title="Other", live="July 2026", kind="api")
    make.edition(made, at=make.at("2026-01-20"))
    written_items.cache_clear()
    clock(MORNING)
    return made


@pytest.fixture
def made(monkeypatch):
    """The titles of those whose line was made."""
    titles = []
    of = WrittenItems.of

    def noticed(self, uid, basis, write):
        return of(self, uid, basis, lambda: titles.append(basis[0].title) or write())

    monkeypatch.setattr(WrittenItems, "of", noticed)
    return titles


def nothing(roadmap):
    pass


def retitled(roadmap):
    Item.objects.filter(title="Alone").update(title="Still alone")


def moved(roadmap):
    Item.objects.get(title="Alone").milestones.update(when="August 2026")


def of_another_kind(roadmap):
    Item.objects.filter(title="Other").update(kind="guide")


def of_release(roadmap):
    Release.objects.update(when="April 2026")


def of_roadmap(roadmap):
    Roadmap.objects.update(live_label="Production")


@pytest.mark.parametrize("address", ["/one/", "/one/items/"])
@pytest.mark.parametrize(
    ("change", "now", "anew"),
    [
        (nothing, NOON, set()),
        (nothing, NEXT_DAY, ALL),
        (retitled, NOON, {"Still alone"}),
        (moved, NOON, {"Alone"}),
        (of_another_kind, NOON, {"Other"}),
        (of_release, NOON, {"In a release"}),
        (of_roadmap, NOON, ALL),
    ],
)
def test_only_what_changed_is_made_anew(client, clock, made, empty_shelf, roadmap, address, change, now, anew):
    client.get(address)
    assert set(made) == ALL
    made.clear()
    change(roadmap)
    make.page(roadmap)  # so that there is an Edition in any case
    make.edition(roadmap, at=NOON)
    clock(now)
    shown = client.get(address).content
    assert set(made) == anew
    # and it is what a process shows that has kept nothing
    empty_shelf()
    written_items.cache_clear()
    date_history._known.clear()
    assert client.get(address).content == shown


def test_each_list_has_lines_of_its_own(client, roadmap):
    lists = ["/one/", "/one/items/", "/one/at/2026-01-21/items/"]
    shown = [client.get(address).content for address in lists]
    for address, content in zip(reversed(lists), reversed(shown), strict=True):
        written_items.cache_clear()
        assert client.get(address).content == content


def test_a_day_that_is_past_keeps_none(client, made, roadmap):
    for _ in range(2):
        client.get("/one/at/2026-01-21/items/")
    assert sorted(made) == sorted([*ALL, *ALL])


def test_what_a_title_says_is_text(client, roadmap):
    Item.objects.filter(title="Alone").update(title="<b>Alone</b>")
    make.edition(roadmap, at=MORNING)
    assert "&lt;b&gt;Alone&lt;/b&gt;" in client.get("/one/items/").content.decode()
