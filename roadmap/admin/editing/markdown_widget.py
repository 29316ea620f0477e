"""Writing Markdown in the admin: django-markdownx's editor, with our renderer, our upload and our rules.

Markdownx's own two views are mounted nowhere: they answer anyone, unsanitised, and accept SVG. Of it remain the
editor's script, which asks `preview` for what it shows, and its widget's attributes. Its script's upload is not used:
it writes "Invalid response" into the text where a message belongs. `admin-markdown.js` stands in for it.
"""

import html
import logging
import re
import secrets
from io import BytesIO
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from markdownx.widgets import AdminMarkdownxWidget

from roadmap.admin.editing.quota import QuotaUsed, check_room
from roadmap.admin.permissions import editable_roadmaps
from roadmap.markdown import MarkdownTooLong, render
from roadmap.models import UploadedPicture

logger = logging.getLogger(__name__)

MAX_IMAGE_SIZE = 5 * 1024 * 1024  # bytes
MAX_IMAGE_PIXELS = 25_000_000
ALT_TO_REPLACE = "Describe this image"

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_AS_JPEG: tuple[str, str, dict[str, Any]] = ("JPEG", "jpg", {"quality": 88, "optimize": True, "progressive": True})
_WRITTEN_AS = {"JPEG": _AS_JPEG, "MPO": _AS_JPEG, "WEBP": ("WEBP", "webp", {"quality": 90})}
_NOT_AN_IMAGE = "This file is not an image that can be shown. Use PNG, JPEG, GIF or WebP."
_TOO_MANY_PIXELS = (
    f"This image has too many pixels. Make it smaller: {MAX_IMAGE_PIXELS // 1_000_000} million pixels at most."
)
_NOT_STORED = (
    "The image was not added, because it cannot be stored at the moment. Your text is as you wrote it. Try again in a "
    "minute. If this happens again, tell whoever runs this site."
)
_NO_ROLE = "Your role lets you edit no roadmap, so there is nothing to add to. Ask an administrator."
_SIGNED_OUT = "You are not signed in as staff any more. Sign in in another tab, then try again here."
# What a page or a program begins with: beside an image's own bytes it is there to be run (a "polyglot").
_PROGRAM = re.compile(rb"<script|<iframe|<html|<!doctype|<\?php|javascript:", re.IGNORECASE)
_IMAGE_TAG = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt)="([^"]*)"')


class ImageRefused(ValueError):
    """The upload is not kept. The message is meant for the editor."""


def markdownify(text: str) -> str:
    """The text as the public page shows it, each block with the line on which it begins.

    Anchors begin with "preview", so that none is an id of the form's.

    Raises MarkdownTooLong.
    """
    return format_html('<div class="app-prose">{}</div>', render(text, anchor_prefix="preview", with_lines=True).html)


@never_cache
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What markdownx's script puts into the preview pane, whatever the status: so a refusal is a sentence too."""
    if refusal := _refusal(request):
        return _message(refusal, status=403)
    text = request.POST.get("content")
    if text is None:
        return _message("There is no text to preview: the field “content” is missing.", status=400)
    try:
        return HttpResponse(markdownify(text))
    except MarkdownTooLong as error:
        return _message(str(error), status=400)


@never_cache
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Keep an image and answer with the Markdown that shows it: `image_code`, as markdownx names it, or `error`."""
    if refusal := _refusal(request):
        return JsonResponse({"error": refusal}, status=403)
    file = request.FILES.get("image")
    if not isinstance(file, UploadedFile):
        return JsonResponse({"error": "No file arrived. Choose an image to add."}, status=400)
    try:
        content, extension = _re_encoded(file)
        check_room(request.user, len(content))
        name = _kept(request, f"markdown/{secrets.token_hex(16)}.{extension}", content)
    except (ImageRefused, QuotaUsed) as error:
        return JsonResponse({"error": str(error)}, status=400)
    except (OSError, Error):
        logger.exception("An uploaded picture cannot be stored")
        return JsonResponse({"error": _NOT_STORED}, status=503)
    return JsonResponse({"image_code": f"![{ALT_TO_REPLACE}]({default_storage.url(name)})"})


urls = [
    path("markdown/preview/", preview, name="markdown_preview"),
    path("markdown/upload/", upload, name="markdown_upload"),
]


def validate_markdown(text: str) -> None:
    """Refuses what readers could not be shown, or could not all understand: a text that is too long, an image without
    alternative text (WCAG 2.2, 1.1.1 Non-text content). Raises ValidationError."""
    try:
        rendered = render(text).html
    except MarkdownTooLong as error:
        raise ValidationError(str(error), code="max_length") from error
    for tag in _IMAGE_TAG.findall(rendered):
        attributes = {name: html.unescape(value).strip() for name, value in _ATTRIBUTE.findall(tag)}
        if attributes.get("alt", "").casefold() in {"", ALT_TO_REPLACE.casefold()}:
            address = attributes.get("src", "")
            raise ValidationError(
                f"Describe what the image shows, for readers who cannot see it: ![what it shows]({address})",
                code="alternative_text",
            )


class MarkdownWidget(AdminMarkdownxWidget):
    """A text area with its preview beside it, and buttons for what one does to words."""

    template_name = "markdownx/widget.html"

    class Media:
        extend = False  # not markdownx's own style sheet, which fixes both panes at 610 pixels
        css = {"all": ["styles/admin.css", "admin-markdown.css"]}
        js = [
            "markdownx/js/markdownx.min.js",
            "scripts/turndown.js",  # from npm: see build_styles in script/setup.sh
            "admin-markdown-text.js",
            "admin-markdown-paste.js",
            "admin-markdown-toolbar.js",
            "admin-markdown-preview.js",
            "admin-markdown.js",
        ]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        # By the site's own template engine, as Django's form renderer does not look into templates/.
        context = self.get_context(name, value, {**self.attrs, **(attrs or {})})
        return render_to_string(self.template_name, context)


def _refusal(request: HttpRequest) -> str:
    """Why this person neither previews nor adds anything; empty for those who edit some roadmap."""
    user = request.user
    if not admin.site.has_permission(request):
        return _SIGNED_OUT
    edits = user.has_perm("roadmap.add_roadmap") or editable_roadmaps(user).exists()
    return "" if edits else _NO_ROLE


def _kept(request: HttpRequest, name: str, content: bytes) -> str:
    """Its name. Both the picture and its row, or neither. Raises OSError, Error."""
    stored = default_storage.save(name, ContentFile(content))
    try:
        user: Any = request.user
        UploadedPicture.objects.create(name=stored, size=len(content), uploaded_by=user, uploaded_at=timezone.now())
    except Error:
        default_storage.delete(stored)
        raise
    return stored


def _message(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(format_html('<p class="errornote">{}</p>', text), status=status)


def _re_encoded(file: UploadedFile) -> tuple[bytes, str]:
    """The picture alone, written anew, and its file name's extension: whatever else was in the file is gone, where and
    on whose camera it was taken among it. What the file says of itself (name, content type) is not looked at.

    Raises ImageRefused.
    """
    if not file.size:
        raise ImageRefused("This file is empty. Choose another.")
    if file.size > MAX_IMAGE_SIZE:
        raise ImageRefused(
            f"This image has {file.size / 1024 / 1024:.1f} MB. "
            f"Make it smaller: {MAX_IMAGE_SIZE // 1024 // 1024} MB at most."
        )
    from PIL import Image  # a megabyte, as below, for those who upload

    content = file.read()
    if _PROGRAM.search(content):
        raise ImageRefused(
            "This file has the code of a page or a program in it. Save the image again from an image editor."
        )
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            return _written_anew(image)
    except ImageRefused:
        raise
    except Image.DecompressionBombError as error:
        raise ImageRefused(_TOO_MANY_PIXELS) from error
    except Exception as error:  # a decoder given crafted bytes raises anything: OSError, SyntaxError, IndexError…
        raise ImageRefused(_NOT_AN_IMAGE) from error


def _written_anew(image: Any) -> tuple[bytes, str]:
    from PIL import ImageOps

    if image.width * image.height > MAX_IMAGE_PIXELS:
        raise ImageRefused(_TOO_MANY_PIXELS)  # said by the file's head, before any of it is decoded
    # A photograph of several resolutions (MPO) is a JPEG to whoever uploads it; Pillow opens it at the first.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        # WCAG 2.2, 2.2.2: what moves needs a button that stops it.
        raise ImageRefused("This image moves. Use one that stays still.")
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        upright = upright.point(lambda value: value / 256).convert("L")  # 16 bits of grey a pixel
    opaque = "L" if upright.mode in {"1", "L"} else "RGB"
    picture = upright.convert("RGBA" if upright.has_transparency_data else opaque)
    picture.info.clear()  # so that no writer finds anything but the picture to write
    name, extension, options = _WRITTEN_AS.get(image.format or "", ("PNG", "png", {"optimize": True}))
    written = BytesIO()
    picture.save(written, name, **options)
    return written.getvalue(), extension
