"""What moves the profit of a plan, as pages show it: what weighs most, and how much may be merely borrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from crm.shell import numbers
from promotions.calculator.economics import Sheet
from promotions.calculator.sensitivity import BORROWED, Swing, swings, table
from promotions.calculator.terms import Side
from promotions.calculator.words import DRIVERS

BY = Decimal(10)
UPLIFTS = tuple(Decimal(percent) / 100 for percent in (0, 10, 20, 30, 50, 75, 100, 150, 200))
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """Extra profit of a side with a driver less and more by a tenth, and its bar, of 100 across; zero: where 0 stands,
    None: beyond the bar's ends.
    """

    side: Side
    less: Decimal
    more: Decimal
    left: float
    wide: float
    zero: float | None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    change: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Risk:
    """rows: the driver that moves most first. killing: a sentence a side. borrowed: percentages heading the table;
    cells: [(uplift, [[extra profit of each side] a percentage])]. on_borrowed: [(side, what the cut
    gave away on them)].
    """

    rows: list[Row]
    killing: list[tuple[Side, str]]
    borrowed: Sequence[Decimal]
    cells: list[tuple[Decimal, list[list[tuple[Side, Decimal]]]]]
    on_borrowed: list[tuple[Side, Decimal]]


def risk_of(found: Sheet, guess: Decimal | None, sides: Sequence[Side]) -> Risk:
    """Of a plan at its guess; without one at no uplift. sides: whose profit is told. Raises Refused."""
    moved = [one for one in swings(found.plan, guess or Decimal(0), BY) if _moves(one, sides)]
    cells = [
        (row[0].uplift, [[(side, getattr(cell, side)) for side in sides] for cell in row])
        for row in table(found.plan, UPLIFTS)
    ]
    cut = [(side, getattr(found.cut_on_borrowed, side)) for side in sides]
    return Risk(
        _rows(moved, sides),
        [(side, killing_text(found.account(side).killing_share)) for side in sides] if found.extra > 0 else [],
        BORROWED,
        cells,
        [(side, amount) for side, amount in cut if amount],
    )


def _moves(swing: Swing, sides: Sequence[Side]) -> bool:
    return any(getattr(swing.less, side) != getattr(swing.more, side) for side in sides)


def _rows(moved: Sequence[Swing], sides: Sequence[Side]) -> list[Row]:
    """Bars of a side stand on one scale, so that they can be compared from row to row."""
    scales = {}
    for side in sides:
        ends = [float(getattr(at, side)) for one in moved for at in (one.less, one.more)]
        scales[side] = (min(ends), (max(ends) - min(ends)) or 1.0) if ends else (0.0, 1.0)
    rows = []
    for one in moved:
        change = _("10 points") if one.driver == "borrowed" else "10 %"
        rows.append(Row(str(DRIVERS[one.driver]), change, [_bar(one, side, *scales[side]) for side in sides]))
    return rows


def _bar(swing: Swing, side: Side, low: float, span: float) -> Bar:
    less, more = getattr(swing.less, side), getattr(swing.more, side)
    ends = sorted(WIDTH * (float(value) - low) / span for value in (less, more))
    zero = WIDTH * (0 - low) / span
    return Bar(
        side,
        less,
        more,
        round(ends[0], 1),
        round(max(ends[1] - ends[0], 0.6), 1),
        round(zero, 1) if 0 <= zero <= WIDTH else None,
    )


def killing_text(share: Fraction | None) -> str:
    """From which borrowed part on a side loses, in a sentence."""
    if share is None:
        return _("It pays even if all that is sold more is only borrowed.")
    if share <= 0:
        return _("At what is expected it does not pay, borrowed or not.")
    percent = numbers.percent(Decimal(str(round(float(share), 4))), 1)
    return _("It pays as long as no more than %(percent)s of what is sold more is only borrowed.") % {
        "percent": percent
    }
