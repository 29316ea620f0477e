"""Uploads in a store that speaks S3, which all machines of a site share: UPLOADS_URL. Imported only where that is set.

Readers get them from this site, at the same addresses as ever: see roadmap.web.site.media. Whatever the store does not
do is an OSError, as of a disk, so that whoever reads or writes a picture need not know where it is.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

logger = logging.getLogger(__name__)

CONNECTING, READING = 1.5, 4.0  # seconds without a word
WHOLE = 10.0  # seconds that a picture may take to arrive
REST = 2.0  # seconds after a failure for which nobody else tries
TRIES = 2
_PART = 256 * 1024  # bytes


class StoreAway(OSError):
    """The store does not answer."""


class StoreRefuses(OSError):
    """It answers that it will not: a wrong key, a bucket that is not there."""


class Uploads(S3Storage):
    """One client for all threads, which is made when a picture is first asked for."""

    _away_until = 0.0  # by the clock that only goes on

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "file_overwrite": False,
            "client_config": Config(
                connect_timeout=CONNECTING,
                read_timeout=READING,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                max_pool_connections=16,
                # Stores that are not Amazon's know the bucket by the path, and no newer checksums.
                s3={"addressing_style": "path" if self._endpoint else "auto"},
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }

    def __init__(self, **options: Any):
        self._endpoint = options.get("endpoint_url")
        super().__init__(**options)

    @property
    def host(self) -> str:
        return urlsplit(self._endpoint).netloc if self._endpoint else "Amazon S3"

    @cached_property
    def connection(self) -> Any:
        return super().connection

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def prepare(self) -> None:
        """Before processes part, which then share the client's 44 MB; no connection is opened yet."""
        _ = self._client

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Raises StoreAway, StoreRefuses, FileNotFoundError."""
        if time.monotonic() < self._away_until:
            raise self._away()
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500 or code in ("SlowDown", "RequestTimeout"):
                raise self._failed(error) from error
            if code == "NoSuchBucket":
                raise StoreRefuses(f"{self.host} has no bucket “{self.bucket_name}”: see UPLOADS_URL") from error
            if status == 404:
                raise FileNotFoundError(f"{name} is not among the uploaded pictures") from error
            logger.error("%s refuses %s: %s", self.host, name, error)
            told = f"{self.host}, which keeps the uploaded pictures, refuses ({code or status})"
            raise StoreRefuses(f"{told}: see UPLOADS_URL and its keys") from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            told = f"There are no keys for {self.host}, which keeps the uploaded pictures"
            raise StoreRefuses(f"{told}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from error
        except (BotoCoreError, TimeoutError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreAway:
        logger.error("%s cannot be asked for uploads: %s", self.host, error)
        self._away_until = time.monotonic() + REST
        return self._away()

    def _away(self) -> StoreAway:
        return StoreAway(f"{self.host}, which keeps the uploaded pictures, does not answer")

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(clean_name(name))}

    def _open(self, name: str, mode: str = "rb") -> File:
        """Whole, by one question."""
        if mode != "rb":
            raise ValueError("An upload is only read, or saved whole.")
        until = time.monotonic() + WHOLE
        parts = []
        with self._asking(name), closing(self._client.get_object(**self._key(name))["Body"]) as body:
            while part := body.read(_PART):
                parts.append(part)
                if time.monotonic() > until:
                    raise TimeoutError(f"it sends {name} too slowly")
        return ContentFile(b"".join(parts), name=name)

    def _save(self, name: str, content: File) -> str:
        cleaned: str = clean_name(name)
        parameters = self._get_write_parameters(name, content)
        with self._asking(name):
            self._client.put_object(**self._key(name), Body=b"".join(content.chunks()), **parameters)
        return cleaned

    def exists(self, name: str) -> bool:
        with self._asking(name):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with self._asking(name):
            self._client.delete_object(**self._key(name))

    def size(self, name: str) -> int:
        with self._asking(name):
            return int(self._client.head_object(**self._key(name))["ContentLength"])

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self._asking(name):
            folders, names = super().listdir(name)
        return folders, names

    def url(self, name: str, *_: Any, **__: Any) -> str:
        """On this site: no reader's browser asks another."""
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name) or "")
