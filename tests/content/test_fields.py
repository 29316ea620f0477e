"""Every field of every noun goes through every outlet and back, or the list says why not: roadmap/content/fields.py.

Each test lists the fields that its outlet drops. A field that is added to a Content, and to no outlet, is found here.
"""

import csv
import io
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec
import pytest

from roadmap.content import shapes
from roadmap.content.choices import Environment, Noun
from roadmap.content.comparison import compare
from roadmap.content.fields import FIELDS, ITEM_FIELDS, ContentField, Outlet, field_told
from roadmap.content.merge import combine, merge
from roadmap.content.things import (
    CONTENT_OF,
    ApiVersion,
    Contact,
    EnvironmentLabels,
    FieldDefinition,
    FieldValueContent,
    MilestoneContent,
    NoticeContent,
)
from roadmap.models import Roadmap
from roadmap.publishing import publish
from roadmap.working_copies.from_content import write
from roadmap.working_copies.to_content import preview
from tests import make
from tests.management.run import run
from tests.transfer import another

SLUG = "parcels"
UIDS = {noun: str(uuid4()) for noun in Noun}
LABELS = EnvironmentLabels(test="Depot", controlled_go_live="Pilot", live="Street")
VALUES = {
    shapes.Prose: "Carries **{name}**.",
    shapes.Place: 3,
    shapes.Flag: True,
    shapes.Answer: True,
    shapes.Names: ("Weighers", "Packers"),
    shapes.Date: "June 2027",
    shapes.ReleaseLink: UIDS[Noun.RELEASE],
    shapes.Apis: (ApiVersion(name="Parcel API", url="https://example.gov.uk/parcels", version="2.0"),),
    shapes.OwnValues: (FieldValueContent(key="size", value="Extra large"),),
    shapes.Milestones: (
        MilestoneContent(environment=Environment.TEST, typed="May 2027", is_deployed=True),
        MilestoneContent(environment=Environment.LIVE, typed="July 2027"),
    ),
    shapes.Columns: (FieldDefinition(key="size", name="Size", explanation="How large a parcel may be."),),
}
# Where only one value will do.
GIVEN = {
    (Noun.ROADMAP, "slug"): SLUG,
    (Noun.ROADMAP, "contact"): Contact(name="Parcel team", email="parcels@example.gov.uk", subject="Parcels"),
    (Noun.ROADMAP, "labels"): LABELS,
    (Noun.ROADMAP, "position"): 0,
    (Noun.ROADMAP, "hides_date_history"): False,
    (Noun.ROADMAP, "notice"): NoticeContent(
        title="Depots closed",
        body="For **stocktaking**.",
        starts_at="2027-05-01T08:00+00:00",
        ends_at="2027-05-02T17:30+00:00",
    ),
    (Noun.PAGE, "slug"): "depots",
    (Noun.RELEASE, "is_deployed"): False,
    (Noun.ITEM, "reference"): "PAR-7",
}


def value(noun: Noun, field: ContentField) -> Any:
    """Something that this field can say, unlike what it says by itself."""
    if (noun, field.name) in GIVEN:
        return GIVEN[noun, field.name]
    if isinstance(field.shape, shapes.Choice):
        return [*field.shape.labels][-1]
    found = VALUES.get(type(field.shape), "The {name} of parcels")
    return found.format(name=field.name) if isinstance(found, str) else found


def content(noun: Noun) -> Any:
    return CONTENT_OF[noun](uid=UIDS[noun], **{field.name: value(noun, field) for field in FIELDS[noun]})


def without(whole: Any, field: ContentField) -> Any:
    return msgspec.structs.replace(whole, **{field.name: field.shape.empty})


def fields(outlet: Outlet) -> list[tuple[Noun, ContentField]]:
    """Those that the outlet must have."""
    return [(noun, field) for noun in Noun for field in FIELDS[noun] if outlet not in field.left_out]


@pytest.fixture
def said(db: None) -> Roadmap:
    """A published roadmap in which every field of every noun says something."""
    roadmap = make.roadmap(slug=SLUG, reference_prefix="PAR")
    Roadmap.objects.filter(pk=roadmap.pk).update(uid=UIDS[Noun.ROADMAP], last_item_number=7)
    roadmap.refresh_from_db()
    write(roadmap, [content(noun) for noun in Noun])
    publish(roadmap=roadmap, by=None)
    return roadmap


def as_said(roadmap: Roadmap) -> dict[Noun, Any]:
    snapshot = preview(roadmap)
    return {
        Noun.ROADMAP: snapshot.roadmap,
        Noun.PAGE: snapshot.pages[0],
        Noun.RELEASE: snapshot.releases[0],
        Noun.ITEM: snapshot.items[0].content,
        Noun.CHANGELOG_ENTRY: snapshot.changelog[0],
    }


def test_the_list_has_every_field_of_every_content_in_its_order():
    for noun, cls in CONTENT_OF.items():
        assert [field.name for field in FIELDS[noun]] == [
            name
            for name in cls.__struct_fields__
            if name not in ("uid", "meaning")  # which thing it is; what follows from its date
        ]


def test_an_outlet_has_a_name_for_a_field_or_a_reason_not_to():
    faults = []
    for noun in Noun:
        for field in FIELDS[noun]:
            named = {
                Outlet.API: field.api,
                Outlet.CSV: field.csv,
                Outlet.MARKDOWN: field.markdown,
                Outlet.FILTER: field.facet,
                Outlet.SEARCH: field.is_searched,
                Outlet.PAGE: field.page,
            }
            for outlet, name in named.items():
                if bool(name) == bool(field.left_out.get(outlet)):
                    faults.append(f"{noun} {field.name}: {outlet}")
    assert faults == []


def test_readers_are_told_when_a_field_changes():
    faults = []
    for noun, field in fields(Outlet.CHANGES):
        changes = compare(without(content(noun), field), content(noun), {UIDS[Noun.RELEASE]: "June"})
        found = [field_told(noun, change.field) for change in changes]
        if field not in found or not all(change.sentence(content(Noun.ROADMAP)) for change in changes):
            faults.append(f"{noun} {field.name}")
    # A roadmap hides nothing by itself, and stands first: these two say in this test what they always say.
    assert faults == ["roadmap position", "roadmap hides_date_history", "release is_deployed"]


def test_a_field_is_merged_wherever_two_people_changed_one_thing():
    faults = []
    for noun, field in fields(Outlet.CHANGES):
        whole, bare = content(noun), without(content(noun), field)
        if merge(bare, whole, bare) != whole:
            faults.append(f"merge of {noun} {field.name}")
    for noun, field in fields(Outlet.IMPORT):
        # Where an API is documented belongs to the API: an import does not change it.
        whole, bare = content(noun), without(content(noun), field)
        found = combine(bare, whole, bare)
        if found.clashes or compare(found.content, whole, {}) not in ([], ADDRESS):
            faults.append(f"import of {noun} {field.name}")
    assert faults == []


ADDRESS = compare(
    msgspec.structs.replace(content(Noun.ITEM), apis=(ApiVersion(name="Parcel API", version="2.0"),)),
    content(Noun.ITEM),
    {},
)


def test_working_copies_keep_every_field(said):
    assert as_said(said) == {noun: content(noun) for noun in Noun}


@pytest.mark.django_db
def test_a_field_moves_to_another_installation(said, tmp_path):
    file = another.exported(SLUG)
    another.forget_everything()
    assert as_said(another.imported(file, tmp_path)) == {noun: content(noun) for noun in Noun}


def test_the_api_shows_every_field(said, client):
    answer = client.get(f"/api/v1/roadmaps/{SLUG}").json()
    things = {
        Noun.ROADMAP: answer["roadmap"],
        Noun.PAGE: answer["pages"][0],
        Noun.RELEASE: answer["releases"][0],
        Noun.ITEM: answer["items"][0],
        Noun.CHANGELOG_ENTRY: answer["changelog"][0],
    }
    faults = [
        f"{noun} {field.name}"
        for noun, field in fields(Outlet.API)
        if things[noun].get(field.api) in (None, "", []) or (field.shape.empty == things[noun][field.api])
    ]
    assert faults == ["release is_deployed"]  # which says so in this test


def test_the_table_of_items_shows_every_field_of_an_item(said, client):
    text = client.get(f"/{SLUG}/items.csv").content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    faults = []
    for field in ITEM_FIELDS:
        if Outlet.CSV in field.left_out:
            continue
        match field.shape:
            case shapes.OwnValues():
                shown = {"Size": "Extra large"}
            case shapes.Milestones():
                shown = {"Depot": "May 2027", "Depot deployed": "Yes", "Street": "July 2027", "Street deployed": "No"}
            case shapes.ReleaseLink():
                shown = {field.csv: content(Noun.RELEASE).title}
            case shapes.Prose():
                shown = {field.csv: f"Carries {field.name}."}
            case shape:
                shown = {field.csv: shape.cell(value(Noun.ITEM, field))}
        faults += [
            f"{field.name}: {name}" for name, cell in shown.items() if not cell or row.get(name, "").strip() != cell
        ]
    assert faults == []


def test_a_filter_finds_an_item_by_what_a_field_says_and_no_other(said, client):
    make.item(said, title="Another")
    publish(roadmap=said, by=None)
    faults = []
    for field in ITEM_FIELDS:
        if Outlet.FILTER in field.left_out:
            continue
        names = field.shape.facets(value(Noun.ITEM, field))
        if isinstance(field.shape, shapes.ReleaseLink):
            names = ["the-title-of-parcels"]
        found = client.get(f"/{SLUG}/items.csv?{field.facet}={quote(next(iter(names)))}").content.decode("utf-8-sig")
        if found.count("PAR-7") < 1 or "Another" in found:
            faults.append(field.name)
    assert faults == []


def test_a_search_finds_the_words_of_a_field(said, client):
    faults = []
    for field in ITEM_FIELDS:
        if field.is_searched:
            words = (
                "Extra large"
                if isinstance(field.shape, shapes.OwnValues)
                else field.shape.cell(value(Noun.ITEM, field))
            )
            word = words.replace("*", " ").replace(";", " ").split()[1 if " " in words else 0]
            if "PAR-7" not in client.get(f"/{SLUG}/items.csv?q={quote(word)}").content.decode("utf-8-sig"):
                faults.append(f"{field.name}: {word}")
    assert faults == []


def test_the_page_of_an_item_shows_every_field_in_its_details(said, client):
    page = client.get(f"/{SLUG}/items/PAR-7/").content.decode()
    faults = []
    for field in ITEM_FIELDS:
        if Outlet.PAGE in field.left_out:
            continue
        name, words = field.page, field.shape.words(value(Noun.ITEM, field))
        if isinstance(field.shape, shapes.OwnValues):
            name, words = "Size", "Extra large"
        if isinstance(field.shape, shapes.ReleaseLink):
            words = content(Noun.RELEASE).title
        if f">{name}</dt>" not in page or words not in page.partition(f">{name}</dt>")[2].partition("</dd>")[0]:
            faults.append(field.name)
    assert faults == []


def test_exported_markdown_brings_every_field_back(said, tmp_path):
    assert run("export_techdocs", SLUG, tmp_path / "out").code == 0
    brought = run("import_techdocs", tmp_path / "out", "--roadmap", "again", "--contact", "parcels@example.gov.uk")
    assert brought.code == 0
    found = as_said(Roadmap.objects.get(slug="again"))
    faults = []
    for noun, field in fields(Outlet.MARKDOWN):
        wanted, got = field.of(content(noun)), field.of(found[noun])
        if isinstance(field.shape, shapes.ReleaseLink):
            wanted, got = True, got == found[Noun.RELEASE].uid
        if field.name not in ("slug", "position", "reference") and wanted != got:
            faults.append(f"{noun} {field.name}: {got}")
    assert faults == []
