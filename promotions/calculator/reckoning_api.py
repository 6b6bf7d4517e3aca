"""What terms bring, as the API answers it: sheets of both sides, cash, the curve, variants beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.serializers import ExactField, ReadSerializer
from promotions.calculator.breakeven import Status
from promotions.calculator.cash import Need, cash
from promotions.calculator.comparing import FEWEST, Figure, Row, side_by_side
from promotions.calculator.economics import Sheet, sheet
from promotions.calculator.kept import guess_of, plan_of
from promotions.calculator.refusing import CENT
from promotions.calculator.sensitivity import Driver, curve, swings
from promotions.calculator.terms import Side

STATUSES = [(name, name) for name in Status.__args__]  # type: ignore[attr-defined]
DRIVERS = [(name, name) for name in Driver.__args__]  # type: ignore[attr-defined]
AXES = [(name, name) for name in ("customer", "brand", "influence")]
NO_MONEY = frozenset({"margin", "return_on_spend", "break_even_uplift", "share_of_voice"})


class FenField(ExactField):
    """Money in whole fen, of any size that terms can make."""

    def to_representation(self, value):
        return format(value.quantize(CENT), "f")


# --- answers ------------------------------------------------------------------------------------------------------


class PlanLineSerializer(ReadSerializer):
    """What comes in (above 0) or goes out; quantity × each is the amount where it goes by pieces."""

    code = serializers.CharField()
    amount = FenField()
    quantity = serializers.IntegerField(allow_null=True)
    each = FenField(allow_null=True)


class PlanBreakEvenSerializer(ReadSerializer):
    """already: it pays without one unit more; from: from `units` more on; between: up to `most` only; never. uplift:
    units over the baseline, a fraction; margin: what a unit brings in the promotion.
    """

    status = serializers.ChoiceField(choices=STATUSES)
    units = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)
    uplift = ExactField(allow_null=True)
    margin = ExactField()


class PlanCashSerializer(ReadSerializer):
    """amount: the most that is tied up at the end of a day, on `day` of the promotion (its first is 0); back_on: from
    which day on all of it is back, null: it does not come back.
    """

    amount = FenField()
    day = serializers.IntegerField(allow_null=True)
    back_on = serializers.IntegerField(allow_null=True)


class PlanAccountSerializer(ReadSerializer):
    """One side. without: profit without the promotion, extra: what it brings more, spend: what this side bears of it;
    margin and return_on_spend are fractions.
    """

    lines = PlanLineSerializer(many=True)
    sales = FenField()
    gross = FenField()
    margin = ExactField(allow_null=True)
    profit = FenField()
    without = FenField()
    margin_without = ExactField(allow_null=True)
    extra = FenField()
    spend = FenField()
    return_on_spend = ExactField(allow_null=True)
    over_budget = FenField(allow_null=True)
    break_even = PlanBreakEvenSerializer()
    killing_share = ExactField(allow_null=True, help_text="Borrowed, this part of what is sold more kills the profit.")
    cost_per_contact = FenField(source="reached.cost_per_contact", allow_null=True)
    cost_per_new_customer = FenField(source="reached.cost_per_new_customer", allow_null=True)


class PlanSideSerializer(ReadSerializer):
    account = PlanAccountSerializer()
    cash = PlanCashSerializer()


class PlanBearingSerializer(ReadSerializer):
    """Who bears what of one thing."""

    code = serializers.CharField()
    total = FenField()
    customer = FenField(source="parts.customer")
    brand = FenField(source="parts.brand")


class PlanPartsSerializer(ReadSerializer):
    customer = FenField()
    brand = FenField()


class PlanCurvePointSerializer(ReadSerializer):
    """Extra profit of each side at an uplift (a fraction), which is so many extra units."""

    uplift = ExactField()
    extra = serializers.IntegerField()
    customer = FenField()
    brand = FenField()


class PlanSwingSerializer(ReadSerializer):
    """A driver less and more by a tenth (borrowed: by ten points), all else as planned."""

    driver = serializers.ChoiceField(choices=DRIVERS)
    less = PlanCurvePointSerializer()
    more = PlanCurvePointSerializer()


class PlanReckonedVariantSerializer(ReadSerializer):
    """guess: the uplift expected, a fraction; null: none was said, and it is reckoned at none. extra: units sold more,
    borrowed ones among them; free, gifts: pieces given. swings: what moves the profit, the most first. cut_on_borrowed:
    what the cut gives away on borrowed units, which no account holds.
    """

    name = serializers.CharField()
    guess = ExactField(allow_null=True)
    extra = serializers.IntegerField()
    sold = serializers.IntegerField()
    borrowed = serializers.IntegerField()
    free = serializers.IntegerField()
    gifts = serializers.IntegerField()
    bearings = PlanBearingSerializer(many=True)
    customer = PlanSideSerializer()
    brand = PlanSideSerializer()
    curve = PlanCurvePointSerializer(many=True)
    swings = PlanSwingSerializer(many=True)
    cut_on_borrowed = PlanPartsSerializer()


class PlanComparedSerializer(ReadSerializer):
    """A figure of all variants in their order, as text; null: not known, or never. best: places (from 0) of the best
    ones, none where all are alike.
    """

    of = serializers.ChoiceField(choices=AXES)
    code = serializers.CharField()
    values = serializers.SerializerMethodField()
    best = serializers.ListField(child=serializers.IntegerField())

    @extend_schema_field({"type": "array", "items": {"type": ["string", "null"]}})
    def get_values(self, row: Row) -> list[str | None]:
        return [_figure(row.code, value) for value in row.values]


class PlanReckonedSerializer(ReadSerializer):
    """comparison: empty with one variant, which stands beside nothing."""

    variants = PlanReckonedVariantSerializer(many=True)
    comparison = PlanComparedSerializer(many=True)


# --- reckoning ----------------------------------------------------------------------------------------------------


def reckoned(terms: Mapping[str, Any]) -> dict[str, Any]:
    """For PlanReckonedSerializer. Of terms that `actions.checked` let through; nothing is read or written."""
    sheets = [_sheet(terms, place) for place in range(len(terms["variants"]))]
    return {
        "variants": [_variant(found, guess_of(terms, place)) for place, found in enumerate(sheets)],
        "comparison": side_by_side(sheets) if len(sheets) >= FEWEST else [],
    }


def _sheet(terms: Mapping[str, Any], place: int) -> Sheet:
    plan, guess = plan_of(terms, place), guess_of(terms, place)
    return sheet(plan, plan.extra_at(guess) if guess is not None else 0)


def _variant(found: Sheet, guess: Decimal | None) -> dict[str, Any]:
    needs = cash(found.plan, found.extra)
    return {
        "name": found.plan.name,
        "guess": guess,
        **{name: getattr(found, name) for name in ("extra", "sold", "borrowed", "free", "gifts", "bearings")},
        "customer": _side(found, "customer", needs.customer),
        "brand": _side(found, "brand", needs.brand),
        "curve": curve(found.plan),
        "swings": swings(found.plan, guess or Decimal(0)),
        "cut_on_borrowed": found.cut_on_borrowed,
    }


def _side(found: Sheet, side: Side, need: Need) -> dict[str, Any]:
    return {"account": found.account(side), "cash": need}


def _figure(code: str, value: Figure) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal) and code not in NO_MONEY:
        return FenField().to_representation(value)
    return ExactField().to_representation(Decimal(value) if isinstance(value, int) else value)
