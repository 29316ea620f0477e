"""Who may import whom: docs/architecture.md, held against the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = {
    f"roadmap.{name}"
    for name in ("content", "when", "changes", "rendering", "merging", "wording", "snapshot", "techdocs")
}
WORKING = {f"roadmap.models{name}" for name in ("", ".working", ".fields", ".saves", ".sharing", ".origins")}
# `roadmap.models` names both kinds: whoever may use only one kind imports the module itself.
MAY_IMPORT = {
    **dict.fromkeys(PURE, PURE),
    "roadmap.models.fields": PURE,
    "roadmap.models.published": PURE,
    "roadmap.models.origins": PURE,
    "roadmap.models.saves": PURE | {"roadmap.models.published"},
    "roadmap.models.sharing": PURE | {"roadmap.models.fields"},
    "roadmap.models.working": PURE | {"roadmap.models.fields", "roadmap.models.working"},
    "roadmap.public": PURE | {"roadmap.models.published", "roadmap.public"},
    "roadmap.importing": PURE
    | {f"roadmap.models.{name}" for name in ("working", "fields", "origins")}
    | {"roadmap.editing", "roadmap.importing"},
    # The drafts in the readers' pages: the one place that knows both publishing and public.
    "roadmap.previewing": PURE
    | WORKING
    | {"roadmap.models.published", "roadmap.publishing", "roadmap.public", "roadmap.previewing"},
    "roadmap.editing": PURE | {"roadmap.models.working", "roadmap.models.fields", "roadmap.editing"},
    # Knows both kinds of model, and publishes nothing: what was published elsewhere comes in as it was.
    "roadmap.moving": PURE | WORKING | {"roadmap.models.published", "roadmap.moving"},
    "roadmap.exporting": PURE | {"roadmap.exporting"},
    "roadmap.publishing": PURE | WORKING | {"roadmap.models.published", "roadmap.editing", "roadmap.publishing"},
}


def modules():
    for path in sorted(ROOT.glob("roadmap/**/*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, path


def imports(path):
    """Every module of the project that a file imports, in a function or in `if TYPE_CHECKING` too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of what is imported"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if is_module(whole) else str(node.module)


def is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def is_within(name, package):
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize(("name", "path"), [pytest.param(*one, id=one[0]) for one in modules()])
def test_imports_go_one_way(name, path):
    found = {one for one in imports(path) if is_within(one, "roadmap") or is_within(one, "roadmap_site")}
    rule = next((allowed for package, allowed in MAY_IMPORT.items() if is_within(name, package)), None)
    if rule is not None:
        allowed = {one for one in found if any(one == entry or is_package_entry(one, entry) for entry in rule)}
        assert found <= allowed, f"{name} may not import {sorted(found - allowed)}"
    if is_within(name, "roadmap.admin") or is_within(name, "roadmap.management"):
        assert not [one for one in found if is_within(one, "roadmap.public")]
    assert not [one for one in found if is_within(one, "roadmap_site")]


def is_package_entry(name, entry):
    """Whether the entry names a package, and so all that is in it; `roadmap.models` does not."""
    return entry != "roadmap.models" and is_within(name, entry)


def test_pure_modules_need_no_database():
    for name, path in modules():
        if any(is_within(name, pure) for pure in PURE):
            used = {one for one in imports(path) if is_within(one, "django")}
            assert used <= {"django.utils.safestring", "django.utils.html", "django.utils.text"}, name


def test_the_rules_name_modules_that_exist():
    assert all(is_module(package) for package in MAY_IMPORT)
