"""Refusals in the actions' own words."""

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions


def exception_handler(exc, context):
    """An action's refusal becomes a 400 with the same words as on the page; the rest is DRF's."""
    from rest_framework.views import exception_handler as drf_exception_handler  # noqa: PLC0415 - it loads settings

    if isinstance(exc, DjangoValidationError):
        detail = exc.message_dict if hasattr(exc, "error_dict") else {"non_field_errors": exc.messages}
        exc = exceptions.ValidationError({("non_field_errors" if k == "__all__" else k): v for k, v in detail.items()})
    elif isinstance(exc, Http404):
        exc = exceptions.NotFound()  # one text for missing and foreign rows
    return drf_exception_handler(exc, context)
