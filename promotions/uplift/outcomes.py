"""Promotions that came from agreed plans and are over: what was planned against what came of it, and the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from crm.shell import numbers
from promotions.calculator.kept import guess_of, plan_of
from promotions.calculator.models import PromotionPlan
from promotions.calculator.outcome import Compared, Measured, Outcome, outcome, uplift_of
from promotions.calculator.terms import SIDES, Side
from promotions.calculator.words import FIGURES
from promotions.rollout.models import Compliance, Participation, Promotion, State
from promotions.uplift.measuring import NOBODY
from promotions.uplift.telling import REASONS

CENT = Decimal("0.01")
NAMES = {**FIGURES, "sales": gettext_lazy("Sales")}


@dataclass(frozen=True, slots=True)
class ShownRow:
    planned: str
    actual: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Finished:
    """why: why nothing was measured, in words; empty where it was."""

    part: Participation
    outcome: Outcome
    why: str

    @property
    def sides(self) -> list[tuple[Side, list[tuple[str, ShownRow]]]]:
        """For pages: [(side, [(figure, planned and as it came, as text)])]."""
        return [
            (side, [(str(NAMES.get(row.code, row.code)), shown_row(row)) for row in self.outcome.side(side)])
            for side in SIDES
        ]

    @property
    def due(self) -> Decimal:
        """What the brand bears by the plan at what was sold (planned, where that is not known)."""
        return (self.outcome.actual or self.outcome.planned).brand.spend


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate and what came of it. counts: whether it is part of the record; why_not: else, in words."""

    part: Participation
    guess: Decimal | None
    uplift: Decimal | None
    why_not: str

    @property
    def counts(self) -> bool:
        return not self.why_not

    @property
    def reached(self) -> Decimal | None:
        return self.uplift / self.guess if self.counts and self.guess and self.uplift is not None else None


def shown_row(row: Compared) -> ShownRow:
    return ShownRow(*(_text(row.code, value) for value in (row.planned, row.actual, row.low, row.high)))


def _text(code: str, value: Decimal | None) -> str:
    if value is None:
        return "–"
    if code == "margin":
        return numbers.percent(value, 1)
    return numbers.grouped(value, 2) if code == "return_on_spend" else numbers.money(value, settings.CURRENCY)


def finished(rows: QuerySet[Participation]) -> QuerySet[Participation]:
    """Of these, those by an agreed plan that are over, the latest first."""
    found = rows.taking_part().filter(plan__agreed_variant__isnull=False, promotion__ends_on__lt=today())
    found = found.exclude(promotion__state=State.DROPPED)
    return found.select_related("promotion", "customer", "plan__shown", "plan__made_by").order_by(
        "-promotion__ends_on", "-pk"
    )


def of_promotion(user, promotion: Promotion) -> list[Finished]:
    """Of one in reach; of customers in reach. One statement."""
    rows = Participation.objects.visible_to(user).filter(promotion=promotion)
    return [finished_of(one) for one in finished(rows)]


def of_plan(user, plan: PromotionPlan) -> list[Finished]:
    rows = Participation.objects.visible_to(user).filter(plan=plan)
    return [finished_of(one) for one in finished(rows)]


def finished_of(part: Participation) -> Finished:
    """Of a row of `finished`; no further statement."""
    terms, place = _agreed(part)
    measured = measured_of(part)
    found = outcome(plan_of(terms, place), guess_of(terms, place), measured)
    return Finished(part, found, "" if found.actual is not None else why_not(part))


def estimated_of(part: Participation) -> Estimated:
    """The same without the sheets, for many at once."""
    terms, place = _agreed(part)
    guess, measured = guess_of(terms, place), measured_of(part)
    uplift = uplift_of(plan_of(terms, place), measured) if measured is not None else None
    reason = ""
    if uplift is None:
        reason = why_not(part)
    elif part.compliance == Compliance.CHANGED:
        reason = _("It was run otherwise than agreed.")
    elif guess is None:
        reason = _("Nobody said what they expected.")
    elif guess <= 0:
        reason = _("No rise was expected.")
    return Estimated(part, guess, uplift, reason)


def _agreed(part: Participation) -> tuple[Mapping[str, Any], int]:
    assert part.plan is not None and part.plan.shown is not None and part.plan.agreed_variant is not None
    return part.plan.shown.terms, part.plan.agreed_variant


def measured_of(part: Participation) -> Measured | None:
    """What the shop sold more in money, from the shares that were measured."""
    told = part.measured
    if not told or "lift" not in told or part.compliance == Compliance.NOT_RUN:
        return None
    actual = Decimal(str(told["actual"]))
    # actual is what was sold; at a lift of l, actual · l / (1 + l) of it came on top.
    return Measured(*(_more(actual, Decimal(str(told[name]))) for name in ("lift", "low", "high")))


def _more(actual: Decimal, lift: Decimal) -> Decimal:
    return (actual - actual / (1 + lift)).quantize(CENT) if lift > -1 else Decimal("0.00")


def why_not(part: Participation) -> str:
    if part.compliance == Compliance.NOT_RUN:
        return _("It was not run: %(why)s") % {"why": part.how}
    if part.promotion.measured_at is None:
        return _("Not measured yet: that is done by itself three days after its end.")
    told = part.measured or part.promotion.result or {}
    if "lift" in told:
        return _("The goods are bought for nothing, or none would be sold anyway: there are no units to compare.")
    return str(REASONS.get(told.get("reason", NOBODY), told.get("reason", "")))
