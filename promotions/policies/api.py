"""Notices over the API: read, write, send, publish the next version, remind, withdraw; and their papers."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Kind as CustomerKind
from promotions.policies import actions, letters, papers, reading, sending
from promotions.policies.audience import MOST_NAMED, Audience
from promotions.policies.forms import TIERS
from promotions.policies.models import Kind, Notice, NoticeClause, NoticeFile, NoticeVersion, State
from promotions.policies.texts import joined
from promotions.policies.views import may_change, may_read, refuse_others

_IDS = {"min_value": 1, "max_value": 2**62}
_GAP = re.compile(r"\n\s*\n")
_FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
CHANGED = OpenApiResponse(description="Somebody else has changed it since that version.")


# --- answers ------------------------------------------------------------------------------------------------------


class NoticeStandingSerializer(ReadSerializer):
    """Of the customers in the caller's reach. late: without an answer past their last day."""

    told = serializers.IntegerField()
    read = serializers.IntegerField()
    understood = serializers.IntegerField()
    agreed = serializers.IntegerField()
    unclear = serializers.IntegerField()
    cannot = serializers.IntegerField()
    propose = serializers.IntegerField()
    done = serializers.IntegerField()
    late = serializers.IntegerField()


class NoticeSerializer(ReadModelSerializer):
    """title: in the language of the request where it is written in it. audience: null for who may not change the
    notice, since it may name customers beyond their reach. current: the number of the version that customers read.
    """

    title = serializers.CharField(read_only=True)
    audience = serializers.SerializerMethodField()
    current = serializers.IntegerField(source="current.number", read_only=True, allow_null=True, default=None)
    standing = serializers.SerializerMethodField()
    sent_by = PersonInCharge(read_only=True, allow_null=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Notice
        fields = [
            "id",
            "kind",
            "state",
            "language",
            "title",
            "audience",
            "joins",
            "answer_by",
            "asks_doing",
            "do_by",
            "send_on",
            "sent_at",
            "sent_by",
            "withdrawn_at",
            "withdrawn_why",
            "current",
            "made_by",
            "made_at",
            "standing",
            "version",
        ]

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_audience(self, notice):
        return notice.audience if may_change(self.context["request"].user, notice) else None

    @extend_schema_field(NoticeStandingSerializer)
    def get_standing(self, notice):
        return NoticeStandingSerializer(self.context["standings"].get(notice.pk, reading.Standing())).data


class NoticePaperSerializer(ReadModelSerializer):
    """Its bytes: `notice-papers/{id}/content/`."""

    class Meta:
        model = NoticeFile
        fields = ["id", "title", "name", "content_type", "size", "sha256", "added_at"]


class NoticeClauseSerializer(ReadModelSerializer):
    """key: the same in each version for as long as it is the same clause; answers and questions name it."""

    texts = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = NoticeClause
        fields = ["key", "position", "texts"]


class NoticeVersionSerializer(ReadModelSerializer):
    """published_at: null while it is being written, which only who may change the notice reads of a sent one."""

    texts = serializers.DictField(child=serializers.DictField(child=serializers.CharField()), read_only=True)
    changed = serializers.DictField(child=serializers.CharField(), read_only=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)
    clauses = NoticeClauseSerializer(many=True, read_only=True)
    papers = NoticePaperSerializer(source="files", many=True, read_only=True)

    class Meta:
        model = NoticeVersion
        fields = ["number", "texts", "changed", "asks_anew", "made_by", "made_at", "published_at", "clauses", "papers"]


class OneNoticeSerializer(NoticeSerializer):
    """With its versions, the first one first."""

    versions = serializers.SerializerMethodField()

    class Meta(NoticeSerializer.Meta):
        fields = [*NoticeSerializer.Meta.fields, "versions"]

    @extend_schema_field(NoticeVersionSerializer(many=True))
    def get_versions(self, notice):
        user = self.context["request"].user
        shown = [one for one in notice.versions.all() if may_read(user, notice, one)]
        return NoticeVersionSerializer(shown, many=True, context=self.context).data


# --- questions ----------------------------------------------------------------------------------------------------


class NoticeWords(WriteSerializer):
    title = serializers.CharField(max_length=actions.LONGEST["title"])
    intro = serializers.CharField(max_length=actions.LONGEST["intro"], required=False, allow_blank=True, default="")
    task = serializers.CharField(max_length=actions.LONGEST["task"], required=False, allow_blank=True, default="")
    clauses = serializers.ListField(
        child=serializers.CharField(max_length=actions.LONGEST_CLAUSE), max_length=actions.MOST_CLAUSES, required=False
    )

    def validate_clauses(self, clauses):
        if any(_GAP.search(one.replace("\r\n", "\n")) for one in clauses):
            raise serializers.ValidationError(_("A clause holds no empty line: it would be two."))
        return clauses


class TextsField(serializers.DictField):
    """{language: words}; the notice's own must be there."""

    child = NoticeWords()


class NoticeAudience(WriteSerializer):
    """tiers, kinds, regions (with all below them) and query narrow each other; customers by code come on top."""

    everybody = serializers.BooleanField(default=False, help_text="Everybody in the sender's reach.")
    tiers = serializers.ListField(child=serializers.ChoiceField(choices=TIERS), default=list, max_length=len(TIERS))
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=CustomerKind.choices), default=list)
    regions = serializers.ListField(child=serializers.IntegerField(**_IDS), default=list, max_length=1000)
    query = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="The customers' list's own query."
    )
    codes = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=MOST_NAMED)


class NoticeQuestion(WriteSerializer):
    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, help_text="The notice's own.")
    texts = TextsField()
    answer_by = serializers.DateField()
    audience = NoticeAudience(required=False)
    joins = serializers.BooleanField(default=True, help_text="Who comes to fit it later is told as well.")
    asks_doing = serializers.BooleanField(default=False)
    do_by = serializers.DateField(required=False, allow_null=True, default=None)


class NoticeChange(WriteSerializer):
    """texts, changed and asks_anew are of the version being written; of a sent notice they begin the next one."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    texts = TextsField()
    answer_by = serializers.DateField()
    audience = NoticeAudience()
    joins = serializers.BooleanField()
    asks_doing = serializers.BooleanField()
    do_by = serializers.DateField(allow_null=True)
    changed = serializers.DictField(
        child=serializers.CharField(max_length=actions.LONGEST_CHANGED, allow_blank=True),
        help_text="What became different, {language: text}.",
    )
    asks_anew = serializers.BooleanField(help_text="Whoever answered the version before is asked again.")

    def validate_changed(self, changed):
        if set(changed) - set(dict(settings.LANGUAGES)):
            raise serializers.ValidationError(_("There is no such choice."))
        return changed


class NoticePublish(WriteSerializer):
    version = serializers.IntegerField(
        **_IDS, required=False, allow_null=True, default=None, help_text="Of the notice as you saw it."
    )


class NoticeSend(NoticePublish):
    on = serializers.DateField(required=False, allow_null=True, default=None, help_text="Left out: at once.")


class NoticePaperUpload(WriteSerializer):
    file = serializers.FileField(
        allow_empty_file=True, help_text="JPEG, PNG, WebP, PDF, DOCX, XLSX, PPTX, CSV or text: judged by content."
    )
    title = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="By default the file's name."
    )


class NoticeWithdraw(WriteSerializer):
    why = serializers.CharField(max_length=300)


class NoticeFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    state = filters.ChoiceFilter(choices=State.choices)


def _worded(given: dict) -> dict:
    """As the actions take it: clauses as one text, the audience as one value."""
    found = dict(given)
    if "texts" in found:
        found["texts"] = {
            code: {**words, "clauses": joined(words.get("clauses", []))} for code, words in found["texts"].items()
        }
    if found.get("audience") is not None:
        found["audience"] = audience_said(found["audience"])
    return found


def audience_said(said: dict) -> Audience:
    # In a change the parts that are left out have no default.
    lists = {name: tuple(dict.fromkeys(said.get(name, ()))) for name in ("tiers", "kinds", "regions", "codes")}
    return Audience(query=said.get("query", ""), everybody=said.get("everybody", False), **lists)


# --- views --------------------------------------------------------------------------------------------------------


class Notices(ApiViewSet):
    """What customers are told and answer: one's own notices, and those sent to somebody in reach."""

    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters
    orderings = {"answer_by": "answer_by", "id": "id"}
    default_ordering = "-id"
    queryset = Notice.objects.none()

    def get_queryset(self):
        return reading.notices(self.request.user).select_related("sent_by")

    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(NoticeSerializer(page, many=True, context=self._context(page)).data)

    def _context(self, notices) -> dict:
        """With how they stand; one statement."""
        found = reading.standings(self.request.user, [one.pk for one in notices], today())
        return {**self.get_serializer_context(), "standings": found}

    def _held(self, pk) -> Notice:
        """For whoever may change it."""
        notice = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_others(self.request, notice)
        return notice

    def _answer(self, pk, code: int = status.HTTP_200_OK) -> Response:
        user = self.request.user
        versions = NoticeVersion.objects.visible_to(user).select_related("notice", "made_by")
        rows = self.get_queryset().prefetch_related(None)
        rows = rows.prefetch_related(Prefetch("versions", versions.prefetch_related("clauses", "files")))
        found = get_object_or_404(rows, pk=pk)
        data = OneNoticeSerializer(found, context=self._context([found])).data
        return Response(data, status=code, headers={"ETag": etag(found)})

    @extend_schema(responses=OneNoticeSerializer)
    def retrieve(self, request, pk):
        return self._answer(pk)

    @extend_schema(request=NoticeQuestion, responses={201: OneNoticeSerializer})
    def create(self, request):
        """A draft. Policies and rules are laid down by heads and administrators."""
        refuse_readers(request)
        made = actions.write_notice(by=request.user, **_worded(self.given(NoticeQuestion)))
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=NoticeChange(partial=True), responses=OneNoticeSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """kind, audience, joins and asks_doing stay as they are once it was sent."""
        notice = self._held(pk)
        version = version_wanted(request, notice)
        given = _worded(self.given(NoticeChange, partial=True))
        try:
            actions.change_notice(notice=notice, by=request.user, version=version, **given)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    def _sent(self, pk, act, shape) -> Response:
        notice = self._held(pk)
        try:
            act(notice=notice, by=self.request.user, **self.given(shape))
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(pk)

    @extend_schema(request=NoticeSend, responses={200: OneNoticeSerializer, 412: CHANGED})
    def send(self, request, pk):
        """At once, or by itself on a later day."""
        return self._sent(pk, sending.send_notice, NoticeSend)

    @extend_schema(request=NoticePublish, responses={200: OneNoticeSerializer, 412: CHANGED})
    def publish(self, request, pk):
        """The version being written becomes the one in force."""
        return self._sent(pk, sending.publish_version, NoticePublish)

    @extend_schema(request=None, responses=OneNoticeSerializer)
    def unschedule(self, request, pk):
        """It goes out by itself no longer."""
        sending.unschedule(notice=self._held(pk), by=request.user)
        return self._answer(pk)

    @extend_schema(request=None, responses={204: None})
    def drop(self, request, pk):
        """Throw the version being written away; a notice that was never sent goes with it."""
        actions.drop_draft(notice=self._held(pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=NoticeWithdraw, responses=OneNoticeSerializer)
    def withdraw(self, request, pk):
        """Customers no longer read it; what they answered stays."""
        notice = self._held(pk)
        actions.withdraw_notice(notice=notice, by=request.user, **self.given(NoticeWithdraw))
        return self._answer(pk)

    @extend_schema(request=None, responses={202: OneNoticeSerializer})
    def remind(self, request, pk):
        """Letters to those in the caller's reach without an answer; also by who did not write the notice."""
        notice = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(request)
        if notice.state != State.SENT:
            raise ValidationError(_("Only of what was sent can anybody be reminded."), code="state")
        letters.ask_to_remind(notice, request.user)
        return self._answer(pk, status.HTTP_202_ACCEPTED)


class PapersOfNotice(ApiViewSet):
    """Where papers are brought to a notice."""

    queryset = Notice.objects.none()
    serializer_class = NoticePaperSerializer

    def get_queryset(self):
        return reading.notices(self.request.user)

    def get_parsers(self):
        return [MultiPartParser()]

    @extend_schema(request={"multipart/form-data": NoticePaperUpload}, responses={201: NoticePaperSerializer})
    def create(self, request, pk):
        """To the version being written; of a sent notice that begins the next one. What may not be kept is refused with
        the reason under `file`.
        """
        notice = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_others(request, notice)
        given = self.given(NoticePaperUpload)
        file = given.pop("file")
        made = papers.add_paper(notice=notice, file=file, name=file.name or "", by=request.user, **given)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class NoticePapers(ApiViewSet):
    """Papers of notices, always as downloads."""

    queryset = NoticeFile.objects.none()
    serializer_class = NoticePaperSerializer

    def get_queryset(self):
        return NoticeFile.objects.visible_to(self.request.user).select_related("version__notice")

    def _readable(self, pk) -> NoticeFile:
        held = get_object_or_404(self.get_queryset(), pk=pk)
        if not may_read(self.request.user, held.version.notice, held.version):
            raise Http404
        return held

    @extend_schema(responses={(200, "application/octet-stream"): _FILE})
    def content(self, request, pk):
        return papers.hand_out(request, self._readable(pk))

    @extend_schema(request=None, responses={204: None})
    def drop(self, request, pk):
        """Out of the version being written; what has gone out stays."""
        held = self._readable(pk)
        refuse_others(request, held.version.notice)
        papers.drop_paper(paper=held, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
