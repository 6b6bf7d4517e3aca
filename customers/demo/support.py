"""The demo company's support: what tiers get, a year of requests, what became of them, and budgets by province.

Told by the story: A asks in measure and gets most of it; many of C ask for more each quarter and get less; a few of B
and C are being made big.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from django.db.models import F

from crm.accounts.models import Region, User
from crm.clock import today
from customers.profile.models import Customer
from customers.support.entitling import next_quarter, quarter_of
from customers.support.models import (
    Entitlement,
    EntitlementException,
    State,
    SupportBudget,
    SupportCategory,
    SupportCost,
    SupportRequest,
)
from customers.tiers.models import TierPolicy

# tier, kind, gives, amount, period
GIVEN = (
    ("A", "", "visits", 7, ""),
    ("A", "", "materials", 8, ""),
    ("A", "", "promotion", 12_000, "quarter"),
    ("A", "", "operating", 6_000, "quarter"),
    ("A", "", "terms", 45, ""),
    ("A", "", "training", 2, "quarter"),
    ("A", "agent", "promotion", 20_000, "quarter"),
    ("B", "", "visits", 14, ""),
    ("B", "", "materials", 5, ""),
    ("B", "", "promotion", 6_000, "quarter"),
    ("B", "", "operating", 3_000, "quarter"),
    ("B", "", "terms", 30, ""),
    ("B", "", "training", 1, "quarter"),
    ("C", "", "visits", 30, ""),
    ("C", "", "promotion", 2_000, "quarter"),
    ("C", "", "operating", 1_000, "quarter"),
    ("C", "", "training", 1, "year"),
)
# what, how it is expected to help; by kind of support
WORDS = {
    "publicity": ("门头灯箱和周末活动海报", "活动周多卖一成"),
    "materials": ("换季陈列道具一套", "新款上墙，连带多一件"),
    "display": ("试衣间和收银台翻新", "进店客人多停留"),
    "staff": ("开业三天的驻店督导", "开业周做到八万"),
    "training": ("新导购两天产品培训", "客单价提高五个点"),
    "discount": ("尾货再让两个点", "月底前清掉三百件"),
    "return": ("滞销款换货", "库存降到两个月以内"),
}
REFUSALS = ("上次给的物料还没有用上。", "这个季度的额度已经用完，下季度再提。", "回款还差两笔，先把账结清。")
PARTLY = "先给一半，看活动效果再说。"
QUARTERS = 5


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """Written in bulk, like what else is told of this year. story: customers.demo.loading.Story."""
    admin = staff["admin"]
    policy = TierPolicy.objects.adopted()
    if policy is None:
        return
    first = next_quarter(quarter_of(story.end), -QUARTERS)
    Entitlement.objects.bulk_create(
        Entitlement(
            policy=policy,
            tier=tier,
            kind=kind,
            gives=gives,
            amount=Decimal(amount),
            period=period,
            since=first,
            made_by=admin,
        )
        for tier, kind, gives, amount, period in GIVEN
    )
    kinds = {one.code: one for one in SupportCategory.objects.all()}
    rows: list[SupportRequest] = []
    customers = Customer.objects.filter(state="active").select_related("region").annotate(now=F("standing__tier"))
    for customer in customers.order_by("pk"):
        rows += _asked(customer, Random(f"support {story.seed} {customer.code}"), kinds, story.end, manager_of, admin)
    made = SupportRequest.objects.bulk_create(rows, batch_size=500)
    SupportCost.objects.bulk_create(
        (
            SupportCost(
                request=one, amount=one.booked, booked_on=one.delivered_on or one.decided_on, booked_by=one.decided_by
            )
            for one in made
            if one.booked
        ),
        batch_size=500,
    )
    _budget(made, story.end)
    _exception(story.end, staff)


def _asked(customer, random: Random, kinds, end: datetime.date, manager_of, admin: User) -> list[SupportRequest]:
    """A few in each quarter. grows: asks for more each quarter, and is given less."""
    tier = customer.now or "C"
    grows = tier != "A" and random.random() < 0.35
    favoured = tier != "A" and random.random() < 0.08
    size = {"A": 4_000, "B": 2_200, "C": 900}[tier]
    quarters = [next_quarter(quarter_of(end), n - QUARTERS + 1) for n in range(QUARTERS)]
    by = next((user for place, user in manager_of.items() if place == customer.region.code), admin)
    rows = []
    for place, quarter in enumerate(quarters):
        if random.random() > (0.35 + 0.12 * place if grows else 0.4):
            continue
        day = quarter + datetime.timedelta(days=random.randrange(80))
        if day >= end or (customer.opened_on is not None and day < customer.opened_on):
            continue
        code = random.choice(list(WORDS))
        factor = 1 + 0.35 * place if grows else 1
        asked = Decimal(round(size * factor * random.uniform(0.5, 1.4) / 50) * 50)
        row = SupportRequest(
            customer=customer,
            category=kinds[code],
            what=WORDS[code][0],
            expected=WORDS[code][1] if random.random() < 0.7 else "",
            asked_amount=asked,
            asked_on=day,
            through=random.choice(("manager", "manager", "person")),
            written_by=by,
        )
        _decide(row, random, tier, (0.85 - 0.14 * place) if grows else 0.95 if favoured else 0.8, end, by)
        rows.append(row)
    return rows


def _decide(row: SupportRequest, random: Random, tier: str, likely: float, end: datetime.date, by: User) -> None:
    day = row.asked_on + datetime.timedelta(days=random.randrange(2, 12))
    if day >= end or (row.asked_on > end - datetime.timedelta(days=20) and random.random() < 0.5):
        return
    row.decided_on, row.decided_by, row.region, row.tier = day, by, row.customer.region, tier
    if random.random() > likely:
        row.state, row.answer = State.REFUSED, random.choice(REFUSALS)
        return
    asked = row.asked_amount or Decimal(0)
    row.granted_amount, row.state = asked, State.GRANTED
    if random.random() > likely:
        row.granted_amount, row.state = (asked / 2).quantize(Decimal("0.01")), State.PARTLY
        row.answer = PARTLY
    delivered = day + datetime.timedelta(days=random.randrange(5, 25))
    if delivered < end:
        row.state, row.delivered_on = State.DELIVERED, delivered
        row.booked = (row.granted_amount * Decimal(random.randrange(80, 104)) / 100).quantize(Decimal("0.01"))
    row.used = max(row.granted_amount, row.booked)


def _budget(rows: list[SupportRequest], end: datetime.date) -> None:
    """A little more than was given; of one province a little less, so that a budget is seen to be exceeded."""
    spent: dict[tuple[int, datetime.date], Decimal] = {}
    for one in rows:
        if one.region_id is not None and one.decided_on is not None:
            for above in (int(part) for part in one.region.path.strip("/").split("/")):
                key = above, quarter_of(one.decided_on)
                spent[key] = spent.get(key, Decimal(0)) + one.used
    now = quarter_of(end)
    leaves = [key for key in sorted(spent) if key[1] == now and spent[key]]
    over = leaves[-1] if len(leaves) > 2 else None
    budgets = []
    for region in Region.objects.order_by("path"):
        for n in range(QUARTERS):
            key = region.pk, next_quarter(now, -n)
            if key in spent:
                share = Decimal("0.95") if key == over else Decimal("1.3")
                amount = (spent[key] * share / 1000).quantize(Decimal(1)) * 1000
                budgets.append(SupportBudget(region=region, quarter=key[1], amount=max(amount, Decimal(1000))))
    SupportBudget.objects.bulk_create(budgets, batch_size=500)
    if over is not None:
        last = max(
            (one for one in rows if one.region_id == over[0] and one.used and quarter_of(one.decided_on) == now),
            key=lambda one: (one.decided_on, one.pk),
            default=None,
        )
        if last is not None:
            SupportRequest.objects.filter(pk=last.pk).update(over_budget=True, over_reason="周年庆已经约好，不能改期。")


def _exception(end: datetime.date, staff: Mapping[str, User]) -> None:
    """One that somebody proposed and a second person is to agree to."""
    best = Customer.objects.filter(state="active", standing__tier="B").order_by("-standing__w0").first()
    maker = next((user for login, user in sorted(staff.items()) if user.role == "manager"), staff["admin"])
    if best is not None:
        EntitlementException.objects.create(
            customer=best,
            gives="promotion",
            amount=Decimal(10_000),
            period="quarter",
            since=max(end, today()),
            until=max(end, today()) + datetime.timedelta(days=120),
            reason="第二家店年底前开业，要多做两场活动。",
            made_by=maker,
        )
