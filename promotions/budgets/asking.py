"""The page on which somebody asks to go over a budget; who promises money shows it for what they promise."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.accounts.models import User
from customers.profile.doors import tell
from customers.profile.models import Customer
from customers.support.entitling import quarter_of
from promotions.budgets import approving, holding, reading
from promotions.budgets.drawing import Draw
from promotions.budgets.forms import AskForm
from promotions.budgets.holding import Purpose
from promotions.budgets.models import BudgetApproval


@dataclass(frozen=True, slots=True)
class Asking:
    """What money is wanted for. day: any of the quarter it counts in. but: what is promised for it already."""

    purpose: Purpose
    title: str
    more: Sequence[Draw]
    day: datetime.date
    back: str
    but: Q | None = None


def excess_shown(user, asking: Asking) -> list[dict]:
    """A row for each budget that this does not fit into: how it stands, what is needed, how much is over. Figures only
    of regions in reach.
    """
    found = holding.excess_of(asking.more, quarter_of(asking.day), but=asking.but)
    if not found:
        return []
    reach = reach_of(user)
    known = reading.stands([budget for budget, _one in found], but=asking.but)
    agreed = holding.allowed(asking.purpose, [budget.pk for budget, _one in found])
    rows = []
    for (budget, excess), stand in zip(found, known, strict=True):
        seen = reach.everywhere or budget.region_id in reach.region_ids
        rows.append(
            {
                "name": holding.name_of(budget),
                "stand": stand if seen else None,
                "needed": excess.needed,
                "over": excess.over if seen else None,
                "agreed": excess.needed <= agreed.get(budget.pk, 0),
            }
        )
    return rows


def room_of(user, customer: Customer, day: datetime.date) -> list[tuple[str, reading.Stand]]:
    """How the budgets stand that promising something to a customer would draw on; those of regions in reach."""
    path, tier = Customer.objects.filter(pk=customer.pk).values_list("region__path", "standing__tier").get()
    reach = reach_of(user)
    budgets = [
        one
        for one in reading.drawn_on([(path, tier or "")], quarter_of(day))
        if reach.everywhere or one.region_id in reach.region_ids
    ]
    return [(holding.name_of(one.budget), one) for one in reading.stands(budgets)]


def ask_for(asking: Asking, *, by: User, why: str) -> list[BudgetApproval]:
    """Ask the heads. Raises ValidationError where it fits, or no reason is given."""
    return approving.ask(
        purpose=asking.purpose, title=asking.title, more=asking.more, day=asking.day, but=asking.but, by=by, why=why
    )


def ask_page(request, asking: Asking):
    """GET shows how far it goes over; POST asks."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for(asking, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Asked. You are told when it is decided."))
            return redirect(asking.back)
    rows = BudgetApproval.objects.filter(source=asking.purpose.source, ref=asking.purpose.ref)
    context = {
        "form": form,
        "asking": asking,
        "rows": excess_shown(request.user, asking),
        "asked": rows.select_related("budget__region", "asked_by", "decided_by")[:10],
    }
    return render(request, "promotions/budgets/ask.html", context, status=422 if form.errors else 200)
