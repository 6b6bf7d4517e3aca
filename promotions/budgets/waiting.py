"""What waits for heads about promotion budgets: questions to decide, and budgets that are exceeded."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.support.entitling import quarter_of
from customers.support.words import money
from promotions.budgets import reading
from promotions.budgets.holding import name_of
from promotions.budgets.models import BudgetApproval, PromotionBudget

MOST = 20


def tasks(user, day: datetime.date) -> list[Task]:
    """Of regions this person answers for. Three statements, and one for each way of going by sales."""
    if not user.may_write or not (user.is_head or user.is_admin):
        return []
    mine = PromotionBudget.objects.editable_by(user)
    rows = BudgetApproval.objects.waiting().filter(budget__in=mine).exclude(asked_by=user)
    rows = rows.select_related("budget__region", "asked_by").order_by("pk")[:MOST]
    return [_asked(one, day) for one in rows] + [_over(one) for one in reading.over(user, quarter_of(day))]


def _asked(one: BudgetApproval, day: datetime.date) -> Task:
    url = reverse("promotions:budget-approval", args=[one.pk])
    told = {"who": one.asked_by, "title": one.title, "over": money(one.over), "name": name_of(one.budget)}
    return Task(
        key=f"budget_approval:{one.pk}:{one.asked_at:%Y%m%d%H%M%S}",
        kind="promotion_budget",
        icon="report-money",
        tone="acc",
        reason=_("%(who)s asks to go over the budget of %(name)s by %(over)s for “%(title)s”") % told,
        url=url,
        action=Action(_("Decide"), url, "check"),
        stake=one.over,
        days_of_sales=3,
        late=max(0, (day - one.asked_at.date()).days),
        minutes=10,
        own=True,
    )


def _over(one: reading.Stand) -> Task:
    url = reverse("promotions:budget", args=[one.budget.pk])
    told = {"name": name_of(one.budget), "over": money(-one.balance.left)}
    return Task(
        key=f"promotion_budget:{one.budget.pk}",
        kind="promotion_budget",
        icon="report-money",
        tone="bad",
        reason=_("The promotion budget of %(name)s is over by %(over)s.") % told,
        url=url,
        action=Action(_("Look"), url, "eye"),
        stake=-one.balance.left,
        minutes=15,
    )
