"""Imports over REST: send a file, look how it goes, start, undo, fetch what was refused."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from crm.api.parsers import SafeJSONParser
from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.imports import actions
from crm.imports.models import ImportRun
from crm.imports.opening import DATE_ORDERS
from crm.imports.showing import reasons_of
from crm.imports.views import send_rejected
from crm.tables.messages import describe

_ERROR = inline_serializer(
    "ImportError",
    {
        "row": serializers.IntegerField(),
        "column": serializers.CharField(),
        "value": serializers.CharField(),
        "reason": serializers.CharField(),
    },
    many=True,
)


class ImportSerializer(ReadModelSerializer):
    job = serializers.IntegerField(source="job_id", read_only=True, allow_null=True)
    asked_by = serializers.IntegerField(source="asked_by_id", read_only=True, allow_null=True)

    class Meta:
        model = ImportRun
        fields = [
            "id",
            "kind",
            "name",
            "state",
            "partial",
            "rows",
            "created",
            "updated",
            "unchanged",
            "rejected",
            "seconds",
            "via",
            "asked_by",
            "job",
            "created_at",
            "finished_at",
            "undone_at",
        ]


class ImportDetailSerializer(ImportSerializer):
    errors = serializers.SerializerMethodField(help_text="The first 200 row errors.")
    problem = serializers.SerializerMethodField(help_text="Why the file cannot be used, if so.")
    header = serializers.SerializerMethodField(help_text="The file's own column names.")
    mapping = serializers.DictField(child=serializers.IntegerField(), help_text="{field: column number from 0}")
    options = serializers.DictField(help_text="How dates were read.")
    rejected_url = serializers.SerializerMethodField(help_text="CSV of all refused rows with their reasons.")

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "errors", "problem", "header", "mapping", "options", "rejected_url"]

    @extend_schema_field(_ERROR)
    def get_errors(self, run):
        return reasons_of(run)

    def get_problem(self, run) -> str | None:
        return describe(run.problem["code"], run.problem.get("params")) if run.problem else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_header(self, run):
        return run.shape.get("header", [])

    def get_rejected_url(self, run) -> str | None:
        return reverse("api:import-rejected", args=[run.pk]) if run.rejected_file else None


class ImportUpload(WriteSerializer):
    kind = serializers.CharField(max_length=20, help_text="`customers` or `sales`.")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV (also .gz) or XLSX.")
    partial = serializers.BooleanField(default=False, help_text="Take the good rows although others are refused.")
    dry_run = serializers.BooleanField(default=False, help_text="Check only; `start` it later, or not.")
    date_order = serializers.ChoiceField(choices=DATE_ORDERS, required=False)


class ImportMapping(WriteSerializer):
    mapping = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=10_000))
    date_order = serializers.ChoiceField(choices=DATE_ORDERS, required=False)


class ImportStart(WriteSerializer):
    partial = serializers.BooleanField(required=False, help_text="Take the good rows although others are refused.")


class ImportFilters(filters.FilterSet):
    kind = filters.CharFilter()
    state = filters.ChoiceFilter(choices=ImportRun.State.choices)


class Imports(ApiViewSet):
    """Files brought in. A POST answers 202 at once; follow `job`, or the import's own `state`."""

    serializer_class = ImportSerializer
    filterset_class = ImportFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = ImportRun.objects.none()

    def get_queryset(self):
        return ImportRun.objects.visible_to(self.request.user).select_related("job")

    def get_parsers(self):
        return [MultiPartParser()] if getattr(self, "action_map", {}).get("post") == "create" else [SafeJSONParser()]

    @extend_schema(responses=ImportDetailSerializer)
    def retrieve(self, request, pk):
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk), status.HTTP_200_OK)

    @extend_schema(request={"multipart/form-data": ImportUpload}, responses={202: ImportDetailSerializer})
    def create(self, request):
        """Send a file: it is checked and, unless `dry_run`, imported by a job."""
        question = ImportUpload(data=request.data)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        run = actions.upload(
            kind=given["kind"],
            file=given["file"],
            name=given["file"].name or "",
            by=request.user,
            via="api",
            partial=given["partial"],
            options={"date_order": given.get("date_order")},
            then=actions.check if given["dry_run"] else actions.start,
        )
        return self._answer(run)

    @extend_schema(request=ImportMapping, responses={202: ImportDetailSerializer})
    def mapping(self, request, pk):
        """Say which column is which, `{"mapping": {"code": 0}}`: remembered for this header. A check follows."""
        run = self._editable(pk)
        question = ImportMapping(data=request.data)
        question.is_valid(raise_exception=True)
        given = question.validated_data
        options = {"date_order": given.get("date_order")}
        return self._answer(actions.map_columns(run=run, by=request.user, mapping=given["mapping"], options=options))

    @extend_schema(request=ImportStart, responses={202: ImportDetailSerializer})
    def start(self, request, pk):
        """Import what was checked."""
        run = self._editable(pk)
        question = ImportStart(data=request.data or {})
        question.is_valid(raise_exception=True)
        return self._answer(actions.start(run=run, by=request.user, partial=question.validated_data.get("partial")))

    @extend_schema(request=None, responses={202: ImportDetailSerializer})
    def undo(self, request, pk):
        """Bring back exactly what was before; the job fails with the reason if something stands on the import."""
        return self._answer(actions.ask_undo(run=self._editable(pk), by=request.user))

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, description=_("The file."))})
    def rejected(self, request, pk):
        """All refused rows as CSV, each with its reason; 404 if there are none."""
        return send_rejected(get_object_or_404(self.get_queryset(), pk=pk), by=request.user)

    def _editable(self, pk) -> ImportRun:
        return get_object_or_404(ImportRun.objects.editable_by(self.request.user), pk=pk)

    def _answer(self, run: ImportRun, code: int = status.HTTP_202_ACCEPTED) -> Response:
        return Response(ImportDetailSerializer(run, context=self.get_serializer_context()).data, status=code)
