"""The sentences in which a file is refused."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import scanning

REFUSALS = {
    "empty": gettext_lazy("The file is empty."),
    "unknown": gettext_lazy(
        "Only photos (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint, CSV and plain text are kept."
    ),
    "heic": gettext_lazy(
        "HEIC photos cannot be read here. Set the phone's camera to “most compatible”, or send the photo as JPEG."
    ),
    "old_office": gettext_lazy(
        "Office files of the old kind (.doc, .xls, .ppt) or with a password are not kept; save it as .docx, .xlsx or "
        ".pptx without a password."
    ),
    "damaged": gettext_lazy("The file is damaged or not whole."),
    "two_in_one": gettext_lazy("The file holds a second file in disguise."),
    "active": gettext_lazy("The PDF holds scripts, forms that run or other files; print it anew as a plain PDF."),
    "bomb": gettext_lazy("Unpacked, the file would be far larger than allowed."),
    "locked": gettext_lazy("The file is locked with a password."),
    "macros": gettext_lazy("The file holds macros or programs; save it without them."),
    "markup": gettext_lazy("Web pages, drawings in SVG and scripts are not kept."),
    "broken_picture": gettext_lazy("The picture is damaged or not whole."),
    **scanning.REFUSALS,
    "unstored": gettext_lazy("The storage takes no files just now. Nothing was kept; try again later."),
    "twice": gettext_lazy("This file is there already: “%(title)s”."),
}


def refusal(code: str, **params) -> ValidationError:
    """Keyed by `file`."""
    return ValidationError({"file": ValidationError(REFUSALS[code], code=code, params=params)})


def too_large(most: int) -> ValidationError:
    text = _("The file is larger than %(most)s.") % {"most": filesizeformat(most)}
    return ValidationError({"file": ValidationError(text, code="too_large")})


def too_many_pixels(most: int) -> ValidationError:
    text = _("The picture has more than %(most)d million pixels.") % {"most": most // 1_000_000}
    return ValidationError({"file": ValidationError(text, code="pixels")})
