"""What the demo company learned from its promotion that is over."""

from __future__ import annotations

from collections.abc import Mapping

from crm.accounts.models import User
from crm.clock import today
from promotions.learning.actions import write_lesson
from promotions.rollout.models import Promotion

LESSONS = (
    ("admin", "端架加海报的门店明显卖得好;没有端架位置的小店做不起来,下次先问有没有位置再邀请。"),
    ("mei", "物料晚到的店只做了半期。下次提前两周发货,签收拍照后再开始;店员培训放在开始前一天。"),
)


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    for one in Promotion.objects.filter(ends_on__lt=today()).order_by("pk")[:1]:
        for who, text in LESSONS:
            by = staff.get(who) or staff["admin"]
            if Promotion.objects.visible_to(by).filter(pk=one.pk).exists():
                write_lesson(promotion=one, text=text, by=by)
