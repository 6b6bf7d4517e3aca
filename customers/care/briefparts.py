"""What a brief tells of people, promises and money."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from crm.shell import numbers
from customers.people.models import PersonRole
from customers.receivables.models import Promise, Side
from customers.receivables.reading import ageings

Parts = dict[int, dict[str, Any]]
MOST = 8
"""So many people and promises of each customer."""


def people(ids: list[int], day: datetime.date) -> Parts:
    """Who stands with it now, the first to call first. Birthdays, notes and relations are left to their page."""
    found: Parts = {}
    rows = PersonRole.objects.in_force(day).filter(customer_id__in=ids).select_related("person")
    for one in rows.order_by("customer_id", "-is_primary", "pk"):
        lines = found.setdefault(one.customer_id, {"key": "people", "lines": []})["lines"]
        if len(lines) < MOST:
            said = {"name": one.person.name, "role": one.called, "phone": one.person.phone}
            lines.append(_("%(name)s, %(role)s, %(phone)s") % said if said["phone"] else _("%(name)s, %(role)s") % said)
    return found


def promises(ids: list[int], day: datetime.date) -> Parts:
    """What is open on either side, the next due first."""
    found: Parts = {}
    for one in Promise.objects.open().filter(customer_id__in=ids).order_by("customer_id", "due_on", "pk"):
        lines = found.setdefault(one.customer_id, {"key": "promises", "lines": []})["lines"]
        if len(lines) < MOST:
            amount = "" if one.amount is None else numbers.money(one.amount, settings.CURRENCY)
            what = _(", ").join(part for part in (one.what, amount) if part)
            said = {"what": what, "day": formats.date_format(one.due_on, "DATE_FORMAT")}
            text = (
                _("We promised by %(day)s: %(what)s")
                if one.made_by == Side.US
                else _("They promised by %(day)s: %(what)s")
            )
            lines.append(text % said)
    return found


def money(ids: list[int], day: datetime.date) -> Parts:
    """What it owes, and how much of that is late."""
    found: Parts = {}
    for pk, owed in ageings(ids, day).items():
        said = {
            "owed": numbers.money(owed.owed, settings.CURRENCY),
            "late": numbers.money(owed.overdue, settings.CURRENCY),
            "days": owed.oldest,
        }
        if owed.overdue:
            line = _("It owes %(owed)s, of which %(late)s is overdue, the oldest by %(days)d days.") % said
        else:
            line = _("It owes %(owed)s, none of it overdue.") % said
        found[pk] = {"key": "money", "lines": [line]}
    return found
