"""How the demo company's customers behaved: dated observations, from which cooperation and loyalty are worked out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from customers.demo.company import Client

SOURCES = {
    "cooperation": ("促销执行", "按时回款", "月报上交", "陈列检查", "电话回访"),
    "loyalty": ("订货占比", "续约意向", "新品首单", "竞品进店", "年度问卷"),
}


class Sighting(NamedTuple):
    code: str
    trait: str
    score: int
    seen_on: datetime.date
    source: str


def sightings(client: Client, start: datetime.date, end: datetime.date, seed: int) -> Iterator[Sighting]:
    """What was seen of a customer between two days, oldest first; nothing of one nobody looked at."""
    random = Random(f"evidence {seed} {client.code}")
    first = max(start, client.opened_on)
    days = (min(end, client.closed_on or end) - first).days
    if client.cooperative is None or client.loyal is None or days < 30:
        return
    found = []
    for trait, character in (("cooperation", client.cooperative), ("loyalty", client.loyal)):
        for _again in range(round(random.uniform(3.0, 5.5) * days / 365)):
            score = min(100, max(0, round(random.gauss(character, 7))))
            day = first + datetime.timedelta(days=random.randrange(days))
            found.append(Sighting(client.code, trait, score, day, random.choice(SOURCES[trait])))
    yield from sorted(found, key=lambda one: (one.seen_on, one.trait, one.source, one.score))
