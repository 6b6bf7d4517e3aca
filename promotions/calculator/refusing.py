"""Refusals of the calculator: by field, with a code that pages and REST put into words. Pure.

Codes: not_a_number, decimals, negative, too_large, not_whole, not_positive, above_price, above_hundred, not_hundred,
needed, not_rising, falling, too_uneven, unknown, too_few, too_many, twice, too_small,
in_the_past, too_far.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

CENT = Decimal("0.01")
MOST_MONEY = Decimal(10) ** 10
MOST_UNITS = 10**8
"""With these, sums of products stay far below the 28 digits that Decimal keeps: nothing is ever rounded unasked."""


class Refused(ValueError):
    """errors: {field: code}; fields of parts are written `materials.0.discount`."""

    def __init__(self, errors: dict[str, str]):
        super().__init__(", ".join(f"{name}: {code}" for name, code in errors.items()))
        self.errors = errors


class Checks:
    """Gathers what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def add(self, name: str, code: str) -> None:
        self.errors.setdefault(name, code)

    def end(self) -> None:
        if self.errors:
            raise Refused(self.errors)

    def money(self, name: str, value: object) -> bool:
        """An amount in whole fen, 0 or more."""
        if not self._number(name, value):
            return False
        assert isinstance(value, Decimal)
        if value < 0:
            self.add(name, "negative")
        elif value > MOST_MONEY:
            self.add(name, "too_large")
        elif value != value.quantize(CENT):
            self.add(name, "decimals")
        return name not in self.errors

    def percent(self, name: str, value: object, places: int = 4) -> bool:
        """From 0 to 100, with four decimals at most."""
        if not self._number(name, value):
            return False
        assert isinstance(value, Decimal)
        if value < 0:
            self.add(name, "negative")
        elif value > 100:
            self.add(name, "above_hundred")
        elif value != value.quantize(Decimal(1).scaleb(-places)):
            self.add(name, "decimals")
        return name not in self.errors

    def whole(self, name: str, value: object, least: int = 0, most: int = MOST_UNITS) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(name, "not_whole")
        elif value < least:
            self.add(name, {0: "negative", 1: "not_positive"}.get(least, "too_small"))
        elif value > most:
            self.add(name, "too_large")
        return name not in self.errors

    def _number(self, name: str, value: object) -> bool:
        if not isinstance(value, Decimal) or not value.is_finite():
            self.add(name, "not_a_number")
            return False
        return True


def half_up(value: Decimal | Fraction, places: int = 2) -> Decimal:
    """Rounded to places, a half away from 0: the one rounding of the calculator. Exact before it."""
    exact = Fraction(value) * 10**places
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return Decimal(-whole if exact < 0 else whole).scaleb(-places)
