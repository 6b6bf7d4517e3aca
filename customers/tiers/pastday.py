"""A run for any day under any policy, from the monthly sums: kept, exported or compared, the standing left alone.

`compute` leaves a temporary table RESULT: customer_id, kind, region_id, w0, w1, w2, cooperation, loyalty, tier, reason,
place, ranked, cutoff; one row a customer that is open on the day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from crm.periods import month_of, shift_month
from customers.scores import day
from customers.tiers import deciding, dialect, figures, optioned
from customers.tiers.deciding import Ladder
from customers.tiers.policies import is_set_based
from customers.tiers.terms import Policy

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


def compute(cursor, rule: Policy, as_of: datetime.date) -> Ladder:
    """Decide everybody open on the day into RESULT; returns the ladder (cut-off None when ranking within regions)."""
    make_facts(cursor, rule, as_of)
    return decide(cursor, rule, as_of)


def make_facts(cursor, rule: Policy, as_of: datetime.date) -> None:
    values = figures.parameters(as_of, rule) | {"before": shift_month(month_of(as_of), 1).isoformat()}
    dialect.stream(cursor, True)
    figured = figures.query(before=as_of, open_only=True, scores=day.ready(cursor, as_of))
    query = f"SELECT f.*, '' AS tier, '' AS reason FROM ({figured}) f"
    dialect.make_table(cursor, FACTS, query, values, key="customer_id")
    dialect.stream(cursor, False)
    day.drop(cursor)
    # After an empty result SQLite knows no types; the index is wanted whatever the rows.
    cursor.execute(f"CREATE INDEX {FACTS}_ladder ON {FACTS} (w0 DESC) WHERE {deciding.RANKED}")


def decide(cursor, rule: Policy, as_of: datetime.date) -> Ladder:
    """Decide the customers in FACTS into RESULT."""
    columns = "s.customer_id, s.kind, s.region_id, s.w0, s.w1, s.w2, s.cooperation, s.loyalty"
    if not is_set_based(rule):
        result = optioned.judge(cursor, FACTS, rule, as_of)
        optioned.write_judged(cursor, result)
        query = f"""SELECT {columns}, j.tier, j.reason, j.place, j.ranked, j.cutoff
            FROM {FACTS} s JOIN {optioned.JUDGED} j ON j.customer_id = s.customer_id"""
        dialect.make_table(cursor, RESULT, query, {}, key="customer_id")
        dialect.drop_tables(cursor, optioned.JUDGED)
        return optioned.ladder_of(result)
    ladder = deciding.read_ladder(cursor, FACTS, rule)
    deciding.make_all_ranks(cursor, RANKS, FACTS)
    values = deciding.parameters(rule, ladder) | {"ranked": ladder.ranked, "shown": ladder.cutoff}
    query = f"""
        SELECT d.customer_id, d.kind, d.region_id, d.w0, d.w1, d.w2, d.cooperation, d.loyalty,
            {deciding.tier("d.reason")} AS tier, d.reason, d.place, %(ranked)s AS ranked,
            CAST(%(shown)s AS bigint) AS cutoff
        FROM (
            SELECT {columns}, {deciding.reason(rule)} AS reason, r.place
            FROM {FACTS} s LEFT JOIN {RANKS} r ON s.kind = 'franchisee' AND s.w0 > 0 AND r.w0 = s.w0
            {dialect.fence()}
        ) d"""
    dialect.make_table(cursor, RESULT, query, values, key="customer_id")
    return ladder


def counts(cursor) -> dict[str, int]:
    """Customers by tier in RESULT."""
    cursor.execute(f"SELECT tier, count(*) FROM {RESULT} GROUP BY tier")
    return dict.fromkeys("ABC", 0) | dict(cursor.fetchall())
