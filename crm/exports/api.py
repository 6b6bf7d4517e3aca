"""Files to fetch: ask, look whether they are made, fetch."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import now
from crm.exports import actions
from crm.exports.models import Export
from crm.exports.views import send
from crm.exports.writer import WRITERS


class ExportSerializer(ReadModelSerializer):
    ready = serializers.SerializerMethodField()
    job = serializers.IntegerField(source="job_id", read_only=True, allow_null=True)

    class Meta:
        model = Export
        fields = ["id", "kind", "format", "query", "name", "rows", "ready", "job", "created_at", "expires_at"]

    def get_ready(self, export) -> bool:
        return bool(export.file)


class ExportQuestion(WriteSerializer):
    kind = serializers.CharField(max_length=40)
    format = serializers.ChoiceField(choices=[(one, one.upper()) for one in WRITERS])
    query = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="The list page's own query string."
    )


class Exports(ApiViewSet):
    """One's own files of the last 24 hours."""

    serializer_class = ExportSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Export.objects.none()

    def get_queryset(self):
        return Export.objects.visible_to(self.request.user).filter(expires_at__gt=now())

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=ExportQuestion, responses={202: ExportSerializer})
    def create(self, request):
        question = ExportQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        export = actions.ask(**question.validated_data, by=request.user)
        return Response(self.get_serializer(export).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")}
    )
    def file(self, request, pk):
        """The file itself; 404 while it is not made."""
        return send(get_object_or_404(self.get_queryset(), pk=pk), by=request.user)
