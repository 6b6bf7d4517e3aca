"""What is likely, as the API tells it: the numbers of the page, and its sentences."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.accounts.models import User
from crm.api.serializers import ExactField, ReadSerializer
from promotions.calculator.estimating import Estimate, Likely
from promotions.calculator.reckoning_api import FenField
from promotions.calculator.showing_estimates import ShownLikely, shown_estimate


class PlanRangeSerializer(ReadSerializer):
    """Fractions, of eight in ten like it between low and high."""

    low = ExactField()
    expected = ExactField()
    high = ExactField()


class PlanMoneyRangeSerializer(ReadSerializer):
    """Extra profit at low, expected and high."""

    low = FenField()
    expected = FenField()
    high = FenField()


class PlanCorrectedSerializer(ReadSerializer):
    """The estimate by its author's record; never put into a plan by itself."""

    uplift = ExactField()
    customer = FenField(help_text="The customer's extra profit at it.")
    brand = FenField(help_text="Ours.")


class PlanLikelySerializer(ReadSerializer):
    """told: what it rests on. whole_shop: how much more all of the shop sells; uplift: counted as the plan's goods,
    null where that cannot be said (why). results, promotions, alike, own: what was learned from, of this kind, of this
    customer's own. customer, brand: extra profit.
    """

    told = serializers.CharField()
    why = serializers.CharField()
    results = serializers.IntegerField(allow_null=True)
    promotions = serializers.IntegerField(allow_null=True)
    alike = serializers.IntegerField(allow_null=True)
    own = serializers.IntegerField(allow_null=True)
    whole_shop = PlanRangeSerializer(allow_null=True)
    uplift = PlanRangeSerializer(allow_null=True)
    customer = PlanMoneyRangeSerializer(allow_null=True)
    brand = PlanMoneyRangeSerializer(allow_null=True)
    guess = ExactField(allow_null=True)
    corrected = PlanCorrectedSerializer(allow_null=True)


class TrackRecordSerializer(ReadSerializer):
    """Of n estimates that came out, the middle one reached so much of what was expected: a fraction."""

    n = serializers.IntegerField()
    reached = ExactField()


class PlanEstimateSerializer(ReadSerializer):
    """told, record_told: as the page says it. results, promotions: what is known in all; needed, needed_promotions:
    from how many on something is forecast. usual: what the whole shop would sell in those days, null: not known.
    """

    told = serializers.CharField()
    results = serializers.IntegerField()
    needed = serializers.IntegerField()
    promotions = serializers.IntegerField()
    needed_promotions = serializers.IntegerField()
    usual = FenField(allow_null=True)
    record_told = serializers.CharField()
    record = TrackRecordSerializer(allow_null=True)
    variants = PlanLikelySerializer(many=True)


def told(found: Estimate, reader: User) -> dict[str, Any]:
    """For PlanEstimateSerializer."""
    shown = shown_estimate(found, reader)
    figures = {name: getattr(found, name) for name in ("results", "needed", "promotions", "needed_promotions", "usual")}
    return figures | {
        "told": shown.told,
        "record_told": shown.record,
        "record": found.record,
        "variants": [_likely(one, words) for one, words in zip(found.variants, shown.variants, strict=True)],
    }


def _likely(one: Likely, words: ShownLikely) -> dict[str, Any]:
    whole, corrected = one.whole, None
    if one.corrected is not None and one.at_corrected is not None:
        sheet = one.at_corrected
        corrected = {"uplift": one.corrected, "customer": sheet.customer.extra, "brand": sheet.brand.extra}
    return {
        "told": words.told,
        "why": words.why,
        "results": whole.n if whole else None,
        "promotions": whole.promotions if whole else None,
        "alike": whole.alike if whole else None,
        "own": whole.own if whole else None,
        "whole_shop": whole,
        "uplift": one.effect,
        "customer": _extra(one, "customer"),
        "brand": _extra(one, "brand"),
        "guess": one.guess,
        "corrected": corrected,
    }


def _extra(one: Likely, side) -> dict[str, Any] | None:
    if one.appraisal is None:
        return None
    return {name: getattr(one.appraisal, name).account(side).extra for name in ("low", "expected", "high")}
