"""Observations over the API: what was seen of a customer, and one more."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer
from customers.relationship import actions
from customers.relationship.models import KINDS_OF, Kind, Observation, Trait


class ObservationSerializer(ReadModelSerializer):
    """score: 0 (poor) to 100 (excellent). seen_by is null where no person saw it."""

    seen_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Observation
        fields = ["id", "trait", "score", "seen_on", "seen_by", "source", "note", "created_at", "kind", "ref"]


class ObservationQuestion(WriteSerializer):
    trait = serializers.ChoiceField(choices=Trait.choices)
    score = serializers.IntegerField(min_value=0, max_value=100)
    seen_on = serializers.DateField(help_text="No later than today.")
    source = serializers.CharField(max_length=60, required=False, default="api", help_text="By what it was seen.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(
        choices=Kind.choices,
        required=False,
        default=Kind.OPINION,
        help_text="What kind of evidence; of loyalty share or opinion.",
    )

    def validate(self, attrs):
        if attrs["kind"] not in KINDS_OF[Trait(attrs["trait"])]:
            text = _("This kind of evidence says nothing of that trait.")
            raise serializers.ValidationError({"kind": text}, code="kind")
        return attrs


class ObservationFilters(filters.FilterSet):
    trait = filters.ChoiceFilter(choices=Trait.choices)
    since = filters.DateFilter(field_name="seen_on", lookup_expr="gte", label="Seen from this day on.")
    until = filters.DateFilter(field_name="seen_on", lookup_expr="lte", label="Seen until this day, included.")


class Observations(ApiViewSet):
    """What was seen of a customer. None is ever changed: a change of mind is a new one."""

    serializer_class = ObservationSerializer
    filterset_class = ObservationFilters
    orderings = {"seen_on": "seen_on", "id": "id"}
    default_ordering = "-seen_on"
    queryset = Observation.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return Observation.objects.visible_to(user).filter(customer=customer).select_related("seen_by")

    def list(self, request, pk):
        """The latest first."""
        return self.rows(self.get_queryset())

    @extend_schema(request=ObservationQuestion, responses={201: ObservationSerializer})
    def create(self, request, pk):
        """Write one down; the customer's tier follows in a moment."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        question = ObservationQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        made = actions.observe(customer=customer, seen_by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)
