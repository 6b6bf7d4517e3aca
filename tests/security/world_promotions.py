"""What the world has of notices, promotions and their budgets: one of each kind on either side."""

from __future__ import annotations

import io
from decimal import Decimal

from django.utils import timezone


def notice(customer, head, mark) -> dict:
    """A rule that was sent with a paper, answered and asked about."""
    from crm.clock import today
    from promotions.policies import actions, answering, papers, sending
    from promotions.policies.audience import Audience

    texts = {"en": {"title": f"notice {mark}", "task": mark, "clauses": f"first {mark}\n\nsecond {mark}"}}
    made = actions.write_notice(
        kind="rule",
        language="en",
        texts=texts,
        answer_by=today(),
        audience=Audience(codes=(customer.code,)),
        asks_doing=True,
        by=head,
    )
    paper = papers.add_paper(notice=made, file=io.BytesIO(f"paper of {mark}".encode()), name=f"{mark}.txt", by=head)
    sending.send_notice(notice=made, by=head)
    told = made.deliveries.get()
    marks = {2: answering.Mark("cannot", f"not so {mark}")}
    return {
        "notice": made,
        "noticefile": paper,
        "noticedelivery": told,
        "noticeanswer": answering.answer_notice(
            delivery=told, answer="cannot", through="visit", reason="money", text=mark, marks=marks, by=head
        ),
        "noticequestion": answering.ask(delivery=told, text=f"asked {mark}", through="visit", clause=1, by=head),
    }


def promotion_plan(customer, head, mark) -> dict:
    """A promotion that is with the customer and signed for the brand."""
    from crm.clock import today
    from promotions.calculator import actions

    terms = {
        "goods": {"name": f"box {mark}", "retail": "10.00", "wholesale": "6.00", "cost": "3.50"},
        "baseline": 200,
        "timing": {"days": 14},
        "budgets": {},
        "own": {},
        "variants": [{"name": f"cut {mark}", "guess": "50", "cut": "1.00", "cut_brand": "50"}],
    }
    made = actions.write_plan(
        customer=customer, title=f"promotion {mark}", kind="price", starts_on=today(), terms=terms, by=head
    )
    version = actions.show_plan(plan=made, note=f"shown {mark}", by=head)
    made = actions.sign(plan=made, variant=0, side="brand", seen=1, by=head)
    return {"promotionplan": made, "planversion": version, "plansignature": version.signatures.get()}


def promotion(customer, head, mark) -> dict:
    """A promotion that runs, in which the customer takes part and shows so."""
    from crm.clock import today
    from promotions.learning.models import PromotionLesson
    from promotions.policies.audience import Audience
    from promotions.rollout import actions

    made = actions.write_promotion(
        code=f"p{customer.pk}",
        title=f"promotion {mark}",
        kind="display",
        mechanics=f"as we said {mark}",
        starts_on=today(),
        ends_on=today(),
        answer_by=today(),
        checklist=[f"item {mark}"],
        audience=Audience(codes=(customer.code,)),
        cost_each=Decimal(10),
        by=head,
    )
    made = actions.open_promotion(promotion=made, by=head)
    part = actions.answer(participation=made.participations.get(), answer="accepted", text=f"gladly {mark}", by=head)
    seen = actions.show_execution(participation=part, seen_on=today(), done=[0], note=f"seen {mark}", by=head)
    lesson = PromotionLesson.objects.create(promotion=made, text=f"learned {mark}", by=head, at=timezone.now())
    return {"promotion": made, "participation": part, "execution": seen, "promotionlesson": lesson}


def promotion_budget(customer, region, head, mark) -> dict:
    """A budget, what the promotion takes of it, and a question about going over."""
    from crm.clock import today
    from customers.support.entitling import quarter_of
    from promotions.budgets import approving, holding, setting
    from promotions.budgets.models import BudgetUse

    day = today()
    budget = setting.set_budget(
        region=region, quarter=quarter_of(day), amount=Decimal(1000), note=f"budget {mark}", by=head
    )
    use = BudgetUse.objects.get(customer=customer, source="part")
    (asked,) = approving.ask(
        purpose=holding.Purpose("part", use.ref),
        title=f"promotion {mark}",
        more=[holding.promise_of(customer, use.ref, Decimal(2000)).draw],
        day=day,
        why=f"reason {mark}",
        by=head,
    )
    return {"promotionbudget": budget, "budgetuse": use, "budgetapproval": asked}
