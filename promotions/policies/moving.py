"""Notices when two customers become one: all go over. Where both were told one, the survivor's counts, unless only the
other has answered.
"""

from __future__ import annotations

from crm.merging import Work, special
from promotions.policies.answer_models import NoticeDelivery


def deliveries(work: Work) -> None:
    rows = NoticeDelivery.objects.counting().order_by("pk")
    mine = {one.notice_id: one for one in rows.filter(customer_id=work.survivor_id)}
    theirs = [one for one in rows.filter(customer_id=work.loser_id) if one.notice_id in mine]
    over = [mine[one.notice_id].pk if one.answer and not mine[one.notice_id].answer else one.pk for one in theirs]
    if over:
        work.update(NoticeDelivery, f"id IN ({', '.join(['%s'] * len(over))})", over, set_aside=True)
    work.update(NoticeDelivery, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


RULES = [special("promotions.NoticeDelivery", deliveries)]
"""Answers and questions hang on the delivery and follow it."""
