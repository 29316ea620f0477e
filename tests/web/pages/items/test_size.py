"""What the page of items weighs, in each view: of forty items with its styles, of two thousand without."""

import re

import brotli
import pytest

from roadmap.models import FieldValue, Item, ItemApi, Milestone
from tests import make
from tests.cases import each_case
from tests.live import BUILT_STYLES

pytestmark = pytest.mark.django_db
WORDS = ["submit", "amend", "retrieve", "list", "delete", "obligations", "losses", "penalties", "income", "property"]
WORDS += ["reliefs", "savings", "dividends"]
DATES = ["March 2026", "by May 2026", "autumn 2026", "Q1 2027", "12 June 2026", "from April 2027", "TBC"]
HEADERS = 800  # bytes of an answer's


def build(count):
    """Of each item another title, and of every field something: nothing that goes over the wire for nothing."""
    roadmap = make.roadmap(slug=f"of-{count}", reference_prefix=f"V{count}", last_item_number=count)
    apis = [make.api(name=f"{word.title()} (MTD) {count}") for word in WORDS]
    releases = [make.release(roadmap, title=f"Release {number}", when=f"Q{number % 4 + 1} 2026") for number in range(8)]
    years = make.field(roadmap, name="Tax years")

    def title(number):
        words = (WORDS[number * factor % len(WORDS)] for factor in (1, 3, 5, 7, 11))
        return f"{' '.join(words)} {number * 7919 % 10007}".capitalize()

    items = Item.objects.bulk_create(
        Item(
            roadmap=roadmap,
            reference=f"V{count}-{number}",
            title=title(number),
            kind="api",
            audiences="Businesses, Agents",
            release=releases[number * 5 % 8],
            is_breaking=[None, True, False][number % 3],
            position=number,
        )
        for number in range(count)
    )
    numbered = [*enumerate(items)]
    Milestone.objects.bulk_create(
        Milestone(item=item, environment=place, when=DATES[number * factor % 7], is_deployed=number % 5 > factor)
        for number, item in numbered
        for factor, place in ((1, "test"), (2, "controlled_go_live"), (3, "live"))
    )
    ItemApi.objects.bulk_create(ItemApi(item=item, api=apis[number % 13], version="v2.0") for number, item in numbered)
    FieldValue.objects.bulk_create(
        FieldValue(item=item, field=years, value=f"{20 + number % 8}-{21 + number % 8}") for number, item in numbered
    )
    make.edition(roadmap, at=make.at("2026-03-24"))
    return f"/of-{count}/items/"


@pytest.fixture(scope="module")
def built(keep):
    return keep(lambda: {count: build(count) for count in (40, 2000)})


VIEWS = ["", "view=table&sort=-live", "view=timeline", "view=timeline&lanes=api"]
each_view = each_case("view", VIEWS, ids=["list", "table", "timeline", "lanes"])


def wire(content, quality=9):
    return len(brotli.compress(content, quality=quality)) + HEADERS


@pytest.mark.needs("styles")
@each_view
@each_case("where", ["/of-40/items/", "/items/?roadmap=of-40"])
def test_forty_items_come_with_their_styles_in_20_kb(built, client, clock, view, where):
    clock(make.at("2026-03-24", "17:00"))
    built()
    page = client.get(f"{where}{'&' if '?' in where and view else '?'}{view}").content
    sheets = [BUILT_STYLES / "styles" / name for name in re.findall(r"styles/([\w-]+\.css)", page.decode())]
    if not all(sheet.exists() for sheet in sheets):
        pytest.skip("The styles are not built: run script/test (or script/server) once.")
    assert wire(page) + sum(wire(sheet.read_bytes(), 11) for sheet in sheets) <= 20 * 1024


@each_view
@each_case("where", ["/of-2000/items/", "/items/"])
def test_two_thousand_items_are_200_kb_and_60_over_the_wire(built, client, clock, view, where):
    clock(make.at("2026-03-24", "17:00"))
    for number in (1, 10):
        built()
        page = client.get(f"{where}?{view}&page={number}").content
        assert len(page) <= 200_000
        assert wire(page, 5) <= 60_000
