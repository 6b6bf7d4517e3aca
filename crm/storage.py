"""Where uploads are kept: the disk, or an object store that speaks S3. settings.STORAGES chooses.

Objects are private and have no address of their own: every byte is served by a view that has checked who asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.config import Config
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage


class ObjectStorage(S3Storage):
    """S3 and its likes, by the address of settings; a server that is away is given up soon."""

    def __init__(self, **options):
        # Path-style addresses, for a server of one's own has no host name for each bucket; and no checksums beyond
        # what every such server knows.
        config = Config(
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, **options)

    def url(self, name, *args, **kwargs):
        raise SuspiciousOperation("uploads are private: serve them by a view")

    def put(self, name: str, file) -> None:
        """Write an object in one step, over whatever is there under its name."""
        self.bucket.Object(self._normalize_name(name)).upload_fileobj(file)


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """The name of every file there, in order."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}/{name}" if folder else name
    for inner in sorted(folders):
        yield from walk(storage, f"{folder}/{inner}" if folder else inner)
