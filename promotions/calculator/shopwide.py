"""From a whole shop to the goods of a plan, and back: the ledger knows what a shop sold, not of which goods. Pure.

What is sold more in a promotion is counted as these goods, at what the customer buys a unit at, which is what the
calculator takes from the ledger as well. So a promotion that lifts a shop's sales of ¥50,000 by 2 % has sold ¥1,000
more; of goods bought at ¥25 these are 40 units, 10 % of a baseline of 400.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

from promotions.calculator.refusing import half_up
from promotions.calculator.terms import Effect, Plan

LEAST, MOST = Decimal("-1.000"), Decimal("20.000")
"""What a plan takes as an estimate."""


def units_of(plan: Plan, amount: Decimal) -> int | None:
    """So much more money in units of the plan's goods, rounded half up; None where they are bought for nothing.

    Never fewer than all of the baseline are lost.
    """
    if plan.goods.wholesale <= 0:
        return None
    return max(-plan.baseline, int(half_up(Fraction(amount) / Fraction(plan.goods.wholesale), 0)))


def of_goods(effect: Effect, usual: Decimal, plan: Plan) -> Effect | None:
    """An effect on all that a shop sells as one on the goods of a plan, to a thousandth.

    usual: what the whole shop would sell in the window anyway, in money. None where there is nothing to rise from.
    """
    base = plan.baseline * plan.goods.wholesale
    if base <= 0 or usual <= 0:
        return None
    factor = Fraction(usual) / Fraction(base)

    def scaled(share: Decimal) -> Decimal:
        return min(max(half_up(Fraction(share) * factor, 3), LEAST), MOST)

    return dataclasses.replace(
        effect, low=scaled(effect.low), expected=scaled(effect.expected), high=scaled(effect.high)
    )
