"""What the search for a plan of visits remembers of its prices, and the row of days that it chooses by them."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.territories import periodic, solved, square, territory
from visits.routing import arrays, state
from visits.routing.choosing import best_days
from visits.routing.fitting import fit_all
from visits.routing.instance import read
from visits.routing.kernel import anneal, total
from visits.routing.searching import Search, may_have

SEEDS = st.integers(min_value=0, max_value=10_000)


@settings(max_examples=6)
@given(SEEDS, st.booleans())
def test_what_is_remembered_is_what_would_be_worked_out_anew(seed, timed):
    """Counts, places and the prices of routes, after turns that were kept, undone or given up half-way."""
    instance = territory(seed, n=12, tight=seed % 2 == 0) if timed else periodic(seed, n=14, capacity=9)
    search = Search.of(read(instance))
    P, S = search.given, search.state(seed)
    for heat in (0.3, 0.05, 0.001):
        anneal(P, S, 60, search.scale * heat, 1.0)
        counts = [int(S.num[k]) for k in (state.UNPLACED, state.VIOLATED, state.USED, state.VISITS)]
        cost = float(S.val[state.COST])
        routes = {r: [int(c) for c in S.seq[state.NOW, r, : S.ri[r, state.LEN]]] for r in range(len(P.road))}
        of_customer = {}
        for r, row in routes.items():
            t = int(P.road[r, state.DAY])
            for place, c in enumerate(row):
                of_customer.setdefault(c, []).append(t)
                assert S.at[c, t].tolist() == [r, place]
        customers = range(1, len(instance["customers"]) + 1)
        told = {c: S.days[state.NOW, c, : S.ci[c, state.DAYS]].tolist() for c in customers}
        assert {c: days for c, days in told.items() if days} == {c: sorted(of_customer[c]) for c in sorted(of_customer)}
        assert sum(len(told[c]) for c in customers) == (S.at[:, :, state.ROUTE] >= 0).sum()
        S.val[state.BLINK] = 0.0
        remembered = [_fits(P, S, c) for c in customers]
        S.known_at[:] = 0
        assert remembered == [_fits(P, S, c) for c in customers]
        S.val[state.BLINK] = 0.02
        total(P, S)
        assert counts == [int(S.num[k]) for k in (state.UNPLACED, state.VIOLATED, state.USED, state.VISITS)]
        assert cost == pytest.approx(S.val[state.COST], abs=1e-6)


def test_with_less_memory_the_same_plan_comes_out(monkeypatch):
    """A territory too large to remember every price: several routes share a place to remember, none takes another's."""
    instance = periodic(3, n=12, capacity=9)
    plan = solved(instance, 60, 3)
    monkeypatch.setattr(arrays, "REMEMBERED", 40)
    assert arrays.arrays_of(read(instance)).road[:, state.KNOWN].max() == 2
    assert solved(instance, 60, 3).plain() == plan.plain()


def _fits(P, S, c):
    fit_all(P, S, c)
    many = P.cust[c + 1, state.AD_OFF] - P.cust[c, state.AD_OFF]
    routes, places = S.fiti[state.FIT_ROUTE, :many].tolist(), S.fiti[state.FIT_PLACE, :many].tolist()
    return [(price, r, at if r >= 0 else None) for price, r, at in zip(S.fit[:many].tolist(), routes, places)]


def test_days_that_pay_are_chosen_even_after_one_that_costs():
    """A visit that stays, or one told before, makes a day cheaper than nothing: no set may be given up half-way."""
    instance = square(4)
    instance["customers"][0].update(frequency=2, patterns=[[0, 1], [2, 3]])
    search = Search.of(read(instance))
    P, S = search.given, search.state(1)
    S.fit[:4] = [1.0, 2.0, 4.0, -9.0]
    assert best_days(P, S, 1) == -5.0
    assert S.fiti[state.PICK, :2].tolist() == [2, 3]


@pytest.mark.parametrize("seed", range(3))
def test_the_cheapest_row_of_days_is_the_cheapest_of_all(seed):
    """Against every set of days that keeps the gaps, with days that must be, closed ones and a first and a last."""
    dice = random.Random(seed)
    instance = square(16, days=[{"vehicles": int(t % 5 < 4)} for t in range(16)])
    for row in instance["customers"]:
        f = dice.choice([2, 3, 4])
        row.update(frequency=f, min_gap_days=dice.choice([1, 2, 3]), max_gap_days=16 // f + 3)
    instance["fixed_visits"] = [["c1", dice.choice([5, 6, 7])]]
    search = Search.of(read(instance))
    P, S = search.given, search.state(1)
    for c, one in enumerate(search.inst.customers, 1):
        price = {t: dice.uniform(-5, 20) for t in one.days}
        S.fit[: len(one.days)] = [price[t] for t in one.days]
        sets = (days for days in itertools.combinations(one.days, one.frequency) if may_have(one, days))
        assert best_days(P, S, c) == pytest.approx(min(sum(price[t] for t in days) for days in sets))
