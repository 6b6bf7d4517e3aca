"""A refusal that names its field, as actions raise it."""

from __future__ import annotations

from django.core.exceptions import ValidationError


def refusal_of(field: str, message: str, code: str) -> ValidationError:
    """message: translated already. code: what callers and tests tell refusals apart by."""
    return ValidationError({field: ValidationError(message, code=code)})
