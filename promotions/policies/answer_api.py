"""What each customer was told, answered, asked and did, over the API."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.editing import as_changed
from crm.api.filters import BooleanFilter, NumberOfRow
from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.refusing import refusal_of
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from promotions.policies import answering, reading
from promotions.policies.actions import MOST_CLAUSES
from promotions.policies.answer_models import (
    LONGEST_TEXT,
    Answer,
    NoticeAnswer,
    NoticeDelivery,
    NoticeMark,
    NoticeQuestion,
    Reason,
    Through,
)
from promotions.policies.answering import LONGEST_MARK, STICKS, Mark
from promotions.policies.api import CHANGED

_NUMBER = {"min_value": 1, "max_value": 32767}
TAKEN = [(one.value, one.label) for one in (Through.VISIT, Through.CALL)]
"""What customers say in the portal, they say there."""


# --- answers ------------------------------------------------------------------------------------------------------


class NoticeDeliverySerializer(ReadModelSerializer):
    """One notice to one customer. version: the number of the one they are asked about. read_at: null until they opened
    it or were told in person. answer: what holds now, empty until there is one. done_by: who of us saw it done;
    done_told_by: who of them said so.
    """

    notice = serializers.IntegerField(source="notice_id", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    title = serializers.CharField(source="version.title", read_only=True)
    done_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = NoticeDelivery
        fields = [
            "id",
            "notice",
            "customer",
            "version",
            "title",
            "joined",
            "told_at",
            "answer_by",
            "read_at",
            "read_through",
            "answer",
            "answered_at",
            "done_on",
            "done_by",
            "done_told_by",
            "reminders",
            "reminded_at",
        ]


class NoticeMarkSerializer(ReadModelSerializer):
    """A clause, by its key, at which an answer sticks."""

    clause = serializers.IntegerField(source="clause.key", read_only=True)

    class Meta:
        model = NoticeMark
        fields = ["clause", "says", "text"]


class NoticeAnswerSerializer(ReadModelSerializer):
    """What was answered once and stays. by: who of us wrote it down, null where they answered in the portal."""

    version = serializers.IntegerField(source="version.number", read_only=True)
    by = PersonInCharge(read_only=True, allow_null=True)
    marks = NoticeMarkSerializer(many=True, read_only=True)

    class Meta:
        model = NoticeAnswer
        fields = ["id", "version", "answer", "reason", "text", "marks", "through", "told_by", "by", "at"]


class NoticeQuestionSerializer(ReadModelSerializer):
    """clause: its key, null where they ask about the whole. owner: who of us answers, until due_on."""

    delivery = serializers.IntegerField(source="delivery_id", read_only=True)
    clause = serializers.IntegerField(source="clause.key", read_only=True, allow_null=True, default=None)
    by = PersonInCharge(read_only=True, allow_null=True)
    owner = PersonInCharge(read_only=True, allow_null=True)
    replied_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = NoticeQuestion
        fields = [
            *("id", "delivery", "clause", "text", "through", "told_by", "by", "asked_at", "owner", "due_on"),
            *("reply", "replied_at", "replied_by", "version"),
        ]


class OneNoticeDeliverySerializer(NoticeDeliverySerializer):
    """With all that was answered, the latest first, and all that was asked."""

    answers = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    class Meta(NoticeDeliverySerializer.Meta):
        fields = [*NoticeDeliverySerializer.Meta.fields, "answers", "questions"]

    @extend_schema_field(NoticeAnswerSerializer(many=True))
    def get_answers(self, delivery):
        return NoticeAnswerSerializer(reading.answers_of(delivery), many=True, context=self.context).data

    @extend_schema_field(NoticeQuestionSerializer(many=True))
    def get_questions(self, delivery):
        return NoticeQuestionSerializer(reading.questions_of(delivery), many=True, context=self.context).data


# --- questions ----------------------------------------------------------------------------------------------------


class NoticeMarkQuestion(WriteSerializer):
    clause = serializers.IntegerField(**_NUMBER, help_text="Its key.")
    says = serializers.ChoiceField(choices=[(one.value, one.label) for one in STICKS])
    text = serializers.CharField(max_length=LONGEST_MARK, required=False, allow_blank=True, default="")


class NoticeAnswerQuestion(WriteSerializer):
    seen = serializers.IntegerField(**_NUMBER, help_text="The number of the version they were told.")
    answer = serializers.ChoiceField(choices=Answer.choices)
    reason = serializers.ChoiceField(
        choices=Reason.choices, required=False, allow_blank=True, default="", help_text="Why they cannot."
    )
    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
    marks = serializers.ListField(child=NoticeMarkQuestion(), required=False, max_length=MOST_CLAUSES)
    through = serializers.ChoiceField(choices=TAKEN, default=Through.VISIT)
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class NoticeAskQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)
    clause = serializers.IntegerField(**_NUMBER, required=False, allow_null=True, default=None, help_text="Its key.")
    through = serializers.ChoiceField(choices=TAKEN, default=Through.VISIT)
    told_by = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class NoticeDoneQuestion(WriteSerializer):
    on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Left out: today.")


class NoticeReplyQuestion(WriteSerializer):
    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="The customer reads it.")
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of the question as you saw it.",
    )


class DeliveryFilters(filters.FilterSet):
    notice = NumberOfRow(field_name="notice_id")
    customer = NumberOfRow(field_name="customer_id")
    answer = filters.ChoiceFilter(choices=Answer.choices)
    unanswered = BooleanFilter(method="only_unanswered", label="Without an answer (true), or with one.")
    not_done = BooleanFilter(method="only_not_done", label="To be done and not done (true), or done.")

    def only_unanswered(self, rows, _name, value):
        return rows.unanswered() if value else rows.exclude(answer="")

    def only_not_done(self, rows, _name, value):
        return rows.not_done() if value else rows.filter(done_on__isnull=False)


class QuestionFilters(filters.FilterSet):
    open = BooleanFilter(method="only_open", label="Waiting for an answer (true), or answered.")
    owner = NumberOfRow(field_name="owner_id")
    notice = NumberOfRow(field_name="delivery__notice_id")
    customer = NumberOfRow(field_name="delivery__customer_id")

    def only_open(self, rows, _name, value):
        return rows.open() if value else rows.filter(replied_at__isnull=False)


# --- views --------------------------------------------------------------------------------------------------------


class NoticeDeliveries(ApiViewSet):
    """Who in reach was told what, and what they said to it."""

    serializer_class = NoticeDeliverySerializer
    filterset_class = DeliveryFilters
    orderings = {"answer_by": "answer_by", "id": "id"}
    default_ordering = "-id"
    queryset = NoticeDelivery.objects.none()

    def get_queryset(self):
        return reading.one(self.request.user).select_related("done_by")

    def _held(self, pk) -> NoticeDelivery:
        """For whoever may write."""
        delivery = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(self.request)
        return delivery

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(OneNoticeDeliverySerializer(found, context=self.get_serializer_context()).data, status=code)

    @extend_schema(responses=OneNoticeDeliverySerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=NoticeAnswerQuestion, responses=OneNoticeDeliverySerializer)
    def answer(self, request, pk):
        """What they said when they were told in person; it holds instead of what they had answered before."""
        delivery = self._held(pk)
        given = self.given(NoticeAnswerQuestion)
        said = given.pop("marks", [])
        marks = {one["clause"]: Mark(one["says"], one["text"]) for one in said}
        if len(marks) < len(said):
            raise refusal_of("marks", _("Name each clause once."), "twice")
        answering.answer_notice(delivery=delivery, marks=marks, by=request.user, **given)
        return self._answer(pk)

    @extend_schema(request=NoticeAskQuestion, responses={201: OneNoticeDeliverySerializer})
    def ask(self, request, pk):
        """A question of theirs, written down by one of us."""
        answering.ask(delivery=self._held(pk), by=request.user, **self.given(NoticeAskQuestion))
        return self._answer(pk, status.HTTP_201_CREATED)

    @extend_schema(request=NoticeDoneQuestion, responses=OneNoticeDeliverySerializer)
    def done(self, request, pk):
        """What the notice asks for was seen carried out."""
        answering.mark_done(delivery=self._held(pk), by=request.user, **self.given(NoticeDoneQuestion))
        return self._answer(pk)

    @extend_schema(request=None, responses=OneNoticeDeliverySerializer)
    def undone(self, request, pk):
        """It was not, after all."""
        answering.unmark_done(delivery=self._held(pk), by=request.user)
        return self._answer(pk)


class NoticeQuestions(ApiViewSet):
    """What customers in reach ask about notices."""

    serializer_class = NoticeQuestionSerializer
    filterset_class = QuestionFilters
    orderings = {"due_on": "due_on", "id": "id"}
    default_ordering = "due_on"
    queryset = NoticeQuestion.objects.none()

    def get_queryset(self):
        rows = NoticeQuestion.objects.visible_to(self.request.user).filter(delivery__set_aside=False)
        return rows.select_related("clause", "by", "owner", "replied_by", "delivery")

    def _answer(self, pk) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=NoticeReplyQuestion, responses={200: NoticeQuestionSerializer, 412: CHANGED})
    def reply(self, request, pk):
        """Once; the customer reads it in the portal."""
        question = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(request)
        try:
            answering.reply(question=question, by=request.user, **self.given(NoticeReplyQuestion))
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)
