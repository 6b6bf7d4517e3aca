"""What it costs to change all customers in one statement: python -m benchmarks.changes --customers 100000

Triggers look at what changed, for the sums by region and the outbox of the tiers. Printed: CPU seconds at a tenth and
at the full size with the exponent of their growth (1 is linear), and the cost against the same without triggers.
"""

from __future__ import annotations

import argparse
import math

from benchmarks.measure import measured
from benchmarks.scratch import Scratch

CHANGES = {
    "phone (concerns nobody)": "UPDATE customers_customer SET phone = phone || '1' WHERE id <= %s",
    "region (moves the sums)": "UPDATE customers_customer SET region_id = %s - region_id + %s WHERE id <= %s",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    options = parser.parse_args()
    few, many = options.customers // 10, options.customers
    with Scratch("changes", sqlite=options.sqlite, server=options.server):
        from django.db import connection

        from benchmarks import months

        months.make(many)
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(region_id), max(region_id) FROM customers_customer")
            low, high = cursor.fetchone()

            def cost(name: str, upto: int) -> float:
                values = [upto] if name.startswith("phone") else [high, low, upto]
                with measured() as spent:
                    cursor.execute(CHANGES[name], values)
                return spent.cpu

            for name in CHANGES:
                cost(name, few)  # and back again below, so that all start from the same
                small, large = cost(name, few), cost(name, many)
                growth = math.log(large / small, many / few)
                print(f"{name}: {few:,} {small:.2f} s, {many:,} {large:.2f} s, N^{growth:.2f}", flush=True)
            if not options.sqlite:
                cursor.execute("ALTER TABLE customers_customer DISABLE TRIGGER USER")
                bare = cost("phone (concerns nobody)", many)
                cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
                with_triggers = cost("phone (concerns nobody)", many)
                print(f"against no triggers at all: {with_triggers / bare:.2f} times ({bare:.2f} s)")


if __name__ == "__main__":
    main()
