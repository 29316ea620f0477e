"""A file that a command writes: whole under its name, or not at all."""

import gzip
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.core.management.base import CommandError


@contextmanager
def new_file(path: Path) -> Iterator[Callable[[bytes], object]]:
    """Yields what writes to the file. It appears under its name only when all of it is written.

    Only its owner may read it: it holds what is not published yet. Raises CommandError where it is there already, since
    it may be all that is left of a roadmap or a site; OSError.
    """
    if path.exists():
        raise CommandError(f"{path} is there already. Give another name, or move it away.")
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            is_packed = path.name.endswith(".gz")
            # Without a name or a time in its head, so that the same roadmap gives the same bytes.
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) if is_packed else nullcontext(file) as out:
                yield out.write
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
