"""The audit log over the API, with the same eyes as its page."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.filters import NumberOfRow
from crm.api.serializers import ReadModelSerializer, ReadSerializer
from crm.api.views import ApiViewSet
from crm.audit import reading
from crm.audit.models import AuditEntry

ACTION, KIND, KEY = "[a-z_.-]+", r"[a-z]+\.[a-z]+", "[A-Za-z0-9_-]+"


class LineSerializer(ReadSerializer):
    """A field's code and what people call it; values as people read them."""

    field = serializers.CharField()
    label = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class EntrySerializer(ReadModelSerializer):
    """actor is null for the system. hidden: the row is beyond your reach, or gone, and nothing is told of it."""

    actor = serializers.IntegerField(source="actor_id", allow_null=True)
    row = serializers.SerializerMethodField()
    name = serializers.CharField(source="object_name")
    hidden = serializers.BooleanField()
    changes = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "at",
            "actor",
            "actor_name",
            "action",
            "model",
            "row",
            "name",
            "hidden",
            "changes",
            "reason",
            "via",
            "address",
        ]

    def get_row(self, entry) -> str:
        return "" if entry.hidden else entry.object_id

    @extend_schema_field(LineSerializer(many=True))
    def get_changes(self, entry):
        return [
            {"field": code, "label": label, "old": old, "new": new}
            for code, (label, old, new) in zip(entry.codes, entry.lines, strict=True)
        ]


class Code(filters.CharFilter):
    """Letters and signs of one pattern, so that the document can tell which."""

    def __init__(self, pattern: str, **kwargs):
        super().__init__(max_length=64, validators=[RegexValidator(rf"\A{pattern}\Z")], **kwargs)


@extend_schema_field({"type": "string", "maxLength": 64, "pattern": f"^{ACTION}$"})
class ActionFilter(Code):
    pass


@extend_schema_field({"type": "string", "maxLength": 64, "pattern": f"^{KIND}$"})
class KindFilter(Code):
    pass


@extend_schema_field({"type": "string", "maxLength": 64, "pattern": f"^{KEY}$"})
class KeyFilter(Code):
    pass


class EntryFilters(filters.FilterSet):
    actor = NumberOfRow(label="The id of the person who did it.")
    action = ActionFilter(ACTION, label="An action, or how it begins (`customer.`).")
    model = KindFilter(KIND, label="A kind of row (`customers.customer`).")
    row = KeyFilter(KEY, field_name="object_id", label="A row's id; together with `model`.")
    since = filters.DateFilter(field_name="at", label="From this day on.")
    until = filters.DateFilter(field_name="at", label="Until this day, included.")

    def filter_queryset(self, queryset):
        wanted = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        return reading.found(self.request.user, **wanted)


class Audit(ApiViewSet):
    """Administrators see all, heads what their people did, everybody else what they did themselves."""

    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = AuditEntry.objects.none()

    def get_queryset(self):
        return reading.found(self.request.user)

    def rows(self, queryset):
        page = self.paginate_queryset(self.filter_queryset(queryset))
        shown = reading.shown(page, self.request.user)
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)
