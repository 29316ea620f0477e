"""No two links of one text lead to two places on a page: a reader who hears only the links can tell them apart."""

from collections import defaultdict
from urllib.parse import urljoin

import pytest

from tests.browser.page_kinds import EVERYTHING, PAGE_KINDS
from tests.cases import each_case
from tests.web.read import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    exec(EVERYTHING, {})


@each_case("path", PAGE_KINDS.values(), ids=PAGE_KINDS)
def test_links_of_one_text_lead_to_one_place(everything, client, path):
    places = defaultdict(set)
    for link in Page(client.get(path).content.decode()).all("a"):
        places[link.attributes.get("aria-label") or link.text].add(urljoin(path, link.attributes["href"]))
    assert {text: where for text, where in places.items() if len(where) > 1} == {}
    assert "" not in places
