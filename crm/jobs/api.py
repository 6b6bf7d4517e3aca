"""Jobs: see, stop, run again."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer
from crm.api.views import ApiViewSet
from crm.jobs import actions
from crm.jobs.models import Job


class JobSerializer(ReadModelSerializer):
    percent = serializers.IntegerField(read_only=True)
    asked_by = serializers.IntegerField(source="asked_by_id", read_only=True, allow_null=True)
    input = serializers.SerializerMethodField(help_text="What it was given.")
    result = serializers.SerializerMethodField(help_text="What it brought; null where that is beyond your reach.")
    error = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "state",
            "title",
            "input",
            "result",
            "error",
            "done_units",
            "total_units",
            "percent",
            "message",
            "asked_by",
            "attempts",
            "created_at",
            "started_at",
            "finished_at",
        ]

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_input(self, job) -> dict:
        return job.input

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_result(self, job) -> dict | None:
        return job.result_for(self.context["request"].user)

    def get_error(self, job) -> str:
        return job.error_for(self.context["request"].user)


class JobFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Job.State.choices)
    kind = filters.CharFilter()


class Jobs(ApiViewSet):
    """One's own jobs; those with the whole brand in reach see all."""

    serializer_class = JobSerializer
    filterset_class = JobFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Job.objects.none()

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user)

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=None, responses=JobSerializer)
    def stop(self, request, pk):
        return self._act(request, pk, actions.stop)

    @extend_schema(request=None, responses=JobSerializer)
    def retry(self, request, pk):
        return self._act(request, pk, actions.retry)

    def _act(self, request, pk, action):
        job = get_object_or_404(Job.objects.editable_by(request.user), pk=pk)
        return Response(self.get_serializer(action(job=job, by=request.user)).data)
