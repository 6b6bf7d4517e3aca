"""The network over the API: who stands two steps around, and the shortest ways to somebody."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from crm.api.serializers import ReadSerializer
from crm.api.views import ApiViewSet
from customers.people import network, reading
from customers.people.discretion import may_see_private
from customers.people.models import Person
from customers.people.reading import ROLES, Filters, Named
from customers.people.telling import edge_words
from customers.profile.models import Customer


class NodeSerializer(ReadSerializer):
    """id: `c12` for the customer 12, `p5` for the person 5. steps: from the centre. tier: '' where there is none."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    tier = serializers.CharField(read_only=True)
    steps = serializers.IntegerField(read_only=True)


class EdgeSerializer(ReadSerializer):
    """kind: role, relation or same_owner; code: the role's (`other:` and its words) or the relation type's."""

    start = serializers.CharField(read_only=True)
    end = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(choices=["role", "relation", "same_owner"], read_only=True)
    code = serializers.CharField(read_only=True)
    words = serializers.CharField(read_only=True)
    strength = serializers.IntegerField(read_only=True)
    holds = serializers.BooleanField(read_only=True)


class NetworkSerializer(ReadSerializer):
    """left_out: how many more are known within two steps; more: there are still others than these."""

    centre = serializers.CharField(read_only=True)
    nodes = NodeSerializer(many=True, read_only=True)
    edges = EdgeSerializer(many=True, read_only=True)
    left_out = serializers.IntegerField(read_only=True)
    more = serializers.BooleanField(read_only=True)


class WaySerializer(ReadSerializer):
    nodes = NodeSerializer(many=True, read_only=True)
    edges = EdgeSerializer(many=True, read_only=True)


class WaysSerializer(ReadSerializer):
    """searched: how many nodes were looked at; cut: there were more than could be."""

    paths = WaySerializer(many=True, read_only=True)
    searched = serializers.IntegerField(read_only=True)
    cut = serializers.BooleanField(read_only=True)


PAST = OpenApiParameter("past", bool, description="Also by roles and relations that are over.")
KINDS = OpenApiParameter(
    "kinds", str, description="Only these kinds, separated by commas: roles, same_owner, codes of relation types."
)


def _past(params) -> bool:
    text = params.get("past", "false").lower()
    if text not in ("true", "false"):
        raise exceptions.ValidationError({"past": [_("Say true or false.")]})
    return text == "true"


def _node(named: Named, steps: int) -> dict:
    return {"id": named.node, "name": named.name, "code": named.code, "tier": named.tier, "steps": steps}


def _edge(words: reading.Words, edge: network.Edge) -> dict:
    return {
        "start": edge.start,
        "end": edge.end,
        "kind": edge.kind,
        "code": edge.code,
        "words": edge_words(words, edge, edge.start),
        "strength": edge.strength,
        "holds": edge.holds,
    }


class _Network(ApiViewSet):
    serializer_class = NetworkSerializer
    pagination_class = None
    further_parameters = {"retrieve": ("past", "kinds")}
    letter = ""

    def told(self, request, pk) -> Response:
        user = request.user
        kinds = {kind.strip() for kind in request.query_params.get("kinds", "").split(",") if kind.strip()}
        past = _past(request.query_params)
        words = reading.Words()
        family = may_see_private(user)
        known = {ROLES, network.SAME_OWNER} | {c for c, one in words.types.items() if family or not one.family}
        if unknown := sorted(kinds - known):
            raise exceptions.ValidationError(
                {"kinds": [_("There is no kind %(name)s.") % {"name": name} for name in unknown]}
            )
        found = reading.picture(user, f"{self.letter}{pk}", Filters(frozenset(kinds), not past))
        graph = found.graph
        answer = {
            "centre": graph.centre,
            "nodes": [_node(found.names[node], steps) for node, steps in graph.nodes.items()],
            "edges": [_edge(found.words, edge) for edge in graph.edges],
            "left_out": graph.left_out,
            "more": graph.more,
        }
        return Response(self.get_serializer(answer).data)


class CustomerNetwork(_Network):
    letter = "c"
    queryset = Customer.objects.none()

    @extend_schema(parameters=[PAST, KINDS])
    def retrieve(self, request, pk):
        """Who stands within two steps of a customer, as far as the caller sees; the closest 80."""
        get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
        return self.told(request, pk)


class PersonNetwork(_Network):
    letter = "p"
    queryset = Person.objects.none()

    @extend_schema(parameters=[PAST, KINDS])
    def retrieve(self, request, pk):
        """Who stands within two steps of a person, as far as the caller sees; the closest 80."""
        get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        return self.told(request, pk)


class Ways(ApiViewSet):
    serializer_class = WaysSerializer
    pagination_class = None
    further_parameters = {"retrieve": ("to", "from", "past")}
    queryset = Person.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("to", str, required=True, description="Whom to reach: `p5` or `c12`."),
            OpenApiParameter("from", str, description="Begin at one customer, `c12`; else at all of the caller's."),
            PAST,
        ]
    )
    def retrieve(self, request):
        """Who knows somebody: the shortest ways, of at most four steps, the closest first, five at most."""
        user, params = request.user, request.query_params
        target = reading.row_of(user, params.get("to", ""))
        if target is None:
            raise exceptions.ValidationError({"to": [_("There is no such row.")]})
        source = params.get("from")
        if source is not None and (source[:1] != "c" or reading.row_of(user, source) is None):
            raise exceptions.ValidationError({"from": [_("There is no such row.")]})
        answer = reading.who_knows(user, params["to"], source=source, now=not _past(params))
        names = reading.named(user, {node for path in answer.paths for node in path.nodes})
        words = reading.Words()
        told = {
            "paths": [
                {
                    "nodes": [_node(names[node], at) for at, node in enumerate(path.nodes)],
                    "edges": [_edge(words, edge) for edge in path.edges],
                }
                for path in answer.paths
            ],
            "searched": answer.searched,
            "cut": answer.cut,
        }
        return Response(self.get_serializer(told).data)
