"""Whatever the documentation gives as an address or a query is answered on the roadmap that is shown: the sample."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from roadmap import sample
from roadmap.web.api.views import FILTERS
from tests import make
from tests.cases import each_case

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
ADDRESS = re.compile(r"`(/(?:vat-mtd|api/v1)/[^`\s]*)`")
QUERY = re.compile(r"`\??((?:[a-z_]+=[\w-]+&?)+)`")


@pytest.fixture
def shown(clock):
    sample.load(make.at("2026-03-20"))
    clock(make.at("2026-03-25"))


def examples():
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    queries = [f"/vat-mtd/items/?{query}" for query in QUERY.findall(text)]
    return sorted({*ADDRESS.findall(text), *queries})


def test_there_are_examples():
    assert "/vat-mtd/items.ics?environment=live" in examples()
    assert "/vat-mtd/items/?environment=sandbox" in examples()


@each_case("address", examples())
def test_an_address_in_the_documentation_is_answered(shown, client, address):
    assert client.get(address).status_code == 200


def operations(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [(path, methods["get"]["parameters"]) for path, methods in paths.items()]


def test_every_request_of_the_apis_document_is_answered_with_each_parameter_and_with_all(shown, client):
    for path, parameters in operations(client):
        given = {one["name"]: one["example"] for one in parameters if one["in"] == "path"}
        queries = [{}, *({one["name"]: one["example"]} for one in parameters if one["in"] == "query")]
        queries.append({name: value for query in queries for name, value in query.items()})
        for query in queries:
            address = f"{path.format(**given)}?{urlencode(query, doseq=True)}"
            assert client.get(address).status_code == 200, address


def test_a_filter_of_the_apis_document_is_understood_everywhere(shown, client):
    for parameter in FILTERS:
        query = urlencode({parameter.name: parameter.example}, doseq=True)
        for outlet in ("items/", "changes/", "items.csv", "items.xlsx", "items.ics", "changes.atom", "changes.json"):
            assert client.get(f"/vat-mtd/{outlet}?{query}").status_code == 200, query


def test_what_is_asked_for_is_on_whichever_roadmap_is_shown(client):
    roadmap = make.roadmap(slug="itsa", reference_prefix="SA")
    make.item(roadmap, audiences="Landlords", apis=((make.api(name="Losses"), ""),))
    make.edition(roadmap, at=make.at("2026-01-05"))
    found = {one["name"]: one["example"] for _, parameters in operations(client) for one in parameters}
    assert found["roadmap"] == "itsa"
    assert (found["reference"], found["item"], found["api"]) == ("SA-1", ["SA-1"], ["losses"])
