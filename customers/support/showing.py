"""What several pages of support show alike."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from customers.support import words
from customers.support.balance import Quarter
from customers.support.entitlements import Card
from customers.support.entitling import SPENT, Given, quarter_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the card: what is given in words, and of money what is left."""

    given: Given
    text: str
    is_spent: bool

    @property
    def used(self) -> Decimal:
        return self.given.used

    @property
    def left(self) -> Decimal:
        return self.given.left

    @property
    def last_day(self) -> datetime.date | None:
        """The last day of an exception."""
        return self.given.until - datetime.timedelta(days=1) if self.given.until is not None else None


def lines_of(card: Card) -> list[Line]:
    """Money that is used up first."""
    lines = [Line(one, words.line(one), one.gives in SPENT) for one in card.lines.values()]
    return sorted(lines, key=lambda one: not one.is_spent)


def points_of(quarters: Sequence[Quarter], day: datetime.date) -> dict[str, list[dict]]:
    """For the charts: what was granted against what was asked for, and the net sales of the same quarters."""
    now = quarter_of(day)

    def point(one: Quarter, value, **more) -> dict:
        title = words.quarter(one.start)
        return {
            "label": words.short_quarter(one.start),
            "title": title,
            "value": value,
            "part": one.start == now,
            **more,
        }

    return {
        "given": [
            point(one, one.granted, reference=one.asked, tip=_("Cost %(amount)s") % {"amount": words.money(one.cost)})
            for one in quarters
        ],
        "sales": [point(one, one.sales) for one in quarters],
    }
