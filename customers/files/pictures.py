"""Pictures are drawn anew: what is kept holds pixels and nothing else.

Decoding shows that a picture is whole; writing it again leaves behind position, camera, comments, XMP, previews and
whatever else was hung onto the file, and turns it the right way up. Date and position are handed back beside it, for
columns of the database.
"""

from __future__ import annotations

import datetime
import io
import struct
import warnings
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from PIL import ExifTags, Image, ImageCms, ImageOps

from customers.files import sniffing
from customers.files.sniffing import Content

THUMBNAIL = 320  # pixels, the longer side
_FORMATS = {sniffing.JPEG: "JPEG", sniffing.PNG: "PNG", sniffing.WEBP: "WEBP"}
_SAVING = {
    sniffing.JPEG: {"quality": 90, "optimize": True},
    sniffing.PNG: {"optimize": False},
    sniffing.WEBP: {"quality": 90, "method": 4},
}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, MemoryError)
_OLDEST = datetime.date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """content, thumbnail: bytes as they are kept. latitude, longitude: WGS-84 degrees as the camera wrote them."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_on: datetime.date | None
    latitude: Decimal | None
    longitude: Decimal | None


@dataclass
class TooManyPixels(Exception):
    pixels: int


def draw(file: IO[bytes], content: Content, *, most_pixels: int, today: datetime.date) -> Drawn:
    """Raises sniffing.Refused for what cannot be drawn, TooManyPixels before anything of it is unpacked."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow's own limit lies elsewhere; ours is looked at before any pixel is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=(_FORMATS[content],))
        with image:
            if image.width * image.height > most_pixels:
                raise TooManyPixels(image.width * image.height)
            exif = image.getexif()
            taken_on, (latitude, longitude) = _taken_on(exif, today), _position(exif)
            image.load()
            drawn = _plain(ImageOps.exif_transpose(image), content)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most_pixels + 1) from error
    except _BROKEN as error:
        raise sniffing.Refused("broken_picture") from error
    small = drawn.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Drawn(
        content=_saved(drawn, _FORMATS[content], **_SAVING[content]),
        thumbnail=_saved(small, "WEBP", quality=80, method=4),
        width=drawn.width,
        height=drawn.height,
        taken_on=taken_on,
        latitude=latitude,
        longitude=longitude,
    )


def _saved(image: Image.Image, name: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def _plain(image: Image.Image, content: Content) -> Image.Image:
    """In sRGB, in a mode that its format keeps, and with nothing else: Pillow would write some of `info`."""
    profile = image.info.get("icc_profile")
    alpha = content is not sniffing.JPEG and ("transparency" in image.info or image.mode in ("RGBA", "LA", "PA"))
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
        except (ImageCms.PyCMSError, *_BROKEN):
            pass  # a profile that cannot be read changes no colours
    plain = image.convert("RGBA" if alpha else "L" if image.mode == "L" and content is not sniffing.WEBP else "RGB")
    plain = plain.copy()
    plain.info = {}
    return plain


def _taken_on(exif: Image.Exif, today: datetime.date) -> datetime.date | None:
    """The day on the camera's own clock; a clock never set (1980) or set wrong (next year) tells nothing."""
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    text = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or ""
    try:
        day = datetime.datetime.strptime(str(text)[:10], "%Y:%m:%d").date()
    except ValueError:
        return None
    return day if _OLDEST <= day <= today + datetime.timedelta(days=1) else None


def _position(exif: Image.Exif) -> tuple[Decimal | None, Decimal | None]:
    found = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(found.get(2), found.get(1), "S", 90)
    longitude = _degrees(found.get(4), found.get(3), "W", 180)
    if latitude is None or longitude is None or (not latitude and not longitude):
        return None, None
    return latitude, longitude


def _degrees(parts, letter, negative: str, most: int) -> Decimal | None:
    """(degrees, minutes, seconds) and N, S, E or W as a signed number with six places."""
    try:
        whole, minutes, seconds = (float(part) for part in parts)
        number = whole + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 <= number <= most:  # NaN as well
        return None
    return Decimal(str(round(-number if str(letter).upper().startswith(negative) else number, 6)))
