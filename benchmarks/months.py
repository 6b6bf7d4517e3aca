"""Made-up monthly sums and observations for many customers, without a ledger below them; in the order imports leave."""

from __future__ import annotations

import datetime

from django.db import connection

FIRST = datetime.date(2021, 1, 1)
MONTHS = 36
AS_OF = datetime.date(2023, 12, 29)
"""A Friday whose windows are December 2020 to November 2023."""


def make(customers: int) -> None:
    """About 19 months a customer with heavy-tailed sums, and observations for one customer in five."""
    from benchmarks import data

    data.make_regions()
    data.make_customers(customers)
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for number in range(MONTHS):
            month = datetime.date(FIRST.year + number // 12, number % 12 + 1, 1)
            cursor.execute(_MONTH, {"month": month.isoformat(), "n": number})
        for number in range(5):
            for trait in ("cooperation", "loyalty"):
                seen = AS_OF - datetime.timedelta(days=100 * number + 5)
                cursor.execute(_SEEN, {"trait": trait, "n": number, "seen": seen.isoformat()})
        cursor.execute("DELETE FROM customers_tierdirty")
    analyze(postgres)


def analyze(postgres: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if postgres else "ANALYZE")
        if postgres:
            cursor.execute("CHECKPOINT")


# Half the customers report most months, the others few: 19 of 36 on average. Every seventh grows steadily; one in fifty
# sells one of a hundred round sums, so that there are ties.
_LEVEL = "(500000 / (1 + (c.id * 7919) %% 1000) + 2000)"
_MONTH = f"""
    INSERT INTO customers_monthlysales (customer_id, month, gross, returns, net, units, orders, days, last_sold_on)
    SELECT x.id, %(month)s, x.net, 0, x.net, 10, 3, 3, %(month)s FROM (
        SELECT c.id, CASE WHEN c.id %% 50 = 0 THEN 100000 * (1 + c.id %% 100)
            ELSE {_LEVEL} * (80 + (c.id * 31 + %(n)s * 977) %% 40)
                * (CASE WHEN c.id %% 7 = 0 THEN 100 + %(n)s * 3 ELSE 100 END) / 100 END AS net
        FROM customers_customer c
        WHERE (c.id * 104729 + %(n)s * 7919) %% 100 < CASE WHEN c.id %% 2 = 0 THEN 90 ELSE 16 END
    ) x ORDER BY x.id"""
_SEEN = """
    INSERT INTO customers_observation (customer_id, trait, score, seen_on, source, note, created_at)
    SELECT c.id, %(trait)s, 60 + (c.id * 13 + %(n)s * 7) %% 40, %(seen)s, '', '', CURRENT_TIMESTAMP
    FROM customers_customer c WHERE c.id %% 5 < 1 + c.id %% 7 / 6 ORDER BY c.id"""
