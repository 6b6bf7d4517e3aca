"""Overnight trips over the API: those that are marked, marking one, and taking one out."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.filters import NumberOfRow
from crm.api.serializers import ReadModelSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from customers.care.api import BY_ID, PersonOpen
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from visits.planning import trips
from visits.planning.trip_models import LONGEST_PLACE, Trip

ON_EARTH = {"latitude": 90, "longitude": 180}


class TripSerializer(ReadModelSerializer):
    """first: the day of setting out. last: that of coming home. latitude, longitude: of where they sleep, WGS-84."""

    person = PersonInCharge(read_only=True)
    made_by = PersonInCharge(read_only=True, allow_null=True)

    class Meta:
        model = Trip
        fields = ["id", "person", "first", "last", "place", "latitude", "longitude", "made_by", "made_at"]


class TripWish(WriteSerializer):
    person = PersonOpen(help_text=BY_ID)
    first = serializers.DateField()
    last = serializers.DateField()
    place = serializers.CharField(max_length=LONGEST_PLACE)
    latitude = serializers.FloatField(min_value=-ON_EARTH["latitude"], max_value=ON_EARTH["latitude"])
    longitude = serializers.FloatField(min_value=-ON_EARTH["longitude"], max_value=ON_EARTH["longitude"])


class TripFilters(filters.FilterSet):
    day_from = filters.DateFilter(field_name="last", lookup_expr="gte")
    day_to = filters.DateFilter(field_name="first", lookup_expr="lte")
    person = NumberOfRow(field_name="person_id")


class Trips(ApiViewSet):
    """Days on which somebody sleeps away; drafts plan them from there. One's own, and those of one's people."""

    serializer_class = TripSerializer
    filterset_class = TripFilters
    orderings = {"first": "first", "id": "id"}
    default_ordering = "first"
    queryset = Trip.objects.none()

    def get_queryset(self):
        return Trip.objects.visible_to(self.request.user).select_related("person", "made_by")

    def retrieve(self, request, pk):
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=TripWish, responses={201: TripSerializer})
    def create(self, request):
        """Mark one. Days of another trip of theirs are refused."""
        refuse_readers(request)
        made = trips.mark_trip(by=request.user, **self.given(TripWish))
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    def remove(self, request, pk):
        """Its days begin and end at home again; what is planned stays."""
        trip = get_object_or_404(self.get_queryset(), pk=pk)
        refuse_readers(request)
        try:
            trips.remove_trip(trip=trip, by=request.user)
        except ValidationError as refusal:
            if getattr(refusal, "code", "") == "gone":
                raise Http404 from refusal
            raise
        return Response(status=status.HTTP_204_NO_CONTENT)
