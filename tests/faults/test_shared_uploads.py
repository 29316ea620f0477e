"""Two machines of one site, each with a folder of its own, and one store of uploads."""

import json

import pytest

from tests.admin.editing.test_markdown_widget import picture
from tests.faults.clients import Staff, ask
from tests.faults.waiting import until
from tests.object_store import object_store

pytestmark = pytest.mark.needs("postgresql", "styles")

END = b"--end--"


def upload(staff, content):
    """As the editor's script sends it."""
    head = b'Content-Disposition: form-data; name="image"; filename="map.png"\r\nContent-Type: image/png\r\n\r\n'
    body = b"--" + END + b"\r\n" + head + content + b"\r\n--" + END + b"--\r\n"
    kind = f"multipart/form-data; boundary={END.decode()}"
    token = staff.cookies["csrftoken"]
    return staff._ask("/admin/markdown/upload/", "POST", body, Content_Type=kind, X_CSRFToken=token)


def test_what_is_uploaded_to_one_machine_is_seen_on_the_other(serve, tmp_path):
    with object_store(tmp_path / "store") as store:
        one = serve(UPLOADS_URL=store.url, **store.keys)
        other_folder = tmp_path / "other"
        other_folder.mkdir()
        other = serve.another(other_folder, one.settings)
        answer = upload(Staff(one), picture())
        assert answer.status == 200, answer.text
        address = json.loads(answer.text)["image_code"].rpartition("(")[2].rstrip(")")
        (content,) = store.files.values()
        for machine in (other, one):
            until(lambda machine=machine: ask(machine, address).status == 200, limit=60)  # however busy all are
            seen = ask(machine, address)
            assert (seen.status, seen.body, seen.headers["Content-Type"]) == (200, content, "image/png")
            assert "img-src 'self' data:" in seen.headers["Content-Security-Policy"]
        assert ask(other, address, If_None_Match=seen.headers["ETag"]).status == 304
        assert ask(other, address, "HEAD").headers["Content-Length"] == str(len(content))
        assert ask(other, address.replace(".png", "0.png")).status == 404
        store.stop()
        assert {ask(other, address).status for _ in range(8)} == {200}  # either process
        missing = ask(other, "/media/markdown/another.png")
        assert (missing.status, missing.headers["Retry-After"]) == (503, "60")
        assert "this picture cannot be shown at the moment" in missing.text
        assert ask(other, "/vat-mtd/").status == 200
        answer = upload(Staff(other), picture(colour="blue"))
        assert answer.status == 503
        assert "Your text is as you wrote it." in json.loads(answer.text)["error"]
    for folder in (tmp_path, other_folder):
        assert not (folder / "media").exists()
