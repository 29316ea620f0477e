import pytest
from django.db import connection

from roadmap.content.choices import Kind
from roadmap.content.things import ApiVersion, FieldValueContent, ItemContent, MilestoneContent
from roadmap.models import Api, FieldValue, Item, ItemApi, Milestone, Release
from roadmap.publishing import pending
from roadmap.working_copies.to_content import content_of, contents, items
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db


def test_an_item_is_read_with_all_that_stands_below_it():
    roadmap = make.roadmap()
    years, channel = make.field(roadmap, name="Tax years"), make.field(roadmap, name="Channel")
    vat, income = make.api(name="VAT", url="https://example.com/vat"), make.api(name="Income tax")
    release = make.release(roadmap, title="Summer")
    item = make.item(
        roadmap,
        title="Carry back",
        kind="api",
        audiences="Agents, agents, Businesses",
        is_breaking=False,
        release=release,
        test="March 2026",
        live="June 2026",
        deployed=("test",),
        apis=((vat, "2.0"), (income, ""), (vat, "1.0")),
        values={years: "26-27", channel: "Software"},
    )
    ItemApi.objects.filter(item=item, version="1.0").update(position=0)
    ItemApi.objects.filter(item=item).exclude(version="1.0").update(position=1)
    bare = make.item(roadmap, title="Bare")
    make.item(make.roadmap(), title="Of another roadmap", live="2027", apis=((vat, "3.0"),))
    whole = ItemContent(
        uid=str(item.uid),
        reference=item.reference,
        title="Carry back",
        kind=Kind.API,
        audiences=("Agents", "Businesses"),
        apis=(
            ApiVersion(name="VAT", url="https://example.com/vat", version="1.0"),
            ApiVersion(name="VAT", url="https://example.com/vat", version="2.0"),
            ApiVersion(name="Income tax"),
        ),
        is_breaking=False,
        fields=(FieldValueContent(key="channel", value="Software"), FieldValueContent(key="tax-years", value="26-27")),
        milestones=(
            MilestoneContent(environment="test", typed="March 2026", is_deployed=True),
            MilestoneContent(environment="live", typed="June 2026"),
        ),
        release_uid=str(release.uid),
        position=item.position,
    )
    nothing = ItemContent(uid=str(bare.uid), reference=bare.reference, title="Bare", position=bare.position)
    assert [*items(roadmap)] == [whole, nothing]
    assert (content_of(item), content_of(bare)) == (whole, nothing)


@each_case("deployed", [(), ("test",), ("controlled_go_live", "live"), ("test", "controlled_go_live", "live")])
@each_case("is_breaking", [None, False, True])
def test_yes_and_no_are_read_as_such_and_not_as_a_number(is_breaking, deployed):
    """Which databases have in different ways: as a number it would be another text, and so pending for ever."""
    roadmap = make.roadmap()
    make.item(roadmap, is_breaking=is_breaking, test="2026", controlled_go_live="2026", live="2026", deployed=deployed)
    (item,) = items(roadmap)
    assert item.is_breaking is is_breaking
    assert [one.is_deployed for one in item.milestones] == [one.environment in deployed for one in item.milestones]
    assert {type(one.is_deployed) for one in item.milestones} == {bool}


def test_where_it_is_deployed_without_a_date_an_item_has_a_milestone():
    roadmap = make.roadmap()
    make.item(roadmap, deployed=("live",))
    (item,) = items(roadmap)
    assert item.milestones == (MilestoneContent(environment="live", is_deployed=True),)


def in_sql(sql):
    def write(item):
        with connection.cursor() as cursor:
            cursor.execute(sql, [item.pk])

    return write


@each_case(
    "write",
    [
        in_sql("UPDATE roadmap_item SET description = 'Reworded' WHERE id = %s"),
        in_sql("UPDATE roadmap_item SET is_breaking = NOT is_breaking WHERE id = %s"),
        in_sql("UPDATE roadmap_item SET release_id = NULL WHERE id = %s"),
        in_sql("UPDATE roadmap_milestone SET is_deployed = NOT is_deployed WHERE item_id = %s"),
        in_sql("DELETE FROM roadmap_milestone WHERE item_id = %s"),
        in_sql("UPDATE roadmap_itemapi SET version = '9.0' WHERE item_id = %s"),
        in_sql("DELETE FROM roadmap_itemapi WHERE item_id = %s"),
        in_sql("UPDATE roadmap_fieldvalue SET value = 'Otherwise' WHERE item_id = %s"),
        lambda item: Milestone.objects.bulk_create([Milestone(item=item, environment="test", when="2029")]),
        lambda item: Milestone.objects.filter(item=item).update(when="2029"),
        lambda item: Milestone.objects.filter(item=item).update(environment="test"),
        lambda item: Api.objects.filter(items=item).update(name="Renamed"),
        lambda item: ItemApi.objects.bulk_create([ItemApi(item=item, api=make.api(), version="1")]),
        lambda item: FieldValue.objects.filter(item=item).delete(),
        lambda item: Item.objects.filter(pk=item.pk).update(release=Release.objects.exclude(items=item).get()),
    ],
)
def test_what_is_written_past_every_form_is_found_pending(write):
    """Whatever a script or somebody at the database wrote, and only that: nothing is taken on trust from a mark."""
    roadmap = make.roadmap()
    column = make.field(roadmap)
    now_in, _ = make.release(roadmap), make.release(roadmap)
    item, _ = (
        make.item(
            roadmap,
            live="June 2026",
            is_breaking=True,
            release=now_in,
            apis=((make.api(), "1.0"),),
            values={column: "A"},
        )
        for _ in range(2)
    )
    make.edition(roadmap)
    assert pending(roadmap) == []
    write(item)
    assert [thing.uid for thing in pending(roadmap)] == [str(item.uid)]
    make.edition(roadmap)
    assert pending(roadmap) == []


def test_reading_all_costs_the_same_queries_whatever_the_number_of_items(django_assert_num_queries):
    roadmap, api = make.roadmap(), make.api()
    for _ in range(3):
        make.item(roadmap, live="June 2026", test="May 2026", apis=((api, "1.0"),), release=make.release(roadmap))
    with django_assert_num_queries(7):
        assert len([*contents(roadmap)]) == 7
