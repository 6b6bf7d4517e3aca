"""The network drawn to walk on, and who in it knows whom."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.people import network, reading
from customers.people.discretion import may_see_private
from customers.people.models import Person
from customers.people.reading import ROLES, Filters, Picture
from customers.people.telling import edge_words, named_all, network_address, page_address, steps_of
from customers.profile.models import Customer

FOUND = 12


@require_safe
@login_required
@vary_on_headers("HX-Request")
def of_customer(request, pk):
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=pk)
    return _network(request, f"c{pk}", customer)


@require_safe
@login_required
@vary_on_headers("HX-Request")
def of_person(request, pk):
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    return _network(request, f"p{pk}", person)


def filters_of(data) -> Filters:
    """?kind= (several) and ?past=1."""
    return Filters(frozenset(kind for kind in data.getlist("kind") if kind), data.get("past") != "1")


def _network(request, centre: str, row):
    filters = filters_of(request.GET)
    found = reading.picture(request.user, centre, filters)
    query = request.GET.urlencode()
    context = {
        "row": row,
        "centre": found.names[centre],
        "here": page_address(centre),
        "is_person": centre[0] == "p",
        "drawing": found.drawing,
        "nodes": _nodes(found, query),
        "lines": _lines(found),
        "edges": _told(found, query),
        "graph": found.graph,
        "choices": _choices(request.user, filters, found),
        "filters": filters,
        "query": query,
        "may_write": request.user.may_write,
        "who_knows": f"{reverse('customers:who-knows')}?from={centre}" if centre[0] == "c" else "",
        "relate": reverse("customers:relate" if centre[0] == "p" else "customers:relate-customer", args=[row.pk]),
    }
    part = request.htmx and request.htmx.target == "network"
    template = "customers/people/_network.html" if part else "customers/people/network.html"
    return render(request, template, context)


def _choices(user, filters: Filters, found: Picture) -> list[tuple[str, str, bool]]:
    """(kind, label, ticked); relations of the family only for who may see them."""
    labels = [(ROLES, _("roles with customers")), (network.SAME_OWNER, _("the same owner"))]
    family = may_see_private(user)
    for code, one in sorted(found.words.types.items(), key=lambda item: (item[1].position, item[1].pk)):
        if family or not one.family:
            labels.append((code, one.words()))
    return [(kind, label, kind in filters.kinds) for kind, label in labels]


def _nodes(found: Picture, query: str) -> list[dict]:
    nodes = []
    for node, spot in found.drawing.spots.items():
        named = found.names[node]
        centre = node == found.graph.centre
        away = 18 if centre else 13
        nodes.append(
            {
                "named": named,
                "x": spot.x,
                "y": spot.y,
                "left": spot.x - 8,
                "top": spot.y - 8,
                "centre": centre,
                "label": network.clipped(named.name, 28 if centre else network.LONGEST_LABEL),
                "label_x": spot.x + spot.side * away,
                "label_y": spot.y + (30 if centre else 4 if spot.side else 23),
                "anchor": {-1: "end", 0: "middle", 1: "start"}[spot.side],
                "href": _walked(node, query),
            }
        )
    return nodes


def _lines(found: Picture) -> list[dict]:
    spots = found.drawing.spots
    drawn: dict[tuple[str, str], dict] = {}
    for edge in found.graph.edges:
        told = _sentence(found, edge)
        if edge.pair in drawn:
            drawn[edge.pair]["title"] += f"\n{told}"
            continue
        a, b = spots[edge.start], spots[edge.end]
        kind = "same" if edge.kind == network.SAME_OWNER else edge.kind
        line = {"x1": a.x, "y1": a.y, "x2": b.x, "y2": b.y, "title": told}
        drawn[edge.pair] = {**line, "cls": f"{kind} s{edge.strength}{'' if edge.holds else ' over'}"}
    return list(drawn.values())


def _sentence(found: Picture, edge: network.Edge) -> str:
    start, end = found.names[edge.start].name, found.names[edge.end].name
    return f"{start} {edge_words(found.words, edge, edge.start)} {end}"


def _told(found: Picture, query: str) -> list[dict]:
    """The edges as lines of text, nearest first, each read from the end nearer to the centre."""
    steps = found.graph.nodes
    told = []
    for edge in found.graph.edges:
        here = edge.start if (steps[edge.start], edge.start) <= (steps[edge.end], edge.end) else edge.end
        there = edge.other(here)
        told.append(
            {
                "here": found.names[here],
                "words": edge_words(found.words, edge, here),
                "there": found.names[there],
                "here_href": _walked(here, query),
                "there_href": _walked(there, query),
                "over": not edge.holds,
            }
        )
    return told


def _walked(node: str, query: str) -> str:
    return network_address(node) + (f"?{query}" if query else "")


@require_safe
@login_required
@vary_on_headers("HX-Request")
def who_knows(request):
    """?q= looks for whom; ?to=p5 or c12 asks; ?from=c12 begins at one customer; ?past=1 also by what is over."""
    user = request.user
    text, past = request.GET.get("q", "")[:80], request.GET.get("past") == "1"
    target = reading.row_of(user, request.GET.get("to", "")) if request.GET.get("to") else None
    source = reading.row_of(user, request.GET.get("from", "")) if request.GET.get("from", "")[:1] == "c" else None
    context = {"q": text, "past": past, "target": target, "source": source, "own": reading.has_own(user)}
    if target is not None:
        node = request.GET["to"]
        answer = reading.who_knows(user, node, source=f"c{source.pk}" if source else None, now=not past)
        names = reading.named(user, {node, *named_all(answer.paths)}, managers=True)
        words = reading.Words()
        context |= {
            "answer": answer,
            "named": names[node],
            "paths": [steps_of(path, names, words) for path in answer.paths],
            "network": network_address(node),
            "here": page_address(node),
            "deepest": network.DEEPEST,
        }
    elif text:
        context["found"] = reading.found(user, text, FOUND)
    part = request.htmx and request.htmx.target == "answer"
    return render(request, "customers/people/_answer.html" if part else "customers/people/who_knows.html", context)
