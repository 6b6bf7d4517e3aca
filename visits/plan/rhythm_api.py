"""Rhythms over the API: how a customer stands and a rhythm of its own; who is due."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile.api import PersonInCharge
from customers.profile.colleagues import own_of
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from visits.plan import cadence, rhythms, slipping
from visits.plan.rhythm_models import LONGEST_DAYS, LONGEST_REASON, CadenceOverride

STATES = (cadence.NOT_DUE, cadence.DUE, cadence.LATE, cadence.NEVER)


class CadenceOverrideSerializer(ReadSerializer):
    """until: the first day it no longer holds; null: for good."""

    id = serializers.IntegerField()
    days = serializers.IntegerField()
    least_days = serializers.IntegerField()
    most_days = serializers.IntegerField()
    by_call = serializers.BooleanField()
    reason = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    made_by = PersonInCharge(allow_null=True)


class CadenceSerializer(ReadSerializer):
    """last: the last day that counts; earliest, ideal, latest: of the next visit. late: days after the latest.
    planned: the day of the next visit that is planned. override: a rhythm of its own in force.
    """

    customer = serializers.IntegerField()
    tier = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    days = serializers.IntegerField()
    by_call = serializers.BooleanField()
    last = serializers.DateField(allow_null=True)
    earliest = serializers.DateField()
    ideal = serializers.DateField()
    latest = serializers.DateField()
    late = serializers.IntegerField()
    planned = serializers.DateField(allow_null=True)
    override = CadenceOverrideSerializer(allow_null=True)


class CadenceQuestion(WriteSerializer):
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS)
    least_days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, required=False, allow_null=True)
    most_days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, required=False, allow_null=True)
    by_call = serializers.BooleanField(default=False, help_text="Calls keep it; no visits are needed.")
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=LONGEST_REASON)


def told(one: slipping.Slipping) -> dict:
    due = one.due
    return {
        "customer": one.customer.pk,
        "tier": one.tier,
        "state": due.state,
        "days": due.rhythm.days,
        "by_call": due.rhythm.by_call,
        "last": due.last,
        "earliest": due.earliest,
        "ideal": due.ideal,
        "latest": due.latest,
        "late": due.late,
        "planned": one.planned,
        "override": one.own,
    }


class CustomerCadence(ApiViewSet):
    """How often a customer is visited, and when it is due."""

    serializer_class = CadenceSerializer
    queryset = Customer.objects.none()
    pagination_class = None

    def _customer(self, pk) -> Customer:
        rows = Customer.objects.visible_to(self.request.user).select_related("standing")
        return get_object_or_404(rows, pk=pk)

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        (found,) = slipping.judged([self._customer(pk)], today())
        return Response(self.get_serializer(told(found)).data, status=code)

    @extend_schema(responses=CadenceSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=CadenceQuestion, responses={201: CadenceSerializer})
    def create(self, request, pk):
        """A rhythm of its own; what was said before ends when it begins."""
        customer = self._customer(pk)
        refuse_readers(request)
        rhythms.set_cadence(customer=customer, by=request.user, **self.given(CadenceQuestion))
        return self._answer(pk, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CadenceSerializer)
    def end(self, request, pk):
        """From today on its tier's rhythm holds again."""
        customer = self._customer(pk)
        refuse_readers(request)
        rows = CadenceOverride.objects.editable_by(request.user).in_force(today())
        rhythms.end_cadence(override=get_object_or_404(rows, customer=customer), by=request.user)
        return self._answer(pk)


class DueCustomers(ApiViewSet):
    """Customers to look after that are due for a visit and have none planned, lateness × stake first; 300 at most."""

    serializer_class = CadenceSerializer
    queryset = Customer.objects.none()
    pagination_class = None
    further_parameters = {"list": ("stage",)}

    @extend_schema(
        parameters=[OpenApiParameter("stage", str, enum=slipping.STAGES)], responses=CadenceSerializer(many=True)
    )
    def list(self, request):
        stage = request.query_params.get("stage", slipping.DUE)
        if stage not in slipping.STAGES:
            raise serializers.ValidationError(
                {"stage": [_("One of: %(choices)s.") % {"choices": ", ".join(slipping.STAGES)}]}
            )
        day = today()
        found = slipping.slipping(own_of(request.user, day), day, slipping.MOST, stage)
        return Response(self.get_serializer([told(one) for one in found], many=True).data)
