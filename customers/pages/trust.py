"""A customer's trust in us: what was paid in and drawn out, both readings, and the three complaints against facts."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.clock import today
from crm.panels import Panel
from crm.periods import month_of, shift_month
from customers.profile.models import Customer
from customers.support.reading import over_time
from customers.support.words import trend_sentence
from customers.tiers.policies import cadence_of_tiers
from customers.trust import evidence, ledger, reading
from customers.trust.silence import silence
from customers.trust.unheard import last_days
from customers.trust.unheard import unheard as silent_ones

MONTHS = 12
SHOWN = 100


@require_safe
@login_required
def trust(request, pk):
    rows = Customer.objects.visible_to(request.user).select_related("standing", "region")
    customer, day = get_object_or_404(rows, pk=pk), today()
    moved = reading.movements(customer, ledger.a_year_before(day), day)
    theirs, hidden = reading.theirs_of(request.user, customer, day)
    found = ledger.read(moved, day, theirs, hidden=hidden)
    months = [shift_month(month_of(day), n - MONTHS + 1) for n in range(MONTHS)]
    context = {
        "customer": customer,
        "reading": found,
        "kinds": [(reading.kind_name(kind), n, kind in ledger.DEPOSITS) for kind, n in found.by_kind],
        "points": [
            {
                "label": str(one.month.month),
                "title": formats.date_format(one.month, "YEAR_MONTH_FORMAT"),
                "value": one.deposits,
                "reference": one.withdrawals,
            }
            for one in ledger.by_month(moved, months)
        ],
        "movements": [(one, reading.kind_name(one.kind)) for one in moved[:SHOWN]],
        "more": len(moved) > SHOWN,
        "need": ledger.NEED,
        "own_way": evidence.own_way_of(customer, day),
        "business": evidence.no_business_of(customer, day),
        "balance": (balance := over_time(customer, day).balance),
        "balance_sentence": trend_sentence(balance),
        "silence": _silence(customer, day),
    }
    return render(request, "customers/trust/customer.html", context)


def _silence(customer: Customer, day: datetime.date):
    tier = getattr(getattr(customer, "standing", None), "tier", "")
    return silence(last_days([customer.pk])[customer.pk], tier, day, cadence_of_tiers().get(tier))


def panel(request, *, customer: Customer, **context) -> Panel:
    """Both readings and whether anything was heard of late. Six statements: customer came through `visible_to`."""
    day = today()
    found = reading.reading_of(request.user, customer, day)
    values = {"customer": customer, "reading": found, "silence": _silence(customer, day), "need": ledger.NEED}
    return Panel("customers/trust/_panel.html", values, "side")


@require_safe
@login_required
def unheard(request):
    """?tier=A: only those."""
    customers = Customer.objects.visible_to(request.user)
    tier = request.GET.get("tier", "")
    if tier in ("A", "B", "C"):
        customers = customers.filter(standing__tier=tier)
    rows = silent_ones(customers, today(), cadence=cadence_of_tiers())
    context = {"rows": rows, "tier": tier, "tiers": ("A", "B", "C"), "title": _("Nothing heard"), "tab": "unheard"}
    return render(request, "customers/trust/unheard.html", context)
