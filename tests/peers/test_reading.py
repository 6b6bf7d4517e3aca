"""Findings read from the books: who counts as a peer, flat statements, and never a peer's name."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import StandingState
from customers.peers.reading import compared
from customers.peers.words import sentence
from customers.profile.actions import create_customer
from customers.sales.models import SaleLine
from customers.tiers.models import TierStanding

pytestmark = pytest.mark.django_db
AS_OF = datetime.date(2026, 3, 31)


def shop(region, code: str, pattern, yearly: int, kind: str = "franchisee"):
    made = create_customer(code=code, name=f"PEERMARK {code}", kind=kind, region=region)
    TierStanding.objects.update_or_create(
        customer=made, defaults={"kind": kind, "region": region, "w0": Decimal(yearly), "open_now": True}
    )
    days = (AS_OF - datetime.timedelta(days=n) for n in range(100))
    SaleLine.objects.bulk_create(
        SaleLine(customer=made, sold_on=day, gross=Decimal(pattern[day.weekday()]), run_id=1) for day in days
    )
    return made


@pytest.fixture
def own(regions, policy):
    StandingState.objects.update(figures_as_of=AS_OF)
    return shop(regions.jiangsu, "OWN", (11, 11, 11, 11, 2, 27, 27), 1000)


def test_a_hole_against_like_shops_of_the_whole_brand(own, regions):
    for n in range(5):
        shop(regions.sichuan, f"P{n}", (10, 10, 10, 10, 10, 25, 25), 900 + 50 * n)
    shop(regions.sichuan, "BIG", (10, 10, 10, 10, 10, 25, 25), 2100)
    shop(regions.sichuan, "AGENT", (10, 10, 10, 10, 10, 25, 25), 1000, "agent")
    found = compared(own, AS_OF)
    assert (found.peers, found.as_of) == (5, AS_OF)
    (one,) = found.findings
    assert sentence(one) == "Friday brings 2.0% of the week, elsewhere 10.0% (median of 5 like shops)"
    assert "PEERMARK" not in str(found)


def test_four_like_shops_say_nothing(own, regions):
    for n in range(4):
        shop(regions.sichuan, f"P{n}", (10, 10, 10, 10, 10, 25, 25), 1000)
    assert (compared(own, AS_OF).peers, compared(own, AS_OF).findings) == (4, [])


def test_as_few_statements_for_many_peers_as_for_few(own, regions):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            compared(own, AS_OF)
        return len(found)

    for n in range(5):
        shop(regions.jiangsu, f"P{n}", (10, 10, 10, 10, 10, 25, 25), 1000)
    few = asked()
    for n in range(5, 15):
        shop(regions.jiangsu, f"P{n}", (10, 10, 10, 10, 10, 25, 25), 1000)
    assert (few, asked()) == (7, 7)


def test_half_of_an_odd_amount_is_taken_to_the_cent(own, regions):
    TierStanding.objects.filter(customer=own).update(w0=Decimal("1000.01"))
    for n in range(5):
        shop(regions.sichuan, f"P{n}", (10, 10, 10, 10, 10, 25, 25), 600)
    under = shop(regions.sichuan, "UNDER", (10, 10, 10, 10, 10, 25, 25), 500)
    assert compared(own, AS_OF).peers == 5
    TierStanding.objects.filter(customer=under).update(w0=Decimal("500.01"))
    assert compared(own, AS_OF).peers == 6
