"""A client that openapi-python-client makes from the document reads the story from the site."""

import datetime
import importlib
import sys

import httpx
import msgspec
import pytest
from openapi_python_client import MetaType, generate
from openapi_python_client.config import Config, ConfigFile

from roadmap.web.api.openapi import document as api_document
from tests import make
from tests.web import story

pytestmark = pytest.mark.django_db
PACKAGE = "client_of_roadmaps"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """Imports a module of the client, which is made once, from the document as it is served."""
    folder = tmp_path_factory.mktemp("client")
    document = folder / "openapi.json"
    document.write_bytes(msgspec.json.encode(api_document()))
    config = Config.from_sources(
        ConfigFile(post_hooks=[]),
        MetaType.NONE,
        document_source=document,
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / PACKAGE,
    )
    assert [*generate(config=config)] == []  # no error, and nothing that it could not make
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def ask(generated, wsgi):
    """ask("items.get_item", "vat-mtd", "VAT-2") is what the client makes of the answer."""
    client = generated("client").Client(
        base_url="http://testserver",
        raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.WSGITransport(app=wsgi)},
    )

    def asked(operation, *parts, **parameters):
        return generated(f"api.{operation}").sync(*parts, client=client, **parameters)

    return asked


def test_it_reads_the_story(ask, told):
    (listed,) = ask("roadmaps.list_roadmaps").roadmaps
    assert (listed.slug, listed.edition.number) == (story.SLUG, 7)
    assert listed.edition.published_at == make.at(story.DAYS[-1])

    whole = ask("roadmaps.get_roadmap", story.SLUG)
    (found,) = [one for one in whole.items if one.title == story.CORRECTED]
    assert (found.stage.value, found.stage_label, found.kind) == ("test", "In sandbox", "api")

    item = ask("items.get_item", story.SLUG, found.reference)
    test, live = item.milestones
    assert (test.when.text, test.is_deployed) == (story.SLIPS[-1], True)
    assert (live.when.start, live.when.end) == (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    assert [one.edition.number for one in item.history] == [7, 5, 4, 3, 2]
    assert [one.changes[0].act.value for one in item.history] == ["reworded", "deployed", "moved", "moved", "added"]
    assert [one.changes[0].reason for one in item.history if one.changes[0].reason] == [*reversed(story.REASONS)]
    assert [one.when.text for one in item.dates[0].promises] == ["February 2026", *story.SLIPS, "April 2026"]

    gone = ask("items.get_item", story.SLUG, "VAT-1")
    assert (gone.status, "withdrawn on 17 March 2026" in gone.detail) == (410, True)

    newest = ask("editions.list_editions", story.SLUG, page_size=2).editions
    assert [one.note for one in newest] == ["Corrections", "One item withdrawn"]
    withdrawal = ask("editions.get_edition", story.SLUG, 6)
    assert [(one.title, one.removed) for one in withdrawal.things if one.noun == "item"] == [
        (gone.detail.split(" (VAT-1)")[0], True)
    ]
    assert any(one.title.endswith(", corrected") for one in ask("changelog.get_changelog", story.SLUG).changelog)


def test_it_filters_and_pages(ask, told):
    tested = ask("items.list_items", story.SLUG, stage=["test", "live"], kind=["api"], page_size=3)
    assert {one.stage.value for one in tested.items} <= {"test", "live"}
    assert tested.total > 3
    assert tested.next_.endswith("?stage=test&stage=live&kind=api&page=2&page_size=3")
    problem = ask("items.list_items", story.SLUG, stage=["done"])
    assert (problem.status, problem.errors[0].parameter) == (400, "stage")


def test_it_keeps_a_copy(ask, told, clock):
    """Of each Edition, one after the other, from the cursor of the one before."""
    copy, cursor = {}, None
    for edition in told:
        clock(edition.published_at)
        has_more = True
        while has_more:
            answer = ask("changes.get_changes", story.SLUG, limit=4, **({"since": cursor} if cursor else {}))
            for thing in answer.things:
                if thing.removed:
                    copy.pop(thing.uid, None)
                else:
                    copy[thing.uid] = thing.value
            cursor, has_more = answer.cursor, answer.has_more
        whole = ask("roadmaps.get_roadmap", story.SLUG)
        now = [whole.roadmap, *whole.pages, *whole.releases, *whole.items, *whole.changelog]
        assert copy == {one.uid: one for one in now}
        assert {type(one).__name__ for one in copy.values()} == {type(one).__name__ for one in now}
        assert cursor == whole.cursor
    assert answer.edition.number == 7
