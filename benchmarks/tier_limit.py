"""The limit: the same tiers by the best statements we could write by hand, for one policy and one day, with constants.

Streaming merge joins from the monthly sums, no checks, no progress, no second policy, and only changes written, with
their history. What the engine costs is measured against it.
"""

from __future__ import annotations

from math import ceil

from django.db import connection, transaction

from customers.models import TierRun

STARTS = {"w2": "2020-12-01", "w1": "2021-12-01", "w0": "2022-12-01", "end": "2023-12-01"}


def run(as_of: str, policy: int, figures: bool = True) -> int:
    """Bring the standing up to date; returns how many tiers or reasons changed. figures: work those out as well."""
    postgres = connection.vendor == "postgresql"
    with transaction.atomic(), connection.cursor() as cursor:
        if postgres:
            cursor.execute("SELECT pg_advisory_xact_lock(7101, 2)")
            cursor.execute("SET LOCAL jit = off")
        made = TierRun.objects.create(policy_id=policy, as_of=as_of, mode="full")
        if figures:
            _figures(cursor, as_of, postgres)
        ranked, k, cutoff = _ladder(cursor)
        changed = _changes(cursor, cutoff, postgres)
        _history(cursor, made, policy, as_of, ranked, cutoff)
        cursor.execute(
            "UPDATE customers_tierstanding SET tier = d.tier, reason = d.reason, run_id = %s"
            " FROM limit_changes d WHERE d.customer_id = customers_tierstanding.customer_id",
            [made.pk],
        )
        _counters(cursor, postgres)
        cursor.execute("DROP TABLE limit_changes")
        TierRun.objects.filter(pk=made.pk).update(ranked=ranked, k=k, changed=changed)
    return changed


def _known(score: str, column: str) -> str:
    return f"CASE WHEN {score}.events >= 5 THEN {score}.{column} END"


def _figures(cursor, as_of: str, postgres: bool) -> None:
    total = "qiao_sum" if postgres else "sum"
    unlike = "IS DISTINCT FROM" if postgres else "IS NOT"
    if postgres:
        for name in ("enable_hashagg", "enable_hashjoin", "enable_sort"):
            cursor.execute(f"SET LOCAL {name} = off")
        source = f"""customers_customer c
            LEFT JOIN (SELECT customer_id,
                {total}(net) FILTER (WHERE month >= '{STARTS["w0"]}' AND month < '{STARTS["end"]}') AS w0,
                {total}(net) FILTER (WHERE month >= '{STARTS["w1"]}' AND month < '{STARTS["w0"]}') AS w1,
                {total}(net) FILTER (WHERE month < '{STARTS["w1"]}') AS w2, max(last_sold_on) AS last_sold_on
                FROM customers_monthlysales WHERE month >= '{STARTS["w2"]}' GROUP BY customer_id) m
                ON m.customer_id = c.id"""
        sums = "coalesce(m.w0, 0) AS w0, coalesce(m.w1, 0) AS w1, coalesce(m.w2, 0) AS w2, m.last_sold_on"
        grouped = ""
    else:
        source = f"""customers_customer c
            LEFT JOIN customers_monthlysales m ON m.customer_id = c.id AND m.month >= '{STARTS["w2"]}'"""
        sums = f"""
            coalesce(sum(net) FILTER (WHERE month >= '{STARTS["w0"]}' AND month < '{STARTS["end"]}'), 0) AS w0,
            coalesce(sum(net) FILTER (WHERE month >= '{STARTS["w1"]}' AND month < '{STARTS["w0"]}'), 0) AS w1,
            coalesce(sum(net) FILTER (WHERE month < '{STARTS["w1"]}'), 0) AS w2, max(last_sold_on) AS last_sold_on"""
        grouped = "GROUP BY c.id"
    # Found first and written then: cheaper than an UPDATE of the join, which carries every column to the filter.
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE limit_figures {"ON COMMIT DROP" if postgres else ""} AS
        SELECT f.* FROM (
            SELECT b.id, b.kind, b.region_id, b.open_now, b.w0, b.w1, b.w2, b.last_sold_on,
                {_known("sc", "value")} AS cooperation, {_known("sl", "value")} AS loyalty,
                {_known("sc", "sure")} AS cooperation_sure, {_known("sl", "sure")} AS loyalty_sure
            FROM (
                SELECT c.id, c.kind, c.region_id, {sums},
                    (c.opened_on IS NULL OR c.opened_on <= '{as_of}') AND
                    CASE WHEN c.closed_on IS NULL THEN c.state <> 'closed' ELSE c.closed_on > '{as_of}' END
                        AS open_now
                FROM {source} {grouped}
            ) b
            LEFT JOIN customers_score sc ON sc.customer_id = b.id AND sc.trait = 'cooperation' AND sc.current
            LEFT JOIN customers_score sl ON sl.customer_id = b.id AND sl.trait = 'loyalty' AND sl.current
        ) f JOIN customers_tierstanding s ON s.customer_id = f.id
        WHERE s.w0 <> f.w0 OR s.w1 <> f.w1 OR s.w2 <> f.w2 OR s.kind <> f.kind
            OR s.region_id <> f.region_id OR s.open_now <> f.open_now OR s.last_sold_on {unlike} f.last_sold_on
            OR s.cooperation {unlike} f.cooperation OR s.loyalty {unlike} f.loyalty
            OR s.cooperation_sure {unlike} f.cooperation_sure OR s.loyalty_sure {unlike} f.loyalty_sure"""
    )
    cursor.execute(
        """
        UPDATE customers_tierstanding SET kind = f.kind, region_id = f.region_id, open_now = f.open_now,
            w0 = f.w0, w1 = f.w1, w2 = f.w2, last_sold_on = f.last_sold_on, cooperation = f.cooperation,
            loyalty = f.loyalty, cooperation_sure = f.cooperation_sure,
            loyalty_sure = f.loyalty_sure,
            growth = CASE WHEN f.w1 > 0 THEN (f.w0 - f.w1) * 10000 / f.w1 END
        FROM limit_figures f WHERE f.id = customers_tierstanding.customer_id"""
    )
    cursor.execute("DROP TABLE limit_figures")
    if postgres:
        for name in ("enable_hashagg", "enable_hashjoin", "enable_sort"):
            cursor.execute(f"SET LOCAL {name} = on")


_RANKED = "kind = 'franchisee' AND open_now AND w0 > 0"


def _ladder(cursor) -> tuple[int, int, int]:
    cursor.execute(f"SELECT count(*) FROM customers_tierstanding WHERE {_RANKED}")
    ranked = cursor.fetchone()[0]
    k = ceil(ranked / 5)
    cursor.execute(f"SELECT w0 FROM customers_tierstanding WHERE {_RANKED} ORDER BY w0 DESC LIMIT 1 OFFSET {k - 1}")
    return ranked, k, cursor.fetchone()[0]


def _changes(cursor, cutoff: int, postgres: bool) -> int:
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE limit_changes {"ON COMMIT DROP" if postgres else ""} AS
        SELECT customer_id, tier AS old_tier, region_id, kind, w0, w1, w2, cooperation, loyalty, new AS reason,
            CASE WHEN new IN ('agent', 'top_share') THEN 'A' WHEN new = 'growth' THEN 'B' WHEN new = '' THEN ''
                ELSE 'C' END AS tier
        FROM (
            SELECT customer_id, tier, reason, region_id, kind, w0, w1, w2, cooperation, loyalty,
                CASE WHEN NOT open_now THEN '' WHEN kind = 'agent' THEN 'agent' WHEN w0 >= {cutoff} THEN 'top_share'
                WHEN w0 <= 0 THEN 'no_sales' WHEN w1 <= 0 OR w2 <= 0 THEN 'not_yet_judgeable'
                WHEN 10 * w1 < 11 * w2 THEN
                    CASE WHEN 10 * w0 < 11 * w1 THEN 'growth_short' ELSE 'growth_1_short' END
                WHEN 10 * w0 < 11 * w1 THEN 'growth_2_short'
                WHEN cooperation IS NULL THEN 'cooperation_unknown' WHEN cooperation_sure < 7000 THEN
                    CASE WHEN cooperation < 7000 THEN 'cooperation_low' ELSE 'cooperation_unsure' END
                WHEN loyalty IS NULL THEN 'loyalty_unknown' WHEN loyalty_sure < 7000 THEN 'loyalty_low'
                ELSE 'growth' END AS new
            FROM customers_tierstanding {"OFFSET 0" if postgres else ""}
        ) x
        WHERE new <> reason OR tier <> CASE WHEN new IN ('agent', 'top_share') THEN 'A' WHEN new = 'growth' THEN 'B'
            WHEN new = '' THEN '' ELSE 'C' END"""
    )
    if postgres:
        cursor.execute("ANALYZE limit_changes")
    cursor.execute("SELECT count(*) FROM limit_changes")
    return cursor.fetchone()[0]


def _history(cursor, made, policy: int, as_of: str, ranked: int, cutoff: int) -> None:
    cursor.execute(
        f"""
        INSERT INTO customers_tierdecision (customer_id, run_id, policy_id, as_of, tier, reason, previous_tier, w0, w1,
            w2, rank, ranked, cutoff, cooperation, loyalty, decided_at)
        SELECT d.customer_id, {made.pk}, {policy}, '{as_of}', d.tier, d.reason, d.old_tier, d.w0, d.w1, d.w2,
            CASE WHEN d.kind = 'franchisee' THEN r.place END, {ranked}, {cutoff}, d.cooperation, d.loyalty,
            CURRENT_TIMESTAMP
        FROM limit_changes d LEFT JOIN (
            SELECT w0, rank() OVER (ORDER BY w0 DESC) AS place, row_number() OVER (ORDER BY w0 DESC) AS n
            FROM customers_tierstanding WHERE {_RANKED} AND EXISTS (SELECT 1 FROM limit_changes)
        ) r ON r.w0 = d.w0 AND r.place = r.n"""
    )


def _counters(cursor, postgres: bool) -> None:
    total = "qiao_sum" if postgres else "sum"
    cursor.execute(
        f"""
        INSERT INTO customers_regiontier (region_id, tier, customers, w0)
        SELECT n.region_id, n.tier, n.customers, n.w0 FROM (
            SELECT region_id, tier, count(*) AS customers, {total}(w0) AS w0 FROM customers_tierstanding
            GROUP BY region_id, tier
        ) n LEFT JOIN customers_regiontier o ON o.region_id = n.region_id AND o.tier = n.tier
        WHERE o.region_id IS NULL OR o.customers <> n.customers OR o.w0 <> n.w0
        ON CONFLICT (region_id, tier) DO UPDATE SET customers = excluded.customers, w0 = excluded.w0"""
    )
