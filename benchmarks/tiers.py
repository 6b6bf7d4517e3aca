"""Tiers for many customers: the engine against the best statements written by hand (`tier_limit`) on the same data.

    python -m benchmarks.tiers --customers 1000000

Scenarios: a full recompute, the nightly judging on kept figures, and a refresh after an import, each with nothing to
change, 2 % of stored tiers wrong, or everything to write (first). Figures are CPU seconds, client and server together;
ratios are to the limit in the same scenario. `--growth` measures a tenth of the customers as well.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import subprocess
import sys

from benchmarks.measure import backend_peak_mb, client_peak_mb, measured
from benchmarks.scratch import Scratch

SCENARIOS = ("nothing", "2 %", "first")
SHARES = {"0.1 %": 1000, "1 %": 100}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiers", description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=100_000, help="customers (default 100000)")
    parser.add_argument("--repeat", type=int, default=3, help="measure so often, take the least of each")
    parser.add_argument("--growth", action="store_true", help="also at a tenth of the customers; print the exponent")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    smaller = a_tenth(options) if options.growth else None
    with Scratch("tiers", sqlite=options.sqlite, server=options.server) as scratch:
        found = compare(scratch, options)
    if smaller is not None:
        found["exponents"] = exponents(smaller, found)
    print(json.dumps(found)) if options.json else show(found)


def a_tenth(options) -> dict:
    """The same at a tenth of the size, in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.tiers", "--json", "--customers", str(options.customers // 10)]
    command += ["--repeat", str(options.repeat)] + (["--sqlite"] if options.sqlite else [])
    command += ["--server", options.server] if options.server else []
    say(f"first with {options.customers // 10:,} customers")
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def exponents(smaller: dict, larger: dict) -> dict[str, float]:
    """Of cost ~ customers ^ e."""
    ratio = math.log(larger["customers"] / smaller["customers"])
    return {
        name: round(math.log(cost / smaller["cpu"][name]) / ratio, 2)
        for name, cost in larger["cpu"].items()
        if smaller["cpu"].get(name, 0) > 0
    }


def compare(scratch: Scratch, options) -> dict:
    from benchmarks import months
    from customers.models import TierPolicy
    from customers.tiers import actions

    say(f"making {options.customers:,} customers and their months")
    months.make(options.customers)
    policy = TierPolicy.objects.adopted().pk
    as_of = months.AS_OF
    say("standing for the first time")
    backend: dict[str, float | None] = {}
    fresh_connection()
    with measured() as cost:
        actions.refresh(as_of=as_of)
    backend["engine, empty database"] = backend_peak_mb()
    cpu = {"engine, empty database": cost.cpu}
    months.analyze(not scratch.sqlite)
    checks = {"a full run right after writes": actions.refresh(as_of=as_of, full=True).changed}
    wal: dict[str, float] = {}
    for scenario in SCENARIOS:
        for name, work in ways(as_of, policy).items():
            costs = []
            for turn in range(options.repeat if scenario != "first" else min(options.repeat, 2)):
                expected = spoil(scenario, not scratch.sqlite)
                say(f"{name}, {scenario}, turn {turn + 1}")
                fresh_connection()
                with measured() as cost:
                    changed = work()
                backend[f"{name}, {scenario}"] = backend_peak_mb()
                assert changed == expected, f"{name}, {scenario}: {changed} written instead of {expected}"
                costs.append((cost.cpu, cost.wal))
            cpu[f"{name}, {scenario}"], wal[f"{name}, {scenario}"] = min(costs)
    checks["a full run after the limit's writes"] = actions.refresh(as_of=as_of, full=True).changed
    for share, part in SHARES.items():
        cpu[f"incremental, {share}"] = incremental(as_of, part, options.repeat, checks, share, not scratch.sqlite)
    found = report(options, cpu, wal, checks)
    found["memory_mb"] = {
        "this process": round(client_peak_mb(), 1),
        **{f"the database's process, {name}": _round(size) for name, size in backend.items()},
        "compute_tiers": peak_of("compute_tiers", "--as-of", "2022-12-31"),
        "export_tiers": peak_of("export_tiers", "--as-of", "2022-12-31", "--csv", str(scratch.folder / "tiers.csv")),
    }
    return found


def fresh_connection() -> None:
    """A server process that has held nothing yet: what made the data or spoilt it is not counted."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the CPU of parallel workers would go uncounted
            for name in ("max_parallel_workers_per_gather", "max_parallel_maintenance_workers"):
                cursor.execute(f"SET {name} = 0")


def peak_of(*command: str) -> float:
    """The most memory that a management command's process ever held, in MB; told by itself at its end."""
    say(f"memory of {command[0]}")
    program = (
        "import sys, pathlib; from django.core.management import execute_from_command_line as run; run(sys.argv);"
        "print('VmHWM', pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", program, *command], check=True, capture_output=True, text=True)
    return round(int(done.stdout.rpartition("VmHWM ")[2]) / 1024, 1)


def ways(as_of: datetime.date, policy: int) -> dict:
    """What is compared, by name: functions that return the number of changes."""
    from benchmarks import tier_limit
    from customers.models import StandingState
    from customers.tiers import actions

    def nightly():
        # As on the next day: the windows stand, the day has moved on, everybody is judged on kept figures.
        StandingState.objects.update(figures_as_of=as_of - datetime.timedelta(days=1))
        return actions.refresh(as_of=as_of).changed

    return {
        "limit": lambda: tier_limit.run(as_of.isoformat(), policy),
        "full": lambda: actions.refresh(as_of=as_of, full=True).changed,
        "nightly": nightly,
    }


def spoil(scenario: str, postgres: bool) -> int:
    """Make stored tiers wrong, with the counters that belong to them; returns how many."""
    from django.db import connection, transaction

    from benchmarks import months
    from customers.tiers import counters

    where = {"nothing": None, "2 %": "customer_id %% 50 = 1", "first": "1 = 1"}[scenario]
    with transaction.atomic(), connection.cursor() as cursor:
        spoilt = 0
        if where:
            cursor.execute(f"UPDATE customers_tierstanding SET tier = '', reason = '', run_id = NULL WHERE {where}", [])
            spoilt = cursor.rowcount
            cursor.execute("CREATE TEMPORARY TABLE none_refigured AS SELECT * FROM customers_tierstanding WHERE 1 = 0")
            counters.update(cursor, "none_refigured", "none_refigured", rebuild=True)
            cursor.execute("DROP TABLE none_refigured")
    months.analyze(postgres)
    return spoilt


# Remainders of the ids themselves would all have sold the same (see `months`).
_MIXED = "({id} * 2654435761 %% 4294967296 / 8192)"


def incremental(as_of, part: int, repeat: int, checks: dict, share: str, postgres: bool) -> float:
    """An import of one month's sales of every `part`-th customer, as its outbox rows tell; then a full run."""
    from django.db import connection

    from benchmarks import months
    from customers.tiers import actions

    costs, changed = [], 0
    for turn in range(repeat):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_monthlysales SET net = net + 1 + (customer_id * 7919 + %s) %% 900000"
                f" WHERE month = '2023-11-01' AND {_MIXED.format(id='customer_id')} %% {part} = %s",
                [turn, turn],
            )
            cursor.execute(
                f"INSERT INTO customers_salesdirty (customer_id) SELECT id FROM customers_customer"
                f" WHERE {_MIXED.format(id='id')} %% {part} = %s",
                [turn],
            )
        months.analyze(postgres)
        say(f"incremental, {share}, turn {turn + 1}")
        with measured() as cost:
            run = actions.refresh(as_of=as_of)
        assert run.mode == "incremental"
        costs.append(cost.cpu)
        changed += run.changed
        key = f"a full run after incremental {share} writes"
        checks[key] = checks.get(key, 0) + actions.refresh(as_of=as_of, full=True).changed
    checks[f"(changed by incremental {share})"] = changed
    return min(costs)


TARGETS = {
    "full, nothing": (1.5, 1.15),
    "full, 2 %": (1.5, 1.15),
    "nightly, first": (0.9, 0.7),
    "nightly, 2 %": (0.5, 0.4),
    "nightly, nothing": (0.3, 0.15),
    "incremental, 0.1 %": (0.2, 0.05),
    "incremental, 1 %": (0.5, 0.3),
}


def report(options, cpu: dict, wal: dict, checks: dict) -> dict:
    ratios = {}
    for name, cost in cpu.items():
        way, _comma, scenario = name.partition(", ")
        base = cpu["limit, nothing"] if way == "incremental" else cpu.get(f"limit, {scenario}")
        if way != "limit" and base:
            ratios[name] = round(cost / base, 3)
    return {
        "customers": options.customers,
        "database": "sqlite" if options.sqlite else "postgresql",
        "cpu": {name: round(cost, 3) for name, cost in cpu.items()},
        "wal_mb": {name: round(size / 1e6, 1) for name, size in wal.items()},
        "ratios": ratios,
        "checks": checks,
    }


def _round(value):
    return None if value is None else round(value, 1)


def show(found: dict) -> None:
    print(f"{found['customers']:,} customers on {found['database']}; CPU seconds, ratio to the limit (firm, moonshot)")
    for name, cost in found["cpu"].items():
        ratio = found["ratios"].get(name)
        goal = "({}, {})".format(*TARGETS[name]) if name in TARGETS else ""
        wal = found["wal_mb"].get(name)
        print(
            f"  {name:26} {cost:9.3f}  {'' if ratio is None else format(ratio, '7.3f'):7} {goal:12}"
            f" {'' if not wal else f'{wal:.1f} MB WAL'}"
        )
    for name, value in found["checks"].items():
        print(f"  {name}: {value} rows")
    for name, size in found["memory_mb"].items():
        print(f"  peak memory of {name}: {size} MB")
    for name, exponent in found.get("exponents", {}).items():
        print(f"  growth of {name}: N^{exponent}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
