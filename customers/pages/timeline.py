"""Everything that happened with a customer, on the same axis as its sales by day: cause and effect are seen."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.views.decorators.http import require_safe

from crm.clock import is_meant, today
from crm.panels import TimelineEntry, timeline_of
from customers.profile.models import Customer
from customers.sales.reading import daily

SPANS = (30, 90, 180, 365)
USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Window:
    """The days shown, both included; earlier and later: the last day of the windows beside it, None where none is."""

    since: datetime.date
    until: datetime.date
    days: int
    earlier: datetime.date
    later: datetime.date | None


@dataclass(slots=True)
class Told:
    """An entry with its number on the page, by which the chart's mark leads to it."""

    number: int
    icon: str
    label: Any
    entry: TimelineEntry


@dataclass(slots=True)
class Day:
    day: datetime.date
    sales: Any
    told: list[Told] = field(default_factory=list)


def window_of(asked: dict[str, str], day: datetime.date) -> Window:
    """?days=90&until=2026-11-28; whatever is no window of ours is the usual one."""
    days = next((n for n in SPANS if str(n) == asked.get("days")), USUAL_DAYS)
    try:
        until = min(datetime.date.fromisoformat(asked.get("until", "")), day)
    except ValueError:
        until = day
    until = until if is_meant(until) else day
    step = datetime.timedelta(days=days)
    since = until - step + datetime.timedelta(days=1)
    return Window(
        since, until, days, since - datetime.timedelta(days=1), min(until + step, day) if until < day else None
    )


def kinds_of(asked: Sequence[str]) -> list[dict]:
    """The kinds asked for, all where none (of ours) is."""
    return [kind for kind in settings.TIMELINE if kind["key"] in asked] or settings.TIMELINE


@require_safe
@login_required
def timeline(request, pk):
    rows = Customer.objects.visible_to(request.user).select_related("standing", "region")
    customer = get_object_or_404(rows, pk=pk)
    window = window_of(request.GET.dict(), today())
    shown = kinds_of(request.GET.getlist("kind"))
    entries = timeline_of(shown, request.user, customer, window.since, window.until)
    sales = {one.day: one.net for one in daily(customer, window.since, window.until + datetime.timedelta(days=1))}
    days = _by_day(entries, sales)
    context = {
        "customer": customer,
        "window": window,
        "earlier_href": _href(request, until=window.earlier),
        "later_href": window.later and _href(request, until=window.later if window.later < today() else None),
        "spans": SPANS,
        "kinds": _choices(request, shown),
        "days": days,
        "points": [{"value": net, "title": formats.date_format(day, "DATE_FORMAT")} for day, net in sales.items()],
        "has_sales": any(net is not None for net in sales.values()),
        "marks": [
            {
                "index": (one.day - window.since).days,
                "tone": told.entry.tone,
                "tip": f"{told.label} · {told.entry.title}",
            }
            for one in days
            for told in one.told
        ],
        "may_write": request.user.may_write,
    }
    return render(request, "customers/timeline.html", context)


def _by_day(entries: Sequence[TimelineEntry], sales: dict) -> list[Day]:
    known = {kind["key"]: kind for kind in settings.TIMELINE}
    told = [
        Told(number, known[entry.kind]["icon"], known[entry.kind]["label"], entry)
        for number, entry in enumerate(entries, 1)
    ]
    return [
        Day(day, sales.get(day), list(of_day))
        for day, of_day in groupby(told, key=lambda one: timezone.localdate(one.entry.at))
    ]


def _choices(request, shown: list[dict]) -> list[dict]:
    """Each kind with where its chip leads: it comes to those chosen or goes from them; none chosen stands for all."""
    every = len(shown) == len(settings.TIMELINE)
    chosen = [] if every else [kind["key"] for kind in shown]
    found = []
    for kind in settings.TIMELINE:
        on = kind["key"] in chosen
        after = [key for key in chosen if key != kind["key"]] if on else [*chosen, kind["key"]]
        found.append({**kind, "on": on, "href": _href(request, kind=after)})
    return found


def _href(request, **changes) -> str:
    params = request.GET.copy()
    for name, value in changes.items():
        if isinstance(value, list):
            params.setlist(name, value)
        elif value is None:
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else request.path
