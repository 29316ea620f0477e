"""What somebody who walks away gets from the command line, and how it refuses."""

import pytest

from roadmap.models import Item, Roadmap
from tests import make
from tests.management.run import refusal, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def depot():
    roadmap = make.roadmap(slug="depot", title="Depot", reference_prefix="DEPOT")
    make.item(roadmap, title="Send a parcel", description="As published first.")
    make.edition(roadmap, at=make.at("2026-03-01"))
    return roadmap


def text_of(folder):
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.md")))


def test_the_working_copies_are_written_and_import_as_what_is_there(depot, tmp_path):
    Item.objects.update(description="Not published yet.")
    ended = run("export_techdocs", "depot", tmp_path / "out")
    assert ended.code == 0
    assert ended.out == [f"Wrote Depot to {tmp_path / 'out'}: 3 files."]
    assert "Not published yet." in text_of(tmp_path / "out")
    again = run("import_techdocs", tmp_path / "out", "--roadmap", "depot")
    assert "Nothing to change: the roadmap at /depot/ says all of this already." in again.out
    assert again.code == 0


def test_exporting_twice_gives_the_same_bytes(depot, tmp_path):
    run("export_techdocs", "depot", tmp_path / "one")
    run("export_techdocs", "depot", tmp_path / "two")
    one, two = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two


def test_published_leaves_out_what_readers_do_not_see(depot, tmp_path):
    Item.objects.update(description="Not published yet.")
    make.item(depot, title="Secret")
    run("export_techdocs", "depot", tmp_path / "out", "--published")
    assert "As published first." in text_of(tmp_path / "out")
    assert "Secret" not in text_of(tmp_path / "out")
    assert "Not published yet." not in text_of(tmp_path / "out")


def test_a_day_gives_what_readers_saw_at_its_end(depot, tmp_path):
    Item.objects.update(description="As published last.")
    make.edition(depot, at=make.at("2026-03-10", "23:30"))
    for day, expected in (("2026-03-09", "first"), ("2026-03-10", "last")):
        run("export_techdocs", "depot", tmp_path / day, "--at", day)
        assert f"As published {expected}." in text_of(tmp_path / day)


def test_what_was_removed_is_not_in_it(depot, tmp_path):
    Item.objects.all().delete()
    make.edition(depot, at=make.at("2026-03-10"))
    run("export_techdocs", "depot", tmp_path / "out", "--at", "2026-03-11")
    assert "Send a parcel" not in text_of(tmp_path / "out")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "out"), "There is no roadmap at /nowhere/."),
        (("depot", "out", "--at", "2026-02-28"), "Nothing of Depot was published by then."),
        (("depot", "out", "--at", "yesterday"), "“yesterday” is not a day."),
        (("depot", "out", "--at", "2026-03-01", "--published"), "not allowed with argument"),
        (("depot", "no/such/out"), "Make that first."),
    ],
)
def test_it_refuses_and_writes_nothing(depot, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in refusal("export_techdocs", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_it_never_overwrites(depot, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert "is there already and not empty" in refusal("export_techdocs", "depot", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_what_markdown_cannot_carry_is_listed(depot, tmp_path):
    make.item(depot, title="Gone").delete()
    make.page(depot, title="Who we are", slug="about-us", is_on_home=True)
    Roadmap.objects.filter(pk=depot.pk).update(hides_date_history=True)
    assert run("export_techdocs", "depot", tmp_path / "out").out[1:] == [
        "Markdown cannot carry all of it. export_json writes this too:",
        "  “Who we are”: address",
        "  That earlier dates are kept from readers",
        "  That items up to number 2 were there: a new roadmap gives their references again",
    ]


def test_another_site_has_the_same_roadmap_and_goes_on_counting(depot, tmp_path):
    run("export_techdocs", "depot", tmp_path / "out")
    Item.objects.all().delete()
    Roadmap.objects.filter(pk=depot.pk).update(slug="old", reference_prefix="OLD")
    ended = run("import_techdocs", tmp_path / "out", "--roadmap", "depot")
    assert ended.code == 0, ended.err
    copy = Roadmap.objects.get(slug="depot")
    assert [one.reference for one in copy.items.all()] == ["DEPOT-1"]
    assert make.item(copy, title="Next").reference == "DEPOT-2"
