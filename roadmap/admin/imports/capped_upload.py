"""A request that brings a file, read in bounds."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest


def is_longer(request: HttpRequest, most: int) -> bool:
    """Whether a request says so of its body. One that does not say how long it is, or nonsense, is read in bounds."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > most
    except ValueError:
        return False


class CappedUpload(FileUploadHandler):
    """Keeps as much of all files together as one may have, in memory. The rest is read over, so that what was typed
    beside a file that is too large is there to show again."""

    total = 0  # bytes, of all files

    def __init__(self, request: HttpRequest | None, most: int):
        super().__init__(request)
        self.most = most

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        if self.total <= self.most:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
