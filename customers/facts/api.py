"""A profile over the API: facts now or on a day, their history, the writing of one, a reading that is written down."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from crm.api.editing import Changed
from crm.api.serializers import ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.facts import actions, reading
from customers.facts.completeness import is_stale
from customers.facts.field import Field
from customers.facts.fields import ASKABLE, FIELDS
from customers.facts.models import Consent, Fact, Source
from customers.facts.rights import may_change, may_reveal
from customers.facts.words import shown
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer

ON = OpenApiParameter("on", OpenApiTypes.DATE, description="What was known at the end of this day; today if left out.")


class FactSerializer(ReadSerializer):
    """value: the canonical text (money with two places, percent as a fraction, choices by key), null while masked.

    is_masked: the field is sensitive; `reveal` gives its value and writes the reading down.
    """

    id = serializers.IntegerField()
    field = serializers.CharField()
    label = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField()
    shown = serializers.SerializerMethodField()
    is_masked = serializers.SerializerMethodField()
    is_stale = serializers.SerializerMethodField()
    is_current = serializers.BooleanField()
    source = serializers.ChoiceField(choices=Source.choices)
    told_by = serializers.CharField()
    noted_on = serializers.DateField()
    author = PersonInCharge(allow_null=True)
    note = serializers.CharField()
    purpose = serializers.CharField()
    consent = serializers.ChoiceField(choices=Consent.choices)
    expires_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()

    def _field(self, fact) -> Field | None:
        return fact.known_field

    def _hides(self, fact) -> bool:
        known = self._field(fact)
        return bool(fact.value) and (known is None or known.sensitive) and fact.pk != self.context.get("revealed")

    def get_label(self, fact) -> str:
        known = self._field(fact)
        return str(known.label) if known else fact.field

    @extend_schema_field({"type": ["string", "null"]})
    def get_value(self, fact):
        return None if self._hides(fact) else fact.text

    def get_shown(self, fact) -> str:
        known = self._field(fact)
        return "•••" if self._hides(fact) or known is None else shown(known, fact.text)

    def get_is_masked(self, fact) -> bool:
        return self._hides(fact)

    def get_is_stale(self, fact) -> bool:
        known = self._field(fact)
        return known is not None and is_stale(known.half_life, fact.noted_on, self.context.get("day") or today())


@extend_schema_field({"type": ["string", "number", "array", "null"], "items": {"type": "string"}})
class ValueField(serializers.Field):
    """Text, number or a list of keys; the field's own form judges it."""

    def __init__(self, **kwargs):
        super().__init__(allow_null=True, **kwargs)

    def to_internal_value(self, data):
        good = isinstance(data, str | int | float) and not isinstance(data, bool)
        good = good or (isinstance(data, list) and all(isinstance(one, str) for one in data) and len(data) < 50)
        if not good or (isinstance(data, str) and len(data) > 2000):
            raise exceptions.ValidationError(["?"])
        return data


class FactQuestion(WriteSerializer):
    """percent as people say it (45); choices by key; a list of keys for many; "" or null: not known any more."""

    value = ValueField()
    source = serializers.ChoiceField(choices=Source.choices, required=False, default=Source.TOLD)
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    noted_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Today if left out.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    consent = serializers.ChoiceField(choices=Consent.choices, required=False, default=Consent.NONE)
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=2**62,
        help_text="The id of the fact you saw in force, 0 for none: refused with 412 when it is another by now.",
    )


GAP = inline_serializer(
    "ProfileGap",
    {
        "field": serializers.CharField(),
        "question": serializers.CharField(),
        "why": serializers.CharField(),
        "is_stale": serializers.BooleanField(),
        "gain": serializers.CharField(help_text="What an answer adds, as a fraction of the whole."),
    },
    many=True,
)
COMPLETENESS = inline_serializer(
    "ProfileCompleteness",
    {
        "percent": serializers.IntegerField(),
        "known": serializers.IntegerField(),
        "stale": serializers.IntegerField(help_text="Out of date; each counts half."),
        "missing": serializers.IntegerField(),
        "gaps": GAP,
    },
)


class Facts(ApiViewSet):
    """What is known of a customer. Sensitive values stay masked until each is revealed."""

    serializer_class = FactSerializer
    pagination_class = None  # a profile is one thing
    queryset = Fact.objects.none()
    further_parameters = {"list": ("on",), "completeness": ("on",)}

    def customer(self) -> Customer:
        rows = Customer.objects.visible_to(self.request.user).select_related("standing")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def known(self) -> Field:
        if self.kwargs["field"] not in FIELDS:
            raise Http404
        return FIELDS[self.kwargs["field"]]

    def day(self) -> datetime.date | None:
        text = self.request.query_params.get("on")
        if text is None:
            return None
        try:
            return serializers.DateField().run_validation(text)
        except exceptions.ValidationError as error:
            raise exceptions.ValidationError({"on": error.detail}) from error

    def told(self, facts, **context):
        serializer = FactSerializer(facts, many=True, context={**self.get_serializer_context(), **context})
        return serializer.data

    @extend_schema(parameters=[ON], responses=FactSerializer(many=True))
    def list(self, request, pk):
        """Every field that is known, in the catalogue's order."""
        customer, day = self.customer(), self.day()
        found = reading.known_on(customer, day) if day else reading.current(customer)
        return Response(self.told([found[key] for key in FIELDS if key in found], day=day))

    @extend_schema(operation_id="customers_facts_history", responses=FactSerializer(many=True))
    def history(self, request, pk, field):
        """All facts of a field, the one in force first."""
        return Response(self.told(reading.history(self.customer(), self.known().key)))

    @extend_schema(request=FactQuestion, responses={201: FactSerializer})
    def note(self, request, pk, field):
        """Write down what is known of a field. What was known before stays in its history."""
        customer, known = self.customer(), self.known()
        if not may_change(request.user, customer, sensitive=known.sensitive):
            raise exceptions.PermissionDenied
        question = FactQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        given = dict(question.validated_data)
        value, seen = given.pop("value"), given.pop("seen")
        try:
            fact = actions.note_fact(
                customer=customer,
                field=known.key,
                value=value,
                by=request.user,
                origin=actions.Origin(**given),
                seen=seen,
            )
        except ValidationError as refusal:
            if getattr(refusal, "code", None) == "conflict":
                raise Changed from refusal
            raise
        return Response(self.told([fact])[0], status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=FactSerializer)
    def reveal(self, request, pk, field):
        """The value of a sensitive field; who read it and when is written down. 403 for who may not."""
        customer, known = self.customer(), self.known()
        if not may_reveal(request.user, customer):
            raise exceptions.PermissionDenied
        rows = Fact.objects.visible_to(request.user).current().filter(customer=customer, field=known.key)
        fact = get_object_or_404(rows.exclude(value="").select_related("author", "customer"))
        if known.sensitive:
            actions.read_fact(fact=fact, by=request.user)
        return Response(self.told([fact], revealed=fact.pk)[0])

    @extend_schema(parameters=[ON], responses=COMPLETENESS)
    def completeness(self, request, pk):
        """How much of the profile is known, weighted by tier, and what to ask next, the most worth first.

        The gap `owner` is no field: it is filled by a person who stands with the customer as its owner.
        """
        customer, day = self.customer(), self.day()
        found = reading.known_on(customer, day) if day else reading.current(customer)
        standing = getattr(customer, "standing", None)
        judged = reading.completeness(customer, standing.tier if standing else "", found, day or today())
        gaps = [
            {
                "field": gap.key,
                "question": str(ASKABLE[gap.key].question),
                "why": str(ASKABLE[gap.key].why),
                "is_stale": gap.stale,
                "gain": f"{float(gap.gain):.4f}",
            }
            for gap in judged.gaps
            if gap.key in ASKABLE
        ]
        return Response(
            {
                "percent": judged.percent,
                "known": judged.known,
                "stale": judged.stale,
                "missing": judged.missing,
                "gaps": gaps,
            }
        )
