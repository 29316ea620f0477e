"""Writes the files of an export into a new folder: all of them or none."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


class ExportRefused(Exception):
    """Nothing was written. The message is one line: what is wrong and what to do."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """`files` are by path within the folder, which must be empty or not be there yet.

    They appear together: an export that was cut short must not be taken for a whole one. Raises ExportRefused.
    """
    try:
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise ExportRefused(f"{folder} is there already and not empty. Give another name, or move it away.")
        parent = folder.resolve().parent
        if not parent.is_dir():
            raise ExportRefused(f"{folder} cannot be made: there is no folder {parent}. Make that first.")
        with tempfile.TemporaryDirectory(prefix=f".{folder.resolve().name}-", dir=parent) as room:
            made = Path(room) / "made"
            made.mkdir()
            for path, content in files.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(content)
            if folder.is_dir():
                made.chmod(folder.stat().st_mode & 0o777)
            made.rename(folder.resolve())  # which takes the place of an empty folder, and of no other
    except (OSError, ValueError) as error:
        raise ExportRefused(f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}.") from error
