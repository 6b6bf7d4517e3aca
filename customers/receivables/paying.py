"""How a customer pays: days late and the share paid on time, over the twelve months that end with a day. Pure.

An invoice counts when it was settled in full after the same day a year before and no later than the day. Days late are
calendar days from the due day to the day it was settled; paid early or on the day counts as 0, so that an early payment
does not hide a late one. What is open and overdue is told beside it and counts in neither figure.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PRIOR = 4
"""How many invoices' worth the whole company's share weighs in a customer's (decisions: k = 4)."""


@dataclass(frozen=True, slots=True)
class Settled:
    amount: Decimal
    due_on: datetime.date
    settled_on: datetime.date


@dataclass(frozen=True, slots=True)
class Paying:
    """n: invoices settled in the window (since, until]. plain, weighted: mean days late, one place; weighted by amount.

    share: paid on time, drawn towards the company's own share by PRIOR invoices; None without invoices or a company
    share. All None where n is 0: not enough data.
    """

    since: datetime.date
    until: datetime.date
    n: int = 0
    on_time: int = 0
    plain: Decimal | None = None
    weighted: Decimal | None = None
    share: Decimal | None = None


def year_before(day: datetime.date) -> datetime.date:
    """The same day a year before; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def days_late(one: Settled) -> int:
    return max(0, (one.settled_on - one.due_on).days)


def paying(rows: Iterable[Settled], day: datetime.date, company: Decimal | None = None) -> Paying:
    """company: the share that all customers of the company paid on time in the same window, None if unknown."""
    since = year_before(day)
    inside = [one for one in rows if since < one.settled_on <= day and one.amount > 0]
    if not inside:
        return Paying(since, day)
    late = [days_late(one) for one in inside]
    money = sum((one.amount for one in inside), Decimal(0))
    heavy = sum((one.amount * days for one, days in zip(inside, late, strict=True)), Decimal(0))
    on_time = late.count(0)
    return Paying(
        since=since,
        until=day,
        n=len(inside),
        on_time=on_time,
        plain=_round(Decimal(sum(late)) / len(inside), "0.1"),
        weighted=_round(heavy / money, "0.1"),
        share=shrunk(on_time, len(inside), company),
    )


def shrunk(kept: int, n: int, company: Decimal | None, prior: int = PRIOR) -> Decimal | None:
    """(kept + prior·company) / (n + prior), four places: one of one is no certainty."""
    if n <= 0 or company is None:
        return None
    return _round((kept + prior * company) / (n + prior), "0.0001")


def share_of(kept: int, n: int) -> Decimal | None:
    """The plain share, four places; None of nothing."""
    return _round(Decimal(kept) / n, "0.0001") if n > 0 else None


def _round(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)
