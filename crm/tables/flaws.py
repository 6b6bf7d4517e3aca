"""What a workbook's cell can hold besides texts, numbers and dates."""

from __future__ import annotations

from typing import Any

from crm.tables.messages import BadCell


class Flaw:
    """A workbook cell that has no value: an error (#N/A) or a formula never calculated."""

    __slots__ = ("code", "params", "shown")

    def __init__(self, code: str, shown: str, params: dict[str, Any] | None = None):
        self.code, self.shown, self.params = code, shown, params or {}

    def __str__(self):
        return self.shown

    def __eq__(self, other):
        return isinstance(other, Flaw) and (self.code, self.shown) == (other.code, other.shown)

    def __hash__(self):
        return hash((self.code, self.shown))

    def refuse(self):
        raise BadCell(self.code, self.params)


class Serial1904(float):
    """A number in a workbook that counts its days from 1904."""
