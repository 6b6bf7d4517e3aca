"""The arrays the search works on: what is given (`Given`), what changes (`State`), and the names of their columns.

Few arrays with many columns: each call of a compiled function hands over every array it is given.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Given.whole
CUSTOMERS, TIMED = range(2)
# Given.cust, a row a customer
FREQ, LOW, HIGH, FIRST_BY, LAST_FROM, LAST_MUST, POSSIBLE, AD_OFF, PAT_OFF, TW_OFF, WEIGHT = range(11)
# Given.amount, a row a customer
SERVICE, DEMAND, BULK, FREEDOM, ABSENT, CONSTANT = range(6)
# Given.road, a row a route; Given.limit likewise
DAY, START, END, KNOWN = range(4)
FROM, TO, MAX, CAP = range(4)
# State.num
RNG, UNPLACED, VIOLATED, BEST_UNPLACED, USED, VISITS, SEEN_WELL, SEEN, TOUCHED, OUT = range(10)
CHOSEN, VERSIONS, STAYING = range(10, 13)
# State.val
COST, BEST_COST, LOAD_PRICE, TIME_PRICE, LATE_PRICE, LEVEL, REMOVAL, STRING = range(8)
BLINK, PER_UNIT, SPLIT, ONE_DAY, SOME = range(8, 13)
# State.seq, each a table of routes by place; State.times, by route and place
NOW, OLD, BEST = range(3)
LEFT, WAIT, SLACK, LATEST = range(4)
# State.ri and State.rf, a row a route
LEN, OLD_LEN, BEST_LEN, IS_TOUCHED, IS_RUINED, DIRTY, VERSION, OLD_VERSION = range(8)
LOAD, DIST, DUR, WORK, EXTRA, VIOL, PRICE, OLD_VIOL, OLD_PRICE = range(9)
# State.at, by customer and day
ROUTE, PLACE = range(2)
# State.ci and State.cf, a row a customer
DAYS, PLACED, IS_OUT, OLD_DAYS, OLD_PLACED = range(5)
COSTS, OLD_COSTS, KEY = range(3)
# State.lists
L_TOUCHED, L_OUT, L_RUINED, L_ORDER = range(4)
# State.fiti, by day a customer may have
FIT_ROUTE, FIT_PLACE, PICK, QUEUE = range(4)


class Given(NamedTuple):
    whole: np.ndarray
    D: np.ndarray
    back: np.ndarray
    near: np.ndarray
    cust: np.ndarray
    amount: np.ndarray
    ad: np.ndarray
    ad_price: np.ndarray
    tw: np.ndarray
    pd_off: np.ndarray
    pd: np.ndarray
    day: np.ndarray
    road: np.ndarray
    limit: np.ndarray


class State(NamedTuple):
    num: np.ndarray
    val: np.ndarray
    seq: np.ndarray
    times: np.ndarray
    legs: np.ndarray
    ri: np.ndarray
    rf: np.ndarray
    at: np.ndarray
    days: np.ndarray
    ci: np.ndarray
    cf: np.ndarray
    lists: np.ndarray
    fit: np.ndarray
    fiti: np.ndarray
    row: np.ndarray
    come: np.ndarray
    known: np.ndarray
    known_at: np.ndarray


def fresh(
    given: Given, seed: int, *, speed: float = 1.0, removal: float = 15.0, string: float = 10.0, level: float = 0.0
) -> State:
    """Nothing placed yet."""
    n, routes, days = len(given.cust) - 2, len(given.road), len(given.day) - 1
    can = np.zeros(days, np.int64)
    np.add.at(can, given.ad[:, 0], 1)
    longest = int(max(1, can.max(initial=1)))
    many = int(max(1, np.diff(given.cust[:, AD_OFF]).max(initial=1)))
    most = int(max(1, given.cust[:, FREQ].max(initial=1)))
    if len(given.pd_off) > 1:
        most = max(most, int(np.diff(given.pd_off).max()))
    num = np.zeros(13, np.int64)
    num[RNG] = (seed * 2654435761 + 88172645) % 0xFFFFFFFF or 1
    num[BEST_UNPLACED] = 1 << 60
    num[VERSIONS] = routes + 1
    val = np.zeros(13, np.float64)
    val[BEST_COST] = 1e300
    val[LEVEL] = level
    val[REMOVAL] = removal
    val[STRING] = string
    val[BLINK] = 0.02
    val[PER_UNIT] = 1.0 / speed
    val[SPLIT] = 0.5
    val[ONE_DAY] = 0.1
    val[SOME] = 0.4
    ri = np.zeros((routes, 8), np.int64)
    ri[:, DIRTY] = 1
    cf = np.zeros((n + 1, 3))
    cf[:, COSTS] = given.amount[: n + 1, ABSENT]
    fiti = np.zeros((4, max(many + 1, most)), np.int64)
    columns = int(given.road[:, KNOWN].max(initial=0)) + 1
    at = np.zeros((n + 1, days, 2), np.int32)
    at[:, :, ROUTE] = -1
    return State(
        num=num,
        val=val,
        seq=np.zeros((3, routes, longest), np.int64),
        times=np.zeros((routes, longest, 4)),
        legs=np.zeros((routes, longest + 1)),
        ri=ri,
        rf=np.zeros((routes, 9)),
        at=at,
        days=np.zeros((2, n + 1, most), np.int64),
        ci=np.zeros((n + 1, 5), np.int64),
        cf=cf,
        lists=np.zeros((4, max(n, routes) + 2), np.int64),
        fit=np.zeros(many),
        fiti=fiti,
        row=np.zeros((most, many)),
        come=np.zeros((most, many), np.int64),
        known=np.zeros((n + 1, columns)),
        known_at=np.zeros((n + 1, columns), np.int64),
    )
