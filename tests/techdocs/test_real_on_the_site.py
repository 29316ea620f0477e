"""The real roadmaps, imported and published: what readers find of each row."""

import html
import re

import pytest

from roadmap.published import store
from roadmap.publishing import publish
from roadmap.techdocs import apply, make_plan, parse, read
from tests import make
from tests.techdocs.example_sources import REAL_SOURCES, real_source, rows_of_tables
from tests.techdocs.texts import words_of

pytestmark = pytest.mark.django_db

NOW = make.at("2026-03-24")


@pytest.fixture
def site(client, monkeypatch):
    """site(path) is the text of a page of the roadmap that was imported."""
    monkeypatch.setattr(store, "now", lambda: NOW)

    def text(path: str) -> str:
        answer = client.get(f"/real/{path}")
        assert answer.status_code == 200
        main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
        assert main
        # The links of APIs count too; what else is in a tag is none of the source's.
        links = re.findall(r'href="(https?://[^"]+)"', main[0])
        return html.unescape(" ".join([re.sub(r"<[^>]+>", " ", main[0]), *links]))

    return text


def imported(name: str):
    parsed = parse(read(real_source(name)))
    roadmap = apply(plan=make_plan(parsed, slug="real"), now=NOW)
    publish(roadmap=roadmap, by=None, now=NOW)
    return parsed, roadmap


def is_written_out(word: str, shown: str) -> bool:
    """Dates are: "Dec 22" is "December 2022", "TBC" is "To be confirmed"."""
    return shown.startswith(word) or shown == f"20{word}" or (word, shown) == ("tbc", "confirmed")


@pytest.mark.parametrize("name", REAL_SOURCES)
def test_every_row_is_on_the_page_of_its_item_or_in_the_changelog(site, name):
    parsed, roadmap = imported(name)
    structure = {word for text in parsed.word_count.structure for word in words_of(text)}
    board = {*words_of(site("items/?view=table"))}
    items = {}
    for item, made in zip(parsed.items, roadmap.items.order_by("pk"), strict=True):
        assert item.title == made.title
        items.setdefault((item.path, item.line), []).append(made)
    elsewhere = {*words_of(" ".join([site("changelog/"), *(site(f"pages/{one.slug}/") for one in parsed.pages)]))}
    for path, line, row in rows_of_tables(name):
        found = items.get((path, line), [])
        shown = {*words_of(" ".join(site(f"items/{made.reference}/") for made in found))} if found else elsewhere
        said = {*words_of(re.sub(r"</?[a-z][^>]*>", " ", row))}
        lost = [word for word in said - shown - structure if not any(is_written_out(word, one) for one in shown)]
        assert lost == [], f"{path}:{line}: {row[:80]}"
        for made in found:
            assert set(words_of(made.title)) <= board
