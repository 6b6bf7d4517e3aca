"""Terms as pages show them: a sheet for each side, variants beside each other, the curve of what more sales bring."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.shell import numbers
from promotions.calculator.cash import Cash, cash
from promotions.calculator.comparing import Row, side_by_side
from promotions.calculator.economics import Account, Line, Sheet, sheet
from promotions.calculator.kept import guess_of, plan_of
from promotions.calculator.risk import Risk, risk_of
from promotions.calculator.sensitivity import Point, curve
from promotions.calculator.showing_estimates import ShownEstimate, ShownLikely
from promotions.calculator.terms import Plan, Side
from promotions.calculator.words import FIGURES, line_name

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 220, 76, 14, 30


@dataclass(frozen=True, slots=True)
class ShownLine:
    name: str
    amount: Decimal
    how: str


@dataclass(frozen=True, slots=True)
class ShownSide:
    """One side of a sheet in words. pays: from how many extra units on it pays."""

    side: Side
    account: Account
    lines: list[ShownLine]
    pays: str
    need: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Extra profit over uplift, drawn: a line a side, 0 as an axis, where each pays. Points are `x,y x,y`."""

    customer: str
    brand: str
    zero: float
    labels: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    guess: float | None
    rows: list[Point]


@dataclass(slots=True)
class ShownVariant:
    """place: from 0. sheet: at the uplift thought of; without one, at none at all."""

    place: int
    name: str
    plan: Plan
    sheet: Sheet
    guess: Decimal | None
    sides: list[ShownSide]
    curve: Curve
    risk: Risk
    cash: Cash
    bearings: list[tuple[str, Decimal, Decimal, Decimal]] = field(default_factory=list)
    likely: ShownLikely | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    variants: list[ShownVariant]
    rows: list[tuple[str, list[tuple[str, list[tuple[str, bool]]]]]]  # (of, [(figure, [(text, best)])])
    estimate: ShownEstimate | None = None


def shown(terms: Mapping[str, Any], *, sides: Sequence[Side] = ("customer", "brand")) -> Shown:
    """sides: which accounts are told; the brand's is kept from dealers unless it is shown to them. Raises Refused."""
    variants = [_variant(terms, place, sides) for place in range(len(terms["variants"]))]
    rows = side_by_side([one.sheet for one in variants]) if len(variants) > 1 else []
    return Shown(variants, _figures(rows, sides))


def with_estimate(found: Shown, estimate: ShownEstimate) -> Shown:
    """For us only: dealers are shown what both agreed, not what we make of it."""
    for one, likely in zip(found.variants, estimate.variants, strict=True):
        one.likely = likely
    return dataclasses.replace(found, estimate=estimate)


def _variant(terms: Mapping[str, Any], place: int, sides: Sequence[Side]) -> ShownVariant:
    plan, guess = plan_of(terms, place), guess_of(terms, place)
    found = sheet(plan, plan.extra_at(guess) if guess is not None else 0)
    flows = cash(plan, found.extra)
    name = plan.name or _("Variant %(letter)s") % {"letter": "ABCD"[place]}
    return ShownVariant(
        place,
        name,
        plan,
        found,
        guess,
        [_side(found, side, flows) for side in sides],
        _curve(plan, guess, sides),
        risk_of(found, guess, sides),
        flows,
        [
            (line_name("", one.code), one.total, one.parts.customer, one.parts.brand)
            for one in found.bearings
            if one.total
        ],
    )


def _side(found: Sheet, side: Side, flows: Cash) -> ShownSide:
    account = found.account(side)
    need = flows.customer if side == "customer" else flows.brand
    told = ""
    if need.day is not None:
        values = {"amount": numbers.money(need.amount, settings.CURRENCY), "day": need.day}
        told = _("%(amount)s tied up at most, on day %(day)d") % values
        if need.back_on is not None:
            told = _("%(told)s; back on day %(back)d") % {"told": told, "back": need.back_on}
    lines = [_line(side, one) for one in account.lines if one.amount]
    return ShownSide(side, account, lines, pays_text(account), told)


def _line(side: Side, one: Line) -> ShownLine:
    how = ""
    if one.quantity is not None and one.each is not None:
        how = f"{numbers.grouped(one.quantity)} × {numbers.money(abs(one.each), settings.CURRENCY)}"
    return ShownLine(line_name(side, one.code), one.amount, how)


def pays_text(account: Account) -> str:
    """From how many extra units on it pays, in a sentence."""
    found = account.break_even
    if found.status == "already":
        return _("It pays without one unit more.")
    if found.status == "never" or found.units is None:
        return _("It never pays, however much is sold.")
    percent = f" ({numbers.percent(Decimal(str(float(found.uplift))), 1)})" if found.uplift is not None else ""
    text = ngettext(
        "It pays from %(n)s unit more on%(percent)s.", "It pays from %(n)s units more on%(percent)s.", found.units
    )
    told = text % {"n": numbers.grouped(found.units), "percent": percent}
    if found.status == "between" and found.most is not None:
        told += " " + _("Beyond %(n)s more it loses again.") % {"n": numbers.grouped(found.most)}
    return told


# --- variants beside each other -----------------------------------------------------------------------------------


def _figures(rows: Sequence[Row], sides: Sequence[Side]):
    found: dict[str, list] = {}
    for one in rows:
        if one.of != "influence" and one.of not in sides:
            continue
        if one.of == "influence" and "brand" not in sides and one.code.startswith("cost_per"):
            continue
        if all(value is None for value in one.values):
            continue
        cells = [(_text(one.code, value), place in one.best) for place, value in enumerate(one.values)]
        found.setdefault(one.of, []).append((str(FIGURES[one.code]), cells))
    return list(found.items())


def _text(code: str, value) -> str:
    if value is None:
        return _("never") if code.startswith("break_even") else "–"
    if code in ("margin", "break_even_uplift"):
        return numbers.percent(Decimal(str(round(float(value), 4))), 1)
    if code == "return_on_spend":
        return f"{float(value):.2f}"
    if code == "share_of_voice":
        return f"{value} %"
    if code in ("break_even_units", "reach", "new_customers"):
        return numbers.grouped(value)
    return numbers.money(value, settings.CURRENCY)


# --- the curve ----------------------------------------------------------------------------------------------------


def _curve(plan: Plan, guess: Decimal | None, sides: Sequence[Side]) -> Curve:
    top = max(Decimal(1), (guess or Decimal(0)) * 2)
    uplifts = [top * n / 20 for n in range(21)]
    points = curve(plan, uplifts)
    values = [getattr(one, side) for one in points for side in sides] + [Decimal(0)]
    low, high = float(min(values)), float(max(values))
    span = (high - low) or 1.0

    def across(uplift: Decimal) -> float:
        return round(LEFT + (WIDTH - LEFT - 10) * float(uplift / top), 1)

    def down(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / span, 1)

    def drawn(side: Side) -> str:
        if side not in sides:
            return ""
        return " ".join(f"{across(one.uplift)},{down(float(getattr(one, side)))}" for one in points)

    language = settings.LANGUAGE_CODE
    marks = sorted({low, 0.0, high})
    return Curve(
        drawn("customer"),
        drawn("brand"),
        down(0.0),
        [(down(value), numbers.money_short(Decimal(str(round(value, 2))), language)) for value in marks],
        [(across(top * n / 4), numbers.percent(top * n / 4)) for n in range(5)],
        across(guess) if guess is not None and 0 <= guess <= top else None,
        points[::4],
    )


def ends_on(starts_on: datetime.date, terms: Mapping[str, Any]) -> datetime.date:
    return starts_on + datetime.timedelta(days=int(terms["timing"].get("days", 14)) - 1)
