"""Heads are told of questions about budgets, and whoever asked of the answer."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Posting, Role, User
from crm.clock import today
from crm.notifications.actions import notify
from crm.notifications.kinds import NOW, NotificationKind
from customers.support.words import money
from promotions.budgets.models import ApprovalState, BudgetApproval


def _asked(params) -> tuple[str, str]:
    told = {**params, "over": money(Decimal(params["over"]))}
    return _("%(who)s asks to go over a budget by %(over)s: %(title)s") % told, params["why"]


def _answered(params) -> tuple[str, str]:
    if params["state"] == ApprovalState.APPROVED:
        return _("Agreed: “%(title)s” may go over the budget") % params, params["answer"]
    return _("Refused: “%(title)s” may not go over the budget") % params, params["answer"]


ASKED = NotificationKind(
    "budget.asked", gettext_lazy("Somebody asks to go over a promotion budget"), "report-money", _asked, mail=NOW
)
ANSWERED = NotificationKind(
    "budget.answered",
    gettext_lazy("Your question about a promotion budget is answered"),
    "report-money",
    _answered,
    mail=NOW,
)


def deciders(approval: BudgetApproval) -> list[int]:
    """Heads posted to the region or above, else administrators; never who asked."""
    above = [int(part) for part in approval.budget.region.path.strip("/").split("/")]
    rows = User.objects.filter(is_active=True).exclude(pk=approval.asked_by_id)
    posted = Posting.objects.in_force(today()).filter(region_id__in=above).values("user_id")
    heads = list(rows.filter(role=Role.HEAD, pk__in=posted).values_list("pk", flat=True))
    return heads or list(rows.filter(role=Role.ADMIN).values_list("pk", flat=True))


def tell_of_question(approval: BudgetApproval) -> None:
    params = {"who": str(approval.asked_by), "over": str(approval.over), "title": approval.title, "why": approval.why}
    key = f"budget.asked:{approval.pk}:{approval.asked_at:%Y%m%d%H%M%S}"
    url = reverse("promotions:budget-approval", args=[approval.pk])
    notify(kind=ASKED.code, to=deciders(approval), key=key, params=params, url=url)


def tell_of_answer(approval: BudgetApproval) -> None:
    params = {"title": approval.title, "state": approval.state, "answer": approval.answer}
    url = reverse("promotions:budget-approval", args=[approval.pk])
    key = f"budget.answered:{approval.pk}"
    notify(kind=ANSWERED.code, to=[approval.asked_by_id], key=key, params=params, url=url)
