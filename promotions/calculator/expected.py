"""What uplift to expect of a promotion: low, expected, high, from comparable past ones; or nothing at all. Pure.

Decisions 4a: log uplift = mean of its kind + slope · log(price ratio) + display + publicity (and the price cut
together with them), then the customer's own response, shrunk n / (n + 8). The range of eight in ten comes from the
errors made on each past promotion by what was learned from all the others. With fewer than 20 nothing is forecast:
then only the break-even and a table are shown. What several shops did in one promotion is so many results, but they
share its weather and its goods: errors are those made without the whole promotion, and five promotions are needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log

import numpy as np

from promotions.calculator.refusing import half_up
from promotions.calculator.terms import Effect

ENOUGH = 20
LEAST_PROMOTIONS = 5
"""So many different ones: else nothing is known of how one promotion differs from the next."""
OWN_WEIGHT = 8
"""How many promotions of its own a customer needs for its response to count half."""
FEWEST_OWN = 3
"""Estimates of one's own that must have come out before they correct the next."""
RIDGE = 1.0
"""Keeps kinds and slopes that are hardly seen near the mean: a kind's one promotion is believed by half."""
TAIL = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is, or was, promoted. kind: of goods or of promotion, whatever is compared by.

    price_ratio: price in the promotion over the usual one, above 0. customer: its id.
    """

    customer: int
    kind: str
    price_ratio: float = 1.0
    display: bool = False
    publicity: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """An offer and what came of it: sold over what was expected without it, above 0 (1.25 is a quarter more).

    promotion: its id, where several shops ran the same; None: it stands for itself.
    """

    offer: Offer
    ratio: float
    promotion: int | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How earlier forecasts came out: the middle one reached so much of the uplift expected (1 = all); n of them."""

    n: int
    reached: Decimal


def expect(past: Sequence[Past], offer: Offer) -> Effect | None:
    """The effect to expect of an offer; None with fewer than 20 past ones that can be used, or of fewer than five
    promotions.

    Past ones without a positive ratio (nothing was sold, or nothing expected) are left out. Cost: one least squares
    over all of them; for many offers use `Expecting`.
    """
    return Expecting(past).of(offer)


class Expecting:
    """What was learned from past promotions, for many offers. n: results that can be used, of so many promotions."""

    def __init__(self, past: Sequence[Past]) -> None:
        usable = [one for one in past if one.ratio > 0 and one.offer.price_ratio > 0]
        self.n = len(usable)
        groups: dict[object, list[int]] = defaultdict(list)
        for place, one in enumerate(usable):
            groups[("alone", place) if one.promotion is None else one.promotion].append(place)
        self.promotions = len(groups)
        self.is_enough = self.n >= ENOUGH and self.promotions >= LEAST_PROMOTIONS
        self._of_kind = Counter(one.offer.kind for one in usable)
        self._own = Counter(one.offer.customer for one in usable)
        if not self.is_enough:
            return
        self._kinds = {kind: place for place, kind in enumerate(sorted(self._of_kind))}
        rows = np.array([self._row(one.offer) for one in usable])
        logs = np.array([log(one.ratio) for one in usable])
        # The general mean is free; all else is drawn towards 0.
        penalty = np.full(rows.shape[1], RIDGE)
        penalty[0] = 0.0
        moment = rows.T @ rows + np.diag(penalty) + 1e-9 * np.eye(len(penalty))
        inverse = np.linalg.inv(moment)
        self._weights = inverse @ rows.T @ logs
        # Errors as they would have been without the promotion itself (the hat matrix's diagonal).
        leverage = np.minimum(((rows @ inverse) * rows).sum(axis=1), 0.95)
        alone = (logs - rows @ self._weights) / (1 - leverage)
        plain = logs - rows @ self._weights
        for places in groups.values():
            if len(places) > 1:
                # Learned anew without all of a promotion's shops: one of them tells of the others.
                part, came = rows[places], logs[places]
                weights = np.linalg.solve(moment - part.T @ part, rows.T @ logs - part.T @ came)
                alone[places] = came - part @ weights
        sums: dict[int, float] = defaultdict(float)
        for one, rest in zip(usable, plain, strict=True):
            sums[one.offer.customer] += float(rest)
        self._sums = sums
        errors = []
        for one, rest, out in zip(usable, plain, alone, strict=True):
            others = self._own[one.offer.customer] - 1
            errors.append(float(out) - (sums[one.offer.customer] - float(rest)) / (others + OWN_WEIGHT))
        self._errors = sorted(errors)

    def of(self, offer: Offer) -> Effect | None:
        """The effect to expect of one offer; None where too little is known."""
        if not self.is_enough:
            return None
        own = self._own[offer.customer]
        middle = float(np.dot(self._row(offer), self._weights)) + self._sums.get(offer.customer, 0.0) / (
            own + OWN_WEIGHT
        )
        # The outermost of n + 1 that lie beyond a tenth, so that few past ones make the range wider, not narrower.
        low = self._errors[max(0, floor((self.n + 1) * TAIL) - 1)]
        high = self._errors[min(self.n - 1, ceil((self.n + 1) * (1 - TAIL)) - 1)]
        return Effect(
            low=_uplift(middle + min(low, 0.0)),
            expected=_uplift(middle),
            high=_uplift(middle + max(high, 0.0)),
            n=self.n,
            alike=self._of_kind[offer.kind],
            own=own,
            promotions=self.promotions,
        )

    def _row(self, offer: Offer) -> list[float]:
        cheaper = -log(offer.price_ratio)
        kinds = [0.0] * len(self._kinds)
        if offer.kind in self._kinds:
            kinds[self._kinds[offer.kind]] = 1.0
        shown, told = float(offer.display), float(offer.publicity)
        return [1.0, cheaper, shown, told, cheaper * shown, cheaper * told, *kinds]


def track_record(forecasts: Sequence[tuple[Decimal, Decimal]]) -> TrackRecord | None:
    """(uplift expected, uplift measured) of finished promotions: the middle share reached, four places; None of none.

    Those of which no rise was expected say nothing.
    """
    shares = sorted(Fraction(measured) / Fraction(expected) for expected, measured in forecasts if expected > 0)
    if not shares:
        return None
    half = len(shares) // 2
    middle = shares[half] if len(shares) % 2 else (shares[half - 1] + shares[half]) / 2
    return TrackRecord(len(shares), half_up(middle, 4))


def corrected(guess: Decimal, record: TrackRecord | None) -> Decimal | None:
    """An estimate by what became of one's earlier ones: so much of it as was reached, to a thousandth.

    None with fewer than three, which tell nothing of a person; never below −1: no more is lost than there is.
    """
    if record is None or record.n < FEWEST_OWN:
        return None
    return max(half_up(Fraction(guess) * Fraction(record.reached), 3), Decimal("-1.000"))


def _uplift(logged: float) -> Decimal:
    """exp, less 1, to a thousandth; never more than a hundredfold, which no sheet would take."""
    return half_up(Fraction(float(np.exp(min(logged, 4.6)))) - 1, 3)
