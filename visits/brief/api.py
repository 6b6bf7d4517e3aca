"""Before a visit over the API: what is suggested, what shops like it show, the brief, and a goal more."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import MoneyField, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.peers import reading as peers
from customers.peers.words import sentence
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from visits.brief import reading
from visits.plan import actions, suggestions
from visits.plan.api import GoalSerializer
from visits.plan.models import LONGEST_GOAL, PlannedVisit, Purpose
from visits.plan.reading import rows_for, with_goals


class SuggestionSerializer(ReadSerializer):
    """stake: money at stake, where it is known. best: one of the goals suggested, three at most."""

    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    stake = MoneyField(allow_null=True)
    late = serializers.IntegerField()
    why = serializers.CharField()
    best = serializers.BooleanField()


class SuggestedSerializer(ReadSerializer):
    """purpose: what a visit with the best of them is for."""

    purpose = serializers.CharField()
    suggestions = SuggestionSerializer(many=True)


class FindingSerializer(ReadSerializer):
    """own: the shop's figure now, before: a year (late: half a year) ago; peers: the median of n like shops."""

    kind = serializers.CharField()
    text = serializers.CharField()
    own = serializers.FloatField()
    before = serializers.FloatField(allow_null=True)
    peers = serializers.FloatField()
    n = serializers.IntegerField()
    score = serializers.FloatField()
    weekday = serializers.IntegerField()


class ComparedSerializer(ReadSerializer):
    as_of = serializers.DateField()
    peers = serializers.IntegerField()
    findings = FindingSerializer(many=True)


class NavigationSerializer(ReadSerializer):
    geo = serializers.CharField()
    amap = serializers.CharField()
    baidu = serializers.CharField()
    apple = serializers.CharField()


class BriefPartSerializer(ReadSerializer):
    key = serializers.CharField()
    title = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())


class VisitBriefSerializer(ReadSerializer):
    """Sensitive facts stay masked: they are asked for one by one (`facts/…/reveal/`)."""

    customer = serializers.IntegerField()
    visit = serializers.IntegerField()
    sections = BriefPartSerializer(many=True)
    ways = NavigationSerializer()


class GoalQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST_GOAL)
    link = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text="A path in Qiao to what it is about."
    )


def _finding(one) -> dict:
    names = ("kind", "own", "before", "peers", "n", "score", "weekday")
    return {**{name: getattr(one, name) for name in names}, "text": sentence(one)}


class BeforeAVisit(ApiViewSet):
    """Of a customer in reach."""

    queryset = Customer.objects.none()
    pagination_class = None

    def _customer(self, pk) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.request.user), pk=pk)

    @extend_schema(responses=SuggestedSerializer)
    def suggestions(self, request, pk):
        """Goals that what is known suggests, the heaviest first."""
        found = suggestions.of(request.user, self._customer(pk), today())
        names = ("key", "kind", "text", "link", "purpose", "stake", "late")
        told = [
            {**{name: getattr(one, name) for name in names}, "why": str(one.why), "best": one in found.best}
            for one in found.all
        ]
        return Response(SuggestedSerializer({"purpose": found.purpose, "suggestions": told}).data)

    @extend_schema(responses=ComparedSerializer)
    def findings(self, request, pk):
        """Where it parts from shops like it by clearly more than noise; never whose figures those are."""
        found = peers.compared(self._customer(pk), today())
        told = [_finding(one) for one in found.findings]
        return Response(ComparedSerializer({"as_of": found.as_of, "peers": found.peers, "findings": told}).data)


class VisitBriefs(ApiViewSet):
    """Of a visit to a customer in reach."""

    queryset = PlannedVisit.objects.none()
    pagination_class = None

    @extend_schema(responses=VisitBriefSerializer)
    def retrieve(self, request, pk):
        rows = with_goals(rows_for(request.user)).filter(sees_customer=True)
        visit = get_object_or_404(rows, pk=pk)
        found = reading.one(request.user, visit.customer, visit, today())
        sections = [{"key": one.key, "title": str(one.title), "lines": one.lines} for one in found.sections]
        told = {"customer": visit.customer_id, "visit": visit.pk, "sections": sections, "ways": found.ways}
        return Response(VisitBriefSerializer(told).data)

    @extend_schema(request=GoalQuestion, responses={201: GoalSerializer})
    def add_goal(self, request, pk):
        """One goal more; one about the same thing, or in the same words, stays the only one."""
        visit = get_object_or_404(PlannedVisit.objects.editable_by(request.user), pk=pk)
        refuse_readers(request)
        made = actions.take_goal(visit=visit, by=request.user, **self.given(GoalQuestion))
        return Response(GoalSerializer(made).data, status=status.HTTP_201_CREATED)
