"""What the API is, twice: the OpenAPI document for programs, and a page made of it for people.

The page begins with docs/api.md, so that what is promised is written once.
"""

import datetime
import json
import logging
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.markdown import Rendered, render
from roadmap.published import store
from roadmap.published.all_roadmaps import names_of
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.web.api.openapi import Node, document, document_about
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse, kept, kept_as_software, page, site_of

logger = logging.getLogger(__name__)

TYPES = {"": "any JSON", "string": "text", "integer": "whole number", "boolean": "true or false"}
FORMATS = {"date": "date", "date-time": "date and time", "uuid": "UUID"}


@in_format(Format.JSON)
def openapi(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = _published(now)
    answer = LazyResponse(lambda: msgspec.json.encode(_about(published)), content_type="application/json")
    if not published:
        return kept_as_software(request, answer)
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


@in_format(Format.PAGE)
def documentation(request: HttpRequest) -> HttpResponseBase:
    now = store.now()
    published = _published(now)
    lead, rest = guide()
    answer = page(
        "web/api/docs_page.html",
        title=document()["info"]["title"],
        lead=lead,
        guide=rest,
        roadmaps=names_of(published).items(),
        operations=operations(_about(published), site_of(request)),
        models=models(),
    )
    return kept(request, answer, [roadmap.edition for roadmap in published], now)


def _published(now: datetime.datetime) -> list[PublishedRoadmap]:
    try:
        return store.newest_of_each(at=now)
    except DatabaseError:
        logger.exception("The database cannot be read: the documentation does not say which roadmaps there are")
        return []


def _about(published: list[PublishedRoadmap]) -> Node:
    """The document, with the first roadmap in its examples."""
    return document_about(published[0]) if published else document()


@cache
def guide() -> tuple[Rendered, Rendered]:
    """docs/api.md: what is between its title and its first heading, and the rest."""
    whole = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    lead, heading, rest = whole.split("\n", 1)[1].partition("\n## ")
    return render(lead), render(heading + rest)


class Type(NamedTuple):
    """What a value is, in words around the models that it is made of: "list of" Item."""

    before: str
    models: tuple[str, ...] = ()
    after: str = ""


def operations(document: Node, site: str) -> list[Node]:
    """As the document has them. `site` is where the example requests go."""
    return [_operation(path, methods["get"], site) for path, methods in document["paths"].items()]


def models() -> list[Node]:
    return [
        {
            "name": name,
            "description": schema["description"],
            "fields": [
                _field(key, field, field, "" if key in schema["required"] else "It may be absent.")
                for key, field in schema["properties"].items()
            ],
        }
        for name, schema in sorted(document()["components"]["schemas"].items())
        if "properties" in schema
    ]


def _operation(path: str, node: Node, site: str) -> Node:
    address = path.format_map({parameter["name"]: str(parameter["example"]) for parameter in node["parameters"]})
    answer = node["responses"]["200"]["content"]["application/json"]
    return {
        "node": node,
        "anchor": f"operation-{node['operationId'].replace('_', '-')}",
        "path": path,
        "fields": [_parameter(parameter) for parameter in node["parameters"]],
        "curl": f"curl '{site}{address}'",
        "answer": _name_of(answer["schema"]),
        "example": json.dumps(answer["example"], indent=2, ensure_ascii=False),
        "refusals": [(status, said["description"]) for status, said in node["responses"].items() if status != "200"],
    }


def _parameter(parameter: Node) -> Node:
    schema, described = parameter["schema"], {**parameter, "examples": [parameter["example"]]}
    note = f"Without it: {schema['default']}." if "default" in schema else ""
    if schema["type"] == "array":
        schema, described["examples"] = schema["items"], parameter["example"]
    return _field(parameter["name"], schema, described, note)


def _field(name: str, schema: Node, described: Node, note: str) -> Node:
    """A field of an answer, or a parameter."""
    example = "".join(text if isinstance(text, str) else json.dumps(text) for text in described.get("examples", []))
    told = {"type": _type(schema), "description": described["description"], "example": example}
    return {"name": name, **told, "note": note}


def _type(schema: Node) -> Type:
    match schema:
        case {"$ref": _}:
            name = _name_of(schema)
            target = document()["components"]["schemas"][name]
            return Type("one of " + ", ".join(target["enum"])) if "enum" in target else Type("", (name,))
        case {"anyOf": options}:
            parts = [_type(option) for option in options if option.get("type") != "null"]
            after = ", or null" if len(parts) < len(options) else ""
            words = ", ".join(part.before for part in parts if part.before)
            return Type(words, tuple(name for part in parts for name in part.models), after)
        case {"type": "array", "items": of}:
            inner = _type(of)
            return Type(f"list of {inner.before}".strip(), inner.models)
    return Type(FORMATS.get(schema.get("format", "")) or TYPES[schema.get("type", "")])


def _name_of(schema: Node) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]
