"""What every view of the API has in common: strict query parameters, sparse fields, idempotent POSTs."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from rest_framework import exceptions, viewsets

from crm.api import idempotency
from crm.listing.keyset import Order

FIELDS = "fields"
MAY_BE_EMPTY = ("q",)
"""An empty field to search in asks for everything."""


class ApiViewSet(viewsets.GenericViewSet):
    """Base of all views. Rows come from `visible_to` in `get_queryset`; writing goes through actions.

    further_parameters: query parameters beyond filters, ordering, paging and `fields`, by action name.
    """

    http_method_names = ["get", "head", "post", "put", "patch"]
    orderings: Mapping[str, str | Order] = {}
    further_parameters: dict[str, tuple[str, ...]] = {}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.check_parameters(request)
        if request.method == "POST":
            key = idempotency.key_of(request)
            handler = getattr(self, "post", None)
            if key is not None and handler is not None:
                setattr(self, "post", idempotency.once(handler, key))  # noqa: B010 - bound by `as_view`, not declared

    def check_parameters(self, request) -> None:
        """Refuse unknown and repeated parameters: a misspelt filter must not answer with everything."""
        if self.action is None:
            return  # 405 comes next
        refused = {}
        known = self.known_parameters()
        for name, values in request.query_params.lists():
            if name not in known:
                refused[name] = [_("There is no such parameter.")]
            elif len(values) > 1:
                refused[name] = [_("Give this parameter once.")]
            elif "\0" in values[0]:
                refused[name] = [_("This holds a NUL character.")]
            elif not values[0] and name not in MAY_BE_EMPTY:
                refused[name] = [_("Give this parameter a value, or leave it out.")]
        if refused:
            raise exceptions.ValidationError(refused)

    def known_parameters(self) -> set[str]:
        known = set(self.further_parameters.get(self.action or "", ()))
        if self.request.method not in ("GET", "HEAD"):
            return known
        known.add(FIELDS)
        if self.is_paged():
            known |= {"cursor", "page_size"}
            if self.orderings:
                known.add("ordering")
            filterset = getattr(self, "filterset_class", None)
            if filterset is not None:
                known |= set(filterset.base_filters)
        return known

    def is_paged(self) -> bool:
        return self.action == "list" and self.pagination_class is not None

    def given(self, shape, **more) -> dict:
        """What was sent, checked by a serializer's class: {field: value}. more: for the serializer, as `partial`."""
        question = shape(data=self.request.data, context=self.get_serializer_context(), **more)
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)

    def rows(self, queryset):
        """The page of a filtered list, ready to answer."""
        page = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def list(self, request, *args, **kwargs):
        return self.rows(self.get_queryset())
