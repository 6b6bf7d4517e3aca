"""Plans as pages and dealers read them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from customers.profile.models import Customer
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan, State


def plans(user) -> QuerySet[PromotionPlan]:
    rows = PromotionPlan.objects.visible_to(user)
    return rows.select_related("customer__standing", "made_by", "shown")


def of_customer(user, customer: Customer) -> QuerySet[PromotionPlan]:
    return plans(user).filter(customer=customer).order_by("-pk")


def versions_of(plan: PromotionPlan) -> list[PlanVersion]:
    """The latest first, with their signatures. Of a plan that came through `visible_to`."""
    signed = Prefetch("signatures", PlanSignature.objects.select_related("by"))
    return list(PlanVersion.objects.filter(plan=plan).select_related("by").prefetch_related(signed))


def for_dealer(customer: Customer) -> QuerySet[PromotionPlan]:
    """What a signed-in dealer may read: plans of their shop that were shown to them."""
    rows = PromotionPlan.objects.filter(customer=customer, shown__isnull=False)
    return rows.exclude(state=State.DRAFT).select_related("shown", "customer", "made_by")


def waiting_for(customer: Customer) -> QuerySet[PromotionPlan]:
    """Those without the dealer's word on the version that is shown."""
    signed = PlanSignature.objects.filter(side="customer").values("version_id")
    return for_dealer(customer).filter(state=State.SHOWN).exclude(shown__in=signed).order_by("starts_on", "pk")
