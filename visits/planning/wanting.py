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
    """frequency visits, none before `earliest` nor after `latest`; the first by first_by, the last not before last_from.

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
