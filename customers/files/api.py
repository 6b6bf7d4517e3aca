"""Files of a customer over the API: list, bring, fetch, describe, remove and bring back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from crm.api.editing import as_changed, etag, version_wanted
from crm.api.parsers import SafeJSONParser
from crm.api.schema import IF_MATCH
from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from customers.files import actions, serving
from customers.files.models import Attachment, Category, Kind
from customers.profile.api import PersonInCharge
from customers.profile.models import Customer

_BYTES = OpenApiResponse(OpenApiTypes.BINARY, description=_("The file."))


class FileSerializer(ReadModelSerializer):
    """position is null unless whoever brought the picture asked to keep it; the picture itself never holds it."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    uploaded_by = PersonInCharge(read_only=True, allow_null=True)
    content_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField(help_text="Of pictures: WebP, 320 pixels at most.")

    class Meta:
        model = Attachment
        fields = [
            "id",
            "customer",
            "kind",
            "category",
            "title",
            "note",
            "name",
            "content_type",
            "size",
            "sha256",
            "width",
            "height",
            "taken_on",
            "latitude",
            "longitude",
            "scan",
            "uploaded_by",
            "uploaded_at",
            "removed_at",
            "version",
            "content_url",
            "thumbnail_url",
        ]

    def get_content_url(self, file) -> str:
        return reverse("api:file-content", args=[file.pk])

    def get_thumbnail_url(self, file) -> str | None:
        return reverse("api:file-thumbnail", args=[file.pk]) if file.thumbnail else None


class FileUpload(WriteSerializer):
    file = serializers.FileField(
        allow_empty_file=True, help_text="JPEG, PNG, WebP, PDF, DOCX, XLSX, PPTX, CSV or text: judged by content."
    )
    title = serializers.CharField(max_length=120, required=False, help_text="By default the file's name.")
    category = serializers.ChoiceField(choices=Category.choices, default=Category.OTHER)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    keep_position = serializers.BooleanField(
        default=False, help_text="Write down where the picture was taken, if it says so."
    )


class FileChange(WriteSerializer):
    title = serializers.CharField(max_length=120, required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class FileFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    category = filters.ChoiceFilter(choices=Category.choices)


class CustomerFiles(ApiViewSet):
    """Photos and documents of a customer."""

    serializer_class = FileSerializer
    filterset_class = FileFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = Attachment.objects.none()

    def get_queryset(self):
        user = self.request.user
        customer = get_object_or_404(Customer.objects.visible_to(user), pk=self.kwargs["pk"])
        return Attachment.objects.visible_to(user).live().filter(customer=customer).select_related("uploaded_by")

    def get_parsers(self):
        return [MultiPartParser()]

    def list(self, request, pk):
        """The latest first."""
        return self.rows(self.get_queryset())

    @extend_schema(request={"multipart/form-data": FileUpload}, responses={201: FileSerializer})
    def create(self, request, pk):
        """Bring one. What is there already, or may not be kept, is refused with the reason under `file`."""
        customer = get_object_or_404(Customer.objects.editable_by(request.user), pk=pk)
        question = FileUpload(data=request.data)
        question.is_valid(raise_exception=True)
        given = dict(question.validated_data)
        file = given.pop("file")
        made = actions.attach(customer=customer, file=file, name=file.name or "", by=request.user, **given)
        answer = Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)
        answer["ETag"] = etag(made)
        return answer


class Files(ApiViewSet):
    """One file."""

    serializer_class = FileSerializer
    queryset = Attachment.objects.none()
    further_parameters = {"content": ("download",)}

    def get_queryset(self):
        return Attachment.objects.visible_to(self.request.user).select_related("uploaded_by")

    def get_parsers(self):
        return [SafeJSONParser()]

    def _live(self, pk) -> Attachment:
        return get_object_or_404(self.get_queryset().live(), pk=pk)

    def _editable(self, pk) -> Attachment:
        return get_object_or_404(Attachment.objects.editable_by(self.request.user), pk=pk)

    def _answer(self, attachment: Attachment) -> Response:
        answer = Response(self.get_serializer(attachment).data)
        answer["ETag"] = etag(attachment)
        return answer

    def retrieve(self, request, pk):
        return self._answer(self._live(pk))

    @extend_schema(request=FileChange, responses=FileSerializer, parameters=[IF_MATCH])
    def partial_update(self, request, pk):
        """Title, category and note; the bytes never change."""
        attachment = self._editable(pk)
        version = version_wanted(request, attachment)
        question = FileChange(data=request.data)
        question.is_valid(raise_exception=True)
        try:
            changed = actions.change(attachment=attachment, by=request.user, version=version, **question.validated_data)
        except ValidationError as refusal:
            raise as_changed(refusal) from refusal
        return self._answer(changed)

    @extend_schema(
        responses={(200, "application/octet-stream"): _BYTES},
        parameters=[OpenApiParameter("download", bool, description="Any value: a picture as a download, too.")],
    )
    def content(self, request, pk):
        """The bytes. Documents are only ever a download."""
        return serving.send(request, self._live(pk), download="download" in request.query_params)

    @extend_schema(responses={(200, "image/webp"): _BYTES})
    def thumbnail(self, request, pk):
        """Of a picture; 404 for a document."""
        return serving.send_thumbnail(request, self._live(pk))

    @extend_schema(request=None, responses=FileSerializer)
    def remove(self, request, pk):
        """Hide it: it can be brought back for 30 days."""
        return self._answer(actions.remove(attachment=self._editable(pk), by=request.user))

    @extend_schema(request=None, responses=FileSerializer)
    def restore(self, request, pk):
        """Bring back what was removed, unless the same file was added anew meanwhile."""
        return self._answer(actions.restore(attachment=self._editable(pk), by=request.user))
