"""Working a trial out, set-based: both policies on the facts of one day, the sums of who goes where, the names of who
moves. Nothing that is in force is touched.

`TierTrial.result`: {"cells": [[region, before, after, customers, cents, cents of the next 12 months or null]],
"ranked", "k" and "cutoff" as pairs, "held": how many moves an override keeps from happening, "moved": how many happen}.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from crm.clock import today
from crm.money import from_minor
from crm.periods import MONTHS_IN_A_WINDOW, Windows, shift_month
from customers.tiers import deciding, dialect, holding, pastday
from customers.tiers.lab import Cell, Churn, churn
from customers.tiers.models import TierPolicy
from customers.tiers.policies import rule_from, rule_of
from customers.tiers.terms import Policy, Tier
from customers.tiers.tiering import windows_of
from customers.tiers.trials import TierTrial, TierTrialMove

FIRST = "tier_trial_first"
NEXT = "tier_trial_next"
CHURN_MONTHS = 12
STEPS = 4
Tell = Callable[[int, int], None]
VALUES = ("top_share", "growth", "cooperation_high", "loyalty_high", "min_observations")


def draft_of(policy: TierPolicy) -> dict:
    """A stored version as the draft of a trial."""
    return {name: str(getattr(policy, name)) for name in VALUES} | {"options": dict(policy.options)}


def rule_of_draft(draft: dict) -> Policy:
    """The rule of a draft. Raises ValueError, TypeError or ArithmeticError for what contradicts itself."""
    return rule_from(
        code="draft",
        version=1,
        top_share=Decimal(draft["top_share"]),
        growth=Decimal(draft["growth"]),
        cooperation_high=Decimal(draft["cooperation_high"]),
        loyalty_high=Decimal(draft["loyalty_high"]),
        min_observations=int(draft["min_observations"]),
        options=draft["options"],
    )


def support_cost() -> dict[Tier, Decimal] | None:
    """What the support of one customer of a tier costs a year; None while nothing says so."""
    path = settings.SUPPORT_COST_OF_TIER
    return import_string(path)() if path else None


def work_out(trial: TierTrial, tell: Tell = lambda done, total: None) -> None:
    """Fill in a trial's result and moves; done again, the same."""
    began = time.monotonic()
    first, second = rule_of(trial.against), rule_of_draft(trial.draft)
    day = trial.as_of
    tell(0, STEPS)
    with pastday.scratch() as cursor:
        ladders = [pastday.compute(cursor, first, day)]
        dialect.make_table(
            cursor,
            FIRST,
            f"SELECT customer_id, tier, reason, {holding.computed('r')} AS computed FROM {pastday.RESULT} r",
            {},
            key="customer_id",
        )
        tell(1, STEPS)
        if _same_facts(first, second, day):
            ladders.append(pastday.decide(cursor, second, day))
        else:
            ladders.append(pastday.compute(cursor, second, day))
        tell(2, STEPS)
        cells, held = _cells(cursor, day)
        tell(3, STEPS)
        with transaction.atomic():
            TierTrialMove.objects.filter(trial=trial).delete()
            cursor.execute(
                f"""INSERT INTO customers_tiertrialmove
                    (trial_id, customer_id, region_id, before, after, reason_before, reason, w0, w1, rank)
                SELECT %(trial)s, b.customer_id, b.region_id, a.tier, b.tier, a.reason, b.reason, b.w0, b.w1, b.place
                FROM {pastday.RESULT} b JOIN {FIRST} a ON a.customer_id = b.customer_id
                WHERE a.tier <> b.tier ORDER BY b.customer_id""",
                {"trial": trial.pk},
            )
            trial.result = {
                "cells": cells,
                "ranked": [ladder.ranked for ladder in ladders],
                "k": [ladder.k for ladder in ladders],
                "cutoff": [ladder.cutoff for ladder in ladders],
                "held": held,
                "moved": sum(n for _region, before, after, n, *_sums in cells if before != after),
            }
            trial.seconds = round(time.monotonic() - began, 2)
            trial.save(update_fields=["result", "seconds"])
        dialect.drop_tables(cursor, FIRST, NEXT)
    tell(STEPS, STEPS)


def _same_facts(first: Policy, second: Policy, day: datetime.date) -> bool:
    """Whether both rules read the same figures of the day, so that they are worked out once."""
    if first.min_observations != second.min_observations or first.weights != second.weights:
        return False
    return windows_of(first, day) == windows_of(second, day)


def _cells(cursor, day: datetime.date) -> tuple[list[list], int]:
    """Sums by region, tier before and tier after; and how many moves an override forbids."""
    since = Windows.as_of(day).w0.end
    until = shift_month(since, MONTHS_IN_A_WINDOW)
    known = until <= Windows.as_of(today()).w0.end
    dialect.make_table(
        cursor,
        NEXT,
        f"""SELECT m.customer_id, {dialect.total("m.net")} AS net FROM customers_monthlysales m
        WHERE m.month >= %(since)s AND m.month < %(until)s GROUP BY m.customer_id""",
        {"since": since.isoformat(), "until": until.isoformat()},
        key="customer_id",
    )
    cursor.execute(
        f"""SELECT b.region_id, a.tier, b.tier, count(*),
            {dialect.total("b.w0")}, {dialect.total("coalesce(n.net, 0)")},
            count(*) FILTER (WHERE a.tier = b.tier AND a.computed <> {holding.computed("b")})
        FROM {pastday.RESULT} b JOIN {FIRST} a ON a.customer_id = b.customer_id
        LEFT JOIN {NEXT} n ON n.customer_id = b.customer_id
        GROUP BY b.region_id, a.tier, b.tier ORDER BY 1, 2, 3"""
    )
    rows = cursor.fetchall()
    return [[*row[:5], row[5] if known else None] for row in rows], sum(row[6] for row in rows)


def cells_of(trial: TierTrial) -> list[Cell]:
    return [
        Cell(region, before, after, n, from_minor(sales), None if later is None else from_minor(later))
        for region, before, after, n, sales, later in trial.result.get("cells", ())
    ]


def cutoffs_of(trial: TierTrial) -> tuple[Decimal | None, Decimal | None]:
    first, second = (None if cents is None else from_minor(cents) for cents in trial.result["cutoff"])
    return first, second


# --- how calm a policy is ---------------------------------------------------------------------------------------------


def month_ends(day: datetime.date, months: int = CHURN_MONTHS) -> list[datetime.date]:
    """The last days of the `months` full months up to a day and of the month before them, the earliest first."""
    end = Windows.as_of(day).w0.end
    return [shift_month(end, -back) - datetime.timedelta(days=1) for back in range(months, -1, -1)]


def replay_months(rule: Policy, days: list[datetime.date], tell: Tell) -> Iterator[dict[int, Tier]]:
    """Tiers by the rule on each of the days, each judged after the one before it: as if it had always been in force."""
    before: dict[int, Tier] = {}
    for n, day in enumerate(days):
        tell(n, len(days))
        with pastday.scratch() as cursor:
            pastday.compute(cursor, rule, day, before=before)
            cursor.execute(f"SELECT r.customer_id, {holding.computed('r')} FROM {pastday.RESULT} r")
            before = dict(cursor.fetchall())
        yield before


def work_out_churn(trial: TierTrial, tell: Tell = lambda done, total: None) -> None:
    """How many of A and of B are replaced a month, replayed over a year under both policies."""
    days = month_ends(trial.as_of)
    found: dict[str, dict[str, list[int]]] = {}
    rules = {"against": rule_of(trial.against), "draft": rule_of_draft(trial.draft)}
    for at, (name, rule) in enumerate(rules.items()):
        chain = replay_months(rule, days, lambda done, total, at=at: tell(at * len(days) + done, 2 * len(days)))
        found[name] = {tier: [one.held, one.lost, one.months] for tier, one in churn(chain).items()}
    trial.churn = found
    trial.save(update_fields=["churn"])


def churn_of(trial: TierTrial) -> dict[str, dict[str, Churn]]:
    """{"against" and "draft": {tier: Churn}}; empty until it was asked for."""
    return {name: {tier: Churn(*sums) for tier, sums in tiers.items()} for name, tiers in trial.churn.items()}


def ranked_of(trial: TierTrial) -> list[deciding.Ladder]:
    result = trial.result
    return [
        deciding.Ladder(ranked, k, cutoff)
        for ranked, k, cutoff in zip(result["ranked"], result["k"], result["cutoff"], strict=True)
    ]
