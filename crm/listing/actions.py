"""Keeping a list's filters, sorting and columns under a name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.listing.models import SavedView
from crm.saving import save

# Where a list stands is no part of the view.
_PLACE = ("page", "after", "before", "csrfmiddlewaretoken", "view")


@transaction.atomic
def save_view(*, owner, page: str, name: str, query: str = "", shared: bool = False) -> SavedView:
    """Keep a view; one's own view of that name on that page is replaced. Raises ValidationError keyed by field."""
    params = QueryDict(query.lstrip("?"), mutable=True)
    for key in _PLACE:
        params.pop(key, None)
    for key in [key for key, values in params.lists() if not any(values)]:
        del params[key]
    name = " ".join(name.split())
    found = SavedView.objects.filter(owner=owner, page=page, name=name).first() or SavedView(
        owner=owner, page=page, name=name
    )
    found.query, found.shared = params.urlencode(), shared
    if len(found.query) > (SavedView._meta.get_field("query").max_length or 0):
        raise ValidationError({"query": _("These filters are too long to be kept.")})
    found.full_clean()
    save(found)
    record(action="view.save", target=found, changes={"page": [None, page], "shared": [None, shared]}, actor=owner)
    return found


@transaction.atomic
def delete_view(*, view: SavedView, by) -> None:
    """Forget a view; only its owner's `editable_by` hands it here."""
    record(action="view.delete", target=view, changes={"query": [view.query, None]}, actor=by)
    view.delete()
