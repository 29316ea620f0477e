import pytest

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def vat():
    return make.roadmap(title="VAT roadmap", slug="vat-mtd")


def test_entries_are_newest_first_with_their_points(vat, reads):
    make.changelog_entry(vat, title="Guide v1.0", when="Feb 2018", body="- Name changed\n- Glossary added")
    make.changelog_entry(vat, title="Guide v2.0", when="October 2018", body="# Better\n\nIt is.")
    make.edition(vat, at=make.at("2026-03-24"))
    page = reads("/vat-mtd/changelog/")
    assert page.main == (
        "Changelog Guide v2.0 October 2018 Better It is. Guide v1.0 February 2018 Name changed Glossary added"
    )
    assert page.headings[:4] == [(1, "Changelog"), (2, "Guide v2.0"), (3, "Better"), (2, "Guide v1.0")]


def test_without_entries_it_says_so(vat, reads):
    make.edition(vat, at=make.at("2026-03-24"))
    assert reads("/vat-mtd/changelog/").main == "Changelog There are no changelog entries yet."


def entries(page):
    return [entry.text.split(" ")[0] for entry in page.all("div", class_="app-entry")]


def test_of_one_day_what_was_published_last_comes_first(vat, reads):
    made = {}
    for number, title in enumerate(("Bees", "Ants", "Cats"), start=1):
        made[title] = make.changelog_entry(vat, title=title, when="24 March 2026", position=number)
        make.edition(vat, at=make.at("2026-03-24", f"09:0{number}"))
    made["Bees"].body = "Corrected."
    made["Bees"].save()
    make.edition(vat, at=make.at("2026-03-25"))
    for url in ("", "changelog/", "at/2026-03-25/changelog/"):
        assert entries(reads(f"/vat-mtd/{url}")) == ["Cats", "Ants", "Bees"]


def test_of_one_edition_what_was_typed_last_comes_first_unless_they_have_places(vat, reads):
    for title in ("Bees", "Ants", "Cats"):
        make.changelog_entry(vat, title=title, when="24 March 2026")
    make.changelog_entry(vat, title="Last", when="24 March 2026", position=1)
    make.edition(vat, at=make.at("2026-03-24"))
    assert entries(reads("/vat-mtd/changelog/")) == ["Cats", "Ants", "Bees", "Last"]
