"""The pictures that texts link to move with them, and nothing but pictures."""

import base64
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from roadmap.models import Page
from roadmap.transfer import TransferRefused, pictures, write_out
from tests import make
from tests.transfer.another import PIXEL, exported, forget_everything, imported, upload
from tests.transfer.tampering import changed, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_uploads():
    forget_everything()


@pytest.fixture
def roadmap():
    return make.roadmap(slug="vat-mtd")


def test_pictures_come_along_to_the_byte_and_are_shown(roadmap, tmp_path, client):
    drafted, footer = upload("markdown/draft.png"), upload("markdown/footer.png")
    old = upload("markdown/old.png")
    upload("markdown/of-another-roadmap.png")
    page = make.page(roadmap, body=f"![Before]({old})")
    type(roadmap).objects.filter(pk=roadmap.pk).update(footer=f"![Foot]({footer})")
    make.edition(type(roadmap).objects.get(), at=make.at("2026-03-24"))
    # The old one is in no working copy any more, but in an edition.
    Page.objects.filter(pk=page.pk).update(body=f"![Draft]({drafted}) and ![again]({drafted})")
    file = exported("vat-mtd")
    forget_everything()
    imported(file, tmp_path)
    for address in (drafted, footer, old):
        answer = client.get(address)
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PIXEL)
    assert not default_storage.exists("markdown/of-another-roadmap.png")
    assert exported("vat-mtd") == file


def test_the_same_picture_may_be_there_and_another_may_not(roadmap, tmp_path):
    make.page(roadmap, body=f"![A dot]({upload('markdown/a.png')})")
    file = exported("vat-mtd")
    forget_everything()
    upload("markdown/a.png")
    imported(file, tmp_path)
    forget_everything()
    upload("markdown/a.png", picture("PNG"))
    with pytest.raises(TransferRefused, match=r"Another picture is at markdown/a\.png here already"):
        imported(file, tmp_path)
    assert pictures.load("markdown/a.png") == picture("PNG")
    assert not Page.objects.exists()


def test_a_picture_that_is_not_here_or_no_picture_is_left_out_and_named(roadmap, monkeypatch):
    upload("markdown/page.png", b"<html>")
    upload("markdown/large.png", picture("PNG"))
    make.page(
        roadmap, body="![](/media/markdown/gone.png) ![](/media/markdown/page.png) ![](/media/markdown/large.png)"
    )
    monkeypatch.setattr(pictures, "MAX_SIZE", len(picture("PNG")) - 1)
    written = write_out("vat-mtd", lambda line: None)
    assert written.left_out == ("markdown/gone.png", "markdown/large.png", "markdown/page.png")
    assert written.counted.pictures == 0


def test_pictures_end_where_there_are_too_many(roadmap, monkeypatch):
    for name in "abc":
        make.page(roadmap, body=f"![]({upload(f'markdown/{name}.png')})")
    monkeypatch.setattr(pictures, "MAX_TOTAL_SIZE", 2 * len(PIXEL))
    assert write_out("vat-mtd", lambda line: None).left_out == ("markdown/c.png",)


def picture(format, size=(2, 2)):
    written = BytesIO()
    Image.new("RGB", size).save(written, format)
    return written.getvalue()


TAMPERED = {
    "a name that leads elsewhere": ({"name": "../../etc/passwd.png"}, "No text links to"),
    "a picture that nothing shows": ({"name": "markdown/b.png"}, "No text links to the picture “markdown/b.png”"),
    "a page under a picture's name": ({"content": b"<html><script>alert(1)</script>"}, "code of a page"),
    "a program behind a picture": ({"content": PIXEL + b"<?php"}, "code of a page or a program"),
    "no picture at all": ({"content": b"abc"}, "cannot be read as a picture"),
    "half a picture": ({"content": PIXEL[:40]}, "cannot be read as a picture"),
    "a picture that was damaged": ({"content": PIXEL[:42] + b"?" + PIXEL[43:]}, "cannot be read as a picture"),
    "another kind of picture": ({"content": picture("GIF")}, "another kind than its name says"),
    "a kind that is never shown": ({"content": picture("BMP")}, "cannot be read as a picture"),
    "no base64": ({"content": "###"}, "Invalid base64"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_no_picture_does_not_come_in(roadmap, tmp_path, name):
    values, reason = TAMPERED[name]
    make.page(roadmap, body=f"![A dot]({upload('markdown/a.png')})")
    file = exported("vat-mtd")
    forget_everything()
    told = {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value for key, value in values.items()
    }
    with pytest.raises(TransferRefused) as caught:
        imported(changed(file, "picture", lambda picture: picture.update(told)), tmp_path)
    assert reason in str(caught.value)
    assert not Page.objects.exists()
    assert not default_storage.exists("markdown/a.png")


def test_a_picture_with_too_many_pixels_or_bytes_does_not_come_in(roadmap, tmp_path, monkeypatch):
    make.page(roadmap, body=f"![A dot]({upload('markdown/a.png', picture('PNG', (40, 40)))})")
    file = exported("vat-mtd")
    lines = file.splitlines()
    forget_everything()
    for cap, size, reason in (
        ("MAX_PIXELS", 1599, "too many pixels"),
        ("MAX_SIZE", 10, "more than 10 bytes"),
        ("MAX_TOTAL_SIZE", 10, "bytes together"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(pictures, cap, size)
            with pytest.raises(TransferRefused, match=reason):
                imported(file, tmp_path)
    with pytest.raises(TransferRefused, match="is there twice"):
        imported(sealed([*lines[:-1], lines[-2]]), tmp_path)


def test_looking_for_pictures_takes_no_longer_than_the_text_is():
    hostile = b"/media/" + b"a/" * 500_000 + b"/media/" * 100_000 + b"/media/" + b"a" * 1_000_000
    assert pictures.linked(hostile) == set()
    assert pictures.linked(b'"![](/media/markdown/a.png)\\n/media/b.svg /media/../c.png"') == {"markdown/a.png"}
