"""What pages, API and charts read of sales. Callers pass customers they have checked with `visible_to`.

Every function takes the same number of queries however much there is. Months are first days; ranges are half open.
A day or month without a report is None, which is not zero.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import ExtractIsoWeekDay, ExtractYear

from crm.access import reach_of
from crm.clock import today
from crm.money import from_minor
from crm.periods import Windows, month_of, months, shift_month
from customers.profile.models import Customer, Responsibility
from customers.sales.models import MonthlySales, RegionMonth, SaleLine

ZERO = from_minor(0)


class Day(NamedTuple):
    day: datetime.date
    net: Decimal | None
    gross: Decimal | None = None
    returns: Decimal | None = None
    units: int | None = None
    orders: int | None = None
    promo: bool = False
    is_open: bool | None = None


class Month(NamedTuple):
    month: datetime.date
    net: Decimal | None
    gross: Decimal | None = None
    returns: Decimal | None = None
    units: int | None = None
    orders: int | None = None
    days: int = 0


class Year(NamedTuple):
    year: int
    net: Decimal
    gross: Decimal
    returns: Decimal
    months: int


class Trailing(NamedTuple):
    """Net sales of the three 12-month windows as of a day; growth as fractions, None where the older is not > 0."""

    windows: Windows
    w0: Decimal
    w1: Decimal
    w2: Decimal
    growth: Decimal | None
    growth_before: Decimal | None


class Weekday(NamedTuple):
    """weekday: 1 is Monday. days: with a report of an open shop. mean: net a day. index: mean ÷ mean of all days."""

    weekday: int
    days: int
    total: Decimal
    mean: Decimal | None
    index: Decimal | None


class Span(NamedTuple):
    first: datetime.date | None
    last: datetime.date | None


def daily(customer: Customer | int, start: datetime.date, end: datetime.date) -> list[Day]:
    """Each day in [start, end); one query."""
    lines = SaleLine.objects.live().filter(customer=customer, sold_on__gte=start, sold_on__lt=end)
    found = {
        line[0]: Day(line[0], line[1] - line[2], *line[1:])
        for line in lines.values_list("sold_on", "gross", "returns", "units", "orders", "promo", "is_open")
    }
    days = (start + datetime.timedelta(days=n) for n in range((end - start).days))
    return [found.get(day) or Day(day, None) for day in days]


def monthly(customer: Customer | int, count: int = 36, until: datetime.date | None = None) -> list[Month]:
    """The `count` months up to the one `until` (default: today) lies in, oldest first; one query."""
    start, end = _last_months(count, until)
    rows = MonthlySales.objects.filter(customer=customer, month__gte=start, month__lt=end)
    found = {
        row[0]: Month(*row) for row in rows.values_list("month", "net", "gross", "returns", "units", "orders", "days")
    }
    return [found.get(month) or Month(month, None) for month in months(start, end)]


def yearly(customer: Customer | int) -> list[Year]:
    """Every calendar year with a report, oldest first; one query."""
    rows = (
        MonthlySales.objects.filter(customer=customer)
        .annotate(year=ExtractYear("month"))
        .values("year")
        .annotate(n=Sum("net"), g=Sum("gross"), r=Sum("returns"), months=Count("month"))
        .order_by("year")
    )
    return [Year(row["year"], row["n"], row["g"], row["r"], row["months"]) for row in rows]


def trailing(customer: Customer | int, as_of: datetime.date | None = None) -> Trailing:
    """The three windows as of a day (default: today) and their growth; one query."""
    windows = Windows.as_of(as_of or today())
    sums = MonthlySales.objects.filter(customer=customer).aggregate(
        **{
            name: Sum("net", filter=Q(month__gte=window.start, month__lt=window.end))
            for name, window in zip(("w0", "w1", "w2"), windows, strict=True)
        }
    )
    w0, w1, w2 = (sums[name] if sums[name] is not None else ZERO for name in ("w0", "w1", "w2"))
    return Trailing(windows, w0, w1, w2, growth(w0, w1), growth(w1, w2))


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """now ÷ before − 1 to four places; None unless there was something to grow from."""
    return (now / before - 1).quantize(Decimal("0.0001")) if before > 0 else None


def sparklines(
    customer_ids: Iterable[int], count: int = 12, until: datetime.date | None = None
) -> dict[int, list[Decimal]]:
    """{customer: net sales of each of the last `count` months, oldest first}, 0 for a month without; one query."""
    start, end = _last_months(count, until)
    place = {month: n for n, month in enumerate(months(start, end))}
    found = {pk: [ZERO] * count for pk in customer_ids}
    rows = MonthlySales.objects.filter(customer_id__in=list(found), month__gte=start, month__lt=end)
    for pk, month, net in rows.values_list("customer_id", "month", "net"):
        found[pk][place[month]] = net  # type: ignore[call-overload]
    return found


def last_sales(customer_ids: Iterable[int]) -> dict[int, datetime.date]:
    """The last day each sold something; customers that never did are left out; one query."""
    rows = MonthlySales.objects.filter(customer_id__in=list(customer_ids), last_sold_on__isnull=False)
    return dict(rows.values("customer_id").annotate(last=Max("last_sold_on")).values_list("customer_id", "last"))


def last_sale(customer: Customer | int) -> datetime.date | None:
    rows = MonthlySales.objects.filter(customer=customer, last_sold_on__isnull=False)
    return rows.order_by("-month").values_list("last_sold_on", flat=True).first()


def span(customer: Customer | int) -> Span:
    """The first and last day with a report; one query."""

    found = SaleLine.objects.live().filter(customer=customer).aggregate(first=Min("sold_on"), last=Max("sold_on"))
    return Span(**found)


def weekday_pattern(customer: Customer | int, start: datetime.date, end: datetime.date) -> list[Weekday]:
    """How sales spread over the week in [start, end), Monday first; closed days do not count; one query."""
    rows = (
        SaleLine.objects.live()
        .filter(customer=customer, sold_on__gte=start, sold_on__lt=end)
        .exclude(is_open=False)
        .annotate(weekday=ExtractIsoWeekDay("sold_on"))
        .values("weekday")
        .annotate(days=Count("pk"), g=Sum("gross"), r=Sum("returns"))
    )
    found = {row["weekday"]: (row["days"], row["g"] - row["r"]) for row in rows}
    all_days = sum(days for days, _total in found.values())
    level = sum((total for _days, total in found.values()), ZERO) / all_days if all_days else ZERO
    week = []
    for weekday in range(1, 8):
        days, total = found.get(weekday, (0, ZERO))
        mean = total / days if days else None
        index = (mean / level).quantize(Decimal("0.001")) if mean is not None and level > 0 else None
        week.append(Weekday(weekday, days, total, mean and mean.quantize(Decimal("0.01")), index))
    return week


def months_in_reach(user, count: int = 36, until: datetime.date | None = None) -> list[Month]:
    """Net sales by month of all that a person sees, oldest first; two queries at most, however many customers.

    Regions come from sums kept by region; customers in charge of by name, outside those regions, are added one by one.
    """
    start, end = _last_months(count, until)
    within = {"month__gte": start, "month__lt": end}
    found: dict[datetime.date, Decimal] = {}
    for rows in _sums_in_reach(user):
        for month, net in rows.filter(**within).values("month").annotate(sum=Sum("net")).values_list("month", "sum"):
            found[month] = found.get(month, ZERO) + net
    return [Month(month, found.get(month)) for month in months(start, end)]


def regions_in_reach(user, start: datetime.date, end: datetime.date) -> dict[int, Decimal]:
    """{region: net sales in months [start, end) of customers standing in it itself}, of what a person sees."""
    found: dict[int, Decimal] = {}
    for rows in _sums_in_reach(user):
        path = "region_id" if rows.model is RegionMonth else "customer__region_id"
        rows = rows.filter(month__gte=start, month__lt=end).values(path).annotate(sum=Sum("net"))
        for region, net in rows.values_list(path, "sum"):
            found[region] = found.get(region, ZERO) + net
    return found


def _sums_in_reach(user) -> list:
    """Querysets of RegionMonth and MonthlySales that together hold each visible customer's months once."""
    reach = reach_of(user)
    if reach.everywhere:
        return [RegionMonth.objects.order_by()]
    parts: list = []
    if reach.region_ids:
        parts.append(RegionMonth.objects.order_by().filter(region_id__in=reach.region_ids))
    if reach.user_id is not None:
        mine = Responsibility.objects.in_force(today()).filter(user_id=reach.user_id).values("customer_id")
        named = MonthlySales.objects.order_by().filter(customer_id__in=mine)
        parts.append(named.exclude(customer__region_id__in=reach.region_ids) if reach.region_ids else named)
    return parts


def _last_months(count: int, until: datetime.date | None) -> tuple[datetime.date, datetime.date]:
    end = shift_month(month_of(until or today()), 1)
    return shift_month(end, -count), end
