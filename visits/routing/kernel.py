"""The search itself: take neighbouring visits out, put each customer back on the best set of days, keep by annealing.

After "Slack Induction by String Removals" (Christiaens and Vanden Berghe 2020), made periodic: a customer taken out
loses all its visits, or in some turns only those met, and gets the cheapest set of days it may have for them, each
visit at the cheapest place of its day. Loads and day lengths may be exceeded at a price; windows hold always.
Everything here works on arrays (`state.py`) and runs compiled or not (`compiling.py`). Nodes: 0 is home, 1..n the
customers, above them other places to start or end.
"""

from __future__ import annotations

import math

from visits.routing.choosing import best_days
from visits.routing.compiling import compiled, inlined
from visits.routing.fitting import FROZEN, KEPT, STAYS, fit_all, measure, rnd
from visits.routing.state import (
    ABSENT,
    AD_OFF,
    BEST,
    BEST_COST,
    BEST_LEN,
    BEST_UNPLACED,
    BULK,
    CHOSEN,
    CONSTANT,
    COST,
    COSTS,
    DAY,
    DAYS,
    DIRTY,
    FIT_PLACE,
    FIT_ROUTE,
    FREEDOM,
    FREQ,
    IS_OUT,
    IS_RUINED,
    IS_TOUCHED,
    KEY,
    L_ORDER,
    L_OUT,
    L_RUINED,
    L_TOUCHED,
    LEN,
    NOW,
    OLD,
    OLD_COSTS,
    OLD_DAYS,
    OLD_LEN,
    OLD_PLACED,
    OLD_PRICE,
    OLD_VERSION,
    OLD_VIOL,
    ONE_DAY,
    OUT,
    PICK,
    PLACE,
    PLACED,
    POSSIBLE,
    PRICE,
    REMOVAL,
    ROUTE,
    SEEN,
    SEEN_WELL,
    SOME,
    SPLIT,
    STAYING,
    STRING,
    TOUCHED,
    UNPLACED,
    USED,
    VERSION,
    VIOL,
    VIOLATED,
    VISITS,
    WEIGHT,
)


@inlined
def below(num, top):
    """A whole number from 0 to top - 1."""
    return int(rnd(num) * top)


@inlined
def touch(S, r):
    """Remember a route as it was before this turn."""
    if S.ri[r, IS_TOUCHED]:
        return
    S.ri[r, IS_TOUCHED] = 1
    S.lists[L_TOUCHED, S.num[TOUCHED]] = r
    S.num[TOUCHED] += 1
    n = S.ri[r, LEN]
    S.ri[r, OLD_LEN] = n
    S.rf[r, OLD_PRICE] = S.rf[r, PRICE]
    S.rf[r, OLD_VIOL] = S.rf[r, VIOL]
    S.ri[r, OLD_VERSION] = S.ri[r, VERSION]
    for i in range(n):
        S.seq[OLD, r, i] = S.seq[NOW, r, i]


@inlined
def take_out(P, S, c):
    """Mark a customer as one whose days are chosen anew; its visits are taken away by `take_visit`."""
    k = S.num[OUT]
    S.ci[c, IS_OUT] = 1
    S.lists[L_OUT, k] = c
    S.num[OUT] = k + 1
    n = S.ci[c, DAYS]
    S.ci[k, OLD_DAYS] = n
    S.cf[k, OLD_COSTS] = S.cf[c, COSTS]
    S.ci[k, OLD_PLACED] = S.ci[c, PLACED]
    for i in range(n):
        S.days[OLD, k, i] = S.days[NOW, c, i]


@inlined
def take_visit(S, c, t):
    """One visit is to leave its route, in `close_gaps`."""
    r = S.at[c, t, ROUTE]
    if r >= 0:
        touch(S, r)
        S.at[c, t, ROUTE] = -1


@inlined
def close_gaps(P, S):
    for k in range(S.num[TOUCHED]):
        r = S.lists[L_TOUCHED, k]
        t = P.road[r, DAY]
        m = 0
        for i in range(S.ri[r, LEN]):
            c = S.seq[NOW, r, i]
            if S.at[c, t, ROUTE] >= 0:
                S.seq[NOW, r, m] = c
                m += 1
        S.num[VISITS] += m - S.ri[r, LEN]
        if m == 0 and S.ri[r, LEN] > 0:
            S.num[USED] -= 1
        S.ri[r, LEN] = m
        measure(P, S, r)
    for k in range(S.num[OUT]):
        c = S.lists[L_OUT, k]
        S.ci[c, DAYS] = 0
        if S.ci[c, PLACED]:
            S.ci[c, PLACED] = 0
            S.num[UNPLACED] += P.cust[c, WEIGHT]


@inlined
def ruin(P, S):
    """Take strings of stops out of routes near each other: all visits of their customers, or only these."""
    n = len(P.cust) - 2
    seed = 1 + below(S.num, n)
    routes = max(1, S.num[USED])
    longest = min(S.val[STRING], S.num[VISITS] / routes)
    longest = max(longest, 1.0)
    most = 4.0 * S.val[REMOVAL] / (1.0 + longest) - 1.0
    strings = int(rnd(S.num) * max(most, 1.0) + 1.0)
    some = rnd(S.num) < S.val[SOME]
    one_day = rnd(S.num) < (0.5 if some else S.val[ONE_DAY])
    day = -1
    done = 0
    for k in range(P.near.shape[1] + 1):
        if done >= strings:
            break
        c = seed if k == 0 else P.near[seed, k - 1]
        if S.ci[c, IS_OUT] or not S.ci[c, PLACED] or S.ci[c, DAYS] == 0:
            continue
        t = S.days[NOW, c, below(S.num, S.ci[c, DAYS])]
        if one_day:
            if day < 0:
                day = t
            t = day
        r = S.at[c, t, ROUTE]
        if r < 0 or S.ri[r, IS_RUINED]:
            continue
        S.ri[r, IS_RUINED] = 1
        S.lists[L_RUINED, done] = r
        done += 1
        size = S.ri[r, LEN]
        cut = int(rnd(S.num) * min(float(size), longest) + 1.0)
        cut = min(cut, size)
        at = S.at[c, t, PLACE]
        spare = 0
        if cut > 1 and cut < size and rnd(S.num) < S.val[SPLIT]:
            spare = 1
            while cut + spare < size and rnd(S.num) < 0.01:
                spare += 1
        span = cut + spare
        low = max(0, at - span + 1)
        high = min(at, size - span)
        first = low + below(S.num, high - low + 1)
        skip_from = first + span
        skip_to = skip_from
        if spare > 0:
            skip_from = first + below(S.num, cut + 1)
            skip_to = skip_from + spare
        for i in range(first, first + span):
            if i < skip_from or i >= skip_to:
                x = S.seq[NOW, r, i]
                if not S.ci[x, IS_OUT]:
                    take_out(P, S, x)
                    if not some:
                        for j in range(S.ci[x, DAYS]):
                            take_visit(S, x, S.days[NOW, x, j])
                if some:
                    take_visit(S, x, t)
    for k in range(done):
        S.ri[S.lists[L_RUINED, k], IS_RUINED] = 0


PROMISED = 1e15


@inlined
def order(P, S):
    """In what order they go back: at random, by demand, far or near first, the least free first; but before all others
    those with a fixed visit, so that nobody takes the room that was promised.
    """
    m = S.num[OUT]
    for k in range(m):
        S.lists[L_ORDER, k] = k
    way = rnd(S.num) * 15.0
    for k in range(m):
        c = S.lists[L_OUT, k]
        if way < 4.0:
            key = rnd(S.num)
        elif way < 8.0:
            key = -P.amount[c, BULK]
        elif way < 10.0:
            key = -P.D[0, c]
        elif way < 11.0:
            key = P.D[0, c]
        else:
            key = P.amount[c, FREEDOM] + rnd(S.num) * 0.1
        S.cf[k, KEY] = key - PROMISED if P.cust[c, WEIGHT] > P.cust[c, FREQ] else key
    # Insertion sort: few at a time but for the first turn.
    for i in range(1, m):
        one = S.lists[L_ORDER, i]
        key = S.cf[one, KEY]
        j = i - 1
        while j >= 0 and S.cf[S.lists[L_ORDER, j], KEY] > key:
            S.lists[L_ORDER, j + 1] = S.lists[L_ORDER, j]
            j -= 1
        S.lists[L_ORDER, j + 1] = one


@inlined
def put_in(P, S, r, i, c):
    touch(S, r)
    n = S.ri[r, LEN]
    for j in range(n, i, -1):
        S.seq[NOW, r, j] = S.seq[NOW, r, j - 1]
    S.seq[NOW, r, i] = c
    S.ri[r, LEN] = n + 1
    if n == 0:
        S.num[USED] += 1
    S.num[VISITS] += 1
    measure(P, S, r)


@inlined
def recreate(P, S):
    """Put back who was taken out. False if somebody who kept some visits has no days for the others."""
    order(P, S)
    for k in range(S.num[OUT]):
        c = S.lists[L_OUT, S.lists[L_ORDER, k]]
        fit_all(P, S, c)
        price = best_days(P, S, c) + KEPT * S.num[STAYING]
        if price >= P.amount[c, ABSENT]:
            # Dearer than to leave it out; or impossible.
            if S.num[STAYING] > 0:
                return False
            S.cf[c, COSTS] = P.amount[c, ABSENT]
            continue
        extra = P.amount[c, CONSTANT]
        base = P.cust[c, AD_OFF]
        m = 0
        staying = 0
        for i in range(S.num[CHOSEN]):
            j = S.fiti[PICK, i]
            t = P.ad[base + j, 0]
            extra += P.ad_price[base + j]
            r = S.fiti[FIT_ROUTE, j]
            if r >= 0:
                put_in(P, S, r, S.fiti[FIT_PLACE, j], c)
            elif r == STAYS:
                staying += 1
            if r != FROZEN:
                S.days[NOW, c, m] = t
                m += 1
        S.ci[c, DAYS] = m
        S.cf[c, COSTS] = extra
        S.ci[c, PLACED] = 1
        S.num[UNPLACED] -= P.cust[c, WEIGHT]
        if staying < S.num[STAYING]:
            return False
    return True


@inlined
def undo(P, S):
    for k in range(S.num[OUT]):
        c = S.lists[L_OUT, k]
        for i in range(S.ci[c, DAYS]):
            t = S.days[NOW, c, i]
            if S.ri[S.at[c, t, ROUTE], IS_TOUCHED]:
                S.at[c, t, ROUTE] = -1
    for k in range(S.num[TOUCHED]):
        r = S.lists[L_TOUCHED, k]
        S.num[VISITS] += S.ri[r, OLD_LEN] - S.ri[r, LEN]
        if S.ri[r, LEN] == 0 and S.ri[r, OLD_LEN] > 0:
            S.num[USED] += 1
        if S.ri[r, LEN] > 0 and S.ri[r, OLD_LEN] == 0:
            S.num[USED] -= 1
        S.ri[r, LEN] = S.ri[r, OLD_LEN]
        for i in range(S.ri[r, LEN]):
            S.seq[NOW, r, i] = S.seq[OLD, r, i]
        measure(P, S, r)
        S.ri[r, VERSION] = S.ri[r, OLD_VERSION]
    for k in range(S.num[OUT]):
        c = S.lists[L_OUT, k]
        if S.ci[c, PLACED]:
            S.num[UNPLACED] += P.cust[c, WEIGHT]
        S.ci[c, PLACED] = S.ci[k, OLD_PLACED]
        if S.ci[c, PLACED]:
            S.num[UNPLACED] -= P.cust[c, WEIGHT]
        S.cf[c, COSTS] = S.cf[k, OLD_COSTS]
        n = S.ci[k, OLD_DAYS]
        S.ci[c, DAYS] = n
        for i in range(n):
            S.days[NOW, c, i] = S.days[OLD, k, i]


@inlined
def keep_best(P, S):
    S.val[BEST_COST] = S.val[COST]
    S.num[BEST_UNPLACED] = S.num[UNPLACED]
    for r in range(len(S.ri)):
        if S.ri[r, DIRTY]:
            S.ri[r, DIRTY] = 0
            S.ri[r, BEST_LEN] = S.ri[r, LEN]
            for i in range(S.ri[r, LEN]):
                S.seq[BEST, r, i] = S.seq[NOW, r, i]


@compiled
def total(P, S):
    """Work everything out anew: after a change of prices, or a plan laid in by hand."""
    cost = 0.0
    bad = 0
    used = 0
    visits = 0
    S.known_at[:] = 0
    for r in range(len(S.ri)):
        measure(P, S, r)
        cost += S.rf[r, PRICE]
        if S.rf[r, VIOL] > 0.0:
            bad += 1
        if S.ri[r, LEN] > 0:
            used += 1
        visits += S.ri[r, LEN]
    missing = 0
    for c in range(1, len(P.cust) - 1):
        cost += S.cf[c, COSTS]
        if not S.ci[c, PLACED]:
            missing += P.cust[c, WEIGHT]
    S.val[COST] = cost
    S.num[UNPLACED] = missing
    S.num[VIOLATED] = bad
    S.num[USED] = used
    S.num[VISITS] = visits


@compiled
def anneal(P, S, turns, heat, cooling):
    """So many turns; the temperature begins at `heat` and is multiplied by `cooling` at each."""
    for _turn in range(turns):
        S.num[TOUCHED] = 0
        S.num[OUT] = 0
        if S.num[VISITS] > 0:
            ruin(P, S)
        if S.num[UNPLACED] > 0:
            for c in range(1, len(P.cust) - 1):
                if not S.ci[c, PLACED] and P.cust[c, POSSIBLE]:
                    take_out(P, S, c)
        m = S.num[OUT]
        if m == 0:
            heat *= cooling
            continue
        before = 0.0
        for k in range(m):
            before += S.cf[S.lists[L_OUT, k], COSTS]
        close_gaps(P, S)
        allowed = recreate(P, S)
        change = -before
        for k in range(m):
            change += S.cf[S.lists[L_OUT, k], COSTS]
        bad = S.num[VIOLATED]
        for k in range(S.num[TOUCHED]):
            r = S.lists[L_TOUCHED, k]
            change += S.rf[r, PRICE] - S.rf[r, OLD_PRICE]
            if S.rf[r, VIOL] > 0.0:
                bad += 1
            if S.rf[r, OLD_VIOL] > 0.0:
                bad -= 1
        for k in range(m):
            S.ci[S.lists[L_OUT, k], IS_OUT] = 0
        if allowed and change < -heat * math.log(max(rnd(S.num), 1e-12)):
            S.val[COST] += change
            S.num[VIOLATED] = bad
            for k in range(S.num[TOUCHED]):
                S.ri[S.lists[L_TOUCHED, k], DIRTY] = 1
            if bad == 0 and (
                S.num[UNPLACED] < S.num[BEST_UNPLACED]
                or (S.num[UNPLACED] == S.num[BEST_UNPLACED] and S.val[COST] < S.val[BEST_COST] - 1e-7)
            ):
                keep_best(P, S)
        else:
            undo(P, S)
        for k in range(S.num[TOUCHED]):
            S.ri[S.lists[L_TOUCHED, k], IS_TOUCHED] = 0
        S.num[SEEN] += 1
        if S.num[VIOLATED] == 0:
            S.num[SEEN_WELL] += 1
        heat *= cooling
