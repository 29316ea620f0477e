"""How dates have held: /<roadmap>/dates/, and the same as CSV."""

import csv
import io

import pytest

from roadmap.models import Roadmap
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/dates/"


@pytest.fixture
def vat(clock):
    clock(make.at("2026-10-01"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


@pytest.fixture
def held(vat):
    """Twelve live dates for June: six kept, three late, one moved, one overdue, one withdrawn; ten for next year."""
    items = [make.item(vat, title=f"Thing {number}", live="June 2026") for number in range(12)]
    for number in range(10):
        make.item(vat, title=f"Next {number}", live="March 2027")
    make.edition(vat, at=make.at("2026-01-05"))
    for item in items[:6]:
        item.milestones.update(is_deployed=True)
    for item in items[6:9]:
        item.milestones.update(is_deployed=True, when="31 August 2026")
    items[9].milestones.update(when="December 2026")
    items[11].delete()
    make.edition(vat, at=make.at("2026-09-01"))
    return vat


def listed(page):
    """The titles of the items in the table."""
    return [row.text.split(" (")[0] for row in page.all("th", scope="row")]


def test_it_says_how_many_were_kept_and_how_late_the_rest_came(held, reads):
    main = reads(URL).main
    assert (
        "Of 12 first dates whose last day has passed, 6 were kept (50%). "
        "At least half of those whose delay is known had none. The longest delay is 6 months: Thing 9, Live." in main
    )
    assert "Of those that were kept, 6 were marked as deployed on this roadmap only after the last day" in main
    assert (
        "10 first dates have a last day still to come, so nothing above counts them. "
        "By now, of these: 10 still expected by the last day first given" in main
    )


@each_case(
    ("words", "items"),
    [
        ("12 first dates", [f"Thing {number}" for number in range(12)]),
        ("6 were kept", [f"Thing {number}" for number in range(6)]),
        ("6 deployed on or before the last day first given", [f"Thing {number}" for number in range(6)]),
        ("3 deployed after that day", ["Thing 6", "Thing 7", "Thing 8"]),
        ("1 not deployed, and now expected on a later date", ["Thing 9"]),
        ("1 not deployed, and the date given now has passed too", ["Thing 10"]),
        ("1 withdrawn, or said not to apply", ["Thing 11"]),
        ("10 first dates", [f"Next {number}" for number in range(10)]),
        ("10 still expected by the last day first given", [f"Next {number}" for number in range(10)]),
    ],
)
def test_every_number_leads_to_the_items_that_it_counts(held, reads, words, items):
    assert listed(reads(reads(URL).link(words))) == items


def test_every_link_of_a_number_lists_as_many_as_it_says(held, reads):
    make.item(held, title="Sooner", test="5 September 2026")
    make.edition(held, at=make.at("2026-09-04"))
    page = reads(URL)
    counts = [link for link in page.all("a") if "outcome=" in link.attributes["href"]]
    assert len(counts) > 15
    for link in counts:
        assert len(listed(reads(link.attributes["href"]))) == int(link.text.split()[0]), link.text


def test_what_became_of_each_is_told_in_words(held, reads):
    cells = [cell.text for cell in reads(f"{URL}?outcome=due").all("td")]
    assert cells[0] == "June 2026, on 5 January 2026 in edition 1"
    assert [cells[1 + 2 * number] for number in (0, 6, 9, 10, 11)] == [
        "Deployed, June 2026. Readers saw that on 1 September 2026.",
        "Deployed, 31 August 2026. Readers saw that on 1 September 2026. Delay: 2 months.",
        "Now expected December 2026. Delay: 6 months.",
        "Not deployed: June 2026 has passed. Delay: 3 months so far.",
        "Withdrawn.",
    ]


def test_kinds_are_told_apart_where_there_are_ten_of_one(held, reads):
    main = reads(URL).main
    assert "By how exact" not in main  # they are all months
    make.item(held, title="Sooner", test="5 September 2026")
    make.edition(held, at=make.at("2026-09-04"))
    main = reads(URL).main
    assert (
        "By how exact the date was A month: of 12 due (A month) , 6 kept (A month) (50%). Median delay: none. "
        "Longest: 6 months, Thing 9." in main
    )
    assert "By environment Live: of 12 due (Live)" in main
    assert "Sandbox" not in main.split("By environment")[1]


def test_of_fewer_than_ten_nothing_is_said(vat, reads):
    for number in range(9):
        make.item(vat, title=f"Thing {number}", live="June 2026")
    make.edition(vat, at=make.at("2026-01-05"))
    main = reads(URL).main
    assert "Fewer than ten first dates on this roadmap are due yet." in main
    assert not any(character.isdigit() for character in main.split("How this is counted")[0])


def test_a_roadmap_without_anything_has_the_page(vat, reads):
    make.edition(vat, at=make.at("2026-01-05"))
    assert "Fewer than ten first dates" in reads(URL).main


def test_it_changes_with_the_day(held, reads, clock):
    first = "/vat-mtd/at/2026-06-30/dates/"
    assert "Fewer than ten" in reads(first).main
    assert "Of 12 first dates" in reads(first.replace("06-30", "07-01")).main
    clock(make.at("2027-04-01"))
    assert "Of 22 first dates" in reads(URL).main


def test_where_earlier_dates_are_kept_back_there_is_no_such_page_and_no_link(held, reads, client):
    assert reads("/vat-mtd/changes/?since=1").links("how dates have held") == [URL]
    Roadmap.objects.filter(pk=held.pk).update(hides_date_history=True)
    held.refresh_from_db()
    make.edition(held, at=make.at("2026-09-05"))
    page = reads(URL, 404)
    assert "This roadmap says what its dates are, and not what they were." in page.main
    assert reads("/vat-mtd/changes/?since=1").links("how dates have held") == []
    answer = client.get("/vat-mtd/dates.csv")
    assert answer.status_code == 404
    assert "it does not say how they have held" in answer.content.decode()


@each_case(
    ("query", "message"),
    [
        ("outcome=lost", "“lost” is not one of the outcomes. Follow a link on this page."),
        ("group=api:nothing", "There is no group “api:nothing” of ten dates or more. Follow a link on this page."),
        ("group=environment:live&outcome=open.late", "“open.late” is not one of the outcomes."),
        ("outcome=" + "x" * 900, f"“{'x' * 59}…” is not one of the outcomes."),
    ],
)
def test_what_is_no_group_or_outcome_is_said(held, reads, query, message):
    page = reads(f"{URL}?{query}", 400)
    assert message in page.main
    assert page.all("table") == []


def test_a_page_that_is_none_is_said(held, reads):
    assert "There is one page only." in reads(f"{URL}?outcome=due&page=2", 404).main
    assert "is not the number of a page" in reads(f"{URL}?outcome=due&page=x", 400).main


def test_the_table_has_a_line_for_each(held, client):
    answer = client.get("/vat-mtd/dates.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    rows = [*csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert len(rows) == 22
    assert {name: rows[6][name] for name in rows[6]} == {
        "Reference": "VAT-7",
        "Title": "Thing 6",
        "Environment": "Live",
        "APIs": "",
        "First date": "June 2026\t",  # or a spreadsheet makes a day of it
        "First date from": "2026-06-01",
        "First date to": "2026-06-30",
        "To be confirmed": "No",
        "How exact": "A month",
        "Given on": "2026-01-05",
        "Given in edition": "1",
        "Days ahead": "176",
        "How long ahead": "three to six months",
        "Due": "Yes",
        "Outcome": "late",
        "Date now": "31 August 2026\t",
        "Deployed": "Yes",
        "Arrived from": "2026-08-31",
        "Arrived to": "2026-08-31",
        "Seen deployed on": "2026-09-01",
        "Delay in days": "62",
        "Address": "http://testserver/vat-mtd/items/VAT-7/",
    }
    by_outcome = [row["Outcome"] for row in rows]
    assert {outcome: by_outcome.count(outcome) for outcome in by_outcome} == {
        "kept": 6,
        "late": 3,
        "moved": 1,
        "overdue": 1,
        "dropped": 1,
        "stands": 10,
    }
