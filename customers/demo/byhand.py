"""The demo company's tiers by hand: one that holds and ends soon, one that waits for the head of the region."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.tiers import overriding

HOLDS = "新商场店三月开业，合同已签，全年订货计划看过原件，先按 B 类安排拜访。"
WAITS = "老板接手了隔壁县的两家店，四季度起合并订货，销售额还没体现出来。"
SEEN = "合同和订货计划都看过，到期再看数据。"


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """From today, also where the story ends earlier: a tier that was in force stays. Nothing where the company is too
    small for it.
    """
    head, mei = staff["head"], staff["mei"]
    rows = Customer.objects.filter(kind="franchisee", state="active", standing__tier="C", standing__w1__gt=0)
    first = rows.editable_by(head).order_by("-standing__w0").first()
    second = rows.editable_by(mei).order_by("-standing__w0", "pk").exclude(pk=first.pk if first else None).first()
    if first is not None:
        until = today() + datetime.timedelta(days=12)
        held = overriding.propose(customer=first, tier="B", reason=HOLDS, until=until, by=head)
        overriding.approve(override=held, by=staff["admin"], note=SEEN)
    if second is not None:
        until = today() + datetime.timedelta(days=120)
        overriding.propose(customer=second, tier="A", reason=WAITS, until=until, by=mei)
