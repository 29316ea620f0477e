import html
import re

import pytest

from roadmap.models import Edition, Roadmap, Save
from tests import make
from tests.commands.run import refusal, run
from tests.importing.sources import PAGE, real_source

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


def test_it_says_which_unpublished_edits_it_replaced(source):
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    roadmap = Roadmap.objects.get()
    first, second = roadmap.pages.all()
    first.body = "Not published yet"
    first.save()
    out = run("import_techdocs", source, "--roadmap", "parcel-tax").out
    told = [line for line in out if "Unpublished edits" in line]
    assert told == [f"Unpublished edits of “{first.title}” were replaced: its history in the admin still has them."]
    assert second.title not in told[0]


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
    assert [edition.note for edition in Edition.objects.all()] == ["Imported from the tech-docs pages"]


def test_an_import_whose_edition_cannot_be_published_changes_nothing(source):
    roadmap = make.roadmap(slug="parcel-tax", title="Before", asks_reasons=True)
    item = make.item(roadmap, live="June 2026")
    make.edition(roadmap)
    item.milestones.update(when="July 2026")
    line = refusal("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    assert "A date moves later" in line
    assert line.endswith("Publish that first: manage.py publish parcel-tax --reason TEXT.")
    roadmap.refresh_from_db()
    assert roadmap.title == "Before"
    assert not roadmap.pages.exists()


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
