"""A table as a spreadsheet: downloaded, changed, uploaded, its plan read, and applied."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from roadmap.admin.grid import spreadsheet, views
from roadmap.models import Item, Save
from tests import make
from tests.admin.grid.grid_form import editor, messages, words
from tests.admin.press import filled
from tests.cases import each_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(views, "today", lambda: datetime.date(2026, 3, 24))


def download(client, roadmap, query=""):
    answer = client.get(reverse("admin:roadmap_roadmap_grid_download", args=[roadmap.pk]) + query)
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def upload(client, roadmap, content, name="items.xlsx"):
    url = reverse("admin:roadmap_roadmap_grid_upload", args=[roadmap.pk])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def apply(client, roadmap, plan, *take):
    url = reverse("admin:roadmap_roadmap_grid_upload", args=[roadmap.pk])
    return client.post(url, {**filled(plan), "take": [*take]}, follow=True)


def put(book, item, column, value):
    sheet = book["Items"]
    headings = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == item.reference)
    row[headings.index(column)].value = value
    return row[headings.index(column)]


def date(item):
    return item.milestones.get(environment="live").when


def test_a_downloaded_file_comes_back_as_a_plan_and_is_applied():
    roadmap, client = make.roadmap(reference_prefix="VAT", title="VAT roadmap"), editor()
    years, api = make.field(roadmap, name="Tax years"), make.api(name="VAT", url="https://example.org/")
    item = make.item(
        roadmap, title="Carry back", live="TBC", values={years: "2024"}, apis=((api, "1.0"),), description="Long"
    )
    other = make.item(roadmap, title="Other", live="TBC")
    book = download(client, roadmap)
    assert [cell.value for cell in book["Items"][1]][:3] == ["Reference", "Title", "Release"]
    put(book, item, "Live date", "June 2026")
    put(book, item, "Tax years", 2026)
    book["Items"].append([None, "A new one"])

    plan = upload(client, roadmap, saved(book))
    text = words(plan)
    for said in ("VAT-1 Carry back", "Live date TBC June 2026", "Tax years 2024 2026", "New item: A new one"):
        assert said in text
    assert "Other" not in text
    assert date(item) == "TBC"  # nothing is saved yet

    page = apply(client, roadmap, plan)
    assert "Changed 1 item. Added 1 item." in messages(page)[0]
    item.refresh_from_db()
    assert (date(item), item.description, item.field_values.get().value) == ("June 2026", "Long", "2026")
    assert [str(api) for api in item.item_apis.all()] == ["VAT 1.0"]
    assert Item.objects.get(title="A new one").reference == "VAT-3"
    save = Save.objects.of_thing(str(item.uid)).first()
    assert (save.saved_by, save.action) == (client.user, "Uploaded a spreadsheet: items.xlsx")
    assert not Save.objects.filter(uid=other.uid, saved_by=client.user).exists()


def test_a_plan_that_is_applied_twice_adds_its_new_items_once():
    roadmap, client = make.roadmap(), editor()
    book = download(client, roadmap)
    book["Items"].append([None, "A new one"])
    plan = upload(client, roadmap, saved(book))
    apply(client, roadmap, plan)
    page = apply(client, roadmap, plan)
    assert "was added when this file was sent before, and is not added again." in messages(page)[0]
    assert roadmap.items.count() == 1


def test_what_only_others_changed_since_stays_and_what_both_changed_is_asked():
    roadmap, client = make.roadmap(live_label="Production"), editor()
    item = make.item(roadmap, title="Carry back", live="TBC", audiences="Agents")
    book = download(client, roadmap)
    put(book, item, "Production date", "June 2026")
    put(book, item, "Title", "Carry back losses")
    item.milestones.update(when="May 2026")
    Item.objects.filter(pk=item.pk).update(audiences="Businesses")

    plan = upload(client, roadmap, saved(book))
    assert "it was “TBC”, is “May 2026” now, and your file says “June 2026”" in words(plan)
    apply(client, roadmap, plan)
    item.refresh_from_db()
    assert (item.title, item.audiences, date(item)) == ("Carry back losses", "Businesses", "May 2026")

    plan = upload(client, roadmap, saved(book))
    apply(client, roadmap, plan, f"{item.pk} milestone.live")
    assert date(item) == "June 2026"


def test_what_somebody_saves_while_the_plan_is_read_is_shown_again():
    roadmap, client = make.roadmap(), editor()
    item, other = make.item(roadmap, live="TBC"), make.item(roadmap, live="TBC")
    book = download(client, roadmap)
    for one in (item, other):
        put(book, one, "Live date", "June 2026")
    plan = upload(client, roadmap, saved(book))
    Item.objects.filter(pk=item.pk).update(title="Renamed")
    page = apply(client, roadmap, plan)
    assert page.status_code == 409
    assert "Somebody has changed 1 item since this page was shown" in words(page)
    assert (date(item), date(other)) == ("TBC", "June 2026")
    apply(client, roadmap, page)
    item.refresh_from_db()
    assert (date(item), item.title) == ("June 2026", "Renamed")


def test_a_day_and_a_month_that_a_spreadsheet_made_dates_of_are_read_as_shown():
    roadmap, client = make.roadmap(), editor()
    item, other = make.item(roadmap, live="TBC"), make.item(roadmap, live="TBC")
    book = download(client, roadmap)
    put(book, item, "Live date", datetime.date(2026, 6, 1)).number_format = "mmm-yy"
    put(book, other, "Live date", datetime.date(2026, 6, 1)).number_format = "dd/mm/yyyy"
    apply(client, roadmap, upload(client, roadmap, saved(book)))
    assert (date(item), date(other)) == ("June 2026", "1 June 2026")


def test_a_date_is_read_in_every_column_that_takes_one_and_a_bare_number_is_explained():
    roadmap, client = make.roadmap(), editor()
    year, note = make.field(roadmap, name="Tax year"), make.field(roadmap, name="Note")
    item, other = make.item(roadmap, title="Item"), make.item(roadmap, title="Other")
    book = download(client, roadmap)
    for column, form in (
        ("Sandbox date", "[$-809]d mmmm yyyy;@"),
        ("Controlled go-live date", "mmm-yy"),
        ("Note", "d/m/yy"),
    ):
        put(book, item, column, datetime.date(2026, 6, 1)).number_format = form
    put(book, item, "Live date", datetime.date(2027, 1, 1)).number_format = "yyyy"
    put(book, item, "Tax year", 2026)
    put(book, other, "Live date", 46174).number_format = "General"  # its format was lost
    plan = upload(client, roadmap, saved(book))
    assert "Live date: “46174” may be 1 June 2026, as a spreadsheet counts days. Write the date in words" in words(plan)
    apply(client, roadmap, plan)
    found = dict(item.milestones.values_list("environment", "when"))
    assert found == {"test": "1 June 2026", "controlled_go_live": "June 2026", "live": "2027"}
    values = dict(item.field_values.values_list("field", "value"))
    assert values == {year.pk: "2026", note.pk: "1 June 2026"}


def test_what_is_too_long_is_said_in_our_words():
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap)
    book = download(client, roadmap)
    put(book, item, "Title", "x" * 300)
    put(book, item, "Audiences", "y" * 600)
    text = words(upload(client, roadmap, saved(book)))
    assert "Title: This has 300 characters. Shorten it to 200 or fewer." in text
    assert "Ensure" not in text


def test_rows_that_cannot_be_taken_are_said_and_the_others_are_applied():
    roadmap, client = make.roadmap(), editor()
    formula, wrong, gone, right = (make.item(roadmap, title=title, live="TBC") for title in ("F", "W", "G", "R"))
    book = download(client, roadmap)
    place = put(book, formula, "Live date", '="June "&2026').coordinate
    put(book, wrong, "Live date", "3/4")
    put(book, gone, "Live date", "June 2026")
    put(book, right, "Live date", "June 2026")
    book["Items"].append([make.item(make.roadmap()).reference, "Of another roadmap"])
    Item.objects.filter(pk=gone.pk).delete()
    plan = upload(client, roadmap, saved(book))
    text = words(plan)
    assert "3 rows cannot be taken" in text
    assert f"{place} holds a formula" in text
    assert "Live date: “3/4”" in text
    assert "This item has been deleted since" in text
    assert "Not in what was downloaded, and left out" in text
    apply(client, roadmap, plan)
    assert (date(formula), date(wrong), date(right)) == ("TBC", "TBC", "June 2026")


def test_a_download_has_what_the_filter_leaves_and_says_what_a_file_lacks():
    roadmap, client = make.roadmap(), editor()
    make.item(roadmap, title="Alpha")
    beta = make.item(roadmap, title="Beta")
    assert download(client, roadmap, "?q=beta")["Items"].max_row == 2
    book = download(client, roadmap)
    book["Items"].delete_rows(2)
    put(book, beta, "Title", "Gamma")
    assert "1 item of the download is not in the file" in words(upload(client, roadmap, saved(book)))


def _packed(content, **parts):
    """A file with these parts beside its own, or in place of them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.pop(name, source.read(name)))
        for name, text in parts.items():
            target.writestr(name, text)
    return made.getvalue()


def _million_rows(book):
    rows = "".join(f'<row r="{number}"><c r="B{number}"><v>1</v></c></row>' for number in range(2, 30_000))
    words = enumerate(("Reference", "Title"))
    cells = "".join(f'<c r="{"AB"[place]}1" t="inlineStr"><is><t>{word}</t></is></c>' for place, word in words)
    head = f'<row r="1">{cells}</row>'
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return _packed(saved(book), **{"xl/worksheets/sheet1.xml": f"{sheet}{head}{rows}</sheetData></worksheet>"})


def _cut_short(book):
    content = saved(book)
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    return _packed(content, **{"xl/worksheets/sheet1.xml": sheet[: len(sheet) // 2]})


def _with_heading(place, words):
    def change(book):
        book["Items"][place] = words
        return saved(book)

    return change


def _without_base(book):
    del book["Downloaded"]
    return saved(book)


def _with_another_base(book):
    book["Downloaded"]["A1"] = book["Downloaded"]["A1"].value[:-2] + "xx"
    return saved(book)


def _renamed(book):
    book["Items"].title = "Sheet1"
    return saved(book)


BAD = [
    (lambda book: b"", "items.xlsx", "This file is empty"),
    (lambda book: b"Reference\tTitle", "items.xlsx", "is no .xlsx file"),
    (lambda book: saved(book)[:2000], "items.xlsx", "is no .xlsx file"),
    (lambda book: _packed(saved(book), **{"xl/workbook.xml": b"<"}), "items.xlsx", "cannot be read as a spreadsheet"),
    (_cut_short, "items.xlsx", "is damaged"),
    (lambda book: _packed(saved(book), **{"xl/vbaProject.bin": b"x"}), "items.xlsx", "has macros in it"),
    (saved, "items.xlsm", "has macros in it"),
    (
        lambda book: _packed(saved(book), **{"xl/a.bin": b"0" * 30_000_000}),
        "items.xlsx",
        "holds far more than the items",
    ),
    (lambda book: _packed(saved(book), **{"xl/worksheets/sheet1.xml": b" " * 30_000_000}), "a.xlsx", "holds far more"),
    (_million_rows, "items.xlsx", "There are more than 5,000 rows"),
    (lambda book: b"PK" + b"0" * 5_000_001, "items.xlsx", "is larger than 5 MB"),
    (_with_heading("A1", "Ref"), "items.xlsx", "“Ref” is not among them"),
    (_with_heading("A1", ""), "items.xlsx", "There is no column “Reference”"),
    (_with_heading("C1", "Title"), "items.xlsx", "Two columns have the same heading"),
    (_without_base, "items.xlsx", "does not say what was downloaded"),
    (_with_another_base, "items.xlsx", "does not say what was downloaded"),
    (_renamed, "items.xlsx", "There is no sheet called “Items”"),
]


@each_case("spoil, name, said", BAD)
def test_a_file_that_cannot_be_taken_is_refused_with_one_message(spoil, name, said):
    roadmap, client = make.roadmap(), editor()
    item = make.item(roadmap, title="Kept")
    page = upload(client, roadmap, spoil(download(client, roadmap)), name)
    assert page.status_code == 200
    assert said in words(page)
    item.refresh_from_db()
    assert item.title == "Kept"


def test_another_roadmaps_file_is_refused():
    roadmap, other, client = make.roadmap(), make.roadmap(title="Other roadmap"), editor()
    make.item(other)
    assert "downloaded from Other roadmap" in words(upload(client, roadmap, saved(download(client, other))))


def test_a_body_that_is_too_large_is_not_read(monkeypatch):
    roadmap, client = make.roadmap(), editor()
    url = reverse("admin:roadmap_roadmap_grid_upload", args=[roadmap.pk])
    page = client.post(url, {"file": SimpleUploadedFile("items.xlsx", b"x")}, CONTENT_LENGTH="12000001")
    assert page.status_code == 413
    assert f"larger than {spreadsheet.MOST_SIZE // 1_000_000} MB" in words(page)
    for length in ("", "many", "1e9", "9" * 5000):
        page = client.post(url, {"file": SimpleUploadedFile("items.xlsx", b"x")}, CONTENT_LENGTH=length)
        assert "Choose the .xlsx file that you changed." in words(page)


def test_a_plan_of_another_roadmap_or_made_up_is_not_applied():
    roadmap, other, client = make.roadmap(), make.roadmap(), editor()
    item = make.item(roadmap, title="Kept")
    book = download(client, roadmap)
    put(book, item, "Title", "Changed")
    plan = upload(client, roadmap, saved(book))
    for target, sent in ((other, filled(plan)), (roadmap, {"plan": "made-up"})):
        url = reverse("admin:roadmap_roadmap_grid_upload", args=[target.pk])
        assert "too old to be applied" in messages(client.post(url, sent, follow=True))[0]
    item.refresh_from_db()
    assert item.title == "Kept"


def test_a_text_that_looks_like_a_formula_goes_out_and_comes_back_as_a_text():
    roadmap, client = make.roadmap(), editor()
    make.item(roadmap, title="=HYPERLINK(1)", live="TBC")
    content = client.get(reverse("admin:roadmap_roadmap_grid_download", args=[roadmap.pk])).content
    assert "Nothing else in this file differs from what is saved" in words(upload(client, roadmap, content))
