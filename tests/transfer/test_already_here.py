"""An import makes what is not there, and changes nothing that is: all of it, or nothing."""

import pytest
from django.db import IntegrityError

from roadmap.models import Api, Edition, Item, Roadmap
from roadmap.transfer import TransferRefused, import_roadmap
from roadmap.transfer.import_roadmap import RowWriter
from tests import make
from tests.transfer.another import exported, forget_everything, imported, upload
from tests.transfer.tampering import changed
from tests.web.sample import whole_roadmap

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    roadmap = whole_roadmap()
    make.edition(roadmap, at=make.at("2026-03-24"))
    return exported("vat-mtd")


def refusal(file, tmp_path, **options):
    before = [exported(roadmap.slug) for roadmap in Roadmap.objects.all()], Api.objects.count()
    with pytest.raises(TransferRefused) as caught:
        imported(file, tmp_path, **options)
    assert ([exported(roadmap.slug) for roadmap in Roadmap.objects.all()], Api.objects.count()) == before
    return str(caught.value)


def test_the_same_roadmap_is_not_made_twice_under_any_address(file, tmp_path):
    for options in ({}, {"slug": "copy"}):
        assert refusal(file, tmp_path, **options) == (
            "“VAT roadmap” is here already, at /vat-mtd/: it is the same roadmap. "
            "An import makes a roadmap that is not there, and changes none that is."
        )


def test_an_address_in_use_asks_for_another(file, tmp_path):
    forget_everything()
    make.roadmap(title="Other", slug="vat-mtd")
    assert refusal(file, tmp_path) == (
        "“Other” is at /vat-mtd/ already. Give this one another address: --slug ADDRESS."
    )
    assert imported(file, tmp_path, slug="vat").slug == "vat"


@pytest.mark.parametrize("slug", ["admin", "a/b", "VAT MTD", "x" * 51, "é"])
def test_an_address_that_none_can_have_is_refused(file, tmp_path, slug):
    forget_everything()
    assert "cannot be a roadmap's address" in refusal(file, tmp_path, slug=slug)


def test_a_prefix_in_use_is_refused(file, tmp_path):
    forget_everything()
    make.roadmap(title="Other", reference_prefix="VAT")
    assert refusal(file, tmp_path).startswith("The references of “Other” begin with VAT already.")


def test_an_api_with_another_address_is_refused_and_the_same_is_shared(file, tmp_path):
    name = Api.objects.get().name
    forget_everything()
    api = make.api(name=name, url="https://example.org/other")
    said = refusal(file, tmp_path)
    assert f"“{name}” has another documentation address here (https://example.org/other)" in said
    Api.objects.filter(pk=api.pk).update(url="https://example.org/vat")
    imported(file, tmp_path)
    assert Api.objects.get() == api


def test_a_uid_of_another_roadmap_is_refused(file, tmp_path):
    taken = {
        "page": Roadmap.objects.get().pages.first().uid,
        "item": Item.objects.first().uid,
        "edition": Edition.objects.get().uid,
    }
    for kind, uid in taken.items():
        forget_everything()
        roadmap = make.roadmap(slug="theirs", title="Theirs")
        match kind:
            case "page":
                make.page(roadmap, uid=uid)
            case "item":
                make.item(roadmap, uid=uid)
            case "edition":
                make.edition(roadmap, at=make.at("2026-03-24"), now=make.at("2026-03-23"))
                Edition.objects.all().change_unseen(make.at("2026-03-23"), uid=uid)
        assert "is here already, in another roadmap, under a uid" in refusal(file, tmp_path), kind


def test_a_uid_that_was_published_elsewhere_and_withdrawn_is_refused(file, tmp_path):
    uid = Item.objects.first().uid
    forget_everything()
    roadmap = make.roadmap()
    item = make.item(roadmap, uid=uid)
    make.edition(roadmap, at=make.at("2026-03-24"))
    item.delete()
    make.edition(roadmap, at=make.at("2026-03-25"))
    assert "is here already, in another roadmap, under a uid" in refusal(file, tmp_path)


def test_what_fails_halfway_leaves_nothing(file, tmp_path, monkeypatch):
    forget_everything()

    flush = RowWriter.flush

    def break_off(rows):
        flush(rows)
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(RowWriter, "flush", break_off)
    with pytest.raises(TransferRefused, match="The database does not take this roadmap: UNIQUE constraint failed"):
        imported(file, tmp_path)
    assert not Roadmap.objects.exists()
    assert not Api.objects.exists()


def test_pictures_of_an_import_that_fails_are_taken_away_and_those_that_were_there_stay(tmp_path, monkeypatch):
    roadmap = make.roadmap(slug="vat-mtd")
    for name in ("old", "new"):
        make.page(roadmap, body=f"![A dot]({upload(f'markdown/{name}.png')})")
    file = exported("vat-mtd")
    forget_everything()
    upload("markdown/old.png")
    monkeypatch.setattr(RowWriter, "flush", lambda rows: (_ for _ in ()).throw(OSError("No space left")))
    with pytest.raises(TransferRefused, match="No space left"):
        imported(file, tmp_path)
    assert import_roadmap.pictures.load("markdown/old.png")
    assert import_roadmap.pictures.load("markdown/new.png") is None


def test_a_file_that_is_replaced_between_check_and_import_is_refused(file, tmp_path, monkeypatch):
    forget_everything()
    other = changed(file, "page", lambda told: told.update(body="Never checked"))
    checked = import_roadmap._checked

    def replaced(path):
        found = checked(path)
        path.write_bytes(other)
        return found

    monkeypatch.setattr(import_roadmap, "_checked", replaced)
    assert "was changed while it was read" in refusal(file, tmp_path)


def test_an_export_that_could_not_come_in_again_is_refused_with_what_to_mend(file):
    Roadmap.objects.update(contact_subject="Two\nlines")
    with pytest.raises(TransferRefused) as caught:
        exported("vat-mtd")
    assert str(caught.value) == (
        "This roadmap cannot be moved as it is. Roadmap VAT roadmap: "
        "subject line: Write this on one line, without control characters."
    )


def test_a_roadmap_that_is_not_there_cannot_be_exported():
    with pytest.raises(TransferRefused, match="There is no roadmap at /nowhere/"):
        exported("nowhere")
