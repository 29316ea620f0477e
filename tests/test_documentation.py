"""The documentation is a contract: what it names exists, and what exists is in it."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from roadmap.published import filters
from roadmap.web.api.openapi import document as document_of_api
from tests.cases import each_case

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


def section(title):
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def first_cells(text):
    return {cell.strip().strip("`").split()[0] for cell in re.findall(r"^\|([^|]+)\|", text, re.MULTILINE)} - {"---"}


def test_every_setting_is_in_the_readme_and_no_other():
    source = (ROOT / "roadmap_site" / "settings.py").read_text(encoding="utf-8")
    used = set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', source))
    assert first_cells(section("Settings")) - {"variable"} == used


def test_every_command_is_in_the_readme_and_no_other():
    ours = {name for name, app in get_commands().items() if app == "roadmap"}
    assert first_cells(section("Commands")) - {"command"} == ours


@each_case("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (document.parent / target).exists(), target


@each_case("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_in_documents_exist(document):
    text = document.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:roadmap|roadmap_site|script|tests|templates|static|docs)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name


def rows_of_security():
    """Each row of docs/security.md that answers a section, with the files and folders of tests that it names."""
    for row in (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines():
        if row.startswith("| ") and not row.startswith("| ---"):
            yield row, [name for name in re.findall(r"`([\w./-]+)`", row) if (ROOT / "tests" / name).exists()]


def test_what_security_says_is_held_names_tests_that_are_there():
    rows = [*rows_of_security()]
    assert len(rows) > 80
    assert [row for row, tests in rows if re.search(r"\bHeld\b", row) and not tests] == []
    named = {name for row, _ in rows for name in re.findall(r"`([\w/-]*test_\w+\.py)`", row)}
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()] == []


def test_documents_say_nothing_of_machines():
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s(`])/(home|root|tmp|work)/", text), document


# The API: what its document and docs/api.md say is its contract.


def operations():
    return [methods["get"] for methods in document_of_api()["paths"].values()]


def fields():
    for name, schema in document_of_api()["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            yield pytest.param(described, id=f"{name}.{field}")


def holds_models(field):
    return "$ref" in str(field) and "enum" not in str(field)


@each_case("operation", operations(), ids=lambda one: one["operationId"])
def test_every_operation_and_parameter_of_the_api_is_described(operation):
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert {response["description"] for response in operation["responses"].values()}.isdisjoint({"", "OK"})
    for parameter in operation["parameters"]:
        assert parameter["description"].endswith("."), parameter["name"]
        assert parameter["example"] not in ("", None), parameter["name"]


@each_case("field", [*fields()])
def test_every_field_of_the_api_is_described_with_an_example(field):
    assert field["description"].endswith(".")
    assert field.get("examples") or holds_models(field)


def test_every_model_of_the_api_is_described():
    schemas = document_of_api()["components"]["schemas"]
    named = [name for name, one in schemas.items() if "enum" not in one]  # a field says what its choices are about
    assert [name for name in named if not schemas[name].get("description")] == []


def test_every_filter_and_refusal_of_the_api_is_in_its_guide():
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in filters.NAMES if f"`{name}`" not in guide] == []
    refusals = {status for one in operations() for status in one["responses"] if status.startswith(("4", "5"))}
    assert [status for status in refusals if f"- {status}: " not in guide] == []


def test_the_filters_of_the_api_are_those_of_the_site():
    (of_items,) = [one for one in operations() if one["operationId"] == "list_items"]
    named = {one["name"] for one in of_items["parameters"] if one["in"] == "query"}
    assert named == {*filters.NAMES, "page", "page_size"}
