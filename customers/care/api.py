"""Notes, stand-ins, special customers, tags, handovers and actions on many, over the API."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import User
from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import BooleanFilter
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.care import notes, special, standing_in
from customers.care.models import LONGEST, Mood, Note
from customers.profile.actions import people_open_to
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer, SpecialCare, StandIn

BY_ID = "A person's id."


class PersonOpen(VisibleField):
    """A person whom the caller may name: colleagues they see, and whoever has had a customer they see."""

    def __init__(self, **kwargs):
        super().__init__(User, "id", **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        return people_open_to(request.user) if request is not None else User.objects.none()


def _answer(view, row, code=status.HTTP_200_OK) -> Response:
    answer = Response(view.get_serializer(row).data, status=code)
    if hasattr(row, "version"):
        answer["ETag"] = etag(row)
    return answer


def _given(serializer, request, context=None) -> dict:
    question = serializer(data=request.data, context=context or {"request": request})
    question.is_valid(raise_exception=True)
    return question.validated_data


# --- notes ------------------------------------------------------------------------------------------------------


class NoteSerializer(ReadModelSerializer):
    """mood: 1 (angry) to 5 (happy), null: not said."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    written_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Note
        fields = ["id", "customer", "text", "mood", "is_private", "written_by", "at", "version"]


class NoteQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST)
    mood = serializers.ChoiceField(choices=Mood.choices, required=False, allow_null=True, default=None)
    is_private = serializers.BooleanField(default=False, help_text="Read by its author only, whoever asks.")


class NoteFilters(filters.FilterSet):
    mood = filters.ChoiceFilter(choices=Mood.choices)
    is_private = BooleanFilter()


class CustomerNotes(ApiViewSet):
    serializer_class = NoteSerializer
    filterset_class = NoteFilters
    orderings = {"at": "at", "id": "id"}
    default_ordering = "-at"
    queryset = Note.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return Note.objects.visible_to(user).live().filter(customer=customer).select_related("written_by")

    def list(self, request, pk):
        """The latest first. Private notes are those of who asks."""
        return self.rows(self.get_queryset())

    @extend_schema(request=NoteQuestion, responses={201: NoteSerializer})
    def create(self, request, pk):
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        note = notes.write_note(customer=customer, by=request.user, **_given(NoteQuestion, request))
        return _answer(self, note, status.HTTP_201_CREATED)


class Notes(ApiViewSet):
    """One note."""

    serializer_class = NoteSerializer
    queryset = Note.objects.none()

    def get_queryset(self):
        return Note.objects.visible_to(self.request.user).select_related("written_by", "customer")

    def _editable(self, pk) -> Note:
        return get_object_or_404(Note.objects.editable_by(self.request.user), pk=pk)

    def retrieve(self, request, pk):
        return _answer(self, get_object_or_404(self.get_queryset().live(), pk=pk))

    @extend_schema(request=NoteQuestion(partial=True), responses=NoteSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Its author, within a day."""
        note = self._editable(pk)
        version = version_wanted(request, note)
        question = NoteQuestion(data=request.data, partial=True)
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        values = {"text": note.text, "mood": note.mood, "is_private": note.is_private, **given}
        try:
            changed = notes.change_note(note=note, by=request.user, version=version, **values)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return _answer(self, changed)

    @extend_schema(request=None, responses=NoteSerializer)
    def remove(self, request, pk):
        """Hide it: it can be brought back."""
        return _answer(self, notes.remove_note(note=self._editable(pk), by=request.user))

    @extend_schema(request=None, responses=NoteSerializer)
    def restore(self, request, pk):
        return _answer(self, notes.restore_note(note=self._editable(pk), by=request.user))


# --- stand-ins --------------------------------------------------------------------------------------------------


class StandInSerializer(ReadModelSerializer):
    """until: the first day it no longer holds."""

    absent = PersonInCharge(read_only=True)
    stand_in = PersonInCharge(read_only=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = StandIn
        fields = ["id", "absent", "stand_in", "since", "until", "reason", "made_by", "made_at"]


class StandInQuestion(WriteSerializer):
    absent = PersonOpen(help_text=BY_ID)
    stand_in = PersonOpen(help_text=BY_ID)
    since = serializers.DateField(required=False, help_text="By default today.")
    until = serializers.DateField(help_text="The first day it no longer holds.")
    reason = serializers.CharField(max_length=200)


class StandIns(ApiViewSet):
    """Who stands in for whom."""

    serializer_class = StandInSerializer
    orderings = {"since": "since", "id": "id"}
    default_ordering = "-since"
    queryset = StandIn.objects.none()

    def get_queryset(self):
        return StandIn.objects.visible_to(self.request.user).select_related("absent", "stand_in", "made_by")

    def retrieve(self, request, pk):
        return _answer(self, get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=StandInQuestion, responses={201: StandInSerializer})
    def create(self, request):
        refuse_readers(request)
        values = {"since": today(), **_given(StandInQuestion, request)}
        made = standing_in.name_stand_in(by=request.user, **values)
        return _answer(self, made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=StandInSerializer)
    def end(self, request, pk):
        """From today on it holds no more."""
        row = get_object_or_404(StandIn.objects.editable_by(request.user), pk=pk)
        return _answer(self, standing_in.end_stand_in(row=row, by=request.user))


# --- special customers --------------------------------------------------------------------------------------------


class SpecialSerializer(ReadModelSerializer):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    user = PersonInCharge(read_only=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = SpecialCare
        fields = [
            "id",
            "customer",
            "user",
            "reason",
            "since",
            "review_on",
            "exit_rule",
            "ended_on",
            "outcome",
            "made_by",
            "version",
        ]


class SpecialQuestion(WriteSerializer):
    user = PersonOpen(help_text=BY_ID)
    reason = serializers.CharField(max_length=300)
    review_on = serializers.DateField()
    exit_rule = serializers.CharField(max_length=300, help_text="What must have happened so that it ends.")


class EndQuestion(WriteSerializer):
    outcome = serializers.CharField(max_length=300)


class SpecialFilters(filters.FilterSet):
    open = BooleanFilter(field_name="ended_on", lookup_expr="isnull", label="Those that have not ended.")
    due = filters.DateFilter(field_name="review_on", lookup_expr="lte", label="To be looked at by this day.")


class SpecialCustomers(ApiViewSet):
    """Customers with a person of their own."""

    serializer_class = SpecialSerializer
    filterset_class = SpecialFilters
    orderings = {"review_on": "review_on", "id": "id"}
    default_ordering = "review_on"
    queryset = SpecialCare.objects.none()

    def get_queryset(self):
        return SpecialCare.objects.visible_to(self.request.user).select_related("user", "made_by")

    def _editable(self, pk) -> SpecialCare:
        return get_object_or_404(SpecialCare.objects.editable_by(self.request.user).select_related("user"), pk=pk)

    def retrieve(self, request, pk):
        return _answer(self, get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=SpecialQuestion(partial=True), responses=SpecialSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """It goes on: with a later review, perhaps another person or reason."""
        care = self._editable(pk)
        version = version_wanted(request, care)
        question = SpecialQuestion(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        names = ("user", "reason", "review_on", "exit_rule")
        values = {**{name: getattr(care, name) for name in names}, **question.validated_data}
        try:
            changed = special.review_care(care=care, by=request.user, version=version, **values)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return _answer(self, changed)

    @extend_schema(request=EndQuestion, responses=SpecialSerializer)
    def end(self, request, pk):
        care = self._editable(pk)
        return _answer(self, special.end_care(care=care, by=request.user, **_given(EndQuestion, request)))


class CustomerSpecial(ApiViewSet):
    """The special care of one customer, now and before."""

    serializer_class = SpecialSerializer
    orderings = {"since": "since", "id": "id"}
    default_ordering = "-since"
    queryset = SpecialCare.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return SpecialCare.objects.visible_to(user).filter(customer=customer).select_related("user", "made_by")

    def list(self, request, pk):
        return self.rows(self.get_queryset())

    @extend_schema(request=SpecialQuestion, responses={201: SpecialSerializer})
    def create(self, request, pk):
        """Make it special."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        made = special.begin_care(customer=customer, by=request.user, **_given(SpecialQuestion, request))
        return _answer(self, made, status.HTTP_201_CREATED)
