"""Pages as people open them, at a size and at a hundredth of it: statements, p50 and p95, bytes, and how they grow.

    python -m benchmarks.pages --customers 1000000

Every page is rendered whole, signed in, by the test client in this process: session, person, query and template. As the
whole brand, as the head of a region, and as a manager in charge of 200 customers by name. Ratios are p95 at the size
over p95 at the smaller size.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time

from benchmarks.scratch import Scratch

ROUNDS = 60
WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=100_000, help="customers (default 100000)")
    parser.add_argument("--against", type=int, help="the smaller size (default a hundredth, at least 1000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"requests a page (default {ROUNDS})")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--alone", action="store_true", help="this size only, one JSON object on standard output")
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(measure(options)))
        return
    small = options.against or max(1000, options.customers // 100)
    show(_apart(options, small), _apart(options, options.customers), small, options.customers)


def _apart(options, customers: int) -> dict:
    """One size in a process of its own, so that neither's caches serve the other."""
    command = [sys.executable, "-m", "benchmarks.pages", "--alone", "--customers", str(customers)]
    command += ["--rounds", str(options.rounds), *(["--sqlite"] if options.sqlite else [])]
    command += ["--server", options.server] if options.server else []
    print(f"measuring {customers:,} customers", file=sys.stderr, flush=True)
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure(options) -> dict:
    with Scratch("pages", sqlite=options.sqlite, server=options.server):
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        people = prepare(options.customers)
        return {
            name: timed(people[who], addresses, options.rounds) for name, who, addresses in pages(options.customers)
        }


def prepare(customers: int) -> dict:
    """Customers with Chinese names, months, sums by region, standings; and three people to look at them."""
    from django.db import connection

    from benchmarks import months
    from crm.accounts.actions import create_user
    from crm.accounts.models import Region
    from crm.clock import today
    from customers.models import Customer, Responsibility
    from customers.tiers import actions

    months.make(customers)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES_POSTGRES if connection.vendor == "postgresql" else _NAMES_SQLITE)
        cursor.execute(
            "INSERT INTO customers_regionmonth (region_id, month, net, customers)"
            " SELECT c.region_id, m.month, sum(m.net), count(*) FROM customers_monthlysales m"
            " JOIN customers_customer c ON c.id = m.customer_id GROUP BY c.region_id, m.month"
        )
    actions.refresh(as_of=months.AS_OF)
    months.analyze(connection.vendor == "postgresql")
    people = {
        "brand": create_user(username="brand", role="admin", password="benchmark-only-1"),
        "head": create_user(
            username="head", role="head", password="benchmark-only-1", region=Region.objects.get(code="R0")
        ),
        "manager": create_user(username="manager", role="manager", password="benchmark-only-1"),
    }
    chosen = Customer.objects.order_by("pk").values_list("pk", flat=True)[: customers : max(1, customers // 200)][:200]
    Responsibility.objects.bulk_create(
        Responsibility(customer_id=pk, user=people["manager"], since=today()) for pk in chosen
    )
    return people


_CHARS = "华美家居安康福瑞祥云锦绣东方盛世丰润泰和恒信嘉禾金源百川同德广厦明珠星海天宇荣昌兴隆宝利永新万象春晖"
# Remainders of different primes, so that four characters make millions of names.
_PART = "substr('{chars}', 1 + CAST((id * {a}) % {p} % {n} AS integer), 1)"
_NAME = " || ".join(
    _PART.format(chars=_CHARS, a=a, p=p, n=len(_CHARS)) for a, p in ((7919, 10007), (31, 997), (523, 4999), (77, 2003))
)
_SEARCH = f"lower(code) || ' ' || {_NAME} || '店'"
_NAMES_POSTGRES = f"UPDATE customers_customer SET name = {_NAME} || '店', search_text = {_SEARCH}"
_NAMES_SQLITE = _NAMES_POSTGRES


def pages(customers: int) -> list[tuple[str, str, list[str]]]:
    """(name, who, addresses to go through in turn). `deep` is filled by following the pager."""
    from customers.models import Customer

    some = [f"/customers/{1 + n * (customers // 50)}/" for n in range(50) if 1 + n * (customers // 50) <= customers]
    names = Customer.objects.filter(pk__in=range(1, 41)).order_by("pk").values_list("name", flat=True)
    pairs = [name[:2] for name in names]
    nowhere = [char + "咖" for char in _CHARS[:40]]
    codes = [f"C{1 + n * (customers // 50):07d}" for n in range(50)]
    return [
        ("home, whole brand", "brand", ["/"]),
        ("home, head of a region", "head", ["/"]),
        ("home, manager", "manager", ["/"]),
        ("list, whole brand", "brand", ["/customers/"]),
        ("list, head of a region", "head", ["/customers/"]),
        ("list, manager", "manager", ["/customers/"]),
        ("list, tier B of a region", "head", ["/customers/?tier=B"]),
        ("list, by growth", "brand", ["/customers/?sort=-growth"]),
        ("list, by name", "brand", ["/customers/?sort=name"]),
        ("list, deepest page", "brand", ["deepest"]),
        ("search in the list, code", "brand", [f"/customers/?q={code}" for code in codes]),
        ("search, two characters", "brand", [f"/search/?q={pair}" for pair in pairs]),
        ("search, two that nobody has", "brand", [f"/search/?q={pair}" for pair in nowhere]),
        ("search, one that all have", "brand", ["/search/?q=店"]),
        ("search in the list, two", "brand", [f"/customers/?q={pair}" for pair in pairs]),
        ("search, part of a code", "brand", [f"/search/?q={code[:6]}" for code in codes]),
        ("customer", "brand", some),
        ("tiers", "brand", ["/customers/tiers/"]),
    ]


def timed(person, addresses: list[str], rounds: int) -> dict:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(person)
    if addresses == ["deepest"]:
        addresses = [_deepest(client)]
    client.get(addresses[0])  # the first request after a sign-in keeps its session, which is no part of the page
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(addresses[0])
    statements = len(queries)  # the next request empties the log
    if answer.status_code != 200:
        raise SystemExit(f"{addresses[0]}: {answer.status_code}")
    wall, cpu = [], []
    for n in range(rounds + WARM_UP):
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(addresses[n % len(addresses)])
        if n >= WARM_UP:
            wall.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - used) * 1000)
    wall.sort()
    return {
        "statements": statements,
        "p50": round(statistics.median(wall), 1),
        "p95": round(wall[min(len(wall) - 1, int(len(wall) * 0.95))], 1),
        "cpu": round(statistics.median(cpu), 1),
        "kb": round(len(answer.content) / 1024, 1),
    }


def _deepest(client) -> str:
    """A page of the list from its far end: the second one of the reverse order."""
    page = client.get("/customers/?sort=sales").content.decode()
    after = re.search(r'href="\?([^"]*after=[^"]+)"', page)
    if after is None:
        return "/customers/"
    return "/customers/?" + after[1].replace("&amp;", "&")


def show(small: dict, large: dict, few: int, many: int) -> None:
    print(f"{'page':30} {'statements':>10} {'p95 ms':>8} {'p95 ms':>8} {'ratio':>6} {'cpu ms':>7} {'KB':>6}")
    print(f"{'customers':30} {'':10} {few:>8,} {many:>8,}")
    for name, found in large.items():
        before = small[name]
        grown = f"{found['statements']}" + ("" if found["statements"] == before["statements"] else "!")
        ratio = found["p95"] / before["p95"] if before["p95"] else 0
        figures = f"{before['p95']:>8} {found['p95']:>8} {ratio:>6.2f} {found['cpu']:>7} {found['kb']:>6}"
        print(f"{name:30} {grown:>10} {figures}")


if __name__ == "__main__":
    main()
