"""Pages of promotion budgets: the quarter, setting one, what draws on it, and who may go over."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.accounts.models import Region
from crm.clock import today
from crm.listing.keyset import Order, page
from customers.profile.doors import edits, number_of, refuse_readers, tell
from customers.support.budgeting import may_overspend
from customers.support.entitling import next_quarter, quarter_from
from customers.support.words import quarter as quarter_name
from customers.tiers.models import Tier
from promotions.budgets import approving, reading, setting
from promotions.budgets.forms import BudgetForm, DecideForm
from promotions.budgets.holding import name_of
from promotions.budgets.models import ApprovalState, PromotionBudget, Source

NEWEST = Order("promised", "pk", form="int")
PAGES = {Source.PROMOTION: "promotions:run", Source.PLAN: "promotions:plan", Source.PART: "promotions:part"}
MOST = 50


def budget_of(request, pk) -> PromotionBudget:
    rows = PromotionBudget.objects.visible_to(request.user).select_related("region")
    return get_object_or_404(rows, pk=pk)


def address_of(source: str, ref: int) -> str:
    return reverse(PAGES[Source(source)], args=[ref])


@require_safe
@login_required
def budgets(request):
    """?quarter= its first day: the budgets in reach, and questions about going over one."""
    user, quarter = request.user, quarter_from(request.GET.get("quarter", ""), today())
    asked = reading.approvals(user).filter(state=ApprovalState.WAITING)[:MOST]
    context = {
        "rows": [(one, may_overspend(user, one.budget.region)) for one in reading.of_quarter(user, quarter)],
        "asked": [(one, name_of(one.budget)) for one in asked],
        "quarter": quarter,
        "name": quarter_name(quarter),
        "previous": next_quarter(quarter, -1),
        "next": next_quarter(quarter),
        "may_write": user.may_write and (user.is_head or user.is_admin),
    }
    return render(request, "promotions/budgets/list.html", context)


@require_safe
@login_required
def detail(request, pk):
    """One budget: how it stands, and what draws on it."""
    held, user = budget_of(request, pk), request.user
    found = page(
        reading.uses_of(user, held).order_by(),
        NEWEST,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "budget": held,
        "name": name_of(held),
        "stand": reading.stands([held])[0],
        "page": found,
        "lines": [(one, address_of(one.source, one.ref)) for one in found.rows],
        "asked": reading.approvals(user).filter(budget=held)[:MOST],
        "may_change": may_overspend(user, held.region),
    }
    return render(request, "promotions/budgets/detail.html", context)


@edits
@login_required
def budget_set(request):
    """?region=&tier=&quarter=: filled in with what is set."""
    refuse_readers(request)
    user = request.user
    if not (user.is_head or user.is_admin):
        raise PermissionDenied(_("Budgets of a region are set by its head or an administrator."))
    quarter, tier = quarter_from(request.GET.get("quarter", ""), today()), request.GET.get("tier", "")
    number = number_of(request.GET.get("region", ""))
    region = get_object_or_404(Region.objects.visible_to(user), pk=number) if number is not None else None
    tier = tier if tier in Tier.values else ""
    held = PromotionBudget.objects.visible_to(user).filter(region=region, tier=tier, quarter=quarter).first()
    initial = {"region": region, "tier": tier, "quarter": quarter.isoformat(), "basis": "fixed", "version": 0}
    if held is not None:
        initial |= {"basis": held.basis, "rate": held.rate, "note": held.note, "version": held.version}
        initial |= {"amount": held.amount if held.rate is None else None}
    form = BudgetForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if (given["region"], given["tier"], given["quarter"]) != (region, tier, quarter):
            given["version"] = None  # another one than was looked at
        try:
            setting.set_budget(by=user, **given)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The budget is set."))
            return redirect(f"{reverse('promotions:budgets')}?quarter={given['quarter']}")
    return render(request, "promotions/budgets/set.html", {"form": form}, status=422 if form.errors else 200)


@edits
@login_required
def approval(request, pk):
    """A question about going over a budget, with the figures it is judged by."""
    held, user = get_object_or_404(reading.approvals(request.user), pk=pk), request.user
    may = (
        held.state == ApprovalState.WAITING and may_overspend(user, held.budget.region) and held.asked_by_id != user.pk
    )
    if request.method == "POST":
        refuse_readers(request)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            agrees = request.POST.get("agrees") == "1"
            approving.decide(approval=held, agrees=agrees, by=user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Decided."))
            return redirect("promotions:budgets")
    stand = reading.stands([held.budget])[0]
    context = {
        "asked": held,
        "name": name_of(held.budget),
        "stand": stand if PromotionBudget.objects.visible_to(user).filter(pk=held.budget_id).exists() else None,
        "address": address_of(held.source, held.ref),
        "form": form,
        "may_decide": may,
    }
    return render(request, "promotions/budgets/approval.html", context, status=422 if form.errors else 200)
