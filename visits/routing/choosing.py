"""The best set of days for one customer, given what each day would cost: exact, by patterns or day by day."""

from __future__ import annotations

from visits.routing.compiling import compiled
from visits.routing.fitting import NEVER
from visits.routing.state import (
    AD_OFF,
    CHOSEN,
    FIRST_BY,
    FREQ,
    HIGH,
    LAST_FROM,
    LAST_MUST,
    LOW,
    PAT_OFF,
    PICK,
    QUEUE,
)


@compiled
def best_days(P, S, c):
    """Put the best set into S.chosen (indices of the days c may have), their number into S.num; return its cost."""
    S.num[CHOSEN] = 0
    if P.cust[c + 1, PAT_OFF] > P.cust[c, PAT_OFF]:
        return best_pattern(P, S, c)
    return best_row(P, S, c)


@compiled
def best_pattern(P, S, c):
    best = NEVER
    found = -1
    for p in range(P.cust[c, PAT_OFF], P.cust[c + 1, PAT_OFF]):
        cost = 0.0
        for i in range(P.pd_off[p], P.pd_off[p + 1]):
            cost += S.fit[P.pd[i]]
            if cost >= best:
                break
        if cost < best:
            best = cost
            found = p
    if found >= 0:
        m = 0
        for i in range(P.pd_off[found], P.pd_off[found + 1]):
            S.fiti[PICK, m] = P.pd[i]
            m += 1
        S.num[CHOSEN] = m
    return best


@compiled
def best_row(P, S, c):
    """`freq` days one after the other, at least `low` and at most `high` apart; days that must be there are not passed.

    One row of costs a visit, each the cheapest over a sliding window of the row before.
    """
    base = P.cust[c, AD_OFF]
    many = P.cust[c + 1, AD_OFF] - base
    f = P.cust[c, FREQ]
    low = P.cust[c, LOW]
    high = P.cust[c, HIGH]
    if f == 0 or many == 0:
        return NEVER
    for j in range(many):
        S.row[0, j] = NEVER
        if P.ad[base + j, 0] <= P.cust[c, FIRST_BY] and P.ad[base + j, 1] < 0:
            S.row[0, j] = S.fit[j]
    for v in range(1, f):
        head = 0
        tail = 0
        nxt = 0
        for j in range(many):
            t = P.ad[base + j, 0]
            while nxt < j and P.ad[base + nxt, 0] <= t - low:
                x = S.row[v - 1, nxt]
                if x < NEVER:
                    while tail > head and S.row[v - 1, S.fiti[QUEUE, tail - 1]] >= x:
                        tail -= 1
                    S.fiti[QUEUE, tail] = nxt
                    tail += 1
                nxt += 1
            must = P.ad[base + j, 1]
            while head < tail and (P.ad[base + S.fiti[QUEUE, head], 0] < t - high or S.fiti[QUEUE, head] < must):
                head += 1
            S.row[v, j] = NEVER
            if head < tail and S.fit[j] < NEVER:
                S.row[v, j] = S.row[v - 1, S.fiti[QUEUE, head]] + S.fit[j]
                S.come[v, j] = S.fiti[QUEUE, head]
    best = NEVER
    at = -1
    for j in range(many):
        if P.ad[base + j, 0] >= P.cust[c, LAST_FROM] and j >= P.cust[c, LAST_MUST] and S.row[f - 1, j] < best:
            best = S.row[f - 1, j]
            at = j
    if at < 0:
        return NEVER
    for v in range(f - 1, -1, -1):
        S.fiti[PICK, v] = at
        if v > 0:
            at = S.come[v, at]
    S.num[CHOSEN] = f
    return best
