"""Slumps over the API: those in reach, and what was done about them."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.editing import etag
from crm.api.filters import BooleanFilter, NumberOfRow
from crm.api.serializers import MoneyField, ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from customers.slumps import actions
from customers.slumps.models import LONGEST, Kind, SlumpAlert, SlumpCause, State
from customers.slumps.words import sentence


class CauseSerializer(ReadModelSerializer):
    name = serializers.CharField(source="__str__", read_only=True)
    parent = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)

    class Meta:
        model = SlumpCause
        fields = ["id", "code", "name", "parent", "active"]


class SlumpSerializer(ReadModelSerializer):
    """depth, swing, smallest, peers, back: fractions. closed_on: sales were back, or have settled at a new level."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    expected = MoneyField(allow_null=True)
    got = MoneyField(allow_null=True)
    lost = MoneyField()
    cause = serializers.IntegerField(source="cause_id", read_only=True, allow_null=True)
    called_by = PersonInCharge(read_only=True, allow_null=True)
    diagnosed_by = PersonInCharge(read_only=True, allow_null=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = SlumpAlert
        fields = [
            "id",
            "customer",
            "kind",
            "first_day",
            "third_day",
            "last_day",
            "closed_on",
            "settled",
            "withdrawn",
            "days",
            "depth",
            "expected",
            "got",
            "lost",
            "swing",
            "smallest",
            "peers",
            "back",
            "learning",
            "sensitivity",
            "rule_version",
            "as_of",
            "state",
            "called_at",
            "called_by",
            "cause",
            "note",
            "diagnosed_at",
            "diagnosed_by",
            "planned_at",
            "dismissed_at",
            "dismissed_for",
            "sentence",
            "version",
        ]

    def get_sentence(self, row) -> str:
        return sentence(row)


class SlumpFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    state = filters.ChoiceFilter(choices=State.choices)
    on = BooleanFilter(field_name="closed_on", lookup_expr="isnull", label="Sales are not back yet.")
    third_day_from = filters.DateFilter(field_name="third_day", lookup_expr="gte")
    third_day_to = filters.DateFilter(field_name="third_day", lookup_expr="lte")


class DiagnosisQuestion(WriteSerializer):
    cause = VisibleField(SlumpCause, "id", help_text="A cause's id.")
    note = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class SlumpDismissQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=LONGEST)


class Slumps(ApiViewSet):
    """Slumps, and shops without reports, of customers in reach."""

    serializer_class = SlumpSerializer
    filterset_class = SlumpFilters
    orderings = {"third_day": "third_day", "lost": "lost", "id": "id"}
    default_ordering = "-third_day"
    queryset = SlumpAlert.objects.none()

    def get_queryset(self):
        rows = SlumpAlert.objects.visible_to(self.request.user).select_related("called_by", "diagnosed_by")
        return rows.defer("evidence")

    def _editable(self, pk) -> SlumpAlert:
        return get_object_or_404(SlumpAlert.objects.editable_by(self.request.user), pk=pk)

    def _answer(self, alert: SlumpAlert) -> Response:
        found = self.get_queryset().get(pk=alert.pk)
        return Response(self.get_serializer(found).data, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=None, responses=SlumpSerializer)
    def call(self, request, pk):
        """Somebody has called; the first call counts."""
        return self._answer(actions.mark_called(alert=self._editable(pk), by=request.user))

    @extend_schema(request=DiagnosisQuestion, responses=SlumpSerializer)
    def diagnose(self, request, pk):
        """What it came from, and what was heard."""
        alert = self._editable(pk)
        return self._answer(actions.diagnose(alert=alert, by=request.user, **self.given(DiagnosisQuestion)))

    @extend_schema(request=SlumpDismissQuestion, responses=SlumpSerializer)
    def dismiss(self, request, pk):
        """It is none."""
        alert = self._editable(pk)
        return self._answer(actions.dismiss(alert=alert, by=request.user, **self.given(SlumpDismissQuestion)))

    @extend_schema(request=None, responses=SlumpSerializer)
    def reopen(self, request, pk):
        """It is one after all."""
        return self._answer(actions.reopen(alert=self._editable(pk), by=request.user))


class SlumpCauses(ApiViewSet):
    """The tree of causes."""

    serializer_class = CauseSerializer
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = SlumpCause.objects.none()

    def get_queryset(self):
        return SlumpCause.objects.visible_to(self.request.user)
