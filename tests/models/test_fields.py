import pytest
from django.core.exceptions import ValidationError

from roadmap.content.choices import Environment
from roadmap.dates import UnclearDate
from roadmap.models import ChangelogEntry, Field, Item, ItemApi, Milestone, Page, Release, Roadmap
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db

OLD_DATE = "2026 to 2027"  # understood when it was published, and refused today


def test_a_text_is_settled_whoever_writes_it():
    roadmap = make.roadmap(description="One\r\ntwo \r\n", footer="Cafe\u0301\r\n")
    item = make.item(roadmap, title=" Cafe\u0301 ", description="One \r\ntwo  \r\nthree\r\n\r\n")
    Item.objects.filter(pk=item.pk).update(journey="Payments ")
    item.refresh_from_db()
    roadmap.refresh_from_db()
    assert (item.title, item.journey, item.description) == ("Café", "Payments", "One\ntwo  \nthree")
    assert (roadmap.description, roadmap.footer) == ("One\ntwo", "Café")


def test_a_text_is_settled_where_it_is_checked():
    item = make.item(make.roadmap())
    item.title, item.description = "Title\r\n", "One\r\ntwo"
    item.clean_fields()
    assert (item.title, item.description) == ("Title", "One\ntwo")


def test_a_line_break_within_one_line_is_refused_still():
    item = make.item(make.roadmap())
    item.title = "one\r\ntwo"
    with pytest.raises(ValidationError, match="on one line"):
        item.clean_fields()


@each_case("when", [OLD_DATE, "June 2026", "TBC", ""])
def test_a_date_that_either_grammar_understands_is_written(when):
    milestone = make.milestone(make.item(make.roadmap()), "live", when, is_deployed=True)
    milestone.refresh_from_db()
    assert milestone.when == when


def test_a_date_that_no_grammar_understands_is_refused_whoever_writes_it():
    item = make.item(make.roadmap())
    with pytest.raises(UnclearDate):
        Milestone.objects.create(item=item, environment=Environment.LIVE, when="whenever")


def test_a_date_of_the_first_grammar_is_shown_as_it_was_typed():
    assert make.milestone(make.item(make.roadmap()), "live", OLD_DATE).in_words == OLD_DATE


def test_what_has_no_place_comes_after_the_last_of_its_like():
    roadmap, other = make.roadmap(position=7), make.roadmap(position=3)
    release = make.release(roadmap, position=4)
    make.release(other, position=90)
    make.item(roadmap, release=release, position=5)
    make.item(roadmap, position=20)
    item, api = make.item(other), make.api()
    ItemApi.objects.create(item=item, api=api, version="1", position=2)
    Roadmap.objects.filter(pk=other.pk).update(last_item_number=50)
    new = [
        Release(roadmap=roadmap, title="New"),
        Page(roadmap=roadmap, title="New", slug="new"),
        Page(roadmap=roadmap, title="Newer", slug="newer"),
        Field(roadmap=roadmap, name="New"),
        ChangelogEntry(roadmap=roadmap, title="New", when="June 2026"),
        Item(roadmap=roadmap, title="New", release=release),
        Item(roadmap=roadmap, title="New"),
        ItemApi(item=item, api=api, version="2"),
        Roadmap(title="New", slug="new", reference_prefix="NEW", contact_email="team@example.gov.uk"),
    ]
    for row in new:
        row.save()
    assert [row.position for row in new] == [5, 0, 1, 0, 0, 6, 21, 3, 8]


def test_a_place_that_is_taken_away_is_the_last_among_the_others():
    roadmap = make.roadmap()
    first, _ = make.page(roadmap, position=9), make.page(roadmap, position=2)
    first.position = None
    first.full_clean()
    first.save()
    assert first.position == 3


def test_a_place_after_the_very_last_is_the_very_last():
    roadmap = make.roadmap()
    make.page(roadmap, position=2_147_483_647)
    page = Page.objects.create(roadmap=roadmap, title="New", slug="new")
    assert page.position == 2_147_483_647
