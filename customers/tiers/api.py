"""Tiers over the API: who stands where and why, runs, policies."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.access import reach_of
from crm.api.filters import BooleanFilter
from crm.api.permissions import AdminPermission, RolePermission
from crm.api.serializers import ExactField, MoneyField, ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.audit.actions import record
from crm.jobs.actions import enqueue
from crm.jobs.api import JobSerializer
from customers.profile.actions import regions_open_to
from customers.profile.models import Customer, Kind
from customers.tiers import actions
from customers.tiers.explaining import explain
from customers.tiers.jobs import find_policy
from customers.tiers.models import Tier, TierDecision, TierPolicy, TierRun, TierStanding


def _fraction(basis_points: int | None) -> str | None:
    return None if basis_points is None else f"{basis_points / 10000:.4f}"


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else f"{hundredths / 100:.2f}"


class StandingRow(ReadModelSerializer):
    """Figures as of the last refresh; growth as a fraction, scores 0 to 100 (null: not enough evidence)."""

    customer = serializers.IntegerField(source="customer_id")
    code = serializers.CharField(source="customer.code")
    name = serializers.CharField(source="customer.name")
    region = serializers.CharField(source="region.code")
    sales = MoneyField(source="w0")
    previous_sales = MoneyField(source="w1")
    earlier_sales = MoneyField(source="w2")
    growth = serializers.SerializerMethodField()
    cooperation = serializers.SerializerMethodField()
    loyalty = serializers.SerializerMethodField()
    computed_tier = serializers.CharField(allow_blank=True)
    computed_reason = serializers.CharField(allow_blank=True)

    class Meta:
        model = TierStanding
        fields = [
            "customer",
            "code",
            "name",
            "kind",
            "region",
            "tier",
            "reason",
            "override_tier",
            "computed_tier",
            "computed_reason",
            "open_now",
            "sales",
            "previous_sales",
            "earlier_sales",
            "growth",
            "last_sold_on",
            "cooperation",
            "loyalty",
        ]

    def get_growth(self, row) -> str | None:
        return _fraction(row.growth)

    def get_cooperation(self, row) -> str | None:
        return _points(row.cooperation)

    def get_loyalty(self, row) -> str | None:
        return _points(row.loyalty)


class StandingFilters(filters.FilterSet):
    tier = filters.ChoiceFilter(choices=Tier.choices)
    kind = filters.ChoiceFilter(choices=Kind.choices)
    open_now = BooleanFilter()
    region = filters.CharFilter(method="in_branch", label="A region's code: it and all below it.")

    def in_branch(self, queryset, name, code):
        region = regions_open_to(self.request.user).filter(code=code).first()
        return queryset.filter(region__path__startswith=region.path) if region else queryset.none()


class Standings(ApiViewSet):
    """Where every customer in reach stands now."""

    serializer_class = StandingRow
    filterset_class = StandingFilters
    orderings = {"sales": "w0", "customer": "customer_id"}
    default_ordering = "-sales"
    queryset = TierStanding.objects.none()

    def get_queryset(self):
        return TierStanding.objects.visible_to(self.request.user).select_related("customer", "region")


class DecisionSerializer(ReadModelSerializer):
    """Written when the tier or its reason changed; an empty tier: the customer left the result."""

    run = serializers.IntegerField(source="run_id")
    policy = serializers.CharField(source="policy.code")
    policy_version = serializers.IntegerField(source="policy.version")
    sales = MoneyField(source="w0")
    previous_sales = MoneyField(source="w1")
    earlier_sales = MoneyField(source="w2")
    cutoff = MoneyField(allow_null=True)
    cooperation = serializers.SerializerMethodField()
    loyalty = serializers.SerializerMethodField()

    class Meta:
        model = TierDecision
        fields = [
            "id",
            "run",
            "policy",
            "policy_version",
            "as_of",
            "tier",
            "previous_tier",
            "reason",
            "rule_tier",
            "rule_reason",
            "sales",
            "previous_sales",
            "earlier_sales",
            "rank",
            "ranked",
            "cutoff",
            "cooperation",
            "loyalty",
            "decided_at",
        ]

    def get_cooperation(self, row) -> str | None:
        return _points(row.cooperation)

    def get_loyalty(self, row) -> str | None:
        return _points(row.loyalty)


class Decisions(ApiViewSet):
    """A customer's decisions, newest first."""

    serializer_class = DecisionSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = TierDecision.objects.none()

    def get_queryset(self):
        customer = get_object_or_404(Customer.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return TierDecision.objects.visible_to(self.request.user).filter(customer=customer).select_related("policy")

    def list(self, request, pk):
        return self.rows(self.get_queryset())


class ConditionSerializer(ReadSerializer):
    """One thing the rule asks. value and needed: money for sales, fractions for growth, points for scores."""

    code = serializers.CharField()
    tier = serializers.CharField()
    met = serializers.BooleanField(allow_null=True)
    value = ExactField(allow_null=True)
    needed = ExactField(allow_null=True)


class ScoreSerializer(ReadSerializer):
    points = ExactField(allow_null=True)
    observations = serializers.IntegerField()
    needed = serializers.IntegerField()
    high = ExactField()
    known = serializers.BooleanField()
    since = serializers.DateField()


class PaceSerializer(ReadSerializer):
    until = serializers.DateField()
    days_left = serializers.IntegerField()
    months_left = serializers.IntegerField()
    per_day = MoneyField()
    per_month = MoneyField()


class ToASerializer(ReadSerializer):
    """amount: the smallest further sales that make the customer A, all others standing still."""

    code = serializers.CharField()
    amount = MoneyField(allow_null=True)
    target = MoneyField(allow_null=True)
    ranked = serializers.IntegerField(allow_null=True)
    k = serializers.IntegerField(allow_null=True)
    cutoff = MoneyField(allow_null=True)
    months_missing = serializers.IntegerField(allow_null=True)
    pace = PaceSerializer(allow_null=True)


class ScoreStepSerializer(ReadSerializer):
    code = serializers.CharField()
    high = ExactField()
    points = ExactField(allow_null=True)
    observations = serializers.IntegerField()


class ToBSerializer(ReadSerializer):
    """All of it is needed: amount, cooperation and loyalty."""

    code = serializers.CharField()
    g1 = ExactField(allow_null=True)
    g1_met = serializers.BooleanField()
    amount = MoneyField(allow_null=True)
    target = MoneyField(allow_null=True)
    judged_on = serializers.DateField(allow_null=True)
    pace = PaceSerializer(allow_null=True)
    cooperation = ScoreStepSerializer()
    loyalty = ScoreStepSerializer()


class WayUpSerializer(ReadSerializer):
    to_a = ToASerializer(allow_null=True)
    to_b = ToBSerializer(allow_null=True)


class ExplanationSerializer(ReadSerializer):
    """Why the customer is where it is, and the way up; an empty tier: not in the result. decision: the row in force."""

    as_of = serializers.DateField()
    policy = serializers.CharField(source="policy.code")
    policy_version = serializers.IntegerField(source="policy.version")
    tier = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    sales = MoneyField(source="facts.w0", allow_null=True)
    previous_sales = MoneyField(source="facts.w1", allow_null=True)
    earlier_sales = MoneyField(source="facts.w2", allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    ranked = serializers.IntegerField()
    k = serializers.IntegerField()
    cutoff = MoneyField(allow_null=True)
    conditions = ConditionSerializer(many=True)
    cooperation = ScoreSerializer(allow_null=True)
    loyalty = ScoreSerializer(allow_null=True)
    way_up = WayUpSerializer(allow_null=True)
    decision = DecisionSerializer(allow_null=True)


class ExplanationQuestion(serializers.Serializer):
    as_of = serializers.DateField(required=False, default=None)


class Explanations(ApiViewSet):
    """Why a customer is in its tier."""

    serializer_class = ExplanationSerializer
    queryset = Customer.objects.none()
    further_parameters = {"retrieve": ("as_of",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("as_of", {"type": "string", "format": "date"}, description="Now, if none is given.")
        ]
    )
    def retrieve(self, request, pk):
        """As the customer's page tells it. 404 also when nothing is known of that day."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        question = ExplanationQuestion(data={name: request.query_params[name] for name in request.query_params})
        question.is_valid(raise_exception=True)
        found = explain(customer, question.validated_data["as_of"])
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)


class RunSerializer(ReadModelSerializer):
    policy = serializers.CharField(source="policy.code")
    policy_version = serializers.IntegerField(source="policy.version")
    cutoff = MoneyField(allow_null=True)

    class Meta:
        model = TierRun
        fields = [
            "id",
            "policy",
            "policy_version",
            "as_of",
            "mode",
            "a",
            "b",
            "c",
            "ranked",
            "k",
            "cutoff",
            "examined",
            "changed",
            "seconds",
            "created_at",
        ]


class RunQuestion(WriteSerializer):
    as_of = serializers.DateField(required=False, help_text="Today, if none is given.")
    policy = serializers.CharField(
        max_length=60, required=False, help_text="`code` or `code:version`; the adopted one, if none is given."
    )


class RunFilters(filters.FilterSet):
    mode = filters.ChoiceFilter(choices=TierRun.Mode.choices)
    policy = filters.CharFilter(field_name="policy__code")
    as_of = filters.DateFilter()


class Runs(ApiViewSet):
    """Runs hold sums over the whole brand: only those who have it in reach see and ask for them."""

    serializer_class = RunSerializer
    filterset_class = RunFilters
    orderings = {"id": "id", "as_of": "as_of"}
    default_ordering = "-id"
    queryset = TierRun.objects.none()

    def get_queryset(self):
        return TierRun.objects.visible_to(self.request.user).select_related("policy")

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=RunQuestion, responses={202: JobSerializer})
    @transaction.atomic
    def create(self, request):
        """Ask for a run as a job; its result names the run."""
        if not reach_of(request.user).everywhere:
            raise PermissionDenied(_("Only those who see the whole brand may run tiers."))
        question = RunQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        wanted = {name: str(value) for name, value in question.validated_data.items()}
        if "policy" in wanted:
            find_policy(wanted["policy"])
        job = enqueue(kind="tiers.run", input=wanted, asked_by=request.user)
        record(action="tier_run.ask", target=job, actor=request.user, changes=wanted)
        response = Response(
            JobSerializer(job, context=self.get_serializer_context()).data, status=status.HTTP_202_ACCEPTED
        )
        response["Location"] = reverse("api:job", args=[job.pk])
        return response


class PolicySerializer(ReadModelSerializer):
    """Shares and growth are fractions (0.2000 = 20 %), scores 0 to 100."""

    adopted = serializers.SerializerMethodField()

    class Meta:
        model = TierPolicy
        fields = [
            "id",
            "code",
            "version",
            "name",
            "top_share",
            "growth",
            "cooperation_high",
            "loyalty_high",
            "min_observations",
            "options",
            "note",
            "adopted",
            "adopted_at",
            "created_at",
        ]

    def get_adopted(self, policy) -> bool:
        return self.context["adopted"] == policy.pk


class PolicyQuestion(WriteSerializer):
    """What is left out is taken from the version before, else from the article."""

    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=80, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    top_share = serializers.DecimalField(6, 4, required=False, min_value=0, max_value=1)
    growth = serializers.DecimalField(6, 4, required=False, min_value=0)
    cooperation_high = serializers.IntegerField(required=False, min_value=0, max_value=100)
    loyalty_high = serializers.IntegerField(required=False, min_value=0, max_value=100)
    min_observations = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    options = serializers.DictField(required=False)


class PolicyFilters(filters.FilterSet):
    code = filters.CharFilter()


class Policies(ApiViewSet):
    """Everyone reads the brand's rules; administrators write and adopt them."""

    serializer_class = PolicySerializer
    filterset_class = PolicyFilters
    orderings = {"id": "id", "code": "code"}
    default_ordering = "-id"
    queryset = TierPolicy.objects.none()

    def get_permissions(self):
        return [RolePermission() if self.request.method in ("GET", "HEAD") else AdminPermission()]

    def get_queryset(self):
        return TierPolicy.objects.visible_to(self.request.user)

    def get_serializer_context(self):
        adopted = self.get_queryset().adopted() if self.request else None
        return {**super().get_serializer_context(), "adopted": adopted and adopted.pk}

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=PolicyQuestion, responses={201: PolicySerializer})
    def create(self, request):
        """A new policy, or a new version of the one with this code."""
        question = PolicyQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        policy = actions.create_policy(by=request.user, **question.validated_data)
        return Response(self.get_serializer(policy).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=PolicySerializer)
    def adopt(self, request, pk):
        """Put it in force; a refresh is asked for at once."""
        policy = get_object_or_404(TierPolicy.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(actions.adopt(policy=policy, by=request.user)).data)
