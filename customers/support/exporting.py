"""The support ledger as a file: the list with its filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.exports.kinds import Column, ExportKind
from crm.listing.keyset import walk
from customers.profile.listing import rights, still_holds
from customers.support import reading
from customers.support.models import SupportRequest
from customers.support.reading import Filters

COLUMNS = [
    Column("number", _("Number"), "number", width=8),
    Column("code", _("Customer code")),
    Column("name", _("Customer"), width=32),
    Column("tier", _("Tier"), width=8),
    Column("kind", _("Kind of support"), width=20),
    Column("category", pgettext_lazy("support", "Kind"), width=20),
    Column("what", _("What was asked for"), width=40),
    Column("asked_on", _("Asked on"), "date"),
    Column("asked", pgettext_lazy("money", "Asked for"), "money"),
    Column("state", _("State")),
    Column("decided_on", _("Decided on"), "date"),
    Column("granted", pgettext_lazy("money", "Granted"), "money"),
    Column("cost", _("Cost"), "money"),
    Column("used", _("Taken of the budget"), "money"),
    Column("over", _("Over the budget"), "bool"),
    Column("answer", _("Answer"), width=40),
]


def _rows(user, params):
    return reading.listed(user, Filters.read(params))


def rows(user, params) -> Iterator[list[Any]]:
    for row in walk(_rows(user, params), reading.NEWEST, True):
        yield _line(row)


def _line(row: SupportRequest) -> list[Any]:
    customer = row.customer
    return [
        row.pk,
        customer.code,
        customer.name,
        getattr(getattr(customer, "standing", None), "tier", ""),
        row.category.get_kind_display(),
        row.category.title,
        row.what,
        row.asked_on,
        row.asked_amount,
        row.get_state_display(),
        row.decided_on,
        row.granted_amount,
        row.booked,
        row.used,
        row.over_budget,
        row.answer,
    ]


def count(user, params) -> int:
    return _rows(user, params).count()


EXPORT = ExportKind(
    code="support",
    label=_("Support"),
    columns=lambda user, params: COLUMNS,
    rows=rows,
    count=count,
    rights=rights,
    still_holds=still_holds,
)
