"""Privacy over the API: what is held, copies of it, erasures, and what the night erases."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.exports.api import ExportSerializer
from crm.jobs.actions import enqueue
from customers.facts.fields import SENSITIVE
from customers.facts.models import Consent
from customers.facts.rights import may_change
from customers.people.models import Person
from customers.privacy import actions, reading, retention, rights
from customers.privacy.forms import GROUNDS
from customers.privacy.models import Erasure
from customers.privacy.subjects import of
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer


class HeldRows(ReadSerializer):
    """Rows of a table; why: the reason for which an erasure leaves them."""

    table = serializers.CharField()
    label = serializers.CharField()
    rows = serializers.IntegerField()
    why = serializers.CharField()


class KeptFact(ReadSerializer):
    """A sensitive field of which something is held, without its value. values: how many were ever noted."""

    field = serializers.CharField(source="field.key")
    label = serializers.CharField(source="field.label")
    purpose = serializers.CharField(source="fact.purpose")
    consent = serializers.ChoiceField(source="fact.consent", choices=Consent.choices)
    noted_on = serializers.DateField(source="fact.noted_on")
    expires_on = serializers.DateField(source="fact.expires_on", allow_null=True)
    values = serializers.IntegerField()


class FactReading(ReadSerializer):
    """field is null for a copy of everything."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    via = serializers.CharField()
    reason = serializers.CharField()


class HeldSerializer(ReadSerializer):
    """readings: empty for those who may not read the sensitive facts."""

    held = HeldRows(many=True)
    facts = KeptFact(many=True)
    readings = FactReading(many=True)
    may_copy = serializers.BooleanField()
    may_erase = serializers.BooleanField()


class ErasurePreview(ReadSerializer):
    goes = HeldRows(many=True)
    stays = HeldRows(many=True)


class ErasureSerializer(ReadModelSerializer):
    """counts: {table: rows} once it is done."""

    asked_by = PersonInCharge(read_only=True, allow_null=True)
    decided_by = PersonInCharge(read_only=True, allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Erasure
        fields = [
            "id",
            "subject",
            "subject_id",
            "code",
            "state",
            "ground",
            "reason",
            "counts",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "done_at",
        ]


class CopyQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=300, help_text="For whom and why; it stands in the audit log.")


class EraseQuestion(WriteSerializer):
    typed = serializers.CharField(max_length=64, help_text="The customer's code, or the person's number.")
    ground = serializers.ChoiceField(choices=GROUNDS)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    chosen = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        default=list,
        max_length=100,
        help_text="Of a person: ids of files of their customers that show them.",
    )


class _Subjects(ApiViewSet):
    """What is held about one. Who may have no copy sees how much of what, and for what purpose."""

    serializer_class = HeldSerializer
    pagination_class = None

    def row(self, pk) -> Customer | Person:
        raise NotImplementedError

    @extend_schema(responses=HeldSerializer)
    def retrieve(self, request, pk):
        row = self.row(pk)
        may_copy = rights.may_copy(request.user, row)
        found = {
            "held": reading.held(of(actions.named(row).kind, row.pk)),
            "facts": reading.sensitive(row) if isinstance(row, Customer) else [],
            "readings": reading.readings(row) if may_copy else [],
            "may_copy": may_copy,
            "may_erase": rights.may_erase(request.user, row),
        }
        return Response(self.get_serializer(found).data)

    @extend_schema(request=CopyQuestion, responses={202: ExportSerializer})
    def copy(self, request, pk):
        """One ZIP of everything; it comes among the exports."""
        row = self.row(pk)
        rights.refuse_copy(request.user, row)
        question = CopyQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        made = actions.ask_copy(row=row, by=request.user, **question.validated_data)
        return Response(ExportSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ErasurePreview)
    def preview(self, request, pk):
        """What an erasure would take and what it would leave; nothing is changed."""
        row = self.row(pk)
        rights.refuse_erasing(request.user, row)
        goes, stays = reading.preview(of(actions.named(row).kind, row.pk))
        return Response(ErasurePreview({"goes": goes, "stays": stays}, context={"request": request}).data)

    @extend_schema(request=EraseQuestion, responses={202: ErasureSerializer})
    def erase(self, request, pk):
        """Erase for good; `asked` until a second person agrees where the company wants that."""
        row = self.row(pk)
        rights.refuse_erasing(request.user, row)
        question = EraseQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        made = actions.ask_erasure(row=row, by=request.user, **question.validated_data)
        return Response(ErasureSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class CustomerPrivacy(_Subjects):
    queryset = Customer.objects.none()

    def row(self, pk):
        return get_object_or_404(Customer.objects.visible_to(self.request.user), pk=pk)

    @extend_schema(request=None, responses={204: None})
    def withdraw(self, request, pk, field):
        """Consent to a sensitive field is withdrawn: all that was noted of it is erased."""
        customer = self.row(pk)
        if field not in SENSITIVE:
            raise Http404
        if not may_change(request.user, customer, sensitive=True):
            raise PermissionDenied(_("Sensitive facts are written by the manager in charge, their heads and admins."))
        actions.withdraw(customer=customer, field=field, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PersonPrivacy(_Subjects):
    queryset = Person.objects.none()

    def row(self, pk):
        return get_object_or_404(Person.objects.visible_to(self.request.user), pk=pk)


class ErasureFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Erasure.State.choices)
    subject = filters.ChoiceFilter(choices=Erasure.Subject.choices)


class Erasures(ApiViewSet):
    """Certificates; heads see those of their regions."""

    serializer_class = ErasureSerializer
    filterset_class = ErasureFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Erasure.objects.none()

    def get_queryset(self):
        return Erasure.objects.visible_to(self.request.user).select_related("asked_by", "decided_by")

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=None, responses=ErasureSerializer)
    def agree(self, request, pk):
        """An administrator other than whoever asked lets it go ahead."""
        return self._decide(request, pk, agreed=True)

    @extend_schema(request=None, responses=ErasureSerializer)
    def refuse(self, request, pk):
        return self._decide(request, pk, agreed=False)

    def _decide(self, request, pk, *, agreed: bool):
        found = get_object_or_404(self.get_queryset(), pk=pk)
        if not rights.may_decide(request.user, found):
            raise PermissionDenied(_("An administrator other than whoever asked decides."))
        actions.decide(erasure=found, agreed=agreed, by=request.user)
        return self.retrieve(request, pk)


class RetentionRule(ReadSerializer):
    """tonight: how many rows it would do something about now. value: days (months for prospects), 0: off."""

    code = serializers.CharField()
    label = serializers.CharField()
    does = serializers.CharField()
    value = serializers.CharField()
    tonight = serializers.IntegerField()


class RetentionJob(ReadSerializer):
    job = serializers.IntegerField()


class Retention(ApiViewSet):
    """What is kept how long; for administrators."""

    serializer_class = RetentionRule
    pagination_class = None
    queryset = Erasure.objects.none()

    def _admins_only(self, request):
        if not request.user.is_admin:
            raise PermissionDenied(_("What is kept how long is for administrators."))

    @extend_schema(responses=RetentionRule(many=True))
    def list(self, request):
        self._admins_only(request)
        counts = retention.tonight()
        rows = [
            {
                "code": rule.code,
                "label": rule.label,
                "does": rule.does,
                "value": str(rule.value()),
                "tonight": counts[rule.code],
            }
            for rule in retention.RULES
        ]
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=None, responses={202: RetentionJob})
    def run(self, request):
        self._admins_only(request)
        job = enqueue(kind="privacy.retain", asked_by=request.user)
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)
