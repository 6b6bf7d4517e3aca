"""Promotion plans over the API: reckon, write, change, keep a version, show it, sign it for us, drop it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
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
from crm.clock import today
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from promotions.budgets.api import BudgetApprovalSerializer, BudgetAsk, asked
from promotions.calculator import actions, budget_views, reading
from promotions.calculator.estimate_api import PlanEstimateSerializer, told
from promotions.calculator.estimating import author_of, estimate
from promotions.calculator.models import (
    PlanSignature,
    PlanVersion,
    PromotionKind,
    PromotionPlan,
    SignatureSide,
    State,
)
from promotions.calculator.reckoning_api import PlanReckonedSerializer, reckoned
from promotions.calculator.terms_api import TermsField

_NUMBER = {"min_value": 0, "max_value": 32767}


# --- answers ------------------------------------------------------------------------------------------------------


class PromotionPlanSerializer(ReadModelSerializer):
    """shown: the number of the version that the customer sees. agreed_variant: place (from 0) of the variant that both
    have signed. shows_brand: the customer sees our side, too.
    """

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    shown = serializers.IntegerField(source="shown.number", read_only=True, allow_null=True, default=None)
    made_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = PromotionPlan
        fields = [
            "id",
            "customer",
            "title",
            "kind",
            "starts_on",
            "shows_brand",
            "state",
            "shown",
            "agreed_variant",
            "agreed_at",
            "dropped_why",
            "made_by",
            "made_at",
            "version",
        ]


class PlanSignatureSerializer(ReadModelSerializer):
    """variant: its place, from 0. by: who of us; told_by: who of the customer's."""

    by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = PlanSignature
        fields = ["side", "variant", "told_by", "by", "at"]


class PlanVersionSerializer(ReadModelSerializer):
    """Kept as it was, never changed. told_by: the dealer who put in their own costs."""

    terms = TermsField(read_only=True)
    by = PersonInCharge(read_only=True, allow_null=True)
    signatures = PlanSignatureSerializer(many=True, read_only=True)

    class Meta:
        model = PlanVersion
        fields = ["number", "terms", "note", "told_by", "by", "at", "signatures"]


class OnePromotionPlanSerializer(PromotionPlanSerializer):
    """terms: as they stand now; the customer sees those of the version shown. versions: the latest first."""

    terms = TermsField(read_only=True)
    versions = PlanVersionSerializer(many=True, read_only=True)

    class Meta(PromotionPlanSerializer.Meta):
        fields = [*PromotionPlanSerializer.Meta.fields, "terms", "versions"]


# --- questions ----------------------------------------------------------------------------------------------------


class PromotionPlanChange(WriteSerializer):
    """The customer sees none of it before it is shown. terms are sent whole."""

    title = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=PromotionKind.choices)
    starts_on = serializers.DateField(help_text="From today on, within a year.")
    shows_brand = serializers.BooleanField()
    terms = TermsField()


class PromotionPlanQuestion(PromotionPlanChange):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    shows_brand = serializers.BooleanField(default=False, help_text="The customer sees our side, too.")


class PlanReckonQuestion(WriteSerializer):
    """With a customer, what past promotions make likely is told as well."""

    terms = TermsField()
    customer = VisibleField(Customer, "id", required=False, help_text="A customer's id.")
    kind = serializers.ChoiceField(choices=PromotionKind.choices, default=PromotionKind.MIXED)
    starts_on = serializers.DateField(required=False, help_text="Left out: today.")


class PlanReckonAnswer(PlanReckonedSerializer):
    """estimate: null where no customer was named."""

    estimate = PlanEstimateSerializer(allow_null=True)


class PlanNote(WriteSerializer):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PlanSign(WriteSerializer):
    seen = serializers.IntegerField(**_NUMBER, help_text="The number of the version you saw.")
    variant = serializers.IntegerField(**_NUMBER, help_text="Its place, from 0.")


class PlanBudgetAsk(BudgetAsk):
    variant = serializers.IntegerField(**_NUMBER, help_text="Its place, from 0, in the version shown.")


class PlanDrop(WriteSerializer):
    why = serializers.CharField(max_length=300)


class PromotionPlanFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    state = filters.ChoiceFilter(choices=State.choices)
    kind = filters.ChoiceFilter(choices=PromotionKind.choices)


# --- views --------------------------------------------------------------------------------------------------------


class PromotionPlans(ApiViewSet):
    """What is reckoned, shown and agreed with customers in reach."""

    serializer_class = PromotionPlanSerializer
    filterset_class = PromotionPlanFilters
    orderings = {"starts_on": "starts_on", "id": "id"}
    default_ordering = "-id"
    queryset = PromotionPlan.objects.none()

    def get_queryset(self):
        return reading.plans(self.request.user)

    def _held(self, pk) -> PromotionPlan:
        """For whoever may write."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(self.request)
        return held

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        user = self.request.user
        signed = Prefetch("signatures", PlanSignature.objects.visible_to(user).select_related("by"))
        versions = PlanVersion.objects.visible_to(user).select_related("by").prefetch_related(signed)
        found = get_object_or_404(self.get_queryset().prefetch_related(Prefetch("versions", versions)), pk=pk)
        data = OnePromotionPlanSerializer(found, context=self.get_serializer_context()).data
        return Response(data, status=code, headers={"ETag": etag(found)})

    @extend_schema(responses=OnePromotionPlanSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=PromotionPlanQuestion, responses={201: OnePromotionPlanSerializer})
    def create(self, request):
        """Nobody but us sees it until it is shown."""
        refuse_readers(request)
        made = actions.write_plan(by=request.user, **self.given(PromotionPlanQuestion))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(
        request=PromotionPlanChange(partial=True), responses=OnePromotionPlanSerializer, parameters=[IF_MATCH]
    )
    def partial_update(self, request, pk):
        """What the customer sees changes when it is shown."""
        held = self._held(pk)
        version = version_wanted(request, held)
        given = self.given(PromotionPlanChange, partial=True)
        try:
            actions.change_plan(plan=held, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=PlanReckonQuestion, responses=PlanReckonAnswer)
    def reckon(self, request):
        """Both sides' sheets of terms, each variant at its guess; nothing is written."""
        given = self.given(PlanReckonQuestion)
        terms, found = actions.checked(given["terms"]), None
        if "customer" in given:
            start = given.get("starts_on") or today()
            head = {"kind": given["kind"], "starts_on": start, "terms": terms, "author": request.user}
            found = told(estimate(request.user, given["customer"], **head), request.user)
        answer = reckoned(terms) | {"estimate": found}
        return Response(PlanReckonAnswer(answer, context=self.get_serializer_context()).data)

    @extend_schema(responses=PlanEstimateSerializer)
    def estimate(self, request, pk):
        """What past promotions, and the record of whoever planned it, make likely of the terms as they stand."""
        held = get_object_or_404(self.get_queryset(), pk=pk)
        head = {"kind": held.kind, "starts_on": held.starts_on, "terms": held.terms}
        found = estimate(request.user, held.customer, author=author_of(request.user, held), **head)
        return Response(PlanEstimateSerializer(told(found, request.user), context=self.get_serializer_context()).data)

    @extend_schema(request=PlanNote, responses=OnePromotionPlanSerializer)
    def keep(self, request, pk):
        """As it stands now becomes a version to come back to; the customer does not see it."""
        actions.keep_version(plan=self._held(pk), by=request.user, **self.given(PlanNote))
        return self._answer(pk)

    @extend_schema(request=PlanNote, responses=OnePromotionPlanSerializer)
    def show(self, request, pk):
        """As it stands now becomes the version that the customer sees; earlier signatures no longer count."""
        actions.show_plan(plan=self._held(pk), by=request.user, **self.given(PlanNote))
        return self._answer(pk)

    @extend_schema(request=PlanSign, responses=OnePromotionPlanSerializer)
    def sign(self, request, pk):
        """For us; customers sign in the portal. When both have signed the same variant, it is agreed."""
        held = self._held(pk)
        actions.sign(plan=held, side=SignatureSide.BRAND, by=request.user, **self.given(PlanSign))
        return self._answer(pk)

    @extend_schema(request=PlanBudgetAsk, responses={201: BudgetApprovalSerializer(many=True)})
    def ask_over_budget(self, request, pk):
        """Heads are asked to let us sign a variant that costs us more than the budgets hold."""
        held, given = self._held(pk), self.given(PlanBudgetAsk)
        return asked(self, budget_views.asking_of(held, given["variant"]), given["why"])

    @extend_schema(request=PlanDrop, responses=OnePromotionPlanSerializer)
    def drop(self, request, pk):
        """Nothing of it is lost."""
        actions.drop_plan(plan=self._held(pk), by=request.user, **self.given(PlanDrop))
        return self._answer(pk)
