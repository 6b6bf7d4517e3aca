"""What the business block of a profile fills in by itself, from the ledgers and from facts that belong together."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.profile.models import Customer
from customers.receivables import reading
from customers.receivables.views import months_open


@dataclass(frozen=True, slots=True)
class Filled:
    """form says how the template writes the value: money, growth, percent, text."""

    label: Any
    value: Any
    form: str
    source: str


def filled_in(customer: Customer, day: datetime.date) -> list[Filled]:
    """Sales from the standing that came along with the customer; money owed and cost recovery. One statement."""
    account = reading.account(customer, day)
    return [*_sales(customer), *(_owed(account) if account.known else ()), *_recovered(account, customer, day)]


def _sales(customer: Customer) -> list[Filled]:
    standing = getattr(customer, "standing", None)
    if standing is None or (not standing.w0 and not standing.w1):
        return []
    source = _("from the sales ledger")
    found = [
        Filled(_("Sales, last 12 full months"), standing.w0, "money", source),
        Filled(_("The 12 months before"), standing.w1, "money", source),
    ]
    if standing.growth is not None:
        found.append(Filled(_("Growth"), Decimal(standing.growth) / 10000, "growth", source))
    return found


def _owed(account: reading.Account) -> list[Filled]:
    source = _("from open items and payments")
    found = [
        Filled(_("Owed"), account.ageing.owed, "money", source),
        Filled(_("Overdue"), account.ageing.overdue, "money", source),
    ]
    if account.paying.weighted is not None:
        n = account.paying.n
        of = ngettext("of %(n)d invoice in 12 months", "of %(n)d invoices in 12 months", n) % {"n": n}
        found.append(Filled(_("Average days late"), account.paying.weighted, "text", of))
    return found


def _recovered(account: reading.Account, customer: Customer, day: datetime.date) -> list[Filled]:
    recovery = account.terms.recovery(months_open(customer, day))
    if recovery.share is None:
        return []
    if recovery.is_back:
        source = _("from investment and profit a month; it is back")
    elif recovery.months_to_recovery is None:
        source = _("from investment and profit a month; the profit does not cover it")
    else:
        months = recovery.months_to_recovery - recovery.months
        text = ngettext(
            "from investment and profit a month; %(n)d month to go",
            "from investment and profit a month; %(n)d months to go",
            months,
        )
        source = text % {"n": months}
    return [Filled(_("Opening investment recovered"), recovery.share, "percent", source)]
