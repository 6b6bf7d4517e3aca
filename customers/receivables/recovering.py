"""How much of what a customer put into its shop has come back, and how long that took. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

INVESTMENT, PROFIT, MONTHS = "opening_investment", "monthly_profit", "months_open"


@dataclass(frozen=True, slots=True)
class Recovery:
    """recovered: profit so far, of `investment`; share 1 or more: it is back. months: how many are known (n).

    months_to_recovery: from the opening to the month in which it was, or at this pace will be, back; None where profit
    does not cover it. lacks: what has to be known first; then there is no figure.
    """

    lacks: tuple[str, ...] = ()
    investment: Decimal | None = None
    recovered: Decimal | None = None
    share: Decimal | None = None
    months: int = 0
    months_to_recovery: int | None = None
    is_back: bool = False


def recovery(investment: Decimal | None, profits: Sequence[Decimal]) -> Recovery:
    """profits: of each full month since the opening, oldest first.

    Back is the first month at whose end their sum reaches the investment. Before that the pace is the mean of the
    months known; the months to go are rounded up.
    """
    lacks = tuple(
        name
        for name, there in ((INVESTMENT, investment is not None and investment > 0), (PROFIT, bool(profits)))
        if not there
    )
    if investment is None or lacks:
        return Recovery(lacks)
    total, back = Decimal(0), None
    for number, profit in enumerate(profits, start=1):
        total += profit
        if back is None and total >= investment:
            back = number
    if back is None and total > 0:
        pace = total / len(profits)
        back_then = len(profits) + int(((investment - total) / pace).to_integral_value(ROUND_CEILING))
    else:
        back_then = back
    return Recovery(
        investment=investment,
        recovered=total,
        share=(total / investment).quantize(Decimal("0.0001"), ROUND_HALF_UP),
        months=len(profits),
        months_to_recovery=back_then,
        is_back=back is not None,
    )


def recovery_at(investment: Decimal | None, monthly_profit: Decimal | None, months_open: int | None) -> Recovery:
    """The same where only a usual month's profit is known: as if every month since the opening had been one."""
    lacks = tuple(
        name
        for name, there in (
            (INVESTMENT, investment is not None and investment > 0),
            (PROFIT, monthly_profit is not None),
            (MONTHS, months_open is not None and months_open > 0),
        )
        if not there
    )
    if investment is None or monthly_profit is None or months_open is None or lacks:
        return Recovery(lacks)
    return recovery(investment, [monthly_profit] * months_open)
