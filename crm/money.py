"""Money: Decimal in Python, whole minor units (fen) in the database, exact on every database.

SQLite sums decimals as floats; BIGINT minor units are exact there and cheap to sum on PostgreSQL.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
LIMIT = 9 * 10**15  # minor units; sums of millions of rows still fit BIGINT


def to_minor(value: Decimal | int | str) -> int:
    """Minor units of an amount; refuses more than two decimals instead of rounding."""
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValidationError(_("Enter an amount of money."), code="invalid") from error
    if not amount.is_finite():
        raise ValidationError(_("Enter an amount of money."), code="invalid")
    minor = amount.scaleb(2)
    if minor != minor.to_integral_value():
        raise ValidationError(_("An amount has at most two decimals."), code="decimals")
    if abs(minor) > LIMIT:
        raise ValidationError(_("The amount is too large."), code="too_large")
    return int(minor)


def from_minor(minor: int) -> Decimal:
    return Decimal(int(minor)).scaleb(-2)


class MoneyField(models.BigIntegerField):
    """A Decimal with two places, kept as BIGINT minor units."""

    description = _("Amount of money")

    def from_db_value(self, value, expression, connection):
        return None if value is None else from_minor(value)

    def to_python(self, value):
        if value is None or value == "":
            return None
        return from_minor(to_minor(value))

    def get_prep_value(self, value):
        return None if value is None else to_minor(value)

    def formfield(self, **kwargs):
        return models.Field.formfield(
            self, **{"form_class": forms.DecimalField, "max_digits": 17, "decimal_places": 2, **kwargs}
        )

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return "" if value is None else str(value)
