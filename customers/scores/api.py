"""Scores over the API: both as they hold on a day, what is behind them, and how they changed."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, ReadSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from crm.money import from_minor
from customers.profile.models import Customer
from customers.scores import reading, telling
from customers.scores.links import link_of
from customers.scores.models import Score
from customers.scores.terms import TRAITS


class PointsField(serializers.DecimalField):
    """Hundredths of a point as points."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=6, decimal_places=2, **kwargs)

    def to_representation(self, value):
        return super().to_representation(from_minor(value))


class ComponentSerializer(ReadSerializer):
    """kept: in words. points of `most` that it brings; rate: 0 to 1."""

    kind = serializers.CharField()
    weight = serializers.IntegerField()
    events = serializers.IntegerField(source="n")
    rate = serializers.SerializerMethodField()
    points = PointsField()
    most = PointsField()
    lost = PointsField()
    kept = serializers.SerializerMethodField()
    facts = serializers.DictField(child=serializers.IntegerField())

    def get_rate(self, one) -> str:
        return f"{one.rate / 10_000:.4f}"

    def get_kept(self, one) -> str:
        return telling.kept_of(one)


class LoyaltyStepSerializer(ReadSerializer):
    """So many more events of a kind, kept in full, would make it high."""

    kind = serializers.CharField()
    events = serializers.IntegerField(source="n")


class LostPointsSerializer(ReadSerializer):
    """What events that were not kept cost."""

    kind = serializers.CharField()
    events = serializers.IntegerField(source="n")
    points = PointsField(source="missed")


class CustomerScoreSerializer(ReadSerializer):
    """points: null without evidence. at_least: with 80 % certainty. Unknown (known is false) is not high."""

    trait = serializers.CharField()
    points = PointsField(source="row.value", allow_null=True, default=None)
    at_least = PointsField(source="row.lower", allow_null=True, default=None)
    events = serializers.IntegerField(source="row.events", default=0)
    known = serializers.BooleanField(source="row.enough", default=False)
    high = serializers.BooleanField(source="row.high", default=False)
    since = serializers.DateField(source="row.as_of", allow_null=True, default=None)
    rule_version = serializers.IntegerField(source="row.rule_version", allow_null=True, default=None)
    components = ComponentSerializer(many=True, source="parts")
    costs = LostPointsSerializer(many=True)
    steps = LoyaltyStepSerializer(many=True)


class EvidenceSerializer(ReadSerializer):
    """A row of evidence; all rows of a trait add up to its points. on is null for what is no event: the network's
    share, or what is measured by months."""

    trait = serializers.CharField()
    kind = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    kept = serializers.IntegerField(allow_null=True, help_text="0 (not kept) to 100 (kept in full).")
    source = serializers.CharField()
    ref = serializers.CharField()
    link = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    points = PointsField()
    lost = PointsField()


class ChangeSerializer(ReadModelSerializer):
    points = PointsField(source="value", allow_null=True)
    at_least = PointsField(source="lower", allow_null=True)
    because = serializers.SerializerMethodField()

    class Meta:
        model = Score
        fields = ["id", "trait", "as_of", "points", "at_least", "events", "high", "because", "created_at"]

    def get_because(self, one) -> list[str]:
        return telling.changes([one])[0].reasons


class BothSerializer(ReadSerializer):
    as_of = serializers.DateField()
    cooperation = CustomerScoreSerializer()
    loyalty = CustomerScoreSerializer()


class ScoreQuestion(serializers.Serializer):
    as_of = serializers.DateField(required=False, default=None)


_AS_OF = OpenApiParameter("as_of", {"type": "string", "format": "date"}, description="Today, if none is given.")


class Scores(ApiViewSet):
    """Cooperation and loyalty of a customer."""

    serializer_class = BothSerializer
    queryset = Customer.objects.none()
    further_parameters = {"retrieve": ("as_of",), "evidence": ("as_of",)}
    pagination_class = None

    def _asked(self, request, pk):
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        question = ScoreQuestion(data={name: request.query_params[name] for name in request.query_params})
        question.is_valid(raise_exception=True)
        return customer, question.validated_data["as_of"] or today()

    @extend_schema(parameters=[_AS_OF], responses=BothSerializer)
    def retrieve(self, request, pk):
        """With their components, what not kept events cost, and what would make cooperation high."""
        customer, as_of = self._asked(request, pk)
        told = reading.told(customer, as_of)
        return Response(BothSerializer({"as_of": as_of, **told}, context=self.get_serializer_context()).data)

    @extend_schema(parameters=[_AS_OF], responses=EvidenceSerializer(many=True))
    def evidence(self, request, pk):
        """Every row that the scores add up from, the newest first by component."""
        customer, as_of = self._asked(request, pk)
        told = reading.told(customer, as_of)
        rows = [_told(customer, trait, row) for trait in TRAITS for row in told[trait].rows]
        return Response(EvidenceSerializer(rows, many=True).data)


def _told(customer: Customer, trait: str, row: reading.Row) -> dict:
    event = row.event
    return {
        "trait": trait,
        "kind": row.component.kind,
        "on": None if event is None else event.on,
        "kept": None if event is None else event.kept,
        "source": "" if event is None else event.source,
        "ref": "" if event is None else event.ref,
        "link": None if event is None else link_of(customer.pk, event.source, event.ref),
        "note": row.note,
        "points": row.points,
        "lost": row.lost,
    }


class ScoreChanges(ApiViewSet):
    """How a customer's scores changed: a row for each change, with why."""

    serializer_class = ChangeSerializer
    orderings = {"as_of": "as_of", "id": "id"}
    default_ordering = "-id"
    queryset = Score.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return Score.objects.visible_to(user).chain().filter(customer=customer)

    def list(self, request, pk):
        """The latest first; days looked at later are left out."""
        return self.rows(self.get_queryset())
