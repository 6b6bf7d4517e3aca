"""Issues over the API: read, write down, work on, and what the customer says of it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.accounts.models import User
from crm.api.editing import as_changed, etag, version_wanted
from crm.api.filters import BooleanFilter, NumberOfRow
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import now
from customers.issues import actions, pausing
from customers.issues.checking import owners_open_to
from customers.issues.models import LONGEST, LONGEST_TITLE, Category, Issue, IssueStep, Origin, Severity, State
from customers.issues.rulemodels import IssueCause
from customers.people.models import Person
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer


class OwnerField(VisibleField):
    """A person whom the caller may give an issue to."""

    def __init__(self, **kwargs):
        super().__init__(User, "id", **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        return owners_open_to(request.user) if request is not None else User.objects.none()


class StepSerializer(ReadModelSerializer):
    """by is null where it was the system, or somebody of the customer's (told_by)."""

    by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = IssueStep
        fields = ["id", "what", "by", "told_by", "at", "text", "is_public"]


class IssueSerializer(ReadModelSerializer):
    """severity: 1 (small) to 4 (business stands still). word: whether the customer says that it is solved; null until
    they say. due_at, answer_due_at: when it is late, and by when somebody has to answer; stopped_at: since when the
    clock stands (waiting for the customer, or over); waited_minutes: working minutes that do not count. repeat_of: the
    former issue that it is again, nth: for the how-manieth time. escalated_at, unheard_at: when it was shown to the
    heads because it was late, or not answered in time.
    """

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True, allow_null=True)
    owner = PersonInCharge(read_only=True, allow_null=True)
    opened_by = PersonInCharge(read_only=True, allow_null=True)
    cause = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    repeat_of = serializers.IntegerField(source="repeat_of_id", read_only=True, allow_null=True)

    class Meta:
        model = Issue
        fields = [
            "id",
            "customer",
            "title",
            "text",
            "origin",
            "category",
            "severity",
            "owner",
            "reported_on",
            "due_on",
            "due_at",
            "answer_due_at",
            "stopped_at",
            "waited_minutes",
            "state",
            "reopened",
            "cause",
            "repeat_of",
            "nth",
            "person",
            "told_by",
            "opened_by",
            "opened_at",
            "first_response_at",
            "solved_at",
            "escalated_at",
            "unheard_at",
            "answer",
            "word",
            "stars",
            "word_at",
            "version",
        ]


class OneIssueSerializer(IssueSerializer):
    """With its history, oldest first."""

    steps = StepSerializer(many=True, read_only=True)

    class Meta(IssueSerializer.Meta):
        fields = [*IssueSerializer.Meta.fields, "steps"]


class _Said(WriteSerializer):
    title = serializers.CharField(max_length=LONGEST_TITLE)
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    category = serializers.ChoiceField(choices=Category.choices)
    severity = serializers.ChoiceField(choices=Severity.choices, default=Severity.ANNOYING)
    origin = serializers.ChoiceField(choices=Origin.choices, default=Origin.TOLD)


class IssueQuestion(_Said):
    customer = VisibleField(Customer, "id", help_text="A customer's id.")
    owner = OwnerField(
        required=False, allow_null=True, default=None, help_text="Left out: whoever is in charge of the customer."
    )
    person = VisibleField(Person, "id", required=False, allow_null=True, default=None, help_text="Who said it.")
    reported_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="No later than today.")
    due_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Left out: by class, tier and severity."
    )


class IssueChange(_Said):
    due_on = serializers.DateField()
    reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="Needed for a later due day."
    )


class CommentQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST)
    is_public = serializers.BooleanField(default=False, help_text="The customer may read it.")


class OwnerQuestion(WriteSerializer):
    owner = OwnerField(help_text="A person's id.")
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AnswerQuestion(WriteSerializer):
    answer = serializers.CharField(max_length=LONGEST, help_text="The customer reads it.")


class SolveQuestion(AnswerQuestion):
    cause = VisibleField(
        IssueCause, "code", required=False, allow_null=True, default=None, help_text="Why it came about, by its code."
    )


class CauseQuestion(WriteSerializer):
    cause = VisibleField(IssueCause, "code", allow_null=True, help_text="A cause's code; null: not known.")


class ResumeQuestion(WriteSerializer):
    text = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, default="", help_text="The customer reads it."
    )


class ReasonQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=LONGEST, help_text="The customer reads it.")


class WordQuestion(WriteSerializer):
    solved = serializers.BooleanField()
    stars = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class IssueFilters(filters.FilterSet):
    customer = NumberOfRow(field_name="customer_id")
    owner = NumberOfRow(field_name="owner_id")
    state = filters.ChoiceFilter(choices=State.choices)
    category = filters.ChoiceFilter(choices=Category.choices)
    severity = filters.ChoiceFilter(choices=Severity.choices)
    origin = filters.ChoiceFilter(choices=Origin.choices)
    unsolved = BooleanFilter(method="only_unsolved", label="Not solved (true), or over (false).")
    late = BooleanFilter(method="only_late", label="Not solved and past its day.")
    cause = filters.CharFilter(field_name="cause__code", label="A cause's code.")
    region = NumberOfRow(field_name="customer__region_id")
    again = BooleanFilter(method="only_again", label="The same again as a former one.")
    reported_from = filters.DateFilter(field_name="reported_on", lookup_expr="gte")
    reported_to = filters.DateFilter(field_name="reported_on", lookup_expr="lte")

    def only_unsolved(self, rows, _name, value):
        return rows.unsolved() if value else rows.over()

    def only_late(self, rows, _name, value):
        moment = now()
        return rows.late(moment) if value else rows.exclude(pk__in=rows.late(moment).order_by().values("pk"))

    def only_again(self, rows, _name, value):
        return rows.filter(repeat_of__isnull=not value)


class Issues(ApiViewSet):
    """What customers told us is wrong, or we found."""

    serializer_class = IssueSerializer
    filterset_class = IssueFilters
    orderings = {"due_on": "due_on", "reported_on": "reported_on", "id": "id"}
    default_ordering = "due_on"
    queryset = Issue.objects.none()

    def get_queryset(self):
        return Issue.objects.visible_to(self.request.user).select_related("owner", "opened_by", "cause")

    def _editable(self, pk) -> Issue:
        return get_object_or_404(Issue.objects.editable_by(self.request.user).select_related("customer"), pk=pk)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        steps = IssueStep.objects.visible_to(self.request.user).select_related("by").order_by("pk")
        found = get_object_or_404(self.get_queryset().prefetch_related(Prefetch("steps", steps)), pk=pk)
        data = OneIssueSerializer(found, context=self.get_serializer_context()).data
        return Response(data, status=code, headers={"ETag": etag(found)})

    @extend_schema(responses=OneIssueSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=IssueQuestion, responses={201: OneIssueSerializer})
    def create(self, request):
        refuse_readers(request)
        made = actions.open_issue(by=request.user, **self.given(IssueQuestion))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=IssueChange(partial=True), responses=OneIssueSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """A later due day needs a reason."""
        issue = self._editable(pk)
        version = version_wanted(request, issue)
        question = IssueChange(data=request.data, partial=True, context={"request": request})
        question.is_valid(raise_exception=True)
        given = {name: value for name, value in question.validated_data.items() if name in request.data}
        try:
            actions.change(issue=issue, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(issue.pk)

    def _done(self, pk, act, shape=None) -> Response:
        issue = self._editable(pk)
        act(issue=issue, by=self.request.user, **(self.given(shape) if shape else {}))
        return self._answer(issue.pk)

    @extend_schema(request=CommentQuestion, responses=OneIssueSerializer)
    def comment(self, request, pk):
        return self._done(pk, actions.comment, CommentQuestion)

    @extend_schema(request=None, responses=OneIssueSerializer)
    def begin(self, request, pk):
        """Somebody works on it now."""
        return self._done(pk, actions.begin)

    @extend_schema(request=OwnerQuestion, responses=OneIssueSerializer)
    def assign(self, request, pk):
        return self._done(pk, actions.assign, OwnerQuestion)

    @extend_schema(request=SolveQuestion, responses=OneIssueSerializer)
    def solve(self, request, pk):
        return self._done(pk, actions.solve, SolveQuestion)

    @extend_schema(request=ReasonQuestion, responses=OneIssueSerializer)
    def pause(self, request, pk):
        """Nothing can be done until the customer does their part: the clock stands."""
        return self._done(pk, pausing.pause, ReasonQuestion)

    @extend_schema(request=ResumeQuestion, responses=OneIssueSerializer)
    def resume(self, request, pk):
        """What we waited for is here: the clock runs on."""
        return self._done(pk, pausing.resume, ResumeQuestion)

    @extend_schema(request=CauseQuestion, responses=OneIssueSerializer)
    def cause(self, request, pk):
        """Why it came about; also of one that is over."""
        return self._done(pk, pausing.name_cause, CauseQuestion)

    @extend_schema(request=None, responses=OneIssueSerializer)
    def unlink(self, request, pk):
        """Another matter than the former one it was taken for."""
        return self._done(pk, pausing.unlink)

    @extend_schema(request=AnswerQuestion, responses=OneIssueSerializer)
    def reject(self, request, pk):
        return self._done(pk, actions.reject, AnswerQuestion)

    @extend_schema(request=ReasonQuestion, responses=OneIssueSerializer)
    def reopen(self, request, pk):
        return self._done(pk, actions.reopen, ReasonQuestion)

    @extend_schema(request=WordQuestion, responses=OneIssueSerializer)
    def word(self, request, pk):
        """What the customer says of a solved issue."""
        return self._done(pk, actions.say, WordQuestion)
