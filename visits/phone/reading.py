"""What is brought along on the phone: one's own visits of today and of the next working day, and their pages."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from django.urls import reverse

from crm.accounts.models import User
from crm.workdays import next_working_day
from visits.plan.models import PlannedVisit, State
from visits.plan.reading import rows_for

MOST = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """visit with the addresses of its pages; stamp: another one whenever they have to be brought anew."""

    visit: PlannedVisit
    brief: str
    report: str
    contact: str
    pages: list[str]
    stamp: str


def stops(user: User, day: datetime.date) -> list[Stop]:
    """Of one's own visits from `day` to the next working day that nobody called off, to customers one sees."""
    rows = rows_for(user, user).between(day, next_working_day(day)).filter(sees_customer=True)
    return [_stop(visit) for visit in rows.exclude(state=State.CANCELLED).in_order()[:MOST]]


def _stop(visit: PlannedVisit) -> Stop:
    customer = visit.customer_id
    told = "visits:report" if visit.is_reported else "visits:report-new"
    report = reverse(told, args=[visit.pk])
    brief = reverse("visits:brief", args=[visit.pk])
    contact = f"{reverse('contacts:new')}?customer={customer}"
    panel = f"{reverse('contacts:quick')}?customer={customer}"
    pages = [reverse("visits:detail", args=[visit.pk]), brief, report, contact, panel]
    stamp = f"{visit.version}-{visit.state}-{visit.is_reported:d}-{visit.customer.version}"
    return Stop(visit, brief, report, contact, pages, stamp)


def pages(found: list[Stop], day: datetime.date) -> list[tuple[str, str]]:
    """(address, stamp) of everything to keep, the list itself first; each address once."""
    whole = hashlib.sha256(repr((day, [(one.visit.pk, one.stamp) for one in found])).encode()).hexdigest()[:12]
    sheet = reverse("visits:sheet")
    days = dict.fromkeys([day, *(one.visit.day for one in found)])
    common = [reverse("visits:phone"), reverse("contacts:quick"), sheet, *(f"{sheet}?day={one}" for one in days)]
    kept = dict.fromkeys(common, whole)
    for one in found:
        kept |= {page: one.stamp for page in one.pages if page not in kept}
    return list(kept.items())
