"""Bringing standing, decisions and counters up to a day: all of it set-based, in the caller's transaction.

Three depths, with the same result: everything worked out anew; everybody judged on figures kept up (the nightly way);
or only who was touched, and the franchisees between the old and the new cut-off (after an import). Only what differs is
written. Memory of the process is flat, except for policies that need the pure rule (see `optioned`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from crm.clock import now
from crm.money import from_minor
from crm.periods import Windows
from customers.scores import day
from customers.tiers import counters, deciding, dialect, figures, holding, ledger, optioned
from customers.tiers.models import StandingState, TierPolicy, TierRun
from customers.tiers.policies import is_set_based, rule_of
from customers.tiers.terms import Policy
from customers.tiers.tiering import windows_of

TOUCHED = "tier_touched"
FIGURES = "tier_figures"
CHANGES = "tier_changes"
RANKS = "tier_ranks"
OUTBOXES = ("customers_salesdirty", "customers_tierdirty")
FULL_FROM = 20
"""From one customer in so many touched, working out everything is cheaper."""
STEPS = 5
Tell = Callable[[int, int], None]


class Depth(Enum):
    TOUCHED = 1
    JUDGE_ALL = 2
    ALL = 3


@dataclass(slots=True)
class Work:
    """One refresh under way."""

    cursor: object
    state: StandingState
    policy: TierPolicy
    rule: Policy
    as_of: datetime.date
    run: TierRun
    scores: str = ""
    depth: Depth = Depth.TOUCHED
    touched: int = 0
    refigured: int = 0
    changed: int = 0
    ladder: deciding.Ladder = field(default_factory=lambda: deciding.Ladder(0, 0, None))
    examined: int = 0

    @property
    def windows(self) -> Windows:
        return windows_of(self.rule, self.as_of)


def refresh(cursor, *, state: StandingState, policy: TierPolicy, as_of, run: TierRun, depth: Depth, tell: Tell) -> None:
    """Bring everything up to `as_of` and fill in `run`. The lock is held by the caller."""
    # Scores of a past day are worked out aside: then nobody's standing can be relied on.
    rule = rule_of(policy)
    scores = day.ready(cursor, as_of, rule.weights)
    work = Work(cursor, state, policy, rule, as_of, run, scores, Depth.ALL if scores else depth)
    tell(0, STEPS)
    _find_touched(work)
    tell(1, STEPS)
    _refigure(work)
    tell(2, STEPS)
    _judge(work)
    tell(3, STEPS)
    ledger.write(
        cursor,
        changed=CHANGES,
        ranks=RANKS,
        run=run,
        ladder=work.ladder if is_set_based(work.rule) else None,
    )
    tell(4, STEPS)
    counters.update(cursor, FIGURES, CHANGES, rebuild=work.depth is Depth.ALL)
    _finish(work)
    dialect.drop_tables(cursor, TOUCHED, FIGURES, CHANGES, RANKS, day.DAY)
    tell(STEPS, STEPS)


def _find_touched(work: Work) -> None:
    """Empty the outboxes; settle the depth."""
    state, as_of = work.state, work.as_of
    before = state.figures_as_of
    unmoved = (
        state.run_id is not None
        and state.policy_id == work.policy.pk
        and state.w0_start == work.windows.w0.start
        and before is not None
        and before <= as_of
    )
    if not unmoved:
        work.depth = Depth.ALL
    more, values = "", {}
    if work.depth is not Depth.ALL and before is not None and before < as_of:
        more = figures.moved_by_the_day()
        values = {
            "before_as_of": before.isoformat(),
            "as_of": as_of.isoformat(),
        }
        work.depth = Depth.JUDGE_ALL
    work.touched = dialect.consume(work.cursor, TOUCHED, OUTBOXES, more, values)
    if work.depth is Depth.TOUCHED and not is_set_based(work.rule):
        work.depth = Depth.JUDGE_ALL
    if work.depth is not Depth.ALL and work.touched * FULL_FROM > counters.customers():
        work.depth = Depth.ALL


def _refigure(work: Work) -> None:
    """Work out the figures that may have changed, and write those that did."""
    values = figures.parameters(work.as_of, work.rule)
    everybody = work.depth is Depth.ALL
    dialect.stream(work.cursor, everybody)
    query = figures.changes("" if everybody else TOUCHED, work.scores)
    work.refigured = dialect.make_table(work.cursor, FIGURES, query, values, key="customer_id")
    dialect.stream(work.cursor, False)
    if work.refigured:
        figures.apply(work.cursor, FIGURES)
    work.touched += holding.follow(work.cursor, work.as_of, TOUCHED)


def _judge(work: Work) -> None:
    """Find whose tier or reason changes, with the ranks of those who have one."""
    cursor, rule = work.cursor, work.rule
    if not is_set_based(rule):
        work.ladder = optioned.judge_standing(cursor, CHANGES, rule, work.as_of)
        cursor.execute(f"SELECT count(*) FROM {CHANGES}")
        work.changed = cursor.fetchone()[0]
        return
    source = "customers_tierstanding"
    work.ladder = deciding.read_ladder(cursor, source, rule)
    values = deciding.parameters(rule, work.ladder)
    among = ""
    if work.depth is Depth.TOUCHED:
        among, more = _near(work)
        values |= more
        cursor.execute(f"SELECT count(*) FROM {source} s WHERE {among}", values)
        work.examined = cursor.fetchone()[0]
    work.changed = dialect.make_table(cursor, CHANGES, deciding.changes(rule, source, among), values, key="customer_id")
    deciding.make_ranks(cursor, RANKS, CHANGES, source, work.ladder, work.changed)


def _near(work: Work) -> tuple[str, dict]:
    """A condition for who can have changed: touched, or between the cut-offs before and now."""
    before = deciding.NOBODY if work.state.cutoff is None else int(work.state.cutoff * 100)
    after = deciding.NOBODY if work.ladder.cutoff is None else work.ladder.cutoff
    condition = f"s.customer_id IN (SELECT customer_id FROM {TOUCHED})"
    if before == after:
        return condition, {}
    between = f"""s.customer_id IN (
        SELECT customer_id FROM customers_tierstanding
        WHERE {deciding.RANKED} AND w0 >= %(low)s AND w0 < %(high)s)"""
    return f"({condition} OR {between})", {"low": min(before, after), "high": max(before, after)}


def _finish(work: Work) -> None:
    state, run, ladder = work.state, work.run, work.ladder
    counts = counters.by_tier()
    cutoff = None if ladder.cutoff is None else from_minor(ladder.cutoff)
    run.a, run.b, run.c = counts["A"], counts["B"], counts["C"]
    run.ranked, run.k, run.cutoff = ladder.ranked, ladder.k, cutoff
    run.examined = work.examined if work.depth is Depth.TOUCHED else sum(counts.values())
    run.changed = work.changed
    run.mode = TierRun.Mode.INCREMENTAL if work.depth is Depth.TOUCHED else TierRun.Mode.FULL
    run.seconds = round((now() - run.created_at).total_seconds(), 3)
    run.save()
    state.figures_as_of, state.w0_start, state.policy, state.run = work.as_of, work.windows.w0.start, work.policy, run
    state.cutoff, state.ranked, state.k = cutoff, ladder.ranked, ladder.k
    state.save()
