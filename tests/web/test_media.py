import pytest

from tests.cases import each_case

PICTURE = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "2026").mkdir(parents=True)
    return settings.MEDIA_ROOT


def test_a_picture_is_served_for_good_and_as_nothing_else(uploads, client):
    (uploads / "2026" / "a_chart-1.png").write_bytes(PICTURE)
    response = client.get("/media/2026/a_chart-1.png")
    assert b"".join(response) == PICTURE
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@each_case("name", ["page.html", "image.svg", "script.js", "x.png.html", "noextension", ".png"])
def test_whatever_else_lies_there_is_not_served(uploads, client, name):
    (uploads / name).write_bytes(b"<script>alert(1)</script>")
    assert client.get(f"/media/{name}").status_code == 404


@each_case("name", ["2026/", "2026", "nope.png", "../secret.png", "..%2Fsecret.png", "x%00.png", "%2Fetc/x.png"])
def test_what_is_not_a_picture_there_is_not_found(uploads, client, name):
    (uploads.parent / "secret.png").write_bytes(PICTURE)
    assert client.get(f"/media/{name}").status_code == 404


def test_it_can_only_be_read(client):
    assert client.post("/media/x.png").status_code == 405
