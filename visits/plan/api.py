"""Visits over the API: read, plan, change, call off, say what came of them; and many at once."""

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
from customers.care.api import BY_ID, PersonOpen
from customers.care.bulk_api import Bulk, BulkSerializer, Selection
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from visits.plan import actions, reading
from visits.plan.bulk import MOST_A_DAY, plan_many
from visits.plan.models import (
    LEAST_MINUTES,
    LONGEST,
    LONGEST_GOAL,
    MOST_MINUTES,
    USUAL_MINUTES,
    PlannedVisit,
    Purpose,
    State,
    VisitGoal,
)

_IDS = {"min_value": 1, "max_value": 2**62}


class GoalSerializer(ReadModelSerializer):
    """met: null until somebody says so."""

    class Meta:
        model = VisitGoal
        fields = ["id", "text", "link", "met", "why"]


class VisitSerializer(ReadModelSerializer):
    """outcome: what came of it, or why it was called off."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    visitor = PersonInCharge(read_only=True)
    planned_by = PersonInCharge(read_only=True, allow_null=True)
    goals = GoalSerializer(many=True, read_only=True)

    class Meta:
        model = PlannedVisit
        fields = [
            "id",
            "customer",
            "visitor",
            "day",
            "starts_at",
            "minutes",
            "purpose",
            "note",
            "is_agreed",
            "goals",
            "state",
            "ended_at",
            "outcome",
            "is_reported",
            "planned_by",
            "planned_at",
            "version",
        ]


class ChangeQuestion(WriteSerializer):
    visitor = PersonOpen(help_text=BY_ID)
    day = serializers.DateField()
    starts_at = serializers.TimeField(required=False, allow_null=True, default=None)
    minutes = serializers.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, default=USUAL_MINUTES)
    purpose = serializers.ChoiceField(choices=Purpose.choices, default=Purpose.ROUTINE)
    note = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    is_agreed = serializers.BooleanField(default=False, help_text="Agreed with the customer.")
    goals = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_GOAL), max_length=actions.MOST_GOALS, required=False
    )


THEY_ASKED = "The customer asked for the change: no agreed day was changed by us."


class MoveQuestion(ChangeQuestion):
    they_asked = serializers.BooleanField(default=False, help_text=THEY_ASKED)


class VisitQuestion(ChangeQuestion):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")


class GoalAnswer(WriteSerializer):
    id = serializers.IntegerField(**_IDS)
    met = serializers.BooleanField(allow_null=True)


class MadeQuestion(WriteSerializer):
    outcome = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    goals = GoalAnswer(many=True, required=False)


class CancelQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=LONGEST)
    they_asked = serializers.BooleanField(default=False, help_text=THEY_ASKED)


class VisitFilters(filters.FilterSet):
    day_from = filters.DateFilter(field_name="day", lookup_expr="gte")
    day_to = filters.DateFilter(field_name="day", lookup_expr="lte")
    visitor = NumberOfRow(field_name="visitor_id")
    customer = NumberOfRow(field_name="customer_id")
    state = filters.ChoiceFilter(choices=State.choices)


class Visits(ApiViewSet):
    """Visits to customers in reach, and one's own."""

    serializer_class = VisitSerializer
    filterset_class = VisitFilters
    orderings = {"day": "day", "id": "id"}
    default_ordering = "day"
    queryset = PlannedVisit.objects.none()

    def get_queryset(self):
        rows = PlannedVisit.objects.visible_to(self.request.user)
        return reading.with_goals(rows.select_related("visitor", "planned_by"))

    def _editable(self, pk) -> PlannedVisit:
        rows = PlannedVisit.objects.editable_by(self.request.user)
        return get_object_or_404(rows.select_related("customer", "visitor"), pk=pk)

    def _answer(self, visit: PlannedVisit, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=visit.pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=VisitQuestion, responses={201: VisitSerializer})
    def create(self, request):
        refuse_readers(request)
        made = actions.plan_visit(by=request.user, **self.given(VisitQuestion))
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=MoveQuestion(partial=True), responses=VisitSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """goals: all of them; those whose text stays keep whether they were met."""
        visit = self._editable(pk)
        version = version_wanted(request, visit)
        question = MoveQuestion(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        try:
            changed = actions.change_visit(visit=visit, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(changed)

    @extend_schema(request=MadeQuestion, responses=VisitSerializer)
    def done(self, request, pk):
        """It was made. goals: whether they were met, by their ids."""
        visit = self._editable(pk)
        given = self.given(MadeQuestion)
        met = {one["id"]: one["met"] for one in given.get("goals", [])}
        made = actions.mark_done(visit=visit, by=request.user, outcome=given["outcome"], met=met)
        return self._answer(made)

    @extend_schema(request=CancelQuestion, responses=VisitSerializer)
    def cancel(self, request, pk):
        """Call it off."""
        visit = self._editable(pk)
        return self._answer(actions.call_off(visit=visit, by=request.user, **self.given(CancelQuestion)))

    @extend_schema(request=None, responses=VisitSerializer)
    def reopen(self, request, pk):
        """Plan it again, for a day after it was said to be over."""
        return self._answer(actions.reopen_visit(visit=self._editable(pk), by=request.user))


class ManyQuestion(Selection):
    """When: `day`, or `first` to `last` with `most` visits a day of one person (neighbours share a day)."""

    visitor = PersonOpen(allow_null=True, help_text="null: whoever is in charge of each customer on the day.")
    day = serializers.DateField(required=False)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    most = serializers.IntegerField(min_value=1, max_value=MOST_A_DAY, required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, default=Purpose.ROUTINE)
    minutes = serializers.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, default=USUAL_MINUTES)
    goal = serializers.CharField(max_length=LONGEST_GOAL, required=False, allow_blank=True, default="")


class VisitsOfMany(Bulk):
    """Visits to many customers at once; `bulk/{id}/` says what became of it, `bulk/{id}/undo/` takes it back."""

    @extend_schema(request=ManyQuestion, responses={201: BulkSerializer, 202: BulkSerializer})
    def plan(self, request):
        """Plan a visit to each; who has one planned in that time already is left as it is."""
        return self.begun(plan_many(by=request.user, **self.given(ManyQuestion, request)))
