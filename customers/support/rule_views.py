"""Pages of what is given by rule: entitlements and exceptions, budgets, and the report."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import Region
from crm.clock import today
from customers.profile.doors import customer_of, edits, number_of, refuse_readers
from customers.support import budgeting, reading, setting, words
from customers.support.entitlements import entitlement_of
from customers.support.entitling import next_quarter, quarter_from
from customers.support.forms import BudgetForm, EntitlementForm, ExceptionForm
from customers.support.models import Entitlement, EntitlementException, SupportBudget
from customers.support.showing import lines_of
from customers.support.tiering import policy_on
from customers.tiers.models import StandingState, Tier


@require_safe
@login_required
def entitlements(request):
    """What each tier gets now under the policy in force, what comes, and what was."""
    day = today()
    policy = policy_on(day)
    rows = Entitlement.objects.visible_to(request.user).select_related("made_by")
    rows = rows.filter(policy__code=policy.code) if policy is not None else rows.none()
    listed = list(rows.order_by("tier", "gives", "kind", "-since", "-pk"))
    now, others = [], []
    for _key, part in groupby(listed, key=lambda one: (one.tier, one.gives, one.kind)):
        held = None
        for one in part:
            one.text = words.said(one.gives, one.amount, one.period)
            if one.since <= day and held is None:
                held = one
            else:
                others.append(one)
        if held is not None and held.amount > 0:
            now.append(held)
    context = {
        "policy": policy,
        "tiers": [(letter, [one for one in now if one.tier == letter]) for letter in Tier.values],
        "coming": [one for one in others if one.since > day],
        "past": [one for one in others if one.since <= day],
        "may_write": request.user.is_admin and request.user.may_write and policy is not None,
    }
    return render(request, "customers/support/entitlements.html", context)


@edits
@login_required
def entitlement_new(request):
    if not (request.user.is_admin and request.user.may_write):
        raise PermissionDenied(_("Entitlements are set by administrators."))
    policy = policy_on(today())
    form = EntitlementForm(request.POST or None, initial={"since": today(), "tier": request.GET.get("tier", "")})
    if request.method == "POST" and form.is_valid():
        try:
            if policy is None:
                raise ValidationError(_("No tier policy has been adopted yet."), code="policy")
            setting.set_entitlement(policy=policy, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The entitlement is set."))
            return redirect("support:entitlements")
    context = {"form": form, "policy": policy}
    return render(request, "customers/support/entitlement_form.html", context, status=422 if form.errors else 200)


@edits
@login_required
def exception_new(request, pk):
    customer = customer_of(request, pk)
    refuse_readers(request)
    form = ExceptionForm(request.POST or None, initial={"since": today()})
    if request.method == "POST" and form.is_valid():
        try:
            setting.propose_exception(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Written down; it holds when somebody else has agreed."))
            return redirect("support:customer", pk=pk)
    context = {"customer": customer, "form": form, "lines": lines_of(entitlement_of(customer))}
    return render(request, "customers/support/exception.html", context, status=422 if form.errors else 200)


def _exception(request, pk) -> EntitlementException:
    rows = EntitlementException.objects.visible_to(request.user).select_related("customer__region")
    found = get_object_or_404(rows, pk=pk)
    refuse_readers(request)
    return found


@require_POST
@login_required
def exception_approve(request, pk):
    return _decide(request, pk, setting.approve_exception, _("Agreed: the exception holds."))


@require_POST
@login_required
def exception_drop(request, pk):
    return _decide(request, pk, setting.drop_exception, _("The exception is dropped."))


def _decide(request, pk, act, done: str):
    exception = _exception(request, pk)
    try:
        act(exception=exception, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
    return redirect("support:customer", pk=exception.customer_id)


@require_safe
@login_required
def budgets(request):
    """?quarter= its first day: every region in reach with its budget, and what is spent of it."""
    quarter = quarter_from(request.GET.get("quarter", ""), today())
    rows = budgeting.overview(request.user, quarter)
    context = {
        "rows": [(one, budgeting.may_overspend(request.user, one.region)) for one in rows],
        "quarter": quarter,
        "name": words.quarter(quarter),
        "previous": next_quarter(quarter, -1),
        "next": next_quarter(quarter),
        "may_write": request.user.may_write and (request.user.is_head or request.user.is_admin),
        "any_set": any(one.budget is not None for one in rows),
    }
    return render(request, "customers/support/budgets.html", context)


@edits
@login_required
def budget_set(request):
    """?region=&quarter=: filled in with what is set."""
    refuse_readers(request)
    if not (request.user.is_head or request.user.is_admin):
        raise PermissionDenied(_("Budgets of a region are set by its head or an administrator."))
    quarter = quarter_from(request.GET.get("quarter", ""), today())
    number = number_of(request.GET.get("region", ""))
    region = get_object_or_404(Region.objects.visible_to(request.user), pk=number) if number is not None else None
    held = SupportBudget.objects.visible_to(request.user).filter(region=region, quarter=quarter).first()
    initial = {"region": region, "quarter": quarter.isoformat(), "version": held.version if held is not None else 0}
    if held is not None:
        initial |= {"amount": held.amount, "note": held.note}
    form = BudgetForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if (given["region"], given["quarter"]) != (region, quarter):
            given["version"] = None  # another one than was looked at
        try:
            budgeting.set_budget(by=request.user, **given)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The budget is set."))
            return redirect(f"{reverse('support:budgets')}?quarter={given['quarter']}")
    context = {"form": form}
    return render(request, "customers/support/budget_form.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def report(request):
    """Asked, given and brought by region and tier over the 12 months that tiers count, and who of B and C got it."""
    state = StandingState.objects.filter(pk=1).first()
    as_of = state.figures_as_of if state is not None and state.figures_as_of is not None else today()
    found = reading.report(request.user, as_of)
    context = {
        "found": found,
        "first": found.windows.w0.start,
        "last": found.windows.w0.last_day,
        "small": [(one, found.names[one.small.id]) for one in found.small.lines],
    }
    return render(request, "customers/support/report.html", context)
