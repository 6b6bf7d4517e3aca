"""What a file is, by what it holds: its name and what the browser says of it are never believed.

Pure: bytes in (a seekable stream), a `Content` out, or `Refused` with a code that `words.py` puts into a sentence.
Pictures are only recognised here; whether they can be drawn is for pictures.py to find out by drawing them.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

_CHUNK = 1 << 16
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Content:
    """type: the MIME type it is kept and served under. ending: of a downloaded file's name. picture: drawn inline."""

    type: str
    ending: str
    picture: bool = False


@dataclass
class Refused(Exception):
    """code: why, for words.py. params: for the sentence."""

    code: str
    params: dict | None = None


JPEG = Content("image/jpeg", "jpg", True)
PNG = Content("image/png", "png", True)
WEBP = Content("image/webp", "webp", True)
PDF = Content("application/pdf", "pdf")
DOCX = Content("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = Content("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
PPTX = Content("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx")
TEXT = Content("text/plain; charset=utf-8", "txt")
CSV = Content("text/csv; charset=utf-8", "csv")
ALLOWED = (JPEG, PNG, WEBP, PDF, DOCX, XLSX, PPTX, CSV, TEXT)

_MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# Beginnings of what is surely something else, though much of it would pass as text.
_FOREIGN = (
    b"MZ", b"\x7fELF", b"GIF8", b"BM", b"%!PS", b"#!", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b", b"RIFF", b"ID3", b"OggS", b"\xca\xfe\xba\xbe", b"PK",
)  # fmt: skip
# What a browser would run, wherever it stands in a text.
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|style|meta|link|img)\b|javascript:", re.I
)
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|XFA|EmbeddedFiles?|RichMedia)(?=[\s/<\[(>])")
_PDF_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MACRO = re.compile(r"vbaproject|vbadata|/macrosheets/|/activex/|\.exe$|\.dll$|\.js$|\.vbs$|\.bat$|\.ps1$", re.I)
_MOST_PARTS = 5_000
# What reading a zip may raise (NotImplementedError, a way of packing unknown here, is a RuntimeError).
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)


def recognise(file: IO[bytes], *, most_unpacked: int) -> Content:
    """most_unpacked: bytes that an office file may hold once unpacked. Reads all of it. Raises Refused."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise Refused("empty")
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise Refused("heic")
    if head.startswith(b"%PDF-"):
        return _pdf(file)
    if head.startswith(b"PK\x03\x04"):
        return _office(file, most_unpacked)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old_office")
    if head.startswith(_FOREIGN):
        raise Refused("unknown")
    return _text(file)


# --- PDF ------------------------------------------------------------------------------------------------------


def _pdf(file: IO[bytes]) -> Content:
    """Whole, nothing but a PDF, and without what would run. (Compressed parts are not looked into: it is only ever
    downloaded.)"""
    file.seek(0)
    data = file.read()
    if b"%%EOF" not in data[-1024:]:
        raise Refused("damaged")
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise Refused("two_in_one")
    if _PDF_ACTIVE.search(_PDF_NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)):
        raise Refused("active")
    return PDF


# --- office ---------------------------------------------------------------------------------------------------


def _office(file: IO[bytes], most_unpacked: int) -> Content:
    try:
        with zipfile.ZipFile(file) as package:
            return _package(file, package, most_unpacked)
    except _BROKEN as error:
        raise Refused("damaged") from error


def _package(file: IO[bytes], package: zipfile.ZipFile, most_unpacked: int) -> Content:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most_unpacked:
        raise Refused("bomb")
    if len(set(names)) != len(names) or any(_strange(name) for name in names):
        raise Refused("damaged")
    if "[Content_Types].xml" not in names:
        raise Refused("unknown")
    mains = [content for name, content in _MAIN_PART.items() if name in names]
    if len(mains) != 1:
        raise Refused("unknown")
    if min(part.header_offset for part in parts) != 0 or package.comment:
        raise Refused("two_in_one")
    left = most_unpacked
    types = b""
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("locked")
        with package.open(part) as inner:
            while chunk := inner.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refused("bomb")
                if part.filename == "[Content_Types].xml":
                    types += chunk
    if any(_MACRO.search(f"/{name}") for name in names) or b"macroenabled" in types.lower():
        raise Refused("macros")
    return mains[0]


def _strange(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\0" in name or ".." in name.replace("\\", "/").split("/")


# --- text -----------------------------------------------------------------------------------------------------


def decoded(data: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or GB18030; None for what is no text: control characters are none."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(char < " " and char not in "\t\r\n\f" for char in text) and "\x7f" not in text:
            return text
    return None


def _text(file: IO[bytes]) -> Content:
    file.seek(0)
    text = decoded(file.read())
    if text is None:
        raise Refused("unknown")
    if _MARKUP.search(text):
        raise Refused("markup")
    return CSV if _like_csv(text) else TEXT


def _like_csv(text: str) -> bool:
    """The same number of separators, at least one, in each of the first lines, of which there are at least two."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) < 2:
        return False
    return any(len(counts := {line.count(mark) for line in lines}) == 1 and counts != {0} for mark in (",", ";", "\t"))
