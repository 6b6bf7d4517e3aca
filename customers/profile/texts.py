"""How a text of a customer is kept, whichever way it comes: pure."""

from __future__ import annotations

import re

GROUPED = ("category", "province", "city", "district")
"""Texts that customers are grouped by: two spaces for one may not make another group."""

_BREAKS = re.compile(r"[^\S \xa0\u2000-\u200a\u202f\u205f\u3000]+")


def tidy(field: str, text: str | None) -> str:
    """Trimmed and on one line. Names and addresses keep the spaces inside as they were written."""
    text = (text or "").strip()
    return " ".join(text.split()) if field in GROUPED else _BREAKS.sub(" ", text)
