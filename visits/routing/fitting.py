"""What a route costs, and where in each day a customer fits best."""

from __future__ import annotations

from visits.routing.compiling import inlined
from visits.routing.state import (
    AD_OFF,
    BLINK,
    CAP,
    DAY,
    DEMAND,
    DIST,
    DUR,
    END,
    EXTRA,
    FIT_PLACE,
    FIT_ROUTE,
    FROM,
    KNOWN,
    LATE_PRICE,
    LATEST,
    LEFT,
    LEN,
    LEVEL,
    LOAD,
    LOAD_PRICE,
    MAX,
    NOW,
    PER_UNIT,
    PLACE,
    PRICE,
    RNG,
    ROUTE,
    SERVICE,
    SLACK,
    START,
    STAYING,
    TIME_PRICE,
    TIMED,
    TO,
    TW_OFF,
    VERSION,
    VERSIONS,
    VIOL,
    WAIT,
    WORK,
)

NEVER = 1e17
MOST_STOPS = 8192
"""More than a route may hold: number of version and place are kept in one number."""
KEPT = 1e9
"""What a day pays on which the customer still has its visit: no other price comes near, so that the day is chosen."""
FROZEN, STAYS = -1, -2
"""Instead of a route: on a day that is over, or in the one where it is already."""


@inlined
def rnd(num):
    """A number from 0 to 1 (xorshift of 32 bits): the same compiled or not, so a seed always tells the same story."""
    x = num[RNG]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    num[RNG] = x
    return x / 4294967296.0


@inlined
def measure(P, S, r):
    """Work a route out: length, load, time, what it exceeds and what it costs."""
    D, cust, amount, tw = P.D, P.cust, P.amount, P.tw
    seq, at, rf, val, legs = S.seq, S.at, S.rf, S.val, S.legs
    n = S.ri[r, LEN]
    S.num[VERSIONS] += 1
    S.ri[r, VERSION] = S.num[VERSIONS]
    if n == 0:
        S.ri[r, VERSION] = r + 1
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
            times[r, i, LEFT] = t
            times[r, i, WAIT] = wait
            times[r, i, SLACK] = slack
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
            times[r, i, LATEST] = latest
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
def timed_duration(cust, amount, tw, seq, times, legs, n, limit, per_unit, r, i, c, to, on):
    """How long the route takes with c before its i-th stop; NEVER if a window would be missed. to, on: the ways to c
    and from it to the next."""
    begin, close = limit[r, FROM], limit[r, TO]
    if i == 0:
        t = begin
        wait = 0.0
        slack = 1e18
    else:
        t = times[r, i - 1, LEFT]
        wait = times[r, i - 1, WAIT]
        slack = times[r, i - 1, SLACK]
    t += to * per_unit
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
    t += on * per_unit
    if i < n and t > times[r, i, LATEST]:
        return NEVER
    for j in range(i, n):
        b = seq[NOW, r, j]
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
        t += amount[b, SERVICE] + legs[r, j + 1] * per_unit
    if t > close:
        return NEVER
    return t - begin - min(wait, slack)


@inlined
def fit_all(P, S, c):
    """The cheapest place for c on each day it may have: price, route and place into S.fit and S.fiti.

    What a route would charge is remembered until it changes; a turn changes few routes, and undoing one brings the old
    ones back with what is known of them. All is written out here: handing over arrays costs more than the work.
    """
    ad, fit, fiti, ri, rf, limit, road, day = P.ad, S.fit, S.fiti, S.ri, S.rf, P.limit, P.road, P.day
    seq, legs, num, times, cust, amount, tw = S.seq, S.legs, S.num, S.times, P.cust, P.amount, P.tw
    ahead, back, known, known_at = P.D[c], P.back[c], S.known[c], S.known_at[c]
    at_day = S.at[c]
    first = cust[c, AD_OFF]
    many = cust[c + 1, AD_OFF] - first
    timed = P.whole[TIMED]
    demand, service = amount[c, DEMAND], amount[c, SERVICE]
    load_price, per_unit, time_price = S.val[LOAD_PRICE], S.val[PER_UNIT], S.val[TIME_PRICE]
    blink, level = S.val[BLINK], S.val[LEVEL]
    staying = 0
    for j in range(many):
        t = ad[first + j, 0]
        if at_day[t, ROUTE] >= 0:
            staying += 1
            fit[j] = P.ad_price[first + j] - KEPT
            fiti[FIT_ROUTE, j] = STAYS
            continue
        best = NEVER
        route, place = FROZEN, 0
        if day[t, 0]:
            best = 0.0
        fresh = True
        for r in range(day[t, 1], day[t + 1, 1]):
            n = ri[r, LEN]
            if n == 0:
                # One empty route stands for all the empty ones of the day.
                if not fresh:
                    continue
                fresh = False
            here = road[r, KNOWN]
            if known_at[here] // MOST_STOPS == ri[r, VERSION]:
                price = known[here]
            else:
                over = max(0.0, rf[r, LOAD] + demand - limit[r, CAP] - 1e-9) * load_price - rf[r, EXTRA]
                base = rf[r, DIST] * per_unit + rf[r, WORK] + service
                most = limit[r, MAX] + 1e-7
                a = road[r, START]
                price = NEVER
                at = 0
                least = NEVER
                for i in range(n):
                    b = seq[NOW, r, i]
                    longer = back[a] + ahead[b] - legs[r, i]
                    a = b
                    if longer < least:
                        least, at = longer, i
                longer = back[a] + ahead[road[r, END]] - legs[r, n]
                if longer < least:
                    least, at = longer, n
                duration = base + least * per_unit
                price = least + over + max(0.0, duration - most) * time_price + level * duration * duration
                if timed:
                    # The shortest way first: most others need not be timed then.
                    shortest = at
                    price = NEVER
                    for k in range(-1, n + 1):
                        i = k
                        if k < 0:
                            i = shortest
                        elif k == shortest:
                            continue
                        a = road[r, START] if i == 0 else seq[NOW, r, i - 1]
                        b = road[r, END] if i == n else seq[NOW, r, i]
                        to, on = back[a], ahead[b]
                        longer = to + on - legs[r, i]
                        if longer + over >= price:
                            continue
                        duration = base + longer * per_unit
                        one = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                        if one >= price:
                            continue
                        duration = timed_duration(
                            cust, amount, tw, seq, times, legs, n, limit, per_unit, r, i, c, to, on
                        )
                        one = longer + over + max(0.0, duration - most) * time_price + level * duration * duration
                        if one < price and duration < NEVER:
                            price, at = one, i
                known[here] = price
                known_at[here] = ri[r, VERSION] * MOST_STOPS + at
            if price < best and rnd(num) >= blink:
                best, route, place = price, r, known_at[here] % MOST_STOPS
        if best < NEVER:
            best += P.ad_price[first + j]
        fit[j] = best
        fiti[FIT_ROUTE, j] = route
        fiti[FIT_PLACE, j] = place
    num[STAYING] = staying
