"""Two people decide one override at the same moment; on a real PostgreSQL."""

import datetime
import os

import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.models import Customer, TierOverride
from customers.tiers import overriding
from tests.tiers.test_at_once import in_threads

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif("postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL"),
]
WHY = "the owner opens a second shop in March"


@pytest.fixture
def shop(cast, regions, policy):
    return Customer.objects.create(code="F1", name="Shop", kind="franchisee", region=regions.jiangsu)


def propose(shop, by, tier="A"):
    return overriding.propose(customer=shop, tier=tier, reason=WHY, until=today() + datetime.timedelta(9), by=by)


def codes(raised):
    assert all(isinstance(error, ValidationError) for error in raised), raised
    return sorted(error.code for error in raised)


def test_it_is_proposed_once(cast, shop):
    assert codes(in_threads(*[lambda: propose(shop, cast.mei)] * 4)) == ["proposed"] * 3
    assert TierOverride.objects.count() == 1


def test_it_is_approved_or_refused_and_not_both(cast, shop):
    made = propose(shop, cast.mei)
    works = [
        lambda: overriding.approve(override=made, by=cast.ada),
        lambda: overriding.refuse(override=made, by=cast.ada, note="no"),
        lambda: overriding.refuse(override=made, by=cast.mei, note=""),
    ]
    assert codes(in_threads(*works)) == ["decided"] * 2
    assert AuditEntry.objects.filter(action__startswith="tier_override").count() == 2


def test_it_ends_once(cast, shop):
    made = overriding.approve(override=propose(shop, cast.mei), by=cast.ada)
    works = [lambda: overriding.end(override=made, by=cast.ada, note="over")] * 2 + [overriding.expire]
    assert codes(in_threads(*works)) == ["decided"]
    made.refresh_from_db()
    assert (made.state, made.version) == ("ended", 3)
