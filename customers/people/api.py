"""People over the API: who they are, with whom they stand, how they are related."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import BooleanFilter, MomentFilter, NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.people import actions
from customers.people.discretion import may_see_private
from customers.people.models import Gender, Person, PersonRole, Relation, RelationType, StandsAs
from customers.people.private import PRIVATE_FIELDS
from customers.profile.models import Customer


class NamedCustomer(ReadModelSerializer):
    class Meta:
        model = Customer
        fields = ["id", "code", "name"]


class NamedPerson(ReadModelSerializer):
    class Meta:
        model = Person
        fields = ["id", "name", "phone"]


class _Discreet(ReadModelSerializer):
    """What is personal is null for those who may not see it."""

    personal: tuple[str, ...] = ("note",)

    def to_representation(self, row):
        shown = super().to_representation(row)
        request = self.context.get("request")
        if request is None or not may_see_private(request.user, row):
            shown |= {name: None for name in self.personal if name in shown}
        return shown


class PersonRoleSerializer(_Discreet):
    """is_primary: the person of this customer whom to call first. until: the first day it no longer holds."""

    person = NamedPerson(read_only=True)
    customer = NamedCustomer(read_only=True)
    note = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = PersonRole
        fields = [
            *("id", "person", "customer", "role", "role_other", "since", "until"),
            *("is_primary", "note", "version"),
        ]


class StandsWith(_Discreet):
    customer = NamedCustomer(read_only=True)
    note = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = PersonRole
        fields = ["id", "customer", "role", "role_other", "since", "until", "is_primary", "note", "version"]


class ContactSerializer(_Discreet):
    """roles: with customers in reach, ended ones among them. Birthday and note are null where they may not be seen."""

    personal = PRIVATE_FIELDS
    note = serializers.CharField(read_only=True, allow_null=True)
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = [
            *("id", "name", "phone", "wechat", "email", "gender"),
            *("birth_year", "birth_month", "birth_day", "note", "roles", "version", "created_at", "updated_at"),
        ]

    @extend_schema_field(StandsWith(many=True))
    def get_roles(self, person):
        return StandsWith(person.seen_roles, many=True, context=self.context).data


class ContactQuestion(WriteSerializer):
    name = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    wechat = serializers.CharField(max_length=64, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    birth_year = serializers.IntegerField(required=False, allow_null=True, min_value=1900, max_value=2200)
    birth_month = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=12)
    birth_day = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=31)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class RoleQuestion(WriteSerializer):
    role = serializers.ChoiceField(choices=StandsAs.choices)
    role_other = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="With the role `other`, as what else."
    )
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True, help_text="The first day it no longer holds.")
    is_primary = serializers.BooleanField(required=False, help_text="The one before steps back.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PlacingQuestion(RoleQuestion):
    person = VisibleField(Person, "id")


class ContactFilters(filters.FilterSet):
    q = filters.CharFilter(method="found", label="Words of name, phone, WeChat, e-mail, pinyin or its initials.")
    customer = NumberOfRow(method="with_customer", label="The id of a customer with whom they stand or stood.")
    role = filters.ChoiceFilter(choices=StandsAs.choices, method="as_role", label="As what they stand now.")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    def found(self, queryset, name, text):
        return queryset.found_by(text)

    def with_customer(self, queryset, name, number):
        roles = PersonRole.objects.visible_to(self.request.user).filter(customer_id=int(number))
        return queryset.filter(pk__in=roles.values("person_id"))

    def as_role(self, queryset, name, role):
        roles = PersonRole.objects.visible_to(self.request.user).in_force(today()).filter(role=role)
        return queryset.filter(pk__in=roles.values("person_id"))


class _Editing(ApiViewSet):
    """Rows that two may edit at once: answers carry an ETag, changes ask for it."""

    def told(self, row, status=status.HTTP_200_OK) -> Response:
        response = Response(self.get_serializer(row).data, status=status)
        response["ETag"] = etag(row)
        return response

    def answer(self, pk, status=status.HTTP_200_OK) -> Response:
        """The row as it is now; who can see it no longer is told nothing more."""
        row = self.get_queryset().filter(pk=pk).first()
        return Response(status=204) if row is None else self.told(row, status)

    def retrieve(self, request, pk):
        return self.told(get_object_or_404(self.get_queryset(), pk=pk))

    def changed(self, request, rows, pk, question_class, act) -> Response:
        row = get_object_or_404(rows.editable_by(request.user), pk=pk)
        version = version_wanted(request, row)
        question = question_class(data=request.data, partial=True, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        try:
            act(row, version, question.validated_data)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self.answer(pk)


class Contacts(_Editing):
    """The people around customers in reach, and those whom the caller wrote down and nobody has placed yet."""

    serializer_class = ContactSerializer
    filterset_class = ContactFilters
    orderings = {"name": "name", "id": "id", "updated_at": "updated_at"}
    default_ordering = "name"
    queryset = Person.objects.none()

    def get_queryset(self):
        user = self.request.user
        roles = PersonRole.objects.visible_to(user).select_related("customer").order_by("-is_primary", "pk")
        return Person.objects.visible_to(user).prefetch_related(Prefetch("roles", roles, to_attr="seen_roles"))

    @extend_schema(request=ContactQuestion, responses={201: ContactSerializer})
    def create(self, request):
        """Write a person down; until a role places them, only the caller sees them."""
        self._refuse_readers()
        question = ContactQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        person = actions.create_person(by=request.user, **question.validated_data)
        response = self.answer(person.pk, status.HTTP_201_CREATED)
        response["Location"] = reverse("api:contact", args=[person.pk])
        return response

    def _refuse_readers(self):
        if not self.request.user.may_write:
            self.permission_denied(self.request)

    @extend_schema(request=ContactQuestion(partial=True), responses=ContactSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Change the fields given."""
        return self.changed(
            request,
            Person.objects,
            pk,
            ContactQuestion,
            lambda row, version, values: actions.change_person(person=row, by=request.user, version=version, **values),
        )


class RoleFilters(filters.FilterSet):
    person = NumberOfRow(field_name="person_id", label="The id of a person.")
    customer = NumberOfRow(field_name="customer_id", label="The id of a customer.")
    role = filters.ChoiceFilter(choices=StandsAs.choices)
    now = BooleanFilter(method="holds", label="Whether it holds today.")

    def holds(self, queryset, name, now):
        held = queryset.in_force(today())
        return held if now else queryset.exclude(pk__in=held.values("pk"))


class PersonRoles(_Editing):
    """As what people stand with customers in reach, ended roles among them."""

    serializer_class = PersonRoleSerializer
    filterset_class = RoleFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = PersonRole.objects.none()

    def get_queryset(self):
        return PersonRole.objects.visible_to(self.request.user).select_related("person", "customer")

    @extend_schema(request=RoleQuestion(partial=True), responses=PersonRoleSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Change the fields given; `until` ends a role, which stays as history."""

        def act(row, version, values):
            if values.get("until") is not None and "is_primary" not in values:
                values["is_primary"] = False  # whoever was called first steps back
            actions.change_role(standing=row, by=request.user, version=version, **values)

        return self.changed(request, PersonRole.objects, pk, RoleQuestion, act)


class CustomerPeople(ApiViewSet):
    """Who stands and stood with a customer."""

    serializer_class = PersonRoleSerializer
    filterset_class = RoleFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = PersonRole.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return PersonRole.objects.visible_to(user).filter(customer=customer).select_related("person", "customer")

    @extend_schema(operation_id="customer_people_list")
    def list(self, request, pk):
        return self.rows(self.get_queryset())

    @extend_schema(
        operation_id="customer_people_create", request=PlacingQuestion, responses={201: PersonRoleSerializer}
    )
    def create(self, request, pk):
        """Say as what a person (by id) stands with this customer."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        question = PlacingQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        made = actions.add_role(customer=customer, by=request.user, **question.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class RelationTypeSerializer(ReadModelSerializer):
    """forward reads from the one end to the other, backward back, in the language of the request."""

    forward = serializers.SerializerMethodField()
    backward = serializers.SerializerMethodField()

    class Meta:
        model = RelationType
        fields = ["code", "forward", "backward", "symmetric", "family", "active"]

    def get_forward(self, row) -> str:
        return row.words()

    def get_backward(self, row) -> str:
        return row.words(forward=False)


class RelationTypes(ApiViewSet):
    """The kinds of relations; administrators add to them."""

    serializer_class = RelationTypeSerializer
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = RelationType.objects.none()

    def get_queryset(self):
        return RelationType.objects.visible_to(self.request.user)

    def list(self, request):
        return self.rows(self.get_queryset())


class EndSerializer(ReadSerializer):
    """One end of a relation: a person or a customer."""

    kind = serializers.ChoiceField(choices=["person", "customer"], read_only=True)
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


def end_of(row) -> dict:
    return {"kind": "person" if isinstance(row, Person) else "customer", "id": row.pk, "name": row.name}


class RelationSerializer(_Discreet):
    """Reads from `start` to `end`. strength: 1 (loose) to 3 (close)."""

    type = serializers.CharField(source="type.code", read_only=True)
    start = serializers.SerializerMethodField()
    end = serializers.SerializerMethodField()
    note = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Relation
        fields = ["id", "type", "start", "end", "since", "until", "strength", "note", "version", "created_at"]

    @extend_schema_field(EndSerializer)
    def get_start(self, row):
        return end_of(row.start)

    @extend_schema_field(EndSerializer)
    def get_end(self, row):
        return end_of(row.end)


class RelationChange(WriteSerializer):
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True, help_text="The first day it no longer holds.")
    strength = serializers.IntegerField(required=False, min_value=1, max_value=3)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RelationQuestion(RelationChange):
    """Of each end give the person or the customer, by id."""

    type = VisibleField(RelationType, "code")
    start_person = VisibleField(Person, "id", required=False)
    start_customer = VisibleField(Customer, "id", required=False)
    end_person = VisibleField(Person, "id", required=False)
    end_customer = VisibleField(Customer, "id", required=False)

    def validate(self, values):
        for end in ("start", "end"):
            given = [values.pop(f"{end}_{kind}", None) for kind in ("person", "customer")]
            chosen = [one for one in given if one is not None]
            if len(chosen) != 1:
                raise serializers.ValidationError({f"{end}_person": ["Give a person or a customer."]})
            values[end] = chosen[0]
        return values


class RelationFilters(filters.FilterSet):
    person = NumberOfRow(method="of_person", label="The id of a person at either end.")
    customer = NumberOfRow(method="of_customer", label="The id of a customer at either end.")
    type = filters.CharFilter(field_name="type__code", label="The code of a kind of relation.")
    now = BooleanFilter(method="holds", label="Whether it holds today.")

    def of_person(self, queryset, name, number):
        return queryset.filter(Q(start_person_id=int(number)) | Q(end_person_id=int(number)))

    def of_customer(self, queryset, name, number):
        return queryset.filter(Q(start_customer_id=int(number)) | Q(end_customer_id=int(number)))

    def holds(self, queryset, name, now):
        held = queryset.in_force(today())
        return held if now else queryset.exclude(pk__in=held.values("pk"))


class Relations(_Editing):
    """Relations of which both ends are in reach; those of the family only for who may see what is personal."""

    serializer_class = RelationSerializer
    filterset_class = RelationFilters
    orderings = {"id": "id", "strength": "strength"}
    default_ordering = "id"
    queryset = Relation.objects.none()

    def get_queryset(self):
        names = ("type", "start_person", "start_customer", "end_person", "end_customer")
        return Relation.objects.visible_to(self.request.user).select_related(*names)

    @extend_schema(request=RelationQuestion, responses={201: RelationSerializer})
    def create(self, request):
        """Say how two are related. Refused: oneself, what is written down already, ends out of reach."""
        if not request.user.may_write:
            self.permission_denied(request)
        question = RelationQuestion(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        made = actions.relate(by=request.user, **question.validated_data)
        return self.answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=RelationChange(partial=True), responses=RelationSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Change the fields given; `until` ends a relation, which stays as history."""
        return self.changed(
            request,
            Relation.objects,
            pk,
            RelationChange,
            lambda row, version, values: actions.change_relation(
                relation=row, by=request.user, version=version, **values
            ),
        )
