"""Keyset pages: as fast on the last page as on the first, and complete while rows are added."""

from __future__ import annotations

import base64
import binascii
import json

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination
from rest_framework.response import Response

from crm.listing import keyset

_LONGEST = 1000


def _not_a_cursor() -> exceptions.ValidationError:
    return exceptions.ValidationError({"cursor": [_("Invalid cursor.")]})


class StrictCursorPagination(pagination.CursorPagination):
    """Pages after (or before) a row, by the whole sort key, so that any number of equal values is no trouble.

    The view says by what one may order: `orderings = {"code": "code"}` (name outside -> model field, never null, or an
    `Order` of the pages' lists, whose rows without a value stand last) and `default_ordering`. Nonsense in `cursor`,
    `page_size` or `ordering` is refused, not swallowed.
    """

    page_size_query_param = "page_size"
    max_page_size = 500
    ordering_query_param = "ordering"

    def get_page_size(self, request):
        raw = request.query_params.get(self.page_size_query_param)
        if raw is None:
            return self.page_size
        if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= self.max_page_size):
            raise exceptions.ValidationError(
                {"page_size": [_("Give a number from 1 to %(most)d.") % {"most": self.max_page_size}]}
            )
        return int(raw)

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        self.base_url = request.build_absolute_uri()
        self.page_size = self.get_page_size(request)
        self.by = self._ordering(request, view)
        self.model = queryset.model
        self.after = self.before = None
        order = getattr(view, "orderings", {}).get(self.by.removeprefix("-"))
        if isinstance(order, keyset.Order):
            return self._page_in(order, queryset, request, view)
        self.fields = self._fields(view)
        backwards, values = self._cursor(request)
        rows = queryset.order_by(*self._order(backwards))
        if values is not None:
            rows = rows.filter(self._beyond(values, backwards))
        found = list(rows[: self.page_size + 1])
        more = len(found) > self.page_size
        page = found[: self.page_size]
        if backwards:
            page.reverse()
        if page and (more if not backwards else values is not None):
            self.after = self._key(page[-1])
        if page and (more if backwards else values is not None):
            self.before = self._key(page[0])
        return page

    def _page_in(self, order: keyset.Order, queryset, request, view) -> list:
        """view.known_of_the_order(order), if there is one: what its filters say of the value that the list is in."""
        backwards, given = self._given(request)
        if given is not None and not (
            len(given) == 1 and isinstance(given[0], str) and keyset.is_cursor(given[0], order)
        ):
            raise _not_a_cursor()
        cursor = given[0] if given else ""
        known = getattr(view, "known_of_the_order", None)
        found = keyset.page(
            queryset,
            order,
            self.by.startswith("-"),
            after="" if backwards else cursor,
            before=cursor if backwards else "",
            size=self.page_size,
            valued=known(order) if known else None,
        )
        self.after, self.before = (None if one is None else [one] for one in (found.after, found.before))
        return found.rows

    def _ordering(self, request, view) -> str:
        asked = request.query_params.get(self.ordering_query_param)
        if asked is None:
            return getattr(view, "default_ordering", "-id")
        if asked.removeprefix("-") not in getattr(view, "orderings", {}):
            raise exceptions.ValidationError({"ordering": [_("The list cannot be ordered by this.")]})
        return asked

    def _fields(self, view) -> list[str]:
        """The sort key's model fields: what was asked for, then the row's own id."""
        name = self.by.removeprefix("-")
        first = getattr(view, "orderings", {}).get(name, name)
        own = self.model._meta.pk.attname
        return [first] if first in (own, "pk", "id") else [first, own]

    def _order(self, backwards: bool) -> list[str]:
        descending = self.by.startswith("-") != backwards
        return [f"-{name}" if descending else name for name in self.fields]

    def _beyond(self, values: list, backwards: bool) -> Q:
        sign = "lt" if self.by.startswith("-") != backwards else "gt"
        if len(self.fields) == 1:
            return Q(**{f"{self.fields[0]}__{sign}": values[0]})
        first, own = self.fields
        # The bound on the first field alone is redundant, but an index can use it.
        return Q(**{f"{first}__{sign}e": values[0]}) & (
            Q(**{f"{first}__{sign}": values[0]}) | Q(**{first: values[0], f"{own}__{sign}": values[1]})
        )

    def _given(self, request) -> tuple[bool, list | None]:
        """Whether the cursor leads backwards, and the strings it holds; it must be one of this ordering."""
        raw = request.query_params.get(self.cursor_query_param)
        if raw is None:
            return False, None
        try:
            if len(raw) > _LONGEST:
                raise ValueError
            by, backwards, values = json.loads(base64.urlsafe_b64decode(raw.encode("ascii")))
        except (ValueError, TypeError, RecursionError, binascii.Error) as error:
            raise _not_a_cursor() from error
        if by != self.by or not isinstance(backwards, bool) or not isinstance(values, list):
            raise _not_a_cursor()
        return backwards, values

    def _cursor(self, request) -> tuple[bool, list | None]:
        backwards, given = self._given(request)
        if given is None:
            return backwards, None
        try:
            if len(given) != len(self.fields):
                raise ValueError
            return backwards, [self._value(name, value) for name, value in zip(self.fields, given)]
        except (ValueError, TypeError, DjangoValidationError) as error:
            raise _not_a_cursor() from error

    def _value(self, name: str, value):
        if not isinstance(value, str) or "\0" in value:
            raise ValueError
        field = next(f for f in self.model._meta.concrete_fields if name in (f.name, f.attname))
        python = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
        if isinstance(python, int) and abs(python) > 2**62:
            raise ValueError
        return python

    def _key(self, row) -> list[str]:
        return [str(getattr(row, name)) for name in self.fields]

    def _link(self, key: list[str] | None, backwards: bool) -> str | None:
        if key is None:
            return None
        text = json.dumps([self.by, backwards, key], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode("ascii")
        return pagination.replace_query_param(self.base_url, self.cursor_query_param, cursor)

    def get_next_link(self):
        return self._link(self.after, False)

    def get_previous_link(self):
        return self._link(self.before, True)

    def get_paginated_response(self, data):
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def get_schema_operation_parameters(self, view):
        names = sorted(getattr(view, "orderings", {}))
        found = [
            {
                "name": self.cursor_query_param,
                "required": False,
                "in": "query",
                "description": "Where to go on: taken from `next` or `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": self.page_size_query_param,
                "required": False,
                "in": "query",
                "description": "Rows a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_page_size},
            },
        ]
        if names:
            found.append(
                {
                    "name": self.ordering_query_param,
                    "required": False,
                    "in": "query",
                    "description": "By what; a minus sign before it turns the order round.",
                    "schema": {"type": "string", "enum": [s + n for n in names for s in ("", "-")]},
                }
            )
        return found
