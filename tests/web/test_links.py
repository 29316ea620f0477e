"""No two links of one text lead to two places on a page: a reader who hears only the links can tell them apart."""

from collections import defaultdict
from urllib.parse import urljoin

import pytest

from tests.browser.page_kinds import EVERYTHING, PAGE_KINDS
from tests.cases import each_case
from tests.web.read import Page

STATUSES = {"not-found": 404, "refused": 400, "withdrawn": 410}  # of a kind whose name holds this

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    exec(EVERYTHING, {})


@each_case("kind, path", PAGE_KINDS.items())
def test_links_of_one_text_lead_to_one_place(everything, client, kind, path):
    places, answer = defaultdict(set), client.get(path)
    assert answer.status_code == next((status for word, status in STATUSES.items() if word in kind), 200)
    for link in Page(answer.content.decode()).all("a"):
        places[link.attributes.get("aria-label") or link.text].add(urljoin(path, link.attributes["href"]))
    assert {text: where for text, where in places.items() if len(where) > 1} == {}
    assert "" not in places
