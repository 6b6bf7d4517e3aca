"""The demo company's contacts, common ground and promises: half a year of calls and meals, told like its notes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from customers.contacts.models import Contact, Direction, Topic
from customers.contacts.openers import asks_nothing
from customers.profile.models import Customer
from customers.promises.models import Commitment, State

SHARE = 0.45
BACK = 170
# channel, how they felt before and after, what was said, next step
SAID = (
    ("call", 2, 4, "连着几天生意不好，先听他说完，不急着给办法，最后自己笑了。", ""),
    ("call", 3, 4, "问了问新店长上手怎么样，顺便聊到孩子中考。", ""),
    ("wechat", 4, 5, "发来店里换季陈列的照片，夸了两句，很高兴。", ""),
    ("wechat", 3, 3, "问补货什么时候到，答应去查。", "给物流打电话"),
    ("meal", 3, 5, "一起吃了顿火锅，聊到年轻时跑市场的事，掏心窝子。", ""),
    ("meeting", 2, 3, "对上季返利有意见，把算法一条条讲清楚。", "发一份返利明细"),
    ("visit", 4, 4, "看了库存和试衣间，定下周末的小活动。", "带两套物料过去"),
    ("call", 1, 2, "退货拖了三周，火气很大，先认错，当场定了时间表。", "催退货组"),
    ("message", None, 4, "中秋问候，回得很快。", ""),
    ("call", 3, None, "没多说，在忙盘点，约了下周。", "下周再打"),
)
# kind, subject, from where we know
GROUND = (
    ("interest", "钓鱼", "一起吃饭时说的"),
    ("interest", "女儿学钢琴", "朋友圈"),
    ("interest", "爬山", "店长说的"),
    ("interest", "老茶", "去店里看到"),
    ("topic", "想开第二家店", "电话里提到"),
    ("topic", "隔壁新开的商场", "走访看到"),
    ("topic", "儿子今年高考", "老板娘说的"),
    ("avoid", "前年的窜货罚款", "交接时说的"),
    ("avoid", "和弟弟分家的事", "介绍人提醒"),
)
OURS = ("下周二前补齐断码", "把返利明细发过来", "周末带海报和堆头", "请设计看一下门头", "月底前处理完退货")
THEIRS = ("月底前清掉夏款", "下周把陈列照发来", "参加十月的联合活动", "把店员名单补上", "周报每周一交")
WHY = {"broken": "忙忘了，已道歉。", "renegotiated": "双方商量，改到下周。"}


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """Written in bulk, like what else is told of these months. story: customers.demo.loading.Story."""
    ids = dict(Customer.objects.values_list("code", "pk"))
    contacts: list[Contact] = []
    topics: list[Topic] = []
    promises: list[Commitment] = []
    for client in story.clients:
        random = Random(f"contacts {story.seed} {client.code}")
        if client.state != "active" or random.random() > SHARE:
            continue
        pk, by = ids[client.code], manager_of[client.city.province]
        said = list(_contacts(random, pk, by, story.end))
        contacts += said
        topics += _topics(random, pk, by, story.end)
        promises += _promises(random, pk, by, story.end)
    made = Contact.objects.bulk_create(contacts, batch_size=500)
    for one in made:
        one.created_at = one.happened_at + datetime.timedelta(minutes=20)
    Contact.objects.bulk_update(made, ["created_at"], batch_size=500)
    Topic.objects.bulk_create(topics, batch_size=500)
    Commitment.objects.bulk_create(promises, batch_size=500)


def _contacts(random: Random, pk: int, by: User, end: datetime.date) -> Iterator[Contact]:
    for ago in sorted(random.sample(range(1, BACK), random.randrange(2, 10))):
        channel, before, after, text, step = random.choice(SAID)
        at = _moment(end - datetime.timedelta(days=ago), random.randrange(9 * 60, 20 * 60))
        they = channel in ("wechat", "call") and random.random() < 0.3
        yield Contact(
            customer_id=pk,
            by=by,
            happened_at=at,
            channel=channel,
            direction=Direction.IN if they else Direction.OUT,
            mood_before=before,
            mood_after=after,
            business=random.choice((None, None, 1, 1, 2, 2, 3)),
            openness=random.choice((None, 2, 3, 4, 5)) if channel in ("meal", "call", "meeting") else None,
            text=text,
            next_step=step,
            next_on=end - datetime.timedelta(days=ago - 5) if step else None,
            just_listened="先听他说完" in text,
            asked_nothing=asks_nothing(they_reached_us=they, next_step=step, promised_by_them=False),
            purpose=random.choice(("", "service", "relation")) if not step else "service",
        )


def _topics(random: Random, pk: int, by: User, end: datetime.date) -> list[Topic]:
    found = []
    for kind, text, source in random.sample(GROUND, random.randrange(1, 5)):
        since = end - datetime.timedelta(days=random.randrange(40, 400))
        used = random.randrange(0, 4) if kind != "avoid" else 0
        last = end - datetime.timedelta(days=random.randrange(2, 39)) if used else None
        found.append(
            Topic(
                customer_id=pk,
                kind=kind,
                text=text,
                source=source,
                since=since,
                used=used,
                last_used_on=last,
                added_by=by,
            )
        )
    return found


def _promises(random: Random, pk: int, by: User, end: datetime.date) -> list[Commitment]:
    found = []
    for _n in range(random.randrange(0, 7)):
        side = random.choice(("ours", "ours", "theirs"))
        made = end - datetime.timedelta(days=random.randrange(1, 70))
        due = made + datetime.timedelta(days=random.randrange(3, 25))
        one = Commitment(
            customer_id=pk,
            side=side,
            text=random.choice(OURS if side == "ours" else THEIRS),
            made_on=made,
            due_on=due,
            owner=by if side == "ours" else None,
            written_by=by,
        )
        if due < end and random.random() < 0.8:
            one.state = random.choices(
                (State.KEPT, State.BROKEN, State.RENEGOTIATED), (75, 15, 10) if side == "ours" else (60, 30, 10)
            )[0]
            late = random.choice((-2, -1, 0, 0, 3)) if one.state == State.KEPT else 0
            one.settled_on = min(end, max(made, due + datetime.timedelta(days=late)))
            one.settled_at = _moment(one.settled_on, 17 * 60)
            one.settled_by, one.outcome = by, WHY.get(one.state, "")
        found.append(one)
    return found


def _moment(day: datetime.date, minute: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(minute // 60, minute % 60)))
