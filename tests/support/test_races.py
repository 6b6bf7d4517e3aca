"""Two grants in the same moment, on a real PostgreSQL: they cannot both slip under one limit."""

from __future__ import annotations

import os

import pytest

from crm.clock import today
from customers.models import SupportCategory, SupportRequest
from customers.profile.actions import create_customer
from customers.support import actions, booking, budgeting, setting
from customers.support.entitling import quarter_of
from tests.security.test_races import at_once, told
from tests.support.conftest import asked, stand, yuan

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif("postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL"),
]


@pytest.fixture
def two(cast, regions, policy):
    SupportCategory.objects.get_or_create(
        code="publicity", defaults={"name": "publicity", "kind": "operating", "draws_on": "promotion"}
    )
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    for one in made:
        stand(one, "A")
    return made


def test_two_grants_share_one_budget(two, cast, regions):
    quarter = quarter_of(today())
    budgeting.set_budget(region=regions.east, quarter=quarter, amount=yuan(1000), by=None)
    rows = [asked(two[n % 2], None, "600") for n in range(4)]
    found = at_once(*[lambda row=row: actions.grant(request=row, by=cast.tao) for row in rows])
    assert told(found) == ["ValidationError"] * 3 + ["ok"]
    assert [list(one.message_dict) for one in found if isinstance(one, Exception)] == [["granted_amount"]] * 3
    (spent,) = budgeting.spendings(regions.jiangsu, today())
    assert (spent.spent, SupportRequest.objects.filter(state="asked").count()) == (yuan(600), 3)


def test_a_cost_and_a_grant_share_one_budget(two, cast, regions):
    quarter = quarter_of(today())
    budgeting.set_budget(region=regions.jiangsu, quarter=quarter, amount=yuan(1000), by=None)
    granted = actions.grant(request=asked(two[0], None, "300"), by=cast.tao)
    row = asked(two[1], None, "600")
    found = at_once(
        lambda: actions.grant(request=row, by=cast.tao),
        lambda: booking.book_cost(request=granted, amount=yuan(900), by=cast.tao),
    )
    assert told(found) == ["ValidationError", "ok"]
    (spent,) = budgeting.spendings(regions.jiangsu, today())
    assert spent.spent in (yuan(900), yuan(900)) and not spent.is_over


def test_two_grants_share_one_entitlement(two, cast, policy):
    setting.set_entitlement(policy=policy, tier="A", gives="promotion", amount=yuan(1000), period="quarter", by=None)
    rows = [asked(two[0], None, "600") for _n in range(4)]
    found = at_once(*[lambda row=row: actions.grant(request=row, by=cast.tao) for row in rows])
    assert told(found) == ["ValidationError"] * 3 + ["ok"]


def test_one_decision_of_two(two, cast):
    row = asked(two[0], None, "600")
    found = at_once(
        lambda: actions.grant(request=row, by=cast.tao),
        lambda: actions.refuse(request=row, by=cast.mei, reason="x"),
    )
    assert told(found) == ["ValidationError", "ok"]


def test_one_budget_is_set_once(two, cast, regions):
    quarter = quarter_of(today())
    found = at_once(
        *[
            lambda n=n: budgeting.set_budget(
                region=regions.east, quarter=quarter, amount=yuan(n), by=cast.mei, version=0
            )
            for n in (1, 2, 3)
        ]
    )
    assert told(found) == ["ValidationError", "ValidationError", "ok"]
