import pytest

from roadmap.models import Roadmap
from tests import make
from tests.management.run import refusal, run
from tests.techdocs.example_sources import PAGE
from tests.transfer.another import exported, forget_everything
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """clock("2027-01-05") makes it that day."""

    def set_to(day):
        monkeypatch.setattr("django.utils.timezone.now", lambda: make.at(day))

    set_to("2026-03-24")
    return set_to


@pytest.fixture(params=["moved.jsonl", "moved.jsonl.gz"])
def file(request, tmp_path):
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))
    path = tmp_path / request.param
    run("export_json", "vat-mtd", path)
    return path


def test_it_makes_the_roadmap_and_says_what_it_made(file, client):
    before = exported("vat-mtd")
    forget_everything()
    ended = run("import_json", file)
    assert (ended.code, ended.err) == (0, [])
    assert ended.out == [
        "Made VAT roadmap at /vat-mtd/: 1 edition, 4 items and 0 pictures.",
        "Choose its team in the admin: until then everybody whose role allows it may edit it.",
    ]
    assert exported("vat-mtd") == before
    assert client.get("/vat-mtd/").status_code == 200


def test_it_says_what_is_to_be_checked_and_prevents_nothing(file, clock):
    forget_everything()
    clock("2027-01-05")
    out = run("import_json", file).out
    assert out[1:4] == [
        "To check (2):",
        "  “Near term”: This release was expected June 2026: this date has passed. "
        "Give a new date, or mark it as deployed.",
        "  “Planned”: Live was expected June 2026: this date has passed. Give a new date, or mark it as deployed.",
    ]


def test_a_packed_file_is_read_whatever_its_name(file, tmp_path):
    forget_everything()
    other = tmp_path / "renamed.txt"
    file.rename(other)
    assert run("import_json", other).code == 0


def test_slug_gives_it_another_address(file):
    forget_everything()
    make.roadmap(slug="vat-mtd")
    assert "--slug ADDRESS" in refusal("import_json", file)
    assert run("import_json", file, "--slug", "vat").out[0].startswith("Made VAT roadmap at /vat/:")


def test_it_refuses_in_one_line_what_is_here_already(file):
    assert refusal("import_json", file).startswith("CommandError: “VAT roadmap” is here already, at /vat-mtd/")
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "does not exist"), (b"", "is not a roadmap"), (b"\x1f\x8bgarbage", "cannot be unpacked")],
)
def test_it_refuses_in_one_line_what_it_cannot_read(tmp_path, content, reason):
    path = tmp_path / "moved.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert reason in refusal("import_json", path)
    assert reason in refusal("import_json", path, "--slug", "other")
    assert not Roadmap.objects.exists()


def test_the_next_import_of_the_source_goes_on_where_the_last_one_stopped(tmp_path):
    source = tmp_path / "parcels.md"
    source.write_text(PAGE, encoding="utf-8")
    run("import_techdocs", source, "--roadmap", "parcel-tax", "--publish")
    before = exported("parcel-tax")
    run("export_json", "parcel-tax", tmp_path / "moved.jsonl")
    forget_everything()
    assert run("import_json", tmp_path / "moved.jsonl").code == 0
    # It finds again what it made elsewhere, and has nothing to do.
    assert run("import_techdocs", source, "--roadmap", "parcel-tax").code == 0
    assert exported("parcel-tax") == before
