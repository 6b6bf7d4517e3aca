"""What a promotion does for the brand beside money, on an axis of its own: it is never added to profit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from promotions.calculator.refusing import half_up
from promotions.calculator.terms import Influence


@dataclass(frozen=True, slots=True)
class Reached:
    """The influence expected and what a contact and a new customer cost, in fen; None: not known, or none reached."""

    influence: Influence
    cost_per_contact: Decimal | None
    cost_per_new_customer: Decimal | None


def reached(influence: Influence, spend: Decimal) -> Reached:
    """spend: what is spent on it, by whichever side asks."""
    return Reached(influence, _each(spend, influence.reach), _each(spend, influence.new_customers))


def _each(spend: Decimal, count: int | None) -> Decimal | None:
    return half_up(Fraction(spend) / count) if count else None
