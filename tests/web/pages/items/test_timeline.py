"""The items along a line of time: its months, where each date stands on it, and what is said of it in words."""

import pytest

from roadmap.web.pages.items import views
from tests import make

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/items/?view=timeline"


@pytest.fixture
def vat(clock):
    clock(make.at("2026-03-24", "17:00"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def lanes(page):
    """By title, what each item's lane draws: marks, then days that a date can mean, then lines from where it was."""
    found, lane = {}, None
    for one in page.elements:
        if one.tag == "th" and one.attributes.get("scope") == "row":
            found[one.text] = lane = []
        drawn = one.attributes
        if lane is None or drawn.get("href") == "#t-grid":
            continue
        if one.tag == "use":
            lane.append((drawn["href"].removeprefix("#t-"), drawn["x"], drawn.get("class", "").removeprefix("app-")))
        elif one.tag == "rect":
            lane.append((drawn["fill"], drawn["x"], drawn["width"]))
        elif one.tag == "line":
            lane.append(("line", drawn["x1"], drawn["x2"]))
    return found


def words(page):
    return [one.text for one in page.all("p", class_="app-lane__words")]


def test_each_environment_has_a_mark_and_what_is_more_than_a_day_the_days_that_it_can_be(vat, reads):
    make.item(
        vat,
        title="Returns",
        test="March 2026",
        deployed=("test",),
        controlled_go_live="1 April 2026",
        live="from June 2026",
    )
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    # From January to September: 273 days.
    assert lanes(page) == {
        "Returns": [
            ("url(#t-soft)", "21.6%", "11.4%"),
            ("test", "27.1%", "deployed"),
            ("controlled_go_live", "33.0%", ""),
            ("url(#t-open)", "55.3%", "44.7%"),
            ("live", "55.3%", ""),
        ]
    }
    assert words(page) == ["Sandbox: March 2026, deployed; Controlled go-live: 1 April 2026; Live: from June 2026"]
    assert page.link("Returns") == "/vat-mtd/items/VAT-1/"


def test_the_months_stand_on_top_their_quarters_heavier_and_today_has_a_line(vat, reads):
    make.item(vat, live="June 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    texts = [(one.text, one.attributes["x"], one.attributes.get("class", "")) for one in page.all("text")]
    assert texts[:4] == [
        ("2026", "0.0%", "app-year"),
        ("Jan", "0.0%", "app-quarter"),
        ("Feb", "11.4%", ""),
        ("Mar", "21.6%", ""),
    ]
    assert texts[-2:] == [("Sep", "89.0%", ""), ("Today", "30.0%", "app-year")]
    assert [one.attributes["x1"] for one in page.all("line", class_="app-today")] == ["30.0%"]
    assert len(page.all("line", class_="app-quarter")) == 3


def test_what_is_further_away_than_the_line_goes_stands_at_its_end(vat, reads):
    make.item(vat, title="Long ago", live="May 2019", deployed=("live",))
    make.item(vat, title="Far off", live="2040")
    make.item(vat, title="Begun", live="January 2025 to June 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    drawn = lanes(page)
    assert drawn["Long ago"] == [("earlier", "0.0%", "deployed")]
    assert drawn["Far off"] == [("later", "100.0%", "")]
    assert drawn["Begun"][0][:2] == ("url(#t-soft)", "0.0%")
    assert [one.text for one in page.all("text", class_="app-year")] == ["2025", "2026", "2027", "2028", "Today"]
    assert "Earlier than is shown Later than is shown" in page.main


def test_its_key_has_no_shape_that_is_not_there(vat, reads):
    make.item(vat, title="Long ago", live="May 2019", deployed=("live",))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert "Earlier than is shown" in page.main
    assert "Later than is shown" not in page.main


def test_an_earlier_promise_is_joined_by_a_line_until_it_has_come(vat, reads):
    item = make.item(vat, title="Moved", test="February 2026", live="April 2026")
    make.edition(vat, at=make.at("2026-02-01"))
    item.milestones.filter(environment="live").update(when="June 2026")
    item.milestones.filter(environment="test").update(when="March 2026", is_deployed=True)
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert lanes(page)["Moved"][2:] == [
        ("url(#t-soft)", "55.3%", "11.0%"),
        ("line", "38.1%", "60.4%"),
        ("before", "38.1%", "before"),
        ("live", "60.4%", ""),
    ]
    assert words(page) == ["Sandbox: March 2026, deployed; Live: June 2026 (was April 2026)"]
    assert "Where the date was before" in page.main


def test_a_roadmap_that_hides_its_date_history_shows_no_earlier_promise(vat, reads):
    vat.hides_date_history = True
    vat.save()
    item = make.item(vat, title="Moved", live="April 2026")
    make.edition(vat, at=make.at("2026-02-01"))
    item.milestones.update(when="June 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert [name for name, *_ in lanes(page)["Moved"]] == ["url(#t-soft)", "live"]
    assert words(page) == ["Live: June 2026"]
    assert "before" not in page.main


# A lane for each API


@pytest.fixture
def of_apis(vat):
    """Returns are of two APIs, Losses of one of them, Pay of none."""
    returns, losses = make.api(name="VAT returns (MTD)"), make.api(name="Losses")
    make.item(vat, title="Submit", apis=((returns, "1.0"), (losses, "2.0")), test="April 2026", live="1 June 2026")
    make.item(vat, title="Amend", apis=((losses, "1.0"), (losses, "2.0")), live="1 May 2026")
    make.item(vat, title="Pay", live="1 July 2026")
    make.item(vat, title="To come", apis=((losses, "2.0"),), live="TBC")
    make.edition(vat, at=make.at("2026-03-24"))


def test_a_lane_can_be_that_of_an_api_with_the_dates_of_all_its_items(of_apis, reads):
    page = reads(f"{URL}&lanes=api")
    drawn = lanes(page)
    assert [*drawn] == ["Losses", "VAT returns (MTD)", "Without an API"]
    assert [mark for mark, *_ in drawn["Losses"]] == ["url(#t-soft)", "test", "live", "live"]
    assert drawn["Without an API"] == [("live", "66.3%", "")]
    assert words(page) == [
        "Submit. Sandbox: April 2026; Live: 1 June 2026",
        "Amend. Live: 1 May 2026",
        "Submit. Sandbox: April 2026; Live: 1 June 2026",
        "Pay. Live: 1 July 2026",
    ]
    assert page.link("Losses") == "/vat-mtd/apis/losses/"
    assert page.link("Submit") == "/vat-mtd/items/VAT-1/"
    assert page.all("th", scope="col")[0].text == "API"
    assert page.one("caption").text == "The dates of each API"
    assert "Without a date To come Planned" in page.main


def test_the_lanes_are_chosen_by_a_link_which_keeps_what_was_chosen(of_apis, reads):
    of_items = reads(f"{URL}&sort=-title&stage=backlog")
    assert of_items.link("Show a lane for each API") == f"{URL}&sort=-title&lanes=api&stage=backlog"
    of_apis = reads(of_items.link("Show a lane for each API"))
    assert of_apis.link("Show a lane for each item") == f"{URL}&sort=-title&stage=backlog"
    assert of_apis.link("Table") == "/vat-mtd/items/?view=table&sort=-title&lanes=api&stage=backlog"
    hidden = [(one.attributes["name"], one.attributes["value"]) for one in of_apis.all("input", type="hidden")]
    assert ("lanes", "api") in hidden


def test_of_apis_that_are_chosen_there_is_no_lane_of_another(of_apis, reads):
    assert [*lanes(reads(f"{URL}&lanes=api&api=vat-returns-mtd"))] == ["VAT returns (MTD)"]


def test_an_api_that_a_page_ends_within_goes_on_upon_the_next(of_apis, reads, monkeypatch):
    monkeypatch.setattr(views, "ITEMS_ON_A_PAGE", 1)
    pages = [reads(f"{URL}&lanes=api&page={number}") for number in range(1, 6)]
    assert [[*lanes(page)] for page in pages] == [
        ["Losses"],
        ["Losses, continued"],
        ["VAT returns (MTD)"],
        ["Without an API"],
        [],
    ]
    assert "Without a date To come" in pages[-1].main
    assert "next" not in {one.attributes.get("rel") for one in pages[-1].all("a")}


def test_where_no_item_has_an_api_there_is_no_choice_of_lanes(vat, reads):
    make.item(vat, title="Pay", live="1 July 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert "lane" not in reads(URL).main


def test_lanes_across_roadmaps_lead_to_the_items_of_their_api(of_apis, reads):
    other = make.roadmap(title="Income Tax", slug="itsa", reference_prefix="ITSA")
    make.item(other, title="Carry back", apis=((make.api(name="losses"), "3.0"),), live="1 August 2026")
    make.edition(other, at=make.at("2026-03-24"))
    page = reads("/items/?view=timeline&lanes=api")
    assert page.link("Losses") == "/items/?api=losses"
    assert "Carry back (Income Tax). Live: 1 August 2026" in page.main


def test_items_without_a_date_are_listed_below(vat, reads):
    make.item(vat, title="Dated", live="June 2026")
    make.item(vat, title="To come", live="TBC")
    make.item(vat, title="Says nothing", deployed=("test",))
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert [*lanes(page)] == ["Dated"]
    assert "Without a date To come Planned Says nothing In sandbox" in page.main


def test_a_timeline_of_nothing_dated_is_that_list_alone(vat, reads):
    make.item(vat, title="To come", live="TBC")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads(URL)
    assert page.all("table") == page.all("svg") == []
    assert "Without a date To come Planned" in page.main


def test_a_date_that_has_passed_says_so(vat, reads):
    make.item(vat, title="Late", live="January 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert words(reads(URL)) == ["Live expected January 2026: this date has passed"]


def test_the_line_of_an_earlier_day_is_that_days(vat, reads, clock):
    make.item(vat, title="Returns", live="June 2026")
    make.edition(vat, at=make.at("2026-02-01"))
    page = reads("/vat-mtd/at/2026-02-01/items/?view=timeline")
    assert page.all("text")[-1].text == "1 February 2026"


def test_nothing_drawn_has_a_style_of_its_own(vat, reads):
    """The browser would refuse it: see the site's content security policy."""
    make.item(vat, title="Returns", live="June 2026")
    make.edition(vat, at=make.at("2026-03-24"))
    assert [one for one in reads(URL).elements if "style" in one.attributes or one.tag == "style"] == []
