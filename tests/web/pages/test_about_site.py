"""What the site says of itself: /accessibility/ and /privacy/."""

import pytest

from roadmap.models import Roadmap
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
PAGES = {"/accessibility/": "Accessibility statement for these roadmaps", "/privacy/": "Privacy"}
each_page = each_case(("url", "heading"), [*PAGES.items()])


@pytest.fixture
def vat():
    roadmap = make.roadmap(title="VAT roadmap", slug="vat-mtd", contact_email="vat@example.gov.uk", position=1)
    make.edition(roadmap, at=make.at("2026-03-24"))
    return roadmap


@each_page
def test_every_page_leads_there_and_back(vat, reads, url, heading):
    for start in ("/", "/vat-mtd/", "/vat-mtd/items/"):
        assert url in reads(start).links(heading.split()[0])
    page = reads(url)
    assert page.one("h1").text == heading
    assert [level for level, _ in page.headings][:2] == [1, 2]
    assert page.links("All roadmaps") == ["/"]


def test_they_say_whom_to_ask_the_first_roadmap_or_whoever_is_set(vat, reads, settings):
    for url in PAGES:
        assert "vat@example.gov.uk" in reads(url).main
    first = make.roadmap(slug="first", contact_email="first@example.gov.uk", position=0)
    make.edition(first, at=make.at("2026-03-25"))
    for url in PAGES:
        assert "first@example.gov.uk" in reads(url).main
    settings.SITE_CONTACT_NAME, settings.SITE_CONTACT_EMAIL = "Hub team", "hub@example.gov.uk"
    for url in PAGES:
        main = reads(url).main
        assert "Hub team hub@example.gov.uk" in main
        assert "first@" not in main


@each_page
def test_it_stands_before_anything_is_published(reads, db, url, heading):
    assert "Each roadmap says at its foot whom to ask." in reads(url).main


def test_the_notice_of_whoever_runs_the_site_is_linked_where_there_is_one(vat, reads, settings):
    words = "The privacy notice of those who run this website"
    assert reads("/privacy/").links(words) == []
    settings.PRIVACY_NOTICE_URL = "https://www.example.gov.uk/privacy"
    assert reads("/privacy/").links(words) == ["https://www.example.gov.uk/privacy"]


@each_page
def test_no_roadmap_may_be_there(db, url, heading):
    roadmap = Roadmap(
        title="VAT", slug=url.strip("/"), reference_prefix="VAT", contact_name="A", contact_email="a@b.org"
    )
    with pytest.raises(Exception, match="The site itself uses the address"):
        roadmap.full_clean()
