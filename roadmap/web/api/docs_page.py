"""What the API is, twice: the OpenAPI document for programs, and a page made of it for people.

The page begins with docs/api.md, so that what is promised is written once.
"""

import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.markdown import Rendered, render
from roadmap.published import store
from roadmap.web.api.openapi import Node, document
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, kept, kept_as_software, page, site_of

logger = logging.getLogger(__name__)

TYPES = {"": "any JSON", "string": "text", "integer": "whole number", "boolean": "true or false"}
FORMATS = {"date": "date", "date-time": "date and time", "uuid": "UUID"}


@in_format(Format.JSON)
def openapi(request: HttpRequest) -> HttpResponseBase:
    return kept_as_software(
        request, LazyResponse(lambda: msgspec.json.encode(document()), content_type="application/json")
    )


@in_format(Format.PAGE)
def documentation(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
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
        operations=operations(site_of(request)),
        models=models(),
    )
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


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
    """`node` is what the document says of it; the rest is made of that."""

    node: Node
    path: str
    fields: list[ShownField]
    curl: str
    answer: str  # the model
    example: str

    @property
    def anchor(self) -> str:
        return f"operation-{self.node['operationId'].replace('_', '-')}"

    @property
    def refusals(self) -> list[tuple[str, str]]:
        """Status and when."""
        return [(status, found["description"]) for status, found in self.node["responses"].items() if status != "200"]


@dataclass(frozen=True)
class ShownModel:
    name: str
    description: str
    fields: list[ShownField]


def operations(site: str) -> list[ShownOperation]:
    """As the document has them. `site` is where the example requests go."""
    return [_operation(path, methods["get"], site) for path, methods in document()["paths"].items()]


def models() -> list[ShownModel]:
    return [
        ShownModel(
            name,
            schema["description"],
            [
                _field(key, field, field, "" if key in schema["required"] else "It may be absent.")
                for key, field in schema["properties"].items()
            ],
        )
        for name, schema in sorted(document()["components"]["schemas"].items())
        if "properties" in schema
    ]


def _operation(path: str, node: Node, site: str) -> ShownOperation:
    # Without a cursor: that of the example is of another roadmap, and whoever tries the request would be refused.
    address = path.format_map({parameter["name"]: str(parameter["example"]) for parameter in node["parameters"]})
    answer = node["responses"]["200"]["content"]["application/json"]
    return ShownOperation(
        node,
        path,
        fields=[_parameter(parameter) for parameter in node["parameters"]],
        curl=f"curl '{site}{address}'",
        answer=_name_of(answer["schema"]),
        example=json.dumps(answer["example"], indent=2, ensure_ascii=False),
    )


def _parameter(parameter: Node) -> ShownField:
    schema, described = parameter["schema"], {**parameter, "examples": [parameter["example"]]}
    note = f"Without it: {schema['default']}." if "default" in schema else ""
    if schema["type"] == "array":
        schema, described["examples"] = schema["items"], parameter["example"]
    return _field(parameter["name"], schema, described, note)


def _field(name: str, schema: Node, described: Node, note: str) -> ShownField:
    example = "".join(text if isinstance(text, str) else json.dumps(text) for text in described.get("examples", []))
    return ShownField(name, _type(schema), described["description"], example, note)


def _type(schema: Node) -> Type:
    if "$ref" in schema:
        name = _name_of(schema)
        target = document()["components"]["schemas"][name]
        return Type("one of " + ", ".join(target["enum"])) if "enum" in target else Type("", (name,))
    if "anyOf" in schema:
        parts = [_type(option) for option in schema["anyOf"] if option.get("type") != "null"]
        after = ", or null" if len(parts) < len(schema["anyOf"]) else ""
        words = ", ".join(part.before for part in parts if part.before)
        return Type(words, tuple(name for part in parts for name in part.models), after)
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return Type(f"list of {inner.before}".strip(), inner.models)
    return Type(FORMATS.get(schema.get("format", "")) or TYPES[schema.get("type", "")])


def _name_of(schema: Node) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]
