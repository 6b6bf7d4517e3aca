"""Where dealers look at a promotion planned with them, put in their own costs, and sign the version both saw."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from customers.portal.door import dealers_only
from promotions.calculator import actions, reading, showing
from promotions.calculator.forms import OwnCostsForm, signed_of
from promotions.calculator.models import PromotionPlan, SignatureSide
from promotions.calculator.terms import SIDES


def _plan(request, pk) -> PromotionPlan:
    return get_object_or_404(reading.for_dealer(request.portal.account.customer), pk=pk)


def _too_often(request) -> bool:
    return not ratelimit.consume(request, action="portal_promotion", key=str(request.portal.account_id))


def _page(request, plan: PromotionPlan, *, costs: OwnCostsForm | None = None, flaw: str = ""):
    version = plan.shown
    own = version.terms.get("own") or {}
    initial = {"seen": version.number, "staff": own.get("staff") or None, "other": own.get("other") or None}
    sides = SIDES if plan.shows_brand else ("customer",)
    signed = {one.side: one for one in version.signatures.select_related("by")}
    context = {
        "plan": plan,
        "held": version,
        "result": showing.shown(version.terms, sides=sides),
        "ends_on": showing.ends_on(plan.starts_on, version.terms),
        "costs": costs or OwnCostsForm(initial=initial, auto_id="own-%s"),
        "signed": signed,
        "flaw": flaw,
    }
    flaws = flaw or (costs is not None and costs.errors)
    return render(request, "portal/promotion.html", context, status=422 if flaws else 200)


@require_safe
@dealers_only
def plan(request, pk):
    return _page(request, _plan(request, pk))


@require_POST
@dealers_only
def costs(request, pk):
    held = _plan(request, pk)
    form = OwnCostsForm(request.POST, auto_id="own-%s")
    if form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        said = form.cleaned_data
        typed = {name: "" if said[name] is None else str(said[name]) for name in ("staff", "other")}
        try:
            actions.put_own_costs(
                plan=held, told_by=request.portal.account.name, seen=said["seen"], note=said["note"], **typed
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return redirect("promotions_portal:plan", pk=pk)
    return _page(request, held, costs=form)


@require_POST
@dealers_only
def sign(request, pk):
    held = _plan(request, pk)
    if _too_often(request):
        return ratelimit.respond_429(request)
    variant, seen = signed_of(request.POST)
    try:
        told_by = request.portal.account.name
        actions.sign(plan=held, variant=variant, side=SignatureSide.CUSTOMER, seen=seen, told_by=told_by)
    except ValidationError as refusal:
        return _page(request, held, flaw=" ".join(refusal.messages))
    return redirect("promotions_portal:plan", pk=pk)


@require_POST
@dealers_only
def drop(request, pk):
    """They do not want it."""
    held = _plan(request, pk)
    try:
        actions.drop_plan(plan=held, why=request.POST.get("why", ""), told_by=request.portal.account.name)
    except ValidationError as refusal:
        return _page(request, held, flaw=" ".join(refusal.messages))
    return redirect("promotions_portal:plan", pk=pk)
