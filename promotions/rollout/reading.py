"""Promotions as they stand: where each customer is, what waits, what runs at the same time."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.profile.models import Customer
from promotions.rollout.models import Answer, Execution, Participation, Promotion, State

_IN = Q(answer=Answer.ACCEPTED)
_OPEN = _IN & Q(compliance="", settled_on__isnull=True)
_WITHOUT = Q(promotion__materials=[])
STAGES = {
    "invited": (_("no answer yet"), Q(answer=Answer.INVITED)),
    "countered": (_("wants it otherwise"), Q(answer=Answer.COUNTERED)),
    "accepted": (_("materials to send"), _OPEN & ~_WITHOUT & Q(sent_on__isnull=True, received_on__isnull=True)),
    "sent": (_("materials under way"), _OPEN & ~_WITHOUT & Q(sent_on__isnull=False, received_on__isnull=True)),
    "ready": (pgettext_lazy("participation", "ready or running"), _OPEN & (_WITHOUT | Q(received_on__isnull=False))),
    "judged": (_("to settle"), _IN & ~Q(compliance="") & Q(settled_on__isnull=True)),
    "settled": (pgettext_lazy("participation", "settled"), _IN & Q(settled_on__isnull=False)),
    "declined": (_("does not take part"), Q(answer=Answer.DECLINED)),
}
"""The lanes of the board, in order: {key: (name, condition)}; `Participation.stage` is the same of one row."""


def promotions(user) -> QuerySet[Promotion]:
    return Promotion.objects.visible_to(user).select_related("made_by")


def counts(user, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """{promotion: {stage: how many, "all": in all}} of those in reach; one statement."""
    rows = Participation.objects.visible_to(user).counting().filter(promotion_id__in=list(ids)).order_by()
    named = {key: Count("pk", filter=condition) for key, (_name, condition) in STAGES.items()}
    found = rows.values("promotion_id").annotate(all=Count("pk"), **named)
    return {one.pop("promotion_id"): one for one in found}


def participations(user, promotion: Promotion, stage: str = "") -> QuerySet[Participation]:
    rows = Participation.objects.visible_to(user).counting().filter(promotion=promotion)
    rows = rows.filter(STAGES[stage][1]) if stage in STAGES else rows
    return rows.select_related("customer__standing", "promotion")


def one(user) -> QuerySet[Participation]:
    rows = Participation.objects.visible_to(user).counting()
    return rows.select_related("promotion", "customer__standing", "judged_by", "plan")


def executions_of(participation: Participation) -> list[Execution]:
    """The latest first. Of one that came through `visible_to`."""
    return list(Execution.objects.filter(participation=participation).select_related("by", "photo"))


def of_customer(user, customer: Customer) -> QuerySet[Participation]:
    return one(user).filter(customer=customer)


def overlapping(user, promotion: Promotion) -> QuerySet[Participation]:
    """Of the customers that take part (or were asked), what else runs at the same time, in reach."""
    mine = Participation.objects.counting().filter(promotion=promotion).exclude(answer=Answer.DECLINED)
    rows = Participation.objects.visible_to(user).counting().exclude(promotion=promotion)
    rows = rows.exclude(answer=Answer.DECLINED).filter(customer_id__in=mine.order_by().values("customer_id"))
    rows = rows.filter(promotion__starts_on__lte=promotion.ends_on, promotion__ends_on__gte=promotion.starts_on)
    return rows.exclude(promotion__state=State.DROPPED).select_related("promotion", "customer").order_by("customer_id")


def calendar(user, first: datetime.date, last: datetime.date) -> list[tuple[Promotion, int]]:
    """(promotion, how many of its customers in reach run another at the same time) of a span. Two statements."""
    rows = promotions(user).filter(starts_on__lte=last, ends_on__gte=first).exclude(state=State.DROPPED)
    found = list(rows.order_by("starts_on", "pk")[:200])
    taking = Participation.objects.visible_to(user).counting().exclude(answer=Answer.DECLINED)
    others = Participation.objects.counting().filter(
        customer=OuterRef("customer"),
        promotion__starts_on__lte=OuterRef("promotion__ends_on"),
        promotion__ends_on__gte=OuterRef("promotion__starts_on"),
    )
    others = others.exclude(answer=Answer.DECLINED).exclude(promotion__state=State.DROPPED)
    others = others.exclude(promotion=OuterRef("promotion"))
    twice = taking.filter(Exists(others), promotion__in=[one.pk for one in found])
    counted = twice.order_by().values("promotion_id").annotate(n=Count("pk"))
    clashes = dict(counted.values_list("promotion_id", "n"))
    return [(one, clashes.get(one.pk, 0)) for one in found]


# --- for dealers --------------------------------------------------------------------------------------------------


def for_dealer(customer: Customer) -> QuerySet[Participation]:
    """Promotions a signed-in dealer was asked to take part in."""
    rows = Participation.objects.counting().filter(customer=customer)
    return rows.exclude(promotion__state__in=[State.DRAFT, State.DROPPED]).select_related("promotion", "customer")


def shown_to(customer: Customer, day: datetime.date) -> QuerySet[Participation]:
    """Those to answer, and those that they take part in and are not over, for their home."""
    rows = for_dealer(customer).filter(promotion__state=State.OPEN).exclude(answer=Answer.DECLINED)
    return rows.filter(Q(promotion__ends_on__gte=day) | Q(settled_on__isnull=True)).order_by(
        "promotion__starts_on", "pk"
    )


def with_executions(rows: QuerySet[Participation]) -> QuerySet[Participation]:
    return rows.prefetch_related(Prefetch("executions", Execution.objects.order_by("-seen_on", "-pk")))
