"""One customer in one promotion over the API: their answer, materials, what is seen, how it was run, the money."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from crm.api.editing import as_changed
from crm.api.filters import NumberOfRow
from crm.api.parsers import SafeJSONParser
from crm.api.serializers import MoneyField, ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from promotions.budgets.api import BudgetApprovalSerializer, BudgetAsk, asked
from promotions.policies.api import CHANGED
from promotions.rollout import actions, budget_views, reading
from promotions.rollout.models import LONGEST, Answer, Compliance, Execution, Participation

STAGES = [(key, name) for key, (name, _condition) in reading.STAGES.items()]
TAKEN = [(one.value, one.label) for one in Answer if one != Answer.INVITED]
_VERSION = {"min_value": 1, "max_value": 2**31 - 1, "required": False, "allow_null": True, "default": None}


# --- answers ------------------------------------------------------------------------------------------------------


class ParticipationSerializer(ReadModelSerializer):
    """stage: where it stands on the board. counter: what they want otherwise; agreed: what of that we agreed to.
    credit: percent of what was agreed that was done. how: what was changed, or why it was not run. reminded_at: of the
    last letter about an answer.
    """

    promotion = serializers.IntegerField(source="promotion_id", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    plan = serializers.IntegerField(source="plan_id", read_only=True, allow_null=True)
    stage = serializers.ChoiceField(choices=STAGES, read_only=True)
    claim = MoneyField(read_only=True, allow_null=True)
    settled = MoneyField(read_only=True, allow_null=True)
    own_costs = MoneyField(read_only=True)
    judged_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Participation
        fields = [
            *("id", "promotion", "customer", "plan", "stage", "answer", "counter", "agreed", "answered_at", "told_by"),
            *("sent_on", "received_on", "compliance", "credit", "how", "judged_by", "judged_at"),
            *("claim", "claim_text", "settled", "own_costs", "settled_on", "reminders", "reminded_at", "version"),
        ]


class ExecutionSerializer(ReadModelSerializer):
    """done: places in the promotion's checklist, from 0. photo: id of a file of the customer. by: who of us saw it,
    told_by: who of them showed it.
    """

    done = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    price = MoneyField(read_only=True, allow_null=True)
    photo = serializers.IntegerField(source="photo_id", read_only=True, allow_null=True)
    by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Execution
        fields = ["id", "seen_on", "done", "price", "note", "photo", "told_by", "by", "at"]


class OneParticipationSerializer(ParticipationSerializer):
    """With what was seen in the shop, the latest first."""

    executions = serializers.SerializerMethodField()

    class Meta(ParticipationSerializer.Meta):
        fields = [*ParticipationSerializer.Meta.fields, "executions"]

    @extend_schema_field(ExecutionSerializer(many=True))
    def get_executions(self, part):
        return ExecutionSerializer(reading.executions_of(part), many=True, context=self.context).data


# --- questions ----------------------------------------------------------------------------------------------------


class ParticipationAnswer(WriteSerializer):
    answer = serializers.ChoiceField(choices=TAKEN)
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, default="", help_text="What they want otherwise, or why."
    )
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ParticipationOn(WriteSerializer):
    on = serializers.DateField(required=False, help_text="Left out: today.")


class ParticipationReceived(ParticipationOn):
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ParticipationShow(WriteSerializer):
    seen_on = serializers.DateField(required=False, help_text="Left out: today.")
    done = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=actions.MOST_ITEMS - 1),
        required=False,
        default=list,
        max_length=actions.MOST_ITEMS,
        help_text="Places in the promotion's checklist, from 0.",
    )
    price = MoneyField(required=False, allow_null=True, default=None, help_text="In the shop.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ParticipationShowPhoto(ParticipationShow):
    photo = serializers.FileField(
        required=False, allow_empty_file=True, help_text="Kept with the files of the customer: judged by content."
    )


class ParticipationJudge(WriteSerializer):
    compliance = serializers.ChoiceField(choices=Compliance.choices)
    credit = serializers.IntegerField(
        min_value=1, max_value=99, required=False, allow_null=True, default=None, help_text="Percent, of what changed."
    )
    how = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="What was changed, or why not."
    )
    version = serializers.IntegerField(**_VERSION, help_text="Of the participation as you saw it.")


class ParticipationClaim(WriteSerializer):
    amount = MoneyField()
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ParticipationSettle(ParticipationOn):
    """400 where more is settled than was promised and it goes over a budget."""

    amount = MoneyField()
    own_costs = MoneyField(min_value=0, required=False, help_text="What it cost us beside: materials, people.")


class ParticipationBudgetAsk(BudgetAsk):
    total = MoneyField(min_value=Decimal("0.01"), help_text="What this customer is to cost us in all.")


class ParticipationFilters(filters.FilterSet):
    promotion = NumberOfRow(field_name="promotion_id")
    customer = NumberOfRow(field_name="customer_id")
    stage = filters.ChoiceFilter(choices=STAGES, method="at_stage")
    answer = filters.ChoiceFilter(choices=Answer.choices)
    compliance = filters.ChoiceFilter(choices=Compliance.choices)

    def at_stage(self, rows, _name, value):
        return rows.filter(reading.STAGES[value][1])


# --- views --------------------------------------------------------------------------------------------------------


class Participations(ApiViewSet):
    """Who in reach was asked to take part in what, and how it went."""

    serializer_class = ParticipationSerializer
    filterset_class = ParticipationFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Participation.objects.none()

    def get_queryset(self):
        return reading.one(self.request.user)

    def _held(self, pk) -> Participation:
        """For whoever may write."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(self.request)
        return held

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(OneParticipationSerializer(found, context=self.get_serializer_context()).data, status=code)

    @extend_schema(responses=OneParticipationSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=ParticipationAnswer, responses=OneParticipationSerializer)
    def answer(self, request, pk):
        """What they told one of us; it holds instead of what they had answered before."""
        actions.answer(participation=self._held(pk), by=request.user, **self.given(ParticipationAnswer))
        return self._answer(pk)

    @extend_schema(request=None, responses=OneParticipationSerializer)
    def take_counter(self, request, pk):
        """What they want otherwise is agreed: they take part that way."""
        actions.take_counter(participation=self._held(pk), by=request.user)
        return self._answer(pk)

    @extend_schema(request=ParticipationReceived, responses=OneParticipationSerializer)
    def receive(self, request, pk):
        """Materials are there."""
        held = self._held(pk)
        given = {"on": today(), **self.given(ParticipationReceived)}
        actions.receive_materials(participation=held, by=request.user, **given)
        return self._answer(pk)

    @extend_schema(request=ParticipationJudge, responses={200: OneParticipationSerializer, 412: CHANGED})
    def judge(self, request, pk):
        """Once; it is evidence of how they cooperate."""
        held = self._held(pk)
        try:
            actions.judge(participation=held, by=request.user, **self.given(ParticipationJudge))
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=ParticipationClaim, responses=OneParticipationSerializer)
    def claim(self, request, pk):
        """What they ask for; again until it is settled."""
        actions.claim(participation=self._held(pk), by=request.user, **self.given(ParticipationClaim))
        return self._answer(pk)

    @extend_schema(request=ParticipationBudgetAsk, responses={201: BudgetApprovalSerializer(many=True)})
    def ask_over_budget(self, request, pk):
        """Heads are asked to let more be spent on this customer than the budgets hold."""
        held, given = self._held(pk), self.given(ParticipationBudgetAsk)
        return asked(self, budget_views.settling_of(held, given["total"]), given["why"])

    @extend_schema(request=ParticipationSettle, responses=OneParticipationSerializer)
    def settle(self, request, pk):
        """What they get, once it was judged; nothing is an amount, too."""
        held = self._held(pk)
        given = {"on": today(), **self.given(ParticipationSettle)}
        actions.settle(participation=held, by=request.user, **given)
        return self._answer(pk)


class Evidence(Participations):
    """What is seen in the shop: as JSON, or with a photo as a form."""

    filterset_class = None

    def get_parsers(self):
        return [SafeJSONParser(), MultiPartParser()]

    @extend_schema(
        request={"application/json": ParticipationShow, "multipart/form-data": ParticipationShowPhoto},
        responses={201: OneParticipationSerializer},
    )
    def show(self, request, pk):
        """A photo that may not be kept is refused with the reason under `file`; then nothing is written."""
        held = self._held(pk)
        given = {"seen_on": today(), **self.given(ParticipationShowPhoto)}
        photo = given.pop("photo", None)
        name = (photo.name or "") if photo else ""
        actions.show_execution(participation=held, photo=photo, photo_name=name, by=request.user, **given)
        return self._answer(pk, status.HTTP_201_CREATED)
