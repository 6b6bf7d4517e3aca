"""Running the search: several short starts, the best of them carried on, and a plan that breaks nothing at the end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from visits.routing.arrays import arrays_of, scale_of
from visits.routing.budget import Budget, clock
from visits.routing.compiling import COMPILED
from visits.routing.instance import Instance, read
from visits.routing.kernel import anneal, total
from visits.routing.state import (
    ABSENT,
    AD_OFF,
    BEST,
    BEST_COST,
    BEST_LEN,
    BEST_UNPLACED,
    CONSTANT,
    COST,
    COSTS,
    DAY,
    DAYS,
    DEMAND,
    DIRTY,
    FREQ,
    LATE_PRICE,
    LEN,
    LOAD_PRICE,
    NOW,
    PLACED,
    ROUTE,
    SEEN,
    SEEN_WELL,
    SERVICE,
    TIME_PRICE,
    UNPLACED,
    VIOL,
    VIOLATED,
    Given,
    State,
    fresh,
)

HOT, COLD = 0.2, 0.001  # times the mean way out and back
HARD = 1e7
RATE, RATE_PLAIN = 40_000, 300
"""Turns a second, compiled and not, on a territory of a hundred customers."""
ENOUGH = 8000
"""Turns a visit that a short search should have."""
NEVER_SEEN = 1 << 60

Routes = list[tuple[int, list[int]]]


@dataclass(slots=True)
class Found:
    """routes: day and customers (1..n) in order. unplaced: visits without a place; a promised one counts as
    many (`arrays.MUST`).
    """

    routes: Routes
    cost: float
    unplaced: int
    turns: int

    def better_than(self, other: Found | None) -> bool:
        return other is None or (self.unplaced, self.cost) < (other.unplaced, other.cost)


@dataclass(slots=True)
class Search:
    """One search over an instance."""

    inst: Instance
    given: Given
    scale: float
    level: float = 0.0
    removal: float = 15.0
    string: float = 10.0

    @classmethod
    def of(cls, inst: Instance, level: float = 0.0) -> Search:
        given = arrays_of(inst)
        scale = scale_of(inst)
        # A day of mean length counts as `level` times its minutes' way; two half days as half of that.
        busy = [day.max_minutes for day in inst.days if day.max_minutes]
        weight = level * inst.speed / (sum(busy) / len(busy) if busy else 480.0)
        return cls(inst, given, scale, weight)

    def state(self, seed: int) -> State:
        S = fresh(self.given, seed, speed=self.inst.speed, removal=self.removal, string=self.string, level=self.level)
        mean = float(self.given.amount[1:-1, DEMAND].mean()) if len(self.inst.customers) else 0.0
        S.val[LOAD_PRICE] = 0.5 * self.scale / mean if mean > 0 else self.scale
        S.val[TIME_PRICE] = 5.0 * self.inst.speed
        S.val[LATE_PRICE] = 100.0 * self.inst.speed
        total(self.given, S)
        return S

    def lay(self, S: State, routes: Iterable[tuple[int, list[int]]]) -> None:
        """Begin with these routes; customers whose days would not do are left out."""
        P = self.given
        free = {t: int(P.day[t, 1]) for t in range(len(P.day) - 1)}
        days: dict[int, set[int]] = {}
        rows = [(t, stops) for t, stops in routes if stops]
        for t, stops in rows:
            for c in stops:
                days.setdefault(c, set()).add(t)
        kept = {c for c, found in days.items() if self._may_have(c, found)}
        for t, stops in rows:
            stops = [c for c in stops if c in kept]
            r = free[t]
            if not stops or r >= P.day[t + 1, 1]:
                kept -= set(stops) if r >= P.day[t + 1, 1] else set()
                continue
            free[t] += 1
            S.seq[NOW, r, : len(stops)] = stops
            S.ri[r, LEN] = len(stops)
        lost = set(days) - kept
        for r in range(len(P.road)):
            stops = [int(c) for c in S.seq[NOW, r, : S.ri[r, LEN]] if int(c) not in lost]
            S.seq[NOW, r, : len(stops)] = stops
            S.ri[r, LEN] = len(stops)
        for c in kept:
            real = sorted(t for t in days[c] if not P.day[t, 0])
            S.ci[c, PLACED] = 1
            S.ci[c, DAYS] = len(real)
            S.days[NOW, c, : len(real)] = real
            price = P.amount[c, CONSTANT]
            for j in range(P.cust[c, AD_OFF], P.cust[c + 1, AD_OFF]):
                if P.ad[j, 0] in days[c]:
                    price += P.ad_price[j]
            S.cf[c, COSTS] = price
        total(P, S)

    def _may_have(self, c: int, days: set[int]) -> bool:
        one = self.inst.customers[c - 1]
        days = days | {t for t in one.must if self.inst.days[t].frozen}
        return may_have(one, tuple(sorted(days)))

    def run(
        self, S: State, budget: Budget, upto: float, hot: float = HOT, cold: float = COLD, since: float | None = None
    ) -> int:
        """Anneal from hot to cold until `upto` of the budget is spent; returns the turns made."""
        P = self.given
        begin = budget.spent() if since is None else since
        made, chunk, took = 0, 20, 0.0
        span = max(1e-9, upto - begin)
        while (now := budget.spent()) < upto:
            chunk = budget.next_chunk(chunk, took, upto)
            if chunk <= 0:
                break
            part = min(1.0, max(0.0, (now - begin) / span))
            before = clock()
            anneal(P, S, chunk, self.scale * hot * (cold / hot) ** part, 1.0)
            took = clock() - before
            made += chunk
            budget.done += chunk
            reprice(P, S)
        return made

    def found(self, S: State, turns: int = 0) -> Found:
        if S.num[BEST_UNPLACED] == NEVER_SEEN:
            self.settle(S)
        P = self.given
        routes = [
            (int(P.road[r, DAY]), [int(c) for c in S.seq[BEST, r, : S.ri[r, BEST_LEN]]])
            for r in range(len(P.road))
            if S.ri[r, BEST_LEN]
        ]
        return Found(routes, float(S.val[BEST_COST]), int(S.num[BEST_UNPLACED]), turns)

    def settle(self, S: State, turns: int = 200) -> None:
        """Nothing was found that keeps all limits: leave out what breaks them, and put back what still fits."""
        P = self.given
        while S.num[VIOLATED] > 0:
            r = int(np.argmax(S.rf[:, VIOL]))
            stops = [int(c) for c in S.seq[NOW, r, : S.ri[r, LEN]]]
            # Those with fixed visits last; of the others, the one whose visits matter to the fewest days.
            c = min(
                stops, key=lambda c: (bool(self.inst.customers[c - 1].must), P.cust[c, FREQ], -P.amount[c, SERVICE], c)
            )
            for k in range(S.ci[c, DAYS]):
                t = int(S.days[NOW, c, k])
                q = int(S.at[c, t, ROUTE])
                left = [int(x) for x in S.seq[NOW, q, : S.ri[q, LEN]] if x != c]
                S.seq[NOW, q, : len(left)] = left
                S.ri[q, LEN] = len(left)
                S.at[c, t, ROUTE] = -1
                S.ri[q, DIRTY] = 1
            S.ci[c, PLACED] = 0
            S.ci[c, DAYS] = 0
            S.cf[c, COSTS] = P.amount[c, ABSENT]
            total(P, S)
        S.val[LOAD_PRICE] = S.val[TIME_PRICE] = HARD * max(1.0, self.scale)
        total(P, S)
        keep(S)
        anneal(P, S, turns, self.scale * COLD, 1.0)


def may_have(one, days: tuple[int, ...]) -> bool:
    """Whether a customer may be visited on exactly these days."""
    if one.patterns is not None:
        return days in one.patterns
    return (
        len(days) == one.frequency
        and one.must.issubset(days)
        and set(days) <= set(one.days)
        and days[0] <= one.first_by
        and days[-1] >= one.last_from
        and all(one.low <= b - a <= one.high for a, b in itertools.pairwise(days))
    )


def keep(S: State) -> None:
    """What there is now is the best."""
    S.val[BEST_COST] = S.val[COST]
    S.num[BEST_UNPLACED] = S.num[UNPLACED]
    S.seq[BEST] = S.seq[NOW]
    S.ri[:, BEST_LEN] = S.ri[:, LEN]
    S.ri[:, DIRTY] = 0


def reprice(P: Given, S: State, low: float = 0.4, high: float = 0.7) -> None:
    """Dearer to exceed limits when most plans do, cheaper when hardly any does."""
    if S.num[SEEN] < 300:
        return
    share = S.num[SEEN_WELL] / S.num[SEEN]
    S.num[SEEN] = S.num[SEEN_WELL] = 0
    factor = 1.2 if share < low else 0.9 if share > high else 1.0
    if factor != 1.0 and (factor < 1 or max(S.val[LOAD_PRICE], S.val[TIME_PRICE]) < 1e12):
        S.val[LOAD_PRICE] *= factor
        S.val[TIME_PRICE] *= factor
        total(P, S)


def best_of(search: Search, budget: Budget, seed: int, upto: float = 1.0, starts: int = 3, short: float = 0.6) -> Found:
    """`starts` short searches, `short` of the budget together; the best goes on, warmed up once more."""
    begin = budget.spent()
    span = upto - begin
    best: Found | None = None
    turns = 0
    for k in range(starts):
        S = search.state(seed * 101 + k)
        anneal(search.given, S, 1, 0.0, 1.0)
        end = begin + span * short * (k + 1) / starts
        turns += search.run(S, budget, end if starts > 1 else upto)
        one = search.found(S)
        if one.better_than(best):
            best = one
        if budget.spent() >= upto:
            break
    if best is None:
        raise ValueError("no start")
    if starts > 1 and budget.spent() < upto:
        S = search.state(seed * 101 + starts)
        search.lay(S, best.routes)
        if S.num[VIOLATED] == 0:
            keep(S)
        turns += search.run(S, budget, upto, hot=HOT * 0.15)
        one = search.found(S)
        if one.better_than(best):
            best = one
    best.turns = turns
    return best


_warm: list[bool] = []


def warm_up() -> None:
    """Have everything compiled (or read from disk) before a clock starts."""
    if _warm:
        return
    _warm.append(True)
    customers = [
        {"id": 1, "x": 1, "y": 0, "frequency": 1, "time_windows": [[0, 9]]},
        {"id": 2, "x": 0, "y": 1, "patterns": [[0], [1]]},
    ]
    tiny = {"metric": "euclidean", "horizon_days": 2, "depot": {"x": 0, "y": 0}, "customers": customers}
    search = Search.of(read(tiny))
    anneal(search.given, search.state(1), 2, 1.0, 1.0)


def starts_for(inst: Instance, seconds: float, turns: int | None) -> int:
    """How many short searches the budget is enough for: a large instance needs all of it for one."""
    visits = sum(one.frequency for one in inst.customers) or 1
    turns = int(seconds * (RATE if COMPILED else RATE_PLAIN)) if turns is None else turns
    return max(1, min(4, int(turns / visits / ENOUGH)))
