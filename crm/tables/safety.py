"""What a file really is, and how much it may unpack to. The content decides; names and directories are not believed.

Budgets hold a workbook of a million rows; the ratio stops bombs long before. Everything is read as a stream.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from crm.tables.messages import Unusable

MB = 1024 * 1024
FILE_LIMIT = 2048 * MB
UNPACKED_LIMIT = 2048 * MB
BOOK_LIMIT = 512 * MB  # of all parts together: a million rows of nine columns are 400
PARTS_LIMIT = 200
RATIO_LIMIT = 120
RATIO_FROM = 4 * MB  # small parts may be very repetitive
LINE_LIMIT = 2 * MB
CHUNK = 1 << 17

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_KINDS = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90\x00", "EXE"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<!doctype", b"<workbook", b"<head", b"<body", b"<svg")


def kind_of(path: Path) -> str:
    """ "gzip", "zip" or "text"; raises Unusable for what is no table."""
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(4096)
    except OSError as error:
        raise Unusable("missing_file") from error
    if not head:
        raise Unusable("empty_file")
    if size > FILE_LIMIT:
        raise Unusable("file_too_large", {"limit": FILE_LIMIT // MB})
    if head.startswith(_OLE):
        raise Unusable(_ole(path))
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    refuse_other_kinds(head)
    return "text"


def refuse_other_kinds(head: bytes) -> None:
    for magic, name in _KINDS:
        if head.startswith(magic):
            raise Unusable("not_a_table", {"what": name})
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    if re.match(rb"(?:\[\s*)?\{\s*[\"}]|\[\s*\[", start):
        raise Unusable("not_a_table", {"what": "JSON"})
    if start.startswith(_MARKUP):
        raise Unusable("not_a_table", {"what": "XML" if start.startswith((b"<?xml", b"<workbook")) else "HTML"})


def _ole(path: Path) -> str:
    """An old container: a workbook locked with a password, or one in the format before 2007."""
    with path.open("rb") as handle:
        content = handle.read(8 * MB)
    if "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content:
        return "encrypted_workbook"
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return "old_workbook"
    return "binary_file"


# --- plain and compressed text --------------------------------------------------------------------------------


class Guarded(io.RawIOBase):
    """Bytes of a file, unpacked if need be, within the budget and with lines of bearable length.

    tail: the last bytes read, to see whether the file ends with a line end.
    """

    def __init__(self, path: Path, gzipped: bool):
        self._packed = path.stat().st_size
        self._source = gzip.open(path, "rb") if gzipped else path.open("rb")  # noqa: SIM115
        self._gzipped = gzipped
        self._total = 0
        self._line = 0
        self.tail = b""

    def readable(self):
        return True

    def readinto(self, buffer):
        chunk = self.chunk(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def chunk(self, size: int = CHUNK) -> bytes:
        try:
            data = self._source.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unusable("gzip_broken") from error
        if not data:
            return data
        self._total += len(data)
        if self._gzipped:
            self._within_budget()
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._line = self._line + len(data) if end < 0 else len(data) - end
        if self._line > LINE_LIMIT:
            raise Unusable("line_too_long", {"limit": LINE_LIMIT})
        self.tail = data[-2:]
        return data

    def _within_budget(self) -> None:
        if self._total > UNPACKED_LIMIT:
            raise Unusable("gzip_too_large", {"limit": UNPACKED_LIMIT // MB})
        if self._total > RATIO_FROM and self._total > RATIO_LIMIT * self._packed:
            raise Unusable("gzip_ratio", {"limit": RATIO_LIMIT})

    def close(self):
        self._source.close()
        super().close()


# --- workbooks ------------------------------------------------------------------------------------------------


def open_workbook(path: Path) -> zipfile.ZipFile:
    """The archive of a workbook, its directory checked: nothing encrypted, doubled, overlapping or out of bounds."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unusable("zip_broken") from error
    try:
        _check_directory(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > PARTS_LIMIT:
        raise Unusable("zip_parts", {"limit": PARTS_LIMIT})
    seen: set[str] = set()
    total = 0
    for part in parts:
        name = part.filename.lower()
        if name in seen:
            raise Unusable("zip_duplicate", {"part": part.filename[:80]})
        seen.add(name)
        if part.flag_bits & 0x1:
            raise Unusable("zip_encrypted")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unusable("zip_broken")
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Unusable("zip_name")
        total += part.file_size
        if part.file_size > RATIO_FROM and part.file_size > RATIO_LIMIT * part.compress_size:
            raise Unusable("zip_ratio", {"limit": RATIO_LIMIT})
    if total > BOOK_LIMIT:
        raise Unusable("zip_too_large", {"limit": BOOK_LIMIT // MB})
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise Unusable("zip_broken")
        end = part.header_offset + part.compress_size
    _refuse_other_archives(seen)


def _refuse_other_archives(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise Unusable("binary_workbook")
    if "[content_types].xml" in names and any(name.startswith("xl/") for name in names):
        return
    for mark, what in (("word/document.xml", "DOCX"), ("ppt/presentation.xml", "PPTX"), ("content.xml", "ODS")):
        if mark in names:
            raise Unusable("not_a_table", {"what": what})
    raise Unusable("not_a_table", {"what": "ZIP"})


def part_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of a part as a stream, within the budget whatever the directory says."""
    try:
        info = archive.getinfo(name)
        total = 0
        with archive.open(info) as handle:
            while data := handle.read(CHUNK):
                total += len(data)
                if total > BOOK_LIMIT:
                    raise Unusable("zip_too_large", {"limit": BOOK_LIMIT // MB})
                if total > RATIO_FROM and total > RATIO_LIMIT * max(info.compress_size, 1):
                    raise Unusable("zip_ratio", {"limit": RATIO_LIMIT})
                yield data
    except KeyError as error:
        raise Unusable("workbook_broken", {"part": name}) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Unusable("zip_broken") from error
