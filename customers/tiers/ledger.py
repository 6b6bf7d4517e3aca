"""Appending decisions and moving the standing to them."""

from __future__ import annotations

from django.db import connection

from customers.tiers import dialect
from customers.tiers.deciding import Ladder
from customers.tiers.models import TierRun

_COLUMNS = (
    "customer_id, run_id, policy_id, as_of, tier, reason, previous_tier, w0, w1, w2, rank, ranked, cutoff,"
    " cooperation, loyalty, rule_tier, rule_reason, decided_at"
)


def run_values(run: TierRun) -> dict:
    return {
        "run": run.pk,
        "policy": run.policy_id,
        "as_of": run.as_of.isoformat(),
        "at": connection.ops.adapt_datetimefield_value(run.created_at),
    }


def write(cursor, *, changed: str, ranks: str, run: TierRun, ladder: Ladder | None) -> None:
    """Append a decision for each row of `changed` and set its standing.

    ranks: (w0, place) of a ladder for the whole brand. ladder None: `changed` itself holds place, ranked and cutoff.
    """
    values = run_values(run)
    if ladder is None:
        evidence, joined = "d.place, d.ranked, d.cutoff", ""
    else:
        evidence = "r.place, %(ranked)s, " + ("NULL" if ladder.cutoff is None else "%(cutoff)s")
        joined = f"LEFT JOIN {ranks} r ON d.is_ranked AND r.w0 = d.w0"
        values |= {"ranked": ladder.ranked, "cutoff": ladder.cutoff}
    for part, bounds in dialect.pieces(cursor, changed, "d"):
        cursor.execute(
            f"INSERT INTO customers_tierdecision ({_COLUMNS})"
            f" SELECT d.customer_id, %(run)s, %(policy)s, %(as_of)s, d.tier, d.reason, d.old_tier, d.w0, d.w1, d.w2,"
            f" {evidence}, d.cooperation, d.loyalty, d.rule_tier, d.rule_reason, %(at)s FROM {changed} d {joined}"
            f" WHERE {part} ORDER BY d.customer_id",
            values | bounds,
        )
        cursor.execute(
            f"UPDATE customers_tierstanding SET tier = d.tier, reason = d.reason,"
            f" rule_tier = d.rule_tier, rule_reason = d.rule_reason, run_id = %(run)s"
            f" FROM {changed} d WHERE d.customer_id = customers_tierstanding.customer_id AND {part}",
            values | bounds,
        )


def write_snapshot(cursor, *, result: str, run: TierRun) -> int:
    """Append what a run for a past day found and no run of the same policy and day has kept; returns how many.

    A past day keeps the whole result of its first run, as there is no chain of changes it could stand in. Who is no
    longer in the result gets a decision without a tier. The standing is not touched.
    """
    values = run_values(run) | {"replay": TierRun.Mode.REPLAY}
    kept = "tier_kept"
    dialect.make_table(
        cursor,
        kept,
        """SELECT d.customer_id, d.tier, d.reason, d.w0, d.w1, d.w2, d.rank, d.ranked, d.cutoff, d.cooperation,
            d.loyalty, d.rule_tier, d.rule_reason
        FROM customers_tierdecision d
        WHERE d.id IN (
            SELECT max(x.id) FROM customers_tierdecision x JOIN customers_tierrun r ON r.id = x.run_id
            WHERE r.policy_id = %(policy)s AND r.as_of = %(as_of)s AND r.mode = %(replay)s GROUP BY x.customer_id)""",
        values,
        key="customer_id",
    )
    pairs = [("rank", "place")] + [
        (name, name)
        for name in (
            *("tier", "reason", "rule_tier", "rule_reason"),
            *("w0", "w1", "w2", "ranked", "cutoff", "cooperation", "loyalty"),
        )
    ]
    unlike = " OR ".join(dialect.differs(f"k.{mine}", f"n.{found}") for mine, found in pairs)
    written = 0
    for part, bounds in dialect.pieces(cursor, result, "n"):
        cursor.execute(
            f"INSERT INTO customers_tierdecision ({_COLUMNS})"
            f" SELECT n.customer_id, %(run)s, %(policy)s, %(as_of)s, n.tier, n.reason, coalesce(k.tier, ''), n.w0,"
            f" n.w1, n.w2, n.place, n.ranked, n.cutoff, n.cooperation, n.loyalty, n.rule_tier,"
            f" n.rule_reason, %(at)s"
            f" FROM {result} n LEFT JOIN {kept} k ON k.customer_id = n.customer_id"
            f" WHERE (k.customer_id IS NULL OR {unlike}) AND {part} ORDER BY n.customer_id",
            values | bounds,
        )
        written += cursor.rowcount
    cursor.execute(
        f"INSERT INTO customers_tierdecision ({_COLUMNS})"
        f" SELECT k.customer_id, %(run)s, %(policy)s, %(as_of)s, '', 'not_open', k.tier, 0, 0, 0, NULL, 0, NULL, NULL,"
        f" NULL, '', '', %(at)s FROM {kept} k"
        f" WHERE k.tier <> '' AND NOT EXISTS (SELECT 1 FROM {result} n WHERE n.customer_id = k.customer_id)",
        values,
    )
    written += cursor.rowcount
    dialect.drop_tables(cursor, kept)
    return written
