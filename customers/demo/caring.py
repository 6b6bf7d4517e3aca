"""What the demo's managers wrote down and how they look after customers: notes, tags, two special ones, a stand-in."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from django.utils import timezone

from crm.accounts.models import User
from customers.care import bulk
from customers.care.models import Note
from customers.care.special import begin_care
from customers.demo.company import Client
from customers.profile.actions import assign
from customers.profile.models import Customer, StandIn
from customers.profile.tags import CustomerTag, Tag

# mood, what was said
SAID = (
    (5, "老板说上个月的活动带来不少新客，问下次什么时候做。"),
    (5, "店里新换了陈列，拍照发给了同行，很得意。"),
    (4, "聊了秋季新品，先要两套样品，卖得动再加。"),
    (4, "店长换人了，新店长做过三年同行，上手快。"),
    (4, "愿意参加下一次联合促销，要我们把物料费说清楚。"),
    (3, "到店看了库存，夏款还压着一些，答应月底前清掉。"),
    (3, "电话里没多说，约了下周到店。"),
    (3, "问起隔壁品牌的返点，没有正面回答，下次再聊。"),
    (2, "抱怨到货慢了四天，周末断码，损失了几单。"),
    (2, "房租要涨，正在和商场谈，心里没底。"),
    (1, "上次的退货还没处理完，话说得很重，要尽快给答复。"),
)
OWN = "私下提到想把店转给弟弟，先不对外说。"
TAGS = ("旗舰店", "新开业", "价格敏感", "需多走动")
SHARE_WITH_NOTES = 0.4
# login, the province its customer lies in, reason, exit rule, days since it began, days until it is looked at again
SPECIAL = (
    ("mei", "ZHEJIANG", "老板住院，店由家人代管", "老板回店并恢复正常订货", 60, -2),
    ("zhouyan", "JIANGSU", "商场改造，半年内要搬两次铺", "新铺开业满三个月", 25, 65),
)
LENT = 40
"""So many days ago two of Mei's customers went to Zhou Yan, from whom they come back now, with a brief."""


class Said(NamedTuple):
    """ago: days before the story's end."""

    ago: int
    mood: int | None
    text: str


def notes_of(client: Client, seed: int) -> Iterator[Said]:
    """What was written down of one customer; of many nothing."""
    random = Random(f"notes {seed} {client.code}")
    if client.state != "active" or random.random() > SHARE_WITH_NOTES:
        return
    for _n in range(random.randrange(1, 5)):
        mood, text = random.choice(SAID)
        yield Said(random.randrange(1, 120), mood if random.random() < 0.8 else None, text)


def tags_of(client: Client, seed: int) -> list[str]:
    random = Random(f"tags {seed} {client.code}")
    return [random.choice(TAGS)] if client.state == "active" and random.random() < 0.15 else []


def write(clients: Sequence[Client], seed: int, end: datetime.date, manager_of: dict[str, User]) -> int:
    """Notes and tags in bulk, like the observations; how many notes."""
    ids = dict(Customer.objects.values_list("code", "pk"))
    tags = {name: Tag.objects.get_or_create(name=name)[0] for name in TAGS}
    count = 0
    for at in range(0, len(clients), 2_000):
        part = clients[at : at + 2_000]
        notes = [
            Note(
                customer_id=ids[client.code],
                text=one.text,
                mood=one.mood,
                written_by=manager_of[client.city.province],
                at=_moment(end, one.ago),
            )
            for client in part
            for one in notes_of(client, seed)
        ]
        Note.objects.bulk_create(notes, batch_size=500)
        CustomerTag.objects.bulk_create(
            [
                CustomerTag(
                    customer_id=ids[client.code],
                    tag=tags[name],
                    added_by=manager_of[client.city.province],
                    added_at=_moment(end, 30),
                )
                for client in part
                for name in tags_of(client, seed)
            ],
            batch_size=500,
        )
        count += len(notes)
    return count


def _moment(end: datetime.date, ago: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(end - datetime.timedelta(days=ago), datetime.time(17, 20)))


def look_after(clients: Sequence[Client], end: datetime.date, staff: dict[str, User]) -> None:
    """Two special customers, somebody on leave soon, and a handover that waits to be read."""

    def day(ahead: int) -> datetime.date:
        return end + datetime.timedelta(days=ahead)

    known = [client for client in clients if client.state == "active" and client.opened_on < day(-LENT)]
    codes = {where: [one.code for one in known if one.city.province == where] for _who, where, *_rest in SPECIAL}
    found = Customer.objects.in_bulk([code for part in codes.values() for code in part], field_name="code")
    for login, where, reason, rule, ago, ahead in SPECIAL:
        for code in codes[where][:1]:
            begin_care(
                customer=found[code],
                user=staff[login],
                reason=reason,
                since=day(-ago),
                review_on=day(ahead),
                exit_rule=rule,
                by=staff["admin"],
            )
            Note.objects.create(
                customer=found[code], text=OWN, is_private=True, written_by=staff[login], at=_moment(end, 3)
            )
    StandIn.objects.create(
        absent=staff["mei"],
        stand_in=staff["chenli"],
        since=day(3),
        until=day(10),
        reason="回老家休年假",
        made_by=staff["head"],
    )
    lent = [found[code] for code in codes["ZHEJIANG"][-2:]]
    if lent:
        assign(customers=lent, user=staff["zhouyan"], since=day(-LENT), by=staff["admin"])
        bulk.assign(
            by=staff["admin"],
            user=staff["mei"],
            since=day(-1),
            ids=[one.pk for one in lent],
            word="两家都刚装修完，先看账期，再谈新品。",
        )
