"""How many visits of a customer belong into a stretch of days, and between which days they may lie.

Days are whole numbers; the stretch is 0 to horizon - 1, what was before it is below 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """Days between two visits: at least low, best target, at most high."""

    low: int
    target: int
    high: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """frequency visits, none before `earliest` nor after `latest`; the first by first_by, the last from last_from on.

    overdue: the rhythm was broken before the stretch began; it is caught up within one target.
    """

    frequency: int
    earliest: int
    latest: int
    first_by: int
    last_from: int
    overdue: bool = False


def wanted(
    rule: Rule, horizon: int, *, since: int | None, until: int | None = None, opens: int = 0, at_least: int = 0
) -> Wanted | None:
    """Visits strictly between `since` (the visit before; None: there was none) and `until` (the next that is fixed).

    at_least: so many are wanted by people whatever the rhythm says. None: nothing is due.
    """
    last_day = horizon - 1 if until is None else min(horizon - 1, until - rule.low)
    earliest = max(opens, 0 if since is None else since + rule.low)
    end = (horizon if until is None else until) - rule.high
    overdue = since is not None and since + rule.high < opens
    if since is None or overdue:
        due, first_by = opens, opens + min(rule.target, max(1, last_day - opens + 1)) - 1
    else:
        due, first_by = since + rule.target, since + rule.high
    needed = 0 if since is not None and not overdue and since >= end else 1 + max(0, -(-(end - first_by) // rule.high))
    usual = 0 if due > last_day else 1 + (last_day - due) // rule.target
    if until is not None and usual and (until - due) < rule.low:
        usual = 0
    if at_least and earliest > last_day:  # asked for by somebody, however near to the others
        earliest, last_day = opens, horizon - 1 if until is None else min(horizon - 1, until - 1)
    if earliest > last_day:
        return None
    most = 1 + (last_day - earliest) // max(1, rule.low)
    count = min(max(needed, usual, at_least), most)
    if not count:
        return None
    first_by = max(first_by, earliest)
    last_from = min(end, last_day) if needed else 0
    return Wanted(count, earliest, last_day, min(first_by, last_day), max(0, last_from), overdue)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What can be asked of the days there are. stretched: days between two visits beyond the rule; 0 if it is kept."""

    frequency: int
    low: int
    high: int
    first_by: int
    last_from: int
    stretched: int = 0


def fitted(asked: Wanted, rule: Rule, days: list[int]) -> Fitted | None:
    """Holidays, leave and closed doors may leave no day in time: then the nearest that can be kept, said openly.

    days: those on which a visit may be, in order. First the visits lie farther apart, then there are fewer.
    """
    if not days:
        return None
    first_by = max(asked.first_by, days[0])
    last_from = min(asked.last_from, days[-1])
    for count in range(min(asked.frequency, len(days)), 0, -1):
        for more in range(0, max(2, rule.high) + 1):
            # The ends are what the next stretch looks at: they give way after the gaps, and before a visit is lost.
            for loose in (0, more):
                starts, ends = first_by + loose, max(0, last_from - loose)
                if _exists(days, count, rule.low, rule.high + more, starts, ends):
                    beyond = max(more, first_by - asked.first_by, asked.last_from - last_from)
                    short = asked.frequency - count
                    return Fitted(count, rule.low, rule.high + more, starts, ends, max(beyond, short))
    return None


def _exists(days: list[int], count: int, low: int, high: int, first_by: int, last_from: int) -> bool:
    reach = [day for day in days if day <= first_by]
    for _visit in range(count - 1):
        reach = [day for day in days if any(low <= day - before <= high for before in reach)]
    return any(day >= last_from for day in reach)
