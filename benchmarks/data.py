"""Made-up customers, regions and ledger lines in any number, made by the database itself in seconds.

The same numbers give the same data: everything comes from hashes of ids, nothing from chance.
"""

from __future__ import annotations

import datetime

from django.db import connection

PROVINCES, CITIES_EACH = 31, 11
HISTORY_START = datetime.date(2021, 1, 1)
HISTORY_DAYS = 1096


def make(customers: int, lines: int) -> None:
    """Regions, customers and `lines` ledger lines over three years (heavy-tailed, in date order), and their sums."""
    make_regions()
    make_customers(customers)
    make_lines(customers, lines)
    analyze()


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def make_regions() -> None:
    """A root over 7 regions over 31 provinces over 340 cities or so."""
    from crm.accounts.models import Region

    root = Region.objects.get(parent__isnull=True)
    top = _children(root, "R", 7)
    provinces = [
        region
        for number, parent in enumerate(top)
        for region in _children(parent, f"P{number}-", len(range(number, PROVINCES, 7)))
    ]
    for number, parent in enumerate(provinces):
        _children(parent, f"C{number}-", CITIES_EACH)


def _children(parent, prefix: str, count: int) -> list:
    from crm.accounts.models import Region

    made = Region.objects.bulk_create(
        Region(code=f"{prefix}{n}", name=f"{prefix}{n}", parent=parent, path=f"~{prefix}{n}", depth=parent.depth + 1)
        for n in range(count)
    )
    for region in made:
        region.path = f"{parent.path}{region.pk}/"
    Region.objects.bulk_update(made, ["path"])
    return made


def make_customers(count: int) -> None:
    """Codes C0000001 …; every tenth an agent; spread evenly over the cities."""
    postgres = connection.vendor == "postgresql"
    series = (
        "SELECT n FROM generate_series(1, %s) AS n"
        if postgres
        else "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %s) SELECT n FROM s"
    )
    code = "'C' || lpad(n::text, 7, '0')" if postgres else "printf('C%%07d', n)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM crm_region WHERE depth = (SELECT max(depth) FROM crm_region) ORDER BY id")
        cities = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f"""INSERT INTO customers_customer (code, name, kind, state, category, region_id, province, city, district,
                address, phone, datum, search_text, version, created_at, updated_at)
            SELECT {code}, '客户' || n, CASE WHEN n %% 10 = 0 THEN 'agent' ELSE 'franchisee' END, 'active', '',
                %s + n %% %s, 'P' || n %% 31, 'C' || n %% 341, '', '', '', 'wgs84', lower({code}), 1,
                CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
            FROM ({series}) AS s""",
            [cities[0], len(cities), count],
        )


def make_lines(customers: int, lines: int, batch_days: int = 30) -> None:
    """About `lines` ledger lines: the few large customers report daily, the many small ones seldom."""
    from crm.imports.models import ImportRun
    from customers.models import SaleLine, TierDirty
    from customers.sales import monthly

    run = ImportRun.objects.create(kind="sales", name="history", sha256="", state="done")
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for first in range(0, HISTORY_DAYS, batch_days):
            last = min(first + batch_days, HISTORY_DAYS)
            cursor.execute(
                _LINES_POSTGRES if postgres else _LINES_SQLITE, _line_values(customers, lines, run, first, last)
            )
    top = SaleLine.objects.order_by("-pk").values_list("pk", flat=True).first()
    ImportRun.objects.filter(pk=run.pk).update(first_line=1, last_line=top, created=top)
    monthly.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_salesdirty")
        cursor.execute(f"DELETE FROM {TierDirty._meta.db_table}")


def _line_values(customers: int, lines: int, run, first: int, last: int) -> dict:
    return {
        "start": HISTORY_START.isoformat(),
        "first": first,
        "last": last - 1,
        "run": run.pk,
        # Chance of a line on a day, in millionths of the mean customer; rank^-0.5 makes the tail heavy.
        "mean": lines / (customers * HISTORY_DAYS) * 1_000_000,
        "customers": customers,
    }


_CHANCE = "%(mean)s * (0.25 + 1.5 * ((c.id * 7919) %% 1000) / 1000.0 * ((c.id * 104729) %% 997) / 997.0 * 2)"
_COLUMNS = "customer_id, sold_on, gross, returns, currency, units, orders, promo, is_open, run_id, live"
_GROSS = "(10000 + (c.id * 31 + d.n * 977 + (c.id %% 97) * (d.n %% 89) * 131) %% 900000)"
_LINES_POSTGRES = f"""
    INSERT INTO customers_saleline ({_COLUMNS})
    SELECT c.id, %(start)s::date + d.n, {_GROSS}, 0, 'CNY', 1 + d.n %% 9, 1 + d.n %% 4, d.n %% 50 = 0,
        true, %(run)s, true
    FROM generate_series(%(first)s::int, %(last)s::int) AS d(n) CROSS JOIN customers_customer c
    WHERE abs(hashint8(c.id * 1000003 + d.n * 7919)::bigint) %% 1000000 < {_CHANCE}
    ORDER BY d.n, c.id"""
_LINES_SQLITE = f"""
    WITH RECURSIVE d(n) AS (SELECT %(first)s UNION ALL SELECT n + 1 FROM d WHERE n < %(last)s)
    INSERT INTO customers_saleline ({_COLUMNS})
    SELECT c.id, date(%(start)s, '+' || d.n || ' days'), {_GROSS}, 0, 'CNY', 1 + d.n %% 9, 1 + d.n %% 4,
        d.n %% 50 = 0, 1, %(run)s, 1
    FROM d CROSS JOIN customers_customer c
    WHERE ((c.id * 1000003 + d.n * 7919) * 2654435761 %% 4294967296 / 4093) %% 1000000 < {_CHANCE}
    ORDER BY d.n, c.id"""
