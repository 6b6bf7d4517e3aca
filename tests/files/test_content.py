"""What is kept and what is not is judged by content; what is kept holds nothing but what it should."""

from __future__ import annotations

import datetime
import hashlib
import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from PIL import Image

from crm.audit.models import AuditEntry
from customers.files.models import Attachment
from tests.files import making

pytestmark = pytest.mark.django_db


def code_of(refusal: ValidationError) -> str:
    (error,) = refusal.error_dict["file"]
    return error.code


def bytes_of(field) -> bytes:
    with default_storage.open(field.name, "rb") as handle:
        return handle.read()


@pytest.mark.parametrize("name", making.HOSTILE)
def test_a_hostile_file_is_refused_and_nothing_is_kept(shops, attach, media, name):
    data, code = making.HOSTILE[name]
    entries = AuditEntry.objects.count()
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, data, name)
    assert code_of(refused.value) == code
    assert (Attachment.objects.count(), media(), AuditEntry.objects.count()) == (0, [], entries)


GOOD = {
    "image/jpeg": (making.jpeg(), "photo"),
    "image/png": (making.saved(making.picture(), "PNG"), "photo"),
    "image/webp": (making.saved(making.picture(), "WEBP"), "photo"),
    "application/pdf": (making.pdf(), "document"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (making.office("docx"), "document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (making.office("xlsx"), "document"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (making.office("pptx"), "document"),
    "text/csv; charset=utf-8": ("编码,名称\nF1,一店\n".encode(), "document"),
    "text/plain; charset=utf-8": ("合同号 12 的备注".encode("gb18030"), "document"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_may_be_kept_is_known_by_its_content_whatever_it_is_called(shops, attach, media, kind):
    data, what = GOOD[kind]
    made = attach(shops.east, data, "whatever.exe")
    assert (made.content_type, made.kind, made.sha256) == (kind, what, hashlib.sha256(data).hexdigest())
    assert len(media()) == (2 if what == "photo" else 1)
    if what == "document":
        assert (bytes_of(made.file), made.size, made.kept_sha256) == (data, len(data), made.sha256)
    else:
        kept = bytes_of(made.file)
        assert (made.size, made.kept_sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
        assert (made.width, made.height) == (640, 480)
        with Image.open(io.BytesIO(bytes_of(made.thumbnail))) as small:
            assert (small.format, small.size) == ("WEBP", (320, 240))


@pytest.mark.parametrize("make", [making.camera_jpeg, making.png_with_text, making.webp_with_exif])
def test_nothing_hung_onto_a_picture_stays_with_it(shops, attach, make):
    data = make()
    assert making.SECRET in data
    with Image.open(io.BytesIO(data)) as brought:
        assert brought.getexif().get_ifd(0x8825)[2] == (30.0, 15.0, 36.0)
    made = attach(shops.east, data)
    for field in (made.file, made.thumbnail):
        kept = bytes_of(field)
        assert making.SECRET not in kept
        for mark in (b"Exif", b"EXIF", b"http://ns.adobe.com", b"xmp", b"XMP", b"tEXt", b"iTXt", b"eXIf", b"ICC"):
            assert mark not in kept, mark
        with Image.open(io.BytesIO(kept)) as image:
            assert dict(image.getexif()) == {}
            assert not {"comment", "exif", "xmp", "icc_profile", "Comment"} & image.info.keys()
    if made.content_type == "image/jpeg":  # by its segments: JFIF, tables, frame, scan; no other APPn, no comment
        assert segments(bytes_of(made.file)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}
        assert bytes_of(made.file).endswith(b"\xff\xd9")
    assert (made.latitude, made.longitude) == (None, None)


def segments(data: bytes) -> set[int]:
    """The markers of a JPEG's header, up to the first scan."""
    found, at = set(), 2
    while at < len(data):
        assert data[at] == 0xFF
        marker = data[at + 1]
        found.add(marker)
        if marker == 0xDA:
            return found
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise AssertionError("no scan")


def test_a_position_is_kept_in_columns_only_where_it_is_asked_for(shops, attach):
    made = attach(shops.east, making.camera_jpeg(), keep_position=True)
    made.refresh_from_db()
    assert (made.latitude, made.longitude) == (Decimal("30.260000"), Decimal("120.150000"))
    assert making.SECRET not in bytes_of(made.file)
    assert attach(shops.west, making.jpeg(), keep_position=True).latitude is None


def test_the_day_a_picture_was_taken_is_read_and_a_wrong_clock_tells_nothing(shops, attach):
    assert attach(shops.east, making.camera_jpeg()).taken_on == datetime.date(2026, 3, 5)
    for n, taken in enumerate(["1980:01:01 00:00:00", "2999:01:01 00:00:00", "0000:00:00 00:00:00", "x"]):
        assert attach(shops.east, making.camera_jpeg(taken=taken, size=(100, 100 + n))).taken_on is None


def test_a_picture_is_turned_the_right_way_up(shops, attach):
    made = attach(shops.east, making.camera_jpeg(orientation=6))
    assert (made.width, made.height) == (480, 640)
    with Image.open(io.BytesIO(bytes_of(made.file))) as image:
        assert image.size == (480, 640)
        red, _green, blue = image.getpixel((470, 10))  # the blue corner, top left before, is top right now
        assert blue > red


def test_what_hides_behind_a_picture_is_gone(shops, attach):
    """JPEG and zip in one; JPEG and script in one."""
    data = making.jpeg() + making.office() + b"<script>alert(1)</script>"
    kept = bytes_of(attach(shops.east, data).file)
    assert b"PK\x03\x04" not in kept and b"<script" not in kept


def test_transparency_and_grey_survive(shops, attach):
    clear = Image.new("RGBA", (50, 50), (10, 20, 30, 0))
    made = attach(shops.east, making.saved(clear, "PNG"))
    with Image.open(io.BytesIO(bytes_of(made.file))) as image:
        assert image.mode == "RGBA" and image.getpixel((5, 5))[3] == 0
    for mode, form in (("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("LA", "PNG")):
        attach(shops.east, making.saved(Image.new(mode, (40, 30)), form), f"{mode}.{form}")
    assert Attachment.objects.count() == 7


@pytest.mark.parametrize(
    "name,kept,title",
    [
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\boot\\门头.jpg", "门头.jpg", "门头"),
        ("a\0b\r\n.jpg", "ab.jpg", "ab"),
        ("photo\u202egpj.exe", "photogpj.exe", "photogpj"),
        ("", "file", "file"),
        (".jpg", ".jpg", ".jpg"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg", "x" * 120),
    ],
)
def test_a_name_is_only_shown_and_only_when_clean(shops, attach, media, name, kept, title):
    made = attach(shops.east, making.jpeg(), name)
    assert (made.name, made.title) == (kept, title)
    assert all(len(one) == len("files/") + 32 and one.startswith("files/") for one in media())


def test_the_same_file_is_kept_once_a_customer(shops, attach, media):
    first = attach(shops.east, making.camera_jpeg())
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.camera_jpeg(), "another-name.jpg")
    assert code_of(refused.value) == "twice"
    with pytest.raises(ValidationError) as refused:  # downloaded and brought again
        attach(shops.east, bytes_of(first.file))
    assert code_of(refused.value) == "twice"
    assert (Attachment.objects.count(), len(media())) == (1, 2)
    attach(shops.west, making.camera_jpeg())
    assert (Attachment.objects.count(), len(media())) == (2, 4)


def test_what_cannot_be_written_down_leaves_no_bytes(shops, attach, media, monkeypatch):
    from customers.files import actions

    monkeypatch.setattr(actions, "record", lambda **_words: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attach(shops.east, making.jpeg())
    assert (Attachment.objects.count(), media()) == (0, [])
