"""The list of issues as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.clock import now
from crm.exports.kinds import Column, ExportKind
from crm.listing.keyset import Order, walk
from customers.issues import reading
from customers.issues.views import filters_of

COLUMNS = [
    Column("code", _("Customer code")),
    Column("customer", _("Customer"), width=32),
    Column("tier", _("Tier"), width=8),
    Column("title", pgettext_lazy("issue", "Title"), width=40),
    Column("text", _("What happened"), width=48),
    Column("category", _("About")),
    Column("severity", _("How bad")),
    Column("origin", pgettext_lazy("issue", "Origin")),
    Column("owner", _("Who sees to it")),
    Column("reported_on", _("Reported on"), "date"),
    Column("due_on", _("To be solved by"), "date"),
    Column("due_at", _("Late from"), "moment"),
    Column("state", _("State")),
    Column("answered_at", _("First answered"), "moment"),
    Column("solved_at", _("Solved"), "moment"),
    Column("answer", _("Answer"), width=48),
    Column("stars", _("Stars"), "number", 8),
    Column("cause", _("Why it came about")),
    Column("nth", _("How often the same"), "number", 8),
    Column("reopened", _("Times opened again"), "number", 8),
    Column("waited", _("Working hours not counted"), "number", 10),
]
BY_DUE = Order("due", "due_on", form="date")


def rows(user, params) -> Iterator[list[Any]]:
    found = reading.with_names(reading.narrowed(user, filters_of(params), now())).select_related("cause")
    for one in walk(found, BY_DUE, False):
        yield [
            one.customer.code,
            one.customer.name,
            getattr(getattr(one.customer, "standing", None), "tier", ""),
            one.title,
            one.text,
            one.get_category_display(),
            one.get_severity_display(),
            one.get_origin_display(),
            str(one.owner) if one.owner else "",
            one.reported_on,
            one.due_on,
            one.due_at,
            one.get_state_display(),
            one.first_response_at,
            one.solved_at,
            one.answer,
            one.stars,
            str(one.cause) if one.cause else "",
            one.nth,
            one.reopened,
            round(one.waited_minutes / 60, 1),
        ]


def count(user, params) -> int:
    return reading.narrowed(user, filters_of(params), now()).count()


EXPORT = ExportKind(
    code="issues",
    label=pgettext_lazy("complaint", "Issues"),
    columns=lambda user, params: COLUMNS,
    rows=rows,
    count=count,
)
