"""The demo company's visits: two weeks that were, three weeks to come, and a few that should have been made."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from django.utils import timezone

from crm.accounts.models import User
from crm.workdays import working_days
from customers.demo.company import Client
from customers.profile.models import Customer
from visits.plan.models import PlannedVisit, State, VisitGoal
from visits.plan.spreading import Place, spread

PAST = datetime.timedelta(days=14)
AHEAD = datetime.timedelta(days=21)
A_DAY = 3
TIMES = ("09:30", "10:30", "13:30", "14:30", "15:30", "16:30")
# purpose, goal, what came of it when it was met, and when it was not
STORIES = (
    ("routine", "看陈列和库存", "陈列按图换好了，浅色款缺两个码，已补单。", "店长不在，陈列没有动，下次先约好时间。"),
    ("relationship", "和老板一起吃顿饭", "聊了一个多小时，孩子上初中了，心情不错。", "老板临时去外地，只见到了店长。"),
    ("problem", "把上次到货慢的事说清楚", "和仓库三方通了电话，答应固定周二发货。", "问题还没解决，等物流部答复。"),
    ("money", "约定回款日期", "当场转了一半，余款月底前付清。", "说月底再看，没有给准日子。"),
    ("promotion", "定下周末活动的物料", "海报和堆头当天摆好，导购都讲过一遍。", "还没决定参加，要看隔壁店做不做。"),
    ("growth", "看第二家铺位", "铺位面积合适，租金约了再谈。", "铺位被别人租走了，继续找。"),
    ("profile", "补齐店铺资料", "面积、人数、营业执照都补上了。", "执照在公司，下次带来。"),
)
WHY_NOT = ("客户临时盘点，改到下次。", "下大雨，高速封路。", "店里装修，约好开业后再去。")


class Told(NamedTuple):
    """late: days before the story's end by which it should have been made and was not."""

    code: str
    login: str
    day: datetime.date
    late: bool


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """Written in bulk, like what else is told of these weeks. story: customers.demo.loading.Story."""
    ids = dict(Customer.objects.values_list("code", "pk"))
    by_login = {user.username: user for user in manager_of.values()}
    told = list(plan(story.clients, {place: user.username for place, user in manager_of.items()}, story))
    made: list[tuple[PlannedVisit, tuple]] = []
    for one in told:
        random = Random(f"visit {story.seed} {one.code} {one.day}")
        made.append(_visit(one, random, ids[one.code], by_login[one.login], story.end))
    visits = PlannedVisit.objects.bulk_create([visit for visit, _goal in made], batch_size=500)
    goals = [
        VisitGoal(visit=visit, position=1, text=goal[0], met=goal[1])
        for visit, (_made, goal) in zip(visits, made, strict=True)
    ]
    VisitGoal.objects.bulk_create(goals, batch_size=500)
    for visit in visits:
        visit.planned_at = _moment(min(visit.day, story.end) - datetime.timedelta(days=3), "17:00")
    PlannedVisit.objects.bulk_update(visits, ["planned_at"], batch_size=500)


def plan(clients: Sequence[Client], login_of: Mapping[str, str], story) -> Iterator[Told]:
    """Every manager goes to so many a day, neighbours together; whom they saw lately they may see again."""
    past = working_days(story.end - PAST, story.end - datetime.timedelta(days=1))
    ahead = working_days(story.end, story.end + AHEAD)
    of_login: dict[str, list[Client]] = defaultdict(list)
    for client in clients:
        if client.state == "active":
            of_login[login_of[client.city.province]].append(client)
    for login, theirs in sorted(of_login.items()):
        random = Random(f"visits {story.seed} {login}")
        order = random.sample(theirs, len(theirs))
        for days, part in ((past, order[: len(past) * A_DAY]), (ahead, order[-len(ahead) * A_DAY :])):
            places = [Place(n, one.latitude, one.longitude, one.city.name) for n, one in enumerate(part)]
            found = spread(places, dict.fromkeys(days, A_DAY))
            # On the last days that have been, one visit each was not made.
            used = sorted({day for day in found.values() if day is not None and days is past})
            waiting = set(used[-2:] if len(part) > A_DAY else used[-1:])
            for n, client in enumerate(part):
                day = found[n]
                if day is not None:
                    yield Told(client.code, login, day, day in waiting)
                    waiting.discard(day)


def _visit(
    one: Told, random: Random, customer_id: int, visitor: User, end: datetime.date
) -> tuple[PlannedVisit, tuple[str, bool | None]]:
    purpose, goal, well, badly = random.choice(STORIES)
    visit = PlannedVisit(
        customer_id=customer_id,
        visitor=visitor,
        day=one.day,
        starts_at=datetime.time.fromisoformat(random.choice(TIMES)) if random.random() < 0.6 else None,
        minutes=random.choice((30, 45, 45, 60, 90)),
        purpose=purpose,
        is_agreed=random.random() < 0.4,
        planned_by=visitor,
    )
    if one.day >= end or one.late:
        return visit, (goal, None)
    visit.ended_at = _moment(one.day, "17:40")
    if random.random() < 0.08:
        visit.state, visit.outcome = State.CANCELLED, random.choice(WHY_NOT)
        return visit, (goal, None)
    met = random.random() < 0.7
    visit.state, visit.outcome = State.DONE, well if met else badly
    return visit, (goal, met)


def _moment(day: datetime.date, time: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.fromisoformat(time)))
