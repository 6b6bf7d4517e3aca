"""Contacts and common ground over the API; private contacts are their author's alone here too."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import BooleanFilter, MomentFilter, NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.contacts import actions, ground
from customers.contacts.models import (
    LONGEST,
    LONGEST_STEP,
    LONGEST_TOPIC,
    Business,
    Channel,
    Contact,
    Direction,
    Ground,
    Mood,
    Openness,
    Purpose,
    Topic,
)
from customers.people.models import Person
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from customers.promises.models import LONGEST as LONGEST_PROMISE
from customers.promises.models import Side

_FACE = {"required": False, "allow_null": True, "default": None}


class InteractionSerializer(ReadModelSerializer):
    """Moods: 1 (angry) to 5 (happy) of the customer, null: not said. own_mood is told to its author only."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True, allow_null=True)
    by = PersonInCharge(read_only=True, allow_null=True)
    own_mood = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = [
            *("id", "customer", "person", "by", "happened_at", "channel", "direction", "mood_before", "mood_after"),
            *(
                "own_mood",
                "openness",
                "business",
                "text",
                "next_step",
                "next_on",
                "purpose",
                "just_listened",
                "asked_nothing",
            ),
            *("is_private", "link", "written_at", "created_at", "version"),
        ]

    def get_own_mood(self, row) -> int | None:
        request = self.context.get("request")
        return row.own_mood if request is not None and row.by_id == request.user.pk else None


class PromiseMade(WriteSerializer):
    side = serializers.ChoiceField(choices=Side.choices)
    text = serializers.CharField(max_length=LONGEST_PROMISE)
    due_on = serializers.DateField()


class ChangeContact(WriteSerializer):
    person = VisibleField(Person, "id", **_FACE)
    happened_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="By default now.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    direction = serializers.ChoiceField(choices=Direction.choices, default=Direction.OUT)
    mood_before = serializers.ChoiceField(choices=Mood.choices, **_FACE)
    mood_after = serializers.ChoiceField(choices=Mood.choices, **_FACE)
    own_mood = serializers.ChoiceField(choices=Mood.choices, **_FACE)
    openness = serializers.ChoiceField(choices=Openness.choices, **_FACE)
    business = serializers.ChoiceField(choices=Business.choices, **_FACE)
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    next_step = serializers.CharField(max_length=LONGEST_STEP, required=False, allow_blank=True, default="")
    next_on = serializers.DateField(required=False, allow_null=True, default=None)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False, allow_blank=True, default="")
    just_listened = serializers.BooleanField(default=False)
    asked_nothing = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="null: worked out from what is written."
    )
    is_private = serializers.BooleanField(default=False, help_text="Read by its author only, whoever asks.")


class InteractionQuestion(ChangeContact):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    promises = PromiseMade(many=True, required=False)
    topics = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False, max_length=50
    )
    client_key = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Sent twice with the same one, it is logged once."
    )
    written_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Where it was written without a connection."
    )


class ContactFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    by = NumberOfRow(field_name="by_id")
    channel = filters.ChoiceFilter(choices=Channel.choices)
    is_private = BooleanFilter()
    just_listened = BooleanFilter()
    since = MomentFilter(field_name="happened_at", lookup_expr="gte")
    until = MomentFilter(field_name="happened_at", lookup_expr="lt")


class Contacts(ApiViewSet):
    """The latest first. Private ones are those of who asks."""

    serializer_class = InteractionSerializer
    filterset_class = ContactFilters
    orderings = {"happened_at": "happened_at", "id": "id"}
    default_ordering = "-happened_at"
    queryset = Contact.objects.none()

    def get_queryset(self):
        return Contact.objects.visible_to(self.request.user).live().select_related("by")

    def _editable(self, pk) -> Contact:
        return get_object_or_404(Contact.objects.editable_by(self.request.user), pk=pk)

    def _answer(self, row: Contact, code: int = status.HTTP_200_OK) -> Response:
        found = Contact.objects.visible_to(self.request.user).select_related("by").get(pk=row.pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=InteractionQuestion, responses={201: InteractionSerializer})
    def create(self, request):
        """topics: ids of common ground that was spoken of."""
        refuse_readers(self.request)
        given = self.given(InteractionQuestion)
        wanted = set(given.pop("topics", ()))
        topics = list(Topic.objects.visible_to(request.user).usable().filter(pk__in=wanted))
        if len(topics) != len(wanted):
            raise serializers.ValidationError({"topics": [_("There is no such row.")]})
        made = actions.log_contact(by=request.user, topics=topics, **given)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeContact(partial=True), responses=InteractionSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Its author, within a day."""
        row = self._editable(pk)
        version = version_wanted(request, row)
        question = ChangeContact(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        for name in ("happened_at", "asked_nothing"):
            if name in given and given[name] is None:
                del given[name]
        try:
            changed = actions.change_contact(contact=row, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(changed)

    @extend_schema(request=None, responses=InteractionSerializer)
    def remove(self, request, pk):
        """Take it back, within a day: it can be brought back."""
        return self._answer(actions.remove_contact(contact=self._editable(pk), by=request.user))

    @extend_schema(request=None, responses=InteractionSerializer)
    def restore(self, request, pk):
        return self._answer(actions.restore_contact(contact=self._editable(pk), by=request.user))


class TopicSerializer(ReadModelSerializer):
    """used: how often it was spoken of. retired_on: since when it is none any more."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True, allow_null=True)

    class Meta:
        model = Topic
        fields = [
            *("id", "customer", "person", "kind", "text", "since", "source", "last_used_on", "used", "retired_on")
        ]


class TopicQuestion(WriteSerializer):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    text = serializers.CharField(max_length=LONGEST_TOPIC)
    kind = serializers.ChoiceField(choices=Ground.choices, default=Ground.TOPIC)
    person = VisibleField(Person, "id", **_FACE)
    source = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    since = serializers.DateField(required=False, allow_null=True, default=None, help_text="By default today.")


class TopicFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    person = NumberOfRow(field_name="person_id")
    kind = filters.ChoiceFilter(choices=Ground.choices)


class Topics(ApiViewSet):
    """Common ground with customers in reach. What is to be avoided is not told to analysts and programs."""

    serializer_class = TopicSerializer
    filterset_class = TopicFilters
    orderings = {"since": "since", "id": "id"}
    default_ordering = "-since"
    queryset = Topic.objects.none()

    def get_queryset(self):
        return Topic.objects.visible_to(self.request.user)

    def _editable(self, pk) -> Topic:
        return get_object_or_404(Topic.objects.editable_by(self.request.user), pk=pk)

    def list(self, request):
        """Also what was set aside."""
        return self.rows(self.get_queryset())

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=TopicQuestion, responses={201: TopicSerializer})
    def create(self, request):
        refuse_readers(self.request)
        made = ground.add_topic(by=request.user, **self.given(TopicQuestion))
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=TopicSerializer)
    def retire(self, request, pk):
        """It is none any more; it can be brought back."""
        return Response(self.get_serializer(ground.retire_topic(topic=self._editable(pk), by=request.user)).data)

    @extend_schema(request=None, responses=TopicSerializer)
    def bring_back(self, request, pk):
        return Response(self.get_serializer(ground.bring_back(topic=self._editable(pk), by=request.user)).data)
