"""Which thing is which from commit to commit: as an import of one after the other would have it."""

import pytest

from roadmap.models import Roadmap
from roadmap.techdocs import apply, make_plan, parse, read
from roadmap.techdocs.git.import_history import bring_in_history
from tests import make
from tests.techdocs.git.repositories import Committed, repository

pytestmark = pytest.mark.django_db

NOW = make.at("2026-06-01")
INDEX = "source/index.html.md"
HEAD = "# Parcel roadmap\n\nWrite to [us](mailto:parcels@example.gov.uk).\n\n"
GRAMS = "Scales at each depot send the weight of a parcel to software in grams"
VANS = "A van may be followed on the map while it drives through the night"
YEARLY = "Count the parcels of a year | The number of parcels is sent before the gates close"
TABLES = (
    ({"June 2027": [f"Weighing | {GRAMS}", f"Vans | {VANS}"], "April 2027": [YEARLY], "April 2028": [YEARLY]}),
    # One goes, another is cut otherwise and moves, and the year that is over makes room for one to come.
    (
        {
            "May 2027": [f"Weighing – {GRAMS} | **Weighing –**<br>{GRAMS}."],
            "April 2028": [YEARLY],
            "April 2029": [YEARLY],
        }
    ),
    ({"June 2027": [f"Vans by night | {VANS}"], "May 2027": [f"Grams | {GRAMS}"], "April 2028": [YEARLY]}),
)


def text(tables: dict[str, list[str]]) -> str:
    heads = "Name | Description\n--- | ---\n"
    return HEAD + "\n".join(f"## {name}\n\n{heads}" + "\n".join(rows) + "\n" for name, rows in tables.items())


def references(roadmap: Roadmap) -> dict[tuple[str, str], str]:
    return {(item.release.title, item.title): item.reference for item in roadmap.items.select_related("release")}


def test_each_keeps_its_reference_in_a_history_and_in_imports_alike(tmp_path):
    folder = repository(tmp_path / "git", [Committed({INDEX: text(tables)}) for tables in TABLES])
    found = []
    path = tmp_path / "index.html.md"
    for tables, outcome in zip(TABLES, bring_in_history(folder, slug="history", clock=lambda: NOW), strict=True):
        path.write_text(text(tables), encoding="utf-8")
        roadmap = apply(plan=make_plan(parse(read(path)), slug="imported"))
        history = references(Roadmap.objects.get(slug="history"))
        of_import = {key: reference.partition("-")[2] for key, reference in references(roadmap).items()}
        assert {key: reference.partition("-")[2] for key, reference in history.items()} == of_import
        found.append(({key[0]: number for key, number in of_import.items() if "Count" in key[1]}, outcome.matches))
        numbers = {title.split()[0]: number for (_, title), number in of_import.items()}
        assert numbers.get("Weighing") or numbers.get("Grams") == "1"
        assert numbers.get("Vans", "2") == "2"
    years = [years for years, _ in found]
    assert years == [
        {"April 2027": "3", "April 2028": "4"},
        {"April 2028": "4", "April 2029": "5"},
        {"April 2028": "4"},
    ]
    # Those whose titles have other words, a line each.
    told = [[line.split(" ", 1)[1] for line in decided if "the item" in line] for _, decided in found]
    weighing = f"Weighing – {GRAMS}"
    assert told == [
        [],
        [f"“{weighing}” was taken for the item “HISTORY-1 Weighing”."],
        [
            "“Vans by night” was taken for the item “HISTORY-2 Vans”.",
            f"“Grams” was taken for the item “HISTORY-1 {weighing}”.",
        ],
    ]
