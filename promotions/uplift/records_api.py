"""What plans came to, and how estimates came out, over the API."""

from __future__ import annotations

from decimal import Decimal

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.serializers import ExactField, ReadSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from promotions.calculator import reading
from promotions.calculator.estimate_api import TrackRecordSerializer
from promotions.calculator.models import PromotionPlan
from promotions.calculator.outcome import FIGURES
from promotions.calculator.reckoning_api import FenField
from promotions.calculator.refusing import half_up
from promotions.calculator.showing_estimates import record_text
from promotions.rollout.models import Compliance, Participation
from promotions.uplift.outcomes import of_plan
from promotions.uplift.records import records

CODES = [(name, name) for name in FIGURES]


class OutcomeFigureSerializer(ReadSerializer):
    """Money, or of margin and return_on_spend a fraction; actual, low, high are null where nothing was measured."""

    code = serializers.ChoiceField(choices=CODES)
    planned = ExactField(allow_null=True)
    actual = ExactField(allow_null=True)
    low = ExactField(allow_null=True)
    high = ExactField(allow_null=True)


class PlanOutcomeSerializer(ReadSerializer):
    """A plan that was carried out and is over. guess, uplift: fractions, of the plan's goods; extra: units. why: why
    nothing was measured, empty where it was. due: what we bear by the plan, at what was sold; claimed, settled: what
    was really asked for and paid, null: not yet.
    """

    promotion = serializers.IntegerField(source="part.promotion_id")
    participation = serializers.IntegerField(source="part.pk")
    compliance = serializers.ChoiceField(source="part.compliance", choices=Compliance.choices, allow_blank=True)
    why = serializers.CharField()
    guess = ExactField(source="outcome.guess", allow_null=True)
    uplift = ExactField(source="outcome.uplift", allow_null=True)
    uplift_low = ExactField(source="outcome.uplift_low", allow_null=True)
    uplift_high = ExactField(source="outcome.uplift_high", allow_null=True)
    reached = ExactField(source="outcome.reached", allow_null=True)
    extra_planned = serializers.IntegerField(source="outcome.planned.extra")
    extra = serializers.IntegerField(source="outcome.actual.extra", allow_null=True, default=None)
    customer = OutcomeFigureSerializer(source="outcome.customer", many=True)
    brand = OutcomeFigureSerializer(source="outcome.brand", many=True)
    due = FenField()
    claimed = FenField(source="part.claim", allow_null=True)
    settled = FenField(source="part.settled", allow_null=True)


class PlanOutcomes(ApiViewSet):
    """Planned against what came, for both sides."""

    serializer_class = PlanOutcomeSerializer
    pagination_class = None
    queryset = PromotionPlan.objects.none()

    @extend_schema(responses=PlanOutcomeSerializer(many=True))
    def list(self, request, pk):
        """Empty while it is not over."""
        held = get_object_or_404(reading.plans(request.user), pk=pk)
        return Response(self.get_serializer(of_plan(request.user, held), many=True).data)


class OneEstimateSerializer(ReadSerializer):
    """guess: the uplift expected, uplift: measured, fractions. counts: whether it is part of the record; why_not: else.

    reached: uplift over guess, four places.
    """

    plan = serializers.IntegerField(source="part.plan_id")
    promotion = serializers.IntegerField(source="part.promotion_id")
    customer = serializers.IntegerField(source="part.customer_id")
    ended_on = serializers.DateField(source="part.promotion.ends_on")
    guess = ExactField(allow_null=True)
    uplift = ExactField(allow_null=True)
    reached = serializers.SerializerMethodField()
    counts = serializers.BooleanField()
    why_not = serializers.CharField()

    def get_reached(self, one) -> str | None:
        return None if one.reached is None else format(half_up(Decimal(one.reached), 4), "f")


class EstimateRecordSerializer(ReadSerializer):
    """told: as the page says it. hidden: how many more count, at customers that you do not see."""

    person = PersonInCharge()
    told = serializers.SerializerMethodField()
    record = TrackRecordSerializer(allow_null=True)
    estimates = OneEstimateSerializer(source="shown", many=True)
    hidden = serializers.IntegerField()

    def get_told(self, one) -> str:
        return record_text(one.record, one.person, self.context["request"].user)


class EstimateRecords(ApiViewSet):
    """How estimates came out: one's own, and for heads, administrators and analysts all whose plans they see."""

    serializer_class = EstimateRecordSerializer
    pagination_class = None
    queryset = Participation.objects.none()

    @extend_schema(responses=EstimateRecordSerializer(many=True))
    def list(self, request):
        return Response(self.get_serializer(records(request.user), many=True).data)
