"""The real roadmaps: each of their rows is an item, or is doubted at its line, as a plain reading of them tells."""

from collections import Counter

import pytest

from roadmap.content.choices import Horizon, Kind
from roadmap.techdocs import ParsedRoadmap, parse, read
from tests.techdocs.example_sources import REAL_SOURCES, real_source, rows_of_tables
from tests.techdocs.rows import said
from tests.techdocs.texts import item_texts, words_of


def parsed_roadmap(name: str) -> ParsedRoadmap:
    return parse(read(real_source(name)))


@pytest.mark.parametrize(("name", "expected"), [("vat-2018-10", 19), ("vat-2018-11", 18), ("itsa-2023-06", 97)])
def test_every_row_of_a_real_roadmap_is_an_item_or_entry_or_is_doubted(name, expected):
    parsed = parsed_roadmap(name)
    rows = rows_of_tables(name)
    assert len(rows) == expected
    items = Counter((item.path, item.line) for item in parsed.items)
    doubted = {(doubt.path, doubt.line) for doubt in parsed.doubts}
    entries = " ".join(f"{one.title} {one.body}" for one in parsed.entries)
    for path, line, text in rows:
        in_entry = not Counter(words_of(text.split("|")[0])) - Counter(words_of(entries))
        assert items[path, line] or (path, line) in doubted or in_entry, f"{path}:{line}: {text[:80]}"
    assert set(items) <= {(path, line) for path, line, _ in rows}


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_every_word_of_a_row_is_in_its_item(name):
    parsed = parsed_roadmap(name)
    structure = {word for text in parsed.word_count.structure for word in words_of(text)}
    for path, line, text in rows_of_tables(name):
        items = [item for item in parsed.items if (item.path, item.line) == (path, line)]
        if not items:
            continue
        said = Counter(word for item in items for part in item_texts(item) for word in words_of(part))
        lost = Counter(words_of(text.replace("Dec 22", "December 2022"))) - said  # settled by the dates around it
        assert set(lost) <= structure, f"{path}:{line}: {lost}"


def test_the_november_folder_is_items_in_their_stages():
    parsed = parsed_roadmap("vat-2018-11")
    by_file = Counter(item.path for item in said(parsed))
    assert by_file == {"backlog.html.md": 6, "in-test.html.md": 5, "released.html.md": 7}
    assert [(one.title, one.when, one.horizon) for one in parsed.releases] == [
        ("Near term", "18 October 2018 to February 2019", Horizon.NEAR),
        ("Mid term", "March to April 2019", Horizon.MID),
        ("Long term", "May to October 2019", Horizon.LONG),
    ]
    where = {
        path: {
            (item.release is not None, tuple((one.environment.value, one.is_deployed) for one in item.milestones))
            for item in said(parsed)
            if item.path == path
        }
        for path in by_file
    }
    assert where == {
        "backlog.html.md": {(True, ())},
        "in-test.html.md": {(False, (("test", True),))},
        "released.html.md": {(False, (("live", True),))},
    }
    assert Counter(item.kind for item in said(parsed)) == {
        Kind.USER_INTERFACE: 10,
        Kind.API: 5,
        Kind.GUIDE: 1,
        None: 2,
    }
    assert {item.audiences for item in said(parsed)} == {("Businesses", "Agents"), ("Agent",)}
    assert all(item.journey and item.title and item.journey != item.title for item in said(parsed))
    assert "Get obligations" in [item.title for item in said(parsed)]
    assert [page.title for page in parsed.pages] == ["Introduction", "Who we are", "Backlog", "In sandbox", "Released"]
    assert dict(parsed.environment_labels) == {"live": "Production"}


def test_the_long_page_is_items_in_their_releases():
    parsed = parsed_roadmap("itsa-2023-06")
    assert [(one.title, one.when, one.is_deployed) for one in parsed.releases] == [
        ("April 2023", "", True),
        ("December 2022", "", True),
        ("April 2022", "", True),
        ("July 2023", "", False),
        ("December 2023", "December 2023 (to be confirmed)", False),
        ("Software Data Submission (third party APIs): Planned future deliveries", "", False),
        ("ITSA Submission Service: Planned future deliveries", "", False),
    ]
    assert Counter(item.release for item in said(parsed)) == {0: 5, 1: 5, 2: 7, 3: 3, 4: 10, 5: 33, 6: 28, None: 7}
    assert [field.name for field in parsed.fields] == [
        "Must be part of legislated quarterly updates?",
        "Can be used in year?",
    ]
    assert dict(parsed.environment_labels) == {"live": "Production"}
    doubted = Counter(doubt.line for doubt in parsed.doubts)
    assert {116, 119, 136, 183, 226, 235} <= set(doubted)
    [html] = [page for page in parsed.pages if "<table" in page.body]
    assert html.body.count("<tr>") == html.body.count("</tr>") > 10
    assert "<style" in html.body


def test_rows_of_the_long_page_that_are_hard_to_read():
    items = {}
    for item in said(parsed_roadmap("itsa-2023-06")):
        items.setdefault(item.line, []).append(item)
    above, as_above = items[80][0], items[81][0]
    assert (
        [str(api) for api in as_above.apis] == [str(api) for api in above.apis] == ["Property Business (MTD) API v2.0"]
    )
    assert [[api.name for api in item.apis] for item in items[136]] == [
        ["Self Assessment Accounts (MTD) API"],
        ["Individual Losses (MTD) API"],
    ]
    assert len(items[129][0].apis) == 2
    [live] = items[183][0].milestones
    assert (live.environment.value, live.typed, live.is_deployed) == ("live", "December 2022", True)
    assert [(one.environment.value, one.typed, one.is_deployed) for one in items[58][0].milestones] == [
        ("test", "Feb 2023", True)
    ]
    assert items[119][0].description.endswith("\n\nTBC")
    assert items[156][0].apis == ()
    assert "TBC" in items[156][0].description
