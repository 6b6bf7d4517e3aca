"""The demo company's promotions: one that is over and measured, one that runs, and one reckoned with a customer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from django.utils import timezone

from crm.accounts.models import Region, User
from customers.profile.models import Customer
from customers.sales.models import MonthlySales
from customers.support.entitling import next_quarter, quarter_of
from promotions.budgets.setting import set_budget
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.policies.audience import Audience
from promotions.rollout import actions, bulk
from promotions.rollout.models import Answer, Participation, Promotion

DAY = datetime.timedelta(days=1)
MATERIALS = [{"name": "主题海报", "quantity": 4}, {"name": "端架立牌", "quantity": 1}]
CHECKLIST = ["海报张贴在入口", "端架第二三层陈列", "价签正确", "店员会讲"]
WISHES = ("我店小，海报两张就够。", "能不能晚一周开始？", "人员费用公司多担一点。")
CHANGED = ("只摆了一个端架", "晚了三天才挂出来", "价签没换全")
NOT_RUN = ("没到货", "老板不同意", "店面装修")
COST, OWN_COSTS = Decimal(600), Decimal(120)
VARIANT = {
    "name": "减价两元",
    "guess": "40",
    "cut": "2.00",
    "cut_brand": "50",
    "borrowed": "10",
    "materials": [{"name": "主题海报", "quantity": 4, "list_price": "120.00", "discount": "30", "brand": "50"}],
    "costs": {"staff": {"amount": "300.00", "brand": "0"}, "publicity": {"amount": "250.00", "brand": "60"}},
    "reach": 3000,
    "new_customers": 40,
}
FREE = {**VARIANT, "name": "买十送一", "guess": "30", "cut": "", "buy": 10, "get": 1, "free_brand": "100"}
TERMS = {
    "goods": {"name": "经典礼盒", "retail": "39.00", "wholesale": "25.00", "cost": "14.00"},
    "baseline": 400,
    "timing": {"days": 14, "credit_days": 30, "settlement_days": 30},
    "budgets": {"customer": "2000.00", "brand": "3000.00"},
    "own": {"staff": "", "other": ""},
    "variants": [VARIANT, FREE],
}


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """By the actions; what is over is then put where it belongs in time."""
    random, admin, day = Random(f"promotions {story.seed}"), staff["admin"], timezone.localdate()
    _budgets(admin, day)
    over = _opened(admin, "autumn", "秋季端架月", day, 18, Audience(tiers=("A", "B")))
    _run(over, random, admin, day, judged=0.9)
    starts = day - 60 * DAY
    Promotion.objects.filter(pk=over.pk).update(starts_on=starts, ends_on=starts + 17 * DAY, answer_by=starts - 5 * DAY)
    kinds = Audience(kinds=("franchisee",), tiers=("B", "C"))
    running = _opened(admin, "yearend", "年终答谢买三送一", day, 20, kinds)
    _run(running, random, admin, day, judged=0)
    Promotion.objects.filter(pk=running.pk).update(starts_on=day - 4 * DAY, ends_on=day + 15 * DAY)
    _planned(staff, day)


def _budgets(by: User, day: datetime.date) -> None:
    """The brand's by last year's sales (a sum where its ledger does not reach back to them), the regions below it a
    sum, and another for their A.
    """
    quarter = quarter_of(day)
    top = Region.objects.filter(parent__isnull=True).first()
    if top is None:
        return
    begin = next_quarter(quarter, -4)
    known = MonthlySales.objects.filter(month__gte=begin, month__lt=next_quarter(begin)).exists()
    how = {"basis": "last_year", "rate": Decimal("1.2")} if known else {"amount": Decimal(1_000_000)}
    set_budget(region=top, quarter=quarter, by=by, **how)
    for one in Region.objects.filter(parent=top).order_by("code"):
        set_budget(region=one, quarter=quarter, amount=Decimal(150_000), by=by)
        set_budget(region=one, quarter=quarter, tier="A", amount=Decimal(40_000), by=by)


def _opened(by: User, code: str, title: str, day: datetime.date, days: int, audience: Audience) -> Promotion:
    made = actions.write_promotion(
        code=code,
        title=title,
        kind="display",
        goods="经典礼盒",
        mechanics="端架陈列加主题海报；活动期间买三送一，赠品由公司提供，门店承担人员。",
        starts_on=day,
        ends_on=day + (days - 1) * DAY,
        answer_by=day + 3 * DAY,
        materials=MATERIALS,
        checklist=CHECKLIST,
        audience=audience,
        cost_each=COST,
        by=by,
    )
    return actions.open_promotion(promotion=made, by=by)


def _run(promotion: Promotion, random: Random, by: User, day: datetime.date, judged: float) -> None:
    rows = list(Participation.objects.filter(promotion=promotion).order_by("pk"))
    for one in random.sample(rows, min(len(rows), 45)):
        at = random.random()
        if at < 0.12:
            actions.answer(participation=one, answer=Answer.DECLINED, text="这次不做", told_by="老板")
        elif at < 0.2:
            actions.answer(participation=one, answer=Answer.COUNTERED, text=random.choice(WISHES), told_by="老板")
        elif at < 0.85:
            actions.answer(participation=one, answer=Answer.ACCEPTED, told_by="老板")
    taking = list(Participation.objects.taking_part().filter(promotion=promotion).order_by("pk"))
    sent = [one.pk for one in taking[: max(1, len(taking) * 4 // 5)]]
    bulk.send_many(promotion=promotion, ids=sent, on=day, by=by)
    for one in taking[: max(1, len(taking) * 3 // 5)]:
        actions.receive_materials(participation=one, on=day, told_by="老板")
        done = sorted(random.sample(range(len(CHECKLIST)), random.randint(2, len(CHECKLIST))))
        actions.show_execution(participation=one, seen_on=day, done=done, price=Decimal("37.00"), told_by="老板")
        if random.random() < judged:
            _judge(one, random, by, day)


def _judge(one: Participation, random: Random, by: User, day: datetime.date) -> None:
    at = random.random()
    if at < 0.7:
        actions.judge(participation=one, compliance="agreed", by=by)
    elif at < 0.9:
        credit, how = random.choice((50, 60, 80)), random.choice(CHANGED)
        actions.judge(participation=one, compliance="changed", credit=credit, how=how, by=by)
    else:
        actions.judge(participation=one, compliance="not_run", how=random.choice(NOT_RUN), by=by)
        return
    amount = Decimal(random.randrange(200, 900))
    actions.claim(participation=one, amount=amount, text="人员与堆头", told_by="老板")
    if random.random() < 0.7:
        actions.settle(participation=one, amount=amount, own_costs=OWN_COSTS, on=day, by=by)


def _planned(staff: Mapping[str, User], day: datetime.date) -> None:
    """With the largest C of the manager whom the demo shows."""
    mei = staff.get("mei") or staff["admin"]
    rows = Customer.objects.visible_to(mei).filter(kind="franchisee", standing__tier="C", state="active")
    one = rows.order_by("-standing__w0", "pk").first()
    if one is None:
        return
    starts = day + 25 * DAY
    plan = write_plan(customer=one, title="春节联合促销", kind="mixed", starts_on=starts, terms=TERMS, by=mei)
    show_plan(plan=plan, by=mei)
    sign(plan=plan, variant=1, side="brand", seen=1, by=mei)
