"""Every field of a customer's profile, in parts and groups.

They are the trade's own: who the customer is (基础资料), how they act (客户特征), how the business stands (业务状况),
with the shop and the contract beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.facts.background import BACKGROUND
from customers.facts.field import Field
from customers.facts.shop import SHOP
from customers.facts.trade import TRADE


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    label: Any
    icon: str


PARTS = (
    Part("background", _("Background"), "user"),
    Part("traits", _("Traits"), "star"),
    Part("business", _("Business status"), "chart-bar"),
    Part("shop", _("Shop"), "building-store"),
    Part("contract", _("Contract and credit"), "file-text"),
)
FIELDS: dict[str, Field] = {one.key: one for one in (*BACKGROUND, *TRADE, *SHOP)}
SENSITIVE = frozenset(key for key, one in FIELDS.items() if one.sensitive)


def groups_of(part: str) -> list[tuple[Any, list[Field]]]:
    """The fields of a part in their groups, in the order written here."""
    found: list[tuple[Any, list[Field]]] = []
    for one in FIELDS.values():
        if one.part != part:
            continue
        if not found or found[-1][0] is not one.group:
            found.append((one.group, []))
        found[-1][1].append(one)
    return found
