"""The editions of a roadmap and the page of each: /<roadmap>/editions/."""

import re

import pytest
from django.db import connection
from django.db.utils import OperationalError

from roadmap.models import Roadmap
from roadmap.publishing import Choices
from roadmap.web import pagination
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db
URL = f"/{story.SLUG}/editions/"


def listed(page):
    return [one.text for one in page.all("li", class_="app-edition")]


# All of them


def test_all_are_listed_newest_first_with_time_note_and_counts(told, reads):
    page = reads(URL)
    assert listed(page) == [
        "Edition 7, 24 March 2026 at 9:30am Corrections 1 changelog entry corrected",
        "Edition 6, 17 March 2026 at 9:30am One item withdrawn 1 item withdrawn",
        "Edition 5, 3 March 2026 at 9:30am Deployed to sandbox 1 item now in sandbox",
        "Edition 4, 17 February 2026 at 9:30am A date moves 1 item moved later",
        "Edition 3, 3 February 2026 at 9:30am A date moves 1 item moved later",
        "Edition 2, 20 January 2026 at 9:30am A new item 1 item added",
        "Edition 1, 5 January 2026 at 9:30am First edition "
        "First published: 18 items, 3 releases, 5 pages and 5 changelog entries",
    ]
    assert page.link("Edition 4") == f"{URL}4/"


def test_what_is_only_minor_or_only_in_another_order_says_so(vat, reads):
    item, _ = make.item(vat, title="Losses"), make.item(vat, title="Agents")
    make.edition(vat, at=make.at("2026-05-01"))
    item.title = "Loses"
    item.save()
    make.edition(vat, at=make.at("2026-05-02"), choices=Choices(minor=frozenset({str(item.uid)})))
    item.position = 7
    item.save()
    make.edition(vat, at=make.at("2026-05-03"))
    summaries = [one.rsplit("9:30am ", 1)[1] for one in listed(reads("/vat-mtd/editions/"))]
    assert summaries == ["Put in another order", "Small corrections only", "First published: 2 items"]


def test_it_comes_in_pages(vat, reads, monkeypatch):
    monkeypatch.setattr(pagination, "EDITIONS_ON_A_PAGE", 2)
    for number in range(5):
        vat.description = f"As of {number}"
        vat.save()
        make.edition(vat, at=make.at("2026-05-01", f"09:0{number}"))
    page = reads("/vat-mtd/editions/")
    assert len(listed(page)) == 2
    second = reads(page.link("Older editions : Page 2 of 3"))
    assert [one[:9] for one in listed(second)] == ["Edition 3", "Edition 2"]
    assert second.link("Newer editions : Page 1 of 3") == "/vat-mtd/editions/"


# On the way to a day


@pytest.mark.parametrize("typed", ["2026-02-03", "3 February 2026", " 3 Feb 2026 "])
def test_the_form_leads_to_the_roadmap_of_that_day(told, client, typed):
    response = client.get(URL, {"day": typed})
    assert (response.status_code, response["Location"]) == (302, f"/{story.SLUG}/at/2026-02-03/")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("blue", "“blue” is not a date. Enter a date, like 24 March 2026."),
        ("3", "“3” is not a date."),
        ("2026-02-30", "“2026-02-30” is not a date."),
        ("2026-12-31", "31 December 2026 has not come yet."),
    ],
)
def test_a_wrong_day_is_said_at_its_field_and_kept(told, client, reads, typed, message):
    page = reads(f"{URL}?day={typed}", status=400)
    assert page.one("div", class_="govuk-error-summary").text.startswith(f"There is a problem {message}")
    assert page.one("p", id="day-error").text.startswith(f"Error: {message}")
    assert page.one("input", id="day").attributes["value"] == typed
    assert {one.attributes["href"] for one in page.all("a") if one.text.startswith(message)} == {"#day"}


def test_a_roadmap_that_shows_no_earlier_days_offers_none(told, reads, client):
    Roadmap.objects.update(hides_date_history=True)
    make.edition(Roadmap.objects.get(), at=make.at("2026-03-24", "12:00"))
    page = reads(URL)
    assert page.all("input", id="day") == []
    assert client.get(URL, {"day": "2026-02-03"}).status_code == 200
    for number in (1, 3, 8):
        assert "/at/" not in reads(f"{URL}{number}/").html


# One


def test_an_edition_tells_its_note_its_team_all_its_changes_and_its_neighbours(told, reads):
    page = reads(f"{URL}4/")
    assert page.main == (
        "Edition 4 Published by Software Developer Support Team on 17 February 2026 at 9:30am A date moves "
        "What changed Submit a corection: sandbox moved from March 2026 to April 2026. Reason: The supplier is late. "
        "Planned "
        "See the roadmap as it was at the end of 17 February 2026 "
        "See what has changed since this edition "
        "Previous edition : Edition 3, 3 February 2026 Next edition : Edition 5, 3 March 2026"
    )
    assert page.title.startswith("Edition 4 - VAT (MTD) roadmap")
    assert page.link("See what has changed since this edition") == f"/{story.SLUG}/changes/?since=4"
    assert page.link("See the roadmap as it was at the end of 17 February 2026") == f"/{story.SLUG}/at/2026-02-17/"
    assert page.one("a", rel="prev").attributes["href"] == f"{URL}3/"
    assert page.one("a", rel="next").attributes["href"] == f"{URL}5/"
    assert reads(f"{URL}7/").all("a", rel="next") == reads(f"{URL}1/").all("a", rel="prev") == []


def test_the_first_lists_what_there_was_by_noun(vat, reads):
    release = make.release(vat, title="Summer", when="June 2026", horizon="near")
    make.item(vat, title="Losses", release=release)
    make.item(vat, title="Agents")
    make.page(vat, title="Who we are", slug="who")
    make.edition(vat, at=make.at("2026-05-01"), note="Here it is")
    page = reads("/vat-mtd/editions/1/")
    assert (
        "Here it is First published: 2 items, 1 release and 1 page "
        "Items (2) Losses Planned Agents Planned Releases (1) Summer Pages (1) Who we are "
    ) in page.main
    assert page.link("Losses") == "/vat-mtd/items/VAT-1/"
    assert [one for one in page.headings if one[0] == 3] == [(3, "Items (2)"), (3, "Releases (1)"), (3, "Pages (1)")]


def test_the_team_is_the_one_of_then_and_never_a_person(vat, reads):
    editor = make.user(username="j.smith", first_name="Jo", last_name="Smith")
    vat.contact_name = "Old team"
    vat.save()
    make.edition(vat, at=make.at("2026-05-01"), by=editor)
    vat.contact_name = "New team"
    vat.save()
    make.edition(vat, at=make.at("2026-05-02"), by=editor)
    vat.contact_name = ""
    vat.save()
    make.edition(vat, at=make.at("2026-05-03"), by=editor)
    said = [reads(f"/vat-mtd/editions/{number}/").one("p", class_="app-updated").text for number in (1, 2, 3)]
    assert said == [
        "Published by Old team on 1 May 2026 at 9:30am",
        "Published by New team on 2 May 2026 at 9:30am",
        "Published on 3 May 2026 at 9:30am",
    ]
    for url in ("editions/", "editions/1/", "changes/?since=0"):
        assert re.findall("(?i)smith|by Jo", reads(f"/vat-mtd/{url}").html) == []


def test_an_edition_speaks_of_environments_as_they_were_called_then(vat, reads):
    item = make.item(vat, title="Losses", test="May 2026")
    make.edition(vat, at=make.at("2026-05-01"))
    item.milestones.update(when="June 2026")
    make.edition(vat, at=make.at("2026-05-02"))
    before = reads("/vat-mtd/editions/2/").main
    assert "Losses: sandbox moved from May 2026 to June 2026" in before
    vat.test_label = "Proving ground"
    vat.save()
    make.edition(vat, at=make.at("2026-05-03"))
    assert "Losses: sandbox moved from May 2026 to June 2026" in reads("/vat-mtd/editions/2/").main


def test_another_on_the_same_day_is_said_where_its_day_is_linked(vat, reads):
    for time in ("09:00", "11:00", "15:00"):
        vat.description = f"As of {time}"
        vat.save()
        make.edition(vat, at=make.at("2026-05-01", time))
    said = "See the roadmap as it was at the end of 1 May 2026, after edition 3, which followed on the same day"
    assert said in reads("/vat-mtd/editions/1/").main
    assert "followed on the same day" not in reads("/vat-mtd/editions/3/").main


def test_with_a_filter_it_shows_what_that_selects_and_leads_to_the_rest(vat, reads):
    losses, agents = make.item(vat, title="Losses"), make.item(vat, title="Agents")
    make.edition(vat, at=make.at("2026-05-01"))
    for item in (losses, agents):
        item.description = "Words."
        item.save()
    make.edition(vat, at=make.at("2026-05-02"))
    page = reads("/vat-mtd/editions/2/?item=VAT-1")
    assert "Losses: description added" in page.main
    assert "Agents" not in page.main
    assert "Agents" in reads(page.link("See all that edition 2 changed")).main


@pytest.mark.parametrize("number", ["0", "8", "99999999999999999999"])
def test_an_edition_that_there_is_not_is_not_found_and_says_which_there_are(told, reads, number):
    page = reads(f"{URL}{number}/", status=404)
    assert page.one("h1").text == f"There is no edition {number}"
    assert "has editions from edition 1 of 5 January 2026 to edition 7 of 24 March 2026." in page.main
    assert page.link("edition 1") == f"{URL}1/"
    assert page.link("See all editions") == URL


def test_an_edition_of_the_future_is_not_there(told, reads, clock):
    roadmap = Roadmap.objects.get()
    roadmap.description = "Secret."
    roadmap.save()
    make.edition(roadmap, at=make.at("2026-04-01"), now=make.at("2026-03-24"))
    assert "Secret" not in reads(f"{URL}8/", status=404).text
    assert listed(reads(URL))[0].startswith("Edition 7")
    clock(make.at("2026-04-01", "09:31"))
    assert "This roadmap: description reworded" in reads(f"{URL}8/").main


# Ways there


def test_the_footer_of_every_page_leads_to_the_edition_that_it_shows(told, reads):
    for path in ("", "items/", "changes/", "editions/2/"):
        assert reads(f"/{story.SLUG}/{path}").link("Edition 7") == f"{URL}7/"


def test_the_navigation_leads_to_the_changes_from_everywhere(told, reads):
    menu = [one.text for one in reads(f"/{story.SLUG}/").all("li", class_="govuk-service-navigation__item")]
    assert menu == ["Items", "Changes", "APIs", "Changelog", "About", "Follow"]
    assert reads(URL).one("a", **{"aria-current": "true"}).text == "Changes"
    assert reads(f"{URL}2/").link("Editions") == URL


# While the database is away


def unreachable(execute, sql, params, many, context):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("path", ["changes/", "editions/", "editions/7/"])
def test_without_database_or_history_it_says_so_and_what_can_still_be_seen(told, client, reads, caplog, path):
    reads("/")  # which needs no history
    with connection.execute_wrapper(unreachable):
        page = reads(f"/{story.SLUG}/{path}", status=503)
        assert "What changed cannot be shown at the moment" in page.main
        reads(page.link("all items"))
    assert "the history of vat-mtd is not shown" in caplog.text
    reads(f"/{story.SLUG}/{path}")
