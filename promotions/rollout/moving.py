"""Promotions when two customers become one: all go over. Where both took part in one, the survivor's counts, unless
only the other has answered.
"""

from __future__ import annotations

from crm.merging import Work, special
from promotions.budgets.models import BudgetUse, UseState
from promotions.rollout.models import Answer, Participation


def participations(work: Work) -> None:
    rows = Participation.objects.counting().order_by("pk")
    mine = {one.promotion_id: one for one in rows.filter(customer_id=work.survivor_id)}
    theirs = [one for one in rows.filter(customer_id=work.loser_id) if one.promotion_id in mine]
    over = []
    for one in theirs:
        held = mine[one.promotion_id]
        only_they = one.answer != Answer.INVITED and held.answer == Answer.INVITED
        over.append(held.pk if only_they else one.pk)
    if over:
        places = ", ".join(["%s"] * len(over))
        work.update(Participation, f"id IN ({places})", over, set_aside=True)
        released = f"source = 'part' AND ref IN ({places}) AND state <> 'spent'"
        work.update(BudgetUse, released, over, state=UseState.RELEASED)
    work.update(Participation, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


RULES = [special("promotions.Participation", participations)]
"""What was seen hangs on the participation and follows it."""
