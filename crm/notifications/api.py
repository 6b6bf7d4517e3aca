"""Notifications over the API: one's own, read or unread."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.notifications import actions
from crm.notifications.models import Notification


class NotificationSerializer(ReadModelSerializer):
    """title, text: in the language of the request. url: the page it is about."""

    title = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "text", "url", "created_at", "read_at"]


class ReadQuestion(WriteSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=500, help_text="All if left out."
    )


class ReadAnswer(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many were unread.")


class NotificationFilters(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="Only those not read yet.")


class Notifications(ApiViewSet):
    """What you are told."""

    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Notification.objects.none()

    def get_queryset(self):
        return Notification.objects.visible_to(self.request.user).in_app()

    @extend_schema(request=ReadQuestion, responses=ReadAnswer)
    def read(self, request):
        """Mark as read."""
        question = ReadQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        return Response({"read": actions.mark_read(user=request.user, ids=question.validated_data.get("ids"))})
