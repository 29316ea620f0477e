"""The OpenAPI 3.1 document, made of the operations and of the shapes that they answer with."""

import re
from functools import cache, lru_cache
from typing import Any

import msgspec
from django.urls import reverse

from roadmap.content.changes import Act
from roadmap.content.choices import Environment, Horizon, Noun
from roadmap.published.filter_values import offered
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.api import examples
from roadmap.web.api.operations import OPERATIONS, Operation, Parameter
from roadmap.web.api.schemas import ApiShape, CurrentStage, ProblemAnswer, ThingAnswer
from roadmap.web.api.sync import Cursor
from roadmap.web.problems import Format

Node = dict[str, Any]

INFO = {
    "title": "Roadmaps API",
    "version": "1",
    "description": (
        "What is published on these roadmaps, for programs. It can only be read, needs no key, and may be read from "
        "any website. Every answer is JSON; every refusal is a problem detail (RFC 9457)."
    ),
}
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
REF = "#/components/schemas/{name}"
THINGS = ThingAnswer.__subclasses__()  # Roadmap, Page, Release, Item, ChangelogEntry
CHOICES = (Act, CurrentStage, Environment, Horizon, Noun)


@cache
def document() -> Node:
    """Depends on the software alone. The same object each time: never change it."""
    reverse("web:api")  # whoever asks for an address has every operation, for urls.py names them all
    return _named_for_readers(
        {
            "openapi": "3.1.0",
            "info": INFO,
            "servers": [{"url": "/"}],  # the host that the document was read from, which the paths are whole below
            "security": [],  # everything is public
            "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
            "paths": {
                _path(operation): {"get": _described(operation)}
                for tag in TAGS
                for operation in OPERATIONS
                if operation.tag == tag
            },
            "components": {"schemas": _schemas()},
        }
    )


@lru_cache(maxsize=8)  # roadmaps
def document_about(published: PublishedRoadmap) -> Node:
    """The same, with requests that can be sent as they are: what they ask for is on that roadmap. Never change it."""
    items, pages = published.snapshot.items, published.snapshot.pages
    there: dict[tuple[str, str], Any] = {
        ("path", "roadmap"): published.edition.roadmap_slug,
        ("path", "number"): published.edition.number,
        ("path", "page"): pages[0].slug if pages else "",
        ("path", "reference"): items[0].content.reference if items else "",
        ("query", "item"): [item.content.reference for item in items[:1]],
        ("query", "since"): Cursor.after_edition(published.edition.number).written(published.snapshot.roadmap.uid),
    }
    there |= {("query", name): offered(name, published)[:1] for name in ("audience", "api", "release")}
    found = msgspec.json.decode(msgspec.json.encode(document()))
    for methods in found["paths"].values():
        for parameter in methods["get"]["parameters"]:
            parameter["example"] = there.get((parameter["in"], parameter["name"])) or parameter["example"]
    return found


def _named_for_readers(document: Node) -> Node:
    """Plain values, each shape under its promised name: "Item", of ItemAnswer."""
    return msgspec.json.decode(re.sub(rb'(?<=\w)Answer"', b'"', msgspec.json.encode(document)))


def _path(operation: Operation) -> str:
    """ "/api/v1/roadmaps/{roadmap}": its address with the names of its parameters in place of what they may be."""
    parts = {parameter.name: parameter.example for parameter in operation.parameters if parameter.is_in_path}
    path = reverse(f"web:api_{operation.name}", kwargs=parts)
    for name, value in parts.items():
        path = path.replace(f"/{value}", f"/{{{name}}}")
    return path


def _described(operation: Operation) -> Node:
    summary, _, description = (operation.view.__doc__ or "").strip().partition("\n\n")
    answer = {"schema": _reference(operation.answer), "example": examples.answers()[operation.name]}
    problem = {Format.JSON.value: {"schema": _reference(ProblemAnswer)}}
    responses: Node = {
        "200": {
            "description": "The answer.",
            "headers": {name: {"description": words, "schema": {"type": "string"}} for name, words in HEADERS.items()},
            "content": {"application/json": answer},
        },
        "304": {"description": NOT_MODIFIED},
    }
    for status, when in sorted(operation.refusals.items()):
        responses[str(status)] = {"description": when, "content": problem}
    return {
        "operationId": operation.name,
        "summary": summary.rstrip("."),
        "description": " ".join(description.split()),
        "tags": [operation.tag],
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": responses,
    }


def _parameter(parameter: Parameter) -> Node:
    uid = examples.example()[0].snapshot.roadmap.uid
    return {
        "name": parameter.name,
        "in": "path" if parameter.is_in_path else "query",
        "required": parameter.is_in_path,
        "description": parameter.description,
        "schema": parameter.schema,
        "example": examples.SINCE.written(uid) if parameter.name == "since" else parameter.example,
    }


def _reference(shape: type) -> Node:
    return {"$ref": REF.format(name=shape.__name__)}


def _schemas() -> Node:
    """Of every shape, with two things that msgspec leaves out."""
    shapes: list[type[ApiShape]] = [ProblemAnswer, *THINGS, *(operation.answer for operation in OPERATIONS)]
    _, found = msgspec.json.schema_components(shapes, ref_template=REF)
    del found["ThingAnswer"]  # it stands for what extends it, of which msgspec has no way of saying "one of these"
    found["Thing"]["properties"]["value"]["anyOf"] = [*map(_reference, THINGS), {"type": "null"}]
    for choice in CHOICES:
        found[choice.__name__] |= {"type": "string", "enum": [*choice]}  # in their order
    return found
