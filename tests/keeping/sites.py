"""What the tests of backups share: a file of one, and the file tampered with."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from roadmap.models import Roadmap
from tests.transfer.another import exported


def written(backup: Callable[[Callable[[bytes], object]], object], path: Path) -> Path:
    with path.open("wb") as file:
        backup(file.write)
    return path


def pieces(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        found = {}
        for entry in tar:
            content = tar.extractfile(entry)
            assert content is not None
            found[entry.name] = content.read()
    return found


def with_pieces(path: Path, changed: dict[str, bytes]) -> Path:
    """The same file with these in place of those of the same names, its end as it was."""
    whole = pieces(path) | changed
    with tarfile.open(path, "w") as tar:
        for name, content in whole.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def with_head(path: Path, **fields: Any) -> Path:
    return with_pieces(path, {"head.json": json.dumps(json.loads(pieces(path)["head.json"]) | fields).encode()})


def all_exported() -> dict[str, bytes]:
    return {slug: exported(slug) for slug in Roadmap.objects.values_list("slug", flat=True)}
