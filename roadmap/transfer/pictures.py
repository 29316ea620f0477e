"""The uploaded pictures that texts link to: found, read, checked and stored. See admin/editing/markdown_widget.py."""

import re
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from roadmap.transfer.format import Flaw, quoted

MAX_SIZE = 16 * 1024 * 1024  # bytes; an upload has 5 MB at most before it is written anew
MAX_PIXELS = 25_000_000  # as the upload
MAX_TOTAL_SIZE = 400 * 1024 * 1024  # bytes

_EXTENSIONS = {"PNG": ("png",), "JPEG": ("jpg", "jpeg"), "GIF": ("gif",), "WEBP": ("webp",)}
# Every repetition is bounded, so that a hostile line costs no more than a long one. No dot but before the extension.
_NAME = rb"(?:[\w-]{1,100}/){0,4}[\w-]{1,100}\.(?:png|jpe?g|gif|webp)"
_IS_NAME = re.compile(_NAME)
# What a page or a program begins with: the upload refuses it too.
_PROGRAM = re.compile(rb"<script|<iframe|<html|<!doctype|<\?php|javascript:", re.IGNORECASE)


def linked(line: bytes) -> set[str]:
    """The names of the pictures that a line of JSON links to: JSON leaves what an address is made of as it is."""
    address = re.compile(re.escape(settings.MEDIA_URL.encode()) + b"(" + _NAME + b")")
    return {name.decode("ascii") for name in address.findall(line)}


def load(name: str) -> bytes | None:
    """None where there is no such picture here: a link that is broken, or leads to another site."""
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        content: bytes = file.read(MAX_SIZE + 1)
    return content


def check(name: str, content: bytes) -> None:
    """That it is a picture, under a picture's name. Raises Flaw."""
    if not _IS_NAME.fullmatch(name.encode()):
        raise Flaw(f"{quoted(name)} is not the name of a picture.")
    if len(content) > MAX_SIZE:
        raise Flaw(f"The picture {name} has more than {MAX_SIZE:,} bytes.")
    if _PROGRAM.search(content):
        raise Flaw(f"The picture {name} has the code of a page or a program in it.")
    try:
        with Image.open(BytesIO(content), formats=tuple(_EXTENSIONS)) as image:
            pixels = image.width * image.height
            extensions = _EXTENSIONS.get(image.format or "", ())
            image.verify()
    # Pillow raises nearly anything for a broken file: struct.error, SyntaxError, its own.
    except Exception as error:
        raise Flaw(f"The picture {name} cannot be read as a picture.") from error
    if pixels > MAX_PIXELS:
        raise Flaw(f"The picture {name} has too many pixels: {MAX_PIXELS:,} at most.")
    if not name.endswith(extensions):
        raise Flaw(f"The picture {name} is of another kind than its name says.")


def store(name: str, content: bytes, stored: list[str]) -> None:
    """Adds the name to `stored`, unless the very same picture is there already.

    Raises Flaw where another picture has the name, and OSError where this one cannot be written.
    """
    there = load(name)
    if there == content:
        return
    if there is None:
        stored.append(name)  # before it is written, so that half a picture is taken away too
        written = default_storage.save(name, ContentFile(content))
        if written == name:
            return
        stored[-1] = written  # somebody took the name meanwhile
    raise Flaw(f"Another picture is at {name} here already. Nothing replaces it: ask whoever runs this site.")
