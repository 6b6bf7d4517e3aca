"""What pages ask: why a customer is where it is, shares, movements, the border; each within what a person may see."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from customers.models import Customer, Responsibility, TierRun, TierStanding
from customers.tiers import actions, reading
from customers.tiers.movements import Flow
from customers.tiers.policies import rule_of
from customers.tiers.tiering import decide
from customers.tiers.wayup import ToACode, way_up
from tests.tiers.making import add_months, give_score, set_month, world
from tests.tiers.test_equivalence import facts_of

AS_OF = date(2021, 12, 31)
pytestmark = pytest.mark.django_db


def make(region, code, *years, kind="franchisee", **values):
    """A customer with yearly cents, the latest first."""
    row = Customer.objects.create(code=code, name=code, kind=kind, region=region, **values)
    add_months([(row.pk, date(2021 - n, 6, 1), cents) for n, cents in enumerate(years) if cents])
    return row


@pytest.fixture
def network(regions, policy):
    """Five franchisees in the East, one agent in the West."""
    rows = {
        "top": make(regions.jiangsu, "top", 900_00, 800_00, 700_00),
        "near": make(regions.jiangsu, "near", 500_00, 450_00, 400_00),
        "mid": make(regions.zhejiang, "mid", 300_00),
        "low": make(regions.zhejiang, "low", 300_00, 100_00, 90_00),
        "none": make(regions.zhejiang, "none", 0),
        "agent": make(regions.sichuan, "agent", 50_00, kind="agent"),
    }
    actions.refresh(as_of=AS_OF)
    return rows


def test_an_explanation_tells_every_condition_in_numbers(network, policy):
    give_score(network["near"].pk, "loyalty", 7900, AS_OF)
    give_score(network["near"].pk, "cooperation", 9000, AS_OF, events=1)
    actions.refresh(as_of=AS_OF)
    found = reading.explain(network["near"])
    assert (found.tier, found.reason, found.as_of, found.policy) == ("C", "cooperation_unknown", AS_OF, policy)
    assert (found.rank, found.ranked, found.k, found.cutoff) == (2, 4, 1, Decimal("900.00"))
    assert [(one.code, one.tier, one.met, one.value, one.needed) for one in found.conditions] == [
        ("sales", "A", False, Decimal("500.00"), Decimal("900.00")),
        ("growth_1", "B", True, Fraction(1, 8), Decimal("0.1000")),
        ("growth_2", "B", True, Fraction(1, 9), Decimal("0.1000")),
        ("cooperation", "B", None, None, Decimal(70)),
        ("loyalty", "B", True, Decimal("79.00"), Decimal(70)),
    ]
    scores = (found.cooperation, found.loyalty)
    assert [(s.points, s.observations, s.needed, s.known, s.is_high) for s in scores] == [
        (Decimal("90.00"), 1, 5, False, None),
        (Decimal("79.00"), 5, 5, True, True),
    ]
    assert (found.way_up.to_a.code, found.way_up.to_a.amount) == (ToACode.SELL_MORE, Decimal("400.00"))
    # On the last day of the year the pace is that of the next: 365 days, 12 months, rounded up to the cent.
    assert (found.way_up.to_a.pace.per_day, found.way_up.to_a.pace.per_month) == (Decimal("1.10"), Decimal("33.34"))
    assert found.way_up.to_b.amount == Decimal("0.00")
    assert found.way_up.to_b.cooperation.observations == 4
    assert [(d.tier, d.reason) for d in found.history] == [("C", "cooperation_unknown")]
    assert found.decision == found.history[0]


def test_selling_what_the_way_up_says_makes_an_a_and_a_cent_less_does_not(network):
    for name in ("near", "mid", "none"):
        customer = network[name]
        found = reading.explain(customer).way_up.to_a
        start = int(TierStanding.objects.get(customer=customer).w0 * 100)
        for less, tier in ((1, "C"), (0, "A")):
            set_month(customer.pk, date(2021, 6, 1), start + int(found.amount * 100) - less)
            actions.refresh(as_of=AS_OF)
            assert TierStanding.objects.get(customer=customer).tier == tier, name
        set_month(customer.pk, date(2021, 6, 1), start or None)
        actions.refresh(as_of=AS_OF)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ({}, {}),
        ({"top_share": Decimal("0.35")}, {}),
        ({}, {"absolute_cutoff": "100000"}),
        ({}, {"rank_within": "region"}),
        ({}, {"stability_band": True}),
    ],
)
def test_rank_and_way_up_are_those_of_the_rule(regions, values, options):
    policy = actions.create_policy(code="lab", options=options, **values)
    actions.adopt(policy=policy, by=None)
    made = world(4, 120, regions, AS_OF)
    rule = rule_of(policy)
    facts = facts_of(made, policy)
    result = decide(facts, rule, AS_OF)
    expected = {one.customer_id: one for one in result.decisions}
    actions.refresh(as_of=AS_OF)
    for one in facts:
        found = reading.explain(Customer.objects.get(pk=one.customer_id))
        decision = expected.get(one.customer_id)
        if decision is None:
            assert (found.tier, found.rank, found.way_up, found.conditions) == ("", None, None, ())
            continue
        assert (found.tier, found.reason, found.rank) == (decision.tier, decision.reason, decision.rank)
        assert (found.ranked, found.k, found.cutoff) == (decision.ranked, decision.k, decision.cutoff)
        mine, theirs = found.way_up, way_up(one, decision, result, rule, AS_OF)
        if mine is None:
            assert decision.tier == "A"
            continue
        assert mine.to_a == theirs.to_a
        if theirs.to_b is not None:
            assert (mine.to_b.code, mine.to_b.amount, mine.to_b.g1) == (
                theirs.to_b.code,
                theirs.to_b.amount,
                theirs.to_b.g1,
            )


def test_an_agent_has_one_condition(network):
    found = reading.explain(network["agent"])
    assert (found.tier, found.rank, found.way_up) == ("A", None, None)
    assert [(one.code, one.met) for one in found.conditions] == [("agent", True)]


def test_nothing_is_explained_before_anything_ran(regions, policy):
    row = make(regions.jiangsu, "x", 100_00)
    assert reading.explain(row) is None
    assert reading.standing_of(row) is None
    assert reading.state() is None


def test_a_past_day_is_told_from_its_run_else_from_what_was_in_force(network):
    low = network["low"]
    set_month(low.pk, date(2021, 6, 1), 999_00)
    actions.refresh(as_of=date(2022, 1, 1))
    actions.replay(as_of=date(2020, 12, 31))
    replayed = reading.explain(low, as_of=date(2020, 12, 31))
    assert (replayed.tier, replayed.reason, replayed.facts.w0) == ("C", "not_yet_judgeable", Decimal("100.00"))
    earlier = reading.explain(low, as_of=AS_OF)
    assert (earlier.tier, earlier.rank, earlier.cutoff, earlier.k) == ("C", 3, Decimal("900.00"), 1)
    assert reading.explain(low).tier == "A"
    assert reading.explain(low, as_of=date(2015, 1, 1)) is None
    assert [(d.previous_tier, d.tier) for d in reading.history(low)] == [("C", "A"), ("", "C")]


def test_the_distribution_is_that_of_ones_reach(network, cast, regions):
    Responsibility.objects.create(customer=network["near"], user=cast.tao, since=date(2020, 1, 1))
    found = {
        user.username: [(one.tier, one.customers, one.w0) for one in reading.distribution(user)]
        for user in (cast.ada, cast.mei, cast.lin, cast.tao)
    }
    zero = Decimal("0.00")
    assert found == {
        "ada": [("A", 2, Decimal("950.00")), ("B", 0, zero), ("C", 4, Decimal("1100.00"))],
        "mei": [("A", 1, Decimal("900.00")), ("B", 0, zero), ("C", 4, Decimal("1100.00"))],
        "lin": [("A", 1, Decimal("50.00")), ("B", 0, zero), ("C", 0, zero)],
        "tao": [("A", 0, zero), ("B", 0, zero), ("C", 1, Decimal("500.00"))],
    }
    shares = reading.distribution(cast.mei)
    assert [(one.of_customers, one.of_sales) for one in shares] == [
        (Decimal("0.2"), Decimal("0.45")),
        (0, 0),
        (Decimal("0.8"), Decimal("0.55")),
    ]


def test_movements_between_two_runs(network, cast, regions):
    before = TierRun.objects.get()
    set_month(network["mid"].pk, date(2021, 6, 1), 1000_00)  # mid overtakes top
    Customer.objects.filter(pk=network["near"].pk).update(state="closed")
    make(regions.jiangsu, "new", 10_00)
    after = actions.refresh(as_of=AS_OF)
    set_month(network["mid"].pk, date(2021, 6, 1), 1_00)  # and falls back: a third run, not asked about
    last = actions.refresh(as_of=AS_OF)
    everybody = reading.movements(before, after, cast.ada)
    assert [(one.from_tier, one.to_tier, one.n) for one in everybody] == [
        ("A", "A", 1),
        ("A", "C", 1),
        ("C", "A", 1),
        ("C", "C", 2),
        ("C", None, 1),
        (None, "C", 1),
    ]
    assert [(one.from_tier, one.to_tier, one.n) for one in reading.movements(before, last, cast.mei)] == [
        ("A", "A", 1),
        ("C", "C", 3),
        ("C", None, 1),
        (None, "C", 1),
    ]
    assert reading.movements(before, after, cast.lin) == (Flow("A", "A", 1, Decimal("50.00")),)
    assert [(one.from_tier, one.to_tier, one.n) for one in reading.movements(after, last, cast.ada)] == [
        ("A", "A", 1),
        ("A", "C", 1),
        ("C", "A", 1),
        ("C", "C", 3),
    ]


def test_movements_to_and_from_a_past_day(network, cast):
    past = actions.replay(as_of=date(2020, 12, 31))
    now = TierRun.objects.exclude(mode="replay").get()
    found = reading.movements(past, now, cast.ada)
    # On 31 December 2020 nobody outsold top, and mid had sold nothing.
    assert [(one.from_tier, one.to_tier, one.n, one.sales) for one in found] == [
        ("A", "A", 2, Decimal("950.00")),
        ("C", "C", 4, Decimal("1100.00")),
    ]
    assert [(one.from_tier, one.to_tier, one.n) for one in reading.movements(now, past, cast.lin)] == [("A", "A", 1)]


def test_the_border_shows_the_nearest_on_either_side(network, cast):
    found = reading.border(cast.ada, 2, reading.state())
    assert found.cutoff == Decimal("900.00")
    assert [(row.customer.code, row.rank, row.distance) for row in found.above] == [("top", 1, Decimal("0.00"))]
    assert [(row.customer.code, row.rank, row.distance) for row in found.below] == [
        ("near", 2, Decimal("-400.00")),
        ("mid", 3, Decimal("-600.00")),
    ]
    low = reading.border(cast.ada, 5, reading.state()).below[-1]
    assert (low.customer.code, low.rank, low.tier) == ("low", 3, "C")
    assert (
        reading.border(cast.lin, 5, reading.state()).above == reading.border(cast.lin, 5, reading.state()).below == ()
    )


def test_runs_are_for_those_who_see_the_whole_brand(network, cast):
    assert [run.as_of for run in reading.latest_runs(cast.ana)] == [AS_OF]
    assert reading.latest_runs(cast.mei) == []
    assert reading.run_before(AS_OF).as_of == AS_OF
    assert reading.run_before(date(2021, 12, 30)) is None


def test_pages_take_as_many_queries_for_many_customers_as_for_few(network, cast, regions, django_assert_num_queries):
    world(2, 200, regions, AS_OF)
    actions.refresh(as_of=AS_OF)
    ada = type(cast.ada).objects.get(pk=cast.ada.pk)
    with django_assert_num_queries(1):
        reading.distribution(ada)
    with django_assert_num_queries(4):
        reading.border(ada, 20, reading.state())
    with django_assert_num_queries(5):
        reading.explain(network["near"])
