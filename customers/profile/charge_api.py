"""Who is in charge of a customer, over the API."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.accounts.models import User
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile import actions
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer, Responsibility


class ResponsibilitySerializer(ReadModelSerializer):
    user = PersonInCharge(read_only=True)

    class Meta:
        model = Responsibility
        fields = ["id", "user", "since", "until"]


class AssignmentQuestion(WriteSerializer):
    user = VisibleField(User, "id", allow_null=True, help_text="null: nobody from then on.")
    since = serializers.DateField(required=False)


class Responsibilities(ApiViewSet):
    """Who was and is in charge of a customer."""

    serializer_class = ResponsibilitySerializer
    orderings = {"since": "since", "id": "id"}
    default_ordering = "-since"
    queryset = Responsibility.objects.none()

    def get_queryset(self):
        customer = get_object_or_404(Customer.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return Responsibility.objects.filter(customer=customer).select_related("user")

    def list(self, request, pk):
        return self.rows(self.get_queryset())

    @extend_schema(request=AssignmentQuestion, responses=ResponsibilitySerializer(many=True))
    def create(self, request, pk):
        """Put a person (null: nobody) in charge from a day on (default: today); whoever was, is so until then."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        question = AssignmentQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        values = {"since": today(), **question.validated_data}
        actions.assign(customers=[customer], by=request.user, **values)
        held = Responsibility.objects.filter(customer=customer).select_related("user")
        return Response(self.get_serializer(held, many=True).data)
