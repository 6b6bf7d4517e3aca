"""Customers over the API: read, make, change, close, put somebody in charge, many at once by code."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import User
from crm.api import bulk
from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import MomentFilter, NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile import actions, entry, extras, listing, moved
from customers.profile.listing import found_by, in_charge
from customers.profile.models import Customer, Datum, Kind, State
from customers.profile.tags import split, tag_names

LONGEST_QUIET = 9999


class PersonInCharge(ReadModelSerializer):
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "name"]


class UpstreamSerializer(ReadModelSerializer):
    class Meta:
        model = Customer
        fields = ["id", "code", "name"]


class StandingSerializer(ReadSerializer):
    """Figures of the last 12 full months, the 12 before and the 12 before that; growth as a fraction."""

    tier = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    sales = MoneyField(source="w0")
    previous_sales = MoneyField(source="w1")
    earlier_sales = MoneyField(source="w2")
    growth = serializers.SerializerMethodField()
    last_sold_on = serializers.DateField(allow_null=True)

    def get_growth(self, standing) -> str | None:
        return None if standing.growth is None else f"{standing.growth / 10000:.4f}"


class _Told(serializers.Field):
    """What a slice above tells of a customer."""

    extra: extras.ListExtra

    def __init__(self, **kwargs):
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, customer):
        return self.extra.serializer(self.extra.told(customer)).data


TOLD: dict[str, type[_Told]] = {
    one.name: extend_schema_field(one.serializer())(type(f"{one.name.title()}Told", (_Told,), {"extra": one}))
    for one in extras.extras()
}


class CustomerSerializer(ReadModelSerializer):
    region = serializers.CharField(source="region.code", read_only=True)
    upstream = serializers.SerializerMethodField()
    manager = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = [
            "id",
            "code",
            "name",
            "kind",
            "state",
            "category",
            "region",
            "province",
            "city",
            "district",
            "address",
            "phone",
            "latitude",
            "longitude",
            "datum",
            "opened_on",
            "closed_on",
            "upstream",
            "manager",
            "standing",
            *TOLD,
            "tags",
            "version",
            "created_at",
            "updated_at",
        ]

    def build_field(self, field_name, info, model_class, nested_depth):
        if field_name in TOLD:
            return TOLD[field_name], {}
        return super().build_field(field_name, info, model_class, nested_depth)

    @extend_schema_field(UpstreamSerializer(allow_null=True))
    def get_upstream(self, customer):
        return UpstreamSerializer(customer.upstream).data if customer.upstream_seen else None

    @extend_schema_field(PersonInCharge(allow_null=True))
    def get_manager(self, customer):
        now = customer.in_charge_now
        return PersonInCharge(now[0].user).data if now else None

    def get_tags(self, customer) -> list[str]:
        return split(customer.tag_names)

    @extend_schema_field(StandingSerializer(allow_null=True))
    def get_standing(self, customer):
        standing = getattr(customer, "standing", None)
        return StandingSerializer(standing).data if standing else None


class CustomerQuestion(WriteSerializer):
    """What a person can set. Rows are named by their codes."""

    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Kind.choices)
    state = serializers.ChoiceField(choices=State.choices, required=False)
    category = serializers.CharField(max_length=80, required=False, allow_blank=True)
    region = serializers.CharField(max_length=32, help_text="A region's code.")
    province = serializers.CharField(max_length=60, required=False, allow_blank=True)
    city = serializers.CharField(max_length=60, required=False, allow_blank=True)
    district = serializers.CharField(max_length=60, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    latitude = serializers.DecimalField(10, 7, required=False, allow_null=True, min_value=-90, max_value=90)
    longitude = serializers.DecimalField(10, 7, required=False, allow_null=True, min_value=-180, max_value=180)
    datum = serializers.ChoiceField(choices=Datum.choices, required=False)
    opened_on = serializers.DateField(required=False, allow_null=True)
    closed_on = serializers.DateField(required=False, allow_null=True)
    upstream = VisibleField(Customer, "code", required=False, allow_null=True)

    def validate_region(self, code):
        region = actions.regions_open_to(self.context["request"].user).filter(code=code).first()
        if region is None:
            self.fields["upstream"].fail("does_not_exist")
        return region


class NewCustomerQuestion(CustomerQuestion):
    even_if_alike = serializers.BooleanField(
        required=False, default=False, help_text="true: write it although a customer very like it is there."
    )

    def get_fields(self):
        further = {
            one.name: serializers.CharField(max_length=one.longest, required=False, allow_blank=True)
            for one in entry.fields()
        }
        return {**super().get_fields(), **further}


class LikeSerializer(ReadSerializer):
    """A customer there that the new one may be. score: 0 to 100."""

    id = serializers.IntegerField(source="customer.pk")
    code = serializers.CharField(source="customer.code")
    name = serializers.CharField(source="customer.name")
    score = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class AlikeSerializer(ReadSerializer):
    """beyond: how many such customers there are beyond the caller's reach."""

    detail = serializers.CharField()
    alike = LikeSerializer(many=True, source="likes")
    beyond = serializers.IntegerField()


class ClosingQuestion(WriteSerializer):
    closed_on = serializers.DateField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class CustomerRow(WriteSerializer):
    """A row of a bulk request; the importer judges its values. Fields left out stay as they are."""

    code = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.CharField(max_length=20, required=False)
    state = serializers.CharField(max_length=20, required=False, allow_blank=True, allow_null=True)
    category = serializers.CharField(max_length=80, required=False, allow_blank=True, allow_null=True)
    region = serializers.CharField(max_length=80, required=False)
    province = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    city = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    district = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True, allow_null=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)
    latitude = serializers.CharField(max_length=20, required=False, allow_blank=True, allow_null=True)
    longitude = serializers.CharField(max_length=20, required=False, allow_blank=True, allow_null=True)
    datum = serializers.CharField(max_length=10, required=False, allow_blank=True, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    closed_on = serializers.DateField(required=False, allow_null=True)
    upstream = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True)
    manager = serializers.CharField(max_length=150, required=False, allow_blank=True, allow_null=True)


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": LONGEST_QUIET})
class DaysFilter(NumberOfRow):
    pass


class CustomerFilters(filters.FilterSet):
    code = filters.CharFilter()
    kind = filters.ChoiceFilter(choices=Kind.choices)
    state = filters.ChoiceFilter(choices=State.choices)
    region = filters.CharFilter(method="in_branch", label="A region's code: it and all below it.")
    province = filters.CharFilter()
    city = filters.CharFilter()
    tier = filters.ChoiceFilter(
        choices=[(one, one) for one in listing.TIERS], method="in_tier", label="`none`: those without a tier."
    )
    growth = filters.ChoiceFilter(
        choices=[(one, one) for one in listing.WAYS], method="growing", label="More or less than the year before."
    )
    quiet = DaysFilter(
        min_value=0, max_value=LONGEST_QUIET, method="is_quiet", label="Nothing sold for so many days, or never."
    )
    manager = NumberOfRow(method="of_manager", label="The id of the person in charge.")
    q = filters.CharFilter(method="found", label="Words of code, name, phone, pinyin or its initials.")
    tag = filters.CharFilter(method="with_tag", label="A tag's name.")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    def in_branch(self, queryset, name, code):
        region = actions.regions_open_to(self.request.user).filter(code=code).first()
        return queryset.filter(region__path__startswith=region.path) if region else queryset.none()

    def in_tier(self, queryset, name, tier):
        return queryset.filter(listing.in_tier(tier))

    def growing(self, queryset, name, way):
        return queryset.filter(listing.growing(way))

    def is_quiet(self, queryset, name, days):
        return queryset.filter(listing.nothing_sold_after(today() - datetime.timedelta(days=days)))

    def of_manager(self, queryset, name, number):
        return queryset.filter(pk__in=in_charge().filter(user_id=int(number)).values("customer_id"))

    def with_tag(self, queryset, name, text):
        return queryset.filter(listing.tagged(text))

    def found(self, queryset, name, text):
        return found_by(text, queryset)


for _one in extras.filters():
    CustomerFilters.base_filters[_one.name] = filters.ChoiceFilter(
        choices=_one.choices,
        method=lambda queryset, name, value, one=_one: queryset.filter(one.condition(value)),
        label=_one.label,
    )


BULK_ANSWER = inline_serializer(
    "BulkAnswer",
    {
        "import": serializers.IntegerField(help_text="The import that can be undone as a whole."),
        "rows": serializers.IntegerField(),
        "created": serializers.IntegerField(),
        "updated": serializers.IntegerField(),
        "unchanged": serializers.IntegerField(),
    },
)


def bulk_answer(run) -> dict:
    return {
        "import": run.pk,
        "rows": run.rows,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
    }


class Customers(ApiViewSet):
    """The customers in reach. In the order of a figure, those without it stand last, whichever way it is turned."""

    serializer_class = CustomerSerializer
    filterset_class = CustomerFilters
    orderings = {
        "code": "code",
        "name": "name",
        "id": "id",
        "updated_at": "updated_at",
        "sales": listing.ORDERS["sales"],
        "growth": listing.ORDERS["growth"],
        "last_sold_on": listing.ORDERS["last"],
        **extras.orders(),
    }
    default_ordering = "code"
    queryset = Customer.objects.none()

    def get_queryset(self):
        seen = Customer.objects.visible_to(self.request.user)
        now = Prefetch("responsibilities", in_charge().select_related("user"), to_attr="in_charge_now")
        return (
            seen.select_related("region", "standing", "upstream")
            .annotate(upstream_seen=Exists(seen.filter(pk=OuterRef("upstream_id"))), tag_names=tag_names())
            .prefetch_related(now)
        )

    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        asked = request.query_params.get("fields")
        wanted = set(TOLD) if asked is None else set(TOLD) & {name.strip() for name in asked.split(",")}
        for one in extras.extras():
            if page and one.name in wanted:
                one.attach(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def known_of_the_order(self, order):
        filters = listing.Filters.read({"quiet": self.request.query_params.get("quiet", "")})
        return listing.known_of_the_order(filters, order)

    def one_to_edit(self, pk) -> Customer:
        return get_object_or_404(Customer.objects.editable_by(self.request.user), pk=pk)

    def answer(self, pk, status=status.HTTP_200_OK) -> Response:
        """The row as it is now, with its ETag. Who moved it out of reach is told nothing more."""
        customer = self.get_queryset().filter(pk=pk).first()
        return Response(status=204) if customer is None else self._told(customer, status)

    def _told(self, customer, status=status.HTTP_200_OK) -> Response:
        response = Response(self.get_serializer(customer).data, status=status)
        response["ETag"] = etag(customer)
        return response

    @extend_schema(responses={200: CustomerSerializer, 308: OpenApiResponse(description="Merged; see Location.")})
    def retrieve(self, request, pk):
        """One that was merged into another in reach answers 308 and the other's address."""
        if not self.get_queryset().filter(pk=pk).exists():
            gone = moved.by_id(pk)
            if gone is not None and self.get_queryset().filter(pk=gone.customer_id).exists():
                address = reverse("api:customer", args=[gone.customer_id])
                headers = {"Location": address, "Cache-Control": "no-store"}  # a merge can be undone
                return Response({"merged_into": gone.customer_id}, status=308, headers=headers)
        return self._told(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=NewCustomerQuestion, responses={201: CustomerSerializer, 409: AlikeSerializer})
    def create(self, request):
        """Refused with 409 while a customer very like it is there, unless `even_if_alike` says that it is another."""
        question = NewCustomerQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        values = question.validated_data
        if not values.pop("even_if_alike") and (alike := entry.look(values, request.user)):
            alike.detail = _("A customer very like this one is there already.")
            return Response(AlikeSerializer(alike).data, status=status.HTTP_409_CONFLICT)
        further = {one.name: values.pop(one.name, "") for one in entry.fields()}
        customer = entry.create(by=request.user, further=further, **values)
        response = self.answer(customer.pk, status.HTTP_201_CREATED)
        response["Location"] = reverse("api:customer", args=[customer.pk])
        return response

    @extend_schema(request=CustomerQuestion, responses=CustomerSerializer, parameters=[IF_MATCH])
    def update(self, request, pk):
        """Replace: fields left out become empty, as they are for a new customer."""
        return self._change(request, pk, partial=False)

    @extend_schema(request=CustomerQuestion(partial=True), responses=CustomerSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Change the fields given."""
        return self._change(request, pk, partial=True)

    def _change(self, request, pk, *, partial: bool):
        customer = self.one_to_edit(pk)
        version = version_wanted(request, customer)
        question = CustomerQuestion(data=request.data, partial=partial, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        values = question.validated_data if partial else {**self._empty(customer), **question.validated_data}
        if values.get("upstream", customer) is None and self._upstream_hidden(customer):
            del values["upstream"]  # who does not see the supplier cannot take it away unawares
        try:
            actions.change_customer(customer=customer, by=request.user, version=version, **values)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self.answer(pk)

    @staticmethod
    def _empty(customer) -> dict:
        blank = Customer()
        return {name: getattr(blank, name) for name in actions.FIELDS if name not in ("region", "upstream")} | {
            "upstream": None
        }

    def _upstream_hidden(self, customer) -> bool:
        if customer.upstream_id is None:
            return False
        return not Customer.objects.visible_to(self.request.user).filter(pk=customer.upstream_id).exists()

    @extend_schema(request=ClosingQuestion, responses=CustomerSerializer)
    def close(self, request, pk):
        customer = self.one_to_edit(pk)
        question = ClosingQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        actions.close_customer(customer=customer, by=request.user, **question.validated_data)
        return self.answer(pk)

    @extend_schema(request=CustomerRow(many=True), responses=BULK_ANSWER)
    def bulk(self, request):
        """Make or change up to 1000 customers by code, all or nothing."""
        rows = bulk.check_shape(request.data, CustomerRow, self.get_serializer_context())
        run = bulk.take(kind="customers", rows=rows, columns=list(CustomerRow().fields), by=request.user)
        return Response(bulk_answer(run))
