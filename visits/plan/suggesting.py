"""Which goals a visit should have: what is at stake and how late it is decides; no two of one kind before every other
kind has had its turn. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.today.ranking import FLOOR, MOST_LATE, WEEK

MOST_GOALS = 3
LONGEST = 200
A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A goal that something known of the customer suggests. text: with its number, so that it can be told whether it
    was reached. link: a path in Qiao to what it is about, the same for as long as it is the same thing. why: what hangs
    on it, where the text does not say so.

    stake: money, in the company's currency; None where only `days_of_sales` says it. late: days since it should have
    been done, below zero before.
    """

    key: str
    kind: str
    text: str
    link: str
    purpose: str
    icon: str
    stake: Decimal | None = None
    days_of_sales: int = 0
    late: int = 0
    why: Any = ""


def fitting(text: str, most: int = LONGEST) -> str:
    """In one line, cut off where it is longer than a goal may be."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def stake_of(one: Suggestion, yearly: Decimal | None) -> Decimal:
    """The money at stake; yearly: the customer's sales in a year, None where nothing is known."""
    if one.stake is not None:
        return one.stake
    worth = max(yearly or Decimal(0), Decimal(0)) * one.days_of_sales / A_YEAR
    return worth.quantize(Decimal("0.01"))


def weight(one: Suggestion, yearly: Decimal | None) -> Decimal:
    """Stake × (1 + weeks late), as Today ranks what waits."""
    return max(stake_of(one, yearly), FLOOR) * (WEEK + min(max(one.late, 0), MOST_LATE)) / WEEK


def ranked(found: Iterable[Suggestion], yearly: Decimal | None) -> list[Suggestion]:
    """The heaviest first; of equals the later, then by key, so that the order never wavers."""
    return sorted(found, key=lambda one: (-weight(one, yearly), -one.late, one.key))


def picked(found: Sequence[Suggestion], most: int = MOST_GOALS) -> list[Suggestion]:
    """The goals of a visit, of a ranked list: the first of each kind, then what is left, in the order of the list."""
    firsts: dict[str, str] = {}
    for one in found:
        firsts.setdefault(one.kind, one.key)
    chosen = [one for one in found if firsts[one.kind] == one.key][:most]
    chosen += [one for one in found if one not in chosen][: most - len(chosen)]
    return sorted(chosen, key=found.index)


def purpose_of(chosen: Sequence[Suggestion]) -> str:
    """What a visit with these goals is for: what the heaviest of them is for; "" without any."""
    return chosen[0].purpose if chosen else ""
