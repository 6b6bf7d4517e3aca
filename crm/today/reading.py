"""A person's lines of Today: what the sources say, for customers in reach, without what they put aside."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.timezone import localdate

from crm.money import from_minor
from crm.today.models import TodayMark
from crm.today.ranking import DAY_MINUTES, Task, a_day_of, ranked, staked


class Shop(NamedTuple):
    """What a line shows of its customer, as settings.TODAY_CUSTOMERS answers `(user, ids, day)` for those in reach.

    mine: whether this person looks after it: in charge, standing in, dedicated to it, or nobody is in charge.
    yearly: sales of 12 months.
    """

    name: str
    tier: str
    phone: str
    yearly: Decimal | None
    owner_id: int | None
    owner: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """tasks: ranked; on_top: how many of them make a day; aside: how many were put aside."""

    tasks: list[Task]
    on_top: int
    aside: int

    @property
    def top(self) -> list[Task]:
        return self.tasks[: self.on_top]

    @property
    def later(self) -> list[Task]:
        return self.tasks[self.on_top :]


@cache
def _sources() -> list:
    return [import_string(path) for path in settings.TODAY_SOURCES]


def everything(user, day: datetime.date) -> list[tuple[Task, bool]]:
    """What all sources say of customers in this person's reach, each with whether it is theirs to do.

    As many statements as the sources take (one or two each), and two.
    """
    found = [task for source in _sources() for task in source(user, day)]
    ids = {task.customer_id for task in found if task.customer_id is not None}
    shops: dict[int, Shop] = import_string(settings.TODAY_CUSTOMERS)(user, ids, day) if ids else {}
    return [
        (_with(task, shops[task.customer_id]), task.own or shops[task.customer_id].mine)
        if task.customer_id
        else (task, True)
        for task in found
        if task.customer_id is None or task.customer_id in shops
    ]


def _with(task: Task, shop: Shop) -> Task:
    task = replace(task, name=shop.name, tier=shop.tier, phone=shop.phone, owner_id=shop.owner_id, owner=shop.owner)
    return staked(task, shop.yearly)


def lines_of(user, day: datetime.date, found: Sequence[tuple[Task, bool]] | None = None) -> Lines:
    """found: what `everything` answered, where the caller has asked it already.

    On top stands what fits into the day beside what settings.TODAY_BUSY says is planned already."""
    busy_minutes = import_string(settings.TODAY_BUSY)(user, day)
    tasks = [task for task, mine in (everything(user, day) if found is None else found) if mine]
    marks = list(TodayMark.objects.visible_to(user).filter(until__gt=day).select_related("user"))
    mine_aside = [mark for mark in marks if mark.user_id == user.pk]
    aside = {mark.key for mark in mine_aside} - _given_up(mine_aside, tasks, day)
    handed = [mark for mark in marks if mark.to_id == user.pk and mark.key not in aside]
    own = {task.key: task for task in tasks if task.key not in aside}
    own |= {task.key: task for task in _handed(handed, user, day)}
    order = ranked(own.values())
    left = max(0, DAY_MINUTES - busy_minutes)
    return Lines(order, a_day_of(order, left), sum(task.key not in own for task in tasks))


def _given_up(marks: Collection[TodayMark], tasks: Collection[Task], day: datetime.date) -> set[str]:
    """Keys of lines that were handed to somebody who can do nothing about them any more: they are back."""
    customers = {task.key: task.customer_id for task in tasks if task.customer_id is not None}
    handed = {
        mark.key: (mark.to_id, customers[mark.key])
        for mark in marks
        if mark.state == TodayMark.State.HANDED and mark.key in customers
    }
    if not handed:
        return set()
    taking = import_string(settings.TODAY_STILL_TAKING)(set(handed.values()), day)
    return {key for key, pair in handed.items() if pair not in taking}


def _shops(user, ids: Collection[int], day: datetime.date) -> dict[int, tuple[int, Shop]]:
    """{id: (where it went, what Today shows)}: of customers that were merged into others, those others."""
    ask = import_string(settings.TODAY_CUSTOMERS)
    shops: dict[int, Shop] = ask(user, ids, day) if ids else {}
    found = {pk: (pk, shop) for pk, shop in shops.items()}
    gone = [pk for pk in ids if pk not in found]
    if gone and settings.MOVED_CUSTOMERS:
        went = {one.old_id: one.customer_id for one in import_string(settings.MOVED_CUSTOMERS)(ids=gone)}
        shops = ask(user, set(went.values()), day) if went else {}
        found |= {old: (new, shops[new]) for old, new in went.items() if new in shops}
    return found


def _handed(marks: Collection[TodayMark], user, day: datetime.date) -> list[Task]:
    """What others handed to this person, as it was then; of customers in reach only."""
    lines: list[tuple[TodayMark, dict[str, Any]]] = [(mark, mark.line or {}) for mark in marks]
    ids = {line["customer"] for _mark, line in lines if line["customer"] is not None}
    shops = _shops(user, ids, day)
    tasks = []
    for mark, line in lines:
        if line["customer"] is not None and line["customer"] not in shops:
            continue
        customer_id, shop = shops.get(line["customer"], (None, None))
        task = Task(
            key=mark.key,
            kind=line["kind"],
            icon=line["icon"],
            tone=line["tone"],
            reason=line["reason"],
            url=line["url"],
            customer_id=customer_id,
            stake=from_minor(line["stake"]) if line["stake"] is not None else None,
            late=(day - localdate(mark.at)).days,
            minutes=line["minutes"],
            handed_by=str(mark.user),
            note=mark.note,
        )
        tasks.append(_with(task, shop) if shop is not None else task)
    return tasks


@dataclass(slots=True)
class Share:
    """What waits of one person's customers."""

    owner_id: int | None
    owner: str
    tasks: list[Task]

    @property
    def stake(self) -> Decimal:
        return sum((task.stake or Decimal(0) for task in self.tasks), Decimal(0))

    @property
    def late(self) -> int:
        return sum(task.late > 0 for task in self.tasks)

    @property
    def oldest(self) -> int:
        return max((task.late for task in self.tasks), default=0)


def team_of(user, day: datetime.date, found: Sequence[tuple[Task, bool]] | None = None) -> list[Share]:
    """What waits in this person's reach, by who is in charge; most at stake first, nobody's customers among them."""
    shares: dict[int | None, Share] = {}
    for task, _mine in everything(user, day) if found is None else found:
        if task.customer_id is not None:
            share = shares.setdefault(task.owner_id, Share(task.owner_id, task.owner, []))
            share.tasks.append(task)
    for share in shares.values():
        share.tasks = ranked(share.tasks)
    return sorted(shares.values(), key=lambda one: (-one.stake, one.owner))
