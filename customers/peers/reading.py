"""The findings of one customer against shops like it, anonymised: what is read of peers leaves only as medians.

Peers are chosen in the whole brand, whoever asks. Six statements, however many peers there are.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from crm.periods import month_of, shift_month
from customers.peers import alike
from customers.peers.alike import Shop, city_level, nearest
from customers.peers.findings import Day, Figures, Finding, findings
from customers.profile.models import Customer
from customers.receivables.models import OpenItem
from customers.sales.models import MonthlySales, SaleLine
from customers.tiers.models import StandingState, TierStanding

DAYS = 91
HALF_YEAR = datetime.timedelta(days=182)
CANDIDATES = 150
"""So many next larger and next smaller shops are looked at for the nearest."""
_ABOUT = ("pk", "w0", "customer__province", "customer__city", "customer__district", "customer__opened_on")


Pairs = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """peers: how many shops like it there are; fewer than `alike.LEAST`: nothing was compared. as_of: until when."""

    findings: list[Finding]
    peers: int
    as_of: datetime.date


def compared(customer: Customer, day: datetime.date) -> Compared:
    """customer came through `visible_to`."""
    as_of = StandingState.objects.values_list("figures_as_of", flat=True).first() or day
    own = TierStanding.objects.filter(customer=customer).values_list(*_ABOUT).first()
    if own is None or own[1] <= 0:
        return Compared([], 0, as_of)
    ids = nearest(_shop(own, as_of), [_shop(row, as_of) for row in _candidates(customer, own[1])])
    if len(ids) < alike.LEAST:
        return Compared([], len(ids), as_of)
    figures = _figures([customer.pk, *ids], as_of)
    return Compared(findings(figures[customer.pk], [figures[pk] for pk in ids]), len(ids), as_of)


def _candidates(customer: Customer, yearly: Decimal) -> list[tuple]:
    """The next larger and the next smaller of the same kind that trade now."""
    rows = TierStanding.objects.filter(kind=customer.kind, open_now=True).exclude(customer=customer)
    larger = rows.filter(w0__gte=yearly, w0__lte=yearly * 2).order_by("w0", "customer_id")
    # In whole cents: half of an odd amount is none.
    half = (yearly / 2).quantize(Decimal("0.01"), ROUND_CEILING)
    smaller = rows.filter(w0__lt=yearly, w0__gte=half, w0__gt=0).order_by("-w0", "-customer_id")
    return [row for part in (larger, smaller) for row in part.values_list(*_ABOUT)[:CANDIDATES]]


def _shop(row: tuple, day: datetime.date) -> Shop:
    pk, yearly, province, city, district, opened_on = row
    age = (day - opened_on).days if opened_on is not None and opened_on <= day else None
    return Shop(pk, float(yearly), city_level(province, city, district), age)


def _figures(ids: list[int], as_of: datetime.date) -> dict[int, Figures]:
    """Three statements."""
    days, late = _days(ids, as_of), _late(ids, as_of)
    units, orders = _months(ids, as_of)
    return {pk: Figures(days[pk], units[pk], orders[pk], late[pk]) for pk in ids}


def _days(ids: list[int], as_of: datetime.date) -> dict[int, list[Day]]:
    """Of the last 13 whole weeks, Monday to Sunday."""
    found: dict[int, list[Day]] = defaultdict(list)
    sunday = as_of - datetime.timedelta(days=as_of.isoweekday() % 7)
    since = sunday - datetime.timedelta(days=DAYS)
    rows = SaleLine.objects.live().filter(customer_id__in=ids, sold_on__gt=since, sold_on__lte=sunday)
    names = ("customer_id", "sold_on", "gross", "returns", "promo", "is_open")
    for pk, sold_on, gross, returns, promo, is_open in rows.order_by("sold_on").values_list(*names):
        found[pk].append(Day(sold_on, float(gross - returns), promo, is_open))
    return found


def _months(ids: list[int], as_of: datetime.date) -> tuple[Pairs, Pairs]:
    """({customer: units}, {customer: orders}), each of the last three full months and of the same a year before."""
    end = month_of(as_of)
    start, then_end = shift_month(end, -3), shift_month(end, -12)
    then_start = shift_month(end, -15)
    units: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    orders: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = MonthlySales.objects.filter(customer_id__in=ids, month__gte=then_start, month__lt=end)
    for pk, month, sold, n in rows.values_list("customer_id", "month", "units", "orders"):
        part = 0 if month >= start else 1 if month < then_end else None
        if part is not None:
            units[pk][part] += sold
            orders[pk][part] += n
    return {pk: (units[pk][0], units[pk][1]) for pk in ids}, {pk: (orders[pk][0], orders[pk][1]) for pk in ids}


def _late(ids: list[int], as_of: datetime.date) -> dict[int, tuple[list[int], list[int]]]:
    found: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    half, whole = as_of - HALF_YEAR, as_of - 2 * HALF_YEAR
    rows = OpenItem.objects.filter(customer_id__in=ids, settled_on__gt=whole, settled_on__lte=as_of, amount__gt=0)
    for pk, due_on, settled_on in rows.values_list("customer_id", "due_on", "settled_on"):
        assert settled_on is not None  # by the filter
        found[pk][0 if settled_on > half else 1].append(max(0, (settled_on - due_on).days))
    return found
