"""A run for any day under any policy, from the monthly sums: kept, exported or compared, the standing left alone.

`compute` leaves a temporary table RESULT: customer_id, kind, region_id, w0, w1, w2, cooperation, loyalty, tier, reason,
rule_tier, rule_reason, place, ranked, cutoff, and under a policy with options ranked_on; one row a customer that is
open on the day. Overrides that held that day
decide, as they did then; what the rule says instead stands in rule_tier.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction

from crm.periods import month_of, shift_month
from customers.scores import day
from customers.tiers import deciding, dialect, figures, holding, optioned
from customers.tiers.deciding import Ladder
from customers.tiers.policies import is_set_based
from customers.tiers.terms import Policy, Tier

FACTS = "tier_facts"
RESULT = "tier_result"
RANKS = "tier_ranks"


@contextmanager
def scratch() -> Iterator[object]:
    """A cursor with room for temporary tables that end with the block.

    On PostgreSQL a transaction holds them; on SQLite a transaction would keep every writer waiting, so none is opened.
    """
    if dialect.is_postgres():
        with transaction.atomic(), connection.cursor() as cursor:
            yield cursor
            dialect.drop_tables(cursor, RESULT, FACTS, RANKS)
        return
    with connection.cursor() as cursor:
        try:
            yield cursor
        finally:
            dialect.drop_tables(cursor, RESULT, FACTS, RANKS)


Before = Mapping[int, Tier] | None
"""Tiers before the day, by customer; None: those that the decisions in force tell of."""


def compute(cursor, rule: Policy, as_of: datetime.date, *, before: Before = None) -> Ladder:
    """Decide everybody open on the day into RESULT; returns the ladder (cut-off None when ranking within regions)."""
    make_facts(cursor, rule, as_of)
    return decide(cursor, rule, as_of, before=before)


def make_facts(cursor, rule: Policy, as_of: datetime.date) -> None:
    values = figures.parameters(as_of, rule) | {"before": shift_month(month_of(as_of), 1).isoformat()}
    dialect.stream(cursor, True)
    figured = figures.query(before=as_of, open_only=True, scores=day.ready(cursor, as_of, rule.weights))
    query = f"SELECT f.*, '' AS tier, '' AS reason, '' AS override_tier FROM ({figured}) f"
    dialect.make_table(cursor, FACTS, query, values, key="customer_id")
    dialect.stream(cursor, False)
    day.drop(cursor)
    cursor.execute(
        f"UPDATE {FACTS} SET override_tier = h.tier FROM ({holding.held_on()}) h"
        f" WHERE h.customer_id = {FACTS}.customer_id",
        {"as_of": as_of.isoformat()},
    )
    # After an empty result SQLite knows no types; the index is wanted whatever the rows.
    cursor.execute(f"CREATE INDEX {FACTS}_ladder ON {FACTS} (w0 DESC) WHERE {deciding.RANKED}")


def decide(cursor, rule: Policy, as_of: datetime.date, *, before: Before = None) -> Ladder:
    """Decide the customers in FACTS into RESULT."""
    columns = "s.customer_id, s.kind, s.region_id, s.w0, s.w1, s.w2, s.cooperation, s.loyalty"
    if not is_set_based(rule):
        result = optioned.judge(cursor, FACTS, rule, as_of, before=before)
        optioned.write_judged(cursor, result)
        kept = holding.final("j.tier", "j.reason", "s.override_tier")
        query = f"""SELECT {columns}, {_named(kept)}, j.place, j.ranked, j.cutoff, j.ranked_on
            FROM {FACTS} s JOIN {optioned.JUDGED} j ON j.customer_id = s.customer_id"""
        dialect.make_table(cursor, RESULT, query, {}, key="customer_id")
        dialect.drop_tables(cursor, optioned.JUDGED)
        return optioned.ladder_of(result)
    ladder = deciding.read_ladder(cursor, FACTS, rule)
    deciding.make_all_ranks(cursor, RANKS, FACTS)
    values = deciding.parameters(rule, ladder) | {"ranked": ladder.ranked, "shown": ladder.cutoff}
    query = f"""
        SELECT d.customer_id, d.kind, d.region_id, d.w0, d.w1, d.w2, d.cooperation, d.loyalty,
            {_named(holding.final(deciding.tier("d.reason"), "d.reason", "d.override_tier"))}, d.place,
            %(ranked)s AS ranked, CAST(%(shown)s AS bigint) AS cutoff
        FROM (
            SELECT {columns}, s.override_tier, {deciding.reason(rule)} AS reason, r.place
            FROM {FACTS} s LEFT JOIN {RANKS} r ON s.kind = 'franchisee' AND s.w0 > 0 AND r.w0 = s.w0
            {dialect.fence()}
        ) d"""
    dialect.make_table(cursor, RESULT, query, values, key="customer_id")
    return ladder


def _named(columns: dict[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in columns.items())


def counts(cursor) -> dict[str, int]:
    """Customers by tier in RESULT."""
    cursor.execute(f"SELECT tier, count(*) FROM {RESULT} GROUP BY tier")
    return dict.fromkeys("ABC", 0) | dict(cursor.fetchall())
