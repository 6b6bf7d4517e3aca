"""How long the nightly look for slumps takes: all days anew, one new day, nothing new.

python -m benchmarks.nightly --customers 100000 --years 2            the rule alone, days made in memory
python -m benchmarks.nightly --customers 10000 --years 2 --database  through the ledger of a scratch PostgreSQL
"""

from __future__ import annotations

import argparse
import datetime
import resource
import sys
import time

import numpy as np

FIRST = datetime.date(2024, 1, 1)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--years", type=float, default=1.0)
    parser.add_argument("--database", action="store_true", help="with a ledger, not in memory")
    asked = parser.parse_args(argv)
    days = round(asked.years * 365)
    run = in_database if asked.database else in_memory
    print(f"{asked.customers:,} customers, {days:,} days, {'ledger' if asked.database else 'in memory'}")
    run(asked.customers, days)
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    return 0


def say(what: str, seconds: float, customers: int, days: int, whole: float | None = None) -> None:
    each = seconds / (customers * days) * 1e9 if days else 0.0
    share = f", {seconds / whole:.1%} of all days anew" if whole else ""
    print(f"{what:24} {seconds:8.2f} s  {each:8.0f} ns a customer and day{share}", flush=True)


def in_memory(customers: int, days: int) -> None:
    from customers.relationship.slumpreplay import Replay
    from customers.relationship.slumprule import SENSITIVITIES, Groups, State
    from customers.relationship.slumps import day_number, statutory

    random = np.random.default_rng(1)
    level = np.exp(random.normal(8, 1, customers))
    noise = np.exp(random.normal(-1.8, 0.4, customers))
    groups = Groups(random.integers(0, 2, customers), random.integers(0, 340, customers))
    replay = Replay(State.empty(customers), groups, SENSITIVITIES["normal"], day_number(FIRST) + days - 150)
    none, spent = np.zeros(customers, bool), 0.0
    last = 0.0
    for n in range(days + 1):
        day = FIRST + datetime.timedelta(days=n)
        sales = level * (1.4 if day.weekday() >= 5 else 1.0) * np.exp(noise * random.standard_normal(customers))
        sales[random.random(customers) < 0.03] = np.nan
        began = time.perf_counter()
        replay.step(day_number(day), sales, none, none, statutory(day))
        last = time.perf_counter() - began
        spent += last if n < days else 0.0
    say("all days anew", spent, customers, days)
    say("one new day", last, customers, 1, spent)
    began = time.perf_counter()
    replay.finish()
    say("gathering what is on", time.perf_counter() - began, customers, 1, spent)
    print(
        f"{len(replay.slumps):,} slumps: {len(replay.slumps) / customers / (days / 365):.2f} a shop and year of noise"
    )


def in_database(customers: int, days: int) -> None:
    from benchmarks.scratch import Scratch

    with Scratch("nightly"):
        from benchmarks import data
        from customers.slumps.detecting import detect

        data.make_regions()
        data.make_customers(customers)
        last = FIRST + datetime.timedelta(days=days - 1)
        began = time.perf_counter()
        tell(FIRST, last)
        data.analyze()
        print(f"{'the ledger made':24} {time.perf_counter() - began:8.2f} s")
        whole = timed("all days anew", lambda: detect(as_of=last), customers, days)
        timed("nothing new", lambda: detect(as_of=last), customers, 14, whole)
        tell(last + datetime.timedelta(days=1), last + datetime.timedelta(days=1))
        new = last + datetime.timedelta(days=1)
        timed("one new day", lambda: detect(as_of=new), customers, 15, whole)


def timed(what: str, act, customers: int, days: int, whole: float | None = None) -> float:
    began = time.perf_counter()
    found = act()
    seconds = time.perf_counter() - began
    say(what, seconds, customers, days, whole)
    print(f"    {found.examined:,} examined, {found.opened:,} opened, {found.open:,} open, {found.silent:,} silent")
    return seconds


def tell(first: datetime.date, last: datetime.date) -> None:
    """A line a customer and day (agents: about every fifth day), made by the database from hashes; and their sums."""
    from django.db import connection

    from crm.imports.models import ImportRun

    run = ImportRun.objects.create(kind="sales", name="bench.csv", size=1, state=ImportRun.State.DONE)
    noise = "(1 + (abs(hashtext(c.id || ':' || d)) %% 1000) / 2000.0)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO customers_saleline (customer_id, sold_on, gross, returns, currency, promo, run_id, live)
            SELECT c.id, d, (100000 * (1 + c.id %% 50) * (CASE WHEN extract(isodow FROM d) > 5 THEN 1.4 ELSE 1 END)
                * {noise})::bigint, 0, 'CNY', false, %s, true
            FROM generate_series(%s::date, %s::date, interval '1 day') AS g(at), LATERAL (SELECT g.at::date AS d) AS t,
                customers_customer c
            WHERE c.kind <> 'agent' OR (abs(hashtext('a' || c.id || d)) %% 5) = 0""",
            [run.pk, first, last],
        )
        cursor.execute(
            """INSERT INTO customers_monthlysales
                (customer_id, month, gross, returns, net, units, orders, days, last_sold_on)
            SELECT customer_id, date_trunc('month', sold_on)::date, sum(gross), 0, sum(gross), 0, 0, count(*),
                max(sold_on)
            FROM customers_saleline WHERE run_id = %s GROUP BY 1, 2 ON CONFLICT DO NOTHING""",
            [run.pk],
        )


if __name__ == "__main__":
    sys.exit(main())
