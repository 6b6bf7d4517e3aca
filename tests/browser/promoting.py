"""A company's notices and plans of promotions, in the states that pages show."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

from crm.clock import today

PLANNED = {
    "goods": {"name": "礼盒", "retail": "10.00", "wholesale": "6.00", "cost": "3.50"},
    "baseline": 200,
    "timing": {"days": 14, "settlement_days": 30},
    "budgets": {"customer": "1000", "brand": "800"},
    "own": {"staff": "120", "other": ""},
    "variants": [
        {
            "name": "减价",
            "guess": "150",
            "cut": "1.50",
            "cut_brand": "50",
            "materials": [{"name": "端架", "quantity": 4, "list_price": "120", "discount": "30", "brand": "50"}],
            "costs": {"publicity": {"amount": "250", "brand": "60"}},
        },
        {"name": "买十送一", "guess": "40", "buy": 10, "get": 1, "free_brand": "100", "reach": 900},
    ],
}


def notices_of(customer, admin, mei) -> tuple[dict[str, int], int]:
    """(one of each kind of row about a notice that was answered and asked about, a notice that is being written)."""
    from promotions.policies import actions, answering, papers, sending
    from promotions.policies.audience import Audience

    made = []
    for title, more in (("冬季陈列规定", {"asks_doing": True}), ("明年价格政策", {})):
        words = {"title": title, "intro": "为大家的利润。", "clauses": "主推品放在第二层。\n\n每周一拍照。"}
        if more:
            words["task"] = "按图陈列"
        until = today() + datetime.timedelta(days=9)
        notice = actions.write_notice(
            kind="rule",
            language="zh-hans",
            texts={"zh-hans": words},
            answer_by=until,
            audience=Audience(codes=(customer.code,)),
            by=admin,
            **more,
        )
        paper = papers.add_paper(notice=notice, file=io.BytesIO("附表".encode()), name="附表.txt", by=admin)
        made.append((notice, paper))
    (sent, paper), (draft, _paper) = made
    sending.send_notice(notice=sent, by=admin)
    told = sent.deliveries.get(customer=customer)
    marks = {2: answering.Mark("cannot", "没人拍照")}
    said = answering.answer_notice(
        delivery=told, answer="cannot", reason="staff", through="visit", marks=marks, told_by="王老板", by=mei
    )
    asked = answering.ask(delivery=told, text="旧货架还能用吗？", through="visit", clause=1, by=mei)
    rows = {"notice": sent, "noticefile": paper, "noticedelivery": told, "noticeanswer": said, "noticequestion": asked}
    return {name: row.pk for name, row in rows.items()}, draft.pk


def promotions_of(customer, by) -> tuple[dict[str, int], int]:
    """(one of each kind of row about a plan that is with the customer, a plan that both have signed)."""
    from promotions.calculator import actions

    open_, version = _shown(customer, "春节联合促销", PLANNED, by)
    agreed, _version = _shown(customer, "换季减价", PLANNED, by)
    actions.sign(plan=agreed, variant=1, side="customer", seen=1, told_by="王老板")
    rows = {"promotionplan": open_, "planversion": version, "plansignature": version.signatures.get()}
    return {name: row.pk for name, row in rows.items()}, agreed.pk


def _shown(customer, title: str, terms: dict, by):
    """A plan that is with the customer and signed by us, and its version."""
    from promotions.calculator import actions

    starts_on = today() + datetime.timedelta(days=20)
    plan = actions.write_plan(customer=customer, title=title, kind="mixed", starts_on=starts_on, terms=terms, by=by)
    version = actions.show_plan(plan=plan, note="按上次说的", by=by)
    actions.sign(plan=plan, variant=1, side="brand", seen=1, by=by)
    return plan, version


def rollouts_of(customer, admin) -> tuple[dict[str, int], int]:
    """(one of each kind of row about a promotion that runs, a promotion that is over and was measured: by a plan)."""
    from promotions.calculator.actions import sign
    from promotions.learning.actions import write_lesson
    from promotions.policies.audience import Audience
    from promotions.rollout import actions
    from promotions.rollout.models import Promotion

    made = []
    for code, title in (("shop-yearend", "年终买三送一"), ("shop-autumn", "秋季端架月")):
        promotion = actions.write_promotion(
            code=code,
            title=title,
            kind="display",
            mechanics="端架陈列加海报，买三送一。",
            starts_on=today(),
            ends_on=today() + datetime.timedelta(days=13),
            answer_by=today(),
            materials=[{"name": "海报", "quantity": 4}],
            checklist=["海报挂上", "价签正确"],
            audience=Audience(codes=(customer.code,)),
            cost_each=Decimal(300),
            by=admin,
        )
        promotion = actions.open_promotion(promotion=promotion, by=admin)
        part = actions.answer(participation=promotion.participations.get(), answer="accepted", told_by="王老板")
        actions.receive_materials(participation=part, on=today(), by=admin)
        seen = actions.show_execution(participation=part, seen_on=today(), done=[0], note="挂了两张", by=admin)
        made.append((promotion, part, seen))
    (running, part, seen), (over, ran, _seen) = made
    plan, _version = _shown(customer, "秋季端架月", PLANNED, admin)
    ran.plan = sign(plan=plan, variant=1, side="customer", seen=1, told_by="王老板")
    ran.measured = {"lift": 0.12, "low": 0.06, "high": 0.18, "actual": 17600.0, "expected": 15700.0}
    ran.compliance, ran.credit, ran.how = "changed", 60, "只挂了两张海报"
    ran.save()
    Promotion.objects.filter(pk=over.pk).update(
        starts_on=today() - datetime.timedelta(days=40),
        ends_on=today() - datetime.timedelta(days=27),
        answer_by=today() - datetime.timedelta(days=45),
        measured_at=over.opened_at,
        result=_result(today() - datetime.timedelta(days=96)),
    )
    lesson = write_lesson(promotion=Promotion.objects.get(pk=over.pk), text="端架要先量尺寸，再发海报。", by=admin)
    rows = {"promotion": running, "participation": part, "execution": seen, "promotionlesson": lesson}
    return {name: row.pk for name, row in rows.items()}, over.pk


def budgets_of(customer, admin, mei, carried) -> dict[str, int]:
    """(one of each kind of row about budgets). Of the customer's region, and of a tier in it by sales."""
    from customers.support.entitling import quarter_of
    from promotions.budgets import approving, holding, setting
    from promotions.budgets.models import BudgetUse

    quarter = quarter_of(today())
    held = setting.set_budget(region=customer.region, quarter=quarter, amount=Decimal(500), note="开门红", by=admin)
    setting.set_budget(region=customer.region, quarter=quarter, tier="A", basis="sales", rate=Decimal(2), by=admin)
    use = BudgetUse.objects.get(source="part", ref=carried["participation"])
    more = [holding.promise_of(customer, use.ref, Decimal(1800)).draw]
    purpose = holding.Purpose("part", use.ref)
    given = {"title": "年终买三送一", "more": more, "day": today(), "why": "多卖了一倍，陈列费不够。"}
    asked = approving.ask(purpose=purpose, by=mei, **given)
    return {"promotionbudget": held.pk, "budgetuse": use.pk, "budgetapproval": asked[0].pk}


def draft_of(customer, admin) -> int:
    """A promotion that is being prepared and costs more than the budget has."""
    from promotions.policies.audience import Audience
    from promotions.rollout import actions

    return actions.write_promotion(
        code="shop-coming",
        title="开春新品",
        kind="display",
        mechanics="新品端架。",
        starts_on=today(),
        ends_on=today() + datetime.timedelta(days=13),
        answer_by=today(),
        audience=Audience(codes=(customer.code,)),
        cost_each=Decimal(5000),
        by=admin,
    ).pk


def _result(first: datetime.date) -> dict:
    """As a measurement writes it."""
    usual = [1000.0 + 40 * (n % 7) for n in range(70)]
    return {
        "measurable": True,
        "lift": 0.12,
        "low": 0.06,
        "high": 0.18,
        "level": 0.9,
        "actual": 17600.0,
        "expected": 15700.0,
        "amount": 1900.0,
        "amount_low": 950.0,
        "amount_high": 2800.0,
        "before_after": 0.21,
        "provable": 0.06,
        "shops": 1,
        "compared": 30,
        "left_out": {"E9": "closed"},
        "groups": {
            "shop:franchisee:B": {"ran": 1, "shops": 1, "expected": 15700.0, "lift": 0.12, "low": 0.06, "high": 0.18}
        },
        "course": {
            "first": str(first),
            "actual": [value * (1.12 if n >= 56 else 1.0) for n, value in enumerate(usual)],
            "expected": usual,
            "low": [value * 0.9 for value in usual],
            "high": [value * 1.1 for value in usual],
        },
        "after": None,
    }
