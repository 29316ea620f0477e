"""The table as LibreOffice Calc opens it, without a window: Debian's libreoffice-calc-nogui."""

import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from tests import make
from tests.web import story
from tests.web.feeds import received

pytestmark = [pytest.mark.django_db, pytest.mark.needs("libreoffice")]

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

# Comma, quotation mark, UTF-8 (which its window finds by the byte order mark), from line 1; English (UK). The last says
# whether it looks for dates and numbers in words: it does not unless somebody ticks that.
AS_IT_IS = "CSV:44,34,UTF8,1,,2057,false,false"
LOOKING_FOR_DATES = "CSV:44,34,UTF8,1,,2057,false,true"


@pytest.fixture
def opened(tmp_path):
    """opened(content) is what the sheet then shows: rows of (kind, what it shows, formula)."""

    def cells(content, options=AS_IT_IS):
        (tmp_path / "items.csv").write_bytes(content)
        profile = (tmp_path / "profile").as_uri()
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", f"--infilter={options}"]
        command += ["--convert-to", "fods", "--outdir", str(tmp_path), str(tmp_path / "items.csv")]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        root = ElementTree.parse(tmp_path / "items.fods").getroot()
        return [[*cells_of(row)] for row in root.iter(f"{TABLE}table-row")]

    return cells


def cells_of(row):
    for cell in row.iter(f"{TABLE}table-cell"):
        kind = cell.get(f"{OFFICE}value-type", "")
        shown = cell.get(f"{OFFICE}date-value") or "\n".join("".join(p.itertext()) for p in cell.iter(f"{TEXT}p"))
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        yield from [(kind, shown, cell.get(f"{TABLE}formula"))] * min(times, 50)


def by_name(rows):
    names = [shown for _, shown, _ in rows[0]]
    return {row[0][1]: dict(zip(names, row, strict=False)) for row in rows[1:] if row and row[0][1]}


def test_it_opens_with_dates_as_dates_and_text_as_text(client, opened):
    story.tell()
    content = received.body(client, "/vat-mtd/items.csv")
    rows = by_name(opened(content))
    assert {*rows} == {one["Reference"] for one in received.table(client, "/vat-mtd/items.csv")}
    row = rows["VAT-19"]
    assert row["Title"][:2] == ("string", story.CORRECTED)
    assert row["Sandbox"][:2] == ("string", "April 2026")
    assert [row[name][:2] for name in ("Sandbox from", "Sandbox to")] == [
        ("date", "2026-04-01"),
        ("date", "2026-04-30"),
    ]
    assert row["Live"][:2] == ("string", "Q3 2026")
    assert [row[name][:2] for name in ("Live from", "Live to")] == [("date", "2026-07-01"), ("date", "2026-09-30")]
    assert "VAT-1" not in rows


def test_nothing_in_it_runs_and_no_date_is_taken_for_another(client, opened):
    roadmap = make.roadmap(slug="one", reference_prefix="ONE", test_label="=1+1")
    field = make.field(roadmap, name="@Column")
    texts = [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        " =1+1",
        "＝1+1",
        '=HYPERLINK("https://example.org","x")',
        "\n=1",
    ]
    for text in texts:
        make.item(
            roadmap, title=text, journey=text, description=text, audiences=text, test="4/5/2026", values={field: text}
        )
    make.item(roadmap, title="Ünïcödé 🗓 \u202eabc", live="Mar 2026")
    make.edition(roadmap, at=make.at("2026-01-05"))
    content = received.body(client, "/one/items.csv")
    for options in (AS_IT_IS, LOOKING_FOR_DATES):
        rows = opened(content, options)
        assert [cell for row in rows for cell in row if cell[2]] == []
        found = by_name(rows)
        assert len(found) == len(texts) + 1
        for row in found.values():
            assert row["Title"][0] == row["Journey"][0] == "string" or not row["Journey"][1]
        assert found["ONE-10"]["Title"][:2] == ("string", "Ünïcödé 🗓 \u202eabc")
        assert found["ONE-1"]["'=1+1"][:2] == ("string", "'4/5/2026")
        assert found["ONE-1"]["'=1+1 from"][:2] == ("date", "2026-05-04")
