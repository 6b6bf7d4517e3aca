# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Sums by month, kept from the ledger in the transaction that changes it: exact, whole numbers of minor units.

Months that only gained lines are added to, which costs by what came in; months in which a line was corrected or taken
back are recomputed from the ledger. `rebuild` works everything out anew.
"""

from __future__ import annotations

from django.db import connection, transaction

from customers.sales import dialect

LEDGER_LOCK = (7101, 1)
"""The one lock of the sales ledger and its sums (PostgreSQL advisory, held until the transaction ends)."""

SUMS = ("gross", "returns", "net", "units", "orders", "days", "last_sold_on")


def lock_ledger(cursor) -> None:
    """Wait until nobody else writes the ledger. On SQLite a write transaction is that lock already."""
    if dialect.is_postgres():
        cursor.execute("SET LOCAL lock_timeout = '10min'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LEDGER_LOCK)


def sums(counted: str) -> str:
    """The sums of lines `l`; none at all give zeros. counted: a column that every line has."""
    return f"""
        coalesce({dialect.total("l.gross")}, 0) AS gross,
        coalesce({dialect.total("l.returns")}, 0) AS returns,
        coalesce({dialect.total("l.gross - l.returns")}, 0) AS net,
        coalesce({dialect.total("l.units")}, 0) AS units,
        coalesce(sum(l.orders), 0) AS orders,
        count({counted}) AS days,
        max(CASE WHEN l.gross <> l.returns THEN l.sold_on END) AS last_sold_on"""


def refresh_months(cursor, touched: str) -> int:
    """Recompute the sums of months whose ledger lines changed, by customer and by region; returns how many months.

    touched: name of a temporary table (customer_id, month, next_month), one row a month. To be called in the
    transaction that changed the ledger, under `lock_ledger`. Leaves a SalesDirty row for each customer.
    """
    return _apply(cursor, _recomputed(touched))


def add_lines(cursor, lines: str) -> int:
    """The same after lines were written: a month that only gained lines is added to, one with a correction recomputed.

    lines: name of a temporary table of the lines written (customer_id, sold_on, gross, returns, units, orders, old_id).
    """
    month = dialect.month_of("sold_on")
    dialect.make_table_as(
        cursor,
        "sales_gained",
        f"""SELECT l.customer_id, l.month, {sums("l.gross")}, count(l.old_id) AS corrected
        FROM (SELECT customer_id, {month} AS month, sold_on, gross, returns, units, orders, old_id FROM {lines}) l
        GROUP BY l.customer_id, l.month""",
    )
    added = ", ".join(f"g.{name} + coalesce(o.{name}, 0) AS {name}" for name in SUMS if name != "last_sold_on")
    months = f"""SELECT g.customer_id, g.month, {added},
            CASE WHEN o.last_sold_on IS NULL OR g.last_sold_on > o.last_sold_on THEN g.last_sold_on
                ELSE o.last_sold_on END AS last_sold_on,
            o.net AS old_net
        FROM sales_gained g LEFT JOIN customers_monthlysales o ON o.customer_id = g.customer_id AND o.month = g.month
        WHERE g.corrected = 0"""
    cursor.execute("SELECT count(*) FROM sales_gained WHERE corrected > 0")
    if cursor.fetchone()[0]:
        dialect.make_table_as(
            cursor,
            "sales_corrected",
            f"SELECT customer_id, month, {dialect.next_month('month')} AS next_month FROM sales_gained"
            " WHERE corrected > 0",
        )
        months = f"{months} UNION ALL {_recomputed('sales_corrected')}"
    count = _apply(cursor, months)
    dialect.drop_tables(cursor, "sales_gained", "sales_corrected")
    return count


def _recomputed(touched: str) -> str:
    return f"""SELECT n.*, o.net AS old_net FROM (
            SELECT t.customer_id, t.month, {sums("l.id")}
            FROM {touched} t LEFT JOIN customers_saleline l
              ON l.customer_id = t.customer_id AND l.live AND l.sold_on >= t.month AND l.sold_on < t.next_month
            GROUP BY t.customer_id, t.month) n
        LEFT JOIN customers_monthlysales o ON o.customer_id = n.customer_id AND o.month = n.month"""


def _apply(cursor, query: str) -> int:
    """Put new sums into force. query: customer_id, month, the sums, old_net (NULL where there was no month)."""
    with dialect.looking_up(cursor):
        months = dialect.make_table_as(cursor, "sales_months", query)
    if months:
        if dialect.is_postgres():
            # A customer that moves to another region takes its sums along (a trigger does that): either it waits for
            # us or we for it, so that no sum is counted under the wrong region.
            cursor.execute(
                "SELECT count(*) FROM (SELECT 1 FROM customers_customer WHERE id IN (SELECT customer_id FROM"
                " sales_months) ORDER BY id FOR SHARE) AS held"
            )
        _shift_regions(cursor)
        _replace_months(cursor)
        cursor.execute(
            "INSERT INTO customers_salesdirty (customer_id, since_month)"
            " SELECT customer_id, min(month) FROM sales_months GROUP BY customer_id"
        )
    dialect.drop_tables(cursor, "sales_months")
    return months


def _shift_regions(cursor) -> None:
    """Add to each region's month what its customers' months are about to change by."""
    cursor.execute(
        f"""INSERT INTO customers_regionmonth (region_id, month, net, customers)
        SELECT c.region_id, m.month, {dialect.total("m.net - coalesce(m.old_net, 0)")} AS net,
               sum(CASE WHEN m.days > 0 THEN 1 ELSE 0 END - CASE WHEN m.old_net IS NULL THEN 0 ELSE 1 END)
        FROM sales_months m JOIN customers_customer c ON c.id = m.customer_id
        WHERE true GROUP BY c.region_id, m.month ORDER BY c.region_id, m.month
        ON CONFLICT (region_id, month) DO UPDATE
        SET net = customers_regionmonth.net + excluded.net,
            customers = customers_regionmonth.customers + excluded.customers"""
    )
    cursor.execute("DELETE FROM customers_regionmonth WHERE customers = 0")


def _replace_months(cursor) -> None:
    columns = ", ".join(SUMS)
    changed = " OR ".join(dialect.differs(f"customers_monthlysales.{name}", f"excluded.{name}") for name in SUMS)
    cursor.execute(
        f"""INSERT INTO customers_monthlysales (customer_id, month, {columns})
        SELECT customer_id, month, {columns} FROM sales_months WHERE days > 0
        ON CONFLICT (customer_id, month) DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in SUMS)} WHERE {changed}"""
    )
    cursor.execute(
        "DELETE FROM customers_monthlysales WHERE (customer_id, month) IN"
        " (SELECT customer_id, month FROM sales_months WHERE days = 0)"
    )


@transaction.atomic
def rebuild() -> int:
    """Work out every sum anew from the whole ledger; returns the number of customer-months.

    For demo data and repair. Reads the ledger once: about a minute for 36 million lines.
    """
    month = dialect.month_of("l.sold_on")
    columns = ", ".join(SUMS)
    with connection.cursor() as cursor:
        lock_ledger(cursor)
        if dialect.is_postgres():
            cursor.execute("LOCK TABLE customers_customer IN SHARE MODE")
        cursor.execute("DELETE FROM customers_monthlysales")
        cursor.execute("DELETE FROM customers_regionmonth")
        cursor.execute(
            f"INSERT INTO customers_monthlysales (customer_id, month, {columns})"
            f" SELECT l.customer_id, {month} AS month, {sums('l.id')} FROM customers_saleline l WHERE l.live"
            " GROUP BY l.customer_id, 2"
        )
        cursor.execute(
            f"INSERT INTO customers_regionmonth (region_id, month, net, customers)"
            f" SELECT c.region_id, m.month, {dialect.total('m.net')}, count(*)"
            " FROM customers_monthlysales m JOIN customers_customer c ON c.id = m.customer_id"
            " GROUP BY c.region_id, m.month"
        )
        cursor.execute(
            "INSERT INTO customers_salesdirty (customer_id, since_month)"
            " SELECT customer_id, min(month) FROM customers_monthlysales GROUP BY customer_id"
        )
        cursor.execute("SELECT count(*) FROM customers_monthlysales")
        return cursor.fetchone()[0]
