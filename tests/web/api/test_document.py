"""The OpenAPI document, and the page made of it."""

import re
from itertools import pairwise

import jsonschema_rs
import pytest
from openapi_python_client.schema import OpenAPI

from roadmap.web.api import examples
from roadmap.web.api.openapi import document
from tests import make
from tests.cases import each_case
from tests.web.api.strict import check, model_of
from tests.web.read import read
from tests.web.sample import whole_roadmap


@pytest.fixture
def shown(client, db):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    return read(client, "/api/v1/")


def test_it_is_a_document_of_openapi_3_1(client, db):
    answer = client.get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    found = answer.json()
    assert found["openapi"] == "3.1.0"
    OpenAPI.model_validate(found)
    for schema in found["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_it_says_where_it_is_and_that_it_needs_no_key():
    """Below whatever host it was read from."""
    assert document()["servers"] == [{"url": "/"}]
    assert document()["security"] == []


def test_every_shape_has_the_name_that_it_is_known_by():
    """Which only ends in "Answer" within the code; what the clients are made of must not."""
    names = {name for name, schema in document()["components"]["schemas"].items() if schema["title"] == name}
    assert names == {*document()["components"]["schemas"]}
    assert not [name for name in names if "Answer" in name]
    assert {"Roadmap", "Page", "Release", "Item", "ChangelogEntry", "Change", "Edition", "Problem"} <= names


def test_every_choice_is_named_in_its_order():
    choices = [schema for schema in document()["components"]["schemas"].values() if "enum" in schema]
    assert ["test", "controlled_go_live", "live"] in [schema["enum"] for schema in choices]
    assert [schema["title"] for schema in choices if schema["type"] != "string"] == []


def test_a_thing_may_be_any_of_those_that_a_roadmap_has():
    value = document()["components"]["schemas"]["Thing"]["properties"]["value"]
    named = [one["$ref"].rsplit("/", 1)[-1] for one in value["anyOf"][:-1]]
    assert named == ["Roadmap", "Page", "Release", "Item", "ChangelogEntry"]
    assert value["anyOf"][-1] == {"type": "null"}


def references(node):
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_model_is_there_and_used():
    named = {one.removeprefix("#/components/schemas/") for one in references(document())}
    assert named == set(document()["components"]["schemas"])


def test_every_operation_is_only_for_reading():
    assert {method for methods in document()["paths"].values() for method in methods} == {"get"}


@each_case("operation_id", examples.answers())
def test_an_example_answer_is_as_documented(operation_id):
    for methods in document()["paths"].values():
        operation = methods["get"]
        if operation["operationId"] == operation_id:
            shown = operation["responses"]["200"]["content"]["application/json"]["example"]
            check(model_of(operation_id), shown)
            return
    raise AssertionError(operation_id)


def test_an_example_answer_is_what_its_example_request_asks_for():
    """The changes since the first edition are those of the second."""
    changes = document()["paths"]["/api/v1/roadmaps/{roadmap}/changes"]["get"]
    (thing,) = changes["responses"]["200"]["content"]["application/json"]["example"]["things"]
    assert thing["value"]["reference"] == examples.REFERENCE


def test_every_refusal_is_a_problem_detail():
    for methods in document()["paths"].values():
        for status, response in methods["get"]["responses"].items():
            if status.startswith(("4", "5")):
                assert response["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }


def test_the_page_tells_of_every_operation_and_parameter(shown):
    for path, methods in document()["paths"].items():
        operation = methods["get"]
        assert path in shown.main
        assert operation["summary"] in [text for level, text in shown.headings if level == 3]
        assert operation["description"] in shown.main
        for parameter in operation["parameters"]:
            assert parameter["description"] in shown.main


def test_the_page_tells_of_every_field(shown):
    for name, schema in document()["components"]["schemas"].items():
        if "properties" in schema:
            assert (3, name) in shown.headings
            for field in schema["properties"].values():
                assert " ".join(field["description"].split()) in shown.main


def test_the_page_shows_requests_that_can_be_sent(shown, client):
    commands = re.findall(r"curl '(http://testserver[^']+)'", shown.html.replace("&#x27;", "'").replace("&amp;", "&"))
    assert len(commands) == len(document()["paths"])
    assert {client.get(one).status_code for one in commands} == {200}
    (changes,) = (one for one in commands if one.endswith("/changes"))
    assert client.get(changes).json()["has_more"] is False


def test_the_page_says_what_is_promised(shown):
    assert "What we promise" in [text for level, text in shown.headings if level == 2]
    assert "no address, parameter or field is taken away or renamed" in shown.main


def test_the_page_leads_to_the_document_and_to_each_roadmap(shown, client):
    told = client.get(shown.link("OpenAPI 3.1 document")).json()
    assert told["paths"].keys() == document()["paths"].keys()
    assert client.get(shown.link("VAT roadmap")).json()["roadmap"]["slug"] == "vat-mtd"


def test_the_page_is_well_made(shown):
    levels = [level for level, _ in shown.headings]
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    ids = [one.attributes["id"] for one in shown.elements if "id" in one.attributes]
    assert sorted(ids) == sorted(set(ids))
    within = {one.attributes["href"][1:] for one in shown.all("a") if one.attributes["href"].startswith("#")}
    assert within <= set(ids)
    assert shown.all("script") == shown.all("style") == []
    assert shown.one("meta", name="description").attributes["content"]
    assert not re.search(r"\{[{%#]|[%#}]\}", re.sub(r"<pre.*?</pre>", "", shown.html, flags=re.DOTALL))


def test_the_page_is_there_before_anything_is_published(client, db):
    assert read(client, "/api/v1/").one("h1").text == "Roadmaps API"


def test_a_missing_slash_is_added(client, db):
    answer = client.get("/api/v1")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/")
