"""Terms of a promotion plan as the API takes them. Shape only; the calculator judges (`actions.checked`)."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.serializers import WriteSerializer

_MOST = 10**10


@extend_schema_field({"type": ["string", "null"], "description": "A decimal number as text; empty or null: not said."})
class NumberField(serializers.DecimalField):
    """A number kept as the text that was given, so that nothing is rounded before it is reckoned."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 16, "decimal_places": 2, "required": False, "allow_null": True, **kwargs})

    def validate_empty_values(self, data):
        empty, value = super().validate_empty_values(data)
        return empty, "" if empty and value is None else value  # as pages keep what was not typed

    def to_internal_value(self, data):
        return format(super().to_internal_value(data), "f")

    def quantize(self, value):
        return value


class CountField(serializers.IntegerField):
    def __init__(self, **kwargs):
        most = {"min_value": -_MOST, "max_value": _MOST}
        super().__init__(**{**most, "required": False, "allow_null": True, **kwargs})


class PromotionGoods(WriteSerializer):
    """A unit. retail: what the customer sells it at, wholesale: what they buy it at, cost: what it costs us."""

    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    retail = NumberField(required=True, allow_null=False)
    wholesale = NumberField(required=True, allow_null=False)
    cost = NumberField(required=True, allow_null=False)


class PromotionTiming(WriteSerializer):
    """Days; those of goods_day and materials_day are counted from the first day of the promotion (0)."""

    days = CountField(default=14, allow_null=False)
    credit_days = CountField(help_text="They pay the goods so many days later.")
    settlement_days = CountField(help_text="We settle so many days after the last.")
    goods_day = CountField()
    materials_day = CountField()


class PromotionBudgets(WriteSerializer):
    customer = NumberField()
    brand = NumberField()


class PromotionOwnCosts(WriteSerializer):
    staff = NumberField()
    other = NumberField()


class PromotionMaterial(WriteSerializer):
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    quantity = CountField(required=True, allow_null=False)
    list_price = NumberField()
    discount = NumberField(help_text="In percent.")
    brand = NumberField(help_text="What we bear of it in percent.")


class PromotionCost(WriteSerializer):
    amount = NumberField()
    brand = NumberField(help_text="What we bear of it in percent.")


class PromotionCosts(WriteSerializer):
    staff = PromotionCost(required=False)
    publicity = PromotionCost(required=False)
    display = PromotionCost(required=False)
    other = PromotionCost(required=False)


class PromotionVariant(WriteSerializer):
    """One way to do it. cut_brand, free_brand, gift_brand: what we bear in percent, left out: nothing; the customer
    bears the rest.
    """

    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    guess = NumberField(help_text="So many percent more are expected.")
    cut = NumberField(help_text="Off the retail price of a unit.")
    cut_brand = NumberField()
    buy = CountField()
    get = CountField(help_text="So many are free with each full `buy`.")
    free_brand = NumberField()
    gift_every = CountField(help_text="A gift for every so many units.")
    gift_cost = NumberField()
    gift_brand = NumberField()
    subsidy = NumberField(help_text="A lump sum from us.")
    borrowed = NumberField(help_text="Percent of what is sold more that is only taken from later or other goods.")
    reach = CountField(help_text="People reached.")
    new_customers = CountField()
    share_of_voice = NumberField(help_text="In percent.")
    materials = PromotionMaterial(many=True, required=False)
    costs = PromotionCosts(required=False)


class PromotionTerms(WriteSerializer):
    """What is refused of it is named as in `v1.cut` (of the first variant), `goods.retail`, `timing.days`."""

    goods = PromotionGoods()
    baseline = CountField(required=True, allow_null=False, help_text="Units that would be sold without it.")
    timing = PromotionTiming(required=False)
    budgets = PromotionBudgets(required=False, help_text="What each side may spend.")
    own = PromotionOwnCosts(required=False, help_text="What the customer spends by themselves, in each variant.")
    variants = PromotionVariant(many=True)


@extend_schema_field(PromotionTerms)
class TermsField(serializers.Field):
    """Terms are one: they are sent whole also where only some fields of a plan change."""

    def to_internal_value(self, data):
        question = PromotionTerms(data=data, context=self.context)
        question.is_valid(raise_exception=True)
        return {"timing": {"days": 14}, "budgets": {}, "own": {}, **question.validated_data}

    def to_representation(self, value):
        return value
