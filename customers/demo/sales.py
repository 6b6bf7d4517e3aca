"""What each customer of the demo company sold, day by day: whole fen, exact and repeatable."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from customers.demo.calendar import Day
from customers.demo.company import Client


class Line(NamedTuple):
    """gross, returns: fen. is_open: 0 on a day the shop was closed."""

    code: str
    date: datetime.date
    gross: int
    returns: int
    units: int
    orders: int
    promo: int
    is_open: int


def lines(client: Client, days: Sequence[Day], seed: int | str) -> Iterator[Line]:
    """One line for each day with a report, oldest first."""
    random = Random(f"sales {seed} {client.code}")
    gauss, draw = random.gauss, random.random
    slumps = _by_day((first, length, 1 - lost) for first, length, lost in client.slumps)
    silent = _by_day((first, length, 1.0) for first, length in client.silent)
    closes = draw() < 0.8  # over New Year
    drift = 0.0
    daily_growth = (1 + client.growth) ** (1 / 365.25)
    level = client.daily * daily_growth ** -(client.told_on - days[0].date).days
    for day in days:
        level *= daily_growth
        date = day.date
        if date < client.opened_on or (client.closed_on and date >= client.closed_on):
            continue
        if client.last_sale and date > client.last_sale:
            continue
        # Drawn for every day, whatever comes of it: one shop's closed day does not shift all that follows.
        noise, luck, back = gauss(0.0, client.scatter), draw(), draw()
        drift = 0.97 * drift + 0.03 * noise
        if date in silent or luck < 0.008:
            continue
        if client.agent:
            if day.agent == 0.0:
                continue
            factor = day.agent
        else:
            if (day.rest and closes) or date.weekday() == client.weekly_rest:
                yield Line(client.code, date, 0, 0, 0, 0, 0, 0)
                continue
            factor = day.shop
            if date.weekday() >= 5:
                factor *= 0.8 + 0.2 * client.weekend
        promo = 0
        if day.promo and client.promotes:
            promo = 1
            factor *= 1 + (day.promo.uplift - 1) * client.response
        young = (date - client.opened_on).days
        if young < 120:
            factor *= 0.45 + 0.55 * young / 120
        factor *= slumps.get(date, 1.0) * max(0.05, 1 + noise + 2 * drift)
        gross = int(level * factor)
        units = max(1, gross // client.price)
        if not client.agent:
            gross -= gross % 10  # tills round to a jiao
        returned = int(gross * client.returns * (0.5 + draw())) if back < 0.09 else 0
        yield Line(client.code, date, gross, returned, units, max(1, round(units * 0.63)), promo, 1)


def _by_day(spans) -> dict[datetime.date, float]:
    found = {}
    for first, length, factor in spans:
        for count in range(length):
            found[first + datetime.timedelta(days=count)] = factor
    return found


def monthly_before(client: Client, days: Sequence[Day], seed: int) -> Iterator[Line]:
    """The same, summed by month and booked on the month's last day: what was kept before daily reports began."""
    month: list[Line] = []
    for line in lines(client, days, f"{seed} before"):
        if month and (line.date.year, line.date.month) != (month[0].date.year, month[0].date.month):
            yield _sum(month)
            month = []
        month.append(line)
    if month:
        yield _sum(month)


def _sum(month: list[Line]) -> Line:
    first = month[0].date.replace(day=28) + datetime.timedelta(days=4)
    date = first - datetime.timedelta(days=first.day)
    return Line(
        month[0].code,
        date,
        sum(line.gross for line in month),
        sum(line.returns for line in month),
        sum(line.units for line in month),
        sum(line.orders for line in month),
        0,
        1,
    )


def cells(line: Line) -> list[str]:
    """The line as a row of a sales file: amounts in yuan."""
    return [
        line.code,
        line.date.isoformat(),
        _yuan(line.gross),
        _yuan(line.returns) if line.returns else "",
        str(line.units),
        str(line.orders),
        str(line.promo),
        str(line.is_open),
    ]


HEADER = ["customer_code", "date", "amount", "returns", "units", "orders", "promo", "open"]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
