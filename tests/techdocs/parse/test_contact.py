"""Whom to ask, as a source says it."""

import pytest

from roadmap.techdocs import parse
from roadmap.techdocs.parse.result import ParsedContact
from tests.cases import each_case
from tests.techdocs.example_sources import source


def contact_of(parsed) -> ParsedContact:
    assert parsed.contact is not None
    return parsed.contact


def doubts(parsed) -> list[str]:
    return [str(doubt) for doubt in parsed.doubts]


@each_case(
    ("text", "email", "subject"),
    [
        ("[us](mailto:a@example.gov.uk?subject=One%20two)", "a@example.gov.uk", "One two"),
        ("[us](MAILTO:a@example.gov.uk?cc=b@example.gov.uk&SUBJECT=x%2By+z)", "a@example.gov.uk", "x+y+z"),
        ('<a href="mailto:a@example.gov.uk?cc=b@example.gov.uk&amp;subject=x%26y">us</a>', "a@example.gov.uk", "x&y"),
        ('<div><a href="mailto:a@example.gov.uk">us</a></div>', "a@example.gov.uk", ""),
        ("<a@example.gov.uk>", "a@example.gov.uk", ""),
        ("Write to a@example.gov.uk.", "a@example.gov.uk", ""),
        (
            "[us](mailto:a@example.gov.uk?subject=One%0D%0ABcc:%20x@example.com)",
            "a@example.gov.uk",
            "One Bcc: x@example.com",
        ),
    ],
)
def test_enquiry_links_in_every_form(text, email, subject):
    contact = contact_of(parse(source(f"# A\n\n## B\n\n{text}")))
    assert (contact.email, contact.subject, contact.name, contact.line) == (email, subject, "", 5)


def test_a_link_is_taken_before_an_address_and_the_other_address_is_doubted():
    parsed = parse(
        source("# A\n\nold@example.gov.uk\n\n[us](mailto:new@example.gov.uk)\n\n[them](mailto:them@example.gov.uk)")
    )
    assert contact_of(parsed).email == "new@example.gov.uk"
    assert any(doubt.startswith("index.md:7:") and "them@example.gov.uk" in doubt for doubt in doubts(parsed))


@pytest.mark.parametrize("text", ["no address", "[us](mailto:nobody)", "[us](mailto:)", "me@localhost"])
def test_no_contact_where_no_address_is_one(text):
    assert parse(source(f"# A\n\n{text}")).contact is None


def test_a_team_elsewhere_on_the_page_is_not_the_contact():
    parsed = parse(source("# A\n\n## B\n\n**Other Team**\n\n## C\n\n[us](mailto:a@example.gov.uk)"))
    assert contact_of(parsed).name == ""


@each_case(
    ("text", "name"),
    [
        ("[Parcel Software Team](mailto:a@example.gov.uk)", "Parcel Software Team"),
        ("Write to **the team**, [a@example.gov.uk](mailto:a@example.gov.uk).", ""),
        ("[the team](mailto:a@example.gov.uk)", ""),
        ("[our Team.](mailto:a@example.gov.uk)", ""),
        ("**a-team@example.gov.uk**", ""),
        ("[Other Team](https://example.gov.uk) <a@example.gov.uk>", ""),
    ],
)
def test_the_words_of_an_enquiry_link_may_be_the_name_of_a_team(text, name):
    assert contact_of(parse(source(f"# A\n\n## B\n\n{text}"))).name == name


def test_an_address_that_is_stated_as_the_team_is_no_name():
    stated = (
        "**Team:** a@example.gov.uk<br>**Email:** [a@example.gov.uk](mailto:a@example.gov.uk)<br>**Subject:** Parcels"
    )
    contact = contact_of(parse(source(f"# A\n\n## Contact\n\n{stated}")))
    assert (contact.name, contact.email, contact.subject) == ("", "a@example.gov.uk", "Parcels")
