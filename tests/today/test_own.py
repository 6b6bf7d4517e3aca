"""A manager beside the larger customers of colleagues still sees their own: sources narrow before they cut."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from crm.accounts.actions import create_user
from crm.clock import today
from crm.today.reading import lines_of, team_of
from customers.models import SlumpAlert, StandIn, TierStanding
from customers.profile.actions import assign, create_customer
from customers.profile.colleagues import own_of, theirs
from tests.slumps.test_pages import made
from tests.today.test_today import A_DAY, invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def wei(regions, cast):
    """A market manager posted to East, where Tao has the large shops."""
    return create_user(username="wei", name="Wei", role="manager", region=regions.east)


@pytest.fixture
def shops(regions, cast, wei):
    """Three large ones of Tao's, a small one of Wei's, a small one of nobody's, and one of Lin's."""

    def shop(code, region):
        return create_customer(code=code, name=code, kind="franchisee", region=region)

    found = {code: shop(code, regions.jiangsu) for code in ("T1", "T2", "T3", "own", "free")}
    found["west"] = shop("west", regions.sichuan)
    assign(customers=[found[code] for code in ("T1", "T2", "T3")], user=cast.tao, since=today() - 40 * A_DAY)
    assign(customers=[found["own"]], user=wei, since=today() - 40 * A_DAY)
    assign(customers=[found["west"]], user=cast.lin, since=today() - 40 * A_DAY)
    return found


def codes(user) -> set[str]:
    return set(own_of(user, today()).values_list("code", flat=True))


def test_whose_they_are(shops, cast, wei):
    assert codes(wei) == {"own", "free"}
    assert codes(cast.tao) == {"T1", "T2", "T3"}
    assert codes(cast.mei) == {"T1", "T2", "T3", "own", "free"}  # the team's list needs all of them
    assert codes(cast.ana) == {*shops}
    StandIn.objects.create(
        absent=cast.tao, stand_in=wei, since=today(), until=today() + A_DAY, reason="病假", made_by=cast.mei
    )
    assert codes(wei) == {"T1", "T2", "T3", "own", "free"}


def test_ones_own_debts_and_slumps_stand_behind_no_colleagues(shops, cast, wei, monkeypatch):
    from customers.receivables import waiting as debts
    from customers.slumps import waiting as slumps

    monkeypatch.setattr(debts, "MOST", 2)
    monkeypatch.setattr(slumps, "MOST", 2)
    for n, (code, shop) in enumerate(shops.items()):
        invoice(shop, Decimal(9000 - n), 7)
        made(shop, 9000 - n)
        assert code
    own = {f"overdue:{shops[code].pk}" for code in ("own", "free")}
    own |= {f"slump:{SlumpAlert.objects.get(customer=shops[code]).pk}" for code in ("own", "free")}
    assert {one.key for one in lines_of(wei, today()).tasks} == own
    assert {share.owner for share in team_of(cast.mei, today())} == {"Tao"}  # two of each, the largest


def test_ones_own_silent_customers_and_those_nothing_was_heard_of(shops, cast, wei, monkeypatch):
    from customers.tiers import waiting as tiers
    from customers.tiers.actions import refresh
    from customers.tiers.models import TierPolicy
    from customers.trust import waiting as trust

    assert TierPolicy.objects.adopted() is not None
    refresh()
    monkeypatch.setattr(tiers, "MOST", 2)
    monkeypatch.setattr(trust, "MOST", 2)
    for n, shop in enumerate(shops.values()):
        TierStanding.objects.filter(customer=shop).update(
            tier="B", w0=Decimal(9000 - n), last_sold_on=today() - 30 * A_DAY, open_now=True
        )
    mine = [shops["own"].pk, shops["free"].pk]
    found = tiers.silent(wei, today(), theirs(wei, today()))
    assert [one.customer_id for one in found] == mine
    unheard = trust.tasks(wei, today())
    assert [one.key for one in unheard] == [f"unheard:{pk}:never" for pk in mine]
    assert [one.key for one in trust.tasks(wei, today() + datetime.timedelta(days=1))] == [one.key for one in unheard]
