"""The search of ⌘K over the API."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from crm import search
from crm.api.serializers import ReadSerializer
from crm.api.views import ApiViewSet
from customers.profile.models import Customer

USUAL = 20


class HitSerializer(ReadSerializer):
    """similar: found although something was typed differently."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    about = serializers.CharField(source="meta", help_text="Code and city of a customer.")
    tier = serializers.CharField()
    similar = serializers.BooleanField()
    page = serializers.CharField(source="url", help_text="Its page, on this host.")


class GroupSerializer(ReadSerializer):
    kind = serializers.CharField()
    more = serializers.BooleanField(help_text="There are others than these.")
    hits = HitSerializer(many=True)


class SearchSerializer(ReadSerializer):
    """What was found, by kind, the best of each first; kinds of which nothing was found are left out."""

    groups = GroupSerializer(many=True)


class Search(ApiViewSet):
    """Names, codes, phones, addresses, pinyin and initials, whole or in part; near misses where little is found."""

    queryset = Customer.objects.none()
    further_parameters = {"everything": ("q", "kind", "limit")}

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="All words of it are looked for."),
            OpenApiParameter("kind", str, description="Only this kind of thing (`customer`, …)."),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": search.MOST},
                description=f"At most so many of a kind ({USUAL}).",
            ),
        ],
        responses=SearchSerializer,
    )
    def everything(self, request):
        """What is found in your reach, by kind."""
        given = request.query_params
        text, limit = given.get("q", ""), given.get("limit", str(USUAL))
        refused = {}
        if not text.strip() or len(text) > search.LONGEST:
            refused["q"] = [_("Give from 1 to %(most)d characters.") % {"most": search.LONGEST}]
        if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= search.MOST):
            refused["limit"] = [_("Give a number from 1 to %(most)d.") % {"most": search.MOST}]
        if refused:
            raise exceptions.ValidationError(refused)
        groups = search.find(request.user, text, int(limit), given.get("kind", ""))
        return Response(SearchSerializer({"groups": groups}, context=self.get_serializer_context()).data)
