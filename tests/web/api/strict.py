"""Holds answers against the document, more strictly than it asks: what it does not name may not be there."""

import copy
from functools import cache

import jsonschema_rs

from roadmap.web.api.openapi import document


@cache
def schemas():
    found = copy.deepcopy(document()["components"]["schemas"])
    for schema in found.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return found


@cache
def _validator(name):
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas()}}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def check(name, answer):
    """That the answer is a model of that name."""
    problems = [
        f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in _validator(name).iter_errors(answer)
    ]
    assert problems == []


def model_of(operation_id):
    """What an operation answers with."""
    for methods in document()["paths"].values():
        if methods["get"]["operationId"] == operation_id:
            schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            return schema["$ref"].rsplit("/", 1)[-1]
    raise AssertionError(operation_id)
