"""The page of a quarter: its weeks, what each lacks, and a draft of the whole of it."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.clock import is_meant, today
from crm.workdays import is_announced, next_working_day
from visits.plan import quarterly, rhythm_words, weeks
from visits.plan.actions import AHEAD_DAYS
from visits.plan.choosing import people_filter, somebody
from visits.plan.quarterly import Line
from visits.plan.weeks import Quarter

SECONDS = 30
"""For the search of a quarter: more of them find shorter ways (routing.md §7)."""


def _quarter(text: str) -> Quarter:
    this, asked = weeks.quarter_of(today()), weeks.named(text)
    return asked if asked is not None and is_meant(asked.first) else this


@require_safe
@login_required
def quarter(request):
    """?quarter=2026-Q4&person=ID: the weeks of a quarter, planned and made against the days there are."""
    shown, day = _quarter(request.GET.get("quarter", "")), today()
    person = somebody(request)
    context: dict[str, Any] = {
        "quarter": shown,
        "previous": str(shown.previous),
        "next": str(shown.next),
        "is_this": shown == weeks.quarter_of(day),
        "person": person,
    }
    if person is not None:
        lines, pace = quarterly.lines_of(request.user, person, shown, day)
        context |= {
            "lines": [_told(one, day) for one in lines],
            "sums": _sums(lines),
            "pace": pace,
            "filters": people_filter(request, person),
            "confirmed": is_announced(shown.year),
            "span": span(shown, day) if request.user.may_write else None,
            "why_not": why_not(shown, day) if request.user.may_write else "",
            "seconds": SECONDS,
        }
    return render(request, "visits/planning/quarter.html", context)


def _told(one: Line, day: datetime.date) -> dict[str, Any]:
    return {
        "one": one,
        "free": rhythm_words.number(one.free),
        "is_now": one.week.first <= day <= one.week.last,
        "to": max(one.week.first, day) if one.week.last >= day else one.week.first,
    }


def _sums(lines: list[Line]) -> dict[str, Any]:
    return {
        "free": rhythm_words.number(sum((one.free for one in lines), start=lines[0].free * 0)),
        **{name: sum(getattr(one, name) for one in lines) for name in ("planned", "agreed", "made", "minutes", "room")},
        **{name: sum(getattr(one, name) or 0 for one in lines) for name in ("due", "broken")},
    }


def span(shown: Quarter, day: datetime.date) -> tuple[datetime.date, datetime.date] | None:
    """The days a draft of it would plan: those that are left, from the next working day on; None: it cannot."""
    first = max(next_working_day(day), shown.first)
    if first > shown.last or (shown.last - day).days > AHEAD_DAYS:
        return None
    return first, shown.last


def why_not(shown: Quarter, day: datetime.date) -> str:
    """Why no draft is made of it; "" where one is."""
    if span(shown, day) is not None:
        return ""
    if shown.last > day:
        return _("Visits are planned %(days)d days ahead at most.") % {"days": AHEAD_DAYS}
    return _("Its days have passed.")
