"""The search of ⌘K as people type it, at two sizes: statements, p50 and p95 of the whole request, and how they grow.

    python -m benchmarks.search --customers 100000
    python -m benchmarks.search --customers 20000 --sqlite

Names are made of common characters, with pinyin and initials as Qiao keeps them, phones, cities and addresses. Every
request is the palette's (htmx), rendered whole by the test client in this process; the 60 questions of a kind are all
different. As the whole brand and as a manager in charge of 200 customers by name. cpu is that of this process and
of its server process together, which a loaded machine does not falsify; the ratio is of its p95s.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

from benchmarks.scratch import Scratch

ROUNDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=100_000, help="customers (default 100000)")
    parser.add_argument("--against", type=int, help="the smaller size (default a tenth)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"questions of a kind (default {ROUNDS})")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--alone", action="store_true", help="this size only, one JSON object on standard output")
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(measure(options)))
        return
    small = options.against or max(1000, options.customers // 10)
    show(_apart(options, small), _apart(options, options.customers), small, options.customers)


def _apart(options, customers: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.search", "--alone", "--customers", str(customers)]
    command += ["--rounds", str(options.rounds), *(["--sqlite"] if options.sqlite else [])]
    command += ["--server", options.server] if options.server else []
    print(f"measuring {customers:,} customers", file=sys.stderr, flush=True)
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure(options) -> dict:
    with Scratch("search", sqlite=options.sqlite, server=options.server):
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        people = prepare(options.customers)
        asked = questions(options.customers, options.rounds)
        found = {"the statement of the names": people.pop("took")}
        found |= {name: timed(people["brand"], "/search/", texts) for name, texts in asked.items()}
        found |= {
            f"manager: {name}": timed(people["manager"], "/search/", asked[name])
            for name in ("two characters", "one that all have", "pinyin", "mistyped pinyin")
        }
        found |= {f"list: {name}": timed(people["brand"], "/customers/", asked[name]) for name in ("two characters",)}
        found["map: all of China"] = mapped(people["brand"], options.rounds)
        return found


_CHARS = "华美家居安康福瑞祥云锦绣东方盛世丰润泰和恒信嘉禾金源百川同德广厦明珠星海天宇荣昌兴隆宝利永新万象春晖"
_CITIES = [
    "杭州市",
    "宁波市",
    "绍兴市",
    "温州市",
    "南京市",
    "苏州市",
    "无锡市",
    "上海市",
    "成都市",
    "武汉市",
    "广州市",
    "长沙市",
]
_ROADS = ["人民路", "江南大道", "解放街", "建设路", "中山北路", "文化巷", "滨河路", "长江路", "新华大街", "和平里"]


def name_of(n: int) -> str:
    parts = ((7919, 10007), (31, 997), (523, 4999), (77, 2003))
    return "".join(_CHARS[n * a % p % len(_CHARS)] for a, p in parts) + ("店" if n % 3 else "商贸有限公司")


def phone_of(n: int) -> str:
    return f"13{n * 7919 % 1_000_000_007:09d}"


def address_of(n: int) -> tuple[str, str]:
    return _CITIES[n % len(_CITIES)], f"{_ROADS[n * 7 % len(_ROADS)]} {1 + n * 13 % 999} 号"


def prepare(customers: int) -> dict:
    """Customers, standings, two people; and what it took to name them all (the statement whose triggers index them)."""
    from django.db import connection

    from benchmarks import data, months
    from crm.accounts.actions import create_user
    from crm.clock import today
    from customers.models import Customer, Responsibility, TierStanding
    from customers.profile.searching import pinyin, search_text

    data.make_regions()
    data.make_customers(customers)
    assert pinyin(_CHARS)  # its dictionary is read once
    ids = list(Customer.objects.order_by("pk").values_list("pk", "code"))
    rows = []
    for n, (pk, code) in enumerate(ids):
        city, address = address_of(n)
        text = search_text(code, name_of(n), phone_of(n), city, address)
        place = (18.5 + n * 7919 % 29989 / 1000, 78.5 + n * 104729 % 55987 / 1000)
        rows.append((pk, name_of(n), phone_of(n), city, address, text, *place))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE named (id bigint PRIMARY KEY, name text, phone text, city text, address text,"
            " search_text text, lat double precision, lon double precision)"
        )
        for at in range(0, len(rows), 1000):
            part = rows[at : at + 1000]
            marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(part)) if connection.vendor != "sqlite" else ""
            if marks:
                cursor.execute(f"INSERT INTO named VALUES {marks}", [value for row in part for value in row])
            else:
                cursor.executemany("INSERT INTO named VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", part)
        began = time.perf_counter()
        cursor.execute(
            "UPDATE customers_customer SET name = n.name, phone = n.phone, city = n.city, address = n.address,"
            " search_text = n.search_text, wgs_latitude = n.lat, wgs_longitude = n.lon FROM named n"
            " WHERE n.id = customers_customer.id"
        )
        took = round((time.perf_counter() - began) * 1000)
    TierStanding.objects.bulk_create(
        (
            TierStanding(
                customer_id=pk, kind=kind, region_id=region, open_now=True, tier="ABCCC"[pk % 5], w0=pk * 7919 % 100_003
            )
            for pk, kind, region in Customer.objects.order_by("pk").values_list("pk", "kind", "region_id")
        ),
        batch_size=2_000,
    )
    months.analyze(connection.vendor == "postgresql")
    people = {
        "brand": create_user(username="brand", role="admin", password="benchmark-only-1"),
        "manager": create_user(username="manager", role="manager", password="benchmark-only-1"),
        "took": {"statements": 1, "p50": took, "p95": took, "cpu": took, "cpu95": took},
    }
    chosen = [pk for pk, _code in ids[:: max(1, customers // 200)]][:200]
    Responsibility.objects.bulk_create(
        Responsibility(customer_id=pk, user=people["manager"], since=today()) for pk in chosen
    )
    return people


def questions(customers: int, count: int) -> dict[str, list[str]]:
    """What is typed, `count` of each kind; the same each time."""
    from customers.profile.searching import pinyin

    picked = [n * (customers // count) + 3 for n in range(count)]
    names = [name_of(n) for n in picked]
    spoken = [pinyin(name)[0] for name in names]
    return {
        "two characters": [name[:2] for name in names],
        "part of a name": [name[1:4] for name in names],
        "one that all have": ["店", "公司", "华", "金"],
        "initials": [pinyin(name[:4])[1] for name in names],
        "pinyin": [pinyin(name[:4])[0] for name in names],
        "last four of a phone": [phone_of(n)[-4:] for n in picked],
        "middle of a phone": [phone_of(n)[3:8] for n in picked],
        "code": [f"C{n + 1:07d}" for n in picked],
        "beginning of a code": [f"C{n + 1:07d}"[:6] for n in picked],
        "address": [f"{address_of(n)[1].split()[0]} {1 + n * 13 % 999}" for n in picked],
        "mistyped pinyin": [one[:5] + one[6] + one[5] + one[7:] if len(one) > 7 else one[1:] for one in spoken],
        "mistyped part of pinyin": [pinyin(name[:3])[0][:4] + pinyin(name[:3])[0][5:] for name in names],
        "mistyped phone": [phone_of(n)[:6] + phone_of(n)[7] + phone_of(n)[6] + phone_of(n)[8:] for n in picked],
        "mistyped code": [f"C{n + 1:07d}"[:-2] + f"{n + 1:07d}"[-1] for n in picked],
        "nothing there": [f"{char}咖" for char in _CHARS] + ["qqqqxxxx", "vvvvwwwwzzzz"],
    }


def timed(person, path: str, texts: list[str]) -> dict:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from benchmarks.measure import measured

    client = Client(headers={"HX-Request": "true"})
    client.force_login(person)
    for text in texts[:3]:
        client.get(path, {"q": text})
    with CaptureQueriesContext(connection) as queries:
        client.get(path, {"q": texts[0]})
    statements = len(queries)  # the next request empties the log
    wall, cpu, found = [], [], 0
    for text in texts:
        began = time.perf_counter()
        with measured() as cost:
            answer = client.get(path, {"q": text})
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append(cost.cpu * 1000)
        found += b"data-hit" in answer.content or b"data-rows" in answer.content
    return {**summed(wall, cpu), "statements": statements, "found": round(found / len(texts) * 100)}


def mapped(person, rounds: int) -> dict:
    from django.test import Client

    from benchmarks.measure import measured

    client = Client()
    client.force_login(person)
    wall, cpu = [], []
    for n in range(rounds // 4 + 2):
        began = time.perf_counter()
        with measured() as cost:
            answer = client.get("/customers/map/points/", {"box": "73,17,136,54", "zoom": 4})
        if n > 1:
            wall.append((time.perf_counter() - began) * 1000)
            cpu.append(cost.cpu * 1000)
    if answer.status_code != 200:
        raise SystemExit(f"map: {answer.status_code}")
    return {**summed(wall, cpu), "statements": 0}


def summed(wall: list[float], cpu: list[float]) -> dict:
    wall, cpu = sorted(wall), sorted(cpu)
    return {
        "p50": round(wall[len(wall) // 2], 1),
        "p95": round(wall[min(len(wall) - 1, int(len(wall) * 0.95))], 1),
        "cpu": round(cpu[len(cpu) // 2], 1),
        "cpu95": round(cpu[min(len(cpu) - 1, int(len(cpu) * 0.95))], 1),
    }


def show(small: dict, large: dict, few: int, many: int) -> None:
    print(f"{'':30} {few:>28,} {many:>26,}")
    print(f"{'':30} {'p50 ms':>8} {'p95 ms':>8} {'cpu95':>8} {'p50 ms':>8} {'p95 ms':>8} {'cpu95':>8} ratio  found")
    for name, after in large.items():
        before = small[name]
        ratio = after["cpu95"] / before["cpu95"] if before["cpu95"] else 0
        figures = " ".join(f"{one[key]:>8}" for one in (before, after) for key in ("p50", "p95", "cpu95"))
        print(f"{name:30} {figures} {ratio:>6.2f} {after.get('found', ''):>5}")


if __name__ == "__main__":
    main()
