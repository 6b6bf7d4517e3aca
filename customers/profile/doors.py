"""What pages about one customer begin with, in every slice."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.profile.models import Customer

edits = require_http_methods(["GET", "HEAD", "POST"])
"""A page with a form."""


def customer_of(request, pk) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing", "region"), pk=pk)


def refuse_readers(request) -> None:
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))


def flaws_of(refusal: ValidationError) -> str:
    return " ".join(refusal.messages)


def number_of(text: str) -> int | None:
    """A key in an address; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def tell(form, refusal: ValidationError, *others) -> None:
    """Under the field it speaks of, in whichever of the forms that is; else above the first."""
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, texts in told.items():
        home = next((one for one in (form, *others) if name in one.fields), None)
        (home or form).add_error(name if home else None, texts)
