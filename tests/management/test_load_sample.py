import re
from collections import Counter

import pytest

from roadmap.content.choices import Horizon, Stage
from roadmap.content.shapes import Names
from roadmap.content.snapshot import Snapshot
from roadmap.models import Edition, Roadmap
from roadmap.publishing import pending
from roadmap.sample import words
from roadmap.working_copies.to_content import preview
from tests import make
from tests.management.run import refusal, run
from tests.techdocs.example_sources import real_source


@pytest.fixture
def snapshot(db) -> Snapshot:
    ended = run("load_sample")
    assert (ended.code, ended.err) == (0, [])
    return preview(Roadmap.objects.get())


@pytest.mark.django_db
def test_it_publishes_the_first_edition_of_all_of_it():
    ended = run("load_sample")
    [edition] = Edition.objects.all()
    assert (edition.number, edition.note, edition.roadmap_slug) == (1, "First edition", "vat-mtd")
    assert ended.out == [f"Published edition 1 of VAT (MTD) roadmap: {edition.revisions.count()} changes."]
    assert pending(edition.roadmap) == []


def test_its_items_are_in_every_stage_that_the_real_roadmap_had(snapshot):
    assert Counter(item.stage for item in snapshot.items) == {
        Stage.BACKLOG: 6,
        Stage.TEST: 5,
        Stage.LIVE: 7,
    }
    assert [item.content.reference for item in snapshot.items] == [f"VAT-{n}" for n in range(1, 19)]


def test_its_backlog_is_by_term_with_dates(snapshot):
    by_release = {release.title: (str(release.when), release.horizon) for release in snapshot.releases}
    assert by_release == {
        "Near term": ("18 October 2018 to February 2019", Horizon.NEAR),
        "Mid term": ("March to April 2019", Horizon.MID),
        "Long term": ("May to October 2019", Horizon.LONG),
    }
    backlog = [item for item in snapshot.items if item.stage is Stage.BACKLOG]
    assert [item.release.title for item in backlog] == [*["Near term"] * 3, "Mid term", *["Long term"] * 2]
    assert {item.stage_label for item in backlog} == {"Planned"}


def test_its_endpoints_link_to_their_api(snapshot):
    apis = {api for item in snapshot.items if item.stage is Stage.TEST for api in item.content.apis}
    [api] = apis
    assert api.name == "VAT (MTD) API"
    assert api.url.startswith("https://developer.service.hmrc.gov.uk/")


def test_every_item_says_what_it_is_and_for_whom(snapshot):
    for item in snapshot.items:
        assert item.content.description
        assert item.content.journey
        assert Names().words(item.content.audiences) in ("Businesses and agents", "Agents")
        assert item.content.description.endswith(".")


def test_its_enquiry_link_has_the_real_address_and_subject(snapshot):
    assert snapshot.roadmap.contact.mailto() == "mailto:sdsteam@hmrc.gsi.gov.uk?subject=Roadmap%20enquiry"


def test_its_changelog_has_five_entries_newest_first(snapshot):
    assert [str(entry.when) for entry in snapshot.changelog] == [
        "October 2018",
        "September 2018",
        "July 2018",
        "February 2018",
        "June 2017",
    ]
    assert all(entry.body.startswith("- ") for entry in snapshot.changelog)


@pytest.mark.django_db
def test_a_second_time_it_is_refused_and_nothing_changes():
    run("load_sample")
    assert "There is a roadmap at /vat-mtd/ already." in refusal("load_sample")
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_beside_another_roadmap_it_is_loaded():
    make.roadmap()
    assert run("load_sample").code == 0


@pytest.mark.django_db
def test_if_empty_does_nothing_beside_any_roadmap():
    make.roadmap(slug="parcel-tax")
    ended = run("load_sample", "--if-empty")
    assert (ended.code, ended.err) == (0, [])
    assert [roadmap.slug for roadmap in Roadmap.objects.all()] == ["parcel-tax"]


@pytest.mark.django_db
def test_if_empty_loads_into_an_empty_database():
    run("load_sample", "--if-empty")
    assert Edition.objects.count() == 1


# Its words are its own


def _runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    """Every so many words that follow one another, whatever stands between them. An email address is one word."""
    words = re.findall(r"[^\W_]+", re.sub(r"\S+@\S+", " address ", text.lower()))
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def _prose() -> list[str]:
    """All sentences of the sample; titles, headings, names and dates are facts and may be as in the real one."""
    said = words()
    prose = [said["roadmap"]["description"], said["roadmap"]["footer"]]
    prose += [thing["body"] for thing in [*said["pages"], *said["changelog"]]]
    return prose + [item[key] for item in said["items"] for key in ("title", "description")]


@pytest.mark.parametrize("name", ["vat-2018-10", "vat-2018-11", "itsa-2023-06"])
def test_no_eight_words_in_a_row_are_those_of_a_real_roadmap(name):
    real = {run for path in real_source(name).glob("*.md") for run in _runs(path.read_text(encoding="utf-8"))}
    assert real
    assert [text for text in _prose() if _runs(text) & real] == []


@pytest.mark.parametrize("name", ["vat-2018-10", "vat-2018-11", "itsa-2023-06"])
def test_no_sentence_is_one_of_a_real_roadmap(name):
    def sentences(text: str) -> set[tuple[str, ...]]:
        parts = re.split(r"[.:|?\n]", text.lower())
        return {words for part in parts if len(words := tuple(re.findall(r"[^\W_]+", part))) >= 5}

    real = {found for path in real_source(name).glob("*.md") for found in sentences(path.read_text(encoding="utf-8"))}
    assert {found for text in _prose() for found in sentences(text)} & real == set()
