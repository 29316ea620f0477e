import html
import json
import re

import pytest

from roadmap.models import Change, Edition, Roadmap, Save
from tests import make
from tests.management.run import refusal, run
from tests.techdocs.example_sources import PAGE, real_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "parcels.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_it_makes_a_roadmap_and_reports_what_it_made(source):
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax")
    assert ended.code == 0
    assert ended.err == []
    assert ended.out[0] == "Read parcels.md."
    assert ended.out[2:] == [
        "Roadmap “Parcel Tax Roadmap” at /parcel-tax/: created.",
        "Pages: 2 created.",
        "Changelog entries: 2 created.",
    ]
    assert Roadmap.objects.get(slug="parcel-tax").pages.count() == 2
    assert not Edition.objects.exists()


def test_staff_see_in_the_history_what_was_imported_and_what_was_there_before(source):
    roadmap = make.roadmap(slug="parcel-tax", title="Before")
    run("import_techdocs", source, "--roadmap", "parcel-tax")
    told = [(save.title, save.action) for save in Save.objects.of_thing(roadmap.uid)]
    assert told[0] == ("Parcel Tax Roadmap", "Imported from parcels.md")
    assert [title for title, _ in told[1:]] == ["Before"]


def test_unpublished_edits_of_what_came_from_an_import_stay(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    first = Roadmap.objects.get().pages.first()
    first.body = "Not published yet"
    first.save()
    out = run("import_techdocs", source, "--roadmap", "parcel-tax").out
    assert any("Nothing to change" in line for line in out)
    first.refresh_from_db()
    assert first.body == "Not published yet"
    source.write_text(PAGE.replace("A depot keeps", "Depots keep"), encoding="utf-8")
    out = run("import_techdocs", source, "--roadmap", "parcel-tax").out
    assert "Changed by staff since the last import, and left so (1):" in out
    assert any("staff have “Not published yet”" in line for line in out)
    first.refresh_from_db()
    assert first.body == "Not published yet"


def test_it_says_which_unpublished_edits_it_replaced_of_what_was_made_by_hand(source):
    roadmap = make.roadmap(slug="parcel-tax")
    first = make.page(roadmap, title="What ‘depot’ means", slug="what-depot-means", body="Old")
    second = make.page(roadmap, title="Who we are", slug="who-we-are", body="Old")
    make.edition(roadmap)
    first.body = "Not published yet"
    first.save()
    out = run("import_techdocs", source, "--roadmap", "parcel-tax").out
    told = [line for line in out if "Unpublished edits" in line]
    assert told == [f"Unpublished edits of “{first.title}” were replaced: its history in the admin still has them."]
    assert second.title not in told[0]


def test_staff_see_in_the_history_that_the_source_dropped_something(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax")
    page = Roadmap.objects.get().pages.get(slug="who-we-are")
    shorter = PAGE[: PAGE.index("## Who we are")] + PAGE[PAGE.index("## Changelog") :]
    source.write_text(shorter, encoding="utf-8")
    run("import_techdocs", source, "--roadmap", "parcel-tax")
    newest = Save.objects.of_thing(page.uid).first()
    assert newest is not None
    assert (newest.action, newest.content) == ("No longer in parcels.md", "")


def test_a_dry_run_tells_every_step_and_changes_nothing(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    saves = Save.objects.count()
    source.write_text(PAGE.replace("Dates may", "All dates may"), encoding="utf-8")
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax", "--dry-run")
    assert ended.out[-3:] == [
        "Roadmap “Parcel Tax Roadmap” (parcels.md:5): updated",
        "  Footer reworded",
        "This was only the plan: nothing was changed.",
    ]
    assert Roadmap.objects.get().footer == "Dates may *change*."
    assert Save.objects.count() == saves
    assert "Leave out" in refusal("import_techdocs", source, "--roadmap", "parcel-tax", "--dry-run", "--publish")


def test_a_dry_run_of_a_new_roadmap_makes_none(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--dry-run")
    assert not Roadmap.objects.exists()


def test_the_report_is_written_as_json(source, tmp_path):
    path = tmp_path / "report.json"
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--report", path, "--dry-run")
    planned = json.loads(path.read_text(encoding="utf-8"))
    assert (planned["is_applied"], planned["edition"]) == (False, None)
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--report", path, "--publish")
    done = json.loads(path.read_text(encoding="utf-8"))
    assert (done["is_applied"], done["edition"]) == (True, 1)
    assert done["read"]["files"][0]["path"] == "parcels.md"


def test_a_report_that_cannot_be_written_refuses_the_import(source, tmp_path):
    path = tmp_path / "nowhere" / "report.json"
    assert "cannot be written" in refusal("import_techdocs", source, "--roadmap", "parcel-tax", "--report", path)
    assert not Roadmap.objects.exists()


def test_an_edition_has_the_time_that_is_given_in_london(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish", "--at", "2020-06-24T09:30")
    assert Edition.objects.get().published_at == make.at("2020-06-24", "09:30")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--publish", "--at", "soon"], "is not a time"),
        (["--publish", "--at", "2126-03-31T01:30"], "does not exist"),
        (["--publish", "--at", "2126-03-24T09:30"], "year"),
        (["--at", "2020-03-24T09:30"], "Give --publish"),
    ],
)
def test_a_time_that_cannot_be_is_refused(source, options, reason):
    assert reason in refusal("import_techdocs", source, "--roadmap", "parcel-tax", *options)
    assert not Roadmap.objects.exists()


def test_running_it_again_changes_nothing(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax")
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax")
    assert ended.code == 0
    assert ended.out[2:] == ["Nothing to change: the roadmap at /parcel-tax/ says all of this already."]


def test_doubts_are_reported_at_their_file_and_line(source):
    source.write_text(PAGE + "\n## More\n\n[a](b.html)\n", encoding="utf-8")
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax")
    assert ended.out[-2:] == [
        "To check (1):",
        "  parcels.md:35: This link leads to a file beside the source, b.html: change it.",
    ]


def test_publish_makes_an_edition_with_the_note(source):
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish", "--note", "From the old site")
    assert ended.out[-1] == "Published edition 1 of Parcel Tax Roadmap: 5 changes."
    assert Edition.objects.get().note == "From the old site"


def test_publish_with_nothing_pending_says_so_and_is_no_error(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    ended = run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    assert ended.code == 0
    assert ended.out[-1].startswith("There is nothing to publish")
    assert [edition.note for edition in Edition.objects.all()] == [""]  # readers do not care where it came from


def test_an_import_whose_edition_cannot_be_published_changes_nothing(source):
    roadmap = make.roadmap(slug="parcel-tax", title="Before", asks_reasons=True)
    item = make.item(roadmap, live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="July 2026")
    line = refusal("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    assert "A date moves later, or something is taken back" in line
    assert line.endswith("Give it with --reason TEXT.")
    roadmap.refresh_from_db()
    assert roadmap.title == "Before"
    assert not roadmap.pages.exists()
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish", "--reason", "Testing takes longer")
    assert "Testing takes longer" in [
        change.reason for change in Change.objects.filter(revision__edition=Edition.objects.get(number=2))
    ]


def test_contact_is_used_where_the_source_has_none(source):
    source.write_text("# Parcels", encoding="utf-8")
    assert "--contact EMAIL" in refusal("import_techdocs", source, "--roadmap", "parcel-tax")
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--contact", "parcels@example.gov.uk")
    assert Roadmap.objects.get().contact_email == "parcels@example.gov.uk"


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"", [], "parcels.md is empty."),
        (b"# Parcels \xa3", [], "parcels.md:1: this is not UTF-8"),
        (b"\x89PNG\0", [], "binary"),
        (b"a,b,c\n1,2,3\n", [], "has no title"),
        (b"---\na: [\n---\n# A", [], "not YAML"),
        (b"# " + b"x" * 10_000 + b"\n\na@example.gov.uk", [], "parcels.md:1: title:"),
        (PAGE.encode(), ["--roadmap", "admin"], "the site itself uses"),
        (PAGE.encode(), ["--roadmap", "a/b"], "cannot be a roadmap's address"),
        (PAGE.encode(), ["--contact", "nobody"], "not an email address"),
        (PAGE.encode(), ["--publish", "--note", "x" * 501], "The note is too long"),
    ],
)
def test_bad_input_is_refused_in_one_line_and_nothing_changes(source, content, options, reason):
    source.write_bytes(content)
    assert reason in refusal("import_techdocs", source, "--roadmap", "parcel-tax", *options).replace(
        "The site", "the site"
    )
    assert not Roadmap.objects.exists()


def test_a_source_that_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refusal("import_techdocs", tmp_path / "nowhere", "--roadmap", "parcel-tax")


def test_the_real_october_page_comes_in_over_the_sample():
    source = real_source("vat-2018-10")
    run("load_sample")
    items = Roadmap.objects.get().items.count()
    ended = run("import_techdocs", source, "--roadmap", "vat-mtd", "--publish")
    assert ended.code == 0
    assert "Pages: 5 updated." in ended.out
    assert "Changelog entries: 5 updated." in ended.out
    roadmap = Roadmap.objects.get()
    assert (roadmap.title, roadmap.contact_name) == ("VAT (MTD) Roadmap", "Software Developer Support Team")
    assert roadmap.pages.count() == 5
    assert roadmap.items.count() == items
    again = run("import_techdocs", source, "--roadmap", "vat-mtd", "--publish")
    assert again.out[-2].startswith("Nothing to change")
    assert again.out[-1].startswith("There is nothing to publish")
    assert Edition.objects.count() == 2


def _words(text: str) -> str:
    """The words alone, each between spaces, so that one text can be looked for in another."""
    return " ".join(["", *re.findall(r"[^\W_]+", text), ""])


def test_every_sentence_of_the_real_october_page_is_on_the_site(client):
    source = real_source("vat-2018-10") / "index.md"
    assert run("import_techdocs", source, "--roadmap", "vat-mtd", "--publish").code == 0
    pages = [client.get(path).content.decode() for path in ("/vat-mtd/", "/vat-mtd/changelog/")]
    shown = _words(html.unescape(re.sub(r"<[^>]+>", " ", " ".join(pages))))
    text = re.sub(r"<[^>]+>|\*\*", "", source.read_text(encoding="utf-8").split("---\n", 2)[2])
    # The months are written out on the site, and a table's columns are no sentence.
    lines = [re.sub(r" \|.*", "", line) for line in text.splitlines()]
    sentences = [sentence for line in lines for sentence in re.split(r"(?<=[.?])\s", line) if _words(sentence).strip()]
    assert len(sentences) > 40
    assert [one for one in sentences if _words(one) not in shown and one not in ("Description", "## Footer")] == []
    for month in ("October 2018", "September 2018", "July 2018", "February 2018", "June 2017"):
        assert _words(month) in shown
