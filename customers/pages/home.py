"""Home: what a person's customers bring, where they stand, who wants looking after (settings.HOME_PANELS)."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from crm.clock import today
from crm.imports.models import ImportRun
from crm.money import from_minor
from crm.panels import Panel
from crm.periods import Windows, is_last_of_month, month_of
from crm.shell import numbers
from customers.sales.reading import Month, growth, months_in_reach
from customers.tiers import reading

MONTHS = 36


class Figures:
    """What several panels read, worked out once a request."""

    def __init__(self, user):
        self.user = user
        self.state = reading.state()
        self.until: datetime.date = (self.state.figures_as_of if self.state else None) or today()
        self.windows = Windows.as_of(self.until)
        self.months: list[Month] = months_in_reach(user, MONTHS + 1, self.until)
        self.shares = reading.distribution(user)

    @property
    def customers(self) -> int:
        return sum(share.customers for share in self.shares)

    def total(self, window):
        return sum((one.net for one in self.months if one.month in window and one.net is not None), from_minor(0))


def figures(request) -> Figures:
    if not hasattr(request, "home_figures"):
        request.home_figures = SimpleLazyObject(lambda: Figures(request.user))
    return request.home_figures


def _money(value) -> dict[str, Any]:
    return {
        "value": numbers.money_short(value, get_language() or settings.LANGUAGE_CODE),
        "title": numbers.money(value, settings.CURRENCY),
    }


def _month(day) -> str:
    return formats.date_format(day, "YEAR_MONTH_FORMAT")


def tiles(request) -> list[Panel]:
    """Sales of a year and of a month, customers, and the share that A brings; none before there are customers."""
    found = figures(request)
    if not found.customers:
        return []
    w0, w1 = found.total(found.windows.w0), found.total(found.windows.w1)
    last = found.windows.w0.months()
    *_earlier, month = last
    now = next(one.net for one in found.months if one.month == month)
    year_ago = next((one.net for one in found.months if one.month == month.replace(year=month.year - 1)), None)
    a = found.shares[0]
    list_url = reverse("customers:list")
    panels = [
        {
            "label": gettext("Sales, 12 months"),
            **_money(w0),
            "delta": growth(w0, w1),
            "note": gettext("to %(month)s") % {"month": _month(month)},
            "href": list_url,
        },
        {
            "label": gettext("Sales in %(month)s") % {"month": _month(month)},
            **_money(now),
            "delta": growth(now, year_ago) if now is not None and year_ago is not None else None,
            "note": gettext("against a year before"),
        },
        {
            "label": gettext("Customers"),
            "value": numbers.grouped(found.customers),
            "kpi_tiers": [(share.tier, numbers.grouped(share.customers)) for share in found.shares],
            "href": list_url,
        },
        {
            "label": gettext("Tier A brings"),
            "value": numbers.percent(a.of_sales, 1),
            "note": gettext("of sales, from %(share)s of the customers") % {"share": numbers.percent(a.of_customers)},
            "href": reverse("customers:tiers"),
        },
    ]
    return [Panel("components/kpi.html", context, "kpi") for context in panels]


def nothing_waits(request) -> Panel | None:
    """Said where there are customers and none of them wants anything today."""
    lines = getattr(request, "today_lines", None)
    if lines is None or lines.tasks or lines.aside or not figures(request).customers:
        return None
    return Panel("customers/home/_nothing.html", {}, "main")


def sales(request) -> Panel | None:
    """Twelve months against the twelve before, the running one pale."""
    found = figures(request)
    known = {one.month: one.net for one in found.months}
    if not any(value is not None for value in known.values()):
        return None
    running = None if is_last_of_month(found.until) else month_of(found.until)
    points = [
        {
            "label": str(one.month.month),
            "title": _month(one.month),
            "value": one.net,
            "reference": known.get(one.month.replace(year=one.month.year - 1)),
            "part": one.month == running,
        }
        for one in found.months[-12:]
    ]
    return Panel("customers/home/_sales.html", {"points": points, "until": found.until}, "main")


def tiers(request) -> Panel | None:
    """How customers and sales spread over the tiers."""
    found = figures(request)
    if not found.customers:
        return None
    context = {"shares": found.shares, "parts": parts(found.shares), "until": found.until}
    return Panel("customers/home/_tiers.html", context, "side")


def parts(shares) -> list[dict[str, Any]]:
    """Shares as the stacked bar takes them."""
    return [
        {"label": one.tier, "value": max(one.w0, from_minor(0)), "tone": f"tier-{one.tier.lower()}"} for one in shares
    ]


def files(request) -> Panel | None:
    """The newest imports, and what became of them."""
    runs = list(ImportRun.objects.visible_to(request.user).order_by("-pk")[:4])
    return Panel("customers/home/_files.html", {"runs": runs}, "side") if runs else None
