"""What the demo company did before: promotions of the brand that nearly all shops ran, and three that the manager whom
the demo shows had reckoned with single customers. What they brought lies in the ledger and is measured from there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from django.db.models import Sum
from django.utils import timezone

from crm.accounts.models import User
from crm.clock import noon_of
from customers.demo import calendar
from customers.profile.models import Customer, State
from customers.sales.models import SaleLine
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.calculator.models import PromotionPlan
from promotions.rollout import actions
from promotions.rollout.models import Participation, Promotion
from promotions.rollout.models import State as RunState

DAY = datetime.timedelta(days=1)
KINDS = ("mixed", "price", "event")
WINDOWS = 3
FARTHEST = 380 * DAY
WHOLESALE, SHARE = Decimal(25), Decimal("0.4")
"""What a unit of the goods is bought at, and which part of what the shop sells they are."""
GUESSES = ("85", "120", "100")
TITLES = ("礼盒专场", "会员日礼盒", "周末堆头礼盒")


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    random, day = Random(f"past promotions {story.seed}"), timezone.localdate()
    admin, mei = staff["admin"], staff.get("mei") or staff["admin"]
    ran = {client.code for client in story.clients if client.promotes and not client.agent}
    windows = _windows(day)
    shops = Customer.objects.filter(code__in=ran, state=State.ACTIVE).order_by("pk")
    hers = list(Customer.objects.visible_to(mei).filter(pk__in=shops).order_by("-standing__w0", "pk")[: len(windows)])
    for n, window in enumerate(windows):
        own = hers[n] if n < len(hers) else None
        _brands(window, KINDS[n], [one for one in shops if one != own], random, admin)
        if own is not None:
            _one_shops(window, n, own, random, mei, day)


def _windows(day: datetime.date) -> list[calendar.Promotion]:
    """The latest of the brand's that are over, and did not meet the one that rollout/demo.py tells of."""
    known = [one for year in (day.year - 1, day.year) for one in calendar.promotions(year)]
    told = (day - 60 * DAY, day - 43 * DAY)
    over = [one for one in known if day - FARTHEST < one.start and one.end < day - 5 * DAY]
    return [one for one in over if one.end <= told[0] or one.start > told[1]][-WINDOWS:]


def _brands(window, kind: str, shops: Sequence[Customer], random: Random, by: User) -> None:
    """As files of the years before Qiao would bring them: nobody was asked here."""
    made = Promotion.objects.create(
        code=window.code.lower(),
        title=window.name,
        kind=kind,
        mechanics="全店满减，会员加倍积分；公司统一出海报。",
        starts_on=window.start,
        ends_on=window.end - DAY,
        answer_by=window.start - 7 * DAY,
        state=RunState.CLOSED,
        made_by=by,
        opened_at=noon_of(window.start - 21 * DAY),
    )
    rows = []
    for one in shops:
        amount = Decimal(random.randrange(100, 500))
        rows.append(
            Participation(
                promotion=made,
                customer=one,
                answer="accepted",
                answered_at=noon_of(window.start - 10 * DAY),
                told_by="老板",
                compliance="agreed",
                credit=100,
                judged_by=by,
                judged_at=noon_of(window.end),
                claim=amount,
                settled=amount,
                settled_on=window.end + 20 * DAY,
            )
        )
    Participation.objects.bulk_create(rows)


def _one_shops(window, n: int, customer: Customer, random: Random, by: User, day: datetime.date) -> None:
    """By the actions, from reckoning to settling; then put where it belongs in time."""
    days = (window.end - window.start).days
    terms = _terms(_usual(customer, window.start, days), days, GUESSES[n])
    plan = write_plan(customer=customer, title=TITLES[n], kind="mixed", starts_on=day, terms=terms, by=by)
    show_plan(plan=plan, by=by)
    for side, who in (("brand", {"by": by}), ("customer", {"told_by": "老板"})):
        sign(plan=plan, variant=0, side=side, seen=1, **who)
    mechanics = "礼盒减价两元，堆头陈列，门店自配一名促销员。"
    made = actions.carry_out(plan=plan, code=f"{window.code.lower()}-{customer.pk}", mechanics=mechanics, by=by)
    part = actions.judge(participation=made.participations.get(), compliance="agreed", by=by)
    claimed = Decimal(random.randrange(500, 900))
    part = actions.claim(participation=part, amount=claimed, text="减价补差与堆头", told_by="老板")
    actions.settle(participation=part, amount=claimed - random.randrange(0, 90), on=day, by=by)
    moved = {"starts_on": window.start, "ends_on": window.end - DAY, "answer_by": window.start}
    Promotion.objects.filter(pk=made.pk).update(**moved)
    Participation.objects.filter(promotion=made).update(settled_on=window.end + min(20 * DAY, day - window.end))
    PromotionPlan.objects.filter(pk=plan.pk).update(starts_on=window.start, agreed_at=noon_of(window.start - 9 * DAY))


def _usual(customer: Customer, first: datetime.date, days: int) -> int:
    """Units of the goods that the manager thought would be sold anyway: by the eight weeks before."""
    rows = SaleLine.objects.live().filter(customer=customer, sold_on__gte=first - 56 * DAY, sold_on__lt=first)
    sold = rows.aggregate(n=Sum("gross"))["n"] or Decimal(0)
    return int(sold / 56 * days * SHARE / WHOLESALE)


def _terms(baseline: int, days: int, guess: str) -> dict:
    return {
        "goods": {"name": "经典礼盒", "retail": "39.00", "wholesale": str(WHOLESALE), "cost": "14.00"},
        "baseline": baseline,
        "timing": {"days": days, "credit_days": 30, "settlement_days": 30},
        "budgets": {"customer": "", "brand": ""},
        "own": {"staff": "", "other": ""},
        "variants": [
            {
                "name": "减价加堆头",
                "guess": guess,
                "cut": "2.00",
                "cut_brand": "50",
                "borrowed": "10",
                "costs": {
                    "staff": {"amount": "300.00", "brand": "0"},
                    "display": {"amount": "400.00", "brand": "60"},
                },
            }
        ],
    }
