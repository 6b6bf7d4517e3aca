"""How a fact's value is said to people."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from crm.audit.actions import HIDDEN
from crm.shell import numbers
from customers.facts.field import OTHER, Field
from customers.facts.values import parts_of


def shown(field: Field, text: str) -> str:
    """A canonical text in the reader's language; "" of nothing."""
    if not text:
        return ""
    if field.form == "money":
        return numbers.money(Decimal(text), settings.CURRENCY).removesuffix(".00")
    if field.form == "number":
        return f"{text} {field.unit}".strip() if field.unit else text
    if field.form == "percent":
        return f"{format((Decimal(text) * 100).normalize(), 'f')} %"
    if field.form == "rating":
        return _("%(points)s of 5") % {"points": text}
    if field.form == "date":
        return formats.date_format(datetime.date.fromisoformat(text), "DATE_FORMAT")
    if field.form in ("choice", "many"):
        return _choices(field, text)
    return text


def _choices(field: Field, text: str) -> str:
    keys, own = parts_of(text)
    named = [str((field.choices or {}).get(key, key)) for key in keys]
    return _(", ").join([*named, own] if own else named)


def told(field: Field, text: str) -> str:
    """A value of the audit log: of sensitive fields it holds only that there was one."""
    return text if text == HIDDEN else shown(field, text)


def has_other(field: Field) -> bool:
    return OTHER in (field.choices or {})
