"""The items as a table: its columns, what its cells say, and its order."""

import pytest

from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/items/?view=table"


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-24", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def headings(page):
    return [one.text for one in page.all("th", scope="col")]


def rows(page):
    return [one.text for one in page.all("tr")][1:]


def order(page):
    return [one.text for one in page.all("th", scope="row")]


def test_each_row_says_what_the_list_and_the_page_of_the_item_say(vat, reads):
    apis = (make.api(name="VAT (MTD)"), "1.0"), (make.api(name="Losses"), "")
    years = make.field(vat, name="Tax years")
    item = make.item(
        vat,
        title="Returns",
        apis=apis,
        test="March 2026",
        deployed=("test",),
        live="by June 2026",
        is_breaking=True,
        values={years: "26-27+"},
    )
    make.item(vat, title="Pay", deployed=("live",), is_breaking=False, test="N/A")
    make.item(vat, title="Late", test="January 2026", live="TBC")
    make.edition(vat, at=make.at("2026-03-23"))
    item.milestones.filter(environment="live").update(when="September 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert headings(page) == ["Title", "Stage", "APIs", "Sandbox", "Live", "Breaking", "Tax years"]
    assert rows(page) == [
        "Late Planned January 2026: this date has passed To be confirmed",
        "Returns In sandbox VAT (MTD) 1.0, Losses March 2026, deployed September 2026 (was by June 2026) Yes 26-27+",
        "Pay Live Not applicable Deployed No",
    ]
    assert page.link("Returns") == "/vat-mtd/items/VAT-1/"


def test_controlled_go_live_has_a_column_where_anything_is_said_of_it(vat, reads):
    make.item(vat, title="Piloted", controlled_go_live="May 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert headings(reads(URL)) == ["Title", "Stage", "APIs", "Sandbox", "Controlled go-live", "Live", "Breaking"]
    assert headings(reads(f"{URL}&q=nothing&q=piloted")) == []


@pytest.fixture
def sorted_items(vat):
    colours, own_live = make.field(vat, name="Colour"), make.field(vat, name="Live")
    vat_api, losses = make.api(name="VAT"), make.api(name="losses")
    make.item(vat, title="b", live="June 2026", apis=((vat_api, ""),), is_breaking=False, values={own_live: "a"})
    make.item(vat, title="A", live="by May 2026", apis=((losses, ""),), values={colours: "red"})
    make.item(vat, title="d", live="TBC", is_breaking=True, values={colours: "Blue", own_live: "B"})
    make.item(vat, title="C", live="Q2 2026", deployed=("test",))
    make.item(vat, title="e", live="from May 2026", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))
    return vat


@each_case(
    "sort, titles",
    [
        ("title", "A b C d e"),
        ("-title", "e d C b A"),
        ("stage", "A b d C e"),
        ("-stage", "e C A b d"),
        ("api", "A b d C e"),
        ("-api", "b A d C e"),
        ("live", "C A e b d"),  # a quarter begins before its second month; an end before none; no date last
        ("-live", "b e A C d"),
        ("breaking", "d b A C e"),
        ("-breaking", "b d A C e"),
        ("field.colour", "d A b C e"),
        ("-field.colour", "A d b C e"),
        ("field.live", "b d A C e"),
        ("controlled_go_live", "A b d C e"),  # nothing is said of that, so it is as the list is
        ("", "A b d C e"),
    ],
)
def test_every_column_sorts_both_ways_with_what_says_nothing_last(sorted_items, reads, sort, titles):
    assert order(reads(f"{URL}&sort={sort}")) == titles.split()


def test_a_heading_sorts_by_its_column_and_the_other_way_round_where_it_does(sorted_items, reads):
    page = reads(f"{URL}&sort=live&stage=backlog")
    assert page.link("Stage") == "/vat-mtd/items/?view=table&sort=stage&stage=backlog"
    assert page.link("Live") == "/vat-mtd/items/?view=table&sort=-live&stage=backlog"
    assert {one.text: one.attributes["aria-sort"] for one in page.all("th") if "aria-sort" in one.attributes} == {
        "Live": "ascending"
    }
    page = reads(f"{URL}&sort=-live")
    assert page.link("Live") == "/vat-mtd/items/?view=table&sort=live"
    assert [one.attributes["aria-sort"] for one in page.all("th") if "aria-sort" in one.attributes] == ["descending"]


def test_a_column_that_is_called_like_ours_is_told_apart(sorted_items, reads):
    page = reads(URL)
    assert headings(page)[-2:] == ["Colour", "Live (own field)"]
    assert page.link("Live (own field)") == "/vat-mtd/items/?view=table&sort=field.live"


def test_each_cell_says_on_a_phone_what_it_is_of(sorted_items, reads):
    page = reads(URL)
    labels = [one.attributes["data-label"] for one in page.all("td") if one.text]
    assert set(labels) <= {f"{heading}:" for heading in headings(page)}
    assert all("data-label" not in one.attributes for one in page.all("td") if not one.text)


def test_a_heading_that_ends_in_a_question_mark_has_no_colon_after_it(vat, reads):
    optional = make.field(vat, name="Is it optional?")
    make.item(vat, title="Losses", values={optional: "Yes"})
    make.edition(vat, at=make.at("2026-03-24"))
    assert reads(URL).all("td")[-1].attributes["data-label"] == "Is it optional?"


def test_a_date_that_is_no_longer_given_is_said_to_be_so(vat, reads):
    item = make.item(vat, title="Losses", live="June 2026")
    make.edition(vat, at=make.at("2026-03-23"))
    item.milestones.all().delete()
    make.edition(vat, at=make.at("2026-03-24"))
    assert rows(reads(URL)) == ["Losses Planned No date given (was June 2026)"]
