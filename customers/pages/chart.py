"""A customer's sales as points of a chart: by month against the year before, by day, or by year."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from crm.money import from_minor
from crm.periods import is_last_of_month, month_of, shift_month
from customers.profile.models import Customer
from customers.sales.reading import daily, monthly, yearly

VIEWS = ("day", "month", "year")
DAYS = 90
MONTHS = 12


@dataclass(slots=True)
class Chart:
    """by: day, month or year. points: for `bars` or `line`. total: of all points with a report; None without any."""

    by: str
    points: list[dict[str, Any]] = field(default_factory=list)
    total: Any = None
    label: str = ""
    title: str = ""
    month: datetime.date | None = None
    previous: datetime.date | None = None
    next: datetime.date | None = None


def read_month(text: str) -> datetime.date | None:
    """2026-10 -> 1 October 2026."""
    try:
        return datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def chart_of(customer: Customer, by: str, until: datetime.date, month: datetime.date | None = None) -> Chart:
    """One query. until: the last day that figures hold for."""
    if by == "day":
        return _days(customer, until, month)
    if by == "year":
        return _years(customer, until)
    return _months(customer, until)


def _sum(values):
    known = [value for value in values if value is not None]
    return sum(known, from_minor(0)) if known else None


def _months(customer, until) -> Chart:
    found = monthly(customer, MONTHS * 2, until)
    before, now = found[:MONTHS], found[MONTHS:]
    open_month = None if is_last_of_month(until) else month_of(until)
    points = [
        {
            "label": str(one.month.month),
            "title": formats.date_format(one.month, "YEAR_MONTH_FORMAT"),
            "value": one.net,
            "reference": old.net,
            "part": one.month == open_month,
        }
        for one, old in zip(now, before, strict=True)
    ]
    total = _sum(one.net for one in now)
    title = _("%(from)s to %(to)s") % {"from": points[0]["title"], "to": points[-1]["title"]}
    return Chart("month", points, total, _("Sales by month"), title)


def _days(customer, until, month) -> Chart:
    if month is None:
        start, end = until - datetime.timedelta(days=DAYS - 1), until + datetime.timedelta(days=1)
        title = _("The last %(n)d days") % {"n": DAYS}
    else:
        start, end = month, shift_month(month, 1)
        title = formats.date_format(month, "YEAR_MONTH_FORMAT")
    days = daily(customer, start, end)
    points = [{"value": one.net, "title": formats.date_format(one.day, "DATE_FORMAT")} for one in days]
    here = month or month_of(until)
    newest = month_of(until)
    return Chart(
        "day",
        points,
        _sum(one.net for one in days),
        _("Sales by day"),
        title,
        month=month,
        previous=shift_month(here, -1) if month else here,
        next=shift_month(month, 1) if month and month < newest else None,
    )


def _years(customer, until) -> Chart:
    years = yearly(customer)
    points = [
        {
            "label": str(one.year),
            "title": str(one.year),
            "value": one.net,
            "part": one.year == until.year and (until.month, until.day) != (12, 31),
        }
        for one in years
    ]
    return Chart("year", points, _sum(one.net for one in years), _("Sales by year"), _("Every year"))
