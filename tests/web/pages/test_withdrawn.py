"""What was withdrawn: the page of an item that is no longer there, and the lists that lead to it."""

import pytest
from django.db import connection
from django.db.utils import OperationalError

from roadmap.models import Item
from roadmap.publishing import Choices, ReasonsMissing, pending
from tests import make

pytestmark = pytest.mark.django_db
URL = "/vat-mtd/items/VAT-1/"


@pytest.fixture
def vat(clock):
    clock(make.at("2026-06-01"))
    return make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT")


def losses(vat, **fields):
    release = make.release(vat, title="August 2026")
    return make.item(
        vat,
        title="Losses",
        description="# Why\n\nCarries **back**.",
        kind="api",
        release=release,
        test="March 2026",
        deployed=("test",),
        controlled_go_live="N/A",
        **fields,
    )


def withdraw(vat, item, day, reason="Not needed."):
    uid = str(item.uid)
    Item.objects.filter(pk=item.pk).delete()
    make.edition(vat, at=make.at(day), choices=Choices(reasons={(uid, "existence"): reason}))


def test_its_page_keeps_what_it_was_with_its_last_dates_why_since_when_and_whom_to_ask(vat, reads):
    item = losses(vat, live="June 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.filter(environment="live").update(when="by July 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    withdraw(vat, item, "2026-05-03")
    page = reads(URL, status=410)
    assert page.main == (
        "Losses has been withdrawn Withdrawn VAT-1 "
        "This item was withdrawn from VAT roadmap on 3 May 2026, in edition 3. Reason: Not needed. "
        "Last dates Sandbox March 2026, deployed Live Was expected by July 2026 "
        "What it was Why Carries back. Kind API "
        "Ask about this item Support Team team@example.gov.uk "
        "History 3 May 2026, edition 3 Withdrawn. Reason: Not needed. "
        "2 May 2026, edition 2 Live moved later: by July 2026 (was June 2026) 1 May 2026, edition 1 Added "
        "See all items or go to VAT roadmap."
    )
    assert page.one("strong", class_="govuk-tag--red").text == "Withdrawn"
    assert "?subject=Roadmap%20enquiry%3A%20VAT-1%20Losses&body=http" in page.link("team@example.gov.uk")
    assert [level for level, _ in page.headings][:6] == [1, 2, 2, 3, 2, 2]


@pytest.mark.parametrize(
    ("live", "said"), [(None, "Live Was expected August 2026"), ("TBC", "Live Was to be confirmed"), ("N/A", "")]
)
def test_its_last_dates_are_those_that_its_page_gave(vat, reads, live, said):
    item = losses(vat, live=live)
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    dates = reads(URL, status=410).main.split("Last dates ")[1].split(" What it was")[0]
    assert dates == f"Sandbox March 2026, deployed {said}".strip()


def test_a_roadmap_that_hides_its_date_history_keeps_the_rest(vat, reads):
    item = losses(vat, live="July 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    vat.hides_date_history = True
    vat.save()
    withdraw(vat, item, "2026-05-03")
    page = reads(URL, status=410)
    assert "What it was Why Carries back. Kind API" in page.main
    assert "Last dates" not in page.main
    assert not [month for month in ("March", "July", "August") if month in page.main]


def test_its_last_dates_come_back_where_the_roadmap_shows_them_again(vat, reads):
    item = losses(vat, live="July 2026")
    vat.hides_date_history = True
    vat.save()
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    vat.hides_date_history = False
    vat.save()
    make.edition(vat, at=make.at("2026-05-04"))
    assert "Last dates Sandbox March 2026, deployed Live Was expected July 2026" in reads(URL, status=410).main


def test_while_its_history_cannot_be_read_it_says_what_it_can(vat, reads):
    def unreachable(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    item = losses(vat)
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    reads("/")  # which needs no history
    with connection.execute_wrapper(unreachable):
        main = reads(URL, status=410).main
    assert "Reason: Not needed." in main
    assert "Last dates" not in main
    assert "The history cannot be shown at the moment." in main


def test_every_list_leads_to_it_with_a_red_tag(vat, reads):
    item = losses(vat)
    make.edition(vat, at=make.at("2026-05-01"))
    assert "Withdrawn" not in reads("/vat-mtd/items/").main
    withdraw(vat, item, "2026-05-03")
    for path in ("", "items/", "changes/", "editions/1/", "editions/2/"):
        page = reads(f"/vat-mtd/{path}")
        assert page.link("Losses") == URL, path
        assert page.all("strong", class_="govuk-tag--red"), path
    page = reads("/vat-mtd/items/")
    assert (2, "Withdrawn (1)") in page.headings
    assert "Items that are no longer on this roadmap Losses Withdrawn On 3 May 2026" in page.main
    assert page.headings[0] == (1, "0 items")


def test_an_earlier_day_has_it_still(vat, reads):
    item = losses(vat)
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    assert "Withdrawn (1)" not in reads("/vat-mtd/at/2026-05-02/items/").main
    page = reads("/vat-mtd/at/2026-05-03/items/")
    assert page.link("Losses") == "/vat-mtd/at/2026-05-03/items/VAT-1/"
    assert "What it was Why Carries back." in reads("/vat-mtd/at/2026-05-03/items/VAT-1/", status=410).main


def test_an_item_that_came_back_says_so_wherever_it_is_told(vat, reads, client):
    item = make.item(vat, title="Losses")
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    Item.objects.create(roadmap=vat, uid=item.uid, reference=item.reference, title="Losses")
    make.edition(vat, at=make.at("2026-05-04"))
    page = reads(URL)
    assert [one.text for one in page.all("li", class_="app-history__edition")] == [
        "4 May 2026, edition 3 Added again, after it was withdrawn on 3 May 2026",
        "3 May 2026, edition 2 Withdrawn. Reason: Not needed.",
        "1 May 2026, edition 1 Added",
    ]
    again = "dded again, after it was withdrawn on 3 May 2026"
    for path in ("changes/", "editions/3/", "changes/?since=2"):
        assert again in reads(f"/vat-mtd/{path}").main, path
    assert again in client.get("/api/v1/roadmaps/vat-mtd/items/VAT-1").content.decode()
    assert again in client.get("/api/v1/roadmaps/vat-mtd/editions/3").content.decode()
    newest = client.get("/vat-mtd/changes.json").json()["items"][0]
    assert newest["title"] == "Added again: Losses"
    assert again in newest["content_html"]
    assert "Withdrawn (1)" not in reads("/vat-mtd/items/").main


def test_what_comes_back_with_a_later_date_says_so_and_asks_why(vat, reads, client):
    june, july = make.release(vat, title="June 2026"), make.release(vat, title="July 2026")
    item = make.item(vat, title="Losses", release=june, test="March 2026", deployed=("test",))
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    again = Item.objects.create(roadmap=vat, uid=item.uid, reference=item.reference, title="Losses", release=july)
    make.milestone(again, "test", "March 2026", is_deployed=True)
    vat.asks_reasons = True
    vat.save()
    (back,) = pending(vat)
    assert [change.field for change in back.slips] == ["milestone.live"]
    with pytest.raises(ReasonsMissing):
        make.edition(vat, at=make.at("2026-05-04"))
    reasons = {(str(item.uid), "milestone.live"): "Testing took longer."}
    edition = make.edition(vat, at=make.at("2026-05-04"), choices=Choices(reasons=reasons))
    moved = "Live moved from June 2026 to July 2026. Reason: Testing took longer."
    newest = reads(URL).all("li", class_="app-history__edition")[0].text
    assert newest == f"4 May 2026, edition 3 {moved} Added again, after it was withdrawn on 3 May 2026"
    for path in ("changes/", "editions/3/"):
        assert f"{moved[0].lower()}{moved[1:]}" in reads(f"/vat-mtd/{path}").main, path
    entry = client.get("/vat-mtd/changes.json?moved=later").json()["items"][0]
    assert entry["title"] == "Moved later: Losses"
    assert "Sandbox: March 2026, deployed" in entry["content_html"]
    assert "Live: July 2026" not in entry["content_html"]  # it is told already
    assert edition.number == 3


def test_what_comes_back_with_the_dates_it_had_is_only_added_again(vat, reads):
    release = make.release(vat, title="June 2026")
    item = make.item(vat, title="Losses", release=release, test="March 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    withdraw(vat, item, "2026-05-03")
    again = Item.objects.create(roadmap=vat, uid=item.uid, reference=item.reference, title="Losses", release=release)
    make.milestone(again, "test", "March 2026")
    (back,) = pending(vat)
    assert [change.field for change in back.changes] == ["existence"]
