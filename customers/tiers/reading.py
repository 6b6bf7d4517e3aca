"""What pages, API and exports ask about tiers: standing, distribution, movements, the border, runs.

Nothing here counts customers live where a counter holds the number.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, Sum

from crm.access import reach_of
from crm.money import from_minor, to_minor
from customers.profile.models import Customer
from customers.tiers import dialect
from customers.tiers import movements as moving
from customers.tiers.deciding import RANKED
from customers.tiers.explaining import Condition, Explanation, Score, explain, history
from customers.tiers.models import RegionTier, StandingState, Tier, TierPolicy, TierRun, TierStanding
from customers.tiers.policies import is_set_based, rule_of

__all__ = [
    "BorderRow",
    "Condition",
    "Explanation",
    "Neighbours",
    "Score",
    "Share",
    "border",
    "distribution",
    "earlier_runs",
    "explain",
    "history",
    "latest_runs",
    "movements",
    "run_before",
    "run_named",
    "standing_of",
    "state",
    "usual_run",
]


@dataclass(frozen=True, slots=True)
class Share:
    """A tier's part of what somebody sees. of_customers, of_sales: fractions of the sums over A, B and C."""

    tier: str
    customers: int
    w0: Decimal
    of_customers: Decimal
    of_sales: Decimal


@dataclass(frozen=True, slots=True)
class BorderRow:
    """A ranked franchisee near the cut-off. distance: its W0 sales less the cut-off, negative below."""

    customer: Customer
    tier: str
    w0: Decimal
    rank: int
    distance: Decimal


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Those nearest at or above the cut-off and below it, the nearest first; empty without one cut-off for all."""

    cutoff: Decimal | None
    above: tuple[BorderRow, ...]
    below: tuple[BorderRow, ...]


def state() -> StandingState | None:
    """For which day and policy the standing holds; None before anything ran."""
    found = StandingState.objects.select_related("policy", "run").filter(pk=1).first()
    return found if found is not None and found.run_id else None


def standing_of(customer) -> TierStanding | None:
    """The standing of a customer the reader may see; None until the first refresh after it was made."""
    return TierStanding.objects.filter(customer=customer).first()


def distribution(user) -> list[Share]:
    """A, B, C in a person's reach: customers and W0 sales, with their shares. One query."""
    reach = reach_of(user)
    if reach.everywhere or (reach.region_ids and reach.user_id is None):
        rows = (
            RegionTier.objects.all() if reach.everywhere else RegionTier.objects.filter(region_id__in=reach.region_ids)
        )
        found = rows.order_by().values_list("tier").annotate(Sum("customers"), Sum("w0"))
    else:
        rows = TierStanding.objects.visible_to(user)
        found = rows.order_by().values_list("tier").annotate(Count("pk"), Sum("w0"))
    sums = {tier: (n, w0) for tier, n, w0 in found}
    parts = [(tier, *sums.get(tier, (0, Decimal("0.00")))) for tier in Tier.values]
    everybody, sales = sum(part[1] for part in parts), sum(part[2] for part in parts)
    return [Share(tier, n, w0, _part(n, everybody), _part(w0, sales)) for tier, n, w0 in parts]


def _part(value, whole) -> Decimal:
    return Decimal(value) / Decimal(whole) if whole > 0 else Decimal(0)


def latest_runs(user, limit: int = 20) -> list[TierRun]:
    """The newest runs a person may see (they hold sums of the whole brand), the newest first."""
    return list(TierRun.objects.visible_to(user).select_related("policy", "asked_by").order_by("-pk")[:limit])


def earlier_runs(now: StandingState | None) -> list[TierRun]:
    """What the present can be compared with under the policy in force, the latest first. One query.

    Of the present's own day the runs before the last that changed something, of each earlier day its last run.
    """
    if now is None or now.figures_as_of is None:
        return []
    day = now.figures_as_of
    runs = TierRun.objects.filter(policy=now.policy, as_of__lt=day)
    present = TierRun.objects.filter(policy=now.policy, as_of=day, pk__lt=now.run_id, changed__gt=0)
    present = present.exclude(mode=TierRun.Mode.REPLAY)
    today_too: list[TierRun] = []
    days: dict[datetime.date, TierRun] = {}
    for run in (runs | present).select_related("policy").order_by("-as_of", "-pk")[:240]:
        if run.as_of == day:
            today_too.append(run)
        else:
            days.setdefault(run.as_of, run)
    return today_too[:12] + list(days.values())[:24]


def usual_run(choices: Sequence[TierRun], now: StandingState | None) -> TierRun | None:
    """Of `earlier_runs(now)` the one to compare with unless another is named: the last of an earlier day.

    Where there is none, the last before the present.
    """
    earlier = (run for run in choices if now is not None and run.as_of != now.figures_as_of)
    return next(earlier, None) or next(iter(choices), None)


def run_named(user, pk: int, now: StandingState | None) -> TierRun | None:
    """A run that somebody names to compare with: the present, what everybody may compare it with, or one that they see.

    Its own sums stay with those who see it; who compares learns only of customers in reach.
    """
    common = [now.run, *earlier_runs(now)] if now is not None and now.run is not None else []
    found = next((run for run in common if run.pk == pk), None)
    return found or TierRun.objects.visible_to(user).select_related("policy").filter(pk=pk).first()


def run_before(day: datetime.date) -> TierRun | None:
    """The last run on or before a day that moved the standing."""
    runs = TierRun.objects.exclude(mode=TierRun.Mode.REPLAY).filter(as_of__lte=day)
    return runs.select_related("policy").order_by("-pk").first()


def movements(
    run_before: TierRun, run_after: TierRun, user, shares: Sequence[Share] | None = None
) -> tuple[moving.Flow, ...]:
    """Who went from which tier to which between two runs, among the customers a person sees, with their W0 sales now.

    shares: the `distribution` of this person where it is at hand. Cost: grows with the customers that changed, unless a
    run for a past day is one of the two (then with all).
    """
    replay = TierRun.Mode.REPLAY
    if replay in (run_before.mode, run_after.mode):
        rows = _compare(run_before, run_after, user)
    else:
        rows = _changes(run_before, run_after, user, distribution(user) if shares is None else shares)
    counts: dict[tuple, tuple[int, Decimal]] = {}
    for before, after, n, w0 in rows:
        pair = before or None, after or None
        if pair == (None, None):
            continue
        known, sales = counts.get(pair, (0, Decimal(0)))
        counts[pair] = known + n, sales + from_minor(w0 or 0)
    return moving.flows_from_counts(counts)


def seen_by(user, column: str) -> tuple[str, tuple]:
    """A condition that a column holds a customer the person sees, and its parameters."""
    if reach_of(user).everywhere:
        return "1 = 1", ()
    query, values = Customer.objects.visible_to(user).order_by().values("pk").query.sql_with_params()
    return f"{column} IN ({query})", values


def _changes(run_before: TierRun, run_after: TierRun, user, shares: Sequence[Share]) -> list[tuple]:
    """Flows of those with decisions since the earlier run, and everybody else as staying where they stand."""
    first, last = sorted((run_before.pk, run_after.pk))
    seen, values = seen_by(user, "d.customer_id")
    changed = f"""
        SELECT d.customer_id, min(d.id) AS first, min(CASE WHEN d.run_id > %s THEN d.id END) AS later
        FROM customers_tierdecision d JOIN customers_tierrun r ON r.id = d.run_id
        WHERE d.run_id > %s AND r.mode <> 'replay' AND {seen} GROUP BY d.customer_id"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT a.previous_tier, coalesce(b.previous_tier, s.tier), s.tier, count(*), {dialect.total("s.w0")}
            FROM ({changed}) c
            JOIN customers_tierdecision a ON a.id = c.first
            LEFT JOIN customers_tierdecision b ON b.id = c.later
            JOIN customers_tierstanding s ON s.customer_id = c.customer_id
            GROUP BY 1, 2, 3""",
            (last, first, *values),
        )
        moved = cursor.fetchall()
    rows = [(before, after, n, w0) for before, after, _now, n, w0 in moved]
    if run_before.pk > run_after.pk:
        rows = [(after, before, n, w0) for before, after, n, w0 in rows]
    staying = {share.tier: [share.customers, to_minor(share.w0)] for share in shares}
    for _before, _after, now, n, w0 in moved:
        if now in staying:
            staying[now][0] -= n
            staying[now][1] -= w0
    return rows + [(tier, tier, n, w0) for tier, (n, w0) in staying.items()]


def tiers_at(run: TierRun) -> tuple[str, tuple]:
    """A query (customer_id, tier) for the result of a run, and its parameters."""
    if run.mode == TierRun.Mode.REPLAY:
        return (
            """SELECT d.customer_id, d.tier FROM customers_tierdecision d WHERE d.id IN (
                SELECT max(x.id) FROM customers_tierdecision x JOIN customers_tierrun r ON r.id = x.run_id
                WHERE r.policy_id = %s AND r.as_of = %s AND r.mode = 'replay' AND r.id <= %s GROUP BY x.customer_id)""",
            (run.policy_id, run.as_of.isoformat(), run.pk),
        )
    return (
        """SELECT s.customer_id, coalesce(d.previous_tier, s.tier) AS tier FROM customers_tierstanding s
        LEFT JOIN (
            SELECT x.customer_id, min(x.id) AS id
            FROM customers_tierdecision x JOIN customers_tierrun r ON r.id = x.run_id
            WHERE x.run_id > %s AND r.mode <> 'replay' GROUP BY x.customer_id
        ) f ON f.customer_id = s.customer_id
        LEFT JOIN customers_tierdecision d ON d.id = f.id""",
        (run.pk,),
    )


def _compare(run_before: TierRun, run_after: TierRun, user) -> list[tuple]:
    before, before_values = tiers_at(run_before)
    after, after_values = tiers_at(run_after)
    seen, values = seen_by(user, "x.customer_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT x.before, x.after, count(*), {dialect.total("coalesce(s.w0, 0)")} FROM (
                SELECT customer_id, max(before) AS before, max(after) AS after FROM (
                    SELECT b.customer_id, b.tier AS before, '' AS after FROM ({before}) b
                    UNION ALL SELECT a.customer_id, '', a.tier FROM ({after}) a
                ) both_runs GROUP BY customer_id
            ) x LEFT JOIN customers_tierstanding s ON s.customer_id = x.customer_id
            WHERE {seen} GROUP BY x.before, x.after""",
            (*before_values, *after_values, *values),
        )
        return cursor.fetchall()


def _one_cutoff(now: StandingState | None) -> Decimal | None:
    """The cut-off of `state()`; None where not all are measured by the same."""
    if now is None or now.policy is None or not is_set_based(rule_of(now.policy)):
        return None
    return now.cutoff


def lacking_for_a(standing: TierStanding, now: StandingState | None) -> Decimal | None:
    """What a ranked franchisee below the cut-off of `state()` must sell more in 12 months; None for others."""
    cutoff = _one_cutoff(now)
    if cutoff is None or standing.kind != "franchisee" or not standing.open_now or not 0 < standing.w0 < cutoff:
        return None
    return cutoff - standing.w0


def _ladder(user):
    """The ranked franchisees a person sees."""
    return TierStanding.objects.visible_to(user).filter(kind="franchisee", open_now=True, w0__gt=0)


def just_below(user, n: int, now: StandingState | None, among: Q | None = None) -> list[tuple[TierStanding, Decimal]]:
    """The n ranked franchisees nearest below the cut-off, with their customers and what they lack. One query.

    among: only what this condition lets through.
    """
    cutoff = _one_cutoff(now)
    if cutoff is None:
        return []
    rows = _ladder(user).filter(w0__lt=cutoff).select_related("customer").order_by("-w0", "customer_id")
    if among is not None:
        rows = rows.filter(among)
    return [(row, cutoff - row.w0) for row in rows[:n]]


def border(user, n: int, now: StandingState | None) -> Neighbours:
    """The n ranked franchisees nearest to the cut-off of `state()` on either side, among those a person sees. Three
    queries.
    """
    cutoff = _one_cutoff(now)
    if cutoff is None:
        return Neighbours(None, (), ())
    above = list(_ladder(user).filter(w0__gte=cutoff).select_related("customer").order_by("w0", "customer_id")[:n])
    below = [row for row, _lacking in just_below(user, n, now)]
    ranks = _ranks_near(to_minor(cutoff), {to_minor(row.w0) for row in above + below})
    sides = [
        tuple(BorderRow(r.customer, r.tier, r.w0, ranks[to_minor(r.w0)], r.w0 - cutoff) for r in rows)
        for rows in (above, below)
    ]
    return Neighbours(cutoff, *sides)


def _ranks_near(cutoff: int, figures: set[int]) -> dict[int, int]:
    """Competition ranks of a few sales figures, counted from the cut-off: one count to it, small ones from there."""
    if not figures:
        return {}
    wanted: Sequence[int] = sorted(figures)
    parts = " UNION ALL ".join(
        [f"SELECT count(*) FROM customers_tierstanding WHERE {RANKED} AND w0 >= %s"]
        + [
            f"SELECT CASE WHEN v.w0 >= %s"
            f" THEN -(SELECT count(*) FROM customers_tierstanding s WHERE {RANKED} AND s.w0 >= %s AND s.w0 <= v.w0)"
            f" ELSE (SELECT count(*) FROM customers_tierstanding s WHERE {RANKED} AND s.w0 < %s AND s.w0 > v.w0) END"
            f" FROM (SELECT CAST(%s AS bigint) AS w0) v"
        ]
        * len(wanted)
    )
    return _read_ranks(parts, cutoff, wanted)


def _read_ranks(query: str, cutoff: int, wanted: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [cutoff, *(value for w0 in wanted for value in (cutoff, cutoff, cutoff, w0))])
        top, *offsets = [row[0] for row in cursor.fetchall()]
    return {w0: top + offset + 1 for w0, offset in zip(wanted, offsets, strict=True)}


def policies() -> list[TierPolicy]:
    """Every policy version, the newest of each code first; the one in force has the latest `adopted_at`."""
    return list(TierPolicy.objects.order_by("code", "-version"))
