"""The ledger as pages show it; as few statements for many rows as for few."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from crm.accounts.models import Region, User
from crm.listing.keyset import Order
from crm.periods import Windows
from customers.profile.models import Customer
from customers.sales.models import MonthlySales
from customers.support import balance
from customers.support.balance import Asked, Balance, Concentration, Quarter, Rest, Small
from customers.support.entitling import NOTHING, next_quarter, quarter_of
from customers.support.models import (
    GIVEN,
    EntitlementException,
    Kind,
    State,
    SupportCost,
    SupportRequest,
)
from customers.tiers.models import Tier, TierStanding

NEWEST = Order("asked", "asked_on", form="date")
SHOWN_QUARTERS = 8
PAST = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; whatever is unknown narrows nothing."""

    state: str = ""
    kind: str = ""
    tier: str = ""
    region: int | None = None
    over: bool = False

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Filters:
        region = params.get("region", "")
        return cls(
            state=_among(params.get("state", ""), State.values),
            kind=_among(params.get("kind", ""), Kind.values),
            tier=_among(params.get("tier", ""), Tier.values),
            region=int(region) if region.isascii() and region.isdigit() and len(region) < 19 else None,
            over=params.get("over") == "1",
        )

    @property
    def narrows(self) -> bool:
        return self != Filters()


def _among(text: str, values) -> str:
    return text if text in values else ""


def rows_for(user: User) -> QuerySet[SupportRequest]:
    """What this person sees, with what a line shows."""
    rows = SupportRequest.objects.visible_to(user)
    return rows.select_related("customer__standing", "category", "decided_by", "written_by")


def listed(user: User, filters: Filters) -> QuerySet[SupportRequest]:
    rows = rows_for(user).live()
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.kind:
        rows = rows.filter(category__kind=filters.kind)
    if filters.tier:
        rows = rows.filter(customer__standing__tier=filters.tier)
    if filters.over:
        rows = rows.filter(over_budget=True)
    if filters.region is not None:
        branch = Region.objects.visible_to(user).filter(pk=filters.region).values_list("path", flat=True).first()
        rows = rows.filter(customer__region__path__startswith=branch) if branch else rows.none()
    return rows


def waiting_for(user: User, most: int) -> list[SupportRequest]:
    """Requests that wait for a decision this person may take, the oldest first. One statement."""
    rows = SupportRequest.objects.editable_by(user).waiting().select_related("customer__standing", "category")
    return list(rows.order_by("asked_on", "pk")[:most])


def costs_of(request: SupportRequest) -> list[SupportCost]:
    """Of a request that came through visible_to; `is_back`: it was taken back. One statement."""
    back = Exists(SupportCost.objects.filter(corrects=OuterRef("pk")))
    rows = SupportCost.objects.filter(request=request).annotate(is_back=back)
    return list(rows.select_related("booked_by").order_by("booked_on", "pk"))


def past_of(request: SupportRequest) -> list[SupportRequest]:
    """What the customer was given before, the latest first."""
    rows = SupportRequest.objects.live().filter(customer=request.customer_id, decided_on__isnull=False)
    return list(rows.exclude(pk=request.pk).select_related("category").order_by("-decided_on", "-pk")[:PAST])


# --- one customer over time -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OverTime:
    quarters: list[Quarter]
    balance: Balance


def over_time(customer: Customer | int, day: datetime.date) -> OverTime:
    """Of a customer that came through visible_to: eight quarters to show, the last four weighed. Two statements."""
    return of_customers({customer.pk if isinstance(customer, Customer) else customer}, day)


def of_customers(ids: set[int], day: datetime.date) -> OverTime:
    start = next_quarter(quarter_of(day), 1 - SHOWN_QUARTERS)
    rows = SupportRequest.objects.live().filter(customer_id__in=ids)
    rows = rows.filter(Q(asked_on__gte=start) | Q(decided_on__gte=start))
    names = ("asked_on", "asked_amount", "decided_on", "state", "granted_amount", "booked")
    asked = [
        Asked(asked_on, amount, decided_on, state in GIVEN, granted, cost)
        for asked_on, amount, decided_on, state, granted, cost in rows.values_list(*names)
    ]
    quarters = balance.by_quarter(asked, sales_by_quarter(ids, start), day, SHOWN_QUARTERS)
    return OverTime(quarters, balance.weigh(quarters[-balance.QUARTERS :]))


def sales_by_quarter(ids: set[int], start: datetime.date) -> dict[datetime.date, Decimal | None]:
    found: dict[datetime.date, Decimal] = defaultdict(lambda: NOTHING)
    rows = MonthlySales.objects.filter(customer_id__in=ids, month__gte=start)
    for month, net in rows.order_by().values("month").annotate(sum=Sum("net")).values_list("month", "sum"):
        found[quarter_of(month)] += net
    return dict(found)


# --- the report -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sums:
    """customers: all of the region or tier; sales: their net sales of the window."""

    asked_n: int = 0
    asked: Decimal = NOTHING
    granted_n: int = 0
    granted: Decimal = NOTHING
    cost: Decimal = NOTHING
    over_n: int = 0
    customers: int = 0
    sales: Decimal = NOTHING

    def add(self, other: Sums) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def share(self) -> Decimal | None:
        return balance.part(self.granted, self.asked)

    @property
    def ratio(self) -> Decimal | None:
        return balance.part(self.granted, self.sales)


@dataclass(frozen=True, slots=True)
class Report:
    """Of the 12 full months of w0, as tiers count them. regions: each with all below it, those without left out."""

    windows: Windows
    total: Sums
    tiers: list[tuple[str, Sums]]
    regions: list[tuple[Region, Sums]]
    small: Concentration
    names: dict[int, str] = field(default_factory=dict)


def report(user: User, as_of: datetime.date) -> Report:
    """Of what a person sees; six statements."""
    windows = Windows.as_of(as_of)
    cells = _cells(user, windows)
    regions = []
    for region in Region.objects.visible_to(user).order_by("path"):
        sums = Sums()
        for (path, _tier), cell in cells.items():
            if path.startswith(region.path):
                sums.add(cell)
        if sums.asked_n or sums.granted_n:
            regions.append((region, sums))
    tiers = {letter: Sums() for letter in (*Tier.values, "")}
    total = Sums()
    for (_path, tier), cell in cells.items():
        tiers[tier].add(cell)
        total.add(cell)
    shown = [(letter, sums) for letter, sums in tiers.items() if letter or sums.asked_n or sums.granted_n]
    small, names = _small(user, windows)
    return Report(windows, total, shown, regions, small, names)


def _cells(user: User, windows: Windows) -> dict[tuple[str, str], Sums]:
    """By path of the region that a customer stands in now, and its tier now. Two statements."""
    cells: dict[tuple[str, str], Sums] = defaultdict(Sums)
    start, end = windows.w0
    asked, given = (
        Q(asked_on__gte=start, asked_on__lt=end),
        Q(state__in=GIVEN, decided_on__gte=start, decided_on__lt=end),
    )
    rows = SupportRequest.objects.visible_to(user).live().filter(asked | given).order_by()
    rows = rows.values("customer__region__path", "customer__standing__tier").annotate(
        asked_n=Count("pk", filter=asked),
        asked=Sum("asked_amount", filter=asked),
        granted_n=Count("pk", filter=given),
        granted=Sum("granted_amount", filter=given),
        cost=Sum("booked", filter=given),
        over_n=Count("pk", filter=given & Q(over_budget=True)),
    )
    names = ("asked_n", "asked", "granted_n", "granted", "cost", "over_n")
    for row in rows:
        cell = cells[row["customer__region__path"], row["customer__standing__tier"] or ""]
        for name in names:
            setattr(cell, name, row[name] or getattr(cell, name))
    standing = TierStanding.objects.visible_to(user).order_by().values("region__path", "tier")
    for row in standing.annotate(n=Count("pk"), w0=Sum("w0")):
        cell = cells[row["region__path"], row["tier"]]
        cell.customers, cell.sales = row["n"], row["w0"] or NOTHING
    return cells


def _small(user: User, windows: Windows) -> tuple[Concentration, dict[int, str]]:
    start, end = windows.w0
    rows = SupportRequest.objects.visible_to(user).given().filter(decided_on__gte=start, decided_on__lt=end)
    rows = rows.filter(customer__standing__tier__in=("B", "C"), granted_amount__gt=0).order_by()
    given = dict(rows.values("customer_id").annotate(total=Sum("granted_amount")).values_list("customer_id", "total"))
    small = TierStanding.objects.visible_to(user).filter(tier__in=("B", "C"))
    columns = small.filter(pk__in=list(given)).values_list("pk", "tier", "w0", "w1", "customer__name")
    supported, names = [], {}
    for pk, tier, now, before, name in columns:
        supported.append(Small(pk, tier, given[pk], now, before))
        names[pk] = name
    sums = small.exclude(pk__in=list(given)).aggregate(n=Count("pk"), now=Sum("w0"), before=Sum("w1"))
    rest = Rest(sums["n"], sums["now"] or NOTHING, sums["before"] or NOTHING)
    return balance.concentrate(supported, rest), names


# --- exceptions -----------------------------------------------------------------------------------------------------


def exceptions_of(customer: Customer, day: datetime.date) -> list[EntitlementException]:
    """Of a customer that came through visible_to: those that wait, hold or will. One statement."""
    rows = EntitlementException.objects.filter(customer=customer, until__gt=day)
    rows = rows.filter(Q(approved_at__isnull=False) | Q(dropped_at__isnull=True))
    return list(rows.select_related("made_by", "approved_by"))


def exceptions_waiting(user: User, day: datetime.date, most: int) -> list[EntitlementException]:
    """Written down by others, and this person may agree. One statement."""
    if not (user.is_head or user.is_admin):
        return []
    rows = EntitlementException.objects.editable_by(user).waiting().filter(until__gt=day)
    return list(rows.exclude(made_by=user).select_related("customer", "made_by").order_by("since", "pk")[:most])
