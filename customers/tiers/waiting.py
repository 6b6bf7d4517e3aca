"""Whom to call because of what they sell: the silent, the fallen, a step from A; and what Today shows of a shop."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.shell import numbers
from crm.today.ranking import Task
from crm.today.reading import Shop
from customers.profile.colleagues import theirs
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn
from customers.tiers import reading
from customers.tiers.models import FELL, StandingState, TierDecision, TierRun, TierStanding

QUIET_DAYS = 14
"""A customer of tier A or B that sold nothing for so long is asked after."""
MOST_QUIET = 365
"""Who has been silent for longer is no call of today."""
RECENT_DAYS = 31
MOST = 30
STEPS = 5
STEP_SHARE = Decimal("0.5")
"""A step from A is at most so much more than what was sold in 12 months."""


def tasks(user, day: datetime.date) -> list[Task]:
    """At most one line a customer: silent, else fallen, else a step from A. Four statements."""
    state = reading.state()
    until = (state.figures_as_of if state else None) or day
    found: dict[int, Task] = {}
    own = theirs(user, day)
    for task in (*silent(user, until, own), *fallen(user, until, own), *close_to_a(user, state, own)):
        assert task.customer_id is not None
        found.setdefault(task.customer_id, task)
    return list(found.values())


def _card(pk: int) -> str:
    return reverse("customers:detail", args=[pk])


def silent(user, until: datetime.date, own: Q) -> list[Task]:
    first, last = (until - datetime.timedelta(days=n) for n in (MOST_QUIET, QUIET_DAYS))
    rows = TierStanding.objects.visible_to(user).filter(own, open_now=True, tier__in=("A", "B"))
    rows = rows.filter(last_sold_on__lt=last, last_sold_on__gte=first).order_by("-w0", "customer_id")
    found = []
    for pk, sold_on in rows.values_list("customer_id", "last_sold_on")[:MOST]:
        days = (until - sold_on).days
        reason = ngettext("No sales for %(n)d day: call and ask.", "No sales for %(n)d days: call and ask.", days)
        found.append(
            Task(
                key=f"silent:{pk}:{sold_on}",
                kind="silent",
                icon="clock-exclamation",
                tone="bad",
                reason=reason % {"n": days},
                url=_card(pk),
                customer_id=pk,
                days_of_sales=days,
                late=days - QUIET_DAYS,
            )
        )
    return found


def fallen(user, until: datetime.date, own: Q) -> list[Task]:
    """Who lost a tier lately and has not won it back, the largest first."""
    since = until - datetime.timedelta(days=RECENT_DAYS)
    decisions = (
        TierDecision.objects.visible_to(user)
        .filter(FELL, own, as_of__gt=since, customer__standing__tier=F("tier"))
        .exclude(run__mode=TierRun.Mode.REPLAY)
        .select_related("customer__standing")
        .order_by("-w0", "-pk")
    )
    return [
        Task(
            key=f"fallen:{one.pk}",
            kind="fallen",
            icon="trending-down",
            tone="warn",
            reason=_("Fell from %(before)s to %(after)s on %(day)s.")
            % {
                "before": one.previous_tier,
                "after": one.tier,
                "day": formats.date_format(one.as_of, "MONTH_DAY_FORMAT"),
            },
            url=_card(one.customer_id),
            customer_id=one.customer_id,
            days_of_sales=30,
            late=(until - one.as_of).days,
        )
        for one in decisions[:MOST]
    ]


def close_to_a(user, state: StandingState | None, own: Q) -> list[Task]:
    return [
        Task(
            key=f"step:{row.customer_id}",
            kind="step",
            icon="target",
            tone="info",
            reason=_("%(amount)s more in 12 months makes it A.")
            % {"amount": numbers.money_up(lacking, settings.CURRENCY)},
            url=_card(row.customer_id),
            customer_id=row.customer_id,
            days_of_sales=3,
        )
        for row, lacking in reading.just_below(user, STEPS, state, own)
        if lacking <= row.w0 * STEP_SHARE
    ]


def shops(user, ids: Collection[int], day: datetime.date) -> dict[int, Shop]:
    """{id: what Today shows}, of those in this person's reach. Three statements at most.

    A special customer is its dedicated person's to look after too, whoever is in charge of it.
    """
    held = Responsibility.objects.in_force(day).filter(customer=OuterRef("pk")).order_by("-since").values("user_id")[:1]
    rows = Customer.objects.visible_to(user).filter(pk__in=ids).select_related("standing")
    given = SpecialCare.objects.in_force(day).filter(customer=OuterRef("pk"), user_id=user.pk).order_by()
    customers = list(rows.annotate(in_charge=Subquery(held), dedicated=Exists(given)))
    people = User.objects.in_bulk({one.in_charge for one in customers if one.in_charge is not None})
    spells = StandIn.objects.visible_to(user).in_force(day).filter(stand_in=user)
    covered = set(spells.values_list("absent_id", flat=True))
    return {
        one.pk: Shop(
            name=one.name,
            tier=getattr(getattr(one, "standing", None), "tier", ""),
            phone=one.phone,
            yearly=getattr(getattr(one, "standing", None), "w0", None),
            owner_id=one.in_charge,
            owner=str(people[one.in_charge]) if one.in_charge is not None else "",
            mine=one.in_charge is None or one.dedicated or one.in_charge in (user.pk, *covered),
        )
        for one in customers
    }
