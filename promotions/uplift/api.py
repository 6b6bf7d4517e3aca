"""What a promotion brought, over the API: read, and measured anew by a job."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadSerializer
from crm.api.views import ApiViewSet
from customers.profile.doors import refuse_readers
from promotions.rollout import reading
from promotions.rollout.models import Promotion
from promotions.uplift.jobs import ask_to_measure
from promotions.uplift.telling import sentence
from promotions.uplift.views import left_out_of

_FIGURE = {"allow_null": True, "default": None}


class LeftOutSerializer(ReadSerializer):
    code = serializers.CharField()
    why = serializers.CharField()


class PromotionResultSerializer(ReadSerializer):
    """The whole promotion's, as it is kept. Shares are of what would have been sold without it: 0.08 is 8 % more; money
    is in the company's currency, over the days of the promotion. Everything is null before it was measured, and all
    figures are where measurable is false; reason says why then.
    """

    promotion = serializers.IntegerField(source="pk")
    measured_at = serializers.DateTimeField(allow_null=True)
    measurable = serializers.BooleanField(source="result.measurable", **_FIGURE)
    reason = serializers.CharField(source="result.reason", **_FIGURE)
    told = serializers.SerializerMethodField(help_text="The same in a sentence, in the caller's language.")
    shops = serializers.IntegerField(source="result.shops", **_FIGURE)
    compared = serializers.IntegerField(source="result.compared", **_FIGURE)
    lift = serializers.FloatField(source="result.lift", **_FIGURE)
    low = serializers.FloatField(source="result.low", help_text="Of the interval of the lift.", **_FIGURE)
    high = serializers.FloatField(source="result.high", **_FIGURE)
    level = serializers.FloatField(source="result.level", help_text="How sure the interval is.", **_FIGURE)
    actual = serializers.FloatField(source="result.actual", **_FIGURE)
    expected = serializers.FloatField(source="result.expected", help_text="Without the promotion.", **_FIGURE)
    amount = serializers.FloatField(source="result.amount", help_text="What it brought.", **_FIGURE)
    amount_low = serializers.FloatField(source="result.amount_low", **_FIGURE)
    amount_high = serializers.FloatField(source="result.amount_high", **_FIGURE)
    before_after = serializers.FloatField(
        source="result.before_after", help_text="What comparing with the days before would have said.", **_FIGURE
    )
    after = serializers.SerializerMethodField(help_text="The four weeks after it, once they are over.")
    left_out = serializers.SerializerMethodField(help_text="Shops in the caller's reach that did not count, and why.")

    def get_told(self, promotion) -> str:
        return sentence(promotion.result) if promotion.result else ""

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_after(self, promotion):
        # Codes of shops that were left out of it may be beyond the caller's reach.
        found = (promotion.result or {}).get("after")
        return {name: value for name, value in found.items() if name != "left_out"} if found else None

    @extend_schema_field(LeftOutSerializer(many=True))
    def get_left_out(self, promotion):
        rows = left_out_of(self.context["request"].user, promotion)
        return [{"code": code, "why": why} for code, why in rows]


class MeasuringSerializer(ReadSerializer):
    job = serializers.IntegerField()


class PromotionResults(ApiViewSet):
    """What promotions brought."""

    serializer_class = PromotionResultSerializer
    queryset = Promotion.objects.none()

    def get_queryset(self):
        return reading.promotions(self.request.user)

    def retrieve(self, request, pk):
        """As it was measured last."""
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=None, responses={202: MeasuringSerializer})
    def measure(self, request, pk):
        """By a job; refused while the promotion runs."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(request)
        return Response({"job": ask_to_measure(held, request.user).pk}, status=status.HTTP_202_ACCEPTED)
