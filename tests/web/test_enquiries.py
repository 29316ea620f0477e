"""The enquiry link of every page: RFC 6068, whose percent-encoding is read back here as a mail program would."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests import make
from tests.web.sample import ADDRESSES, OF_SITE, whole_roadmap

pytestmark = pytest.mark.django_db


def read_mailto(url):
    parts = urlsplit(url)
    assert parts.scheme == "mailto"
    assert "+" not in parts.query  # a plus means a plus in a mailto URL, not a space
    return unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}


@pytest.mark.parametrize("url", [url for name, url in ADDRESSES.items() if name not in OF_SITE])
def test_every_page_of_a_roadmap_has_it(reads, url):
    roadmap = whole_roadmap(
        contact_name="Support Team", contact_email="team@example.gov.uk", contact_subject="100% of Q&A"
    )
    make.edition(roadmap, at=make.at("2026-03-24"))
    footer_link = reads(url).links("Support Team")
    assert [read_mailto(one) for one in footer_link] == [("team@example.gov.uk", {"subject": "100% of Q&A"})]


@pytest.mark.parametrize("url", ["/vat-mtd/items/VAT-99/", "/vat-mtd/pages/nope/"])
def test_what_is_not_found_in_a_roadmap_has_it_too(reads, url):
    make.edition(whole_roadmap(contact_name="Support Team"), at=make.at("2026-03-24"))
    assert reads(url, status=404).links("Support Team")


@pytest.mark.parametrize(
    "subject", ["Roadmap enquiry", "100% of Q&A + more? #1", "a=b&body=injected", "Ymholiad â map ffordd", '"<>']
)
def test_the_subject_arrives_as_it_was_written(reads, subject):
    make.edition(whole_roadmap(contact_subject=subject), at=make.at("2026-03-24"))
    (link,) = reads("/vat-mtd/").links("team@example.gov.uk")
    assert read_mailto(link) == ("team@example.gov.uk", {"subject": subject})


@pytest.mark.parametrize(
    "email", ["a&b@example.gov.uk", "what?@example.gov.uk", "100%@example.gov.uk", "o'n+x@example.org"]
)
def test_an_unusual_address_arrives_as_it_was_written(reads, email):
    make.edition(whole_roadmap(contact_email=email, contact_subject="Hello"), at=make.at("2026-03-24"))
    (link,) = reads("/vat-mtd/").links(email)
    assert read_mailto(link) == (email, {"subject": "Hello"})


def test_an_address_that_is_the_name_too_is_said_once(reads):
    make.edition(whole_roadmap(contact_name="team@example.gov.uk", contact_email="team@example.gov.uk"))
    assert reads("/vat-mtd/").main.count("team@example.gov.uk") == 1


def test_an_items_link_adds_its_reference_and_title(reads):
    roadmap = whole_roadmap(contact_subject="Roadmap enquiry")
    make.item(roadmap, title="Q&A: 50% of “losses”")
    make.edition(roadmap, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/items/VAT-5/")
    (link,) = page.links("team@example.gov.uk")
    assert read_mailto(link)[1] == {
        "subject": "Roadmap enquiry: VAT-5 Q&A: 50% of “losses”",
        "body": "http://testserver/vat-mtd/items/VAT-5/\r\n\r\n",
    }
    assert "Ask about this item" in page.main
