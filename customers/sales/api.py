"""Sales over the API: a customer's days and months, and many days at once."""

from __future__ import annotations

import datetime

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api import bulk
from crm.api.filters import BooleanFilter
from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import BULK_ANSWER, bulk_answer
from customers.profile.models import Customer
from customers.sales import reading
from customers.sales.models import SaleLine

MOST_MONTHS = 240
EARLIEST, LATEST = datetime.date(1950, 1, 1), datetime.date(2199, 12, 31)


class DaySerializer(ReadModelSerializer):
    date = serializers.DateField(source="sold_on")
    gross = MoneyField()
    returns = MoneyField()
    net = MoneyField()
    open = serializers.BooleanField(source="is_open", allow_null=True)

    class Meta:
        model = SaleLine
        fields = ["date", "gross", "returns", "net", "currency", "units", "orders", "promo", "open"]


class MonthSerializer(ReadSerializer):
    """`month` is its first day; amounts are null for a month without a report."""

    month = serializers.DateField()
    gross = MoneyField(allow_null=True)
    returns = MoneyField(allow_null=True)
    net = MoneyField(allow_null=True)
    units = serializers.IntegerField(allow_null=True)
    orders = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(help_text="Days with a report.")


class DayFilters(filters.FilterSet):
    since = filters.DateFilter(field_name="sold_on", lookup_expr="gte", label="From this day on.")
    until = filters.DateFilter(field_name="sold_on", lookup_expr="lte", label="Until this day, included.")
    promo = BooleanFilter()


class MonthsQuestion(serializers.Serializer):
    months = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS, default=36)
    until = serializers.DateField(required=False, default=None)

    def validate_until(self, day):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(_("Give a day of these three centuries."))
        return day


class DayRow(WriteSerializer):
    """A customer's day. The same customer and day again is a correction; nothing is summed up."""

    customer_code = serializers.CharField(max_length=64)
    date = serializers.DateField()
    amount = MoneyField(help_text="Gross, as a decimal string.")
    returns = MoneyField(required=False, allow_null=True, min_value=0)
    units = serializers.IntegerField(required=False, allow_null=True, min_value=-(2**53), max_value=2**53)
    orders = serializers.IntegerField(required=False, allow_null=True, min_value=-(2**31), max_value=2**31 - 1)
    promo = serializers.BooleanField(required=False, allow_null=True)
    open = serializers.BooleanField(required=False, allow_null=True)


class Sales(ApiViewSet):
    """A customer's sales, from the ledger as it holds now."""

    serializer_class = DaySerializer
    filterset_class = DayFilters
    orderings = {"date": "sold_on"}
    default_ordering = "-date"
    queryset = SaleLine.objects.none()
    further_parameters = {"monthly": ("months", "until")}

    def customer(self) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_queryset(self):
        return SaleLine.objects.live().filter(customer=self.customer())

    def list(self, request, pk):
        """The days with a report, newest first."""
        return self.rows(self.get_queryset())

    @extend_schema(
        parameters=[
            OpenApiParameter("months", {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS}),
            OpenApiParameter("until", {"type": "string", "format": "date"}, description="A day in the last month."),
        ],
        responses=MonthSerializer(many=True),
        filters=False,
    )
    def monthly(self, request, pk):
        """The last months, oldest first."""
        customer = self.customer()
        question = MonthsQuestion(data={name: request.query_params[name] for name in request.query_params})
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        rows = reading.monthly(customer, asked["months"], asked["until"])
        return Response(MonthSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=DayRow(many=True), responses=BULK_ANSWER)
    def bulk(self, request):
        """Up to 1000 days of any customers in reach, all or nothing."""
        rows = bulk.check_shape(request.data, DayRow, self.get_serializer_context())
        run = bulk.take(kind="sales", rows=rows, columns=list(DayRow().fields), by=request.user)
        return Response(bulk_answer(run))
