"""Who has answered what, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.exports.kinds import Column, ExportKind
from crm.listing.keyset import Order, walk
from customers.profile.doors import number_of
from promotions.policies import reading
from promotions.policies.answer_models import Answer, NoticeAnswer, NoticeDelivery, Reason

COLUMNS = [
    Column("code", _("Customer code")),
    Column("customer", _("Customer"), width=32),
    Column("tier", _("Tier"), width=8),
    Column("region", _("Region")),
    Column("notice", pgettext_lazy("notice", "Notice"), width=40),
    Column("version", _("Version"), "number", 8),
    Column("told", pgettext_lazy("notice", "Told"), "moment"),
    Column("read", pgettext_lazy("notice", "Read"), "moment"),
    Column("answer", _("Answer")),
    Column("reason", _("Why they cannot"), width=24),
    Column("answered_at", pgettext_lazy("notice", "Answered"), "moment"),
    Column("done_on", pgettext_lazy("notice", "Done on"), "date"),
]
BY_KEY = Order("told", "pk", form="int")


def _wanted(user, params) -> QuerySet[NoticeDelivery]:
    """notice: its key; without one, whatever anybody in reach was told. who: as on the notice's page."""
    rows = NoticeDelivery.objects.visible_to(user).counting()
    if "notice" in params:
        rows = rows.filter(notice_id=number_of(params["notice"]))
    who = params.get("who", "")
    return rows.filter(reading.WHO[who]) if who in reading.WHO else rows


def rows(user, params) -> Iterator[list[Any]]:
    last = NoticeAnswer.objects.visible_to(user).filter(delivery=OuterRef("pk")).order_by("-pk").values("reason")
    found = _wanted(user, params).annotate(why=Subquery(last[:1]))
    labels = dict(Reason.choices)
    for one in walk(found.select_related("customer__standing", "customer__region", "version__notice"), BY_KEY, False):
        yield [
            one.customer.code,
            one.customer.name,
            getattr(getattr(one.customer, "standing", None), "tier", ""),
            one.customer.region.name,
            one.version.title,
            one.version.number,
            one.told_at,
            one.read_at,
            one.get_answer_display(),
            # An answer to an earlier version gives no reason for this one.
            str(labels.get(one.why, "")) if one.answer == Answer.CANNOT else "",
            one.answered_at,
            one.done_on,
        ]


def count(user, params) -> int:
    return _wanted(user, params).count()


EXPORT = ExportKind(
    code="notices",
    label=_("Answers to notices"),
    columns=lambda user, params: COLUMNS,
    rows=rows,
    count=count,
)
