"""The documentation is a contract: what it names exists, and what exists is in it."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_in_documents_exist(document):
    text = document.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:roadmap|roadmap_site|script|tests|templates|static|docs)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name


def test_documents_say_nothing_of_machines():
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s(`])/(home|root|tmp|work)/", text), document
