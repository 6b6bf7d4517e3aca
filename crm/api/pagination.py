"""Keyset pages."""

from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination


class StrictCursorPagination(pagination.CursorPagination):
    """Keyset pages of stable order. Nonsense in `cursor` or `page_size` is refused, not swallowed."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_page_size(self, request):
        raw = request.query_params.get(self.page_size_query_param)
        if raw is None:
            return self.page_size
        if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= self.max_page_size):
            raise exceptions.ValidationError(
                {"page_size": [_("Give a number from 1 to %(most)d.") % {"most": self.max_page_size}]}
            )
        return int(raw)
