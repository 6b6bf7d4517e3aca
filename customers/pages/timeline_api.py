"""A customer's timeline over the API: what happened between two days, the latest first."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from crm.api.serializers import ReadSerializer
from crm.api.views import ApiViewSet
from crm.clock import FIRST_YEAR, LAST_YEAR, is_meant, today
from crm.panels import timeline_of
from customers.pages.timeline import SPANS, USUAL_DAYS, kinds_of
from customers.profile.models import Customer

KINDS = [kind["key"] for kind in settings.TIMELINE]
MOST_DAYS = SPANS[-1] + 1
SINCE = OpenApiParameter("since", OpenApiTypes.DATE, description="First day; 90 days up to `until` if left out.")
UNTIL = OpenApiParameter("until", OpenApiTypes.DATE, description="Last day, included; today if left out.")
KIND = OpenApiParameter("kind", OpenApiTypes.STR, enum=KINDS, description="Only this kind.")


class TimelineEntrySerializer(ReadSerializer):
    """at: a moment; where only the day is known (`timed` false) its noon. url: the page that tells it in full."""

    at = serializers.DateTimeField()
    timed = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()


class Timeline(ApiViewSet):
    """What you may read of what happened with a customer."""

    serializer_class = TimelineEntrySerializer
    queryset = Customer.objects.none()
    filter_backends: list = []
    pagination_class = None
    further_parameters = {"list": ("since", "until", "kind")}

    @extend_schema(parameters=[SINCE, UNTIL, KIND], responses=TimelineEntrySerializer(many=True))
    def list(self, request, pk):
        """All of a window of a year at most."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        until = _day(request, "until") or today()
        since = _day(request, "since") or until - datetime.timedelta(days=USUAL_DAYS - 1)
        if not datetime.timedelta() <= until - since < datetime.timedelta(days=MOST_DAYS):
            text = _("Ask for a window of %(n)d days at most, the first day first.") % {"n": MOST_DAYS}
            raise exceptions.ValidationError({"since": [text]})
        kind = request.query_params.get("kind")
        if kind is not None and kind not in KINDS:
            raise exceptions.ValidationError({"kind": [_("There is no such kind.")]})
        found = timeline_of(kinds_of([kind] if kind else []), request.user, customer, since, until)
        return Response(self.get_serializer(found, many=True).data)


def _day(request, name: str) -> datetime.date | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise exceptions.ValidationError({name: [_("Write the day as 2026-11-28.")]}) from None
    if not is_meant(day):
        text = _("Give a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise exceptions.ValidationError({name: [text]})
    return day
