"""Tags, handovers and actions on many customers, over the API."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.care import briefs, bulk, handovers
from customers.care.api import PersonOpen
from customers.care.models import BulkAction, BulkStep, Handover, HandoverBrief, Result
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer
from customers.profile.tags import LONGEST, Tag

MOST_IDS = 10_000
MOST_TOLD = 1000


class TagSerializer(ReadModelSerializer):
    class Meta:
        model = Tag
        fields = ["id", "name"]


class Tags(ApiViewSet):
    """The tags on customers in reach, and those one made."""

    serializer_class = TagSerializer
    orderings = {"name": "name", "id": "id"}
    default_ordering = "name"
    queryset = Tag.objects.none()

    def get_queryset(self):
        return Tag.objects.visible_to(self.request.user)


class Selection(WriteSerializer):
    """Which customers: `ids`, or all that a `query` of the list asks for (`tier=A&city=…`; "" is all in reach)."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False, min_length=1, max_length=MOST_IDS
    )
    query = serializers.CharField(required=False, allow_blank=True, max_length=4000)

    def validate(self, values):
        if ("ids" in values) == ("query" in values):
            raise exceptions.ValidationError({"ids": ["Give either ids or a query."]})
        return values


class AssignMany(Selection):
    user = PersonOpen(allow_null=True, help_text="null: nobody from then on.")
    since = serializers.DateField(required=False, help_text="By default today.")
    brief = serializers.BooleanField(default=True, help_text="A brief of each for the new manager.")
    word = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class TagMany(Selection):
    name = serializers.CharField(max_length=LONGEST, help_text="A tag that is new is made.")
    off = serializers.BooleanField(default=False, help_text="Take it off.")


class StepSerializer(ReadModelSerializer):
    customer = serializers.IntegerField(source="customer_id", read_only=True)

    class Meta:
        model = BulkStep
        fields = ["customer", "result", "reason"]


class BulkSerializer(ReadModelSerializer):
    """told: those refused or left as they are, with a code of the reason; of customers in reach, 1000 at most."""

    asked_by = PersonInCharge(read_only=True)
    job = serializers.IntegerField(source="job_id", read_only=True, allow_null=True)
    handover = serializers.IntegerField(source="handover_id", read_only=True, allow_null=True)
    told = serializers.SerializerMethodField()

    class Meta:
        model = BulkAction
        fields = [
            "id",
            "kind",
            "state",
            "total",
            "changed",
            "unchanged",
            "refused",
            "undone",
            "left",
            "asked_by",
            "asked_at",
            "undone_at",
            "handover",
            "job",
            "told",
        ]

    def get_told(self, action) -> list[dict]:
        user = self.context["request"].user
        rows = BulkStep.objects.visible_to(user).filter(action=action, result__in=[Result.REFUSED, Result.LEFT])
        return StepSerializer(rows.order_by("pk")[:MOST_TOLD], many=True).data


class Bulk(ApiViewSet):
    """Things done to many customers at once. Few are done in the request, many by a job: look at `state`."""

    serializer_class = BulkSerializer
    queryset = BulkAction.objects.none()

    def get_queryset(self):
        return BulkAction.objects.visible_to(self.request.user).select_related("asked_by")

    def given(self, shape, request) -> dict:
        if not request.user.may_write:
            raise exceptions.PermissionDenied
        question = shape(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)

    def begun(self, action: BulkAction) -> Response:
        code = status.HTTP_201_CREATED if action.job_id is None else status.HTTP_202_ACCEPTED
        return Response(self.get_serializer(action).data, status=code)

    @extend_schema(request=AssignMany, responses={201: BulkSerializer, 202: BulkSerializer})
    def assign(self, request):
        """Put a person in charge; customers with somebody in charge from a later day already are refused."""
        return self.begun(bulk.assign(by=request.user, **{"since": today(), **self.given(AssignMany, request)}))

    @extend_schema(request=TagMany, responses={201: BulkSerializer, 202: BulkSerializer})
    def tag(self, request):
        """Stick a tag on, or take it off."""
        return self.begun(bulk.tag(by=request.user, **self.given(TagMany, request)))

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=None, responses=BulkSerializer)
    def undo(self, request, pk):
        """Put back what is still as the action left it."""
        action = get_object_or_404(BulkAction.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(bulk.ask_undo(action=action, by=request.user)).data)


SECTION = inline_serializer(
    "BriefSection",
    {"key": serializers.CharField(), "title": serializers.CharField(), "lines": serializers.ListField()},
)


def _told(customer, sections, user) -> list[dict]:
    """Sensitive facts stay masked here: they are asked for one by one (`facts/…/reveal/`)."""
    shown, _may_ask = briefs.read(customer, sections, user)
    return [{"key": one.key, "title": str(one.title), "lines": one.lines} for one in shown]


class Brief(ApiViewSet):
    """What the next manager of a customer should know, as of now."""

    queryset = HandoverBrief.objects.none()
    pagination_class = None

    @extend_schema(responses=SECTION)
    def retrieve(self, request, pk):
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        sections = _told(customer, briefs.build([customer])[customer.pk], request.user)
        return Response({"customer": customer.pk, "sections": sections})


class HandoverSerializer(ReadModelSerializer):
    to = PersonInCharge(read_only=True)
    done_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Handover
        fields = ["id", "to", "since", "word", "done_by", "done_at", "read_at", "undone_at"]


class Handovers(ApiViewSet):
    """Customers that went to another manager, with a brief of each as it was written then."""

    serializer_class = HandoverSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Handover.objects.none()

    def get_queryset(self):
        return Handover.objects.visible_to(self.request.user).select_related("to", "done_by")

    def retrieve(self, request, pk):
        """With the briefs of customers in reach, 100 at most."""
        handover = get_object_or_404(self.get_queryset(), pk=pk)
        rows = HandoverBrief.objects.visible_to(request.user).filter(handover=handover).select_related("customer")
        told = [
            {"customer": one.customer_id, "sections": _told(one.customer, one.sections, request.user)}
            for one in rows.order_by("pk")[:100]
        ]
        return Response({**self.get_serializer(handover).data, "briefs": told})

    @extend_schema(request=None, responses=HandoverSerializer)
    def read(self, request, pk):
        """The new manager has read it: it leaves their Today."""
        handover = get_object_or_404(Handover.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(handovers.mark_read(handover=handover, by=request.user)).data)
