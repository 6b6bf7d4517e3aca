"""The people around the demo company's customers: as a file, then how they are related. All of them are made up."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from customers.demo import names
from customers.demo.company import Client
from customers.people import standard
from customers.people.models import PersonRole, Relation, RelationType
from customers.profile.models import Customer

HEADER = ["客户编码", "姓名", "电话", "角色", "起始日期", "主要联系人", "生日", "微信", "性别"]
_FIRST_NUMBER = 50_000_000
_AT_ONCE = 2_000


def rows(clients: Sequence[Client], seed: int) -> list[list[str]]:
    """Owners (some of two shops), spouses, shop managers; in each city an introducer, a landlord of several shops, and
    whoever runs the mall.
    """
    found: list[list[str]] = []
    number = _FIRST_NUMBER
    shared: dict[tuple[str, str], list[str]] = {}
    owners: dict[str, list[str]] = {}
    for client in clients:
        random = Random(f"people {seed} {client.code}")

        def somebody(random=random) -> list[str]:
            nonlocal number
            number += 1
            name = names.person(random)
            return [name, names.phone(number), f"{random.choice('abcdefgh')}{number}" if random.random() < 0.6 else ""]

        def line(one: Sequence[str], role: str, primary: str = "", birthday: str = "", client=client) -> list[str]:
            since = client.opened_on.isoformat() if role in ("老板", "配偶", "房东") else ""
            return [client.code, one[0], one[1], role, since, primary, birthday, one[2], ""]

        def of_city(role: str, share: float, client=client, random=random, somebody=somebody, line=line) -> None:
            if random.random() < share:
                one = shared.get((role, client.city.name)) or somebody()
                shared[role, client.city.name] = one
                found.append(line(one, role))

        last = owners.get(client.city.name)
        owner = last if last and not client.agent and random.random() < 0.16 else somebody()
        owners[client.city.name] = owner
        born = f"{random.randrange(1966, 1994)}-{random.randrange(1, 13)}-{random.randrange(1, 29)}"
        found.append(line(owner, "老板", "是", born if random.random() < 0.5 and owner is not last else ""))
        if owner is not last and random.random() < 0.3:
            found.append(line(somebody(), "配偶"))
        if client.agent or random.random() < 0.35:
            found.append(line(somebody(), "店长"))
        if client.agent:
            found.append(line(somebody(), "会计"))
        of_city("介绍人", 0.35)
        if client.category in ("商场专柜", "家居城店"):
            of_city("商场经理", 0.8)
        else:
            of_city("房东", 0.45)
    return found


def write(path: Path, clients: Sequence[Client], seed: int) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows([HEADER, *rows(clients, seed)])
    return path


def relate(seed: int, today: datetime.date) -> int:
    """Written in bulk, in the order of the people; says how many relations there are."""
    standard.ship(RelationType.objects)
    types = RelationType.objects.in_bulk(field_name="code")
    by_customer: dict[int, dict[str, int]] = defaultdict(dict)
    for person, customer, role in PersonRole.objects.order_by("pk").values_list("person_id", "customer_id", "role"):
        by_customer[customer].setdefault(role, person)
    cities: dict[str, list[int]] = defaultdict(list)
    for pk, city in Customer.objects.exclude(state="closed").order_by("code").values_list("pk", "city"):
        cities[city].append(pk)
    found: dict[tuple, Relation] = {}

    def add(code: str, start: int | None, end: int | None, strength: int, kind: str = "person") -> None:
        if start is None or end is None or start == end:
            return
        if types[code].symmetric and end < start:
            start, end = end, start
        since = today - datetime.timedelta(days=random.randrange(100, 4000))
        ends = {f"start_{kind}_id": start, f"end_{kind}_id": end}
        found.setdefault((code, kind, start, end), Relation(type=types[code], since=since, strength=strength, **ends))

    for city, shops in cities.items():
        random = Random(f"relations {seed} {city}")
        for at, shop in enumerate(shops):
            there = by_customer[shop]
            owner, next_shop = there.get("owner"), shops[at + 1] if at + 1 < len(shops) else None
            add("married", owner, there.get("spouse"), 3)
            add("introduced", there.get("introducer"), owner, random.choice((2, 3)))
            if random.random() < 0.4:
                add("friend", there.get("mall"), there.get("landlord") or owner, 2)
            if next_shop is not None:
                other = by_customer[next_shop].get("owner")
                draw = random.random()
                if draw < 0.28:
                    add(random.choice(("friend", "friend", "sibling", "partner", "lends")), owner, other, 2)
                elif draw < 0.4:
                    add("competes", shop, next_shop, 1, "customer")
    everyone: Iterable[Relation] = found.values()
    return len(Relation.objects.bulk_create(everyone, batch_size=_AT_ONCE))
