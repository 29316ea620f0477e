"""The OpenAPI 3.1 document: what django-ninja writes, and what it has no place for or writes as 3.0 did."""

from functools import cache
from typing import Any

import msgspec
from django.urls import reverse

from roadmap.web.api import examples
from roadmap.web.api.operations import api
from roadmap.web.problems import Format

Node = dict[str, Any]

TAGS = {
    "roadmaps": "Which roadmaps there are, and each of them whole.",
    "items": "What is on a roadmap, with its history.",
    "pages": "Guidance.",
    "changelog": "Notes for readers.",
    "editions": "What was published when.",
    "changes": "Keeping a copy up to date.",
}
HEADERS = {
    "ETag": "Names this answer. Send it as If-None-Match the next time.",
    "Last-Modified": "When what it tells was published. Send it as If-Modified-Since the next time.",
    "Cache-Control": "How long it may be kept.",
}
NOT_MODIFIED = "You have it already: nothing has changed since the ETag or the date that you sent."


@cache
def document() -> Node:
    """Depends on the software alone. The same object each time: never change it."""
    found: Node = msgspec.json.decode(
        msgspec.json.encode(dict(api.get_openapi_schema(path_prefix=reverse("public:api"))))
    )
    del found["servers"]  # the paths are whole, below the host that the document was read from
    found["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    order = [*TAGS]
    found["paths"] = dict(sorted(found["paths"].items(), key=lambda pair: order.index(pair[1]["get"]["tags"][0])))
    for methods in found["paths"].values():
        methods.pop("head", None)  # it is answered, as everywhere; a client needs no function for it
        _complete(methods["get"])
    schemas = found["components"]["schemas"]
    del schemas["ItemFilters"]  # only parameters, and each is described where it can be given
    _untitle(schemas)
    return found


@cache
def cursor() -> str:
    """The one with which the example answer of get_changes is asked for."""
    values, _ = examples.example()
    return examples.SINCE.written(values.snapshot.roadmap.uid)


def _complete(operation: Node) -> None:
    responses: Node = operation["responses"]
    for status, response in responses.items():
        if status != "200":
            response["content"] = {Format.JSON.value: response["content"].pop("application/json")}
    responses["200"]["description"] = "The answer."
    responses["200"]["headers"] = {
        name: {"description": description, "schema": {"type": "string"}} for name, description in HEADERS.items()
    }
    answer = examples.answers()[operation["operationId"]]
    responses["200"]["content"]["application/json"]["example"] = msgspec.json.decode(msgspec.json.encode(answer))
    responses["304"] = {"description": NOT_MODIFIED}
    operation["responses"] = dict(sorted(responses.items()))
    for parameter in operation["parameters"]:
        _complete_parameter(parameter)


def _complete_parameter(parameter: Node) -> None:
    """In 3.1 the `examples` of a parameter are a map, and those of a schema a list: django-ninja copies the list."""
    schema: Node = parameter["schema"]
    found = [*(schema.pop("examples", None) or []), *(parameter.pop("examples", None) or [])]
    found += [one for one in (schema.pop("example", None), parameter.pop("example", None)) if one is not None]
    if parameter["name"] == "since":
        found = [cursor()]
        parameter["schema"] = schema = {"type": "string"}  # it is there or not: nobody sends null in an address
    parameter["example"] = found[0]
    for name in ("title", "description"):
        schema.pop(name, None)
    if schema.get("default") == "":
        del schema["default"]


def _untitle(schemas: Node) -> None:
    """Without the titles that pydantic makes of fields' names: they say nothing, and name the classes of a client."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
