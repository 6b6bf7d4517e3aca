"""Promotion budgets over the API: how they stand, setting them, asking to go over them and deciding who may."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import Region
from crm.api.editing import etag
from crm.api.serializers import MoneyField, ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.tiers.models import Tier
from promotions.budgets import approving, reading, setting
from promotions.budgets.asking import Asking, ask_for
from promotions.budgets.models import SHORT, ApprovalState, Basis, BudgetApproval, PromotionBudget


class PromotionBudgetSerializer(ReadModelSerializer):
    """quarter: its first day. tier: empty for all customers. amount: what it comes to now; rate: percent of net sales,
    where it goes by them. left: below 0 where more is promised than there is.
    """

    region = serializers.CharField(source="region.code", read_only=True)
    amount = MoneyField(source="stand.pot.amount", read_only=True)
    sales = MoneyField(source="stand.sales", read_only=True, allow_null=True)
    reserved = MoneyField(source="stand.balance.reserved", read_only=True)
    committed = MoneyField(source="stand.balance.committed", read_only=True)
    spent = MoneyField(source="stand.balance.spent", read_only=True)
    left = MoneyField(source="stand.balance.left", read_only=True)

    class Meta:
        model = PromotionBudget
        fields = [
            *("id", "region", "tier", "quarter", "basis", "rate", "amount", "sales"),
            *("reserved", "committed", "spent", "left", "note", "version"),
        ]


class PromotionBudgetQuestion(WriteSerializer):
    region = VisibleField(Region, "code", help_text="A region's code.")
    quarter = serializers.DateField(help_text="Its first day.")
    tier = serializers.ChoiceField(Tier.choices, required=False, allow_blank=True, default="")
    basis = serializers.ChoiceField(Basis.choices, required=False, default=Basis.FIXED)
    amount = MoneyField(min_value=0, required=False, allow_null=True, default=None)
    rate = serializers.DecimalField(max_digits=5, decimal_places=2, required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="")


class PromotionBudgetFilters(filters.FilterSet):
    quarter = filters.DateFilter(field_name="quarter")
    tier = filters.CharFilter(field_name="tier")
    region = filters.CharFilter(field_name="region__code")


class PromotionBudgets(ApiViewSet):
    """What promotions may cost in regions in reach, and what is promised of it."""

    serializer_class = PromotionBudgetSerializer
    filterset_class = PromotionBudgetFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = PromotionBudget.objects.none()

    def get_queryset(self):
        return PromotionBudget.objects.visible_to(self.request.user).select_related("region")

    def paginate_queryset(self, queryset):
        return _standing(super().paginate_queryset(queryset))

    def retrieve(self, request, pk):
        held = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(self.get_serializer(_standing([held])[0]).data, headers={"ETag": etag(held)})

    @extend_schema(request=PromotionBudgetQuestion, responses=PromotionBudgetSerializer)
    def create(self, request):
        """Set the budget of a region, or of a tier in it, for a quarter; or change it."""
        refuse_readers(request)
        question = PromotionBudgetQuestion(data=request.data, context={"request": request})
        question.is_valid(raise_exception=True)
        made = setting.set_budget(by=request.user, **question.validated_data)
        return Response(self.get_serializer(_standing([made])[0]).data, headers={"ETag": etag(made)})


def _standing(budgets: list[PromotionBudget]) -> list[PromotionBudget]:
    """Each with how it stands, as `stand`."""
    for one, stand in zip(budgets, reading.stands(budgets), strict=True):
        one.stand = stand
    return budgets


class BudgetApprovalSerializer(ReadModelSerializer):
    """needed: what it draws on the budget in all. over: beyond what was left when it was asked."""

    budget = serializers.IntegerField(source="budget_id", read_only=True)
    needed = MoneyField(read_only=True)
    over = MoneyField(read_only=True)
    asked_by = PersonInCharge(read_only=True)
    decided_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = BudgetApproval
        fields = [
            *("id", "budget", "source", "ref", "title", "needed", "over", "why", "asked_by", "asked_at"),
            *("state", "answer", "decided_by", "decided_at"),
        ]


class BudgetDecision(WriteSerializer):
    agrees = serializers.BooleanField()
    answer = serializers.CharField(max_length=SHORT, required=False, allow_blank=True, default="")


class BudgetAsk(WriteSerializer):
    """To go over the budgets. why: for the head who decides."""

    why = serializers.CharField(max_length=SHORT)


class BudgetApprovalFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ApprovalState.choices)
    budget = filters.NumberFilter(field_name="budget_id")


class BudgetApprovals(ApiViewSet):
    """Questions about going over a budget: one's own, and those of regions in reach."""

    serializer_class = BudgetApprovalSerializer
    filterset_class = BudgetApprovalFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = BudgetApproval.objects.none()

    def get_queryset(self):
        return reading.approvals(self.request.user)

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=BudgetDecision, responses=BudgetApprovalSerializer)
    def decide(self, request, pk):
        """Agree or refuse, as the region's head or an administrator."""
        refuse_readers(request)
        held = get_object_or_404(self.get_queryset(), pk=pk)
        question = BudgetDecision(data=request.data, context={"request": request})
        question.is_valid(raise_exception=True)
        made = approving.decide(approval=held, by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data)


def asked(view: ApiViewSet, asking: Asking, why: str) -> Response:
    """The questions that wait now, one for each budget that it does not fit into. 400 where it fits."""
    made = ask_for(asking, by=view.request.user, why=why)
    found = reading.approvals(view.request.user).filter(pk__in=[one.pk for one in made]).order_by("pk")
    data = BudgetApprovalSerializer(found, many=True, context=view.get_serializer_context()).data
    return Response(data, status=status.HTTP_201_CREATED)
