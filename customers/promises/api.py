"""Promises over the API: read, made, kept, broken, put off, taken back and opened again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import User
from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.people.models import Person
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from customers.promises import actions
from customers.promises.models import LONGEST, Commitment, Side, State


class OwnerField(VisibleField):
    """A colleague whom the caller may put in charge."""

    def __init__(self, **kwargs):
        super().__init__(User, "id", **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        if request is None:
            return User.objects.none()
        return actions.owners_open_to(request.user)


class CommitmentSerializer(ReadModelSerializer):
    """owner: who of us keeps it, null for a promise of theirs. earlier: the promise that this one put off."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True, allow_null=True)
    earlier = serializers.IntegerField(source="earlier_id", read_only=True, allow_null=True)
    owner = PersonInCharge(read_only=True, allow_null=True)
    written_by = PersonInCharge(read_only=True, allow_null=True)
    kept_late = serializers.BooleanField(source="was_late", read_only=True)

    class Meta:
        model = Commitment
        fields = [
            *("id", "customer", "side", "text", "made_on", "due_on", "owner", "person", "state", "settled_on"),
            *("kept_late", "outcome", "earlier", "link", "written_by", "written_at", "version"),
        ]


class ChangeCommitment(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST)
    owner = OwnerField(required=False, allow_null=True, default=None)
    person = VisibleField(Person, "id", required=False, allow_null=True, default=None)


class CommitmentQuestion(ChangeCommitment):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    side = serializers.ChoiceField(choices=Side.choices)
    due_on = serializers.DateField()
    made_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="By default today.")


class SettleQuestion(WriteSerializer):
    note = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class KeepQuestion(SettleQuestion):
    on = serializers.DateField(required=False, allow_null=True, default=None, help_text="By default today.")


class PutOffQuestion(SettleQuestion):
    due_on = serializers.DateField()


class CommitmentFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    owner = NumberOfRow(field_name="owner_id")
    side = filters.ChoiceFilter(choices=Side.choices)
    state = filters.ChoiceFilter(choices=State.choices)
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")


class Commitments(ApiViewSet):
    """Promises of either side, of customers in reach."""

    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilters
    orderings = {"due_on": "due_on", "id": "id"}
    default_ordering = "due_on"
    queryset = Commitment.objects.none()

    def get_queryset(self):
        return Commitment.objects.visible_to(self.request.user).select_related("owner", "written_by")

    def _editable(self, pk) -> Commitment:
        rows = Commitment.objects.editable_by(self.request.user)
        return get_object_or_404(rows.select_related("customer"), pk=pk)

    def _answer(self, row: Commitment, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=CommitmentQuestion, responses={201: CommitmentSerializer})
    def create(self, request):
        refuse_readers(request)
        made = actions.make_commitment(by=request.user, **self.given(CommitmentQuestion))
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeCommitment(partial=True), responses=CommitmentSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Put its text, owner or person right; another day is agreed with `put-off`."""
        row = self._editable(pk)
        version = version_wanted(request, row)
        question = ChangeCommitment(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        try:
            changed = actions.change_commitment(commitment=row, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(changed)

    @extend_schema(request=KeepQuestion, responses=CommitmentSerializer)
    def keep(self, request, pk):
        row = self._editable(pk)
        return self._answer(actions.keep(commitment=row, by=request.user, **self.given(KeepQuestion)))

    @extend_schema(request=SettleQuestion, responses=CommitmentSerializer)
    def breach(self, request, pk):
        """It was not kept."""
        row = self._editable(pk)
        return self._answer(actions.break_(commitment=row, by=request.user, **self.given(SettleQuestion)))

    @extend_schema(request=PutOffQuestion, responses=CommitmentSerializer)
    def put_off(self, request, pk):
        """Both agreed on another day; the answer is the promise that follows."""
        row = self._editable(pk)
        return self._answer(actions.renegotiate(commitment=row, by=request.user, **self.given(PutOffQuestion)))

    @extend_schema(request=SettleQuestion, responses=CommitmentSerializer)
    def take_back(self, request, pk):
        """It was written down by mistake."""
        row = self._editable(pk)
        return self._answer(actions.take_back(commitment=row, by=request.user, **self.given(SettleQuestion)))

    @extend_schema(request=None, responses=CommitmentSerializer)
    def reopen(self, request, pk):
        """Undo what was said of it, for a day."""
        return self._answer(actions.reopen(commitment=self._editable(pk), by=request.user))
