"""Six shops of East in Tao's charge around Hangzhou, one of which nobody knows where it is; working days ahead."""

from __future__ import annotations

import datetime
import os
from decimal import Decimal

os.environ.setdefault("QIAO_PLAIN", "1")  # compiling takes longer than these searches

import pytest

from crm.clock import today
from crm.workdays import next_working_day
from customers.models import TierStanding
from customers.profile.actions import assign, create_customer
from visits.models import WorkingDay
from visits.plan.actions import plan_visit
from visits.planning import actions, proposing

SINCE = datetime.date(2026, 1, 1)
HOME = (30.25, 120.15)
TIERS = "AABBCC"


def ahead(n: int) -> datetime.date:
    """The nth working day after today."""
    day = today()
    for _n in range(n):
        day = next_working_day(day)
    return day


@pytest.fixture
def shops(regions, cast):
    """S0 to S4 lie a few km apart, north of home; S5 has no position."""
    made = []
    for n, tier in enumerate(TIERS):
        at = {} if n == 5 else {"latitude": Decimal(f"30.{30 + 2 * n}"), "longitude": Decimal("120.15")}
        shop = create_customer(code=f"S{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu, **at)
        TierStanding.objects.update_or_create(
            customer=shop, defaults={"tier": tier, "kind": shop.kind, "region": regions.jiangsu}
        )
        made.append(shop)
    assign(customers=made, user=cast.tao, since=SINCE)
    WorkingDay.objects.create(user=cast.tao, latitude=HOME[0], longitude=HOME[1])
    return made


@pytest.fixture
def planned(shops, cast):
    """A visit to S0 the next working day, one to S1 the day after, which is agreed for ten o'clock."""
    first = plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(1), by=cast.tao)
    second = plan_visit(
        customer=shops[1],
        visitor=cast.tao,
        day=ahead(2),
        starts_at=datetime.time(10),
        is_agreed=True,
        by=cast.tao,
    )
    return first, second


def drafted(visitor, first, last, by=None):
    draft = actions.ask(visitor=visitor, first=first, last=last, by=by, seconds=1, as_job=False)
    proposing.keep(draft, proposing.propose(draft))
    return draft
