"""Reports of visits over the API: file one once, read, change within a day, add to."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.care.api import BY_ID, PersonOpen
from customers.contacts.api import PromiseMade
from customers.contacts.models import LONGEST as LONGEST_SAID
from customers.contacts.models import LONGEST_STEP, Mood
from customers.files.models import Attachment
from customers.issues.models import LONGEST_TITLE, Category, Origin, Severity
from customers.people.models import Person
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer, Datum
from visits.plan.api import GoalSerializer
from visits.plan.models import LEAST_MINUTES, LONGEST_WHY, MOST_MINUTES, PlannedVisit, Purpose
from visits.report import actions, reading
from visits.report.checkin import Fix
from visits.report.models import LONGEST, LONGEST_SHARED, Cooperation, ReportAddition, VisitReport

_IDS = {"min_value": 1, "max_value": 2**62}
_MAYBE = {"required": False, "allow_null": True, "default": None}
_WORDS = {"required": False, "allow_blank": True, "default": ""}


class CheckInSerializer(serializers.Serializer):
    """place: near, away (outside the radius even at the best of the measurement), unsure or unknown; only a note."""

    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    datum = serializers.CharField()
    accuracy_m = serializers.IntegerField(allow_null=True)
    age_s = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    distance_m = serializers.IntegerField(allow_null=True)
    place = serializers.CharField()


class AdditionSerializer(ReadModelSerializer):
    by = PersonInCharge(read_only=True)

    class Meta:
        model = ReportAddition
        fields = ["id", "by", "at", "text"]


class ReportSerializer(ReadModelSerializer):
    """private: null for everybody but its author. photos, issues: ids of those in reach."""

    visit = serializers.IntegerField(source="visit_id", read_only=True)
    customer = serializers.IntegerField(source="visit.customer_id", read_only=True)
    contact = serializers.IntegerField(source="contact_id", read_only=True)
    by = PersonInCharge(read_only=True)
    day = serializers.DateField(source="visit.day", read_only=True)
    started_at = serializers.DateTimeField(source="contact.happened_at", read_only=True)
    check_in = serializers.SerializerMethodField()
    listened = serializers.CharField(source="contact.text", read_only=True)
    mood_before = serializers.IntegerField(source="contact.mood_before", read_only=True, allow_null=True)
    mood_after = serializers.IntegerField(source="contact.mood_after", read_only=True, allow_null=True)
    person = serializers.IntegerField(source="contact.person_id", read_only=True, allow_null=True)
    next_step = serializers.CharField(source="contact.next_step", read_only=True)
    next_on = serializers.DateField(source="contact.next_on", read_only=True, allow_null=True)
    goals = GoalSerializer(source="visit.goals", many=True, read_only=True)
    issues = serializers.SerializerMethodField()
    photos = serializers.SerializerMethodField()
    private = serializers.SerializerMethodField()
    additions = AdditionSerializer(many=True, read_only=True)
    version = serializers.IntegerField(read_only=True)

    class Meta:
        model = VisitReport
        fields = [
            *("id", "visit", "customer", "contact", "by", "day", "started_at", "minutes", "check_in", "listened"),
            *("found", "solved", "goals", "issues", "photos", "mood_before", "mood_after", "person", "next_step"),
            *("next_on", "cooperation", "shared", "private", "additions", "written_at", "filed_at", "version"),
        ]

    @extend_schema_field(CheckInSerializer(allow_null=True))
    def get_check_in(self, row):
        if row.checked_in_at is None:
            return None
        return {
            "latitude": float(row.latitude),
            "longitude": float(row.longitude),
            "datum": row.datum,
            "accuracy_m": row.accuracy_m,
            "age_s": row.age_s,
            "at": row.checked_in_at,
            "distance_m": row.distance_m,
            "place": str(row.place),
        }

    def get_issues(self, row) -> list[int]:
        return [one.pk for one in row.issues.all()]

    def get_photos(self, row) -> list[int]:
        return [one.pk for one in row.photos.all()]

    def get_private(self, row) -> str | None:
        request = self.context.get("request")
        if request is None or row.by_id != request.user.pk:
            return None
        return reading.private_part(row, request.user)


class CheckInQuestion(WriteSerializer):
    latitude = serializers.FloatField(min_value=-90, max_value=90)
    longitude = serializers.FloatField(min_value=-180, max_value=180)
    datum = serializers.ChoiceField(choices=Datum.choices, default=Datum.WGS84)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=10**6, **_MAYBE)
    age_s = serializers.IntegerField(min_value=0, max_value=10**8, **_MAYBE)
    at = serializers.DateTimeField(help_text="By default now.", **_MAYBE)


class GoalMet(WriteSerializer):
    id = serializers.IntegerField(**_IDS)
    met = serializers.BooleanField(allow_null=True)
    why = serializers.CharField(max_length=LONGEST_WHY, **_WORDS)


class IssueFound(WriteSerializer):
    title = serializers.CharField(max_length=LONGEST_TITLE)
    category = serializers.ChoiceField(choices=Category.choices)
    origin = serializers.ChoiceField(choices=Origin.choices, default=Origin.FOUND)
    severity = serializers.ChoiceField(choices=Severity.choices, default=Severity.ANNOYING)
    owner = PersonOpen(help_text=BY_ID, **_MAYBE)
    due_on = serializers.DateField(help_text="By default by tier and severity.", **_MAYBE)


class ChangeReport(WriteSerializer):
    minutes = serializers.IntegerField(min_value=LEAST_MINUTES, max_value=MOST_MINUTES, required=False)
    listened = serializers.CharField(max_length=LONGEST_SAID, **_WORDS)
    found = serializers.CharField(max_length=LONGEST, **_WORDS)
    solved = serializers.CharField(max_length=LONGEST, **_WORDS)
    goals = GoalMet(many=True, required=False)
    mood_before = serializers.ChoiceField(choices=Mood.choices, **_MAYBE)
    mood_after = serializers.ChoiceField(choices=Mood.choices, **_MAYBE)
    person = VisibleField(Person, "id", **_MAYBE)
    next_step = serializers.CharField(max_length=LONGEST_STEP, **_WORDS)
    next_on = serializers.DateField(**_MAYBE)
    shared = serializers.CharField(max_length=LONGEST_SHARED, help_text="Read by the dealer.", **_WORDS)
    private = serializers.CharField(max_length=LONGEST_SAID, help_text="Read by its author only.", **_WORDS)


class ReportQuestion(ChangeReport):
    """`visit`, or `customer` (with `day`) for a visit that nobody planned."""

    visit = VisibleField(PlannedVisit, "id", **_MAYBE)
    customer = VisibleField(Customer, "id", **_MAYBE)
    day = serializers.DateField(help_text="Of an unplanned visit, by default today.", **_MAYBE)
    purpose = serializers.ChoiceField(choices=Purpose.choices, default=Purpose.ROUTINE)
    starts_at = serializers.TimeField(**_MAYBE)
    check_in = CheckInQuestion(**_MAYBE)
    issues = IssueFound(many=True, required=False)
    promises = PromiseMade(many=True, required=False)
    photos = serializers.ListField(
        child=serializers.IntegerField(**_IDS),
        required=False,
        max_length=actions.MOST_PHOTOS,
        help_text="Files of the customer that are photos.",
    )
    cooperation = serializers.ChoiceField(
        choices=Cooperation.choices, help_text="null: no observation is written.", **_MAYBE
    )
    client_key = serializers.UUIDField(help_text="Sent twice with the same one, it is filed once.", **_MAYBE)
    written_at = serializers.DateTimeField(help_text="Where it was written without a connection.", **_MAYBE)


class AdditionQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST)


class ReportFilters(filters.FilterSet):
    visit = NumberOfRow(field_name="visit_id")
    customer = NumberOfRow(field_name="visit__customer_id")
    by = NumberOfRow(field_name="by_id")
    day_from = filters.DateFilter(field_name="visit__day", lookup_expr="gte")
    day_to = filters.DateFilter(field_name="visit__day", lookup_expr="lte")


class Reports(ApiViewSet):
    """Reports of visits to customers in reach, and one's own."""

    serializer_class = ReportSerializer
    filterset_class = ReportFilters
    orderings = {"id": "id", "filed_at": "filed_at"}
    default_ordering = "-id"
    queryset = VisitReport.objects.none()

    def get_queryset(self):
        return reading.whole(reading.rows_for(self.request.user), self.request.user)

    def _editable(self, pk) -> VisitReport:
        rows = VisitReport.objects.editable_by(self.request.user)
        return get_object_or_404(rows.select_related("visit__customer", "contact"), pk=pk)

    def _answer(self, report: VisitReport, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=report.pk)
        return Response(self.get_serializer(found).data, status=code, headers={"ETag": etag(found)})

    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=ReportQuestion, responses={201: ReportSerializer})
    def create(self, request):
        """goals: whether they were met, by their ids. issues: opened with the report."""
        refuse_readers(request)
        given = _goals(self.given(ReportQuestion))
        if (given["visit"] is None) == (given["customer"] is None):
            raise serializers.ValidationError({"visit": [_("Name the visit, or the customer of an unplanned one.")]})
        point = given.pop("check_in")
        if point is not None:
            given["checked_in_at"] = point.pop("at")
            given["fix"] = Fix(**point)
        wanted = set(given.pop("photos", ()))
        photos = list(Attachment.objects.visible_to(request.user).live().filter(pk__in=wanted))
        if len(photos) != len(wanted):
            raise serializers.ValidationError({"photos": [_("There is no such row.")]})
        made = actions.file_report(by=request.user, photos=photos, **given)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeReport(partial=True), responses=ReportSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Its author, within a day."""
        report = self._editable(pk)
        version = version_wanted(request, report)
        question = ChangeReport(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        try:
            changed = actions.change_report(report=report, by=request.user, version=version, **_goals(given))
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(changed)

    @extend_schema(request=AdditionQuestion, responses={201: ReportSerializer})
    def add(self, request, pk):
        """Put right or add, at any time."""
        report = self._editable(pk)
        actions.add_to(report=report, by=request.user, **self.given(AdditionQuestion))
        return self._answer(report, status.HTTP_201_CREATED)


def _goals(given: dict) -> dict:
    said = given.pop("goals", None)
    if said is None:
        return given
    return given | {
        "met": {one["id"]: one["met"] for one in said},
        "why": {one["id"]: one["why"] for one in said},
    }
