"""Regions and people, to read."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework.response import Response

from crm.accounts.models import Region, Role, User
from crm.api.filters import BooleanFilter
from crm.api.serializers import ReadModelSerializer, VisibleField
from crm.api.views import ApiViewSet


class RegionSerializer(ReadModelSerializer):
    parent = VisibleField(Region, "code", read_only=True, allow_null=True)

    class Meta:
        model = Region
        fields = ["id", "code", "name", "parent", "depth"]


class RegionFilters(filters.FilterSet):
    code = filters.CharFilter()
    parent = filters.CharFilter(field_name="parent__code")


class Regions(ApiViewSet):
    """The regions in reach."""

    serializer_class = RegionSerializer
    filterset_class = RegionFilters
    orderings = {"code": "code", "id": "id"}
    default_ordering = "code"
    queryset = Region.objects.none()

    def get_queryset(self):
        return Region.objects.visible_to(self.request.user).select_related("parent")

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)


class PersonSerializer(ReadModelSerializer):
    class Meta:
        model = User
        fields = ["id", "username", "name", "role", "email", "phone", "is_active"]


class PersonFilters(filters.FilterSet):
    role = filters.ChoiceFilter(choices=Role.choices)
    is_active = BooleanFilter()
    username = filters.CharFilter()


class People(ApiViewSet):
    """Oneself, and colleagues posted in one's regions."""

    serializer_class = PersonSerializer
    filterset_class = PersonFilters
    orderings = {"username": "username", "id": "id"}
    default_ordering = "username"
    queryset = User.objects.none()

    def get_queryset(self):
        return User.objects.visible_to(self.request.user)

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    def me(self, request):
        return Response(self.get_serializer(request.user).data)
