"""Two to four variants of a promotion side by side, figure by figure; no score adds them up. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from promotions.calculator.cash import cash
from promotions.calculator.economics import Sheet
from promotions.calculator.refusing import Refused

FEWEST, MOST = 2, 4
Better = Literal["more", "less"]
Figure = Decimal | Fraction | int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of all variants, in their order; None: not known, never, nothing. best: places of the best ones, empty
    where all known ones are alike. of: customer, brand, or influence, which stands on an axis of its own.
    """

    of: Literal["customer", "brand", "influence"]
    code: str
    values: tuple[Figure, ...]
    best: tuple[int, ...]


def side_by_side(sheets: Sequence[Sheet]) -> list[Row]:
    """The rows of two to four sheets, each at the extra units expected of it. Raises Refused."""
    if len(sheets) < FEWEST:
        raise Refused({"variants": "too_few"})
    if len(sheets) > MOST:
        raise Refused({"variants": "too_many"})
    needs = [cash(one.plan, one.extra) for one in sheets]
    rows = []
    for side in ("customer", "brand"):
        accounts = [one.customer if side == "customer" else one.brand for one in sheets]
        tied = [one.customer.amount if side == "customer" else one.brand.amount for one in needs]
        rows += [
            _row(side, "spend", [one.spend for one in accounts], "less"),
            _row(side, "cash", tied, "less"),
            _row(side, "margin", [one.margin for one in accounts], "more"),
            _row(side, "profit", [one.profit for one in accounts], "more"),
            _row(side, "extra", [one.extra for one in accounts], "more"),
            _row(side, "return_on_spend", [one.return_on_spend for one in accounts], "more"),
            _row(side, "break_even_units", [one.break_even.units for one in accounts], "less"),
            _row(side, "break_even_uplift", [one.break_even.uplift for one in accounts], "less"),
        ]
    influences = [one.plan.influence for one in sheets]
    rows += [
        _row("influence", "reach", [one.reach for one in influences], "more"),
        _row("influence", "new_customers", [one.new_customers for one in influences], "more"),
        _row("influence", "share_of_voice", [one.share_of_voice for one in influences], "more"),
        _row("influence", "cost_per_contact", [one.brand.reached.cost_per_contact for one in sheets], "less"),
        _row("influence", "cost_per_new_customer", [one.brand.reached.cost_per_new_customer for one in sheets], "less"),
    ]
    return rows


def _row(of, code: str, values: Sequence[Figure], better: Better) -> Row:
    known = [value for value in values if value is not None]
    choose: Callable = max if better == "more" else min
    best: tuple[int, ...] = ()
    if len(set(known)) > 1 or 0 < len(known) < len(values):
        aim = choose(known)
        best = tuple(place for place, value in enumerate(values) if value == aim)
    return Row(of, code, tuple(values), best)
