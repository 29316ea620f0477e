"""The table as LibreOffice Calc opens it, without a window: Debian's libreoffice-calc-nogui."""

import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from tests import make
from tests.web import story
from tests.web.feeds import received
from tests.web.feeds.test_csv import READ_OTHERWISE

pytestmark = [pytest.mark.django_db, pytest.mark.needs("libreoffice")]

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

# Comma, quotation mark, UTF-8 (which its window finds by the byte order mark), from line 1; English (UK). The last says
# whether it looks for dates and numbers in words: it does not unless somebody ticks that.
AS_IT_IS = "CSV:44,34,UTF8,1,,2057,false,false"
LOOKING_FOR_DATES = "CSV:44,34,UTF8,1,,2057,false,true"
WORKBOOK = "Calc MS Excel 2007 XML"


@pytest.fixture
def opened(tmp_path):
    """opened(content) is what the sheet then shows: rows of (kind, what it shows, formula)."""

    def cells(content, options=AS_IT_IS):
        file = tmp_path / ("items.xlsx" if options == WORKBOOK else "items.csv")
        file.write_bytes(content)
        profile = (tmp_path / "profile").as_uri()
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", f"--infilter={options}"]
        command += ["--convert-to", "fods", "--outdir", str(tmp_path), str(file)]
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


@pytest.mark.parametrize(("name", "options"), [("items.csv", AS_IT_IS), ("items.xlsx", WORKBOOK)])
def test_it_opens_with_dates_as_dates_and_text_as_text(client, opened, name, options):
    story.tell()
    content = received.body(client, f"/vat-mtd/{name}")
    rows = by_name(opened(content, options))
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


@pytest.mark.parametrize(
    ("name", "options"), [("items.csv", LOOKING_FOR_DATES), ("items.csv", AS_IT_IS), ("items.xlsx", WORKBOOK)]
)
def test_what_looks_like_a_date_or_a_number_is_the_text_that_it_was(client, opened, name, options):
    roadmap = make.roadmap(slug="one", reference_prefix="SEP")
    field = make.field(roadmap, name="Code")
    dates = ["Feb 2023", "March 2026", "4/5/2026", "14 April 2026", "2027"]
    for text in READ_OTHERWISE:
        make.item(roadmap, title=text, values={field: text})
    for text in dates:
        make.item(roadmap, title=text, values={field: text}, live=text)
    make.edition(roadmap, at=make.at("2026-01-05"))
    rows = by_name(opened(received.body(client, f"/one/{name}"), options))
    for number, text in enumerate([*READ_OTHERWISE, *dates], 1):
        row = rows[f"SEP-{number}"]
        assert row["Reference"][0] == "string"
        assert row["Code"] == row["Title"] == ("string", text, None)
        assert row["Live"] == (("string", text, None) if number > len(READ_OTHERWISE) else ("", "", None))


def test_in_the_workbook_what_looks_like_a_formula_is_the_text_that_it_was(client, opened):
    texts = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(1)", "{=1}", "＝1+1"]
    roadmap = make.roadmap(slug="one", reference_prefix="ONE")
    for text in texts:
        make.item(roadmap, title=text)
    make.edition(roadmap, at=make.at("2026-01-05"))
    rows = by_name(opened(received.body(client, "/one/items.xlsx"), WORKBOOK))
    assert [row["Title"] for row in rows.values()] == [("string", text, None) for text in texts]


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
        assert found["ONE-1"]["'=1+1"][:2] == ("string", "4/5/2026")
        assert found["ONE-1"]["'=1+1 from"][:2] == ("date", "2026-05-04")
