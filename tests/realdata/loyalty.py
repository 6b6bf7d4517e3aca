"""Loyalty as docs/scores.md tells it, from an ERP's sales file, with nothing but Python. Shares no code with Qiao."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

from tests.realdata import reference

NEVER = "9999-12"


def scores(customers: Path, sales: Path, as_of: date) -> dict[str, str]:
    """{code: loyalty in points with two decimals}, of those of whom enough is known; the network is everybody."""
    net: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    orders: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    windows = reference.windows(as_of)
    last = max(windows[0])
    for row in reference.read_rows(sales):
        month = row["date"][:7]
        if month <= last:
            net[row["customer_code"]][month] += cents(row["amount"])
            orders[row["customer_code"]][month] += int(row["orders"] or 0)
    opened = {row["code"]: row["opened_on"][:7] for row in reference.read_rows(customers)}
    spread = {code: spread_of(months, last, windows[0]) for code, months in net.items()}
    grid = quantiles([one for one in spread.values() if one is not None])
    found = {}
    for code, since in opened.items():
        if until(min(bought_in(net[code]), default=NEVER), last) < 5:
            continue  # fewer than five months of purchases: not enough is known
        parts = list(parts_of(net[code], orders[code], since, spread.get(code), grid, last, windows))
        whole = sum(weight for weight, _rate in parts)
        points = math.floor(sum(Fraction(weight, whole) * rate for weight, rate in parts) * 10_000)
        found[code] = f"{points // 100}.{points % 100:02d}"
    return found


def cents(amount: str) -> int:
    whole, _, part = amount.lstrip("-").partition(".")
    return (int(whole or 0) * 100 + int((part + "00")[:2])) * (-1 if amount.startswith("-") else 1)


def until(month: str, last: str) -> int:
    """Months from one to the last, both counted."""
    return (int(last[:4]) - int(month[:4])) * 12 + int(last[5:]) - int(month[5:]) + 1


def bought_in(months: dict[str, int]) -> list[str]:
    return [month for month, amount in months.items() if amount > 0]


def spread_of(months: dict[str, int], last: str, year: set[str]) -> int | None:
    """Standard deviation / mean of the last twelve months, or of those since the first purchase, in thousandths."""
    if not (bought := bought_in(months)):
        return None
    count = min(until(min(bought), last), 12)
    amounts = [months[month] for month in year]
    total = sum(amounts)
    if count < 3 or total <= 0:
        return None
    variance = Fraction(sum(one * one for one in amounts), count) - Fraction(total, count) ** 2
    return round(1000 * math.sqrt(max(variance, 0)) / (total / count))


def quantiles(spreads: list[int]) -> list[int]:
    ordered = sorted(spreads)
    return [ordered[math.floor(Fraction(at * (len(ordered) - 1), 100) + Fraction(1, 2))] for at in range(101)]


def parts_of(net, orders, opened, spread, grid, last, windows):
    """(weight, rate) of all that can be said."""
    bought = bought_in(net)
    began = opened if opened and opened <= last else min(bought, default="")
    if began:
        yield 30, Fraction(min(until(began, last), 60), 60)
    if not bought:
        return
    since = until(min(bought), last)
    months = min(since, 12)
    if spread is not None:
        varied_more = sum(1 for one in grid if one > spread) + Fraction(sum(1 for one in grid if one == spread), 2)
        yield 25, Fraction(varied_more, len(grid))
    recent = Fraction(max(6 - (until(max(bought), last) - 1), 0), 6)
    yield 25, (Fraction(sum(month in windows[0] for month in bought), months) + recent) / 2
    before = min(max(since - 12, 0), 12)
    ordered, ordered_before = (sum(orders[month] for month in window) for window in windows[:2])
    if before >= 3 and ordered_before > 0:
        yield 20, min(Fraction(max(ordered, 0) * before, ordered_before * months), Fraction(1))
