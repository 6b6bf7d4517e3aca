"""The three complaints of market managers, held against what is known of each customer. Pure.

They open the article: the customer goes its own way; always says there is no business, and pays late; wants more while
we give less. Each becomes a figure with its numbers, or "not enough known".
Source: Xi Dake 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

OK, WATCH, TRUE, UNKNOWN = "ok", "watch", "true", "unknown"
NEED = 3
"""Fewer promotions (or complaints of no business) than this say nothing."""


@dataclass(frozen=True, slots=True)
class OwnWay:
    """Promotions that were run as agreed, changed, or not run."""

    agreed: int = 0
    changed: int = 0
    not_run: int = 0

    @property
    def n(self) -> int:
        return self.agreed + self.changed + self.not_run

    @property
    def share(self) -> Decimal | None:
        """As agreed, of all."""
        return _share(self.agreed, self.n)

    @property
    def verdict(self) -> str:
        """Half or fewer as agreed: the complaint is true; under eight of ten: watch."""
        if self.n < NEED or self.share is None:
            return UNKNOWN
        return TRUE if self.share <= Decimal("0.5") else WATCH if self.share < Decimal("0.8") else OK


def own_way(kept: Sequence[Decimal]) -> OwnWay:
    """kept: of each promotion, 1 as agreed, 0 not run, between them changed."""
    return OwnWay(
        agreed=sum(one >= 1 for one in kept),
        changed=sum(0 < one < 1 for one in kept),
        not_run=sum(one <= 0 for one in kept),
    )


@dataclass(frozen=True, slots=True)
class NoBusiness:
    """said: how often in 12 months they said that business is bad, of `asked` times that they said how it goes.

    growth: of sales against the year before (a fraction, None unknown). overdue, owed: money. late_share: of settled
    invoices.
    """

    said: int = 0
    asked: int = 0
    growth: Decimal | None = None
    overdue: Decimal = Decimal(0)
    owed: Decimal = Decimal(0)
    late_share: Decimal | None = None

    @property
    def verdict(self) -> str:
        """True to fact: they say so and sales fell by a tenth or more. Watch: they say so and sales did not fall, or a
        third of what they owe is overdue. The words alone prove nothing.
        """
        if self.asked < NEED and self.owed <= 0:
            return UNKNOWN
        says = self.asked >= NEED and self.said * 2 >= self.asked
        pays_late = self.owed > 0 and self.overdue * 3 >= self.owed
        if says and self.growth is not None and self.growth <= Decimal("-0.1"):
            return TRUE
        return WATCH if says or pays_late else OK

    @property
    def contradicts(self) -> bool:
        """They say there is no business, the ledger says otherwise."""
        return self.asked >= NEED and self.said * 2 >= self.asked and self.growth is not None and self.growth >= 0


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP) if whole else None
