import datetime
import re
import struct
import zlib
from io import BytesIO

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import include, path, resolve
from PIL import Image

from roadmap.admin.editing import markdown_widget
from roadmap.admin.editing.markdown_widget import MarkdownWidget, markdownify, preview, upload, validate_markdown
from roadmap.markdown import MAX_MARKDOWN_LENGTH
from roadmap.models import Roadmap, UploadedPicture
from tests import make
from tests.cases import each_case

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [path("admin/", include(markdown_widget.urls))]

PREVIEW = "/admin/markdown/preview/"
UPLOAD = "/admin/markdown/upload/"
NOT_AN_IMAGE = "This file is not an image that can be shown. Use PNG, JPEG, GIF or WebP."


@pytest.fixture
def editor(client):
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    make.roadmap()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(format="PNG", *, mode="RGB", size=(8, 4), colour="red", **options):
    written = BytesIO()
    Image.new(mode, size, colour).save(written, format, **options)
    return written.getvalue()


def send(client, content, name="map.png", content_type="image/png"):
    return client.post(UPLOAD, {"image": SimpleUploadedFile(name, content, content_type)})


def kept(media):
    return [one for one in media.rglob("*") if one.is_file()]


def message_of(answer, status=400):
    assert answer.status_code == status
    return answer.json()["error"]


# The preview


def test_preview_shows_what_the_page_will_show(editor):
    answer = editor.post(PREVIEW, {"content": "# Who we are\n\n**A team** <script>x</script>"})
    assert answer.status_code == 200
    assert answer.content.decode() == markdownify("# Who we are\n\n**A team** <script>x</script>")
    assert answer.content.decode() == (
        '<div class="app-prose"><h2 id="preview-who-we-are" data-line="0">Who we are</h2>\n'
        '<p data-line="2"><strong>A team</strong> &lt;script&gt;x&lt;/script&gt;</p></div>'
    )


def test_preview_of_nothing_is_empty(editor):
    assert editor.post(PREVIEW, {"content": ""}).content == b'<div class="app-prose"></div>'


def test_preview_of_a_null_byte_is_readable(editor):
    assert "a\ufffdb" in editor.post(PREVIEW, {"content": "a\x00b"}).content.decode()


def test_preview_without_a_text_says_so(editor):
    answer = editor.post(PREVIEW)
    assert answer.status_code == 400
    assert "There is no text to preview" in answer.content.decode()


def test_preview_of_a_text_that_is_too_long_says_by_how_much(editor):
    answer = editor.post(PREVIEW, {"content": "a" * (MAX_MARKDOWN_LENGTH + 1)})
    assert answer.status_code == 400
    assert "200,001 characters. Shorten it to 200,000" in answer.content.decode()


@pytest.mark.parametrize("address", [PREVIEW, UPLOAD])
def test_views_answer_to_post_only(editor, address):
    assert editor.get(address).status_code == 405


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_views_are_for_staff_only(client, media, is_signed_in):
    if is_signed_in:
        client.force_login(User.objects.create_user("reader"))
    answer = client.post(PREVIEW, {"content": "**secret**"})
    assert answer.status_code == 403
    assert "Sign in in another tab" in answer.content.decode()
    assert "secret" not in answer.content.decode()
    assert "Sign in in another tab" in message_of(send(client, picture()), status=403)
    assert not kept(media)


def test_views_refuse_other_sites(media):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("editor", is_staff=True))
    assert client.post(PREVIEW, {"content": "a"}).status_code == 403
    assert send(client, picture()).status_code == 403
    assert not kept(media)


def test_views_are_where_the_script_looks_for_them():
    assert resolve(settings.MARKDOWNX_URLS_PATH).func is preview
    assert resolve(settings.MARKDOWNX_UPLOAD_URLS_PATH).func is upload
    assert f"{markdownify.__module__}.{markdownify.__name__}" == settings.MARKDOWNX_MARKDOWNIFY_FUNCTION


# The upload


@pytest.mark.parametrize(
    ("format", "extension", "stored_as"),
    [("PNG", "png", "PNG"), ("JPEG", "jpg", "JPEG"), ("WEBP", "webp", "WEBP"), ("GIF", "png", "PNG")],
)
def test_image_is_kept_under_a_random_name(editor, media, format, extension, stored_as):
    answer = send(editor, picture(format), name="../../Our plan.html", content_type="text/html")
    code = answer.json()["image_code"]
    assert re.fullmatch(r"!\[Describe this image\]\(/media/markdown/[0-9a-f]{32}\.\w+\)", code)
    (file,) = kept(media)
    assert code.endswith(f"/{file.relative_to(media)})")
    assert file.suffix == f".{extension}"
    with Image.open(file) as image:
        assert (image.format, image.size) == (stored_as, (8, 4))


@pytest.mark.parametrize(("format", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("PNG", "LA")])
@pytest.mark.parametrize("colour", [0, 1])
def test_pictures_of_every_kind_look_the_same(editor, media, format, mode, colour):
    content = picture(format, mode=mode, colour=(colour * 255, 128) if mode == "LA" else colour)
    assert send(editor, content).status_code == 200
    with Image.open(kept(media)[0]) as after, Image.open(BytesIO(content)) as before:
        assert after.convert("RGBA").getpixel((0, 0)) == before.convert("RGBA").getpixel((0, 0))


def test_sixteen_bits_of_grey_stay_grey(editor, media):
    written = BytesIO()
    Image.new("I;16", (4, 4), 32768).save(written, "PNG")
    assert send(editor, written.getvalue()).status_code == 200
    with Image.open(kept(media)[0]) as image:
        assert image.convert("L").getpixel((0, 0)) == 128


def test_photograph_is_turned_upright_and_forgets_where_it_was_taken(editor, media):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture("JPEG", exif=exif, comment=b"my house", size=(8, 4))
    assert b"A camera" in content
    assert b"my house" in content
    assert send(editor, content).status_code == 200
    stored = kept(media)[0].read_bytes()
    with Image.open(BytesIO(stored)) as image:
        assert image.size == (4, 8)
        assert not image.getexif()
        assert "comment" not in image.info
    assert b"A camera" not in stored


def test_what_was_hidden_behind_a_picture_is_gone(editor, media):
    assert send(editor, picture() + b"PK\x03\x04 an archive").status_code == 200
    assert b"archive" not in kept(media)[0].read_bytes()


def moving(format):
    frames = [Image.new("RGB", (8, 4), colour) for colour in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, format, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def bomb():
    """A PNG of 900 million pixels in a few bytes."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@each_case(
    ("content", "message"),
    [
        pytest.param(b"", "This file is empty. Choose another.", id="empty"),
        pytest.param(b"not an image", NOT_AN_IMAGE, id="text"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', NOT_AN_IMAGE, id="svg"),
        pytest.param(b"<svg><script>alert(1)</script></svg>", "code of a page or a program", id="svg with script"),
        pytest.param(b"<!DOCTYPE html><p>Hello", "code of a page or a program", id="html as png"),
        pytest.param(picture() + b"<ScRiPt>alert(1)</script>", "code of a page or a program", id="polyglot"),
        pytest.param(b"GIF89a/*" + b"\0" * 20, NOT_AN_IMAGE, id="head of a gif"),
        pytest.param(picture("JPEG", size=(200, 200))[:600], NOT_AN_IMAGE, id="truncated jpeg"),
        pytest.param(picture(size=(200, 200))[:60], NOT_AN_IMAGE, id="truncated png"),
        pytest.param(picture("WEBP", size=(200, 200))[:40], NOT_AN_IMAGE, id="truncated webp"),
        pytest.param(picture("GIF", size=(200, 200))[:30], NOT_AN_IMAGE, id="truncated gif"),
        pytest.param(picture("BMP"), NOT_AN_IMAGE, id="bmp"),
        pytest.param(picture("TIFF"), NOT_AN_IMAGE, id="tiff"),
        pytest.param(moving("GIF"), "This image moves. Use one that stays still.", id="moving gif"),
        pytest.param(moving("WEBP"), "This image moves. Use one that stays still.", id="moving webp"),
        pytest.param(moving("PNG"), "This image moves. Use one that stays still.", id="moving png"),
        pytest.param(bomb(), "too many pixels. Make it smaller: 25 million", id="bomb"),
        pytest.param(picture(size=(5001, 5000), mode="1", colour=0), "too many pixels", id="just too many pixels"),
        pytest.param(b"\0" * (5 * 1024 * 1024 + 1), "5 MB at most", id="too large"),
    ],
)
def test_unwanted_upload_gets_a_message_and_is_not_kept(editor, media, content, message):
    assert message in message_of(send(editor, content))
    assert not kept(media)


@pytest.mark.parametrize("form", [{}, {"image": "text"}, {"other": SimpleUploadedFile("a.png", picture())}])
def test_upload_without_a_file_says_so(editor, media, form):
    assert message_of(editor.post(UPLOAD, form)) == "No file arrived. Choose an image to add."
    assert not kept(media)


@pytest.mark.parametrize("group", ["Auditors", None])
def test_somebody_without_a_role_to_edit_adds_nothing(client, media, group):
    user = User.objects.create_user("other", is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    make.roadmap()
    client.force_login(user)
    assert "Your role lets you edit no roadmap" in message_of(send(client, picture()), 403)
    assert "Your role lets you edit no roadmap" in client.post(PREVIEW, {"content": "x"}).text
    assert not kept(media)


def test_somebody_in_no_team_adds_nothing(editor, media):
    Roadmap.objects.get().team.add(make.user())
    assert "Your role lets you edit no roadmap" in message_of(send(editor, picture()), 403)
    assert not kept(media)


def test_one_person_adds_so_much_in_a_day_and_all_of_them_so_much(editor, media, settings):
    assert send(editor, picture()).status_code == 200
    row = UploadedPicture.objects.get()
    assert (row.size, row.uploaded_by.username) == (kept(media)[0].stat().st_size, "editor")
    settings.UPLOADS_PER_PERSON = 1024 * 1024
    row.size = 1024 * 1024
    row.save()
    said = message_of(send(editor, picture()))
    assert "You have added pictures of 1 MB in a day" in said
    assert "Your text is kept" in said
    UploadedPicture.objects.update(uploaded_at=row.uploaded_at - datetime.timedelta(days=1, seconds=1))
    assert send(editor, picture()).status_code == 200
    settings.UPLOADS_IN_ALL = 1024 * 1024
    UploadedPicture.objects.update(uploaded_by=None)
    assert "All pictures of this site have 1 MB together" in message_of(send(editor, picture()))
    assert len(kept(media)) == 2


def test_a_picture_that_cannot_be_written_is_said_and_leaves_nothing(editor, media, settings, monkeypatch):
    settings.MEDIA_ROOT = media / "file"
    (media / "file").write_text("in the way")
    assert "cannot be stored at the moment" in message_of(send(editor, picture()), 503)
    settings.MEDIA_ROOT = media / "free"

    def refuse(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr(UploadedPicture.objects, "create", refuse)
    assert "Your text is as you wrote it" in message_of(send(editor, picture()), 503)
    assert kept(media / "free") == []


# The rules


@each_case("text", ["", "Words", "![A map of releases](/media/a.png)", "`![](a.png)`", "# A\n\n![B][c]\n\n[c]: d"])
def test_text_that_can_be_shown_is_accepted(text):
    validate_markdown(text)


def test_text_that_is_too_long_is_refused_with_both_numbers():
    with pytest.raises(ValidationError, match=r"200,001 characters. Shorten it to 200,000"):
        validate_markdown("a" * (MAX_MARKDOWN_LENGTH + 1))


@each_case(
    "text",
    [
        "![](/media/a.png)",
        "![ ](/media/a.png)",
        "![Describe this image](/media/a.png)",
        "![describe This image](/media/a.png)",
        '<img src="/media/a.png">',
        "A | B\n--- | ---\n![A map](b.png) | ![][c]\n\n[c]: /media/a.png",
    ],
)
def test_image_without_a_description_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        validate_markdown(text)
    assert refused.value.messages == [
        "Describe what the image shows, for readers who cannot see it: ![what it shows](/media/a.png)"
    ]


# The editor


class Form(forms.Form):
    body = forms.CharField(widget=MarkdownWidget(attrs={"rows": 5}), help_text="As readers see it.")


def test_editor_holds_the_text_and_a_named_preview():
    page = str(Form({"body": "<b>\n\"x\" & 'y'"}))
    assert "\n&lt;b&gt;\n&quot;x&quot; &amp; &#x27;y&#x27;</textarea>" in page
    assert 'name="body"' in page
    assert 'id="id_body"' in page
    assert 'rows="5"' in page
    assert 'aria-describedby="id_body_helptext"' in page
    assert "Preview: this is how readers will see it" in page
    assert re.search(r'class="markdownx-preview[^>]*role="region" aria-label="Preview"', page)


def test_editor_needs_no_inline_script_or_style():
    page = str(Form()) + str(Form().media)
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)
    assert "admin-markdown.js" in page
    assert "markdownx/admin/css" not in page
