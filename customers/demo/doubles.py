"""Customers that somebody entered twice: another spelling, the same telephone, some sales under both codes."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from customers.demo import sales
from customers.demo.company import Client
from customers.demo.names import short

ONE_IN = 80
DAYS = 24


@dataclass(frozen=True, slots=True)
class Double:
    """of: the customer as it is known. sold: its last days as a colleague wrote them down under the new code."""

    of: Client
    code: str
    name: str
    phone: str
    address: str
    sold: tuple[tuple[datetime.date, int], ...]


def make(clients: Sequence[Client], end: datetime.date, seed: int) -> list[Double]:
    """One customer in eighty; sold in fen. Every other day also stands under the known code, so that both say it."""
    random = Random(f"doubles {seed}")
    known = sorted((one for one in clients if one.state == "active" and not one.agent), key=lambda one: one.code)
    # In Zhejiang first, whose manager shows people around.
    random.shuffle(known)
    known.sort(key=lambda one: one.city.province != "ZHEJIANG")
    chosen = [*known[:1], *random.sample(known[1:], max(0, min(len(known), len(clients) // ONE_IN) - 1))]
    if len(clients) < ONE_IN:
        return []
    return [_double(random, one, number, end) for number, one in enumerate(chosen, 1)]


def _double(random: Random, client: Client, number: int, end: datetime.date) -> Double:
    city = short(client.city.name)
    name = client.name.replace("（", " ").replace("）", "")
    name = name.removeprefix(city) if name.startswith(city) else f"{city}{name}"
    days = [end - datetime.timedelta(days=ago) for ago in range(DAYS, 0, -2)]
    return Double(
        of=client,
        code=f"X{number:05}",
        name=name,
        phone=f"{client.phone[:3]}-{client.phone[3:7]}-{client.phone[7:]}",
        address=client.address,
        sold=tuple((day, max(100, client.daily * random.randrange(10, 60) // 100)) for day in days),
    )


def write_sales(path: Path, doubles: Sequence[Double]) -> Path:
    rows = [[one.code, day.isoformat(), f"{fen // 100}.{fen % 100:02}"] for one in doubles for day, fen in one.sold]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([sales.HEADER[:3], *rows])
    return path
