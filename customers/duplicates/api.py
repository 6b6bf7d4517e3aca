"""Likely duplicates and merges over the API."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.duplicates import actions, telling, words
from customers.duplicates.models import DuplicatePair, Merge
from customers.profile.api import PersonInCharge, UpstreamSerializer
from customers.profile.models import Customer


class DuplicateReason(ReadSerializer):
    code = serializers.CharField()
    value = serializers.CharField()
    text = serializers.CharField()


class DuplicateSerializer(ReadModelSerializer):
    """Two customers that may be one. score: 0 to 100."""

    first = UpstreamSerializer(read_only=True)
    second = UpstreamSerializer(read_only=True)
    reasons = serializers.SerializerMethodField()
    decided_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = DuplicatePair
        fields = ["id", "first", "second", "score", "reasons", "state", "note", "decided_by", "decided_at", "found_at"]

    def get_reasons(self, pair) -> list[dict[str, str]]:
        return [{"code": code, "value": value, "text": words.reason(code, value)} for code, value in pair.reasons]


class DismissQuestion(WriteSerializer):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DuplicateFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DuplicatePair.State.choices)


class Duplicates(ApiViewSet):
    """Pairs of which both sides are in reach, found by the nightly scan."""

    serializer_class = DuplicateSerializer
    filterset_class = DuplicateFilters
    orderings = {"score": "score", "id": "id"}
    default_ordering = "-score"
    queryset = DuplicatePair.objects.none()

    def get_queryset(self):
        return DuplicatePair.objects.visible_to(self.request.user).select_related("first", "second", "decided_by")

    def list(self, request):
        """The likeliest first."""
        return self.rows(self.get_queryset())

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=DismissQuestion, responses=DuplicateSerializer)
    def dismiss(self, request, pk):
        """They are two: not proposed again unless something new speaks for it."""
        pair = get_object_or_404(DuplicatePair.objects.editable_by(request.user), pk=pk)
        question = DismissQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        actions.dismiss(pairs=[pair], by=request.user, **question.validated_data)
        return self.retrieve(request, pk)


class MergeSerializer(ReadModelSerializer):
    """loser_*: what the customer that went was called. moved: rows by table. taken: fields whose value it gave."""

    survivor = UpstreamSerializer(read_only=True)
    done_by = PersonInCharge(read_only=True, allow_null=True)
    undone_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Merge
        fields = [
            "id",
            "survivor",
            "loser_id",
            "loser_code",
            "loser_name",
            "state",
            "take",
            "moved",
            "reason",
            "done_by",
            "created_at",
            "undone_by",
            "undone_at",
        ]


class RowChanged(ReadSerializer):
    table = serializers.CharField()
    row = serializers.CharField()
    what = serializers.CharField()


class MergeDetailSerializer(MergeSerializer):
    """in_the_way: rows changed since, for which the merge cannot be undone."""

    in_the_way = serializers.SerializerMethodField()

    class Meta(MergeSerializer.Meta):
        fields = [*MergeSerializer.Meta.fields, "in_the_way"]

    def get_in_the_way(self, merge) -> list[dict[str, str]]:
        return RowChanged(telling.ways(actions.what_stands_in_the_way(merge)), many=True).data


class MergeQuestion(WriteSerializer):
    survivor = VisibleField(Customer, "id", help_text="The customer that stays.")
    loser = VisibleField(Customer, "id", help_text="The customer that goes; everything of it is given to the other.")
    take = serializers.ListField(
        child=serializers.ChoiceField(choices=actions.TAKEABLE),
        required=False,
        default=list,
        help_text="Fields in which the survivor gets the other's value.",
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class MergeFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Merge.State.choices)


class Merges(ApiViewSet):
    """Customers made one. A large merge is `waiting` until its job has run."""

    serializer_class = MergeSerializer
    filterset_class = MergeFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Merge.objects.none()

    def get_queryset(self):
        return Merge.objects.visible_to(self.request.user).select_related("survivor", "done_by", "undone_by")

    def list(self, request):
        """The latest first."""
        return self.rows(self.get_queryset())

    @extend_schema(responses=MergeDetailSerializer)
    def retrieve(self, request, pk):
        found = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(MergeDetailSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=MergeQuestion, responses={201: MergeSerializer})
    def create(self, request):
        """Merge two customers, both of which the caller may change."""
        question = MergeQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        made = actions.merge(by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=MergeSerializer)
    def undo(self, request, pk):
        """Give each of the two what was theirs. Refused where a row has changed since: `in_the_way` names them."""
        merge = get_object_or_404(Merge.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(actions.undo(merge=merge, by=request.user)).data)
