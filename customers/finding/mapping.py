"""The customers of a list on a map: grouped into cells by the database, counted by province, or without a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Floor

from crm.listing.keyset import page
from customers.finding.clusters import Box, Mark, apart, cell_degrees
from customers.finding.gazetteer import Province, province_of
from customers.profile.listing import narrowed, order_of
from customers.profile.models import Customer

MOST_CELLS = 1500
LISTED = 20
SORTED = 2_000
"""Up to so many in view are sorted; of more, the largest are met along the index of the list's order."""


@dataclass(frozen=True, slots=True)
class Spots:
    """total: customers in view. alone: those that share a cell with nobody. listed: the largest in view."""

    total: int
    cells: list[Mark]
    alone: list[Customer]
    listed: list[Customer]


def spots(user, filters, box: Box, zoom: int) -> Spots:
    """What a map shows of a list; three statements, however many customers. Positions are WGS-84."""
    found = narrowed(user, filters).filter(
        wgs_latitude__range=(box.south, box.north), wgs_longitude__range=(box.west, box.east)
    )
    height, width = cell_degrees(zoom, (box.south + box.north) / 2)
    latitude, longitude = F("wgs_latitude"), F("wgs_longitude")
    rows = list(
        found.order_by()
        .annotate(
            row=Floor(latitude / Value(height), output_field=FloatField()),
            column=Floor(longitude / Value(width), output_field=FloatField()),
        )
        .values("row", "column")
        .annotate(
            n=Count("pk"),
            **{letter: Count("pk", filter=Q(standing__tier=letter.upper())) for letter in "abc"},
            lat=Avg("wgs_latitude"),
            lon=Avg("wgs_longitude"),
            south=Min("wgs_latitude"),
            north=Max("wgs_latitude"),
            west=Min("wgs_longitude"),
            east=Max("wgs_longitude"),
            one=Min("pk"),
        )
        .order_by("-n")[:MOST_CELLS]
    )
    total = sum(row["n"] for row in rows)
    marks = apart([_mark(row) for row in rows], zoom, (box.south + box.north) / 2)
    alone = _shown(
        Customer.objects.visible_to(user).filter(pk__in=[mark.one for mark in marks if mark.one is not None])
    )
    return Spots(total, [mark for mark in marks if mark.one is None], list(alone), _largest(found, total))


def _mark(row: dict[str, Any]) -> Mark:
    a, b, c, n = row["a"], row["b"], row["c"], row["n"]
    box = Box(row["west"], row["south"], row["east"], row["north"])
    return Mark(row["lat"], row["lon"], (a, b, c, n - a - b - c), box, row["one"] if n == 1 else None)


def _shown(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    return customers.select_related("standing")


def _largest(found: QuerySet[Customer], total: int) -> list[Customer]:
    if not total:
        return []
    if total <= SORTED:
        return list(_shown(found).order_by(F("standing__w0").desc(nulls_last=True), "pk")[:LISTED])
    order, descending = order_of({})
    return page(_shown(found), order, descending, size=LISTED).rows


# --- provinces ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Square:
    """A province of the list. value: as most of its customers have it written, for the filter; '' where none are."""

    province: Province
    value: str = ""
    customers: int = 0
    sales: Decimal = Decimal(0)
    _most: int = field(default=0, repr=False)


@dataclass(slots=True)
class Overview:
    """squares by short name. elsewhere: (text, customers) of what names no province of China, most first.

    unplaced: customers without a position. box: around all that have one; None when none has.
    """

    squares: dict[str, Square]
    elsewhere: list[tuple[str, int]]
    total: int
    unplaced: int
    box: Box | None


def overview(user, filters, provinces: Iterable[Province]) -> Overview:
    """One statement, which reads every customer of the list."""
    rows = (
        narrowed(user, filters)
        .order_by()
        .values_list("province")
        .annotate(
            n=Count("pk"),
            sales=Sum("standing__w0"),
            unplaced=Count("pk", filter=Q(wgs_latitude__isnull=True)),
            south=Min("wgs_latitude"),
            north=Max("wgs_latitude"),
            west=Min("wgs_longitude"),
            east=Max("wgs_longitude"),
        )
    )
    squares = {one.short: Square(one) for one in provinces}
    elsewhere: list[tuple[str, int]] = []
    total = unplaced = 0
    edges: list[tuple[float, float, float, float]] = []
    for text, n, sales, without, south, north, west, east in rows:
        total, unplaced = total + n, unplaced + without
        if south is not None:
            edges.append((west, south, east, north))
        known = province_of(text)
        if known is None:
            elsewhere.append((text, n))
            continue
        square = squares[known.short]
        square.customers += n
        square.sales += sales or 0
        if n > square._most:
            square.value, square._most = text, n
    box = None
    if edges:
        box = Box(
            min(e[0] for e in edges), min(e[1] for e in edges), max(e[2] for e in edges), max(e[3] for e in edges)
        )
    return Overview(squares, sorted(elsewhere, key=lambda one: (-one[1], one[0])), total, unplaced, box)
