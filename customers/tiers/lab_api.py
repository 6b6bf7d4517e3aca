"""The laboratory over the API: try a draft, read what it would do, keep it, set a day for it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.permissions import AdminPermission
from crm.api.serializers import ExactField, MoneyField, ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.jobs.api import JobSerializer
from crm.listing.keyset import Order
from customers.tiers import adopting, labtold, trying
from customers.tiers.api import PolicySerializer
from customers.tiers.board_api import FlowSerializer, SumField
from customers.tiers.jobs import find_policy
from customers.tiers.labbing import VALUES, draft_of
from customers.tiers.models import Tier, TierPolicy
from customers.tiers.trials import TierTrial, TierTrialMove

POLICY = "`code` or `code:version`; the adopted one, if none is given."


class DraftQuestion(WriteSerializer):
    """What is left out is taken from `base`."""

    as_of = serializers.DateField(required=False, default=None, help_text="Today, if none is given.")
    base = serializers.CharField(max_length=60, required=False, help_text=POLICY)
    against = serializers.CharField(max_length=60, required=False, help_text=POLICY)
    top_share = serializers.DecimalField(6, 4, required=False, min_value=0, max_value=1)
    growth = serializers.DecimalField(6, 4, required=False, min_value=0)
    cooperation_high = serializers.IntegerField(required=False, min_value=0, max_value=100)
    loyalty_high = serializers.IntegerField(required=False, min_value=0, max_value=100)
    min_observations = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    options = serializers.DictField(
        required=False,
        help_text="As a policy keeps them, in place of those of `base`. `ranked_over`: `12_months`, `3_months`,"
        " `6_months`, `24_months` or `calendar_year`. `cooperation_weights`, `loyalty_weights`: whole numbers from 0 to"
        " 100 by kind of evidence; kinds left out keep the usual weight.",
    )


class HalfSerializer(ReadSerializer):
    """One of the two policies. Shares are fractions; next_*: of the sales of the 12 months after `as_of`, null until
    they are over. visits, visit_days: a month. support: money a year, null: not known. replaced_*: the part replaced
    in a month, null until it was measured."""

    counts = serializers.DictField(child=serializers.IntegerField())
    sales = serializers.DictField(child=SumField())
    covered_a = ExactField(allow_null=True)
    covered_ab = ExactField(allow_null=True)
    next_a = ExactField(allow_null=True)
    next_ab = ExactField(allow_null=True)
    visits = ExactField()
    visit_days = ExactField(source="days")
    support = SumField(source="cost", allow_null=True)
    cutoff = MoneyField(allow_null=True)
    ranked = serializers.IntegerField()
    k = serializers.IntegerField()
    replaced_a = ExactField(source="churn_a", allow_null=True)
    replaced_b = ExactField(source="churn_b", allow_null=True)


class RegionSerializer(ReadSerializer):
    """unlike_*: its share of A is further from that of all than two standard deviations."""

    region = serializers.CharField(source="region.code")
    customers = serializers.IntegerField(source="n")
    share_of_customers = ExactField(source="customers", allow_null=True)
    share_of_sales = ExactField(source="sales", allow_null=True)
    before = serializers.DictField(child=serializers.IntegerField())
    after = serializers.DictField(child=serializers.IntegerField())
    unlike_before = serializers.BooleanField(source="unfair_before")
    unlike_after = serializers.BooleanField(source="unfair_after")


class ResultSerializer(ReadSerializer):
    """Sums are the brand's, regions those in your reach. held: moves that an override keeps from happening."""

    moved = serializers.IntegerField()
    held = serializers.IntegerField()
    before = HalfSerializer()
    after = HalfSerializer()
    flows = FlowSerializer(many=True)
    regions = RegionSerializer(many=True)
    seconds = serializers.FloatField()


class TrialSerializer(ReadModelSerializer):
    """result: null while it is worked out; job: the job that does so, where there are many customers."""

    base = serializers.CharField(source="base.code")
    base_version = serializers.IntegerField(source="base.version")
    against = serializers.CharField(source="against.code")
    against_version = serializers.IntegerField(source="against.version")
    job = serializers.IntegerField(source="job_id", allow_null=True)
    result = serializers.SerializerMethodField()

    class Meta:
        model = TierTrial
        fields = [
            "id",
            "as_of",
            "base",
            "base_version",
            "against",
            "against_version",
            "draft",
            "job",
            "created_at",
            "result",
        ]

    @extend_schema(responses=ResultSerializer)
    def get_result(self, trial) -> dict | None:
        found = labtold.told(trial, self.context["request"].user)
        return None if found is None else ResultSerializer(found, context=self.context).data


class TrialRow(TrialSerializer):
    """Without its result."""

    result = None

    class Meta(TrialSerializer.Meta):
        fields = [name for name in TrialSerializer.Meta.fields if name != "result"]


class MoveSerializer(ReadModelSerializer):
    customer = serializers.IntegerField(source="customer_id")
    code = serializers.CharField(source="customer.code")
    name = serializers.CharField(source="customer.name")
    region = serializers.CharField(source="region.code")
    sales = MoneyField(source="w0")
    previous_sales = MoneyField(source="w1")

    class Meta:
        model = TierTrialMove
        fields = [
            "customer",
            "code",
            "name",
            "region",
            "before",
            "after",
            "reason_before",
            "reason",
            "sales",
            "previous_sales",
            "rank",
        ]


class MoveFilters(filters.FilterSet):
    before = filters.ChoiceFilter(choices=Tier.choices)
    after = filters.ChoiceFilter(choices=Tier.choices)


class TrialKeepQuestion(WriteSerializer):
    name = serializers.CharField(max_length=80, required=False, default="")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PlanQuestion(WriteSerializer):
    day = serializers.DateField(help_text="Today: at once. A later day: the night before it begins.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Trials(ApiViewSet):
    """Drafts of tier policies, tried on a day; nothing that is in force changes. One's own trials."""

    serializer_class = TrialSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = TierTrial.objects.none()

    def get_queryset(self):
        return TierTrial.objects.visible_to(self.request.user).select_related("base", "against")

    def get_serializer_class(self):
        return TrialRow if self.action == "list" else TrialSerializer

    def _refuse_strangers(self) -> None:
        if not trying.may_try(self.request.user):
            raise PermissionDenied(_("The laboratory is for heads, administrators and those who see the whole brand."))

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=DraftQuestion, responses={201: TrialSerializer, 202: TrialSerializer})
    def create(self, request):
        """Try a draft. 202: there are many customers, a job works it out; ask for the trial again."""
        self._refuse_strangers()
        question = DraftQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        given = dict(question.validated_data)
        base, against = (self._policy(given.get(name)) for name in ("base", "against"))
        draft = draft_of(base) | {name: str(given[name]) for name in VALUES if name in given}
        if "options" in given:
            draft["options"] = given["options"]
        trial = trying.ask(by=request.user, base=base, against=against, draft=draft, as_of=given["as_of"])
        code = status.HTTP_201_CREATED if trial.result else status.HTTP_202_ACCEPTED
        where = reverse("api:tier-trial", args=[trial.pk])
        return Response(self.get_serializer(trial).data, status=code, headers={"Location": where})

    def _policy(self, name: str | None) -> TierPolicy:
        found = find_policy(name) if name else TierPolicy.objects.visible_to(self.request.user).adopted()
        if found is None:
            raise serializers.ValidationError({"base": [_("No tier policy is adopted.")]})
        return found

    @extend_schema(request=None, responses={202: JobSerializer})
    def churn(self, request, pk):
        """Measure how many are replaced a month, by a replay of a year under both policies."""
        self._refuse_strangers()
        trial = get_object_or_404(self.get_queryset(), pk=pk)
        job = trying.ask_churn(trial=trial, by=request.user)
        response = Response(JobSerializer(job, context=self.get_serializer_context()).data, status=202)
        response["Location"] = reverse("api:job", args=[job.pk])
        return response


class TrialMoves(ApiViewSet):
    """Who would move, of the customers in your reach, the largest first."""

    serializer_class = MoveSerializer
    filterset_class = MoveFilters
    orderings = {"sales": Order("sales", "w0", key="customer_id", form="decimal")}
    default_ordering = "-sales"
    queryset = TierTrialMove.objects.none()

    def get_queryset(self):
        trial = get_object_or_404(TierTrial.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        rows = TierTrialMove.objects.visible_to(self.request.user).filter(trial=trial)
        return rows.select_related("customer", "region")

    def list(self, request, pk):
        return self.rows(self.get_queryset())


class TrialKeeping(ApiViewSet):
    """Administrators write a trial's draft as a version, and set the day from which a version decides."""

    serializer_class = PolicySerializer
    queryset = TierPolicy.objects.none()
    permission_classes = [AdminPermission]

    def get_serializer_context(self):
        adopted = TierPolicy.objects.visible_to(self.request.user).adopted() if self.request else None
        return {**super().get_serializer_context(), "adopted": adopted and adopted.pk}

    @extend_schema(request=TrialKeepQuestion, responses={201: PolicySerializer})
    def keep(self, request, pk):
        """A new version of the policy the draft began from."""
        trial = get_object_or_404(TierTrial.objects.visible_to(request.user).select_related("base"), pk=pk)
        question = TrialKeepQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        made = trying.keep(trial=trial, by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PlanQuestion, responses=PolicySerializer)
    def plan(self, request, pk):
        """Adopt it from a day on."""
        policy = get_object_or_404(TierPolicy.objects.editable_by(request.user), pk=pk)
        question = PlanQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        done = adopting.adopt_from(policy=policy, by=request.user, **question.validated_data)
        return Response(self.get_serializer(done).data)

    @extend_schema(request=None, responses=PolicySerializer)
    def call_off(self, request, pk):
        """It does not come into force on the day that was set."""
        policy = get_object_or_404(TierPolicy.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(adopting.call_off(policy=policy, by=request.user)).data)
