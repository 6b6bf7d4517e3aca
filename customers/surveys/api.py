"""Surveys over the API: what is asked, rounds with their figures, who was asked, guesses and answers."""

from __future__ import annotations

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.filters import NumberOfRow
from crm.api.serializers import ExactField, ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer
from customers.surveys import actions, answering, reading
from customers.surveys.answering import Said
from customers.surveys.models import (
    LONGEST,
    Direct,
    State,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPoint,
    SurveyResponse,
    SurveyTemplate,
    Through,
)

TEN = {"min_value": 1, "max_value": 10}
_IDS = {"min_value": 1, "max_value": 2**62}


class PointSerializer(ReadModelSerializer):
    class Meta:
        model = SurveyPoint
        fields = ["id", "position", "category", "label"]


class TemplateSerializer(ReadModelSerializer):
    """threshold: a shortfall of so many points opens an issue."""

    points = PointSerializer(many=True, read_only=True)

    class Meta:
        model = SurveyTemplate
        fields = ["id", "name", "kind", "threshold", "asks_trust", "is_active", "version", "points"]


class RoundSerializer(ReadModelSerializer):
    """asked, answered: of the customers in reach."""

    template = serializers.IntegerField(source="template_id", read_only=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)
    asked = serializers.IntegerField(read_only=True)
    answered = serializers.IntegerField(read_only=True)

    class Meta:
        model = Survey
        fields = ["id", "name", "template", "opens_on", "closes_on", "made_by", "asked", "answered"]


class PointFiguresSerializer(ReadSerializer):
    name = serializers.CharField()
    category = serializers.CharField()
    n = serializers.IntegerField()
    expectation = ExactField()
    reality = ExactField()
    shortfall = ExactField()


class BlindFiguresSerializer(ReadSerializer):
    """Guess less answer: above 0 we thought them better off than they are."""

    name = serializers.CharField()
    n = serializers.IntegerField()
    expectation = ExactField()
    reality = ExactField()


class GroupFiguresSerializer(ReadSerializer):
    """key: a tier ('' for none), a region's name, or the first day of a month. better: guess less found."""

    key = serializers.CharField()
    n = serializers.IntegerField()
    overall = ExactField()
    renew = ExactField()
    reality = ExactField()
    shortfall = ExactField()
    better = ExactField(allow_null=True)


class AssociationSerializer(ReadSerializer):
    """Pearson's r with its 95 % interval; it says nothing of causes."""

    n = serializers.IntegerField()
    r = ExactField()
    low = ExactField()
    high = ExactField()


class FiguresSerializer(ReadSerializer):
    """Of answers that the caller may see. silent: asked and gave no answer. together: how content with whether they
    would sign again; null for fewer than 30 answers or an interval that holds 0. call_first: invitations of the least
    content fifth.
    """

    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    hidden = serializers.IntegerField(help_text="Answers that the caller has to guess first.")
    silent = serializers.IntegerField()
    overall = ExactField(allow_null=True)
    renew = ExactField(allow_null=True)
    trust = ExactField(allow_null=True)
    together = AssociationSerializer(allow_null=True)
    call_first = serializers.ListField(child=serializers.IntegerField(), source="calls")
    points = PointFiguresSerializer(many=True)
    blind = BlindFiguresSerializer(many=True, help_text="By point, where somebody guessed; the most wrong first.")
    tiers = GroupFiguresSerializer(many=True)
    regions = GroupFiguresSerializer(many=True)
    months = GroupFiguresSerializer(many=True)


class InvitationSerializer(ReadModelSerializer):
    survey = serializers.IntegerField(source="survey_id", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)

    class Meta:
        model = SurveyInvitation
        fields = ["id", "survey", "customer", "state", "asked_at", "sent_at", "guessed_at", "waived"]


class AnswerSerializer(ReadModelSerializer):
    point = serializers.IntegerField(source="point_id", read_only=True)

    class Meta:
        model = SurveyAnswer
        fields = ["point", "expectation", "reality", "direct", "importance"]


class ResponseSerializer(ReadModelSerializer):
    invitation = serializers.IntegerField(source="invitation_id", read_only=True)
    survey = serializers.IntegerField(source="invitation.survey_id", read_only=True)
    customer = serializers.IntegerField(source="invitation.customer_id", read_only=True)
    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = SurveyResponse
        fields = [
            "id",
            "invitation",
            "survey",
            "customer",
            "overall",
            "renew",
            "trust",
            "comment",
            "answered_at",
            "through",
            "answers",
        ]


class RoundQuestion(WriteSerializer):
    name = serializers.CharField(max_length=80)
    template = VisibleField(SurveyTemplate, "id")
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    customers = serializers.ListField(child=serializers.IntegerField(**_IDS), max_length=actions.MOST_AT_ONCE)


class PointGuess(WriteSerializer):
    point = serializers.IntegerField(**_IDS)
    expectation = serializers.IntegerField(**TEN)
    reality = serializers.IntegerField(**TEN)


class SaidQuestion(PointGuess):
    direct = serializers.ChoiceField(choices=Direct.choices, required=False, allow_null=True, default=None)
    importance = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)


class GuessQuestion(WriteSerializer):
    points = PointGuess(many=True)


class InterviewQuestion(WriteSerializer):
    answers = SaidQuestion(many=True)
    overall = serializers.IntegerField(**TEN)
    renew = serializers.IntegerField(**TEN)
    trust = serializers.IntegerField(**TEN, required=False, allow_null=True, default=None)
    comment = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class WaiveQuestion(WriteSerializer):
    reason = serializers.CharField(max_length=200)


class Templates(ApiViewSet):
    """What is asked; written on its page."""

    serializer_class = TemplateSerializer
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = SurveyTemplate.objects.none()

    def get_queryset(self):
        return SurveyTemplate.objects.visible_to(self.request.user).prefetch_related("points")

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class Rounds(ApiViewSet):
    """Rounds one began, and those that ask somebody in reach."""

    serializer_class = RoundSerializer
    orderings = {"opens_on": "opens_on", "id": "id"}
    default_ordering = "-opens_on"
    queryset = Survey.objects.none()

    def get_queryset(self):
        return reading.rounds(self.request.user)

    def _answer(self, pk, code=status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data, status=code)

    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=RoundQuestion, responses={201: RoundSerializer})
    def create(self, request):
        """Customers beyond reach, closed ones and those the questions are not for are left out."""
        refuse_readers(self.request)
        given = self.given(RoundQuestion)
        ids = given.pop("customers")
        customers = list(Customer.objects.editable_by(request.user).filter(pk__in=ids).order_by("pk"))
        made = actions.begin_survey(customers=customers, by=request.user, **given)
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(responses=FiguresSerializer)
    def figures(self, request, pk):
        survey = get_object_or_404(Survey.objects.visible_to(request.user), pk=pk)
        whole = reading.whole(request.user, survey)
        names = ("asked", "answered", "hidden", "silent", "overall", "renew", "trust", "together", "calls")
        found = {name: getattr(whole, name) for name in names}
        found["points"] = reading.by_point(request.user, survey)
        found["blind"] = reading.blindness(request.user, survey)
        found |= {f"{group}s": reading.by_group(request.user, survey, group) for group in ("tier", "region", "month")}
        return Response(FiguresSerializer(found, context=self.get_serializer_context()).data)


class InvitationFilters(filters.FilterSet):
    survey = NumberOfRow(field_name="survey_id")
    customer = NumberOfRow(field_name="customer_id")
    state = filters.ChoiceFilter(choices=State.choices)


class Invitations(ApiViewSet):
    """Who was asked; never the link."""

    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = SurveyInvitation.objects.none()

    def get_queryset(self):
        return SurveyInvitation.objects.visible_to(self.request.user).counting()

    def _editable(self, pk) -> SurveyInvitation:
        rows = SurveyInvitation.objects.editable_by(self.request.user).counting()
        return get_object_or_404(reading.with_guessers(rows, self.request.user), pk=pk)

    def _answer(self, pk) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=GuessQuestion, responses=InvitationSerializer)
    def guess(self, request, pk):
        """What they will answer to every point; once, before the answers can be seen, by whoever looks after them."""
        invitation = self._editable(pk)
        given = self.given(GuessQuestion)["points"]
        guesses = {one["point"]: (one["expectation"], one["reality"]) for one in given}
        answering.guess(invitation=invitation, guesses=guesses, by=request.user)
        return self._answer(pk)

    @extend_schema(request=WaiveQuestion, responses=InvitationSerializer)
    def waive(self, request, pk):
        """Show the answers without a guess; by whoever looks after the customer, heads and administrators."""
        invitation = self._editable(pk)
        answering.waive_guess(invitation=invitation, by=request.user, **self.given(WaiveQuestion))
        return self._answer(pk)

    @extend_schema(request=InterviewQuestion, responses=InvitationSerializer)
    def answer(self, request, pk):
        """Asked in person. Whoever looks after the customer guesses first."""
        invitation = self._editable(pk)
        given = self.given(InterviewQuestion)
        answering.refuse_unguessed(invitation)
        answers = {one.pop("point"): Said(**one) for one in given.pop("answers")}
        answering.answer(invitation=invitation, answers=answers, through=Through.VISIT, by=request.user, **given)
        return self._answer(pk)

    @extend_schema(request=None, responses=InvitationSerializer)
    def decline(self, request, pk):
        actions.decline(invitation=self._editable(pk), by=request.user)
        return self._answer(pk)


class ResponseFilters(filters.FilterSet):
    survey = NumberOfRow(field_name="invitation__survey_id")
    customer = NumberOfRow(field_name="invitation__customer_id")


class Responses(ApiViewSet):
    """Answers; those that the caller has to guess first are not there yet."""

    serializer_class = ResponseSerializer
    filterset_class = ResponseFilters
    orderings = {"answered_at": "answered_at", "id": "id"}
    default_ordering = "-answered_at"
    queryset = SurveyResponse.objects.none()

    def get_queryset(self):
        user = self.request.user
        answers = SurveyAnswer.objects.visible_to(user).order_by("point__position")
        rows = SurveyResponse.objects.visible_to(user).counting().select_related("invitation")
        return rows.prefetch_related(Prefetch("answers", answers))
