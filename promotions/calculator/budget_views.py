"""Signing a plan that costs us more than the budgets hold: a head is asked."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.refusing import refusal_of
from customers.profile.doors import edits, number_of, refuse_readers
from promotions.budgets import holding
from promotions.budgets.asking import Asking, ask_page
from promotions.budgets.models import Source
from promotions.calculator import reading
from promotions.calculator.costing import brand_cost
from promotions.calculator.models import PromotionPlan, State


def asking_of(plan: PromotionPlan, variant: int) -> Asking:
    """Raises ValidationError for a plan that is not shown to its customer, or a variant there is not."""
    if plan.state != State.SHOWN or plan.shown is None:
        raise ValidationError(_("This plan is not open for an answer."), code="state")
    if variant >= len(plan.shown.terms["variants"]):
        raise refusal_of("variant", _("There is no such variant."), "variant")
    promise = holding.promise_of(plan.customer, plan.pk, brand_cost(plan.shown.terms, variant))
    return Asking(
        purpose=holding.Purpose(Source.PLAN, plan.pk),
        title=f"{plan.title} · {plan.customer.name}",
        more=[promise.draw],
        day=plan.starts_on,
        back=reverse("promotions:plan", args=[plan.pk]),
        but=Q(source=Source.PLAN, ref=plan.pk),
    )


@edits
@login_required
def ask(request, pk):
    """?variant= its place, from 0."""
    held = get_object_or_404(reading.plans(request.user), pk=pk)
    refuse_readers(request)
    variant = number_of(request.GET.get("variant", "")) or 0
    try:
        asking = asking_of(held, variant)
    except ValidationError:
        raise Http404 from None
    return ask_page(request, asking)
