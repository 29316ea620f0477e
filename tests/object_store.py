"""A server that speaks S3, with one bucket: rclone, which checks who asks, and keeps each upload as a file."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY, SECRET = "testkey", "a/secret+with=odd:signs"
BUCKET = "roadmap-uploads"


class ObjectStore:
    def __init__(self, folder: Path):
        self.folder = folder / BUCKET  # of what was put there
        self.folder.mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As UPLOADS_URL has it: without the keys."""
        return f"s3://{BUCKET}?endpoint=http://127.0.0.1:{self.port}&region=eu-west-2"

    @property
    def keys(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}

    @property
    def files(self) -> dict[str, bytes]:
        found = {path for path in self.folder.rglob("*") if path.is_file()}
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("rclone")), "serve", "s3", str(self.folder.parent)]
        options = ["--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}", "--dir-cache-time", "0"]
        self._process = subprocess.Popen(
            [*command, *options],
            env={**os.environ, "RCLONE_CONFIG": os.devnull},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not self._answers():
            assert self._process.poll() is None, "rclone did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    store = ObjectStore(folder)
    store.start()
    try:
        yield store
    finally:
        store.stop()
