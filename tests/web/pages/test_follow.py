"""The page that says how to follow a roadmap: each way with its whole address, for all of it and for what is chosen."""

import pytest
from icalendar import Calendar

from roadmap.previews.links import staff_preview_url
from tests import make
from tests.web.read import read

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


@pytest.fixture
def roadmap(clock):
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", reference_prefix="VAT", test_label="Sandbox")
    api = make.api(name="VAT API")
    make.item(roadmap, title="Sent", test="March 2026", live="Q3 2026", apis=((api, "1.0"),))
    make.item(roadmap, title="Paid", live="by April 2027")
    make.edition(roadmap, at=make.at("2026-01-24"))
    clock(make.at("2026-01-25"))
    return roadmap


def codes(page):
    return [one.text for one in page.all("code")]


def test_every_address_is_whole_and_can_be_copied(roadmap, reads):
    page = reads("/vat-mtd/follow/")
    assert codes(page) == [
        f"{SITE}/vat-mtd/items.ics",
        f"{SITE}/vat-mtd/items.ics?environment=test",
        f"{SITE}/vat-mtd/items.ics?environment=live",
        f"{SITE}/vat-mtd/items.ics?as=start",
        f"{SITE}/vat-mtd/changes.atom",
        f"{SITE}/vat-mtd/changes.json",
        f"{SITE}/vat-mtd/items.csv",
    ]
    assert page.link("Spreadsheet") == f"{SITE}/vat-mtd/items.xlsx"
    assert page.link(f"{SITE}/api/v1/roadmaps/vat-mtd/items")


def test_a_calendar_is_subscribed_to_and_not_downloaded(roadmap, reads):
    page = reads("/vat-mtd/follow/")
    name = "VAT roadmap: Live"
    assert (
        page.link(f"Open in your calendar program ({name})") == "webcal://testserver/vat-mtd/items.ics?environment=live"
    )
    google, outlook = (page.link(f"{program} ({name})") for program in ("Google Calendar", "Outlook on the web"))
    assert google.endswith("cid=webcal%3A%2F%2Ftestserver%2Fvat-mtd%2Fitems.ics%3Fenvironment%3Dlive")
    assert "url=http%3A%2F%2Ftestserver%2Fvat-mtd%2Fitems.ics%3Fenvironment%3Dlive&" in outlook
    for program in ("Outlook", "Google Calendar", "Apple Calendar", "Thunderbird"):
        assert program in page.main


def test_what_is_chosen_is_followed_alone(roadmap, reads, client):
    page = reads("/vat-mtd/follow/?api=vat-api&utm_source=x")
    assert page.headings[0] == (1, "Follow what you chose")
    assert "VAT API" in page.main
    assert codes(page)
    for address in codes(page):
        assert "api=vat-api" in address
        assert client.get(address.removeprefix(SITE)).status_code == 200
    assert page.link("Choose something else") == "/vat-mtd/items/?api=vat-api"
    of_live = reads("/vat-mtd/follow/?environment=live")
    assert [one for one in codes(of_live) if ".ics" in one] == [
        f"{SITE}/vat-mtd/items.ics?environment=live",
        f"{SITE}/vat-mtd/items.ics?environment=live&as=start",
    ]


def test_a_calendar_of_one_environment_is_offered_where_it_has_any_date_that_is_asked_for(roadmap, reads):
    calendars = [one for one in codes(reads("/vat-mtd/follow/?to=2026")) if ".ics" in one and "as=start" not in one]
    assert [one.rpartition("?")[2] for one in calendars] == [
        "to=2026-12-31",
        "to=2026-12-31&environment=test",
        "to=2026-12-31&environment=live",
    ]
    (only,) = [one for one in codes(reads("/vat-mtd/follow/?from=2027")) if ".ics" in one and "as=start" not in one]
    assert only.endswith("?from=2027-01-01")


def test_a_filter_that_is_not_understood_is_said(roadmap, reads):
    page = reads("/vat-mtd/follow/?stage=nonsense", 400)
    assert "There is no stage called “nonsense”" in page.main


def test_neither_a_draft_nor_an_earlier_day_can_be_followed(roadmap, reads, admin_client):
    assert reads("/vat-mtd/at/2026-01-24/follow/", 404).link("see this page as it is today") == "/vat-mtd/follow/"
    read(admin_client, f"{staff_preview_url(roadmap.pk)}follow/", 404)
    assert reads("/vat-mtd/at/2026-01-24/").links("Follow") == []


def events(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["SUMMARY"]): (str(event["DTSTART"].dt), str(event["DTEND"].dt)) for event in found}


def test_a_range_is_one_day_at_its_start_for_who_asks(roadmap, client):
    usual, at_start = events(client, "/vat-mtd/items.ics"), events(client, "/vat-mtd/items.ics?as=start")
    assert usual["Live: Sent (VAT-1)"] == ("2026-07-01", "2026-10-01")
    assert at_start["Live July to September 2026: Sent (VAT-1)"] == ("2026-07-01", "2026-07-02")
    assert at_start["Sandbox March 2026: Sent (VAT-1)"] == ("2026-03-01", "2026-03-02")
    deadline = {name: days for name, days in usual.items() if "Paid" in name}
    assert deadline
    assert {name: days for name, days in at_start.items() if "Paid" in name} == deadline
    assert events(client, "/vat-mtd/items.ics") == usual


def test_another_way_of_showing_a_range_is_refused_with_what_there_is(roadmap, client):
    answer = client.get("/vat-mtd/items.ics?as=end")
    assert answer.status_code == 400
    assert "“as=start”" in answer.content.decode()


def test_the_calendars_of_what_is_chosen_are_called_after_it_as_they_call_themselves(roadmap, reads, client):
    query = "?api=vat-api&environment=live"
    chosen = "VAT roadmap: with a date in Live; VAT API"
    assert [heading for level, heading in reads(f"/vat-mtd/follow/{query}").headings if level == 3] == [chosen]
    name = Calendar.from_ical(client.get(f"/vat-mtd/items.ics{query}").content)["NAME"]
    assert name.replace("\\;", ";") == chosen
    every = [heading for level, heading in reads("/vat-mtd/follow/?api=vat-api").headings if level == 3]
    assert every == ["VAT roadmap: VAT API", "VAT roadmap: VAT API; Sandbox", "VAT roadmap: VAT API; Live"]
