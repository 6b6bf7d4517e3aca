"""The channel over the API: who supplies whom around a customer, and moving a branch."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.editing import as_changed, version_wanted
from crm.api.schema import IF_MATCH
from crm.api.serializers import ExactField, MoneyField, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.channel.actions import move_branch
from customers.channel.reading import channel_of, overview
from customers.profile.api import UpstreamSerializer
from customers.profile.models import Customer


class ChannelLine(ReadSerializer):
    """customer is null for one beyond your reach, who is there only because somebody in reach hangs below."""

    customer = UpstreamSerializer(allow_null=True)
    id = serializers.IntegerField(source="branch.link.id")
    above = serializers.IntegerField(source="branch.link.above", allow_null=True)
    level = serializers.IntegerField(source="branch.level")
    tier = serializers.CharField()
    sales = MoneyField(source="branch.link.sales")
    sales_below = MoneyField(source="branch.below")
    customers_below = serializers.IntegerField(source="branch.customers")


class LevelSerializer(ReadSerializer):
    """customer null and first: the brand. share: of the retail price, null where a price is not known."""

    customer = UpstreamSerializer(allow_null=True)
    share = ExactField(allow_null=True)


class ChannelSerializer(ReadSerializer):
    """length: levels from the brand to the customer. more: customers of the channel left out."""

    length = serializers.IntegerField()
    levels = serializers.IntegerField()
    lines = ChannelLine(many=True)
    kept = LevelSerializer(many=True)
    more = serializers.IntegerField()


class RootSerializer(ReadSerializer):
    """A branch in sum, of what you see. levels: of hands below the brand."""

    customer = UpstreamSerializer()
    tier = serializers.CharField()
    sales = MoneyField()
    sales_below = MoneyField(source="below")
    customers_below = serializers.IntegerField(source="customers")
    levels = serializers.IntegerField()


class OverviewSerializer(ReadSerializer):
    """roots: the branches that sell most. alone: customers of the brand that supply nobody. more: branches left out."""

    roots = RootSerializer(many=True)
    alone = serializers.IntegerField()
    more = serializers.IntegerField()


class MoveQuestion(WriteSerializer):
    upstream = VisibleField(Customer, "code", allow_null=True, help_text="null: the brand itself.")


class Channels(ApiViewSet):
    serializer_class = ChannelSerializer
    queryset = Customer.objects.none()

    @extend_schema(operation_id="channel_overview", responses=OverviewSerializer)
    def overview(self, request):
        """Every branch that the brand supplies itself, the one that sells most first."""
        return Response(OverviewSerializer(overview(request.user), context=self.get_serializer_context()).data)

    def retrieve(self, request, pk):
        """Sales of the last 12 full months; own ones and those below are never added up."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        return Response(self.get_serializer(channel_of(customer, request.user)).data)

    @extend_schema(request=MoveQuestion, responses=ChannelSerializer, parameters=[IF_MATCH])
    def move(self, request, pk):
        """Hang the customer and its branch under another supplier. A loop is refused."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        version = version_wanted(request, customer)
        question = MoveQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        try:
            moved = move_branch(customer=customer, by=request.user, version=version, **question.validated_data)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return Response(self.get_serializer(channel_of(moved, request.user)).data)
