"""How a day of the year sells, whoever the shop: weekdays, seasons, Chinese New Year, other holidays, promotions.

Bedding sells in the weeks before New Year and from autumn on; between New Year's Eve and the sixth day hardly anyone
buys, and most shops are closed for the first days.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

import holidays

# Monday … Sunday, of shops and of agents (who deliver on working days).
SHOP_WEEK = (0.86, 0.84, 0.87, 0.91, 1.06, 1.27, 1.19)
AGENT_WEEK = (1.22, 1.12, 1.08, 1.05, 1.10, 0.43, 0.0)
MONTHS = (1.08, 0.80, 0.92, 0.94, 0.98, 0.90, 0.82, 0.88, 1.06, 1.17, 1.25, 1.20)

NEW_YEARS_EVE = "Chinese New Year's Eve"
NEW_YEAR = "Chinese New Year (Spring Festival)"


class Promotion(NamedTuple):
    code: str
    name: str
    start: datetime.date
    end: datetime.date  # the first day after it
    uplift: float

    def __contains__(self, day: object) -> bool:
        return isinstance(day, datetime.date) and self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Day:
    """date; shop and agent: what it sells against a plain day; rest: most shops are closed; promo: its promotion."""

    date: datetime.date
    shop: float
    agent: float
    rest: bool
    promo: Promotion | None


def new_year(year: int) -> datetime.date:
    """The first day of the lunar year that begins in a calendar year."""
    days = holidays.country_holidays("CN", years=[year], language="en_US")
    return min(day for day, name in days.items() if day.year == year and NEW_YEAR in name)


def promotions(year: int) -> list[Promotion]:
    """The brand's promotions that begin within a calendar year's shopping calendar."""
    festival = new_year(year)

    def at(month: int, day: int) -> datetime.date:
        return datetime.date(year, month, day)

    def span(code: str, name: str, start: datetime.date, days: int, uplift: float) -> Promotion:
        return Promotion(f"{code}{year}", name, start, start + datetime.timedelta(days=days), uplift)

    return [
        span("NH", "年货节", festival - datetime.timedelta(days=20), 14, 1.38),
        span("KX", "春季焕新", at(3, 8), 9, 1.24),
        span("WY", "五一大促", at(4, 29), 8, 1.42),
        span("618", "年中大促", at(6, 12), 9, 1.33),
        span("KX9", "开学季", at(8, 24), 10, 1.22),
        span("GQ", "国庆大促", at(9, 29), 10, 1.46),
        span("11", "双十一", at(11, 4), 9, 1.55),
        span("ZN", "周年庆", at(12, 10), 7, 1.27),
    ]


def days(start: datetime.date, end: datetime.date) -> list[Day]:
    """The days of `[start, end)`, oldest first."""
    years = range(start.year, end.year + 1)
    names = holidays.country_holidays("CN", years=years, language="en_US")
    festivals = [new_year(year) for year in years]
    planned = [promotion for year in years for promotion in promotions(year)]
    found = []
    for count in range((end - start).days):
        day = start + datetime.timedelta(days=count)
        off = names.get(day, "")
        near = min(((day - festival).days for festival in festivals), key=abs)
        season = _season(day)
        shop, agent = SHOP_WEEK[day.weekday()], AGENT_WEEK[day.weekday()]
        if off:
            # A holiday sells like a good Saturday; agents do not deliver.
            shop, agent = 1.42, 0.0
        festive = _around_new_year(near)
        if near in range(-1, 6):
            shop, agent = 1.0, 0.0
        found.append(
            Day(
                date=day,
                shop=shop * season * festive,
                # Shops stock up two weeks before they sell.
                agent=agent * _season(day + datetime.timedelta(days=14)) * _around_new_year(near + 12),
                rest=-1 <= near <= 3,
                promo=next((promotion for promotion in planned if day in promotion), None),
            )
        )
    return found


def _season(day: datetime.date) -> float:
    """The months' figures, each month's middle joined to the next by a straight line: no jump on the first."""
    at = (day.day - 15.5) / 30.4
    here, other = MONTHS[day.month - 1], MONTHS[(day.month if at >= 0 else day.month - 2) % 12]
    return here + (other - here) * abs(at)


def _around_new_year(near: int) -> float:
    """near: days from the first day of the lunar year."""
    if -24 <= near <= -2:
        return 1.15 + 0.30 * (near + 24) / 22
    if -1 <= near <= 1:
        return 0.12
    if 2 <= near <= 6:
        return 0.30 + 0.06 * near
    if 7 <= near <= 15:
        return 0.72 + 0.03 * (near - 7)
    return 1.0
