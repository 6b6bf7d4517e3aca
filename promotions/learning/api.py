"""The quarter's actions, the learning library and lessons over the API."""

from __future__ import annotations

import datetime

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from crm.api.filters import NumberOfRow
from crm.api.serializers import ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import FIRST_YEAR, LAST_YEAR, today
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.support.entitling import quarter_of
from promotions.calculator.models import PromotionKind
from promotions.calculator.reckoning_api import FenField
from promotions.learning import library as learned
from promotions.learning.actions import write_lesson
from promotions.learning.models import LONGEST, PromotionLesson
from promotions.learning.quarter import Acted, picture
from promotions.learning.words import BASES, MEASURES, SIDES
from promotions.rollout.models import Promotion

INFLUENCES = [(name, name) for name in MEASURES]
PROFITS = [(name, name) for name in SIDES]
BASIS = [(name, name) for name in BASES]
STANDS = [(name, name) for name in ("front", "outdone", "unplaced")]
BYS = [(name, name) for name in ("all", "shop", "region")]


# --- answers ------------------------------------------------------------------------------------------------------


class QuarterActionSerializer(ReadSerializer):
    """A promotion, or a plan that both signed and that is not carried out yet. influence: of the measure asked for, as
    planned; profit: more than without it, of the side asked for; cost: the brand's spend; settled: what so many
    shops got of us so far, and cost us beside. shops: of how many the
    figures are; of: how many take part, in reach. measured: at the uplift measured, else at the one thought of.
    stands: front, outdone (by the action whose key `outdone_by` is) or unplaced (`why` says what is not known).
    unmeasured: why what is over stands as planned.
    """

    key = serializers.CharField()
    promotion = serializers.IntegerField(source="promotion.pk", allow_null=True, default=None)
    plan = serializers.IntegerField(source="plan.pk", allow_null=True, default=None)
    title = serializers.CharField()
    starts_on = serializers.DateField()
    shops = serializers.IntegerField()
    of = serializers.IntegerField()
    influence = serializers.SerializerMethodField()
    profit = FenField(allow_null=True)
    cost = FenField(allow_null=True)
    settled = FenField()
    settled_shops = serializers.IntegerField()
    measured = serializers.BooleanField()
    stands = serializers.SerializerMethodField()
    outdone_by = serializers.SerializerMethodField()
    why = serializers.CharField()
    unmeasured = serializers.CharField()

    def get_influence(self, row: Acted) -> str | None:
        return None if row.influence is None else str(row.influence)

    def get_stands(self, row: Acted) -> str:
        return self.context["stands"][row.key][0]

    def get_outdone_by(self, row: Acted) -> str | None:
        return self.context["stands"][row.key][1]


class QuarterSerializer(ReadSerializer):
    """quarter: its first day. more: there are others, which were not read."""

    quarter = serializers.DateField()
    influence = serializers.ChoiceField(choices=INFLUENCES)
    side = serializers.ChoiceField(choices=PROFITS)
    basis = serializers.ChoiceField(choices=BASIS)
    actions = QuarterActionSerializer(many=True)
    more = serializers.BooleanField()


class LearnedCaseSerializer(ReadSerializer):
    """lift, low, high: shares, nine times in ten between low and high; null: not measured there, `why` says why."""

    promotion = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    lift = serializers.FloatField(source="trial.lift", allow_null=True, default=None)
    low = serializers.FloatField(source="trial.low", allow_null=True, default=None)
    high = serializers.FloatField(source="trial.high", allow_null=True, default=None)
    shops = serializers.IntegerField()
    sold_more = serializers.FloatField(allow_null=True)
    why = serializers.CharField()


class LearnedSerializer(ReadSerializer):
    """What such promotions bring on average; shares. least, most: the single ones."""

    n = serializers.IntegerField()
    lift = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    least = serializers.FloatField()
    most = serializers.FloatField()


class LearnedLineSerializer(ReadSerializer):
    """A kind of promotion at a kind of shop (`label`: all, shop:agent, shop:franchisee:B, region:7). learned: null
    with fewer than three measured, which stand alone. agreed, changed, not_run, unjudged, settled: of shops in reach.
    """

    kind = serializers.ChoiceField(choices=PromotionKind.choices)
    label = serializers.CharField()
    learned = LearnedSerializer(allow_null=True)
    shops = serializers.IntegerField()
    agreed = serializers.IntegerField()
    changed = serializers.IntegerField()
    not_run = serializers.IntegerField()
    unjudged = serializers.IntegerField()
    settled = FenField(allow_null=True)
    sold_more = serializers.FloatField(allow_null=True)
    lessons = serializers.IntegerField()
    cases = LearnedCaseSerializer(many=True)


class LibrarySerializer(ReadSerializer):
    """waiting: over and not measured yet. unparted: measured before kinds of shops were told apart. more: older ones
    were not read.
    """

    by = serializers.ChoiceField(choices=BYS)
    lines = LearnedLineSerializer(many=True)
    waiting = serializers.IntegerField()
    unparted = serializers.IntegerField()
    more = serializers.BooleanField()


class PromotionLessonSerializer(ReadModelSerializer):
    promotion = serializers.IntegerField(source="promotion_id", read_only=True)
    by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = PromotionLesson
        fields = ["id", "promotion", "text", "by", "at"]


# --- questions ----------------------------------------------------------------------------------------------------


class PromotionLessonQuestion(WriteSerializer):
    promotion = VisibleField(Promotion, "id", help_text="Of a promotion that is over.")
    text = serializers.CharField(max_length=LONGEST, help_text="What worked, and what we would do otherwise.")


class PromotionLessonFilters(filters.FilterSet):
    promotion = NumberOfRow(field_name="promotion_id")
    q = filters.CharFilter(method="about", help_text="Words in the lesson, or in what the promotion says of itself.")

    def about(self, rows, name, value):
        return rows.about(value)


def _one_of(request, name: str, known) -> str:
    value = request.query_params.get(name, next(iter(known)))
    if value not in known:
        raise exceptions.ValidationError({name: [_("There is no such choice.")]})
    return value


def _day(request, name: str) -> datetime.date | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        raise exceptions.ValidationError({name: [_("Write a day as 2026-10-01.")]}) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise exceptions.ValidationError({name: [_("Write a day as 2026-10-01.")]})
    return found


def _choice(name: str, known, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, enum=[value for value, _label in known], description=text)


# --- views --------------------------------------------------------------------------------------------------------


class QuarterActions(ApiViewSet):
    """A quarter's promotions and agreed plans in reach: three figures each, never one."""

    serializer_class = QuarterSerializer
    pagination_class = None
    further_parameters = {"list": ("quarter", "influence", "side", "basis")}
    queryset = Promotion.objects.none()

    @extend_schema(
        operation_id="promotion_quarter",
        responses=QuarterSerializer,
        parameters=[
            OpenApiParameter("quarter", OpenApiTypes.DATE, description="Any day of it; today's if left out."),
            _choice("influence", INFLUENCES, "The one measure compared; reach if left out."),
            _choice("side", PROFITS, "Whose profit; the brand's if left out."),
            _choice("basis", BASIS, "planned, if left out; measured: at the uplift measured where there is one."),
        ],
    )
    def list(self, request):
        quarter = quarter_of(_day(request, "quarter") or today())
        asked = {
            "influence": _one_of(request, "influence", MEASURES),
            "side": _one_of(request, "side", SIDES),
            "basis": _one_of(request, "basis", BASES),
        }
        measure, side, basis = asked.values()
        found = picture(request.user, quarter, measure=measure, side=side, basis=basis)
        stands = {one.key: ("front", None) for one in found.front}
        stands |= {one.key: ("outdone", by.key) for one, by in found.outdone}
        stands |= {one.key: ("unplaced", None) for one in found.unplaced}
        actions = [*found.front, *(one for one, _by in found.outdone), *found.unplaced]
        told = {"quarter": quarter, **asked, "actions": actions, "more": found.more}
        context = {**self.get_serializer_context(), "stands": stands}
        return Response(QuarterSerializer(told, context=context).data)


class LearnedLines(ApiViewSet):
    """What worked for which kind of shop, of measured promotions in reach."""

    serializer_class = LibrarySerializer
    pagination_class = None
    further_parameters = {"list": ("by", "kind", "of", "since")}
    queryset = Promotion.objects.none()

    @extend_schema(
        operation_id="promotion_learning",
        responses=LibrarySerializer,
        parameters=[
            _choice("by", BYS, "By what shops are told apart; by kind of shop if left out."),
            _choice("kind", PromotionKind.choices, "One kind of promotion only."),
            OpenApiParameter("of", OpenApiTypes.STR, description="One label only, as shop:franchisee:B."),
            OpenApiParameter("since", OpenApiTypes.DATE, description="Those that ended on this day or later."),
        ],
    )
    def list(self, request):
        by = _one_of(request, "by", ("shop", "region", "all"))
        kind = _one_of(request, "kind", ("", *PromotionKind.values))
        of = request.query_params.get("of", "")
        found = learned.library(request.user, by, kind=kind, of=of, since=_day(request, "since"))
        told = {"by": by, "lines": found.lines, "waiting": found.waiting}
        told |= {"unparted": found.unparted, "more": found.more}
        return Response(LibrarySerializer(told, context=self.get_serializer_context()).data)


class PromotionLessons(ApiViewSet):
    """What promotions taught. Never changed: who sees it otherwise later writes another."""

    serializer_class = PromotionLessonSerializer
    filterset_class = PromotionLessonFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = PromotionLesson.objects.none()

    def get_queryset(self):
        return PromotionLesson.objects.visible_to(self.request.user)

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(PromotionLessonSerializer(found, context=self.get_serializer_context()).data, status=code)

    @extend_schema(responses=PromotionLessonSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=PromotionLessonQuestion, responses={201: PromotionLessonSerializer})
    def create(self, request):
        """Of a promotion that is over."""
        refuse_readers(request)
        made = write_lesson(by=request.user, **self.given(PromotionLessonQuestion))
        return self._answer(made.pk, status.HTTP_201_CREATED)
