"""How the demo company's customers behaved: dated observations, from which cooperation and loyalty are worked out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from customers.demo.company import Client

# What was looked at, and what kind of evidence it is. Payments are in the books already.
SOURCES = {
    "cooperation": (
        ("促销执行", "promotion"),
        ("经理评价", "opinion"),
        ("月报上交", "report"),
        ("陈列检查", "promotion"),
        ("电话回访", "answer"),
    ),
    "loyalty": (
        ("订货占比", "share"),
        ("续约意向", "opinion"),
        ("新品首单", "opinion"),
        ("竞品进店", "opinion"),
        ("年度问卷", "opinion"),
    ),
}


class Sighting(NamedTuple):
    code: str
    trait: str
    score: int
    seen_on: datetime.date
    source: str
    kind: str


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
            source, kind = random.choice(SOURCES[trait])
            if kind in ("promotion", "report", "answer"):
                score = 100 if random.random() * 100 < score else (50 if kind == "promotion" and score > 60 else 0)
            found.append(Sighting(client.code, trait, score, day, source, kind))
    yield from sorted(found, key=lambda one: (one.seen_on, one.trait, one.source, one.score))
