"""Every field of a customer's profile, in parts and groups.

They are the trade's own: who the customer is (基础资料), how they act (客户特征), how the business stands (业务状况),
with the shop and the contract beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.facts.background import BACKGROUND
from customers.facts.field import HIGH, Field
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What completeness asks for beside the fields, since it is written down elsewhere. weights: for tiers A, B, C."""

    key: str
    question: Any
    why: Any
    weights: tuple[int, int, int]


OWNER = Asked(
    "owner",  # also the role in which that person stands with the customer
    _("Who owns the shop?"),
    _("Nobody could say who decides."),
    HIGH,
)
FIELDS: dict[str, Field] = {one.key: one for one in (*BACKGROUND, *TRADE, *SHOP)}
ASKABLE: dict[str, Field | Asked] = {OWNER.key: OWNER, **FIELDS}
"""What may be asked next, by the keys of the gaps; what lacks in the customer's own row is on its own form."""
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
