"""The set-based engine answers what the pure rule answers, on thousands of generated customers, column by column."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import RegionTier, TierDecision, TierPolicy, TierRun, TierStanding
from customers.tiers import actions
from customers.tiers.policies import rule_of
from customers.tiers.terms import Facts
from customers.tiers.tiering import decide
from tests.tiers.making import what_differs, world

AS_OF = date(2021, 12, 31)
pytestmark = pytest.mark.django_db


def money(cents):
    return Decimal(cents) / 100


def facts_of(made, policy, months=None):
    """The generated customers as facts, from the generator's own figures rather than from any table."""
    return [
        Facts(
            customer_id=customer,
            kind="agent" if one["agent"] else "franchisee",
            opened_on=one["opened"],
            closed_on=one["closed_on"],
            closed=one["closed_flag"],
            w0=money(one["cents"][0]),
            w1=money(one["cents"][1]),
            w2=money(one["cents"][2]),
            cooperation=one["cooperation"],
            loyalty=one["loyalty"],
            region_id=one["region"].pk,
            months_active=months(customer) if months else None,
        )
        for customer, one in made.items()
    ]


def points(hundredths):
    return None if hundredths is None else Decimal(hundredths) / 100


def assert_same(made, run, result):
    """Every decision, every column of its evidence, every standing, the run's totals and the counters."""
    expected = {one.customer_id: one for one in result.decisions}
    decisions = {row.customer_id: row for row in TierDecision.objects.filter(run=run)}
    assert decisions.keys() == expected.keys()
    for customer, one in expected.items():
        row = decisions[customer]
        found = (row.tier, row.reason, row.previous_tier, row.w0, row.w1, row.w2, row.rank, row.ranked, row.cutoff)
        assert found == (one.tier, one.reason.value, "", one.w0, one.w1, one.w2, one.rank, one.ranked, one.cutoff)
        assert points(row.cooperation) == made[customer]["cooperation"]
        assert points(row.loyalty) == made[customer]["loyalty"]
        assert (row.policy_id, row.as_of) == (run.policy_id, run.as_of)
    standings = {row.customer_id: row for row in TierStanding.objects.all()}
    assert standings.keys() == made.keys()
    for customer, row in standings.items():
        one = expected.get(customer)
        assert row.open_now is (one is not None)
        assert (row.tier, row.reason) == ((one.tier, one.reason.value) if one else ("", ""))
        assert (row.w0, row.w1, row.w2) == tuple(map(money, made[customer]["cents"]))
        assert row.run_id == (run.pk if one else None)
    assert (run.a, run.b, run.c) == tuple(result.counts[tier] for tier in "ABC")
    assert (run.ranked, run.k, run.cutoff) == (result.ranked, result.k, result.cutoff)
    assert (run.examined, run.changed) == (len(made), len(expected))
    assert what_differs() == {}


@pytest.mark.parametrize("seed", range(6))
def test_a_full_run_agrees_with_the_rule(regions, policy, seed):
    made = world(seed, 1000, regions, AS_OF)
    run = actions.refresh(as_of=AS_OF, full=True)
    assert_same(made, run, decide(facts_of(made, policy), rule_of(policy), AS_OF))


@pytest.mark.parametrize("n", [1, 2, 4, 5, 6, 11])
def test_a_handful_of_customers_agrees_with_the_rule(regions, policy, n):
    made = world(n, n, regions, AS_OF)
    run = actions.refresh(as_of=AS_OF)
    assert_same(made, run, decide(facts_of(made, policy), rule_of(policy), AS_OF))


def test_no_customers_at_all(regions, policy):
    run = actions.refresh(as_of=AS_OF)
    assert (run.a, run.b, run.c, run.ranked, run.k, run.cutoff, run.changed) == (0, 0, 0, 0, 0, None, 0)


def months_in_w0(made):
    """Months of business, as the generator's opening dates and months of sales say."""
    from customers.models import MonthlySales

    first = {}
    months = MonthlySales.objects.filter(month__gte=date(2019, 1, 1), month__lt=date(2022, 1, 1))
    for customer, month in months.order_by("-month").values_list("customer_id", "month"):
        first[customer] = month

    def count(customer):
        start = made[customer]["opened"] or first.get(customer)
        if start is None or start < date(2021, 1, 1):
            return 12
        return max(0, 13 - start.month) if start.year == 2021 else 0

    return count


OPTIONED = [
    ({"top_share": Decimal("0.3333"), "growth": Decimal("0.0725")}, {}),
    ({"top_share": Decimal(0)}, {}),
    ({"top_share": Decimal(1), "growth": Decimal(0), "cooperation_high": 0, "min_observations": 1}, {}),
    ({}, {"absolute_cutoff": "12345.67"}),
    ({}, {"rank_within": "region"}),
    ({}, {"part_years": True}),
    ({}, {"part_years": True, "part_years_from": 3, "rank_within": "region"}),
    ({}, {"stability_band": True}),
    ({}, {"b_judged_yearly": True, "year_end_month": 6}),
]


@pytest.mark.parametrize(("values", "options"), OPTIONED)
def test_every_policy_agrees_with_the_rule(regions, values, options):
    policy = actions.create_policy(code="lab", options=options, **values)
    actions.adopt(policy=policy, by=None)
    made = world(7, 400, regions, AS_OF, need=policy.min_observations)
    result = decide(facts_of(made, policy, months_in_w0(made)), rule_of(policy), AS_OF)
    run = actions.refresh(as_of=AS_OF)
    assert_same(made, run, result)
    again = actions.refresh(as_of=AS_OF, full=True)
    assert again.changed == 0


@pytest.mark.parametrize(("values", "options"), OPTIONED)
def test_a_replay_agrees_with_a_run_for_now(regions, values, options):
    policy = actions.create_policy(code="lab", options=options, **values)
    made = world(8, 300, regions, AS_OF, need=policy.min_observations)
    result = decide(facts_of(made, policy, months_in_w0(made)), rule_of(policy), AS_OF)
    run = actions.replay(as_of=AS_OF, policy=policy)
    assert run.mode == TierRun.Mode.REPLAY
    rows = {row.customer_id: row for row in TierDecision.objects.filter(run=run)}
    assert rows.keys() == {one.customer_id for one in result.decisions}
    for one in result.decisions:
        row = rows[one.customer_id]
        found = (row.tier, row.reason, row.w0, row.w1, row.w2, row.rank, row.ranked, row.cutoff)
        assert found == (one.tier, one.reason.value, one.w0, one.w1, one.w2, one.rank, one.ranked, one.cutoff)
        assert points(row.cooperation) == made[one.customer_id]["cooperation"]
        assert points(row.loyalty) == made[one.customer_id]["loyalty"]
    assert (run.a, run.b, run.c) == tuple(result.counts[tier] for tier in "ABC")
    assert (run.ranked, run.k, run.cutoff) == (result.ranked, result.k, result.cutoff)
    assert not TierStanding.objects.exists()
    assert not RegionTier.objects.exists()
    assert TierPolicy.objects.adopted().code == "article"


def test_large_amounts_stay_exact(regions, policy):
    """Growth of exactly 10 % and one cent less, where products of cents would leave 64 bits."""
    from customers.models import Customer
    from tests.tiers.making import add_months

    huge = 8_000_000_000_000_010
    odd = actions.create_policy(code="odd", growth=Decimal("0.0001"), top_share=Decimal(0))
    actions.adopt(policy=odd, by=None)
    rows = [
        Customer.objects.create(code=f"H{n}", name="H", kind="franchisee", region=regions.jiangsu) for n in range(4)
    ]
    pairs = [(huge + huge // 10_000 + 1, huge), (huge + huge // 10_000, huge)]
    add_months([(row.pk, date(2021, 5, 1), now) for row, (now, _before) in zip(rows, pairs)])
    add_months([(row.pk, date(2020, 5, 1), before) for row, (_now, before) in zip(rows, pairs)])
    add_months([(row.pk, date(2019, 5, 1), 1) for row in rows[:2]])
    actions.refresh(as_of=AS_OF)
    reasons = [TierStanding.objects.get(customer=row).reason for row in rows]
    assert reasons == ["cooperation_unknown", "growth_2_short", "no_sales", "no_sales"]
