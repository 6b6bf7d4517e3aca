"""What a shop should have sold today, learned day by day from its own past and its peers; and when that is a slump.

Pure: arrays in, arrays out; one row a shop. `State` holds all that was learned up to the close of a day, and `advance`
learns one more day, so that a night costs one day and a replay costs the days it covers. The same code does both.

In logarithms: expected = level + weekday + promotion + school holiday + statutory holiday + what peers sold off the
expected today (median of shops of the same kind and weekend strength, then of the same region, each trusted by how many
they are). Every error is clipped, so that a slump is not learned as normal.

An alarm looks at the last three selling days together, against the level before them. Two tests, either suffices:
steady shops: the mean error is beyond `limit` of its own swing; noisy shops: a drop of 40 % explains the three days
`odds` (a logarithm) times better than no drop. Both need a shortfall of a fifth. One lost day never suffices: a day
counts for 2.5 swings at most.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

VERSION = 1
SUNDAY, FRIDAY = 6, 4
WINDOW = 3
RING = 28
"""So many days of what was expected are kept, for a chart that begins before the slump."""
WATCHED = 56
_WATCH_BITS = np.uint64(2**WATCHED - 1)
NEVER = 0


@dataclass(frozen=True)
class Rule:
    level: float = 0.08
    weekday: float = 0.09
    promo: float = 0.04
    school: float = 0.04
    holiday: float = 0.25
    young: int = 28  # selling days in which rates are 1/n
    clip: float = 2.0  # swings by which a day teaches at most
    swing_decay: float = 0.98
    swing_floor: float = 0.05
    by_group: float = 10.0  # n/(n+this) is believed of a group, the rest of all
    by_region: float = 15.0
    least_peers: int = 8
    from_days: int = 35
    learning_until: int = 120
    drop: float = 0.20
    limit: float = 3.3
    odds: float = 3.1
    typical: float = 0.5  # -log of what a 40 % drop leaves, nearly
    counts: float = 2.5  # swings for which one day counts at most
    cool_down: int = 14
    normal_days: int = 3
    settled_after: int = 28
    silent_after: int = 3


SENSITIVITIES = {
    "calm": Rule(limit=3.8, odds=4.4),
    "normal": Rule(),
    "keen": Rule(limit=2.75, odds=2.0, drop=0.15),
}


@dataclass(frozen=True)
class Calendar:
    """What the calendar says of a day (weekday: 0 is Monday). closed: nobody was to sell."""

    weekday: int
    holiday: bool = False
    makeup: bool = False
    closed: bool = False


@dataclass
class State:
    """All that is known of n shops at the close of a day. Days are whole numbers (days since 1970), 0 is never."""

    level: np.ndarray
    week: np.ndarray
    week_days: np.ndarray
    promo: np.ndarray
    promo_days: np.ndarray
    school: np.ndarray
    school_days: np.ndarray
    holiday: np.ndarray
    swing: np.ndarray
    days: np.ndarray  # selling days so far
    first: np.ndarray  # the first of them
    last: np.ndarray  # the last day with a report
    third: np.ndarray  # of weekend strength within its kind
    sold: np.ndarray  # a bit a day, the latest lowest: on which of the last 56 it sold
    missing: np.ndarray  # usual selling days without a report since
    silent_since: np.ndarray
    silent_told: np.ndarray  # the day on which silence became an alarm; 0: it is none
    near_error: np.ndarray  # the last three selling days, the latest first
    near_swing: np.ndarray
    near_level: np.ndarray
    near_got: np.ndarray
    near_expected: np.ndarray
    near_day: np.ndarray
    ring_expected: np.ndarray
    ring_swing: np.ndarray
    # The slump that is on, or the last one.
    open: np.ndarray
    opened: np.ndarray  # the third bad day
    first_bad: np.ndarray
    last_bad: np.ndarray
    last_alarm: np.ndarray
    closed: np.ndarray
    settled: np.ndarray  # closed at a new level, not recovered
    before: np.ndarray  # the level before it
    bad_days: np.ndarray
    got: np.ndarray
    expected: np.ndarray
    peers: np.ndarray  # what peers were off in its first three days
    swing_then: np.ndarray
    learning: np.ndarray
    normal: np.ndarray  # normal days in a row
    back_got: np.ndarray
    back_expected: np.ndarray

    @classmethod
    def empty(cls, n: int) -> State:
        made = {}
        for one in fields(cls):
            shape: tuple[int, ...] = (n,)
            kind: type = np.float64
            if one.name in ("week", "week_days"):
                shape = (n, 7)
            elif one.name.startswith("near_"):
                shape = (n, WINDOW)
            elif one.name.startswith("ring_"):
                shape, kind = (n, RING), np.float32
            if one.name in _WHOLE:
                kind = np.int32
            elif one.name in ("open", "settled", "learning"):
                kind = np.bool_
            elif one.name == "sold":
                kind = np.uint64
            made[one.name] = np.zeros(shape, kind)
        made["swing"][:] = 0.2
        made["near_swing"][:] = 0.2
        return cls(**made)

    def arrays(self) -> dict[str, np.ndarray]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def copy(self) -> State:
        return State(**{name: values.copy() for name, values in self.arrays().items()})

    def placed(self, where: np.ndarray, n: int) -> State:
        """These shops as rows `where` of n; the others are new."""
        wide = State.empty(n)
        for name, values in self.arrays().items():
            getattr(wide, name)[where] = values
        return wide

    def taken(self, rows: np.ndarray) -> State:
        return State(**{name: values[rows] for name, values in self.arrays().items()})


_WHOLE = {
    "days", "first", "last", "third", "missing", "silent_since", "silent_told", "near_day", "opened", "first_bad",
    "last_bad", "last_alarm", "closed", "bad_days", "normal", "promo_days", "school_days", "week_days",
}  # fmt: skip


@dataclass
class Day:
    """One day's result, a row a shop. error and swing in logarithms; depth: share lost in the last three days."""

    sold: np.ndarray
    expected: np.ndarray
    error: np.ndarray
    swing: np.ndarray
    peers: np.ndarray
    scatter: float
    z: np.ndarray
    odds: np.ndarray
    depth: np.ndarray
    alarm: np.ndarray
    opened: np.ndarray
    closed: np.ndarray
    network: float | None  # what the middle shop sold off the expected, None where too few are known
    among: int  # of how many it is the middle


@dataclass
class Groups:
    """Of which kind and region each shop is, as whole numbers from 0."""

    kind: np.ndarray
    region: np.ndarray

    @classmethod
    def of(cls, kinds, regions) -> Groups:
        return cls(*(np.unique(one, return_inverse=True)[1].reshape(-1) for one in (kinds, regions)))


def smallest_drop(swing, rule: Rule = SENSITIVITIES["normal"]):
    """The smallest lasting drop that an alarm can see at a shop of this swing, as a share: the lower of both lines."""
    swing = np.maximum(swing, rule.swing_floor)
    steady = rule.limit * swing / np.sqrt(WINDOW)
    noisy = rule.typical / 2 + rule.odds * swing**2 / (WINDOW * rule.typical)
    seen = np.where(rule.counts * np.sqrt(WINDOW) > rule.limit, np.minimum(steady, noisy), noisy)
    return np.maximum(rule.drop, 1 - np.exp(-seen))


def is_daily(state: State, day: int) -> np.ndarray:
    """Sold on half of the last eight weeks' days (of those since it began): others order now and then."""
    age = np.clip(day - state.first + 1, 1, WATCHED)
    return (state.days > 0) & (np.bitwise_count(state.sold) * 2 >= age)


def medians(values: np.ndarray, groups: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The median and number of each group's values; 0 for a group without any."""
    order = np.lexsort((values, groups))
    counts = np.bincount(groups, minlength=n)
    start = np.cumsum(counts) - counts
    found, has = np.zeros(n), counts > 0
    low, high = start + (counts - 1) // 2, start + counts // 2
    found[has] = (values[order[low[has]]] + values[order[high[has]]]) / 2
    return found, counts


def peers_factor(error: np.ndarray, among: np.ndarray, state: State, groups: Groups, rule: Rule) -> np.ndarray:
    """What shops like each one were off today, in logarithms; 0 where too few are known."""
    if among.sum() < rule.least_peers:
        return np.zeros(len(error))
    every = np.median(error[among])
    group = groups.kind * 3 + state.third
    middle, count = medians(error[among], group[among], int(group.max()) + 1)
    factor = (every + count / (count + rule.by_group) * (middle - every))[group]
    middle, count = medians((error - factor)[among], groups.region[among], int(groups.region.max()) + 1)
    return factor + (count / (count + rule.by_region) * middle)[groups.region]


def sort_by_weekend(state: State, groups: Groups) -> None:
    """Parts each kind in thirds by how much more it sells on weekends."""
    strength = state.week[:, 5:].sum(1) - 0.4 * state.week[:, :5].sum(1)
    grown = state.days >= 14
    for kind in range(int(groups.kind.max(initial=-1)) + 1):
        its = groups.kind == kind
        known = its & grown
        if known.sum() >= 24:
            low, high = np.quantile(strength[known], [1 / 3, 2 / 3])
            state.third[its] = (strength[its] > low).astype(np.int32) + (strength[its] > high)


def push(ring: np.ndarray, rows: np.ndarray, values) -> None:
    ring[rows, 1:] = ring[rows, :-1]
    ring[rows, 0] = values[rows] if isinstance(values, np.ndarray) else values


def advance(
    state: State,
    day: int,
    y: np.ndarray,
    promo: np.ndarray,
    school: np.ndarray,
    calendar: Calendar,
    groups: Groups,
    rule: Rule,
    reported: np.ndarray | None = None,
) -> tuple[State, Day]:
    """Learn one day and say what it means. `state` itself is carried on and returned.

    y: what each sold, nan where there is no report or it was closed. reported: who told anything of the day, be it that
    it was closed (else: who sold).
    """
    n = len(y)
    if calendar.closed:
        y = np.full(n, np.nan)
    sold = np.isfinite(y) & (y > 0)
    if calendar.weekday == 0 or not state.third.any():
        sort_by_weekend(state, groups)
    value = np.log(np.where(sold, y, 1.0))
    fresh = sold & (state.days == 0)
    state.level[fresh], state.first[fresh] = value[fresh], day
    # Who never sells on Sundays is closed on holidays, too; if it does sell on one that is a day like others for it.
    on_sundays = state.week_days[:, SUNDAY] * 7 >= state.days * 0.4
    festive = calendar.holiday & (on_sundays | (state.days < rule.young))
    weekday = FRIDAY if calendar.makeup else calendar.weekday
    slot = np.where(festive, SUNDAY, weekday)
    every = np.arange(n)
    known = state.level + state.week[every, slot] + state.promo * promo + state.school * school
    known += state.holiday * festive
    raw = value - known
    daily = is_daily(state, day)
    among = sold & daily & (state.days >= 14)
    peers = peers_factor(raw, among, state, groups, rule)
    error = raw - peers
    swing = np.maximum(state.swing, rule.swing_floor)
    scatter = 1.0
    if among.sum() >= rule.least_peers:
        scatter = max(1.0, float(np.minimum(np.abs(error[among]) / swing[among], 4.0).mean() * 1.25))
    wide = swing * scatter
    expected = np.exp(known + peers)
    for ring, values in (
        (state.near_error, error), (state.near_swing, wide), (state.near_level, state.level),
        (state.near_got, y), (state.near_expected, expected), (state.near_day, day),
    ):  # fmt: skip
        push(ring, sold, values)
    z, odds, depth = _evidence(state, rule)
    # Three days that lie apart by a fortnight and more are not "several bad days".
    together = day - state.near_day[:, -1] < rule.cool_down
    alarm = sold & daily & together & (state.days >= rule.from_days) & (depth >= rule.drop)
    alarm &= (z < -rule.limit) | (odds > rule.odds)
    opened, closed = _follow(state, day, alarm, sold, y, expected, swing, peers, rule)
    _learn(state, sold, error, peers, wide, scatter, festive, slot, promo, school, weekday == calendar.weekday, rule)
    _watch(state, day, sold, sold if reported is None else reported | sold, calendar, rule)
    push(state.ring_expected, np.ones(n, bool), np.where(state.days > 0, expected, np.nan))
    push(state.ring_swing, np.ones(n, bool), swing)
    network = float(np.median(raw[among])) if among.sum() >= rule.least_peers else None
    return state, Day(
        sold, expected, error, swing, peers, scatter, z, odds, depth, alarm, opened, closed, network, int(among.sum())
    )


def _evidence(state: State, rule: Rule) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the last three selling days against the level before them: z of their mean, odds of a drop, share lost."""
    learned = state.near_level - state.near_level[:, -1:]
    error = state.near_error + learned
    each = error / state.near_swing
    z = np.clip(each, -rule.counts, rule.counts).mean(1) * np.sqrt(WINDOW)
    kept = np.maximum(error, -rule.counts * state.near_swing)
    odds = ((-rule.typical * kept - rule.typical**2 / 2) / state.near_swing**2).sum(1)
    usual = (state.near_expected * np.exp(-learned)).sum(1)
    return z, odds, 1 - state.near_got.sum(1) / np.maximum(usual, 1e-12)


def _follow(state, day, alarm, sold, y, expected, swing, peers, rule) -> tuple[np.ndarray, np.ndarray]:
    """Open, carry on and close slumps; returns who opened and who closed today."""
    again = alarm & ~state.open & (state.last_alarm > NEVER) & (day - state.last_alarm <= rule.cool_down)
    opened = alarm & ~state.open & ~again
    going = state.open.copy() | again
    usual = expected * np.exp(state.before - state.level)
    fine = sold & going & (y >= usual * np.exp(-np.maximum(0.1, 1.5 * swing)))
    bad = sold & going & ~fine
    state.back_got[fine] += y[fine]
    state.back_expected[fine] += usual[fine]
    state.normal[fine] += 1
    state.got[bad] += y[bad] + state.back_got[bad]
    state.expected[bad] += usual[bad] + state.back_expected[bad]
    state.bad_days[bad] += 1 + state.normal[bad]
    state.last_bad[bad] = day
    for name in ("normal", "back_got", "back_expected"):
        getattr(state, name)[bad] = 0
    state.open[again], state.closed[again], state.settled[again] = True, NEVER, False
    learned = state.near_level - state.near_level[:, -1:]
    state.open[opened], state.settled[opened], state.closed[opened] = True, False, NEVER
    state.opened[opened] = state.last_bad[opened] = day
    state.first_bad[opened] = state.near_day[opened, -1]
    state.before[opened] = state.near_level[opened, -1]
    state.bad_days[opened] = WINDOW
    state.got[opened] = state.near_got[opened].sum(1)
    state.expected[opened] = (state.near_expected * np.exp(-learned))[opened].sum(1)
    state.peers[opened], state.swing_then[opened] = peers[opened], swing[opened]
    state.learning[opened] = state.days[opened] < rule.learning_until
    for name in ("normal", "back_got", "back_expected"):
        getattr(state, name)[opened] = 0
    state.last_alarm[alarm] = day
    well = state.open & (state.normal >= rule.normal_days)
    new_level = state.open & ~well & (day - state.last_alarm > rule.cool_down)
    new_level &= state.bad_days + state.normal >= rule.settled_after
    closed = well | new_level
    state.open[closed], state.closed[closed] = False, day
    state.settled[new_level] = True
    return opened, closed


def _learn(state, sold, error, peers, wide, scatter, festive, slot, promo, school, plain, rule) -> None:
    young = state.days < 14
    most = np.where(young, 1.0, rule.clip * wide)
    learned = np.where(sold, np.clip(error, -most, most), 0.0)
    common = learned + np.clip(peers, -0.6, 0.6)
    state.days[sold] += 1
    days = np.maximum(state.days, 1)
    rate = np.where(days <= rule.young, np.maximum(rule.level, 1 / days), rule.level)
    state.level[sold] += (rate * common)[sold]
    if plain:
        own = np.flatnonzero(sold & ~festive)
        at = (own, slot[own])
        state.week_days[at] += 1
        seen = state.week_days[at]
        state.week[at] += np.where(seen < 8, np.maximum(rule.weekday, 1 / (seen + 1)), rule.weekday) * common[own]
    for effect, count, on, slow, share in (
        (state.promo, state.promo_days, promo, 0, rule.promo),
        (state.school, state.school_days, school, 10, rule.school),
    ):
        its = sold & on
        count[its] += 1
        step = np.maximum(share, 1 / np.maximum(count + slow, 1)) * (1.0 if slow else 0.5)
        effect[its] += (step * common)[its]
    its = sold & festive
    state.holiday[its] += (rule.holiday * common)[its]
    its = sold & (state.days > 8)
    size = np.minimum(np.abs(error), 3 * wide) / scatter
    step = np.where(days < 60, np.maximum(1 / np.maximum(days - 6, 1), 1 - rule.swing_decay), 1 - rule.swing_decay)
    state.swing[its] += (step * (1.28 * size - state.swing))[its]


def _watch(state, day, sold, reported, calendar, rule) -> None:
    """Count usual selling days without a report. A day of which hardly anybody told is missing for all: no alarm."""
    daily = is_daily(state, day)
    # Bit 6 before today's is pushed is the same weekday a week ago, 13 two weeks ago…
    weeks = sum(((state.sold >> np.uint64(7 * k - 1)) & np.uint64(1)).astype(np.int32) for k in range(1, 9))
    usual = weeks * 2 >= np.clip((day - state.first) // 7, 1, 8)
    whole = daily.sum()
    told = (reported & daily).sum()
    count = whole > 0 and told * 10 >= whole and not calendar.closed and not calendar.holiday
    lacking = daily & usual & ~reported & bool(count)
    state.missing[lacking] += 1
    starts = lacking & (state.missing == 1)
    state.silent_since[starts] = day
    state.silent_told[lacking & (state.missing == rule.silent_after)] = day
    for counted in (state.missing, state.silent_since, state.silent_told):
        counted[reported] = 0
    state.last[reported] = day
    # Days of which hardly anybody told, and those a shop is silent on, leave what is usual as it was.
    move = np.full(len(sold), bool(count) or calendar.holiday or told * 10 >= whole) & (state.missing == 0)
    shifted = ((state.sold << np.uint64(1)) | sold.astype(np.uint64)) & _WATCH_BITS
    state.sold = np.where(move & (state.days > 0), shifted, state.sold)
