"""The customers list as a map: the same filters and views, points by position, provinces as squares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.geo import WGS84, convert
from customers.finding import clusters
from customers.finding.gazetteer import PROVINCES, places
from customers.finding.mapping import Overview, overview, spots
from customers.pages.roll import counters_of, frame_of
from customers.profile import listing

CHINA = clusters.Box(73.5, 18.0, 135.0, 53.6)
LEVELS = 5
UNIT = 44
MOST_ELSEWHERE = 20


@require_safe
@login_required
@vary_on_headers("HX-Request", "HX-Target")
def customer_map(request):
    params = request.GET
    filters = listing.Filters.read(params)
    counts = counters_of(request.user, filters)
    if counts is None:
        gathered = listing.gather(request.user, filters)
        counts = gathered.counts if gathered else None
    by = "sales" if params.get("by") == "sales" else "customers"
    found = overview(request.user, filters, PROVINCES)
    box = found.box or CHINA
    facts = {
        "box": [*_drawn(box.south, box.west), *_drawn(box.north, box.east)],
        "tiles": settings.TILE_URL,
        "attribution": settings.TILE_ATTRIBUTION,
        "places": [[one.name, *_drawn(one.latitude, one.longitude), one.importance] for one in places()],
    }
    context = {
        **frame_of(request, filters, counts, "map"),
        "overview": found,
        "placed": found.total - found.unplaced,
        # Without a script the largest are listed here; with one, those in view.
        "listed": spots(request.user, filters, box, clusters.FARTHEST).listed if found.box else [],
        "squares": squares_of(found, params, by),
        "elsewhere": [
            {"label": text or _("no province"), "n": n, "href": _with(params, province=text)}
            for text, n in found.elsewhere[:MOST_ELSEWHERE]
        ],
        "by": by,
        "wide": 9 * UNIT,
        "high": 8 * UNIT,
        "unplaced_href": f"{reverse('customers:list')}?{_query(params, position='none')}",
        # In an attribute: htmx takes scripts out of what it swaps in, data or not.
        "facts": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
    }
    return render(request, "customers/_map.html" if request.htmx.target == "list" else "customers/map.html", context)


def _drawn(latitude: float, longitude: float) -> list[float]:
    return [round(degrees, 4) for degrees in convert(latitude, longitude, WGS84, settings.TILE_DATUM)]


def _query(params: QueryDict, **changes: str) -> str:
    query = params.copy()
    for name in ("after", "before", "city"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


def _with(params: QueryDict, **changes: str) -> str:
    return f"?{_query(params, **changes)}"


@dataclass(slots=True)
class Drawn:
    """A province's square: where it lies, how deep its colour (0 to LEVELS), what it says and leads to."""

    short: str
    x: int
    y: int
    level: int
    value: Any
    customers: int
    href: str


def squares_of(found: Overview, params: QueryDict, by: str) -> list[Drawn]:
    most = max((getattr(one, by) for one in found.squares.values()), default=0)
    drawn = []
    for one in found.squares.values():
        value = getattr(one, by)
        # By the root, so that the many small provinces do not all look alike beside one large.
        level = 0 if value <= 0 or most <= 0 else max(1, min(LEVELS, round(float(value / most) ** 0.5 * LEVELS)))
        place = one.province
        href = _with(params, province=one.value) if one.customers else ""
        drawn.append(Drawn(place.short, place.column * UNIT, place.row * UNIT, level, value, one.customers, href))
    return drawn
