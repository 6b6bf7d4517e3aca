"""Files to bring: good ones, and a corpus of hostile ones, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw, PngImagePlugin

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SECRET = b"SECRET-SERIAL-4711"
# 30° 15' 36" N, 120° 9' 0" E: West Lake
GPS = {1: "N", 2: (30.0, 15.0, 36.0), 3: "E", 4: (120.0, 9.0, 0.0)}


def picture(size=(640, 480), colour=(200, 120, 40)) -> Image.Image:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle([0, 0, size[0] // 2, size[1] // 2], fill=(20, 60, 160))
    return image


def saved(image: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(size=(640, 480), colour=(200, 120, 40), **options) -> bytes:
    return saved(picture(size, colour), "JPEG", quality=85, **options)


def camera_jpeg(orientation=1, taken="2026:03:05 10:11:12", size=(640, 480)) -> bytes:
    """With position, date, camera, a comment and XMP, each of them holding SECRET."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8769)[0x927C] = SECRET
    exif.get_ifd(0x8825).update(GPS)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    return jpeg(size, exif=exif, comment=SECRET, xmp=xmp) + SECRET


def png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825).update(GPS)
    return saved(picture(), "PNG", pnginfo=info, exif=exif)


def webp_with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825).update(GPS)
    return saved(picture(), "WEBP", exif=exif, xmp=SECRET)


def png_bomb(width=50_000, height=50_000) -> bytes:
    """A header that claims 2,500 million pixels, and next to nothing behind it."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R " + body + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/{main}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{more}"/></Types>'
)
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def office(kind="docx", *, more="main+xml", parts: dict[str, bytes] | None = None, types=True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        if types:
            package.writestr("[Content_Types].xml", TYPES.format(main=MAIN[kind], more=more))
        package.writestr(MAIN[kind], "<document/>")
        for name, body in (parts or {}).items():
            package.writestr(name, body)
    return out.getvalue()


def lying_zip() -> bytes:
    """A part of 60 MB whose directory says 10 bytes."""
    data = bytearray(office(parts={"word/media/x.bin": b"\0" * 60_000_000}))
    real, said = struct.pack("<I", 60_000_000), struct.pack("<I", 10)
    return bytes(data).replace(real, said)


# name: (bytes, the code it is refused with)
HOSTILE = {
    "empty.jpg": (b"", "empty"),
    "gif-and-js.gif": (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//", "unknown"),
    "gif-as-text.txt": (b"GIF89a=1;alert(1);", "unknown"),
    "page.jpg": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "markup"),
    "page-late.txt": (b"Dear customer,\n" * 100 + b"<script src=x></script>", "markup"),
    "page-utf16.txt": ("<html><body>x</body></html>".encode("utf-16"), "markup"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "markup"),
    "drawing.png": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "markup"),
    "program.jpg": (b"MZ\x90\0" + b"\0" * 200, "unknown"),
    "program.txt": (b"\x7fELF" + b"\0" * 200, "unknown"),
    "shell.txt": (b"#!/bin/sh\nrm -rf /\n", "unknown"),
    "binary.txt": (bytes(range(256)), "unknown"),
    "nul.csv": (b"a,b\n1,\x002\n", "unknown"),
    "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
    "cut.jpg": (jpeg()[:4000], "broken_picture"),
    "head-only.jpg": (b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 20, "broken_picture"),
    "cut.png": (saved(picture(), "PNG")[:300], "broken_picture"),
    "head-only.webp": (b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 40, "broken_picture"),
    "bomb.png": (png_bomb(), "pixels"),
    "large.png": (png_bomb(8000, 8000), "pixels"),
    "scripted.pdf": (pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "active"),
    "hidden.pdf": (pdf(b"/OpenAction<</S/J#61vaScript/J#53(x)>>"), "active"),
    "launching.pdf": (pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "active"),
    "cut.pdf": (pdf()[:30], "damaged"),
    "pdf-and-zip.pdf": (pdf() + office() + b"%%EOF", "two_in_one"),
    "plain.zip": (office(types=False), "unknown"),
    "jar.docx": (office(types=False, parts={"META-INF/MANIFEST.MF": b"x"}), "unknown"),
    "two-mains.docx": (office(parts={"xl/workbook.xml": b"<x/>"}), "unknown"),
    "macro.xlsm": (office("xlsx", parts={"xl/vbaProject.bin": b"x"}), "macros"),
    "macro-by-type.docx": (office(more="ms-word.document.macroEnabled.main+xml"), "macros"),
    "sheet4.xlsx": (office("xlsx", parts={"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "program-inside.docx": (office(parts={"word/embeddings/a.exe": b"MZ"}), "macros"),
    "bomb.docx": (office(parts={"word/media/x.bin": b"\0" * 60_000_000}), "bomb"),
    "lying.docx": (lying_zip(), "damaged"),
    "climbing.docx": (office(parts={"../../etc/passwd": b"x"}), "damaged"),
    "cut.docx": (office()[:-30], "damaged"),
    "page-before.docx": (b"PK\x03\x04<html>" + office(), "two_in_one"),
    "huge.txt": (b"a" * 2_000_001, "too_large"),
}
