"""The quarter and the library as pages show them: rows with their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.shell import numbers
from promotions.calculator.models import PromotionKind
from promotions.learning.library import ALL, SHOPS, Case, Line
from promotions.learning.quarter import Acted, Picture
from promotions.learning.scatter import told
from promotions.learning.words import REASONS, WHY_NOT
from promotions.uplift.telling import percent


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the quarter's table. stands: front, outdone or unknown; better: what outdoes it, with its number."""

    number: int
    action: Acted
    url: str
    stands: str
    influence: str
    better: Acted | None = None
    better_number: int = 0
    why: str = ""
    unmeasured: str = ""


def quarter_shown(picture: Picture, measure: str) -> list[Row]:
    """Numbered in one go: those outdone by none, those outdone, those that cannot be placed."""
    order = [*picture.front, *(one for one, _better in picture.outdone), *picture.unplaced]
    numbers = {one.key: n for n, one in enumerate(order, 1)}
    better = {one.key: by for one, by in picture.outdone}
    lost = {one.key for one in picture.unplaced}
    rows = []
    for one in order:
        by = better.get(one.key)
        rows.append(
            Row(
                numbers[one.key],
                one,
                address_of(one),
                "unknown" if one.key in lost else "outdone" if by else "front",
                "–" if one.influence is None else told(one.influence),
                by,
                numbers[by.key] if by else 0,
                str(WHY_NOT[one.why]) if one.why else "",
                str(REASONS.get(one.unmeasured, "")) if one.unmeasured else "",
            )
        )
    return rows


def address_of(one: Acted) -> str:
    if one.promotion is not None:
        return reverse("promotions:run", args=[one.promotion.pk])
    assert one.plan is not None
    return reverse("promotions:plan", args=[one.plan.pk])


# --- the library --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownCase:
    case: Case
    lift: str
    between: str
    why: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line in words. shares: (name, share of those judged) of how it was run."""

    line: Line
    kind: str
    name: str
    tier: str
    lift: str
    between: str
    spread: str
    cases: list[ShownCase]
    reasons: list[tuple[str, int]]
    shares: list[tuple[str, str]]


def lines_shown(lines: Sequence[Line], names: Mapping[str, str]) -> list[ShownLine]:
    """names: of regions."""
    return [_line(one, names) for one in lines]


def _line(line: Line, names: Mapping[str, str]) -> ShownLine:
    learned = line.learned
    return ShownLine(
        line,
        str(PromotionKind(line.kind).label),
        shop_name(line.label, names),
        SHOPS.get(line.label, ("", ""))[1],
        percent(learned.lift) if learned else "",
        _between(learned.low, learned.high) if learned else "",
        _between(learned.least, learned.most) if learned else "",
        [_case(one) for one in line.cases],
        [(str(REASONS.get(code, code)), n) for code, n in line.reasons],
        _shares(line),
    )


def _case(one: Case) -> ShownCase:
    if one.trial is None:
        return ShownCase(one, "", "", str(REASONS.get(one.why, one.why)))
    return ShownCase(one, percent(one.trial.lift), _between(one.trial.low, one.trial.high), "")


def _between(low: float, high: float) -> str:
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def _shares(line: Line) -> list[tuple[str, str]]:
    if not line.judged:
        return []
    names = {
        "agreed": pgettext("compliance", "as agreed"),
        "changed": pgettext("compliance", "changed"),
        "not_run": pgettext("compliance", "not run"),
    }
    return [(text, numbers.percent(Decimal(getattr(line, key)) / line.judged)) for key, text in names.items()]


def shop_name(label: str, names: Mapping[str, str]) -> str:
    """Agents; Franchisees, tier B; a region's name."""
    if label == ALL:
        return _("All shops")
    if label not in SHOPS:
        return names.get(label, label)
    kind, tier = SHOPS[label]
    if kind == "agent":
        return _("Agents")
    return _("Franchisees, tier %(tier)s") % {"tier": tier} if tier else _("Franchisees without a tier")
