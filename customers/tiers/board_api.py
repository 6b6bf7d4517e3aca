"""The board of tiers over the API: how customers spread, who stands at the border, who moved."""

from __future__ import annotations

from decimal import ROUND_HALF_UP
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer
from crm.api.views import ApiViewSet
from customers.tiers import reading
from customers.tiers.models import TierRun, TierStanding

NEAREST, MOST_NEAREST = 6, 100
ROW = {"type": "integer", "minimum": 1, "maximum": 2**62}


class SumField(MoneyField):
    """An amount of many customers together, which may be larger than any one customer's."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 30, "max_value": None, "min_value": None, **kwargs})


class ShareField(serializers.DecimalField):
    """A fraction of a whole. Returns may make one negative, or another larger than the whole."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=40, decimal_places=6, rounding=ROUND_HALF_UP, **kwargs)


class ShareSerializer(ReadSerializer):
    tier = serializers.CharField()
    customers = serializers.IntegerField()
    sales = SumField(source="w0")
    share_of_customers = ShareField(source="of_customers")
    share_of_sales = ShareField(source="of_sales")


class DistributionSerializer(ReadSerializer):
    """Tiers A, B and C in your reach. sales: of the last 12 full months; shares: fractions of the three together."""

    as_of = serializers.DateField(allow_null=True, help_text="Null before anything was worked out.")
    policy = serializers.CharField(allow_null=True)
    policy_version = serializers.IntegerField(allow_null=True)
    tiers = ShareSerializer(many=True)


class BorderRowSerializer(ReadSerializer):
    """rank: in the whole brand. distance: sales less the cut-off, negative below."""

    customer = serializers.IntegerField(source="customer.pk")
    code = serializers.CharField(source="customer.code")
    name = serializers.CharField(source="customer.name")
    tier = serializers.CharField()
    sales = MoneyField(source="w0")
    rank = serializers.IntegerField()
    distance = MoneyField()


class BorderSerializer(ReadSerializer):
    """Franchisees in your reach nearest to the cut-off, the nearest first; none where not all have the same cut-off."""

    as_of = serializers.DateField(allow_null=True, help_text="Null before anything was worked out.")
    cutoff = MoneyField(allow_null=True)
    above = BorderRowSerializer(many=True, help_text="At the cut-off or above it.")
    below = BorderRowSerializer(many=True)


class ComparedRun(ReadModelSerializer):
    policy = serializers.CharField(source="policy.code")
    policy_version = serializers.IntegerField(source="policy.version")

    class Meta:
        model = TierRun
        fields = ["id", "as_of", "mode", "policy", "policy_version"]


class FlowSerializer(ReadSerializer):
    """A tier of null: not in that run's result. sales: what those customers sold in the last 12 full months."""

    from_tier = serializers.CharField(allow_null=True)
    to_tier = serializers.CharField(allow_null=True)
    customers = serializers.IntegerField(source="n")
    sales = SumField()


class MovementsSerializer(ReadSerializer):
    """Customers in your reach. Those who stayed are a flow too."""

    since = ComparedRun(allow_null=True)
    until = ComparedRun(allow_null=True)
    flows = FlowSerializer(many=True)
    earlier_runs = ComparedRun(many=True, help_text="What anybody may name as since or until, the latest first.")


class BorderQuestion(serializers.Serializer):
    n = serializers.IntegerField(min_value=1, max_value=MOST_NEAREST, default=NEAREST)


class MovementsQuestion(serializers.Serializer):
    since = serializers.IntegerField(min_value=1, max_value=2**62, required=False, default=None)
    until = serializers.IntegerField(min_value=1, max_value=2**62, required=False, default=None)


class Board(ApiViewSet):
    """Each within what the person sees; the cut-off and ranks are the brand's, as on the page."""

    queryset = TierStanding.objects.none()
    further_parameters = {"border": ("n",), "movements": ("since", "until")}

    @extend_schema(responses=DistributionSerializer)
    def distribution(self, request):
        """How many customers each tier has, and what they sold."""
        return self._told(DistributionSerializer, tiers=reading.distribution(request.user))

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "n", {"type": "integer", "minimum": 1, "maximum": MOST_NEAREST}, description="So many on either side."
            )
        ],
        responses=BorderSerializer,
    )
    def border(self, request):
        """Who is nearest to the cut-off of tier A."""
        asked = self._asked(BorderQuestion)
        now = reading.state()
        found = reading.border(request.user, asked["n"], now)
        return self._told(BorderSerializer, now, cutoff=found.cutoff, above=found.above, below=found.below)

    @extend_schema(
        parameters=[
            OpenApiParameter("since", ROW, description="A run's id; if none is given, the last of an earlier day."),
            OpenApiParameter("until", ROW, description="A run's id; the present, if none is given."),
        ],
        responses=MovementsSerializer,
    )
    def movements(self, request):
        """Who went from which tier to which between two runs."""
        asked = self._asked(MovementsQuestion)
        now = reading.state()
        choices = reading.earlier_runs(now)
        since = self._run("since", asked, now) or reading.usual_run(choices, now)
        until = self._run("until", asked, now) or (now.run if now else None)
        flows = reading.movements(since, until, request.user) if since and until else ()
        return self._told(MovementsSerializer, now, since=since, until=until, flows=flows, earlier_runs=choices)

    def _asked(self, question_class: type[serializers.Serializer]) -> dict:
        given = self.request.query_params
        question = question_class(data={name: given[name] for name in given})
        question.is_valid(raise_exception=True)
        return question.validated_data

    def _run(self, name: str, asked: dict, now) -> TierRun | None:
        """The run that a parameter names; hidden and missing ones are refused alike."""
        if asked[name] is None:
            return None
        found = reading.run_named(self.request.user, asked[name], now)
        if found is None:
            raise serializers.ValidationError({name: [_("There is no such row.")]})
        return found

    def _told(self, serializer_class: type[ReadSerializer], now=None, **values: Any) -> Response:
        """An answer that says for which day and policy it holds."""
        now = now or reading.state()
        about = {
            "as_of": now.figures_as_of if now else None,
            "policy": now.policy.code if now else None,
            "policy_version": now.policy.version if now else None,
        }
        return Response(serializer_class(about | values, context=self.get_serializer_context()).data)
