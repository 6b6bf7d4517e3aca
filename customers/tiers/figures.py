"""What the rule reads of each customer, worked out set-based: sales of the three windows, scores, open or not.

Figures are a query, so that a run for now compares it with the standing, and a run for a past day keeps it in a
temporary table. Its columns are customer_id and FIGURES.
Money is whole cents, scores hundredths of a point, growth basis points.

Scores are those of `customers.scores` in force on the day; unknown (NULL) with fewer events than the policy asks for,
and never known without any. *_sure: the highest threshold at which a score counts as high.
"""

from __future__ import annotations

import datetime

from customers.scores import day
from customers.tiers import dialect
from customers.tiers.terms import Policy
from customers.tiers.tiering import windows_of

SCORES = ("cooperation", "loyalty", "cooperation_sure", "loyalty_sure")
FIGURES = ("kind", "region_id", "open_now", "w0", "w1", "w2", "growth", "last_sold_on", *SCORES)
_NULLABLE = {"growth", "last_sold_on", *SCORES}
_INT = 2_147_483_647


def parameters(as_of: datetime.date, rule: Policy) -> dict:
    """The parameters that the statements of this module name."""
    windows = windows_of(rule, as_of)
    return {
        "as_of": as_of.isoformat(),
        "w0_start": windows.w0.start.isoformat(),
        "w0_end": windows.w0.end.isoformat(),
        "w1_start": windows.w1.start.isoformat(),
        "w2_start": windows.w2.start.isoformat(),
        "need": max(rule.min_observations, 1),
    }


def open_on(customer: str = "c") -> str:
    """SQL: does business on the day. Closed without a date counts as closed on every day."""
    return f"""(({customer}.opened_on IS NULL OR {customer}.opened_on <= %(as_of)s)
        AND CASE WHEN {customer}.closed_on IS NULL THEN {customer}.state <> 'closed'
            ELSE {customer}.closed_on > %(as_of)s END)"""


def query(touched: str = "", before: datetime.date | None = None, open_only: bool = False, scores: str = "") -> str:
    """The figures of all customers, or of those in table `touched` (customer_id).

    before: leave out months from then on (a past day must not know later sales). open_only: only who is open that day.
    scores: what `scores.day.ready` made of the day.
    """
    later = "AND m.month < %(before)s" if before else ""
    months = _summed(
        "customers_monthlysales m",
        f"""
            {dialect.total("m.net")} FILTER (WHERE m.month >= %(w0_start)s AND m.month < %(w0_end)s) AS w0,
            {dialect.total("m.net")} FILTER (WHERE m.month >= %(w1_start)s AND m.month < %(w0_start)s) AS w1,
            {dialect.total("m.net")} FILTER (WHERE m.month < %(w1_start)s) AS w2,
            max(m.last_sold_on) AS last_sold_on""",
        f"m.month >= %(w2_start)s {later}",
        touched,
    )
    customers = "customers_customer c"
    if touched:
        customers = f"{touched} t JOIN customers_customer c ON c.id = t.customer_id"
    where = f"WHERE {open_on()}" if open_only else ""
    return f"""
        SELECT r.customer_id, r.kind, r.region_id, r.open_now, r.w0, r.w1, r.w2, {_growth("r.w0", "r.w1")} AS growth,
            r.last_sold_on, {", ".join(f"r.{name}" for name in SCORES)}
        FROM (
            SELECT c.id AS customer_id, c.kind, c.region_id, {open_on()} AS open_now,
                coalesce(m.w0, 0) AS w0, coalesce(m.w1, 0) AS w1, coalesce(m.w2, 0) AS w2, m.last_sold_on,
                {_known("sc", "value")} AS cooperation, {_known("sl", "value")} AS loyalty,
                {_known("sc", "sure")} AS cooperation_sure, {_known("sl", "sure")} AS loyalty_sure
            FROM {customers}
            {months}
            {day.joined(scores)}
            {where}
        ) r"""


def _summed(table: str, columns: str, where: str, touched: str) -> str:
    """The join of customers `c` with sums over their rows of `table` (its name and alias)."""
    alias = table.rsplit(" ", 1)[1]
    if touched and dialect.is_postgres():
        # By the few touched into the big table. A join would be planned as a walk through all of it.
        return (
            f"LEFT JOIN LATERAL (SELECT {columns} FROM {table}"
            f" WHERE {alias}.customer_id = c.id AND {where}) {alias} ON true"
        )
    # SQLite has no LATERAL, but CROSS JOIN fixes its order.
    rows = f"{touched} t CROSS JOIN {table}" if touched else table
    theirs = f"{alias}.customer_id = t.customer_id AND" if touched else ""
    return (
        f"LEFT JOIN (SELECT {alias}.customer_id, {columns} FROM {rows} WHERE {theirs} {where}"
        f" GROUP BY {alias}.customer_id) {alias} ON {alias}.customer_id = c.id"
    )


def _known(score: str, column: str) -> str:
    return f"CASE WHEN {score}.events >= %(need)s THEN {score}.{column} END"


def _growth(now: str, before: str) -> str:
    """Basis points, cut off towards zero, held within what an integer column takes; coarse beyond 9 trillion."""
    return f"""CASE WHEN {before} <= 0 THEN NULL
        WHEN {now} / {before} > 200000 THEN {_INT}
        WHEN {now} / {before} < -200000 THEN -{_INT}
        WHEN abs({now}) < 900000000000000 AND {before} < 900000000000000
            THEN ({now} - {before}) * 10000 / {before}
        ELSE ({now} - {before}) / ({before} / 10000 + 1) END"""


def changes(touched: str = "", scores: str = "") -> str:
    """The figures that differ from the standing, with what stood there before (old_*); is_new where nothing did."""
    unlike = " OR ".join(
        dialect.differs(f"s.{name}", f"f.{name}") if name in _NULLABLE else f"s.{name} <> f.{name}" for name in FIGURES
    )
    return f"""
        SELECT f.*, s.customer_id IS NULL AS is_new, s.region_id AS old_region_id, coalesce(s.w0, 0) AS old_w0,
            coalesce(s.tier, '') AS old_tier
        FROM ({query(touched, scores=scores)}) f LEFT JOIN customers_tierstanding s ON s.customer_id = f.customer_id
        WHERE s.customer_id IS NULL OR {unlike}"""


def apply(cursor, table: str) -> None:
    """Bring the standing up to the figures in `table`, which was made from `changes`."""
    columns = ", ".join(FIGURES)
    for part, values in dialect.pieces(cursor, table, "f"):
        cursor.execute(
            f"UPDATE customers_tierstanding SET {', '.join(f'{name} = f.{name}' for name in FIGURES)}"
            f" FROM {table} f WHERE f.customer_id = customers_tierstanding.customer_id AND NOT f.is_new AND {part}",
            values,
        )
        cursor.execute(
            f"INSERT INTO customers_tierstanding (customer_id, {columns}, tier, reason)"
            f" SELECT customer_id, {columns}, '', '' FROM {table} f WHERE is_new AND {part} ORDER BY customer_id",
            values,
        )


def moved_by_the_day() -> str:
    """Customers whose figures change because the day went from `before_as_of` to `as_of`, with windows unmoved.

    They opened or closed since. (Whose score was written since is in an outbox already.)
    """
    return """
        SELECT id FROM customers_customer
        WHERE (opened_on > %(before_as_of)s AND opened_on <= %(as_of)s)
            OR (closed_on > %(before_as_of)s AND closed_on <= %(as_of)s)"""
