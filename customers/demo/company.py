"""Who the demo company sells to: agents and franchisees with a place, a size, a way of growing and a character.

Pure and repeatable: the same seed, number and day give the same company.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from customers.demo import names
from customers.demo.places import CITIES, DISTRICTS, PROVINCE_NAMES, City

# share of customers, growth a year from … to, how often such a customer works well with the company
COURSES = {
    "soaring": (0.09, 0.28, 0.62, 0.62),
    "growing": (0.24, 0.145, 0.24, 0.72),
    "steady": (0.37, -0.03, 0.08, 0.45),
    "stalled": (0.18, -0.14, -0.04, 0.25),
    "fading": (0.12, -0.42, -0.20, 0.12),
}


@dataclass(frozen=True, slots=True)
class Client:
    """One customer. daily: what it sells on a plain day at the story's end (`told_on`), in fen; growth: a year.

    loyal, cooperative: 0–100, what observations of it scatter around, None where nobody has looked.
    slumps: (first day, number of days, share lost). silent: (first day, number of days) without a report.
    """

    code: str
    name: str
    agent: bool
    category: str
    city: City
    district: str
    address: str
    phone: str
    latitude: float
    longitude: float
    opened_on: datetime.date
    closed_on: datetime.date | None
    state: str
    upstream: str
    course: str
    told_on: datetime.date
    daily: int
    growth: float
    weekend: float
    scatter: float
    weekly_rest: int | None
    promotes: bool
    response: float
    returns: float
    price: int
    cooperative: float | None
    loyal: float | None
    slumps: Sequence[tuple[datetime.date, int, float]] = field(default=())
    silent: Sequence[tuple[datetime.date, int]] = field(default=())
    last_sale: datetime.date | None = None


def make(*, count: int, seed: int, start: datetime.date, end: datetime.date) -> list[Client]:
    """`count` customers whose story is told from `start` until before `end`, agents first in each province."""
    random = Random(f"company {seed}")
    weights = [city.weight for city in CITIES]
    places = random.choices(CITIES, weights=weights, k=count)
    # Every agent serves a stretch of customers of its own province, the first of which is the agent; a province with
    # a handful of shops has none.
    in_province = Counter(place.province for place in places)
    order = sorted(range(count), key=lambda n: (places[n].region, places[n].province, places[n].name, n))
    made: list[Client] = []
    used: dict[str, int] = {}
    agents: dict[str, list[str]] = {}
    for position, n in enumerate(order):
        city = places[n]
        before = agents.get(city.province, [])
        so_far = sum(1 for client in made[-14:] if client.city.province == city.province)
        is_agent = (not before and in_province[city.province] >= 5) or (
            so_far >= 13 and not any(client.agent for client in made[-13:])
        )
        client = _client(
            Random(f"client {seed} {position}"), position, city, is_agent, before, used, start=start, end=end
        )
        made.append(client)
        if is_agent:
            agents.setdefault(city.province, []).append(client.code)
    return made


def _client(
    random: Random,
    position: int,
    city: City,
    is_agent: bool,
    agents: list[str],
    used: dict[str, int],
    *,
    start: datetime.date,
    end: datetime.date,
) -> Client:
    code = f"{'A' if is_agent else 'F'}{position + 1:05d}"
    street = random.choice(names.STREETS)
    name = names.agent(random, city.name) if is_agent else names.shop(random, city.name, street)
    used[name] = used.get(name, 0) + 1
    if used[name] > 1:  # a second shop of that name: 2号店, inside the bracket where there is one
        number = f"{used[name]}号店"
        name = f"{name.removesuffix('店）')}{number}）" if name.endswith("店）") else f"{name}{number}"
    course = random.choices(list(COURSES), weights=[share for share, *_rest in COURSES.values()])[0]
    _share, low, high, works_well = COURSES[course]
    growth = random.uniform(low, high)
    size = math.exp(random.gauss(0.0, 1.05)) * 150_000  # fen a day: half of the shops sell less than 1,500 yuan
    opened, closed, state, last_sale = _life(random, is_agent, course, start, end)
    good = random.random() < (0.85 if is_agent else works_well)
    seen = random.random() < 0.86
    return Client(
        code=code,
        name=name,
        agent=is_agent,
        category="代理商" if is_agent else random.choice(names.CATEGORIES),
        city=city,
        district=random.choice(DISTRICTS[city.name]) if city.name in DISTRICTS else "",
        address=f"{street}{random.randrange(1, 580)}号",
        phone=names.phone(20_000_000 + position * 37 + random.randrange(37)),
        latitude=round(city.latitude + random.gauss(0, 0.028), 6),
        longitude=round(city.longitude + random.gauss(0, 0.034), 6),
        opened_on=opened,
        closed_on=closed,
        state=state,
        upstream=random.choice(agents) if agents and not is_agent and random.random() < 0.62 else "",
        course=course,
        told_on=end,
        daily=int(size * (5.5 if is_agent else 1.0)),
        growth=growth,
        weekend=random.uniform(0.6, 1.5),
        scatter=random.uniform(0.12, 0.26) * (1.7 if is_agent else 1.0),
        weekly_rest=random.randrange(5) if not is_agent and random.random() < 0.08 else None,
        promotes=random.random() < 0.78,
        response=random.uniform(0.5, 1.4),
        returns=random.uniform(0.01, 0.07),
        price=random.choice([12_800, 15_900, 19_900, 23_800, 26_900, 32_900]),
        cooperative=_character(random, good) if seen else None,
        loyal=_character(random, good) if seen else None,
        slumps=_slumps(random, start, end),
        silent=_silences(random, start, end),
        last_sale=last_sale,
    )


def _character(random: Random, good: bool) -> float:
    return random.uniform(79, 95) if good else random.uniform(38, 72)


def _life(
    random: Random, is_agent: bool, course: str, start: datetime.date, end: datetime.date
) -> tuple[datetime.date, datetime.date | None, str, datetime.date | None]:
    """(opened, closed or None, state, last day with sales or None)."""
    days = (end - start).days
    draw = random.random()
    if is_agent or draw < 0.74:
        opened = start - datetime.timedelta(days=random.randrange(60, 3200))
    elif draw < 0.95:
        opened = start + datetime.timedelta(days=random.randrange(days - 100))
    else:
        opened = end - datetime.timedelta(days=random.randrange(8, 100))
    fate = random.random()
    age = (end - max(opened, start)).days
    if is_agent or age < 200:
        return opened, None, "active", None
    if fate < (0.16 if course == "fading" else 0.03):
        closed = end - datetime.timedelta(days=random.randrange(5, min(age - 150, 640)) if age > 160 else 5)
        return opened, closed, "closed", closed - datetime.timedelta(days=random.randrange(1, 12))
    if fate < (0.24 if course == "fading" else 0.045):
        return opened, None, "dormant", end - datetime.timedelta(days=random.randrange(70, 190))
    return opened, None, "active", None


def _slumps(random: Random, start: datetime.date, end: datetime.date) -> tuple[tuple[datetime.date, int, float], ...]:
    """About two in three years; one customer in fourteen is in one right now."""
    days = (end - start).days
    found = []
    for _again in range(round(days / 500)):
        if random.random() < 0.75:
            first = start + datetime.timedelta(days=random.randrange(days))
            found.append((first, random.randrange(5, 13), random.uniform(0.28, 0.55)))
    if random.random() < 0.07:
        found.append((end - datetime.timedelta(days=random.randrange(3, 7)), 12, random.uniform(0.35, 0.6)))
    return tuple(found)


def _silences(random: Random, start: datetime.date, end: datetime.date) -> tuple[tuple[datetime.date, int], ...]:
    """A till or a clerk that was away: some days without a report; one in forty has not reported lately."""
    days = (end - start).days
    found = []
    for _again in range(round(days / 365)):
        if random.random() < 0.4:
            found.append((start + datetime.timedelta(days=random.randrange(days)), random.randrange(2, 7)))
    if random.random() < 0.025:
        found.append((end - datetime.timedelta(days=random.randrange(3, 9)), 12))
    return tuple(found)


def customer_rows(clients: Sequence[Client]) -> list[dict[str, str]]:
    """The clients as the rows of a customers file."""
    return [
        {
            "code": client.code,
            "name": client.name,
            "kind": "agent" if client.agent else "franchisee",
            "region": client.city.province,
            "opened_on": client.opened_on.isoformat(),
            "closed_on": client.closed_on.isoformat() if client.closed_on else "",
            "status": client.state,
            "province": PROVINCE_NAMES[client.city.province],
            "city": client.city.name,
            "district": client.district,
            "address": client.address,
            "phone": client.phone,
            "lat": f"{client.latitude:.6f}",
            "lon": f"{client.longitude:.6f}",
            "upstream": client.upstream,
            "category": client.category,
        }
        for client in clients
    ]
