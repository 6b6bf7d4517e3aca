"""The best set of days for one customer, given what each day would cost: exact, by patterns or day by day."""

from __future__ import annotations

from visits.routing.compiling import inlined
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


@inlined
def best_days(P, S, c):
    """Put the best set into S.chosen (indices of the days c may have), their number into S.num; return its cost."""
    S.num[CHOSEN] = 0
    if P.cust[c + 1, PAT_OFF] > P.cust[c, PAT_OFF]:
        return best_pattern(P, S, c)
    return best_row(P, S, c)


@inlined
def best_pattern(P, S, c):
    best = NEVER
    found = -1
    for p in range(P.cust[c, PAT_OFF], P.cust[c + 1, PAT_OFF]):
        cost = 0.0
        for i in range(P.pd_off[p], P.pd_off[p + 1]):
            cost += S.fit[P.pd[i]]
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


@inlined
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
    first_by = P.cust[c, FIRST_BY]
    last_from = P.cust[c, LAST_FROM]
    end = P.ad[base + many - 1, 0]
    # Of each visit, only the days from which the first and the last can still be where they must.
    since = 0
    upto = 0
    for v in range(f):
        before_since = since
        before_upto = upto
        since = -1
        earliest = max(v * low, last_from - (f - 1 - v) * high)
        latest = min(first_by + v * high, end - (f - 1 - v) * low)
        head = 0
        tail = 0
        nxt = before_since
        for j in range(before_since, many):
            t = P.ad[base + j, 0]
            if t < earliest:
                continue
            if t > latest:
                break
            if since < 0:
                since = j
            upto = j + 1
            must = P.ad[base + j, 1]
            if v == 0:
                S.row[0, j] = S.fit[j] if must < 0 else NEVER
                continue
            while nxt < before_upto and P.ad[base + nxt, 0] <= t - low:
                x = S.row[v - 1, nxt]
                if x < NEVER:
                    while tail > head and S.row[v - 1, S.fiti[QUEUE, tail - 1]] >= x:
                        tail -= 1
                    S.fiti[QUEUE, tail] = nxt
                    tail += 1
                nxt += 1
            while head < tail and (P.ad[base + S.fiti[QUEUE, head], 0] < t - high or S.fiti[QUEUE, head] < must):
                head += 1
            S.row[v, j] = NEVER
            if head < tail and S.fit[j] < NEVER:
                S.row[v, j] = S.row[v - 1, S.fiti[QUEUE, head]] + S.fit[j]
                S.come[v, j] = S.fiti[QUEUE, head]
        if since < 0:
            return NEVER
    best = NEVER
    at = -1
    for j in range(max(since, P.cust[c, LAST_MUST]), upto):
        if P.ad[base + j, 0] >= last_from and S.row[f - 1, j] < best:
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
