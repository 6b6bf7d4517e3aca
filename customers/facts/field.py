"""What a field of the profile is: its form, whether it is sensitive, how it ages and what it weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

YEAR = 365
OTHER = "other"
HIGH, MIDDLE, LOW = (5, 4, 3), (3, 3, 2), (2, 1, 1)
OTHER_CHOICE = {OTHER: pgettext_lazy("choice", "other")}


@dataclass(frozen=True, slots=True)
class Field:
    """form: text, long, choice, many, money, number, percent, date, rating (1 to 5). Its canonical text: see values.py.

    half_life: days after which a fact counts half, None: it does not age. weights: points for tiers A, B and C.
    question: how to ask for it; why: what cannot be judged without it.
    """

    key: str
    label: Any
    part: str
    group: Any
    form: str
    question: Any
    why: Any
    half_life: int | None
    weights: tuple[int, int, int]
    sensitive: bool = False
    choices: Mapping[str, Any] | None = None
    unit: Any = ""
    most: int | None = None

    def weight(self, tier: str) -> int:
        """Points of a customer in that tier; one without a tier counts like C."""
        return self.weights[{"A": 0, "B": 1}.get(tier, 2)]

    @property
    def is_money(self) -> bool:
        return self.form == "money"
