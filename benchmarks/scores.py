"""Scores for many customers: everybody, twice, and those with new evidence.

    python -m benchmarks.scores --customers 100000 [--sqlite]

Each customer has about 19 months of purchases and 12 invoices of two years, one in five observations too. Seconds of
the clock, and the process's peak memory.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time

from benchmarks.measure import client_peak_mb
from benchmarks.scratch import Scratch

_INVOICES = """
    INSERT INTO customers_openitem (customer_id, number, issued_on, due_on, amount, currency, disputed, note, paid,
        open_amount, settled_on)
    SELECT c.id, %(number)s, %(issued)s, %(due)s, 100000, 'CNY', %(no)s, '', 0, 0,
        CASE WHEN (c.id * 31 + %(n)s * 17) %% 100 < 20 + c.id %% 60 THEN %(late)s ELSE %(due)s END
    FROM customers_customer c ORDER BY c.id"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scores", description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=100_000, help="customers (default 100000)")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    with Scratch("scores", sqlite=options.sqlite, server=options.server) as scratch:
        found = measure(scratch, options.customers)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:40} {value}")


def measure(scratch: Scratch, customers: int) -> dict:
    from benchmarks import months
    from customers.models import Customer, Observation, Score, ScoreDirty
    from customers.scores import actions

    say(f"making {customers:,} customers, their months and invoices")
    months.make(customers)
    _invoices(months.AS_OF)
    ScoreDirty.objects.all().delete()
    months.analyze(not scratch.sqlite)
    found: dict[str, object] = {"customers": customers}

    def timed(name, work):
        say(name)
        began = time.perf_counter()
        answer = work()
        found[name] = round(time.perf_counter() - began, 2)
        return answer

    first = timed("everybody, for the first time, s", lambda: actions.compute(as_of=months.AS_OF))
    again = timed("everybody again, nothing changed, s", lambda: actions.compute(as_of=months.AS_OF))
    found["scores written"], found["written again"] = first.changed, again.changed
    for pk in Customer.objects.order_by("pk").values_list("pk", flat=True)[:100]:
        Observation.objects.create(customer_id=pk, trait="cooperation", score=80, seen_on=months.AS_OF)
    few = timed("100 with new evidence, s", lambda: actions.follow(as_of=months.AS_OF))
    found["looked at"] = few.examined
    later = months.AS_OF + datetime.timedelta(days=5)
    found["changed when the month turns"] = timed(
        "everybody, the month has turned, s", lambda: actions.compute(as_of=later)
    ).changed
    found["rows"] = Score.objects.count()
    found["peak memory, MB"] = client_peak_mb()
    return found


def _invoices(as_of: datetime.date) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for n in range(12):
            due = as_of - datetime.timedelta(days=60 * n + 3)
            days = {"issued": due - datetime.timedelta(days=30), "due": due, "late": due + datetime.timedelta(days=2)}
            cursor.execute(_INVOICES, {**days, "number": f"N{n}", "n": n, "no": False})


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
