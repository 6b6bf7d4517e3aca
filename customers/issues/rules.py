"""The brand's rules for issues as they stand, read for one action, page or job."""

from __future__ import annotations

import datetime

from django.utils import timezone

from crm.clock import start_of
from customers.issues.clocks import start_of_clock
from customers.issues.hours import WorkClock
from customers.issues.rulemodels import IssueTerms, IssueTime
from customers.issues.terms import OTHERS, USUAL, Terms, Time
from customers.relationship.branddays import days_worked


def brand_row() -> IssueTerms:
    """What is no matter of class and tier. One statement; where the row is gone, the usual one holds."""
    return IssueTerms.objects.filter(pk=1).first() or IssueTerms()


def terms_now() -> Terms:
    """Two statements. Where the brand's last row is gone, the usual one holds."""
    row = brand_row()
    found = IssueTime.objects.order_by().values_list("category", "tier", "answer_hours", "solve_hours")
    rows = {(category, tier): Time(answer, solve) for category, tier, answer, solve in found}
    return Terms(
        rows={(OTHERS, OTHERS): USUAL[OTHERS, OTHERS]} | rows if rows else USUAL,
        percents=tuple(row.percents),
        hours=row.hours,
        repeat_days=row.repeat_days,
        wave_days=row.wave_days,
        wave_customers=row.wave_customers,
    )


def start_moment(opened_at: datetime.datetime, reported_on: datetime.date) -> datetime.datetime:
    return start_of_clock(opened_at, timezone.localdate(opened_at), reported_on, start_of(reported_on))


def work_clock(terms: Terms) -> WorkClock:
    """One statement: the brand's calendar counts here too."""
    return WorkClock(terms.hours, timezone.get_default_timezone(), days_worked())
