"""The notice of a roadmap: above every page of it, between its two times."""

import re

import pytest

from roadmap.models import Roadmap
from roadmap.previews import links
from tests import make
from tests.cases import each_case
from tests.previews.shared import a_link
from tests.web.sample import ADDRESSES, OF_SITE, whole_roadmap

pytestmark = pytest.mark.django_db
TITLE = "Sandbox closed for maintenance"
OF_ROADMAP = [url for name, url in ADDRESSES.items() if name not in OF_SITE]
STARTS, ENDS = make.at("2026-06-05", "17:00"), make.at("2026-06-08", "09:00")


@pytest.fixture
def vat():
    roadmap = whole_roadmap(
        notice_title=TITLE,
        notice_body="## Why\n\nTry again **on Monday**.",
        notice_starts_at=STARTS,
        notice_ends_at=ENDS,
    )
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


def notice(page):
    return [one.text for one in page.all("div", class_="govuk-notification-banner")]


@each_case(
    ("at", "is_on"),
    [
        (make.at("2026-06-05", "16:59"), False),
        (STARTS, True),
        (make.at("2026-06-06"), True),
        (make.at("2026-06-08", "08:59"), True),
        (ENDS, False),
    ],
)
def test_every_page_has_it_between_its_times_and_no_page_at_any_other(vat, reads, clock, at, is_on):
    clock(at)
    for url in OF_ROADMAP:
        assert notice(reads(url)) == ([f"Notice {TITLE} Why Try again on Monday."] if is_on else []), url
    assert notice(reads("/")) == []


def test_the_page_is_as_sound_with_it(vat, reads, clock):
    clock(STARTS)
    page = reads("/vat-mtd/")
    assert page.headings[0][0] == 1
    assert "<script>" not in page.html
    assert page.one("strong").text == "on Monday"
    assert page.one("p", id="notice").text == "Notice"


def test_an_earlier_day_and_what_is_not_there(vat, reads, clock):
    clock(STARTS)
    assert notice(reads("/vat-mtd/at/2026-06-01/")) == []
    assert notice(reads("/vat-mtd/items/VAT-99/", 404)) == [f"Notice {TITLE} Why Try again on Monday."]


def test_a_reader_who_has_the_page_gets_it_anew_when_the_notice_begins_and_when_it_ends(vat, client, clock):
    clock(make.at("2026-06-05", "16:00"))
    before = client.get("/vat-mtd/changelog/")
    for time, is_on in ((STARTS, True), (ENDS, False)):
        clock(time)
        for name, value in (("if_none_match", before["ETag"]), ("if_modified_since", before["Last-Modified"])):
            answer = client.get("/vat-mtd/changelog/", headers={name: value})
            assert answer.status_code == 200
            assert (TITLE in answer.content.decode()) is is_on
        before = answer
        again = client.get("/vat-mtd/changelog/", headers={"if_none_match": before["ETag"]})
        assert again.status_code == 304


def test_readers_are_told_that_there_is_one_and_staff_see_it_before(vat, reads, clock, monkeypatch):
    Roadmap.objects.filter(pk=vat.pk).update(notice_title="Closed", notice_body="")
    vat.refresh_from_db()
    clock(make.at("2026-06-01"))
    monkeypatch.setattr(links, "current_time", lambda: make.at("2026-06-01"))
    page = reads(links.addresses_by_link(a_link(vat, now=make.at("2026-06-01"))).home)
    assert "Notice Closed Readers see this notice from 5 June 2026 at 5pm to 8 June 2026 at 9am." in notice(page)
    make.edition(vat, at=make.at("2026-05-01"))
    assert "notice changed: Closed, 5 June 2026 at 5pm to 8 June 2026 at 9am" in reads("/vat-mtd/editions/2/").main
    Roadmap.objects.filter(pk=vat.pk).update(notice_title="", notice_starts_at=None, notice_ends_at=None)
    vat.refresh_from_db()
    make.edition(vat, at=make.at("2026-05-02"))
    assert "notice removed" in reads("/vat-mtd/editions/3/").main
    vat.notice_title, vat.notice_starts_at, vat.notice_ends_at = "Again", STARTS, ENDS
    vat.save()
    make.edition(vat, at=make.at("2026-05-03"))
    assert re.search("notice added: Again, 5 June 2026 at 5pm to", reads("/vat-mtd/editions/4/").main)
