"""Tiers set by hand over the API: propose, approve, refuse, end; and what each customer's tier is by which."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from customers.tiers import overriding
from customers.tiers.models import Tier
from customers.tiers.overridden import LEAST_REASON, LONGEST_REASON, OverrideState, TierOverride


class OverrideSerializer(ReadModelSerializer):
    """Both days are included. ended_on: the first day on which it holds no more, where it was ended early."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    proposed_by = PersonInCharge(read_only=True, allow_null=True)
    decided_by = PersonInCharge(read_only=True, allow_null=True)
    ended_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = TierOverride
        fields = [
            "id",
            "customer",
            "tier",
            "computed_tier",
            "reason",
            "since",
            "until",
            "state",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "review_note",
            "ended_on",
            "ended_by",
            "end_note",
            "version",
        ]


class OverrideQuestion(WriteSerializer):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    tier = serializers.ChoiceField(choices=Tier.choices)
    reason = serializers.CharField(min_length=LEAST_REASON, max_length=LONGEST_REASON)
    since = serializers.DateField(required=False, help_text="Today, if none is given.")
    until = serializers.DateField(help_text="The last day; a year at most.")


class OverrideAnswerQuestion(WriteSerializer):
    note = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class OverrideFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=OverrideState.choices)
    customer = NumberOfRow(field_name="customer_id")
    until_to = filters.DateFilter(field_name="until", lookup_expr="lte")


class Overrides(ApiViewSet):
    """Tiers set by hand for customers in reach. Whoever proposes one does not approve it."""

    serializer_class = OverrideSerializer
    filterset_class = OverrideFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = TierOverride.objects.none()

    def get_queryset(self):
        rows = TierOverride.objects.visible_to(self.request.user)
        return rows.select_related("proposed_by", "decided_by", "ended_by")

    def _answer(self, override: TierOverride, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=override.pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=OverrideQuestion, responses={201: OverrideSerializer})
    def create(self, request):
        """Propose one; it decides nothing before somebody else has approved it."""
        refuse_readers(request)
        question = OverrideQuestion(data=request.data, context={"request": request})
        question.is_valid(raise_exception=True)
        return self._answer(overriding.propose(by=request.user, **question.validated_data), status.HTTP_201_CREATED)

    def _said(self, request, pk, action) -> Response:
        override = get_object_or_404(TierOverride.objects.editable_by(request.user), pk=pk)
        version = version_wanted(request, override)
        question = OverrideAnswerQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        try:
            done = action(override=override, by=request.user, version=version, **question.validated_data)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(done)

    @extend_schema(request=OverrideAnswerQuestion, responses=OverrideSerializer, parameters=[IF_MATCH])
    def approve(self, request, pk):
        """The second look: heads of its region and administrators, never whoever proposed it."""
        return self._said(request, pk, overriding.approve)

    @extend_schema(request=OverrideAnswerQuestion, responses=OverrideSerializer, parameters=[IF_MATCH])
    def refuse(self, request, pk):
        """note: why. Whoever proposed it takes it back."""
        return self._said(request, pk, overriding.refuse)

    @extend_schema(request=OverrideAnswerQuestion, responses=OverrideSerializer, parameters=[IF_MATCH])
    def end(self, request, pk):
        """Before its last day; note: why."""
        return self._said(request, pk, overriding.end)
