"""Drafts of plans over the API: ask for one, read it, decide on it; and where one visit fits best."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from crm.api.editing import as_changed
from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.care.api import BY_ID, PersonOpen
from customers.profile.api import PersonInCharge
from customers.profile.doors import number_of, refuse_readers
from customers.profile.models import Customer
from visits.plan.choosing import may_see_days
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES
from visits.plan.visiting import in_charge_on
from visits.planning import actions
from visits.planning.models import DraftVisit, PlanDraft
from visits.planning.offering import AHEAD, offered
from visits.planning.situation import place_of, time_of
from visits.planning.words import remark_text


class DraftVisitSerializer(ReadModelSerializer):
    """visit: the planned one it stands for, null: it is new. before: the day that one is on. begins: minutes from
    midnight.
    """

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    visit = serializers.IntegerField(source="visit_id", read_only=True, allow_null=True)

    class Meta:
        model = DraftVisit
        fields = [
            "customer",
            "visit",
            "change",
            "before",
            "day",
            "position",
            "arrives",
            "begins",
            "minutes",
            "leg_minutes",
            "leg_km",
            "is_agreed",
        ]


class PlanDraftSerializer(ReadModelSerializer):
    """result: empty until it is worked out; counts of visits, minutes and km of the plan and of what is planned now."""

    visitor = PersonInCharge(read_only=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = PlanDraft
        fields = ["id", "visitor", "first", "last", "state", "result", "created_at", "decided_at"]

    def get_result(self, draft) -> dict:
        names = ("same", "moved", "new", "dropped", "left", "days", "minutes", "km", "minutes_before", "km_before")
        return {name: draft.result[name] for name in (*names, "travel")} if draft.result else {}


class PlanDraftDetail(PlanDraftSerializer):
    visits = serializers.SerializerMethodField()
    unserved = serializers.SerializerMethodField()

    class Meta(PlanDraftSerializer.Meta):
        fields = [*PlanDraftSerializer.Meta.fields, "visits", "unserved"]

    @extend_schema(responses=DraftVisitSerializer(many=True))
    def get_visits(self, draft) -> list[dict]:
        user = self.context["request"].user
        rows = DraftVisit.objects.visible_to(user).filter(draft=draft).order_by("day", "position", "pk")
        found = DraftVisitSerializer(rows, many=True).data
        if draft.result and draft.result["home"] is None and place_of(user, draft.visitor) is None:
            for one in found:  # the way from home would tell where that is
                if one["position"] == 1:
                    one["leg_minutes"] = one["leg_km"] = None
        return found

    def get_unserved(self, draft) -> list[dict]:
        """Remarks on customers in reach: who gets no visit, and what else to know."""
        remarks = draft.result.get("remarks", [])
        ids = {one["customer_id"] for one in remarks}
        seen = set(
            Customer.objects.visible_to(self.context["request"].user).filter(pk__in=ids).values_list("pk", flat=True)
        )
        return [
            {"customer": one["customer_id"], "code": one["code"], "text": remark_text(one)}
            for one in remarks
            if one["customer_id"] in seen
        ]


class DraftWish(WriteSerializer):
    visitor = PersonOpen(help_text=BY_ID)
    first = serializers.DateField()
    last = serializers.DateField()
    seconds = serializers.IntegerField(
        min_value=actions.LEAST_SECONDS, max_value=actions.MOST_SECONDS, default=actions.USUAL_SECONDS
    )


class PlanDrafts(ApiViewSet):
    """Plans that are proposed for one person and some days; nothing is planned before one is accepted."""

    serializer_class = PlanDraftSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = PlanDraft.objects.none()

    def get_queryset(self):
        return PlanDraft.objects.visible_to(self.request.user).select_related("visitor")

    def _editable(self, pk) -> PlanDraft:
        return get_object_or_404(PlanDraft.objects.editable_by(self.request.user).select_related("visitor"), pk=pk)

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(PlanDraftDetail(found, context=self.get_serializer_context()).data, status=code)

    @extend_schema(responses=PlanDraftDetail)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=DraftWish, responses={202: PlanDraftDetail})
    def create(self, request):
        """Ask for one; a job works it out."""
        refuse_readers(request)
        return self._answer(actions.ask(by=request.user, **self.given(DraftWish)).pk, status.HTTP_202_ACCEPTED)

    def _decide(self, action, pk) -> Response:
        draft = self._editable(pk)
        try:
            action(draft=draft, by=self.request.user)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=None, responses=PlanDraftDetail)
    def accept(self, request, pk):
        """Plan what it proposes, all or nothing; 412 when something changed since it was worked out."""
        return self._decide(actions.accept, pk)

    @extend_schema(request=None, responses=PlanDraftDetail)
    def discard(self, request, pk):
        return self._decide(actions.discard, pk)

    @extend_schema(request=None, responses=PlanDraftDetail)
    def undo(self, request, pk):
        """For a day after it was accepted, everything as it was."""
        return self._decide(actions.undo, pk)

    @extend_schema(
        parameters=[OpenApiParameter("minutes", OpenApiTypes.INT)],
        responses=inline_serializer(
            "VisitPlaces",
            {
                "travel": serializers.CharField(),
                "places": inline_serializer(
                    "VisitPlace",
                    {
                        "day": serializers.DateField(),
                        "begins": serializers.TimeField(),
                        "minutes": serializers.IntegerField(help_text="So many more the day takes."),
                        "breaks": serializers.ListField(child=serializers.CharField()),
                    },
                    many=True,
                ),
            },
        ),
    )
    def places(self, request, pk):
        """Up to three days of the next two weeks on which a visit by whoever is in charge fits best."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        visitor = in_charge_on(customer, today()) or request.user
        if not may_see_days(request.user, visitor):
            raise PermissionDenied(_("Which days a colleague has room on is for them and their head to see."))
        asked = number_of(request.query_params.get("minutes", ""))
        minutes = asked if asked and LEAST_MINUTES <= asked <= MOST_MINUTES else None
        found = offered(customer=customer, visitor=visitor, first=today(), last=today() + AHEAD, minutes=minutes)
        places = [
            {
                "day": one.day,
                "begins": time_of(one.fit.begins),
                "minutes": round(one.fit.minutes),
                "breaks": [broken.code for broken in one.breaks],
            }
            for one in found.cheapest()
        ]
        return Response({"travel": found.source, "places": places})
