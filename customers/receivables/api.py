"""Receivables over the API: open items, payments, ageing and promises of a customer; who owes; many rows at once."""

from __future__ import annotations

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from crm.api import bulk
from crm.api.filters import BooleanFilter
from crm.api.serializers import MoneyField, ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile.api import BULK_ANSWER, CustomerFilters, PersonInCharge, bulk_answer
from customers.profile.models import Customer
from customers.receivables import actions, reading
from customers.receivables.ageing import BUCKETS
from customers.receivables.models import OpenItem, Payment, Promise, PromiseState, Side
from customers.receivables.terms import UNKNOWN, terms_of
from customers.receivables.views import ANY_LATE, months_open


class OpenItemSerializer(ReadModelSerializer):
    """Below 0 an amount is a credit note's. settled_on is null while something is open."""

    amount = MoneyField()
    open_amount = MoneyField()
    paid = MoneyField(help_text="By its own record, on `paid_on`; payments are told apart.")

    class Meta:
        model = OpenItem
        fields = [
            "id",
            "number",
            "issued_on",
            "due_on",
            "amount",
            "open_amount",
            "currency",
            "disputed",
            "paid_on",
            "paid",
            "settled_on",
            "note",
        ]


class PaymentSerializer(ReadModelSerializer):
    """for_invoices: numbers that the payer named. unused: what has settled nothing yet."""

    amount = MoneyField()
    unused = MoneyField()
    for_invoices = serializers.ListField(child=serializers.CharField(), source="names", read_only=True)

    class Meta:
        model = Payment
        fields = ["id", "number", "paid_on", "amount", "currency", "method", "for_invoices", "unused", "note"]


class BucketsSerializer(ReadSerializer):
    """Open amounts by days overdue as of `day`: not due, 1–30, 31–60, 61–90, 91 and more."""

    day = serializers.DateField()
    not_due = MoneyField()
    d1_30 = MoneyField()
    d31_60 = MoneyField()
    d61_90 = MoneyField()
    d91 = MoneyField()
    owed = MoneyField()
    overdue = MoneyField()
    credit = MoneyField(help_text="Money of theirs that no invoice has used yet.")
    balance = MoneyField(help_text="Owed less credit; below 0 we owe them.")
    disputed = MoneyField()
    items = serializers.IntegerField()
    overdue_items = serializers.IntegerField()
    oldest = serializers.IntegerField(help_text="Days that the oldest open invoice is overdue.")


class PayingSerializer(ReadSerializer):
    """Of invoices settled after `since`, until `until`; figures are null where there are none (n is 0)."""

    since = serializers.DateField()
    until = serializers.DateField()
    n = serializers.IntegerField()
    on_time = serializers.IntegerField()
    average_days_late = serializers.DecimalField(7, 1, source="plain", allow_null=True)
    weighted_days_late = serializers.DecimalField(7, 1, source="weighted", allow_null=True)
    on_time_share = serializers.DecimalField(
        5, 4, source="share", allow_null=True, help_text="Drawn towards the company's own share by 4 invoices."
    )


class RecoverySerializer(ReadSerializer):
    """How much of the opening investment is back. lacks: what has to be known first; then the figures are null."""

    lacks = serializers.ListField(child=serializers.CharField())
    investment = MoneyField(allow_null=True)
    recovered = MoneyField(allow_null=True)
    share = serializers.DecimalField(9, 4, allow_null=True)
    months = serializers.IntegerField()
    months_to_recovery = serializers.IntegerField(allow_null=True)
    is_back = serializers.BooleanField()


class KeptSerializer(ReadSerializer):
    kept = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Promises decided: kept or not.")
    share = serializers.DecimalField(5, 4, allow_null=True)


class AccountSerializer(ReadSerializer):
    """credit_limit and headroom are null where no limit is known."""

    ageing = BucketsSerializer()
    paying = PayingSerializer()
    credit_limit = MoneyField(allow_null=True)
    headroom = MoneyField(allow_null=True)
    recovery = RecoverySerializer()
    promises_of_them = KeptSerializer()
    promises_of_us = KeptSerializer()


class PromiseSerializer(ReadModelSerializer):
    """amount: of a promise to pay, else null. decided_by is null while the money decides."""

    amount = MoneyField(allow_null=True)
    written_by = PersonInCharge(read_only=True, allow_null=True)
    decided_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Promise
        fields = [
            "id",
            "made_by",
            "what",
            "amount",
            "due_on",
            "made_on",
            "state",
            "settled_on",
            "written_by",
            "decided_by",
            "created_at",
        ]


class PromiseQuestion(WriteSerializer):
    """An amount that they promise to pay. Without one, what was promised; that is better written into `promises/`."""

    made_by = serializers.ChoiceField(choices=Side.choices, required=False, default=Side.THEM)
    what = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    amount = MoneyField(required=False, allow_null=True, default=None)
    due_on = serializers.DateField()
    made_on = serializers.DateField(required=False)


class SettlingQuestion(WriteSerializer):
    state = serializers.ChoiceField(choices=PromiseState.choices, help_text="`open` takes a decision back.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DebtorSerializer(ReadSerializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.CharField(allow_blank=True)
    ageing = BucketsSerializer()
    credit_limit = MoneyField(allow_null=True)
    headroom = MoneyField(allow_null=True)


class DebtorsSerializer(ReadSerializer):
    """The rows asked for and the totals of the whole list."""

    customers = serializers.IntegerField()
    total = BucketsSerializer()
    rows = DebtorSerializer(many=True)


class DocumentRow(WriteSerializer):
    """A row of a bulk request, as in a file of receivables."""

    customer_code = serializers.CharField(max_length=64)
    invoice_no = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(choices=["invoice", "credit note", "payment"], required=False)
    invoice_date = serializers.DateField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    amount = MoneyField()
    paid_on = serializers.DateField(required=False, allow_null=True)
    paid_amount = MoneyField(required=False, allow_null=True)
    disputed = serializers.BooleanField(required=False, allow_null=True)
    pays = serializers.CharField(max_length=600, required=False, allow_blank=True, allow_null=True)
    method = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, allow_null=True)


class ItemFilters(filters.FilterSet):
    open = BooleanFilter(method="is_open", label="Whether something of it is open.")
    overdue = BooleanFilter(method="is_overdue", label="Whether it is owed and late.")
    disputed = BooleanFilter()
    due_since = filters.DateFilter(field_name="due_on", lookup_expr="gte", label="Due from this day on.")
    due_until = filters.DateFilter(field_name="due_on", lookup_expr="lte", label="Due until this day, included.")

    def is_open(self, queryset, name, value):
        return queryset.unsettled() if value else queryset.settled()

    def is_overdue(self, queryset, name, value):
        late = Q(open_amount__gt=0, due_on__lt=today())
        return queryset.filter(late) if value else queryset.exclude(late)


class PaymentFilters(filters.FilterSet):
    since = filters.DateFilter(field_name="paid_on", lookup_expr="gte", label="Paid from this day on.")
    until = filters.DateFilter(field_name="paid_on", lookup_expr="lte", label="Paid until this day, included.")


class PromiseFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=PromiseState.choices)
    made_by = filters.ChoiceFilter(choices=Side.choices)


class _OfCustomer(ApiViewSet):
    model: type = OpenItem

    def customer(self) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user).filter(customer=self.customer())


class OpenItems(_OfCustomer):
    """A customer's invoices and credit notes."""

    serializer_class = OpenItemSerializer
    filterset_class = ItemFilters
    orderings = {"due_on": "due_on", "issued_on": "issued_on", "id": "id"}
    default_ordering = "-due_on"
    queryset = OpenItem.objects.none()

    def list(self, request, pk):
        """The last due first."""
        return self.rows(self.get_queryset())


class Payments(_OfCustomer):
    """The money that came from a customer. Invoices may carry their own day of payment besides."""

    model = Payment
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilters
    orderings = {"paid_on": "paid_on", "id": "id"}
    default_ordering = "-paid_on"
    queryset = Payment.objects.none()

    def list(self, request, pk):
        """The latest first."""
        return self.rows(self.get_queryset())


class Accounts(_OfCustomer):
    serializer_class = AccountSerializer
    pagination_class = None
    queryset = OpenItem.objects.none()
    further_parameters = {"retrieve": ("as_of",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("as_of", {"type": "string", "format": "date"}, description="The ageing of an earlier day.")
        ],
        filters=False,
    )
    def retrieve(self, request, pk):
        """What is owed by age, how the customer pays, headroom, cost recovery and promises kept."""
        customer, day = self.customer(), today()
        account, book = reading.account(customer, day), reading.book(customer)
        aged = account.ageing
        if "as_of" in request.query_params:
            asked = serializers.DateField().run_validation(request.query_params["as_of"])
            if asked > day:
                raise exceptions.ValidationError({"as_of": [_("This day has not come yet.")]})
            aged = reading.ageing_as_of(customer.pk, asked)
        answer = {
            "ageing": aged,
            "paying": account.paying,
            "credit_limit": account.terms.credit_limit,
            "headroom": account.headroom,
            "recovery": account.terms.recovery(months_open(customer, day)),
            "promises_of_them": book.rates[Side.THEM],
            "promises_of_us": book.rates[Side.US],
        }
        return Response(self.get_serializer(answer).data)


class Promises(_OfCustomer):
    """Promises to pay, and what else was written down beside them before there was a promise book."""

    model = Promise
    serializer_class = PromiseSerializer
    filterset_class = PromiseFilters
    orderings = {"due_on": "due_on", "id": "id"}
    default_ordering = "-due_on"
    queryset = Promise.objects.none()

    def get_queryset(self):
        return super().get_queryset().select_related("written_by", "decided_by")

    def list(self, request, pk):
        """The last due first."""
        return self.rows(self.get_queryset())

    @extend_schema(request=PromiseQuestion, responses={201: PromiseSerializer})
    def create(self, request, pk):
        """Write one down. Money that came since it was made counts at once."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        question = PromiseQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        made = actions.promise(customer=customer, by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SettlingQuestion, responses=PromiseSerializer)
    def settle(self, request, pk, promise):
        """Say what became of it; that stands against what the money says."""
        rows = Promise.objects.editable_by(request.user).select_related("written_by", "decided_by")
        one = get_object_or_404(rows, pk=promise, customer_id=pk)
        question = SettlingQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        settled = actions.settle_promise(promise=one, by=request.user, **question.validated_data)
        return Response(self.get_serializer(settled).data)


class Receivables(ApiViewSet):
    """Who owes, the most overdue first, with the totals of the list."""

    serializer_class = DebtorsSerializer
    filterset_class = CustomerFilters
    pagination_class = None
    queryset = Customer.objects.none()
    further_parameters = {"list": ("bucket", "page", *CustomerFilters.base_filters)}

    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user)

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "bucket",
                {"type": "string", "enum": [*BUCKETS, ANY_LATE]},
                description="Only those with something in this bucket; `overdue`: in any that is late.",
            ),
            OpenApiParameter(
                "page", {"type": "integer", "minimum": 1, "maximum": 99999}, description="50 rows each, from 1."
            ),
        ],
        responses=DebtorsSerializer,
        operation_id="receivables_list",
    )
    def list(self, request):
        """50 customers a page."""
        bucket = request.query_params.get("bucket")
        if bucket is not None and bucket not in (*BUCKETS, ANY_LATE):
            raise exceptions.ValidationError({"bucket": [_("There is no such bucket.")]})
        number = serializers.IntegerField(min_value=1, max_value=99_999)
        page = number.run_validation(request.query_params.get("page", 1))
        day, user = today(), request.user
        customers = self.filter_queryset(self.get_queryset())
        found = reading.debtors(customers, user, day, bucket=bucket, at=(page - 1) * 50)
        ids = [pk for pk, _aged in found.rows]
        people, agreed = self.get_queryset().select_related("standing").in_bulk(ids), terms_of(ids)
        rows = []
        for pk, aged in found.rows:
            if pk not in people:
                continue
            limit = agreed.get(pk, UNKNOWN).credit_limit
            rows.append(
                {
                    "id": pk,
                    "code": people[pk].code,
                    "name": people[pk].name,
                    "tier": getattr(getattr(people[pk], "standing", None), "tier", ""),
                    "ageing": aged,
                    "credit_limit": limit,
                    "headroom": None if limit is None else limit - aged.balance,
                }
            )
        answer = {"customers": found.customers, "total": found.total, "rows": rows}
        return Response(self.get_serializer(answer).data)

    @extend_schema(request=DocumentRow(many=True), responses=BULK_ANSWER)
    def bulk(self, request):
        """Up to 1000 invoices, credit notes and payments of any customers in reach, all or nothing."""
        rows = bulk.check_shape(request.data, DocumentRow, self.get_serializer_context())
        run = bulk.take(kind="receivables", rows=rows, columns=list(DocumentRow().fields), by=request.user)
        return Response(bulk_answer(run))
