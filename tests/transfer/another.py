"""Another installation: this one's database and uploads, emptied as nobody could."""

import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from roadmap.models import Edition, Roadmap
from roadmap.transfer import bring_in, write_out

PIXEL = (  # a real PNG, one grey pixel
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\n"
    b"IDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


def forget_everything() -> None:
    """What is published refuses to go, so the rows are removed without asking it."""
    models = [
        "ImportNote", "ImportReport", "MinorMark", "ReviewDraft",
        "Change", "Revision", "Edition", "Origin", "HistoryImport", "Save", "PreviewLink", "Milestone", "FieldValue",
        "ItemApi", "Item", "Api", "Field", "Release", "Page", "ChangelogEntry",
    ]  # fmt: skip
    tables = [apps.get_model("roadmap", name)._meta.db_table for name in models]
    tables += [Roadmap.team.through._meta.db_table, Roadmap._meta.db_table]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
    assert not Edition.objects.exists()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def exported(slug: str) -> bytes:
    lines: list[bytes] = []
    write_out(slug, lines.append)
    return b"".join(lines)


def imported(content: bytes, folder: Path, **options: str) -> Roadmap:
    path = folder / "roadmap.jsonl"
    path.write_bytes(content)
    return bring_in(path, **options).roadmap


def upload(name: str, content: bytes = PIXEL) -> str:
    """A picture as an editor's upload leaves it. Returns its address."""
    assert default_storage.save(name, ContentFile(content)) == name
    return default_storage.url(name)
