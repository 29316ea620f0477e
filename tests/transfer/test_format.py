"""The format holds every column that there is: whoever adds one to a model learns here that it would be lost."""

import datetime
import uuid

from roadmap.content.choices import Noun
from roadmap.models import (
    Api,
    Change,
    ChangelogEntry,
    Edition,
    Field,
    FieldValue,
    HistoryImport,
    Item,
    ItemApi,
    Milestone,
    Origin,
    Page,
    Release,
    Revision,
    Roadmap,
)
from roadmap.transfer import format
from tests.cases import each_case

# What a line says by where it stands, and who did it, which stays behind.
BY_PLACE = {"id", "roadmap", "item", "edition", "revision"}
LEFT_BEHIND = {Edition: {"published_by", "roadmap_slug"}}

KINDS = [*format.COPIES, format.EditionRecord, format.RevisionRecord]
RECORD_OF = {kind.model: kind for owner in KINDS for kind in (owner, *owner.parts.values())}
MOVING = {
    Api, Change, ChangelogEntry, Edition, Field, FieldValue, HistoryImport, Item, ItemApi, Milestone, Origin, Page,
    Release, Revision, Roadmap,
}  # fmt: skip
PARTS = {Item: {"item_apis", "field_values", "milestones"}, Revision: {"changes"}}


def test_every_model_that_moves_has_a_record():
    assert RECORD_OF.keys() == MOVING


@each_case("model", RECORD_OF, ids=lambda model: model.__name__)
def test_every_column_of_what_moves_is_in_its_record_and_no_other(model):
    columns = {field.name for field in model._meta.fields} - BY_PLACE - LEFT_BEHIND.get(model, set())
    assert {*RECORD_OF[model].__struct_fields__} - PARTS.get(model, set()) == columns


def revision(changed):
    part = format.ChangePart(field="api_addresses", before=None, after=changed, reason="", is_minor=False)
    return format.RevisionRecord(
        noun=Noun.ITEM, uid=uuid.UUID(int=1), title="x", address="A-1", content="", digest="", changes=(part,)
    )


def test_a_change_is_the_same_line_in_whatever_order_a_database_keeps_its_keys():
    assert format.encoded(revision({"a": "1", "b": "2"})) == format.encoded(revision({"b": "2", "a": "1"}))


def test_a_moment_is_kept_to_the_microsecond_and_in_one_zone():
    at = datetime.datetime(2026, 3, 24, 9, 30, 1, 123456, tzinfo=datetime.UTC)
    edition = format.EditionRecord(uid=uuid.UUID(int=1), number=1, published_at=at, note="", announcement=None)
    line = format.encoded(edition)
    assert b'"2026-03-24T09:30:01.123456Z"' in line
    assert format.decoded(line) == edition
