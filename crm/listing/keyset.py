"""Paging that costs the same at any depth: a page begins after (or before) a row, never after a number of rows.

Rows without a value of the ordering stand last, whichever way the list is sorted, so a walk has two stretches: rows
with a value, then rows without. Equal values are told apart by the key; no row is shown twice or left out.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan


def _moment(text: str) -> datetime.datetime:
    read = datetime.datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a moment without a zone")
    return read


_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "int": int,
    "decimal": Decimal,
    "date": datetime.date.fromisoformat,
    "moment": _moment,
}
LONGEST_CURSOR = 2000


@dataclass(frozen=True, slots=True)
class Order:
    """How a list can be sorted.

    name: in the address. field: path to the value. key: path to a unique value beside it, best in the same table, so
    that one index serves both. form: text, int, decimal, date or moment. nullable: some rows have no value.
    ranked: for a value that no column holds: (queryset) -> its rows with a value, as `values("pk")` annotated with it
    under the name `field`. It is grouped and sorted alone, and the page's rows are fetched by their keys: one statement
    more, since beside the rows a value worked out for each would be worked out many times over.
    """

    name: str
    field: str
    key: str = "pk"
    form: str = "text"
    nullable: bool = False
    descending_first: bool = False
    ranked: Callable[[QuerySet], QuerySet] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """rows, and the cursors of the pages around: None where the list ends."""

    rows: list
    after: str | None
    before: str | None


def chosen(orders: dict[str, Order], text: str, default: str) -> tuple[Order, bool]:
    """(order, descending) for ?sort=name or ?sort=-name; whatever is unknown is the default."""
    name = (text or "").lstrip("-")
    if name not in orders or (text or "").startswith("--"):
        text, name = default, default.lstrip("-")
    return orders[name], text.startswith("-")


def page(
    queryset: QuerySet,
    order: Order,
    descending: bool,
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    valued: Q | None = None,
) -> Page:
    """One page; a cursor that cannot be read is the first page. One statement, two where the stretches meet.

    valued: what the queryset says of rows with a value, once more and alone, where it says it together with "or none"
    (which no index can follow).
    """
    if valued is not None and order.nullable:
        queryset = _Parted(queryset, queryset.filter(valued))
    if before:
        start = _read(before, order)
        if start is not None:
            rows = _take(queryset, order, descending, start, size + 1, backwards=True)
            if len(rows) > size:
                rows = rows[:size][::-1]
                return Page(rows, _write(rows[-1], order), _write(rows[0], order))
            after = ""  # the beginning is less than a page away: show the first page whole
    start = _read(after, order) if after else None
    rows = _take(queryset, order, descending, start, size + 1)
    more, rows = len(rows) > size, rows[:size]
    return Page(
        rows,
        _write(rows[-1], order) if more else None,
        _write(rows[0], order) if rows and start is not None else None,
    )


def walk(queryset: QuerySet, order: Order, descending: bool, *, size: int = 1000) -> Iterator[Any]:
    """Every row in the list's order, a page at a time: flat memory at any length."""
    cursor = ""
    while True:
        found = page(queryset, order, descending, after=cursor, size=size)
        yield from found.rows
        if found.after is None:
            return
        cursor = found.after


@dataclass(frozen=True, slots=True)
class _Parted:
    """Two querysets with one meaning: `whole`, and `valued` for the stretch of rows with a value."""

    whole: QuerySet
    valued: QuerySet


def _take(queryset, order: Order, descending: bool, start, count: int, backwards: bool = False) -> list:
    stretches = [False, True] if order.nullable else [False]
    if backwards:
        stretches.reverse()
    if start is not None:
        stretches = stretches[stretches.index(start[0]) :]
    rows: list = []
    for stretch in stretches:
        here = start if start is not None and start[0] == stretch else None
        rows += _stretch(queryset, order, descending != backwards, stretch, here)[: count - len(rows)]
        if len(rows) >= count:
            break
    return rows


def _stretch(queryset, order: Order, descending: bool, empty: bool, start):
    """The rows with a value (or those without) from `start` on, in one direction."""
    if isinstance(queryset, _Parted):
        queryset = queryset.whole if empty else queryset.valued
    sign = "-" if descending else ""
    beyond = TupleLessThan if descending else TupleGreaterThan
    if order.ranked is not None:
        ranks = order.ranked(queryset)
        if not empty:
            return _Ranked(queryset, order.field, _from(ranks, order, sign, beyond, start))
        # Not a subquery of a subquery: who has a value is asked of everybody, once.
        found = queryset.exclude(pk__in=order.ranked(queryset.model._default_manager.all()).order_by().values("pk"))
        found = found.order_by(f"{sign}pk")
    elif empty:
        found = queryset.filter(**{f"{order.field}__isnull": True}).order_by(f"{sign}pk")
    if empty:
        if start is None:
            return found
        return found.filter(**{"pk__lt" if descending else "pk__gt": start[2]})
    found = queryset.filter(**{f"{order.field}__isnull": False}) if order.nullable else queryset
    return _from(found, order, sign, beyond, start)


def _from(found: QuerySet, order: Order, sign: str, beyond, start) -> QuerySet:
    found = found.order_by(f"{sign}{order.field}", f"{sign}{order.key}")
    if start is None:
        return found
    return found.filter(beyond(Tuple(F(order.field), F(order.key)), (start[1], start[2])))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Rows in the order of their ranks, `ranks` a queryset of {"pk", field}; a slice fetches both."""

    queryset: QuerySet
    field: str
    ranks: QuerySet

    def __getitem__(self, part: slice) -> list:
        ranks = {one["pk"]: one[self.field] for one in self.ranks[part]}
        there = {row.pk: row for row in self.queryset.filter(pk__in=ranks).order_by()} if ranks else {}
        for pk, row in there.items():
            setattr(row, self.field, ranks[pk])
        return [there[pk] for pk in ranks if pk in there]


def is_cursor(text: str, order: Order) -> bool:
    """Whether it can be read, for those who refuse what `page` takes for the beginning."""
    return _read(text, order) is not None


def _value(row, path: str):
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def _write(row, order: Order) -> str:
    value = _value(row, order.field)
    text = json.dumps([None if value is None else str(value), row.pk], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _read(cursor: str, order: Order) -> tuple[bool, Any, int] | None:
    """(value is missing, value, key), or None for what is no cursor of this order."""
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, key = json.loads(raw)
        if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
            return None
        if value is None:
            return (True, None, key) if order.nullable else None
        if not isinstance(value, str) or "\0" in value:
            return None
        read = _READ[order.form](value)
    except (ValueError, TypeError, InvalidOperation, binascii.Error, RecursionError):
        return None
    if isinstance(read, Decimal) and (not read.is_finite() or not -(10**15) < read < 10**15 or read != round(read, 2)):
        return None
    if isinstance(read, int) and abs(read) >= 2**31:
        return None
    return False, read, key
