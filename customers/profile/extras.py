"""What slices above add to the customers list; settings.LIST_EXTRAS names them, so that this floor imports none.

An extra brings columns, filters and what the API tells of a customer, all from one statement for a page of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from crm.listing.keyset import Order
from customers.profile.models import Customer

if TYPE_CHECKING:
    from customers.profile.listing import ListColumn


@dataclass(frozen=True, slots=True)
class ListFilter:
    """?name=value of the list, a chip of the page, a parameter of the API. condition(value) is asked for known ones."""

    name: str
    label: Any
    choices: Sequence[tuple[str, Any]]
    condition: Callable[[str], Q]

    def holds(self, value: str) -> bool:
        return value in dict(self.choices)


@dataclass(frozen=True, slots=True)
class ListExtra:
    """attach(customers) hangs what the columns and `told` read onto each, in one statement.

    name: of the member that the API's customers have, `serializer` of what told(customer) gives. cell(name, customer)
    is a column's cell on the page. orders: by which columns of its own can be sorted.
    """

    name: str
    columns: Sequence[ListColumn]
    filters: Sequence[ListFilter]
    orders: Sequence[Order]
    attach: Callable[[Sequence[Customer]], None]
    told: Callable[[Customer], Any]
    serializer: type
    cell: Callable[[str, Customer], str]


@cache
def extras() -> tuple[ListExtra, ...]:
    return tuple(import_string(path) for path in settings.LIST_EXTRAS)


def columns() -> list[ListColumn]:
    return [column for extra in extras() for column in extra.columns]


def filters() -> list[ListFilter]:
    return [one for extra in extras() for one in extra.filters]


def orders() -> dict[str, Order]:
    return {one.name: one for extra in extras() for one in extra.orders}


def attach(customers: Iterable[Customer], shown: Iterable[str]) -> None:
    """Hang onto the customers what the columns shown need, a statement an extra; none for columns not shown."""
    names, rows = set(shown), list(customers)
    for extra in extras():
        if rows and any(column.name in names for column in extra.columns):
            extra.attach(rows)


def cells(customer: Customer, shown: Iterable[str]) -> list[dict[str, Any]]:
    """The cells of the extra columns shown, in the order of their heads."""
    names = set(shown)
    return [
        {"text": extra.cell(column.name, customer), "label": column.label}
        for extra in extras()
        for column in extra.columns
        if column.name in names
    ]
