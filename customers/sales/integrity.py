# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""The ledger against itself and against the sums kept from it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.imports.models import ImportRun
from crm.integrity import Check, Found, missing_triggers, unlike
from customers.sales import dialect, following
from customers.sales.monthly import SUMS, sums

_UNDONE = f"SELECT id FROM crm_importrun WHERE state = '{ImportRun.State.UNDONE}'"
# A line is in force unless its import was undone or a line of an import that stands took its place, be it as a sum.
_REPLACED = f"""SELECT n.replaces FROM customers_saleline n
    WHERE n.replaces IS NOT NULL AND n.run_id NOT IN ({_UNDONE})
    UNION ALL SELECT part_id FROM customers_salesum"""


def _ledger(cursor, found: Found) -> None:
    named = "SELECT c.code, l.sold_on FROM customers_saleline l JOIN customers_customer c ON c.id = l.customer_id"
    found.add_rows(
        cursor,
        f"{named} WHERE l.live AND (l.run_id IN ({_UNDONE}) OR l.id IN ({_REPLACED})) ORDER BY 1, 2",
        about="+",
    )
    found.add_rows(
        cursor,
        f"{named} WHERE NOT l.live AND l.run_id NOT IN ({_UNDONE}) AND l.id NOT IN ({_REPLACED}) ORDER BY 1, 2",
        about="-",
    )
    found.add_rows(
        cursor,
        f"""{named} LEFT JOIN customers_saleline o ON o.id = l.replaces
        WHERE l.replaces IS NOT NULL
            AND (o.id IS NULL OR o.customer_id <> l.customer_id OR o.sold_on <> l.sold_on OR o.id >= l.id)
        ORDER BY 1, 2""",
        about="?",
    )


def _imports(cursor, found: Found) -> None:
    """Lines of an import that was undone stay, out of force, unless their customer went with its own import."""
    found.add_rows(
        cursor,
        """SELECT r.id, r.name FROM crm_importrun r
        LEFT JOIN (SELECT run_id, count(*) AS n FROM customers_saleline GROUP BY run_id) l ON l.run_id = r.id
        WHERE r.kind = 'sales' AND CASE
            WHEN r.state = %(done)s THEN coalesce(l.n, 0) <> r.created + r.updated
            WHEN r.state = %(undone)s THEN coalesce(l.n, 0) > r.created + r.updated
            ELSE l.n > 0 END
        ORDER BY r.id""",
        {"done": ImportRun.State.DONE, "undone": ImportRun.State.UNDONE},
        about="#",
    )


def _months(cursor, found: Found) -> None:
    month = dialect.month_of("l.sold_on")
    ledger = (
        f"SELECT l.customer_id, {month} AS month, {sums('l.id')} FROM customers_saleline l WHERE l.live"
        " GROUP BY l.customer_id, 2"
    )
    query = unlike(ledger, "SELECT * FROM customers_monthlysales", ["customer_id", "month"], SUMS)
    found.add_rows(
        cursor,
        f"SELECT c.code, x.month FROM ({query}) x LEFT JOIN customers_customer c ON c.id = x.customer_id ORDER BY 1, 2",
    )


def _regions(cursor, found: Found) -> None:
    months = f"""SELECT c.region_id, m.month, {dialect.total("m.net")} AS net, count(*) AS customers
        FROM customers_monthlysales m JOIN customers_customer c ON c.id = m.customer_id GROUP BY c.region_id, m.month"""
    kept = "SELECT region_id, month, net, customers FROM customers_regionmonth"
    query = unlike(months, kept, ["region_id", "month"], ["net", "customers"])
    found.add_rows(
        cursor, f"SELECT r.code, x.month FROM ({query}) x LEFT JOIN crm_region r ON r.id = x.region_id ORDER BY 1, 2"
    )


def _triggers(cursor, found: Found) -> None:
    missing_triggers(cursor, found, [following.TRIGGER])


CHECKS = [
    Check("ledger", _("Of each customer and day the right line of the ledger is in force."), _ledger),
    Check("imports", _("The ledger holds as many lines of each import as the import says."), _imports),
    Check("monthly_sales", _("Sums by month are the sums of the ledger."), _months),
    Check("region_sales", _("Sums by region are the sums by month of their customers."), _regions),
    Check("sales_triggers", _("Sums by region follow customers that move."), _triggers),
]
