"""Going over a budget: asked for with the reason, and answered by a head who sees the figures."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from crm.refusing import refusal_of
from customers.support.budgeting import may_overspend
from customers.support.entitling import quarter_of
from promotions.budgets.drawing import Draw
from promotions.budgets.holding import Purpose, allowed, excess_of
from promotions.budgets.models import SHORT, ApprovalState, BudgetApproval
from promotions.budgets.telling import tell_of_answer, tell_of_question


@transaction.atomic
def ask(
    *,
    purpose: Purpose,
    title: str,
    more: Sequence[Draw],
    day: datetime.date,
    why: str,
    by: User,
    but: Q | None = None,
) -> list[BudgetApproval]:
    """A question for each budget that this does not fit into. Asked again it takes the place of what waits."""
    why = " ".join(why.replace("\0", "").split())
    if not why:
        raise refusal_of("why", _("Say why."), "required")
    if len(why) > SHORT:
        raise refusal_of("why", _("%(most)d characters at most.") % {"most": SHORT}, "long")
    found = excess_of(more, quarter_of(day), but=but, lock=True)
    agreed = allowed(purpose, [budget.pk for budget, _excess in found])
    found = [(budget, one) for budget, one in found if one.needed > agreed.get(budget.pk, 0)]
    if not found:
        raise ValidationError(_("It fits into the budget: nobody needs to agree."), code="fits")
    made = []
    for budget, excess in found:
        values = {"title": title[:160], "needed": excess.needed, "over": excess.over, "why": why}
        one, _new = BudgetApproval.objects.update_or_create(
            source=purpose.source,
            ref=purpose.ref,
            budget=budget,
            state=ApprovalState.WAITING,
            defaults={**values, "asked_by": by, "asked_at": now()},
        )
        told = {"promotion": title[:160], "needed": excess.needed, "over": excess.over}
        record(action="promotion_budget.ask", target=budget.region, changes=told, reason=why, actor=by)
        tell_of_question(one)
        made.append(one)
    return made


@transaction.atomic
def decide(*, approval: BudgetApproval, agrees: bool, by: User, answer: str = "") -> BudgetApproval:
    """By the region's head or an administrator, never by who asked. A refusal says why."""
    rows = BudgetApproval.objects.select_for_update(of=("self",)).select_related("budget__region", "asked_by")
    held = rows.get(pk=approval.pk)
    answer = " ".join(answer.replace("\0", "").split())
    if held.state != ApprovalState.WAITING:
        raise ValidationError(_("This was decided already."), code="state")
    if not may_overspend(by, held.budget.region):
        raise ValidationError(_("The region's head or an administrator decides this."), code="role")
    if held.asked_by_id == by.pk:
        raise ValidationError(_("Somebody else has to agree: you asked for this yourself."), code="two")
    if not agrees and not answer:
        raise refusal_of("answer", _("Say why not."), "required")
    if len(answer) > SHORT:
        raise refusal_of("answer", _("%(most)d characters at most.") % {"most": SHORT}, "long")
    held.state = ApprovalState.APPROVED if agrees else ApprovalState.REFUSED
    held.answer, held.decided_by, held.decided_at = answer, by, now()
    held.save()
    told = {"promotion": held.title, "needed": held.needed, "over": held.over}
    action = "promotion_budget.approve" if agrees else "promotion_budget.refuse"
    record(action=action, target=held.budget.region, changes=told, reason=answer, actor=by)
    tell_of_answer(held)
    return held
