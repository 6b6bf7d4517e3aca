"""Promotions over the API: prepare, change, ask, send materials, many at once, remind, close; and the calendar."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.schema import IF_MATCH
from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from crm.refusing import refusal_of
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from promotions.budgets.api import BudgetApprovalSerializer, BudgetAsk, asked
from promotions.calculator.models import PromotionKind, PromotionPlan
from promotions.policies.api import CHANGED, NoticeAudience, audience_said
from promotions.rollout import actions, budget_views, bulk, letters, reading
from promotions.rollout.models import LONGEST, Compliance, Promotion, State
from promotions.rollout.views import may_change, refuse_others

_IDS = {"min_value": 1, "max_value": 2**62}
SPAN = datetime.timedelta(days=91)
"""Of a calendar, unless said."""
WIDEST = datetime.timedelta(days=366)


# --- answers ------------------------------------------------------------------------------------------------------


class RolloutMaterial(WriteSerializer):
    name = serializers.CharField(max_length=80)
    quantity = serializers.IntegerField(min_value=1, max_value=100_000)


class PromotionStandingSerializer(ReadSerializer):
    """How many of the customers in the caller's reach stand where; all: how many were asked."""

    all = serializers.IntegerField()
    invited = serializers.IntegerField()
    countered = serializers.IntegerField()
    accepted = serializers.IntegerField(help_text="Materials are to be sent.")
    sent = serializers.IntegerField(help_text="Materials are under way.")
    ready = serializers.IntegerField(help_text="Ready or running.")
    judged = serializers.IntegerField(help_text="To be settled.")
    settled = serializers.IntegerField()
    declined = serializers.IntegerField()


class PromotionSerializer(ReadModelSerializer):
    """audience: null for who may not change the promotion, since it may name customers beyond their reach."""

    materials = RolloutMaterial(many=True, read_only=True)
    checklist = serializers.ListField(child=serializers.CharField(), read_only=True)
    cost_each = MoneyField(read_only=True)
    audience = serializers.SerializerMethodField()
    made_by = PersonInCharge(read_only=True, allow_null=True)
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Promotion
        fields = [
            *("id", "code", "title", "kind", "goods", "mechanics", "starts_on", "ends_on", "answer_by", "materials"),
            *(
                "checklist",
                "cost_each",
                "audience",
                "state",
                "made_by",
                "made_at",
                "opened_at",
                "measured_at",
                "standing",
                "version",
            ),
        ]

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_audience(self, promotion):
        return promotion.audience if may_change(self.context["request"].user, promotion) else None

    @extend_schema_field(PromotionStandingSerializer)
    def get_standing(self, promotion):
        found = self.context["standings"].get(promotion.pk, {})
        return {name: found.get(name, 0) for name in ("all", *reading.STAGES)}


class CalendarEntrySerializer(ReadModelSerializer):
    """clashes: how many of its customers in the caller's reach run another promotion at the same time."""

    clashes = serializers.SerializerMethodField()

    class Meta:
        model = Promotion
        fields = ["id", "code", "title", "kind", "state", "starts_on", "ends_on", "clashes"]

    def get_clashes(self, promotion) -> int:
        return self.context["clashes"][promotion.pk]


class NotDoneSerializer(ReadSerializer):
    participation = serializers.IntegerField(source="participation.pk")
    customer = serializers.IntegerField(source="participation.customer_id")
    code = serializers.CharField(source="why", help_text="For programs.")
    reason = serializers.CharField(source="words", help_text="For people.")


class ManyDoneSerializer(ReadSerializer):
    """done: ids of those changed. refused: those left as they were; what is beyond reach is in neither."""

    done = serializers.SerializerMethodField()
    refused = NotDoneSerializer(many=True)

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_done(self, found):
        return [one.pk for one in found.done]


# --- questions ----------------------------------------------------------------------------------------------------


class PromotionChange(WriteSerializer):
    """Anything while it is prepared; once customers were asked, only ends_on."""

    title = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=PromotionKind.choices)
    goods = serializers.CharField(max_length=80, required=False, allow_blank=True)
    mechanics = serializers.CharField(max_length=LONGEST, help_text="What customers are to do, in words.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    answer_by = serializers.DateField()
    cost_each = MoneyField(
        min_value=0, required=False, help_text="What one customer may cost us: reserved in the budgets when asked."
    )
    materials = RolloutMaterial(many=True, required=False, help_text="What each customer gets.")
    checklist = serializers.ListField(
        child=serializers.CharField(max_length=120),
        required=False,
        max_length=actions.MOST_ITEMS,
        help_text="What is looked at in the shop.",
    )
    audience = NoticeAudience(required=False)


class PromotionQuestion(PromotionChange):
    code = serializers.SlugField(max_length=30, help_text="For files, reports and the command line; it stays.")


class PromotionOpen(WriteSerializer):
    version = serializers.IntegerField(
        **_IDS, required=False, allow_null=True, default=None, help_text="Of the promotion as you saw it."
    )


class PlanCarryOut(WriteSerializer):
    code = serializers.SlugField(max_length=30)
    mechanics = serializers.CharField(max_length=LONGEST)


class ManyQuestion(WriteSerializer):
    participations = serializers.ListField(
        child=serializers.IntegerField(**_IDS), min_length=1, max_length=bulk.MOST, help_text="Ids, of this promotion."
    )


class ManyOnQuestion(ManyQuestion):
    on = serializers.DateField(required=False, help_text="Left out: today.")


class ManyAnswerQuestion(ManyQuestion):
    answer = serializers.ChoiceField(choices=bulk.SAID)
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ManyJudgeQuestion(ManyQuestion):
    compliance = serializers.ChoiceField(choices=Compliance.choices)
    credit = serializers.IntegerField(
        min_value=1, max_value=99, required=False, allow_null=True, default=None, help_text="Percent, of what changed."
    )
    how = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PromotionFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=State.choices)
    kind = filters.ChoiceFilter(choices=PromotionKind.choices)
    code = filters.CharFilter(field_name="code", lookup_expr="iexact")


def _worded(given: dict) -> dict:
    found = dict(given)
    if "materials" in found:
        found["materials"] = [dict(one) for one in found["materials"]]
    if found.get("audience") is not None:
        found["audience"] = audience_said(found["audience"])
    return found


# --- views --------------------------------------------------------------------------------------------------------


class Promotions(ApiViewSet):
    """One's own promotions, and those in which somebody in reach was asked to take part."""

    serializer_class = PromotionSerializer
    filterset_class = PromotionFilters
    orderings = {"starts_on": "starts_on", "ends_on": "ends_on", "id": "id"}
    default_ordering = "-id"
    queryset = Promotion.objects.none()
    further_parameters = {"calendar": ("since", "until")}

    def get_queryset(self):
        return reading.promotions(self.request.user)

    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(PromotionSerializer(page, many=True, context=self._context(page)).data)

    def _context(self, promotions) -> dict:
        """With how they stand; one statement."""
        found = reading.counts(self.request.user, [one.pk for one in promotions])
        return {**self.get_serializer_context(), "standings": found}

    def _seen(self, pk) -> Promotion:
        """For whoever may write about customers of it that are in their reach."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(self.request)
        return held

    def _held(self, pk) -> Promotion:
        """For whoever may change it."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_others(self.request, held)
        return held

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        data = PromotionSerializer(found, context=self._context([found])).data
        return Response(data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=PromotionQuestion, responses={201: PromotionSerializer})
    def create(self, request):
        """Being prepared: nobody is asked yet."""
        refuse_readers(request)
        made = actions.write_promotion(by=request.user, **_worded(self.given(PromotionQuestion)))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=PromotionChange(partial=True), responses=PromotionSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        held = self._held(pk)
        version = version_wanted(request, held)
        given = _worded(self.given(PromotionChange, partial=True))
        try:
            actions.change_promotion(promotion=held, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=PromotionOpen, responses={200: PromotionSerializer, 412: CHANGED})
    def open(self, request, pk):
        """Everybody of the audience is asked to take part; of many the rest by a job."""
        held = self._held(pk)
        try:
            actions.open_promotion(promotion=held, by=request.user, **self.given(PromotionOpen))
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=BudgetAsk, responses={201: BudgetApprovalSerializer(many=True)})
    def ask_over_budget(self, request, pk):
        """Heads are asked to let everybody of the audience be asked, though it is more than the budgets hold."""
        held = self._held(pk)
        return asked(self, budget_views.asking_of(held, request.user), self.given(BudgetAsk)["why"])

    @extend_schema(request=None, responses=PromotionSerializer)
    def close(self, request, pk):
        """It is over: nothing more is done about it."""
        actions.close_promotion(promotion=self._held(pk), by=request.user)
        return self._answer(pk)

    @extend_schema(request=None, responses=PromotionSerializer)
    def call_off(self, request, pk):
        """It does not take place."""
        actions.close_promotion(promotion=self._held(pk), by=request.user, called_off=True)
        return self._answer(pk)

    @extend_schema(request=PlanCarryOut, responses={201: PromotionSerializer})
    def carry_out(self, request, pk):
        """An agreed plan becomes a promotion of its customer, who takes part already."""
        plan = get_object_or_404(PromotionPlan.objects.visible_to(request.user), pk=pk)
        refuse_readers(request)
        made = actions.carry_out(plan=plan, by=request.user, **self.given(PlanCarryOut))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        responses=CalendarEntrySerializer(many=True),
        parameters=[
            OpenApiParameter("since", datetime.date, description="The first day; today, unless said."),
            OpenApiParameter("until", datetime.date, description="The last day; 91 days on, unless said."),
        ],
    )
    def calendar(self, request):
        """What runs in a span of at most a year, by its first day: 200 promotions at most."""
        asked = request.query_params
        since = _day(asked, "since", today())
        until = _day(asked, "until", since + SPAN)
        if not since <= until <= since + WIDEST:
            raise refusal_of("until", _("From the first day on, within a year."), "span")
        found = reading.calendar(request.user, since, until)
        context = {**self.get_serializer_context(), "clashes": {one.pk: n for one, n in found}}
        return Response(CalendarEntrySerializer([one for one, _n in found], many=True, context=context).data)

    @extend_schema(request=None, responses={202: PromotionSerializer})
    def remind(self, request, pk):
        """Letters to those in the caller's reach without an answer; also by who did not plan the promotion."""
        letters.ask_to_remind(self._seen(pk), request.user)
        return self._answer(pk, status.HTTP_202_ACCEPTED)

    # --- many at once -------------------------------------------------------------------------------------------------

    def _many(self, found: bulk.Done) -> Response:
        return Response(ManyDoneSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=ManyOnQuestion, responses=ManyDoneSerializer)
    def send(self, request, pk):
        """Materials went out to them."""
        held = self._seen(pk)
        return self._many(bulk.send_many(promotion=held, by=request.user, **_on(self.given(ManyOnQuestion))))

    @extend_schema(request=ManyOnQuestion, responses=ManyDoneSerializer)
    def receive(self, request, pk):
        """Materials are there."""
        held = self._seen(pk)
        return self._many(bulk.receive_many(promotion=held, by=request.user, **_on(self.given(ManyOnQuestion))))

    @extend_schema(request=ManyAnswerQuestion, responses=ManyDoneSerializer)
    def answers(self, request, pk):
        """What they said on the phone; what somebody wants otherwise is said one by one."""
        held = self._seen(pk)
        return self._many(bulk.answer_many(promotion=held, by=request.user, **_ids(self.given(ManyAnswerQuestion))))

    @extend_schema(request=ManyJudgeQuestion, responses=ManyDoneSerializer)
    def judge(self, request, pk):
        """The same of all of them; each is evidence of how the customer cooperates, and is said once."""
        held = self._seen(pk)
        return self._many(bulk.judge_many(promotion=held, by=request.user, **_ids(self.given(ManyJudgeQuestion))))


def _ids(given: dict) -> dict:
    return {"ids": given.pop("participations"), **given}


def _on(given: dict) -> dict:
    return {"on": today(), **_ids(given)}


def _day(asked, name: str, usual: datetime.date) -> datetime.date:
    if name not in asked:
        return usual
    try:
        return serializers.DateField().run_validation(asked[name])
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({name: error.detail}) from error
