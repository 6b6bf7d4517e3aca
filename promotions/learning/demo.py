"""What the demo company learned from a promotion that is over, and plans agreed this quarter, to be compared."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from typing import Any

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.support.entitling import next_quarter, quarter_of
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.learning.actions import write_lesson
from promotions.rollout.demo import TERMS
from promotions.rollout.models import Promotion

LESSONS = (
    ("admin", "没有端架位置的小店做不起来，下次先问有没有位置再邀请；好不好看对照门店，前后一比不算数。"),
    ("mei", "物料晚到的店只做了半期。下次提前两周发货，签收拍照后再开始；店员培训放在开始前一天。"),
)
_POSTERS = {"name": "主题海报", "quantity": 4, "list_price": "120.00", "discount": "30", "brand": "50"}
# (title, kind, units sold anyway, the variant both sign)
PLANS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("周末试吃", "event", 300, {"guess": "45", "reach": 1800, "new_customers": 60, "costs": {"staff": ("900", "60")}}),
    ("礼盒减两元", "price", 500, {"guess": "60", "cut": "2.00", "cut_brand": "50", "reach": 900, "new_customers": 15}),
    ("端架海报月", "display", 420, {"guess": "25", "materials": [_POSTERS], "reach": 3200, "new_customers": 45}),
    ("满额赠礼", "gift", 360, {"guess": "35", "gift_every": 5, "gift_cost": "8.00", "gift_brand": "100", "reach": 700}),
    ("社区广告", "mixed", 260, {"guess": "20", "costs": {"publicity": ("1200.00", "70")}}),
)  # fmt: skip


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    for one in Promotion.objects.filter(ends_on__lt=today()).order_by("pk")[:1]:
        for who, text in LESSONS:
            by = staff.get(who) or staff["admin"]
            if Promotion.objects.visible_to(by).filter(pk=one.pk).exists():
                write_lesson(promotion=one, text=text, by=by)
    _agreed(staff.get("mei") or staff["admin"])


def _agreed(by: User) -> None:
    """With the largest B and C of the manager whom the demo shows, one each."""
    shops = Customer.objects.visible_to(by).filter(kind="franchisee", state="active", standing__tier__in="BC")
    last = next_quarter(quarter_of(today())) - datetime.timedelta(days=1)
    for n, (customer, (title, kind, baseline, variant)) in enumerate(
        zip(shops.order_by("-standing__w0", "pk")[1:], PLANS, strict=False)
    ):
        terms = copy.deepcopy(TERMS) | {"baseline": baseline}
        costs = {name: {"amount": amount, "brand": brand} for name, (amount, brand) in variant.get("costs", {}).items()}
        terms["variants"] = [{"name": title, **variant, "costs": costs}]
        starts_on = min(today() + datetime.timedelta(days=5 * n), last)
        plan = write_plan(customer=customer, title=title, kind=kind, starts_on=starts_on, terms=terms, by=by)
        show_plan(plan=plan, by=by)
        sign(plan=plan, variant=0, side="brand", seen=1, by=by)
        sign(plan=plan, variant=0, side="customer", seen=1, told_by="老板")
