"""An instance that was looked over, as the arrays of the search."""

from __future__ import annotations

import numpy as np

from visits.routing.instance import Instance
from visits.routing.state import (
    ABSENT,
    AD_OFF,
    BULK,
    CONSTANT,
    DEMAND,
    FIRST_BY,
    FREEDOM,
    FREQ,
    HIGH,
    LAST_FROM,
    LAST_MUST,
    LOW,
    PAT_OFF,
    POSSIBLE,
    SERVICE,
    TW_OFF,
    WEIGHT,
    Given,
)

FREE = 1e15
NEAR = 100
MUST = 1000
"""A customer with a fixed visit counts for so many others: none of them may take its room."""
REMEMBERED = 20_000_000
"""Prices of a customer in a route that are remembered at most: 16 bytes each."""


def arrays_of(inst: Instance) -> Given:
    n = len(inst.customers)
    D = inst.matrix
    ad_off, ad, ad_price, prev_must = [0, 0], [], [], []
    pat_off, pd_off, pd = [0, 0], [0], []
    last_must = np.full(n + 1, -1, np.int64)
    possible = np.zeros(n + 1, np.int64)
    freedom = np.zeros(n + 1)
    constant = np.zeros(n + 1)
    freq = np.zeros(n + 1, np.int64)
    low, high = np.ones(n + 1, np.int64), np.ones(n + 1, np.int64)
    first_by, last_from = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    tw_off, tw_from, tw_to = [0, 0], [], []
    out_and_back = D[0, 1 : n + 1] + D[1 : n + 1, 0]
    mean_out = float(out_and_back.mean()) if n else 1.0
    absent = np.zeros(n + 1)
    promised = np.zeros(n + 1, bool)
    for c, one in enumerate(inst.customers, 1):
        days = one.days
        index = {t: j for j, t in enumerate(days)}
        must = sorted(one.must)
        before = -1
        wanted = set(one.before)
        for j, t in enumerate(days):
            ad.append(t)
            ad_price.append(-inst.move_penalty if t in wanted else 0.0)
            prev_must.append(before)
            if t in one.must:
                before = j
        constant[c] = inst.move_penalty * len(wanted)
        if must:
            last_must[c] = index.get(must[-1], len(days))
        ad_off.append(len(ad))
        if one.patterns is not None:
            for pattern in one.patterns:
                pd.extend(index[t] for t in pattern)
                pd_off.append(len(pd))
            possible[c] = bool(one.patterns)
            freedom[c] = len(one.patterns)
        else:
            possible[c] = one.frequency > 0
            freedom[c] = len(days) * max(1, one.high - one.low) / max(1, one.frequency)
        pat_off.append(len(pd_off) - 1)
        freq[c] = one.frequency
        low[c], high[c] = one.low, one.high
        first_by[c], last_from[c] = one.first_by, one.last_from
        for begin, end in one.windows:
            tw_from.append(begin)
            tw_to.append(end)
        tw_off.append(len(tw_from))
        absent[c] = one.frequency * (20.0 * mean_out + 5.0 * float(D.max(initial=0.0)) + 1.0)
        # Visits of frozen days are made: they promise nothing that could still be given up.
        promised[c] = any(not inst.days[t].frozen for t in must)
        if promised[c]:
            absent[c] *= MUST
        if not possible[c]:
            absent[c] = 0.0
    days = inst.days
    timed = bool(tw_from)
    r_day, r_start, r_end, r_from, r_to, r_max, r_cap = [], [], [], [], [], [], []
    d_first = [0]
    for t, one_day in enumerate(days):
        for _vehicle in range(min(one_day.vehicles, n) if not one_day.frozen else 0):
            start = one_day.start_minute or 0.0
            longest = FREE if one_day.max_minutes is None else one_day.max_minutes
            end = FREE if one_day.end_minute is None else one_day.end_minute
            if not timed:
                longest = min(longest, end - start)
            r_day.append(t)
            r_start.append(one_day.start_node)
            r_end.append(one_day.end_node)
            r_from.append(start)
            r_to.append(end)
            r_max.append(longest)
            r_cap.append(FREE if one_day.capacity is None else one_day.capacity)
        d_first.append(len(r_day))
    columns = min(len(r_day), max(1, REMEMBERED // (n + 1)))
    r_known = [r % columns for r in range(len(r_day))]
    near = np.zeros((n + 1, 0), np.int64)
    if n > 1:
        k = min(n - 1, NEAR)
        among = D[1 : n + 1, 1 : n + 1] + D[1 : n + 1, 1 : n + 1].T
        np.fill_diagonal(among, np.inf)
        found = np.argsort(among, axis=1, kind="stable")[:, :k] + 1
        near = np.vstack([np.zeros((1, k), np.int64), found]).astype(np.int64)
    demand = np.array([0.0, *(one.demand for one in inst.customers)])
    service = np.array([0.0, *(one.service for one in inst.customers)])
    cust = np.zeros((n + 2, 11), np.int64)
    for column, values in (
        (FREQ, freq),
        (LOW, low),
        (HIGH, high),
        (FIRST_BY, first_by),
        (LAST_FROM, last_from),
        (LAST_MUST, last_must),
        (POSSIBLE, possible),
        (WEIGHT, np.where(promised, freq * MUST, freq)),
    ):
        cust[: n + 1, column] = values
    cust[:, AD_OFF] = ad_off
    cust[:, PAT_OFF] = pat_off
    cust[:, TW_OFF] = tw_off
    amount = np.zeros((n + 2, 6))
    bulk = (demand if demand.any() else service) * freq
    for column, values in (
        (SERVICE, service),
        (DEMAND, demand),
        (BULK, bulk),
        (FREEDOM, freedom),
        (ABSENT, absent),
        (CONSTANT, constant),
    ):
        amount[: n + 1, column] = values
    per_day = np.zeros((len(days) + 1, 2), np.int64)
    per_day[:-1, 0] = [one.frozen for one in days]
    per_day[:, 1] = d_first
    return Given(
        whole=np.array([n, timed], np.int64),
        D=np.ascontiguousarray(D, np.float64),
        back=np.ascontiguousarray(D.T, np.float64),
        near=near,
        cust=cust,
        amount=amount,
        ad=np.array([ad, prev_must], np.int64).T.copy().reshape(-1, 2),
        ad_price=np.array(ad_price, np.float64),
        tw=np.array([tw_from, tw_to], np.float64).T.copy().reshape(-1, 2),
        pd_off=np.array(pd_off, np.int64),
        pd=np.array(pd, np.int64),
        day=per_day,
        road=np.array([r_day, r_start, r_end, r_known], np.int64).T.copy().reshape(-1, 4),
        limit=np.array([r_from, r_to, r_max, r_cap], np.float64).T.copy().reshape(-1, 4),
    )


def scale_of(inst: Instance) -> float:
    """The mean way out and back: what temperatures and prices are measured by."""
    n = len(inst.customers)
    if not n:
        return 1.0
    mean = float((inst.matrix[0, 1 : n + 1] + inst.matrix[1 : n + 1, 0]).mean())
    return mean or 1.0
