"""What is next, what is overdue, and which of its dates a list shows of an item."""

import pytest

from tests import make
from tests.web.read import Page

pytestmark = pytest.mark.django_db
PASSED = "this date has passed"


@pytest.fixture
def vat(clock):
    clock(make.at("2026-04-01", "00:30"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", live_label="Production")


def publish(roadmap, day="2026-03-01"):
    make.edition(roadmap, at=make.at(day))


def rows(page: Page) -> list[str]:
    return [one.text for one in page.all("li", class_="app-item")]


def groups(page: Page) -> list[str]:
    return [one.text for one in page.all("h3", class_="app-release__title")]


@pytest.mark.parametrize("path", ["", "items/", "items/?stage=backlog", "at/2026-04-01/"])
def test_a_list_says_that_a_planned_day_has_passed_and_begins_with_what_is_next(vat, reads, path):
    make.item(vat, title="Undated", position=0)
    make.item(vat, title="Overdue", live="by March 2026", position=1)
    make.item(vat, title="Later", live="2027", position=2)
    make.item(vat, title="Next", live="April 2026", position=3)
    publish(vat)
    assert rows(reads(f"/vat-mtd/{path}")) == [
        "Next Production: April 2026",
        "Later Production: 2027",
        f"Overdue Production expected by March 2026: {PASSED}",
        "Undated",
    ]


def test_the_item_says_so_until_it_is_there(vat, reads):
    item = make.item(vat, test="31 March 2026", live="1 April 2026")
    publish(vat)
    steps = [one.text for one in reads("/vat-mtd/items/VAT-1/").all("li", class_="app-track__step")]
    assert steps[1] == f"Sandbox Expected 31 March 2026: {PASSED}"
    assert steps[3] == "Production Expected 1 April 2026"
    item.milestones.filter(environment="test").update(is_deployed=True)
    publish(vat, "2026-03-31")
    assert PASSED not in reads("/vat-mtd/items/VAT-1/").main


@pytest.mark.parametrize("path", ["", "items/", "items/VAT-1/", "items.csv", "../api/v1/roadmaps/vat-mtd/items"])
def test_what_is_said_of_a_day_is_not_kept_for_the_next(vat, client, clock, path):
    make.item(vat, live="31 March 2026")
    publish(vat)
    url = "/vat-mtd/" + path if ".." not in path else path.removeprefix("..")
    clock(make.at("2026-03-31", "23:59"))
    before = client.get(url)
    have = {"If-None-Match": before["ETag"]}
    assert client.get(url, headers=have).status_code == 304
    clock(make.at("2026-04-01", "00:01"))
    after = client.get(url, headers=have)
    assert after.status_code == 200
    assert after.content != before.content


def test_an_earlier_day_is_told_as_of_that_day(vat, client, reads, clock):
    make.item(vat, live="31 March 2026")
    publish(vat)
    assert PASSED not in reads("/vat-mtd/at/2026-03-31/items/").main
    url = "/vat-mtd/at/2026-03-31/"
    have = {"If-None-Match": client.get(url)["ETag"]}
    clock(make.at("2026-04-02"))
    assert client.get(url, headers=have).status_code == 304  # it stays as it is
    assert PASSED in reads("/vat-mtd/at/2026-04-01/items/").main


def test_the_day_is_that_of_london(vat, reads, clock):
    make.item(vat, live="30 June 2026")
    publish(vat)
    clock(make.at("2026-07-01", "00:30"))  # 30 June in UTC
    assert PASSED in reads("/vat-mtd/items/").main


# The date that matters


@pytest.mark.parametrize(
    ("dates", "row"),
    [
        ({"test": "December 2026", "live": "June 2026"}, "A Production: June 2026"),
        ({"test": "TBC", "controlled_go_live": "May 2026", "live": "June 2026"}, "A Controlled go-live: May 2026"),
        ({"test": "N/A", "live": "TBC"}, "A Production: to be confirmed"),
        (
            {"test": "January 2026", "live": "June 2026"},
            f"A Production: June 2026 Sandbox expected January 2026: {PASSED}",
        ),
        ({"test": "May 2025", "deployed": ("test",), "live": "from May 2025"}, "A Production: from May 2025"),
        ({"test": "June 2027", "deployed": ("live",), "live": "May 2025"}, "A Production: May 2025"),
    ],
)
def test_a_row_shows_the_soonest_that_is_still_to_come_wherever_that_is(vat, reads, dates, row):
    make.item(vat, title="A", **dates)
    publish(vat)
    assert rows(reads("/vat-mtd/items/")) == [row]
    assert [text.replace(" · ", " ") for text in rows(reads("/vat-mtd/"))] == [row]


def test_a_row_says_what_its_releases_heading_does_not(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026")
    make.item(vat, title="With it", release=release)
    make.item(vat, title="On its own", release=release, test="May 2026", live="December 2026")
    make.item(vat, title="Some time", release=release, live="TBC")
    publish(vat)
    assert rows(reads("/vat-mtd/items/")) == [
        "On its own Sandbox: May 2026 Production: December 2026",
        "With it",
        "Some time Production: to be confirmed",
    ]


def test_an_item_of_a_release_whose_day_has_passed_says_so(vat, reads):
    make.item(vat, title="Late", release=make.release(vat, title="March 2026"))
    publish(vat)
    assert rows(reads("/vat-mtd/items/")) == [f"Late Production expected March 2026: {PASSED}"]


def test_releases_come_as_their_items_do_and_in_production_the_newest_first(vat, reads):
    done = make.release(vat, title="December 2023", position=0)
    later = make.release(vat, title="2028", position=1)
    soon = make.release(vat, title="Soon", position=2)
    make.item(vat, title="Old", release=done, deployed=("live",), live="November 2023")
    make.item(vat, title="Newer", release=done, deployed=("live",))
    make.item(vat, title="Newest", release=soon, deployed=("live",), live="March 2026")
    make.item(vat, title="Far", release=later)
    make.item(vat, title="Near", release=soon, live="May 2026")
    make.item(vat, title="Nearest", live="April 2026")
    publish(vat)
    page = reads("/vat-mtd/items/")
    assert groups(page) == ["Not in a release", "Soon", "2028", "Soon", "December 2023"]
    assert [row.split(" Production")[0] for row in rows(page)] == ["Nearest", "Near", "Far", "Newest", "Old", "Newer"]
    assert page.main.index("In production (3)") < page.main.index("December 2023")


def test_what_went_live_by_itself_does_not_take_the_date_that_its_release_still_has(vat, reads):
    make.item(vat, title="Early", release=make.release(vat, title="June 2027"), deployed=("live",))
    publish(vat)
    assert rows(reads("/vat-mtd/items/")) == ["Early"]
    assert reads("/vat-mtd/items/VAT-1/").one("li", **{"aria-current": "step"}).text == "Production Deployed"


def test_home_shows_what_is_next_of_many_whatever_release_it_is_in(vat, reads):
    late = make.release(vat, title="Late", position=0)
    make.item(vat, title="Some day", release=late, live="2029")
    for number in range(12):
        make.item(vat, title=f"Overdue {number}", release=late, live="January 2026")
    make.item(vat, title="Next", release=make.release(vat, title="Last in order", position=1), live="May 2026")
    publish(vat)
    shown = rows(reads("/vat-mtd/"))
    assert shown[0] == "Next Production: May 2026"
    assert shown[1] == "Some day Production: 2029"
    assert len(shown) == 10


# One word for each stage


@pytest.mark.parametrize(
    ("deployed", "word"),
    [
        ((), "Planned"),
        (("test",), "In sandbox"),
        (("controlled_go_live",), "Controlled go-live"),
        (("live",), "In production"),
    ],
)
def test_a_stage_has_one_word_in_tag_heading_filter_and_home(vat, reads, deployed, word):
    release = make.release(vat, title="June 2026", horizon="near")
    make.item(vat, deployed=deployed, release=release)
    publish(vat)
    page = reads("/vat-mtd/items/")
    assert (2, f"{word} (1)") in page.headings
    assert f"{word} (1)" in [one.text for one in page.all("label")]
    (tag,) = reads("/vat-mtd/items/VAT-1/").all("strong", class_="govuk-tag")
    assert tag.text == word
    home = [text.lower() for level, text in reads("/vat-mtd/").headings if level == 2]
    assert any(text.endswith(f"{word} (1)".lower()) for text in home)


def test_a_term_stands_beside_the_title_that_does_not_say_it(vat, reads):
    for title in ("June 2026", "Near term: May 2026"):
        make.item(vat, release=make.release(vat, title=title, horizon="near"))
    publish(vat)
    assert groups(reads("/vat-mtd/items/")) == ["June 2026 Near term", "Near term: May 2026"]


# What it was


@pytest.mark.parametrize("path", ["", "items/", "items/VAT-1/", "at/2026-03-20/items/"])
def test_what_was_promised_before_stays_beside_the_date_until_the_item_is_there(vat, reads, path):
    item = make.item(vat, title="Losses", live="December 2026", kind="api")
    publish(vat, "2026-03-01")
    item.milestones.update(when="March 2027")
    publish(vat, "2026-03-02")
    item.milestones.update(when="Mar 2027 (TBC)")  # the same days
    publish(vat, "2026-03-03")
    item.title, item.kind = "Carry back", "guide"
    item.save()
    publish(vat, "2026-03-04")
    assert "March 2027 (to be confirmed) (was December 2026)" in reads(f"/vat-mtd/{path}").main
    item.milestones.update(when="May 2027")
    publish(vat, "2026-03-04")
    assert "May 2027 (was March 2027, to be confirmed)" in reads(f"/vat-mtd/{path}").main
    item.milestones.update(when="February 2027", is_deployed=True)
    publish(vat, "2026-03-05")
    assert reads(f"/vat-mtd/{path}").all("span", class_="app-was") == []


def test_a_date_that_was_to_be_confirmed_between_is_still_told_against_the_last_that_was_given(vat, reads):
    item = make.item(vat, live="December 2026")
    publish(vat, "2026-03-01")
    item.milestones.update(when="TBC")
    publish(vat, "2026-03-02")
    assert "to be confirmed (was December 2026)" in reads("/vat-mtd/items/").main
    item.milestones.update(when="June 2027")
    publish(vat, "2026-03-03")
    assert "June 2027 (was December 2026)" in reads("/vat-mtd/items/").main


def test_an_item_that_moves_to_another_release_says_what_its_live_date_was(vat, reads):
    first, second = make.release(vat, title="May 2026"), make.release(vat, title="July 2026")
    item = make.item(vat, release=first, deployed=("test",))
    publish(vat, "2026-03-01")
    item.release = second
    item.save()
    publish(vat, "2026-03-02")
    item.title = "Another"
    item.save()
    publish(vat, "2026-03-03")
    assert rows(reads("/vat-mtd/items/")) == ["Another Production: July 2026 (was May 2026)"]
