import gzip
import io
import json
import stat
import sys

import pytest

from roadmap.models import Roadmap
from tests import make
from tests.management.run import refusal, run
from tests.transfer.another import exported
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roadmap(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make.edition(whole_roadmap(), at=make.at("2026-03-24"))


def test_it_writes_a_file_and_says_what_is_in_it(tmp_path):
    ended = run("export_json", "vat-mtd", "moved.jsonl")
    assert (ended.code, ended.err) == (0, [])
    assert ended.out == ["Wrote VAT roadmap to moved.jsonl: 1 edition, 4 items and 0 pictures."]
    assert (tmp_path / "moved.jsonl").read_bytes() == exported("vat-mtd")
    assert json.loads((tmp_path / "moved.jsonl").read_text(encoding="utf-8").splitlines()[0])["format"] == "roadmap"


def test_without_a_file_it_writes_one_named_for_the_roadmap(tmp_path):
    assert run("export_json", "vat-mtd").out == [
        "Wrote VAT roadmap to vat-mtd.jsonl: 1 edition, 4 items and 0 pictures."
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["vat-mtd.jsonl"]


def test_only_its_owner_may_read_what_is_not_published_yet(tmp_path):
    run("export_json", "vat-mtd", "moved.jsonl")
    assert stat.S_IMODE((tmp_path / "moved.jsonl").stat().st_mode) == 0o600


def test_a_name_in_gz_packs_it_and_the_same_roadmap_gives_the_same_bytes(tmp_path):
    run("export_json", "vat-mtd", "one.jsonl.gz")
    run("export_json", "vat-mtd", "two.jsonl.gz")
    packed = (tmp_path / "one.jsonl.gz").read_bytes()
    assert packed == (tmp_path / "two.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == exported("vat-mtd")


def test_a_dash_writes_to_the_output_and_tells_beside_it():
    ended = run("export_json", "vat-mtd", "-")
    assert "\n".join([*ended.out, ""]).encode() == exported("vat-mtd")
    assert ended.err == ["Wrote VAT roadmap to the output: 1 edition, 4 items and 0 pictures."]


def test_the_output_gets_utf_8_whatever_the_terminal_has(monkeypatch):
    Roadmap.objects.update(title="Été")
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    from django.core.management import call_command

    call_command("export_json", "vat-mtd", "-", stderr=io.StringIO())
    assert content.getvalue() == exported("vat-mtd")


def test_pictures_that_could_not_go_along_are_named():
    Roadmap.objects.update(footer="![Gone](/media/markdown/gone.png)")
    ended = run("export_json", "vat-mtd", "moved.jsonl")
    assert ended.code == 0
    assert ended.err == ["Left out, for it is not here or too large: the picture markdown/gone.png."]


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "moved.jsonl").write_text("All that is left of another roadmap", encoding="utf-8")
    assert refusal("export_json", "vat-mtd", "moved.jsonl") == (
        "CommandError: moved.jsonl is there already. Give another name, or move it away."
    )
    assert (tmp_path / "moved.jsonl").read_text(encoding="utf-8") == "All that is left of another roadmap"


@pytest.mark.parametrize(
    ("slug", "file", "reason"),
    [
        ("nowhere", "moved.jsonl", "There is no roadmap at /nowhere/."),
        ("nowhere", "-", "There is no roadmap at /nowhere/."),
        ("vat-mtd", "no/such/folder.jsonl", "cannot be written"),
        ("vat-mtd", "", "is there already"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line_and_leaves_no_file(tmp_path, slug, file, reason):
    (tmp_path / "vat-mtd.jsonl").touch()
    assert reason in refusal("export_json", slug, file)
    assert [path.name for path in tmp_path.iterdir()] == ["vat-mtd.jsonl"]


def test_an_export_that_breaks_off_leaves_no_file(tmp_path):
    Roadmap.objects.update(contact_email="nobody")
    assert "This roadmap cannot be moved as it is." in refusal("export_json", "vat-mtd", "moved.jsonl.gz")
    assert not [*tmp_path.iterdir()]
