"""The units a customer would sell in a window without a promotion, from its own months and the network's season. Pure.

Decisions 8: f = ½ · [level × season] + ½ · [0.6 · (same month last year × trend) + 0.4 · mean of the last 3]. Level:
the last 6 months freed of season, each 0.75 of the one after it. Trend: the last 3 months over the same 3 a year
before, from 0.5 to 2. Season: the network's index, the customer's own mixed in n / (n + 3) years. With fewer than 13
months, or where last year is not known: level × season alone. Months without a report are None and are skipped, never
taken for 0. What past promotions brought on top must be taken out of the months before.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from crm.periods import months_between, shift_month
from promotions.calculator.refusing import Refused, half_up

Months = Sequence[Decimal | None]
LEVEL_MONTHS, DECAY = 6, Decimal("0.75")
FEWEST_MONTHS = 3
WHOLE_FROM = 13
OWN_YEARS = 3
"""With so many years of its own, a customer's own season counts half."""
FEWEST_ERRORS = 8
FARTHEST = 12
_ONE, _HALF = Decimal(1), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A month. low, high: eight in ten lie between, by own past errors (n of them); None with fewer than 8."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    n: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Whole units in a window, rounded half up once. months: how many known months it rests on."""

    units: int
    low: int | None
    high: int | None
    months: int


def baseline(
    own: Months,
    network: Months,
    last_month: datetime.date,
    start: datetime.date,
    days: int,
    weekdays: Sequence[Decimal] | None = None,
) -> Baseline | None:
    """The baseline of a window; None where fewer than 3 of the last 6 months are known: not enough data.

    own, network: by month, oldest first, both up to `last_month` (its first day), the last full one. weekdays: what a
    Monday to a Sunday sell, in any measure; None: every day alike. Raises Refused for a window that begins in a full
    month or ends more than 12 months after.
    """
    _checked(days, weekdays)
    wanted = _day_shares(start, days, weekdays)
    found: dict[datetime.date, Forecast] = {}
    for month in wanted:
        ahead = months_between(last_month, month)
        if ahead < 1:
            raise Refused({"start": "in_the_past"})
        if ahead > FARTHEST:
            raise Refused({"days": "too_far"})
        one = forecast(own, network, last_month, ahead)
        if one is None:
            return None
        found[month] = one
    known = all(one.low is not None for one in found.values())
    return Baseline(
        units=_over(wanted, {month: one.value for month, one in found.items()}),
        low=_over(wanted, {month: one.low or Decimal(0) for month, one in found.items()}) if known else None,
        high=_over(wanted, {month: one.high or Decimal(0) for month, one in found.items()}) if known else None,
        months=sum(value is not None for value in own),
    )


def forecast(own: Months, network: Months, last_month: datetime.date, ahead: int = 1) -> Forecast | None:
    """What a customer sells in a month, so many months ahead (1 to 12), and how far off such forecasts were before."""
    value = expected_month(own, network, last_month, ahead)
    if value is None:
        return None
    errors = []
    for back in range(1, len(own) - WHOLE_FROM - ahead + 2):
        seen = len(own) - ahead - back + 1
        actual = own[seen + ahead - 1]
        cut = ahead + back - 1
        then = expected_month(own[:seen], network[: len(network) - cut], shift_month(last_month, -cut), ahead)
        if actual is not None and then:
            errors.append(actual / then)
    n = len(errors)
    if n < FEWEST_ERRORS:
        return Forecast(value, None, None, n)
    errors.sort()
    low = errors[max(0, floor(Fraction(n + 1, 10)) - 1)]
    high = errors[min(n - 1, ceil(Fraction(9 * (n + 1), 10)) - 1)]
    return Forecast(value, value * min(max(low, Decimal(0)), _ONE), value * max(high, _ONE), n)


def expected_month(own: Months, network: Months, last_month: datetime.date, ahead: int = 1) -> Decimal | None:
    """f, never below 0; None with fewer than 3 known months of the last 6."""
    if not 1 <= ahead <= FARTHEST:
        raise Refused({"ahead": "too_far"})
    recent = own[-LEVEL_MONTHS:]
    if sum(value is not None for value in recent) < FEWEST_MONTHS:
        return None
    index = season(own, network, last_month)
    total = weight = Decimal(0)
    for back, value in enumerate(reversed(recent)):
        factor = index[shift_month(last_month, -back).month - 1]
        if value is not None and factor > 0:
            total += DECAY**back * value / factor
            weight += DECAY**back
    if not weight:
        return None
    by_level = total / weight * index[shift_month(last_month, ahead).month - 1]
    by_year = _by_year(own, ahead)
    return max(by_level if by_year is None else _HALF * by_level + _HALF * by_year, Decimal(0))


def season(own: Months, network: Months, last_month: datetime.date) -> list[Decimal]:
    """What January to December sell, over the mean of their year: the network's, the customer's own mixed in."""
    of_all, _years = _index(network, last_month)
    of_own, years = _index(own, last_month)
    share = Decimal(years) / (years + OWN_YEARS)
    return [share * mine + (1 - share) * theirs for mine, theirs in zip(of_own, of_all, strict=True)]


def _by_year(own: Months, ahead: int) -> Decimal | None:
    """0.6 · (same month last year × trend) + 0.4 · mean of the last 3; None where last year is not known."""
    if len(own) < WHOLE_FROM:
        return None
    year_ago = own[ahead - 13]
    last = [value for value in own[-3:] if value is not None]
    pairs = [
        (own[-back], own[-back - 12])
        for back in (1, 2, 3)
        if len(own) >= back + 12 and own[-back] is not None and own[-back - 12] is not None
    ]
    before = sum((old for _new, old in pairs if old is not None), Decimal(0))
    if year_ago is None or not last or before <= 0:
        return None
    trend = sum((new for new, _old in pairs if new is not None), Decimal(0)) / before
    trend = min(max(trend, _HALF), Decimal(2))
    return Decimal("0.6") * year_ago * trend + Decimal("0.4") * sum(last, Decimal(0)) / len(last)


def _index(months: Months, last_month: datetime.date) -> tuple[list[Decimal], int]:
    """The mean, over full years back from the last month, of each month over the mean of its year; how many years.

    A year with a month unknown, or without sales, is left out; of none, every month is 1.
    """
    sums, years = [Decimal(0)] * 12, 0
    for end in range(len(months), 11, -12):
        year = [value for value in months[end - 12 : end] if value is not None]
        total = sum(year, Decimal(0))
        if len(year) < 12 or total <= 0:
            continue
        years += 1
        for back, value in enumerate(reversed(year)):
            sums[shift_month(last_month, -back).month - 1] += value * 12 / total
    return ([one / years for one in sums] if years else [_ONE] * 12), years


def _day_shares(start: datetime.date, days: int, weekdays: Sequence[Decimal] | None) -> dict[datetime.date, Fraction]:
    """The part of each month that a window takes, by its days or by what its weekdays weigh."""
    inside: dict[datetime.date, Fraction] = {}
    for offset in range(days):
        day = start + datetime.timedelta(offset)
        month = day.replace(day=1)
        inside[month] = inside.get(month, Fraction(0)) + _weight(day, weekdays)
    for month in inside:
        length = (shift_month(month, 1) - month).days
        whole = sum(_weight(month + datetime.timedelta(offset), weekdays) for offset in range(length))
        inside[month] /= whole
    return inside


def _weight(day: datetime.date, weekdays: Sequence[Decimal] | None) -> Fraction:
    return Fraction(1) if weekdays is None else Fraction(weekdays[day.weekday()])


def _over(shares: dict[datetime.date, Fraction], values: dict[datetime.date, Decimal]) -> int:
    total = sum((share * Fraction(values[month]) for month, share in shares.items()), Fraction(0))
    return int(half_up(total, 0))


def _checked(days: int, weekdays: Sequence[Decimal] | None) -> None:
    if days < 1:
        raise Refused({"days": "not_positive"})
    if weekdays is not None and (len(weekdays) != 7 or min(weekdays) < 0 or sum(weekdays) <= 0):
        raise Refused({"weekdays": "not_positive"})
