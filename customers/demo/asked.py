"""What people of the demo asked about their data: a shop manager who left wants to be forgotten, and some facts were
read before visits.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm.accounts.models import User
from customers.demo.company import Client
from customers.facts.actions import read_fact
from customers.facts.fields import SENSITIVE
from customers.facts.models import Fact
from customers.people.actions import create_person
from customers.people.models import StandsAs
from customers.privacy.actions import ask_erasure
from customers.profile.models import Customer

READ = 6


def load(clients: Sequence[Client], staff: dict[str, User]) -> None:
    """The first open shop of Zhejiang, whose manager shows people around; runs an erasure once jobs are drained."""
    chosen = next((one for one in clients if one.state == "active" and one.city.province == "ZHEJIANG"), None)
    if chosen is None:
        return
    mei, admin = staff["mei"], staff["admin"]
    shop = Customer.objects.get(code=chosen.code)
    facts = Fact.objects.current().filter(customer__code=chosen.code, field__in=SENSITIVE).exclude(value="")
    for fact in facts.select_related("customer").order_by("field")[:READ]:
        read_fact(fact=fact, by=mei, why="拜访前准备")
    left = create_person(
        by=mei,
        customer=shop,
        role={"role": StandsAs.MANAGER, "until": chosen.opened_on} if chosen.opened_on else {"role": StandsAs.MANAGER},
        name="周敏岚（已离职）",
        phone="13700137042",
        wechat="zhoumin-hz-0042",
    )
    ask_erasure(row=left, typed=str(left.pk), by=admin, reason="本人来函要求删除")
