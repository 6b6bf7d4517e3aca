"""The rows of the customers list, with figures and marks ready made.

A page has hundreds of cells, and a template that works each of them out costs several times as much.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext

from crm.templatetags.charts import spark
from crm.templatetags.ui import amount, avatar, growth, tier
from customers.profile import extras, listing
from customers.profile.models import Customer, Kind, State
from customers.profile.tags import split
from customers.tiers.models import OVERRIDE, TierStanding

STEADY = Decimal("0.03")
"""Growth within this is drawn as neither up nor down."""
QUIET = 30
"""Days without a sale that a row points out."""


@dataclass(slots=True)
class Row:
    """A customer as the list shows it. last: the day of its last sale; quiet: days since then, where they are many."""

    customer: Customer
    url: str
    tier: str
    kind: str
    sales: str
    before: str
    spark: str
    growth: str
    last: str
    quiet: int
    manager: str
    is_closed: bool
    further: list[dict[str, Any]]
    tags: list[str]
    by_hand: str = ""


def by_hand(standing: TierStanding | None) -> str:
    """What a list says of a tier that the rule did not give."""
    if standing is None or standing.reason != OVERRIDE:
        return ""
    return gettext("by hand, by the rule %(tier)s") % {"tier": standing.computed_tier}


def rows_of(
    customers: Iterable[Customer], shown: set[str], months: Mapping[int, list[Decimal]], day: datetime.date
) -> list[Row]:
    """months: net sales by month of each customer. day: the one that the figures hold for."""
    badges = {letter: tier(letter) for letter in ("A", "B", "C", "", None)}
    kinds = {value: str(label) for value, label in Kind.choices}
    address = reverse("customers:detail", args=[0]).replace("0", "{}")
    faces: dict[str, str] = {}
    rows = []
    for one in customers:
        standing, grown = listing.standing_of(one), listing.growth_ratio(one)
        last = getattr(standing, "last_sold_on", None)
        closed = one.state == State.CLOSED
        name = one.manager_name
        if name and name not in faces:
            faces[name] = avatar(name)
        rows.append(
            Row(
                customer=one,
                url=address.format(one.pk),
                tier=badges[getattr(standing, "tier", None)],
                kind=kinds[one.kind],
                sales=amount(getattr(standing, "w0", None)),
                before=amount(getattr(standing, "w1", None)) if "before" in shown else "",
                spark=spark(months[one.pk], tone=_tone(grown)) if one.pk in months else "",
                growth=growth(grown),
                last=_day(last, day),
                quiet=_quiet(last, day) if not closed else 0,
                manager=faces.get(name, ""),
                is_closed=closed,
                further=extras.cells(one, shown),
                tags=split(one.tag_names),
                by_hand=by_hand(standing),
            )
        )
    return rows


def _tone(grown: Decimal | None) -> str:
    if grown is None or abs(grown) < STEADY:
        return "flat"
    return "up" if grown > 0 else "down"


def _day(last: Any, day: datetime.date) -> str:
    """Without the year where it is this one."""
    if last is None:
        return ""
    return formats.date_format(last, "MONTH_DAY_FORMAT" if last.year == day.year else "DATE_FORMAT")


def _quiet(last: Any, day: datetime.date) -> int:
    days = (day - last).days if last is not None else 0
    return days if days >= QUIET else 0
