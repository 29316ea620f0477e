"""Who may know whom, and the shape of the house: docs/architecture.md, held against the code."""

import ast
from collections import Counter, defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
MOST_FILES = 20
# The parts that each part may import, beside itself. Whoever is not named here may import no other part.
MAY_IMPORT = {
    # Pure: they know nobody but each other, downwards.
    "dates": set(),
    "markdown": set(),
    "content": {"dates", "markdown"},
    "models": {"markdown", "content", "dates"},
    # Data goes one way: admin or techdocs, working copies, publishing, published, web.
    "working_copies": {"models", "content", "dates"},
    "publishing": {"working_copies", "models", "content", "dates"},
    "published": {"models", "content", "dates"},
    "web": {"published", "models", "markdown", "content", "dates"},
    # Readers who asked to be told by mail.
    "subscriptions": {"web", "published", "models", "markdown", "content", "dates"},
    # The one room that knows both sides.
    "previews": {"publishing", "working_copies", "published", "web", "models", "content", "dates"},
    # The annex.
    "techdocs": {"publishing", "working_copies", "models", "markdown", "content", "dates"},
    # Carries both kinds of model to another installation, and publishes nothing.
    "transfer": {"models", "content", "dates"},
    # The whole site, as rows; and what nobody needs any more.
    "keeping": {"publishing", "models"},
    "sample": {"publishing", "models", "content"},
    "templatetags": {"dates"},
    "admin": {
        "techdocs",
        "previews",
        "subscriptions",
        "publishing",
        "working_copies",
        "models",
        "markdown",
        "content",
        "dates",
        "templatetags",
    },
    "management": {
        "admin",
        "techdocs",
        "transfer",
        "keeping",
        "sample",
        "subscriptions",
        "publishing",
        "working_copies",
        "models",
        "content",
        "dates",
    },
    "apps": {"checks"},
    # What is said at start: it knows those whose order matters.
    "checks": {"admin", "models"},
}
# Within a part that others may import, who alone may import what.
ONLY = {
    "techdocs": {"roadmap.admin.imports", "roadmap.management", "roadmap.techdocs"},
}
READERS_SIDE = ("published", "web", "subscriptions")
WORKING = {"roadmap.models.item", "roadmap.models.roadmap", "roadmap.models.import_origin"}
PUBLISHED_NAMES = {"Edition", "Revision", "Change"}


def modules():
    for path in sorted(ROOT.glob("roadmap/**/*.py")):
        if "migrations" not in path.parts:
            yield name_of(path), path


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path):
    """Every (module of the project, name taken from it) that a file imports, in a function too; a module: no name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of what is imported"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole, "") if is_module(whole) else (str(node.module), alias.name)


def is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def is_within(name, package):
    return name == package or name.startswith(f"{package}.")


def part(name):
    """ "web", of "roadmap.web.pages.views"."""
    return name.split(".")[1] if "." in name else ""


def faults_of_direction():
    for name, path in modules():
        for module, _ in imports(path):
            if is_within(module, "roadmap_site"):
                yield f"{name} imports {module}"
            if not is_within(module, "roadmap") or part(module) == part(name):
                continue
            if part(module) not in MAY_IMPORT[part(name)] or (
                part(module) in ONLY and not any(is_within(name, package) for package in ONLY[part(module)])
            ):
                yield f"{name} imports {module}"


def test_imports_go_one_way():
    assert sorted(set(faults_of_direction())) == []


def test_readers_know_no_working_copy_and_editing_makes_no_edition():
    faults = []
    for name, path in modules():
        for module, taken in imports(path):
            if part(name) in READERS_SIDE and (module in {"roadmap.models", *WORKING}):
                faults.append(f"{name} imports {module}")
            if part(name) == "working_copies" and (module == "roadmap.models.published" or taken in PUBLISHED_NAMES):
                faults.append(f"{name} imports {module} {taken}")
    assert faults == []


def test_one_place_keeps_back_what_dates_were():
    faults = []
    for name, path in modules():
        if part(name) not in (*READERS_SIDE, "previews"):
            continue
        if name != "roadmap.published.redaction" and ".hides_date_history" in path.read_text(encoding="utf-8"):
            faults.append(f"{name} asks what redaction has answered")
        if part(name) != "published" and ("roadmap.published.redaction", "whole") in imports(path):
            faults.append(f"{name} takes what is kept back")
    assert faults == []


def test_pure_modules_need_no_database():
    for name, path in modules():
        if part(name) in ("content", "dates", "markdown"):
            used = {module for module, _ in imports(path) if is_within(module, "django")}
            assert used <= {"django.utils.safestring", "django.utils.html", "django.utils.text"}, name


def test_no_circles():
    graph = {name: {m for m, _ in imports(path) if is_within(m, "roadmap")} - {name} for name, path in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


def test_no_module_is_too_long_and_no_folder_too_full():
    faults = [
        f"{name}: {lines} lines"
        for name, path in modules()
        if (lines := len(path.read_text().split("\n"))) > MOST_LINES
    ]
    files = [path for _, path in modules()] + [*ROOT.glob("templates/**/*.html")]
    full = Counter(str(path.parent.relative_to(ROOT)) for path in files)
    assert faults + [f"{folder}: {count} files" for folder, count in full.items() if count > MOST_FILES] == []


def test_one_module_writes_dates():
    written = [name for name, path in modules() if "%-d" in path.read_text(encoding="utf-8")]
    assert written == ["roadmap.dates.clock"]


def test_no_two_classes_have_one_name():
    where = defaultdict(set)
    for name, path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":  # Django asks for that name
                where[node.name].add(name)
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


# Tests of the whole site, as it runs.
OF_THE_SITE = {"browser", "deploy", "faults"}


def test_tests_mirror_the_house():
    parts = {path.name for path in (ROOT / "roadmap").iterdir() if path.is_dir()}
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir() and any(path.glob("test_*.py"))]
    strangers = [
        str(folder.relative_to(ROOT))
        for folder in folders
        if not (ROOT / "roadmap" / folder.relative_to(ROOT / "tests")).is_dir()
        and folder.relative_to(ROOT / "tests").parts[:1] not in {(name,) for name in OF_THE_SITE}
    ]
    assert strangers == []
    assert parts >= {folder.relative_to(ROOT / "tests").parts[0] for folder in folders} - OF_THE_SITE


def test_the_rules_name_parts_that_exist():
    assert all(is_module(f"roadmap.{name}") for name in MAY_IMPORT)
    assert all(part(name) in MAY_IMPORT for name, _ in modules() if part(name))
