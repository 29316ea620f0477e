"""A word between the processes of one machine: something may have been published. Who serves readers looks at once.

One byte in a file, which processes have in their memory, so that seeing whether it is another costs nothing. It tells
nothing else: what is published is in the database, where everybody looks each second anyway.
"""

import logging
import mmap
import os
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


class Nudges:
    """As a process that serves readers has it, and those that are forked from that."""

    def __init__(self) -> None:
        try:
            descriptor = os.open(_file(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # A page that the disk has no room for would end the process at the first word in it.
                os.posix_fallocate(descriptor, 0, mmap.PAGESIZE)
                self._page = mmap.mmap(descriptor, mmap.PAGESIZE)
            finally:
                os.close(descriptor)
        except OSError as error:
            logger.warning("What a command publishes is seen within a second, and not at once: %s", error)
            self._page = mmap.mmap(-1, mmap.PAGESIZE)  # shared by the processes that are forked after this

    @property
    def last(self) -> int:
        return self._page[0]

    def nudge(self) -> None:
        self._page[0] = (self._page[0] + 1) % 256


def nudge() -> None:
    """By whoever has published, in any process of this machine; for nobody, where none has served readers yet."""
    try:
        descriptor = os.open(_file(), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        (last,) = os.pread(descriptor, 1, 0) or b"\0"
        os.pwrite(descriptor, bytes([(last + 1) % 256]), 0)
    finally:
        os.close(descriptor)


def _file() -> Path:
    return Path(settings.STATE_DIR) / "nudges"
