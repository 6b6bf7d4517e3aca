"""Support over the API: requests with what becomes of them, entitlements, and budgets."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import Region
from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import BooleanFilter, NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from crm.listing.keyset import Order
from customers.people.models import Person
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from customers.support import actions, booking, budgeting
from customers.support.entitlements import entitlement_of
from customers.support.models import (
    LONGEST,
    SHORT,
    Entitlement,
    Kind,
    State,
    SupportBudget,
    SupportCategory,
    SupportCost,
    SupportRequest,
    Through,
)
from customers.tiers.models import Tier

OVER = "Why all the same, where it goes over the entitlement or a budget; for who answers for the region."


class SupportCostSerializer(ReadModelSerializer):
    """corrects: the cost that this row takes back."""

    amount = MoneyField(read_only=True)
    booked_by = PersonInCharge(read_only=True, allow_null=True)
    corrects = serializers.IntegerField(source="corrects_id", read_only=True, allow_null=True)

    class Meta:
        model = SupportCost
        fields = ["id", "amount", "booked_on", "note", "corrects", "booked_by", "booked_at"]


class RequestSerializer(ReadModelSerializer):
    """tier, region: of the day of the decision. used: what it takes of the budget. live: false once corrected."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True)
    kind = serializers.ChoiceField(source="category.kind", choices=Kind.choices, read_only=True)
    region = serializers.CharField(source="region.code", read_only=True, allow_null=True)
    asker = serializers.IntegerField(source="asker_id", read_only=True, allow_null=True)
    corrects = serializers.IntegerField(source="corrects_id", read_only=True, allow_null=True)
    written_by = PersonInCharge(read_only=True, allow_null=True)
    decided_by = PersonInCharge(read_only=True, allow_null=True)
    asked_amount = MoneyField(read_only=True, allow_null=True)
    granted_amount = MoneyField(read_only=True)
    booked = MoneyField(read_only=True)
    used = MoneyField(read_only=True)
    costs = SupportCostSerializer(many=True, read_only=True)

    class Meta:
        model = SupportRequest
        fields = [
            "id",
            "customer",
            "category",
            "kind",
            "what",
            "asked_amount",
            "asked_on",
            "through",
            "asker",
            "expected",
            "written_by",
            "written_at",
            "state",
            "decided_on",
            "decided_by",
            "granted_amount",
            "answer",
            "tier",
            "region",
            "over_budget",
            "over_entitlement",
            "over_reason",
            "delivered_on",
            "booked",
            "used",
            "costs",
            "live",
            "corrects",
            "version",
        ]


class AskQuestion(WriteSerializer):
    category = VisibleField(SupportCategory, "code", help_text="The code of a kind of support.")
    what = serializers.CharField(max_length=LONGEST)
    asked_amount = MoneyField(required=False, allow_null=True, min_value=0)
    asked_on = serializers.DateField(required=False)
    through = serializers.ChoiceField(choices=Through.choices, default=Through.MANAGER)
    asker = VisibleField(Person, "id", required=False, allow_null=True, help_text="A person's id.")
    expected = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="")


class RequestQuestion(AskQuestion):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")


class GrantQuestion(WriteSerializer):
    """granted_amount: left out, all that was asked for."""

    granted_amount = MoneyField(required=False, min_value=0)
    answer = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    expected = serializers.CharField(max_length=SHORT, required=False, allow_blank=True)
    over_reason = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="", help_text=OVER)


class SupportReasonQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=LONGEST)


class DeliverQuestion(WriteSerializer):
    on = serializers.DateField(required=False)


class CostQuestion(WriteSerializer):
    amount = MoneyField(min_value=0)
    booked_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="")
    over_reason = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="", help_text=OVER)


class CorrectQuestion(AskQuestion):
    reason = serializers.CharField(max_length=SHORT)
    granted_amount = MoneyField(required=False, min_value=0)
    over_reason = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="", help_text=OVER)


class RequestFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    state = filters.ChoiceFilter(choices=State.choices)
    kind = filters.ChoiceFilter(field_name="category__kind", choices=Kind.choices)
    asked_from = filters.DateFilter(field_name="asked_on", lookup_expr="gte")
    asked_to = filters.DateFilter(field_name="asked_on", lookup_expr="lte")
    over_budget = BooleanFilter(field_name="over_budget")
    live = BooleanFilter(field_name="live")


class Requests(ApiViewSet):
    """The support ledger of customers in reach; rows that were corrected are in it, `live` false."""

    serializer_class = RequestSerializer
    filterset_class = RequestFilters
    orderings = {"asked_on": Order("asked_on", "asked_on", form="date"), "id": "id"}
    default_ordering = "-asked_on"
    queryset = SupportRequest.objects.none()

    def get_queryset(self):
        rows = SupportRequest.objects.visible_to(self.request.user)
        rows = rows.select_related("category", "region", "written_by", "decided_by")
        return rows.prefetch_related("costs__booked_by")

    def _editable(self, pk) -> SupportRequest:
        return get_object_or_404(SupportRequest.objects.editable_by(self.request.user), pk=pk)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk).pk)

    @extend_schema(request=RequestQuestion, responses={201: RequestSerializer})
    def create(self, request):
        refuse_readers(request)
        made = actions.ask(by=request.user, **self.given(RequestQuestion))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=GrantQuestion, responses=RequestSerializer)
    def grant(self, request, pk):
        """In whole or in part; 400 under `granted_amount` where entitlement or a budget do not allow it."""
        row = self._editable(pk)
        return self._answer(actions.grant(request=row, by=request.user, **self.given(GrantQuestion)).pk)

    @extend_schema(request=SupportReasonQuestion, responses=RequestSerializer)
    def refuse(self, request, pk):
        row = self._editable(pk)
        return self._answer(actions.refuse(request=row, by=request.user, **self.given(SupportReasonQuestion)).pk)

    @extend_schema(request=SupportReasonQuestion, responses=RequestSerializer)
    def withdraw(self, request, pk):
        row = self._editable(pk)
        return self._answer(actions.withdraw(request=row, by=request.user, **self.given(SupportReasonQuestion)).pk)

    @extend_schema(request=DeliverQuestion, responses=RequestSerializer)
    def deliver(self, request, pk):
        row = self._editable(pk)
        return self._answer(actions.deliver(request=row, by=request.user, **self.given(DeliverQuestion)).pk)

    @extend_schema(request=CostQuestion, responses=RequestSerializer)
    def book(self, request, pk):
        """Book a cost."""
        row = self._editable(pk)
        booking.book_cost(request=row, by=request.user, **self.given(CostQuestion))
        return self._answer(row.pk)

    @extend_schema(request=CorrectQuestion(partial=True), responses={201: RequestSerializer}, parameters=[IF_MATCH])
    def correct(self, request, pk):
        """A new row with what is given takes this one's place."""
        row = self._editable(pk)
        version = version_wanted(request, row)
        given = {n: v for n, v in self.given(CorrectQuestion, partial=True).items() if n in request.data}
        reason = given.pop("reason", "")
        try:
            made = actions.correct(request=row, by=request.user, version=version, reason=reason, **given)
        except actions.ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(made.pk, status.HTTP_201_CREATED)


class EntitlementSerializer(ReadModelSerializer):
    """amount: money, percent, days or a number, by `gives`; 0 ends it. kind: '' for all customers."""

    policy = serializers.CharField(source="policy.code", read_only=True)
    amount = MoneyField(read_only=True)

    class Meta:
        model = Entitlement
        fields = ["id", "policy", "tier", "kind", "gives", "amount", "period", "since", "note", "made_at"]


class EntitlementFilters(filters.FilterSet):
    tier = filters.ChoiceFilter(choices=Tier.choices)


class Entitlements(ApiViewSet):
    """What tiers are given, with what was before and what comes."""

    serializer_class = EntitlementSerializer
    filterset_class = EntitlementFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = Entitlement.objects.none()

    def get_queryset(self):
        return Entitlement.objects.visible_to(self.request.user).select_related("policy")


class GivenSerializer(ReadSerializer):
    """amount: in the period; whole: of a customer open all through it; start, end: the period; until: of exceptions."""

    gives = serializers.CharField()
    unit = serializers.CharField()
    amount = MoneyField()
    whole = MoneyField()
    period = serializers.CharField()
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    used = MoneyField()
    left = MoneyField()


class CardSerializer(ReadSerializer):
    on = serializers.DateField()
    tier = serializers.CharField()
    lines = GivenSerializer(many=True)


class CustomerEntitlement(ApiViewSet):
    serializer_class = CardSerializer
    queryset = SupportRequest.objects.none()

    def retrieve(self, request, pk):
        """What a customer is entitled to today, and what is left of it."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        card = entitlement_of(customer, today())
        found = {"on": card.on, "tier": card.tier, "lines": list(card.lines.values())}
        return Response(self.get_serializer(found).data)


class BudgetSerializer(ReadModelSerializer):
    """quarter: its first day."""

    region = serializers.CharField(source="region.code", read_only=True)
    amount = MoneyField(read_only=True)

    class Meta:
        model = SupportBudget
        fields = ["id", "region", "quarter", "amount", "note", "version"]


class BudgetQuestion(WriteSerializer):
    region = VisibleField(Region, "code", help_text="A region's code.")
    quarter = serializers.DateField(help_text="Its first day.")
    amount = MoneyField(min_value=0)
    note = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="")


class BudgetFilters(filters.FilterSet):
    quarter = filters.DateFilter(field_name="quarter")


class Budgets(ApiViewSet):
    """What regions in reach may give in a quarter."""

    serializer_class = BudgetSerializer
    filterset_class = BudgetFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = SupportBudget.objects.none()

    def get_queryset(self):
        return SupportBudget.objects.visible_to(self.request.user).select_related("region")

    @extend_schema(request=BudgetQuestion, responses=BudgetSerializer)
    def create(self, request):
        """Set the budget of a region for a quarter, or change it."""
        refuse_readers(request)
        question = BudgetQuestion(data=request.data, context={"request": request})
        question.is_valid(raise_exception=True)
        made = budgeting.set_budget(by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, headers={"ETag": etag(made)})
