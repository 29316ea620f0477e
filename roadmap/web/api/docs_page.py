"""What the API is, twice: the OpenAPI document for programs, and a page made of it for people.

The page begins with docs/api.md, so that what is promised is written once.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from roadmap.markdown import Rendered, render
from roadmap.published import clock, store
from roadmap.web.api.openapi import Node, document
from roadmap.web.api.operations import site_of
from roadmap.web.caching import kept, kept_as_software
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import Answer, page

logger = logging.getLogger(__name__)

TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list", "object": "object"}
FORMATS = {"date": "date", "date-time": "date and time", "uuid": "UUID"}


@in_format(Format.JSON)
def openapi(request: HttpRequest) -> HttpResponseBase:
    return kept_as_software(request, Answer(lambda: msgspec.json.encode(document()), content_type="application/json"))


@in_format(Format.PAGE)
def documentation(request: HttpRequest) -> HttpResponseBase:
    now = clock.now()
    try:
        published = store.newest_of_each(at=now)
    except DatabaseError:
        logger.exception("The database cannot be read: the documentation does not say which roadmaps there are")
        published = []
    answer = page(
        "web/api/docs_page.html",
        title=document()["info"]["title"],
        lead=guide()[0],
        guide=guide()[1],
        roadmaps=[roadmap.snapshot.roadmap for roadmap in published],
        reference=Reference(site_of(request)),
    )
    return kept(request, answer, [roadmap.edition for roadmap in published], now, is_of_all=True)


@cache
def guide() -> tuple[Rendered, Rendered]:
    """docs/api.md: what is between its title and its first heading, and the rest."""
    whole = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    lead, heading, rest = whole.split("\n", 1)[1].partition("\n## ")
    return render(lead), render(heading + rest)


@dataclass(frozen=True)
class Type:
    """What a value is, in words around the models that it is made of: "list of" Item."""

    before: str
    models: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True)
class ShownField:
    """A field of an answer, or a parameter."""

    name: str
    type: Type
    description: str
    example: str
    note: str = ""


@dataclass(frozen=True)
class ShownOperation:
    anchor: str
    summary: str
    description: str
    path: str
    parameters: list[ShownField]
    curl: str
    answer: str  # the model
    example: str
    refusals: list[tuple[str, str]]  # status and when


@dataclass(frozen=True)
class ShownModel:
    name: str
    description: str
    fields: list[ShownField]


class Reference:
    """The OpenAPI document as the page shows it. `site` is where the example requests go."""

    def __init__(self, site: str):
        self._site = site
        self._document = document()
        self._schemas: Node = self._document["components"]["schemas"]
        self.document_url = reverse("public:api_document")

    @property
    def operations(self) -> Iterator[ShownOperation]:
        for path, methods in self._document["paths"].items():
            yield self._operation(path, methods["get"])

    @property
    def models(self) -> Iterator[ShownModel]:
        for name, schema in sorted(self._schemas.items()):
            if "properties" in schema:
                required = schema.get("required", [])
                fields = [
                    self._field(key, one, one, "" if key in required else "It may be absent.")
                    for key, one in schema["properties"].items()
                ]
                yield ShownModel(name, schema["description"], fields)

    def _operation(self, path: str, operation: Node) -> ShownOperation:
        answer = operation["responses"]["200"]["content"]["application/json"]
        return ShownOperation(
            anchor=f"operation-{operation['operationId'].replace('_', '-')}",
            summary=operation["summary"],
            description=operation["description"],
            path=path,
            parameters=[self._parameter(one) for one in operation["parameters"]],
            curl=f"curl '{self._site}{_request(path, operation)}'",
            answer=_name_of(answer["schema"]),
            example=_pretty(answer["example"]),
            refusals=[
                (status, response["description"])
                for status, response in operation["responses"].items()
                if status != "200"
            ],
        )

    def _parameter(self, parameter: Node) -> ShownField:
        note = f"Without it: {parameter['schema']['default']}." if "default" in parameter["schema"] else ""
        if parameter["schema"].get("type") == "array":
            parameter = {**parameter, "example": parameter["example"][0]}
            return self._field(parameter["name"], parameter["schema"]["items"], parameter, note)
        return self._field(parameter["name"], parameter["schema"], parameter, note)

    def _field(self, name: str, schema: Node, described: Node, note: str) -> ShownField:
        examples = [described["example"]] if "example" in described else described.get("examples", [])
        shown = examples[0] if examples else None
        is_text = isinstance(shown, str)
        return ShownField(
            name,
            self._type(schema),
            described["description"],
            str(shown) if is_text else json.dumps(shown) if examples else "",
            note,
        )

    def _type(self, schema: Node) -> Type:
        if "$ref" in schema:
            name = _name_of(schema)
            target = self._schemas[name]
            return Type("one of " + ", ".join(target["enum"])) if "enum" in target else Type("", (name,))
        if "anyOf" in schema:
            parts = [self._type(one) for one in schema["anyOf"] if one.get("type") != "null"]
            is_nullable = len(parts) < len(schema["anyOf"])
            words = ", ".join(part.before for part in parts if part.before)
            return Type(
                words, tuple(name for part in parts for name in part.models), ", or null" if is_nullable else ""
            )
        if "enum" in schema:
            return Type("one of " + ", ".join(schema["enum"]))
        if schema.get("type") == "array":
            inner = self._type(schema["items"])
            return Type(f"list of {inner.before}".strip(), inner.models)
        if "type" not in schema:
            return Type("any JSON")
        return Type(FORMATS.get(schema.get("format", ""), TYPES[schema["type"]]))


def _request(path: str, operation: Node) -> str:
    """Without a cursor: that of the example is of another roadmap, and whoever tries the request would be refused."""
    examples = {parameter["name"]: str(parameter["example"]) for parameter in operation["parameters"]}
    return path.format_map(examples)


def _name_of(schema: Node) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _pretty(answer: Any) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)
