"""What a route costs, and where in each day a customer fits best."""

from __future__ import annotations

from visits.routing.compiling import compiled, inlined
from visits.routing.state import (
    AD_OFF,
    BLINK,
    CAP,
    DAY,
    DAYS,
    DEMAND,
    DIST,
    DUR,
    END,
    EXTRA,
    FIT_PLACE,
    FIT_ROUTE,
    FROM,
    GRANULAR,
    LATE_PRICE,
    LATEST,
    LEFT,
    LEN,
    LEVEL,
    LOAD,
    LOAD_PRICE,
    MAX,
    NEAR_FIT,
    NOW,
    PER_UNIT,
    PLACE,
    PRICE,
    RNG,
    ROUTE,
    SERVICE,
    SLACK,
    SLOT,
    START,
    TIME_PRICE,
    TIMED,
    TO,
    TW_OFF,
    VIOL,
    WAIT,
    WORK,
)

NEVER = 1e17


@inlined
def rnd(num):
    """A number from 0 to 1 (xorshift of 32 bits): the same compiled or not, so a seed always tells the same story."""
    x = num[RNG]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    num[RNG] = x
    return x / 4294967296.0


@compiled
def measure(P, S, r):
    """Work a route out: length, load, time, what it exceeds and what it costs."""
    D, cust, amount, tw = P.D, P.cust, P.amount, P.tw
    seq, at, rf, val, legs = S.seq, S.at, S.rf, S.val, S.legs
    n = S.ri[r, LEN]
    if n == 0:
        for k in range(PRICE + 1):
            rf[r, k] = 0.0
        S.legs[r, 0] = 0.0
        return
    per_unit = val[PER_UNIT]
    day, start, end = P.road[r, DAY], P.road[r, START], P.road[r, END]
    a = start
    dist = 0.0
    load = 0.0
    work = 0.0
    for i in range(n):
        c = seq[NOW, r, i]
        at[c, day, ROUTE] = r
        at[c, day, PLACE] = i
        legs[r, i] = D[a, c]
        dist += D[a, c]
        load += amount[c, DEMAND]
        work += amount[c, SERVICE]
        a = c
    legs[r, n] = D[a, end]
    dist += D[a, end]
    late = 0.0
    duration = dist * per_unit + work
    if P.whole[TIMED]:
        times = S.times
        begin, close = P.limit[r, FROM], P.limit[r, TO]
        t = begin
        wait = 0.0
        slack = 1e18
        a = start
        for i in range(n):
            c = seq[NOW, r, i]
            t += D[a, c] * per_unit
            k = cust[c, TW_OFF]
            last = cust[c + 1, TW_OFF]
            if k < last:
                while k < last and tw[k, 1] < t - 1e-9:
                    k += 1
                if k < last:
                    if t < tw[k, 0]:
                        wait += tw[k, 0] - t
                        t = tw[k, 0]
                    slack = min(slack, tw[k, 1] - t + wait)
                else:
                    late += t - tw[last - 1, 1]
                    slack = 0.0
            t += amount[c, SERVICE]
            times[LEFT, r, i] = t
            times[WAIT, r, i] = wait
            times[SLACK, r, i] = slack
            a = c
        t += D[a, end] * per_unit
        if t > close:
            late += t - close
        duration = t - begin - min(wait, slack)
        latest = close
        b = end
        for i in range(n - 1, -1, -1):
            c = seq[NOW, r, i]
            x = latest - D[c, b] * per_unit - amount[c, SERVICE]
            k = cust[c + 1, TW_OFF] - 1
            first = cust[c, TW_OFF]
            latest = x
            if k >= first:
                latest = -1e18
                while k >= first:
                    y = min(tw[k, 1], x)
                    if y >= tw[k, 0]:
                        latest = y
                        break
                    k -= 1
            times[LATEST, r, i] = latest
            b = c
    over = max(0.0, load - P.limit[r, CAP] - 1e-9)
    long = max(0.0, duration - P.limit[r, MAX] - 1e-7)
    if late < 1e-7:
        late = 0.0
    extra = over * val[LOAD_PRICE] + long * val[TIME_PRICE] + val[LEVEL] * duration * duration
    rf[r, LOAD] = load
    rf[r, DIST] = dist
    rf[r, DUR] = duration
    rf[r, WORK] = work
    rf[r, EXTRA] = extra
    rf[r, VIOL] = over + long + late
    rf[r, PRICE] = dist + extra + late * val[LATE_PRICE]


@inlined
def timed_duration(D, cust, amount, tw, seq, times, n, road, limit, per_unit, r, i, c):
    """How long the route takes with c before its i-th stop; NEVER if a window would be missed."""
    begin, close = limit[r, FROM], limit[r, TO]
    if i == 0:
        a = road[r, START]
        t = begin
        wait = 0.0
        slack = 1e18
    else:
        a = seq[NOW, r, i - 1]
        t = times[LEFT, r, i - 1]
        wait = times[WAIT, r, i - 1]
        slack = times[SLACK, r, i - 1]
    t += D[a, c] * per_unit
    k = cust[c, TW_OFF]
    last = cust[c + 1, TW_OFF]
    if k < last:
        while k < last and tw[k, 1] < t:
            k += 1
        if k == last:
            return NEVER
        if t < tw[k, 0]:
            wait += tw[k, 0] - t
            t = tw[k, 0]
        slack = min(slack, tw[k, 1] - t + wait)
    t += amount[c, SERVICE]
    a = c
    if i < n and t + D[c, seq[NOW, r, i]] * per_unit > times[LATEST, r, i]:
        return NEVER
    for j in range(i, n):
        b = seq[NOW, r, j]
        t += D[a, b] * per_unit
        k = cust[b, TW_OFF]
        last = cust[b + 1, TW_OFF]
        if k < last:
            while k < last and tw[k, 1] < t:
                k += 1
            if k == last:
                return NEVER
            if t < tw[k, 0]:
                wait += tw[k, 0] - t
                t = tw[k, 0]
            slack = min(slack, tw[k, 1] - t + wait)
        t += amount[b, SERVICE]
        a = b
    t += D[a, road[r, END]] * per_unit
    if t > close:
        return NEVER
    return t - begin - min(wait, slack)


@compiled
def fit_all(P, S, c):
    """The cheapest place for c on each day it may have: price, route and place into S.fit and S.fiti.

    Where there are many visits, only places beside near customers and at the ends of routes are tried. What is done at
    each place is written out twice below: handing over arrays costs more than the work.
    """
    ad, fit, fiti, ri, rf, limit, road, day = P.ad, S.fit, S.fiti, S.ri, S.rf, P.limit, P.road, P.day
    D, seq, legs, num, times, cust, amount, tw = P.D, S.seq, S.legs, S.num, S.times, P.cust, P.amount, P.tw
    ahead, back = P.D[c], P.back[c]
    first = cust[c, AD_OFF]
    many = cust[c + 1, AD_OFF] - first
    granular, timed = P.whole[GRANULAR], P.whole[TIMED]
    demand, service = amount[c, DEMAND], amount[c, SERVICE]
    load_price, per_unit, time_price = S.val[LOAD_PRICE], S.val[PER_UNIT], S.val[TIME_PRICE]
    blink, level = S.val[BLINK], S.val[LEVEL]
    for j in range(many):
        t = ad[first + j, 0]
        fiti[SLOT, t] = j
        best = NEVER
        route, place = -1, 0
        if day[t, 0]:
            best = 0.0
        fresh = True
        for r in range(day[t, 1], day[t + 1, 1]):
            n = ri[r, LEN]
            step = 1
            if n == 0:
                # One empty route stands for all the empty ones of the day.
                if not fresh:
                    continue
                fresh = False
            elif granular:
                step = n
            over = max(0.0, rf[r, LOAD] + demand - limit[r, CAP] - 1e-9) * load_price - rf[r, EXTRA]
            base = rf[r, DIST] * per_unit + rf[r, WORK] + service
            most = limit[r, MAX] + 1e-7
            a = road[r, START]
            for i in range(0, n + 1, step):
                if step > 1 and i > 0:
                    a = seq[NOW, r, i - 1]
                b = road[r, END] if i == n else seq[NOW, r, i]
                longer = back[a] + ahead[b] - legs[r, i]
                a = b
                if longer + over >= best:
                    continue
                duration = base + longer * per_unit
                price = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                if price >= best or rnd(num) < blink:
                    continue
                if timed:
                    duration = timed_duration(D, cust, amount, tw, seq, times, n, road, limit, per_unit, r, i, c)
                    price = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                    if price >= best or duration >= NEVER:
                        continue
                best, route, place = price, r, i
        fit[j] = best
        fiti[FIT_ROUTE, j] = route
        fiti[FIT_PLACE, j] = place
    if granular:
        at, days, ci, near = S.at, S.days, S.ci, P.near
        for k in range(P.whole[NEAR_FIT]):
            near_by = near[c, k]
            for m in range(ci[near_by, DAYS]):
                t = days[NOW, near_by, m]
                j = fiti[SLOT, t]
                if j < 0:
                    continue
                r = at[near_by, t, ROUTE]
                here = at[near_by, t, PLACE]
                n = ri[r, LEN]
                best = fit[j]
                over = max(0.0, rf[r, LOAD] + demand - limit[r, CAP] - 1e-9) * load_price - rf[r, EXTRA]
                base = rf[r, DIST] * per_unit + rf[r, WORK] + service
                most = limit[r, MAX] + 1e-7
                for i in range(max(1, here), min(n, here + 2)):
                    longer = back[seq[NOW, r, i - 1]] + ahead[seq[NOW, r, i]] - legs[r, i]
                    if longer + over >= best:
                        continue
                    duration = base + longer * per_unit
                    price = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                    if price >= best or rnd(num) < blink:
                        continue
                    if timed:
                        duration = timed_duration(D, cust, amount, tw, seq, times, n, road, limit, per_unit, r, i, c)
                        price = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                        if price >= best or duration >= NEVER:
                            continue
                    best = price
                    fit[j] = price
                    fiti[FIT_ROUTE, j] = r
                    fiti[FIT_PLACE, j] = i
    for j in range(many):
        fiti[SLOT, ad[first + j, 0]] = -1
        if fit[j] < NEVER:
            fit[j] += P.ad_price[first + j]
