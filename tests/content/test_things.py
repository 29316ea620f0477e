from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from roadmap.content.choices import Environment, Horizon, Kind, Noun, Stage
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import (
    ApiVersion,
    ChangelogEntryContent,
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    ItemContent,
    MilestoneContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
    from_json,
    in_words,
    noun_of,
    to_json,
)
from tests.cases import each_case

LABELS = EnvironmentLabels(test="Sandbox", controlled_go_live="Controlled go-live", live="Live")
ROADMAP = RoadmapContent(
    uid="r",
    slug="vat-mtd",
    title="VAT roadmap",
    contact=Contact(name="Team", email="team@example.gov.uk", subject="Roadmap enquiry"),
    labels=LABELS,
)


def item(uid="i", **fields):
    return ItemContent(**{"uid": uid, "reference": f"VAT-{len(uid)}", "title": uid, **fields})


def snapshot(*contents, roadmap=ROADMAP):
    return Snapshot([roadmap, *contents])


text = st.text(max_size=20)
contents = st.one_of(
    st.builds(
        RoadmapContent,
        uid=text,
        slug=text,
        title=text,
        description=text,
        contact=st.builds(Contact, name=text, email=text, subject=text),
        labels=st.builds(EnvironmentLabels, test=text, controlled_go_live=text, live=text),
        fields=st.lists(st.builds(FieldDefinition, key=text, name=text, explanation=text), max_size=2).map(tuple),
        footer=text,
        position=st.integers(0, 5000),
    ),
    st.builds(PageContent, uid=text, slug=text, title=text, body=text, is_on_home=st.booleans()),
    st.builds(ReleaseContent, uid=text, title=text, typed=text, horizon=st.sampled_from([None, *Horizon])),
    st.builds(
        ItemContent,
        uid=text,
        reference=text,
        title=text,
        kind=st.sampled_from([None, *Kind]),
        audiences=st.lists(text, max_size=2).map(tuple),
        apis=st.lists(st.builds(ApiVersion, name=text, url=text, version=text), max_size=2).map(tuple),
        is_breaking=st.sampled_from([None, True, False]),
        fields=st.lists(st.builds(FieldValueContent, key=text, value=text), max_size=2).map(tuple),
        milestones=st.lists(
            st.builds(
                MilestoneContent, environment=st.sampled_from([*Environment]), typed=text, is_deployed=st.booleans()
            ),
            max_size=3,
        ).map(tuple),
        release_uid=text,
    ),
    st.builds(ChangelogEntryContent, uid=text, title=text, typed=text, body=text),
)


@given(contents)
def test_what_is_written_is_read_back_and_written_the_same(content):
    written = to_json(content)
    again = from_json(noun_of(content), written)
    assert again == content
    assert to_json(again) == written


def test_a_field_that_holds_its_default_is_left_out():
    assert to_json(item(title="A")) == '{"uid":"i","reference":"VAT-1","title":"A"}'


def test_a_field_that_a_later_version_wrote_is_passed_over():
    assert from_json(Noun.PAGE, '{"uid":"p","slug":"s","title":"T","later":1}') == PageContent(
        uid="p", slug="s", title="T"
    )


@each_case(
    ("milestones", "release", "stage", "label"),
    [
        ((), None, Stage.BACKLOG, "Planned"),
        ((), ReleaseContent(uid="x", title="Near", horizon=Horizon.NEAR), Stage.BACKLOG, "Planned"),
        (("test",), None, Stage.TEST, "In sandbox"),
        (("test", "controlled_go_live"), None, Stage.CONTROLLED_GO_LIVE, "Controlled go-live"),
        (("live",), None, Stage.LIVE, "Live"),
        (("test",), ReleaseContent(uid="x", title="June 2026", is_deployed=True), Stage.LIVE, "Live"),
    ],
)
def test_a_stage_follows_from_milestones_and_release(milestones, release, stage, label):
    reached = tuple(MilestoneContent(environment=Environment(one), is_deployed=True) for one in milestones)
    coming = tuple(
        MilestoneContent(environment=one, typed="June 2027") for one in Environment if one.value not in milestones
    )
    placed = snapshot(item(milestones=reached + coming, release_uid="x"), *([release] if release else [])).items[0]
    assert (placed.stage, placed.stage_label) == (stage, label)


def test_a_roadmap_names_its_environments():
    labels = EnvironmentLabels(test="Test", controlled_go_live="Private beta", live="Production")
    assert [labels.stage(one) for one in Environment] == ["In test", "Private beta", "In production"]
    assert [labels.place(one) for one in Environment] == ["in test", "in private beta", "in production"]


def test_releases_go_by_place_then_by_date_and_their_items_follow_them():
    later = ReleaseContent(uid="later", title="B", typed="June 2027")
    sooner = ReleaseContent(uid="sooner", title="C", typed="Q1 2027")
    undated = ReleaseContent(uid="undated", title="A")
    titled = ReleaseContent(uid="titled", title="July 2028")
    last = ReleaseContent(uid="last", title="0", typed="January 2026", position=1)
    of_none = item("none")
    found = snapshot(
        last,
        undated,
        titled,
        later,
        sooner,
        of_none,
        *(item(one.uid, release_uid=one.uid) for one in (last, later, sooner)),
    )
    assert [one.uid for one in found.releases] == ["sooner", "later", "titled", "undated", "last"]
    assert [one.content.uid for one in found.items] == ["sooner", "later", "last", "none"]


def test_items_without_a_place_go_by_number_and_not_by_letter():
    found = snapshot(item("a", reference="VAT-10"), item("b", reference="VAT-9"))
    assert [one.content.reference for one in found.items] == ["VAT-9", "VAT-10"]


def test_the_changelog_begins_with_the_newest():
    entries = [
        ChangelogEntryContent(uid=typed, title=typed, typed=typed) for typed in ("Feb 2018", "Oct 2018", "Jun 2017")
    ]
    assert [one.title for one in snapshot(*entries).changelog] == ["Oct 2018", "Feb 2018", "Jun 2017"]


def test_a_date_that_is_not_understood_any_more_is_shown_as_it_was_typed():
    when = MilestoneContent(environment=Environment.LIVE, typed="when the cows come home").when
    assert str(when) == "When the cows come home"
    assert when.start is None


@given(st.text(min_size=1), st.text())
def test_an_enquiry_link_gives_its_subject_back(subject, about):
    subject, about = (value.encode("utf-8", "ignore").decode() for value in (subject, about))
    url = Contact(email="team+vat%@example.gov.uk", subject=subject).mailto(about)
    scheme, _, rest = url.partition(":")
    address, _, query = rest.partition("?subject=")
    assert scheme == "mailto"
    assert unquote(address) == "team+vat%@example.gov.uk"
    assert unquote(query) == ": ".join(part for part in (subject, about) if part)
    assert url.isascii()
    assert not set('\r\n <>"') & set(url)


def test_an_enquiry_link_encodes_what_would_end_its_subject():
    url = Contact(email="team@example.gov.uk", subject="50% & more?").mailto("VAT-1 A&B")
    assert url == "mailto:team@example.gov.uk?subject=50%25%20%26%20more%3F%3A%20VAT-1%20A%26B"
    assert parse_qs(urlsplit(url).query) == {"subject": ["50% & more?: VAT-1 A&B"]}


def test_names_in_words():
    assert in_words(["Businesses", "Agents"]) == "Businesses and agents"
    assert in_words(["Sole traders", "HMRC", "Agents"]) == "Sole traders, HMRC and agents"
    assert in_words([]) == ""


def test_only_an_address_of_the_web_is_a_link():
    for url in ("https://example.gov.uk/vat", "HTTP://example.gov.uk"):
        assert ApiVersion(name="VAT", url=url).link == url
    for url in ("", "javascript:alert(1)", "ftp://example.gov.uk", "file:///etc/passwd", "/vat"):
        assert ApiVersion(name="VAT", url=url).link == ""
