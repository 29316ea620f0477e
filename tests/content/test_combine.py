import msgspec
from hypothesis import given
from hypothesis import strategies as st

from roadmap.content.choices import Environment
from roadmap.content.merge import combine, differing, merge, parts, put_back, with_parts
from roadmap.content.things import (
    ApiVersion,
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    RoadmapContent,
)

ITEM = ItemContent(uid="u", reference="P-1", title="Weigh", description="By scales")


def but(content, **values):
    return msgspec.structs.replace(content, **values)


def test_what_only_one_of_them_changed_is_taken():
    found = combine(ITEM, but(ITEM, title="Weigh it"), but(ITEM, description="By staff"))
    assert found.content == but(ITEM, title="Weigh it", description="By staff")
    assert found.clashes == ()


def test_what_both_changed_alike_is_no_clash():
    found = combine(ITEM, but(ITEM, title="Weigh it"), but(ITEM, title="Weigh it"))
    assert (found.content.title, found.clashes) == ("Weigh it", ())


def test_what_both_changed_differently_stays_with_staff_and_is_told():
    found = combine(ITEM, but(ITEM, title="Source"), but(ITEM, title="Staff"))
    assert found.content.title == "Staff"
    [clash] = found.clashes
    assert (clash.field, clash.before, clash.ours, clash.theirs) == ("title", "Weigh", "Staff", "Source")
    chosen = combine(ITEM, but(ITEM, title="Source"), but(ITEM, title="Staff"), from_source=frozenset({"title"}))
    assert (chosen.content.title, chosen.clashes) == ("Source", ())


def test_milestones_and_columns_are_each_for_itself():
    test, live = (MilestoneContent(environment=one, typed="June 2026") for one in (Environment.TEST, Environment.LIVE))
    theirs = but(ITEM, milestones=(live,), fields=(FieldValueContent(key="year", value="2026"),))
    ours = but(ITEM, milestones=(test,), fields=(FieldValueContent(key="area", value="North"),))
    found = combine(ITEM, theirs, ours)
    assert found.content.milestones == (test, live)
    assert [one.key for one in found.content.fields] == ["area", "year"]
    assert found.clashes == ()


def test_without_a_last_import_the_source_wins_only_where_told_and_only_where_it_says_something():
    theirs = but(ITEM, title="Source", description="", is_breaking=None)
    ours = but(ITEM, title="Staff", is_breaking=True)
    won = combine(None, theirs, ours, source_wins=True)
    assert won.content == but(ours, title="Source")
    left = combine(None, theirs, ours)
    assert left.content == ours
    assert [clash.field for clash in left.clashes] == ["title"]


def test_carriage_returns_and_addresses_of_apis_are_no_changes():
    page = PageContent(uid="u", slug="a", title="A", body="One\nTwo")
    sent = but(page, body="One\r\nTwo")
    assert combine(page, but(page, body="Three"), sent).content.body == "Three"
    assert combine(page, page, sent).content == sent
    named = but(ITEM, apis=(ApiVersion(name="Parcel API"),))
    linked = but(ITEM, apis=(ApiVersion(name="Parcel API", url="https://example.gov.uk"),))
    assert differing(named, linked) == []


ROADMAP = RoadmapContent(
    uid="r",
    slug="parcels",
    title="Parcels",
    contact=Contact(name="Team", email="a@example.gov.uk"),
    labels=EnvironmentLabels(test="Sandbox", controlled_go_live="Beta", live="Live"),
    fields=(FieldDefinition(key="year", name="Year"), FieldDefinition(key="area", name="Area")),
)


def test_a_roadmaps_columns_labels_and_contact_are_each_for_itself():
    theirs = but(
        ROADMAP,
        contact=but(ROADMAP.contact, name="New team"),
        fields=(*ROADMAP.fields, FieldDefinition(key="size", name="Size")),
    )
    ours = but(ROADMAP, labels=but(ROADMAP.labels, live="Production"), fields=ROADMAP.fields[:1])
    found = combine(ROADMAP, theirs, ours)
    assert (found.content.contact.name, found.content.labels.live) == ("New team", "Production")
    assert [column.key for column in found.content.fields] == ["year", "size"]
    assert found.clashes == ()


TEXTS = st.sampled_from(["", "a", "b", "c"])
ITEMS = st.builds(
    lambda title, description, breaking, live, value, release: but(
        ITEM,
        title=title or "t",
        description=description,
        is_breaking=breaking,
        milestones=(MilestoneContent(environment=Environment.LIVE, typed=live),) if live else (),
        fields=(FieldValueContent(key="year", value=value),) if value else (),
        release_uid=release,
    ),
    TEXTS,
    TEXTS,
    st.none() | st.booleans(),
    st.sampled_from(["", "June 2026", "July 2026"]),
    TEXTS,
    TEXTS,
)


@given(ITEMS, ITEMS, ITEMS)
def test_it_merges_as_editions_do_with_staff_before_the_source(base, theirs, ours):
    found = combine(base, theirs, ours)
    assert found.content == merge(base, ours, theirs)
    assert bool(found.clashes) == (merge(base, theirs, ours) != merge(base, ours, theirs))


@given(ITEMS, ITEMS, ITEMS)
def test_a_clash_that_was_put_back_is_found_again_and_nothing_else(base, theirs, ours):
    found = combine(base, theirs, ours)
    again = combine(put_back(theirs, found.clashes), theirs, found.content)
    assert again.content == found.content
    assert [clash.field for clash in again.clashes] == [clash.field for clash in found.clashes]


@given(ITEMS)
def test_a_content_is_its_parts(content):
    assert with_parts(ITEM, parts(content)) == content
    assert with_parts(content, {"title": "x"}).milestones == ()
